"""How many things a region does, and how evenly: diversity and its opposite, concentration.

Both measures look at a region's profile: ``p_d = n_rd / Σ_d n_rd``, the share of each code in
all mentions of codes (an organisation that works on three domains mentions three).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ecosystem.common import late
from ecosystem.regional.statistics._checks import require_counts, require_same_regions

# Draws of a bootstrap, from the same seed each time: the same counts give the same interval.
DRAWS = 200
_SEED = 1973
_Z = 1.959964


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
    p = profile(counts).to_numpy()
    # 0 ln 0 is 0 by convention.
    entropy = -(p * np.log(np.where(p > 0, p, 1.0))).sum(axis=1)
    return pd.Series(np.exp(entropy), index=counts.index, name="effective_number")


def herfindahl(counts: pd.DataFrame) -> pd.Series:
    r"""Herfindahl-Hirschman index: how much of a region's profile is in few domains.

    .. math:: HHI = \sum_d p_d^2

    The chance that two mentions drawn with replacement are of the same domain. Its inverse
    is the Hill number of order 2.

    Parameters
    ----------
    counts : DataFrame of int
        As for :func:`effective_number`.

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
    >>> herfindahl(pd.DataFrame({"detect": [3, 4], "recover": [1, 0]})).to_list()
    [0.625, 1.0]
    """
    squares = profile(counts).to_numpy() ** 2
    return pd.Series(squares.sum(axis=1), index=counts.index, name="herfindahl")


def intervals(counts: pd.DataFrame, n: pd.Series) -> pd.DataFrame:
    r"""95 % intervals of both measures, by a bootstrap of the organisations.

    .. math:: D \pm 1.96 \, s(D^*), \quad n^*_{rd} \sim \mathrm{Binomial}(n_r, n_{rd} / n_r)

    with :math:`s` the standard deviation over :data:`DRAWS` draws; cut off at what is possible.
    Whether an organisation works on one domain is drawn by itself, as in the Bernoulli product
    model of incidence data. It says how far the value could move in another sample as large,
    not what a larger one would find.

    Parameters
    ----------
    counts : DataFrame of int
        Organisations by region and code, shape (regions, codes).
    n : Series of int
        Organisations by region, in the same order.

    Returns
    -------
    DataFrame of float
        By region: ``effective_low, effective_high, herfindahl_low, herfindahl_high``; NaN for
        a region in which no code occurs.

    References
    ----------
    Chao, A., Gotelli, N. J., Hsieh, T. C., Sander, E. L., Ma, K. H., Colwell, R. K. and
    Ellison, A. M. (2014). Rarefaction and extrapolation with Hill numbers. Ecological
    Monographs 84(1), 45-67.

    Examples
    --------
    >>> counts = pd.DataFrame({"cryptology": [10, 2], "legal-aspects": [10, 2]})
    >>> found = intervals(counts, pd.Series([20, 4]))
    >>> bool((found["effective_high"] <= 2).all())
    True
    """
    require_same_regions(counts, n.index)
    cells, size = counts.to_numpy(), n.to_numpy()[:, None]
    shares = np.divide(cells, size, out=np.zeros(cells.shape), where=size > 0)
    drawn = np.zeros((DRAWS, *cells.shape), dtype="int64")
    for row, own in enumerate(shares):
        # From the start for each region: its interval is the same whoever is beside it.
        random = np.random.default_rng(_SEED)
        drawn[:, row] = random.binomial(size[row], own, (DRAWS, len(own)))
    total = drawn.sum(axis=2, keepdims=True)
    p = np.divide(drawn, total, out=np.zeros(drawn.shape), where=total > 0)
    entropy = -(p * np.log(p, out=np.zeros(p.shape), where=p > 0)).sum(axis=2)
    # A draw without any mention says nothing of their mix.
    some = total[:, :, 0] > 0
    found = {}
    codes = (cells > 0).sum(axis=1)
    for name, value, draws, least, most in (
        ("effective", effective_number(counts), np.exp(entropy), 1.0, codes),
        ("herfindahl", herfindahl(counts), (p**2).sum(axis=2), 1 / np.maximum(codes, 1), 1.0),
    ):
        margin = _Z * _spread(draws, some)
        # Where there is no value, both ends are missing too.
        found[f"{name}_low"] = np.maximum(value.to_numpy() - margin, least)
        found[f"{name}_high"] = np.minimum(value.to_numpy() + margin, most)
    return pd.DataFrame(found, index=counts.index)


def _spread(draws: np.ndarray, some: np.ndarray) -> np.ndarray:
    """Standard deviation over the draws that say something."""
    number = np.maximum(some.sum(axis=0), 1)
    mean = np.where(some, draws, 0).sum(axis=0) / number
    spread: np.ndarray = np.sqrt(np.where(some, (draws - mean) ** 2, 0).sum(axis=0) / number)
    return spread


def effective_number_at(counts: pd.DataFrame, n: pd.Series, size: int) -> pd.Series:
    r"""Effective number of domains that a sample of `size` organisations is expected to show.

    .. math::

        {}^1D(t) = \exp\left(-\sum_{k=1}^{t} \frac{k}{U_t} \ln\frac{k}{U_t}
                   \sum_d \frac{\binom{n_d}{k} \binom{n - n_d}{t - k}}{\binom{n}{t}}\right),
        \quad U_t = \frac{t}{n} \sum_d n_d

    More organisations show more domains, so regions are compared at the size of the smallest.
    At a region's own size it is :func:`effective_number`.

    Parameters
    ----------
    counts, n
        As for :func:`intervals`.
    size : int
        Organisations of the samples compared, at least 1.

    Returns
    -------
    Series of float
        By region; NaN for regions with fewer than `size` organisations or without a code.

    References
    ----------
    Chao, A. and others (2014), as in :func:`intervals`; equation for sample-based incidence
    data, order 1.

    Examples
    --------
    One of two organisations shows its own domain only, and both show two.

    >>> counts = pd.DataFrame({"cryptology": [1], "legal-aspects": [1]})
    >>> [float(effective_number_at(counts, pd.Series([2]), t).round(3).iloc[0]) for t in (1, 2)]
    [1.0, 2.0]
    """
    require_same_regions(counts, n.index)
    require_counts(counts)
    if size < 1:
        raise ValueError("a sample has at least one organisation")
    enough = ((n >= size) & (counts.sum(axis=1) > 0)).to_numpy()
    values = np.full(len(counts), np.nan)
    if enough.any():
        cells, own = counts.to_numpy()[enough], n.to_numpy()[enough]
        times = np.arange(1, size + 1)
        # By logarithms: of thousands of organisations, pmf itself takes seconds.
        logarithm = late.load("scipy.stats").hypergeom.logpmf(
            times[None, None, :], own[:, None, None], cells[:, :, None], size
        )
        chance = np.exp(logarithm)
        share = times[None, :] / (size * cells.sum(axis=1) / own)[:, None]
        values[enough] = np.exp(-(share * np.log(share) * chance.sum(axis=1)).sum(axis=1))
    return pd.Series(values, index=counts.index, name="effective_number")


def profile(counts: pd.DataFrame) -> pd.DataFrame:
    """Share of each code in a region's mentions.

    Formula: ``n_rd / Σ_d n_rd``.

    Parameters
    ----------
    counts : DataFrame of int
        As for :func:`effective_number`.

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
    cells = counts.to_numpy(dtype="float64")
    mentions = cells.sum(axis=1, keepdims=True)
    shares = np.divide(cells, mentions, out=np.full_like(cells, np.nan), where=mentions > 0)
    return pd.DataFrame(shares, counts.index, counts.columns)
