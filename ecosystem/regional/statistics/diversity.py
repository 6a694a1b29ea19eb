"""How many things a region does, and how evenly: diversity and its opposite, concentration.

Both measures look at a region's profile: ``p_d = n_rd / Σ_d n_rd``, the share of each code in
all mentions of codes (an organisation that works on three domains mentions three).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ecosystem.regional.statistics._checks import require_counts


def effective_number(counts: pd.DataFrame) -> pd.Series:
    r"""Effective number of domains: the Hill number of order 1.

    .. math:: {}^1D = \exp\left(-\sum_d p_d \ln p_d\right)

    The number of equally common domains that would be as diverse. A region with all its
    mentions in one domain has 1, one with its mentions spread evenly over five has 5.

    Parameters
    ----------
    counts : DataFrame of int
        Organisations by region and code, shape (regions, codes).

    Returns
    -------
    Series of float
        Number of codes, from 1 to the number of codes that occur in the region; NaN for a
        region in which none does.

    References
    ----------
    Hill, M. O. (1973). Diversity and evenness: a unifying notation and its consequences.
    Ecology 54(2), 427-432.

    Jost, L. (2006). Entropy and diversity. Oikos 113(2), 363-375.

    Examples
    --------
    >>> counts = pd.DataFrame({"cryptology": [2, 3, 0], "legal-aspects": [2, 0, 0]})
    >>> effective_number(counts).round(2).to_list()
    [2.0, 1.0, nan]
    """
    p = profile(counts)
    # 0 ln 0 is 0 by convention: those cells are left out of the sum.
    entropy = -(p * np.log(p.where(p > 0))).sum(axis=1, min_count=1)
    return pd.Series(np.exp(entropy), index=counts.index, name="effective_number")


def herfindahl(counts: pd.DataFrame) -> pd.Series:
    r"""Herfindahl-Hirschman index: how much of a region's profile is in few domains.

    .. math:: HHI = \sum_d p_d^2

    The chance that two mentions drawn with replacement are of the same domain. Its inverse
    is the Hill number of order 2.

    Parameters
    ----------
    counts : DataFrame of int
        Organisations by region and code, shape (regions, codes).

    Returns
    -------
    Series of float
        From 1 / number of codes (even) to 1 (all in one), on the scale of 0 to 1 and not of
        10,000; NaN for a region in which no code occurs.

    References
    ----------
    Hirschman, A. O. (1964). The paternity of an index. American Economic Review 54(5), 761.

    Examples
    --------
    >>> counts = pd.DataFrame({"cryptology": [2, 3, 0], "legal-aspects": [2, 0, 0]})
    >>> herfindahl(counts).to_list()
    [0.5, 1.0, nan]
    """
    return (profile(counts) ** 2).sum(axis=1, min_count=1).rename("herfindahl")


def profile(counts: pd.DataFrame) -> pd.DataFrame:
    """Share of each code in a region's mentions.

    Formula: ``n_rd / Σ_d n_rd``.

    Parameters
    ----------
    counts : DataFrame of int
        Organisations by region and code, shape (regions, codes).

    Returns
    -------
    DataFrame of float
        0 to 1, rows add up to 1; a row of NaN for a region in which no code occurs.

    Examples
    --------
    >>> profile(pd.DataFrame({"detect": [3], "recover": [1]})).to_numpy().tolist()
    [[0.75, 0.25]]
    """
    require_counts(counts)
    mentions = counts.sum(axis=1)
    return counts.div(mentions.where(mentions > 0), axis=0)
