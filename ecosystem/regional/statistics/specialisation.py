"""What a region does more of than the register as a whole: location quotients.

Over this register a location quotient is a *representation* quotient: its denominator is the
organisations in the register, which is a sample of mature ecosystems, not a census. Pages
call it that.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ecosystem.regional.statistics._checks import require_counts, require_same_regions
from ecosystem.regional.statistics.counts import SMALL_N

# A region is specialised where its share is a quarter above the whole's, and at least three
# organisations carry it.
SPECIALISED_ABOVE = 1.25
SPECIALISED_LEAST = 3

CONFIDENCE = 0.95
_Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)

Floats = NDArray[np.float64]


def location_quotient(
    counts: pd.DataFrame,
    n: pd.Series,
    *,
    whole_counts: pd.Series | None = None,
    whole_n: int | None = None,
) -> pd.DataFrame:
    r"""Location quotient of every region and code, with its interval.

    .. math:: LQ_{rd} = \frac{n_{rd} / n_r}{n_d / n}

    where :math:`n_r` are the region's organisations, :math:`n_{rd}` those that have code
    :math:`d`, and :math:`n_d`, :math:`n` the same of the whole. 1 is the share of the whole,
    2 twice that share.

    **Interval.** The region is a part of the whole, so the two shares are not independent;
    those of the region and of *the rest* (the whole without the region) are. The interval of
    their ratio :math:`R` is :func:`ratio_interval` (MOVER-R on two Wilson intervals), and
    since :math:`LQ = R / (wR + 1 - w)` with :math:`w = n_r / n` rises with :math:`R`, its ends
    are put through the same formula. That stays defined where :math:`n_{rd} = 0` (from 0 to
    a finite upper end) and where nobody else has the code (up to :math:`1 / w`, the largest
    value possible). It says how far the quotient could move if the same kind of register were
    compiled again; it knows nothing of who was left out on purpose.

    Parameters
    ----------
    counts : DataFrame of int
        Organisations by region and code, shape (regions, codes); see
        :class:`~ecosystem.regional.statistics.counts.RegionCounts`.
    n : Series of int
        Organisations by region, in the same order.
    whole_counts, whole_n : Series of int and int, optional
        Organisations of the whole by code and in total. Both or neither: without them the
        whole is the sum of the regions. Give them where the regions overlap, or where
        organisations lie outside all regions (as with valleys).

    Returns
    -------
    DataFrame
        Indexed by (``region``, ``code``), regions and codes in their order:

        - ``count``: organisations of the region with the code
        - ``n``: organisations of the region
        - ``share``, ``whole_share``: the two shares, 0 to 1
        - ``lq``: the quotient, without unit; NaN where the region has no organisation or the
          code does not occur in the whole
        - ``low``, ``high``: its 95 % interval, NaN where ``lq`` is; 1 and 1 if the region is
          the whole
        - ``small``: whether `n` is below :data:`~ecosystem.regional.statistics.counts.SMALL_N`

    Raises
    ------
    ValueError
        Negative or missing counts, more with a code than there are, only one of the whole's
        two, or a whole that is smaller than one of its regions.

    References
    ----------
    Isserman, A. M. (1977). The location quotient approach to estimating regional economic
    impacts. Journal of the American Institute of Planners 43(1), 33-41.

    Examples
    --------
    Four of ten organisations in the region, and six of thirty in the whole: 0.4 / 0.2 = 2.

    >>> counts = pd.DataFrame({"cryptology": {"FRH0": 4, "EE00": 2}})
    >>> n = pd.Series({"FRH0": 10, "EE00": 20})
    >>> quotients = location_quotient(counts, n)
    >>> quotients.loc[("FRH0", "cryptology"), ["lq", "low", "high"]].round(2).to_dict()
    {'lq': 2.0, 'low': 0.98, 'high': 2.66}
    """
    require_same_regions(counts, n.index)
    require_counts(counts)
    require_counts(n)
    members: Floats = counts.to_numpy("float64")
    own = np.broadcast_to(n.to_numpy("float64")[:, None], members.shape)
    if (members > own).any():
        raise ValueError("counts has more organisations than there are")
    total, size = _whole(counts, n, whole_counts, whole_n)
    share, whole_share = _ratio(members, own), _ratio(total, np.full_like(total, size))
    low, high = _interval(members, own, total, size)
    return pd.DataFrame(
        {
            "count": members.ravel().astype("int64"),
            "n": own.ravel().astype("int64"),
            "share": share.ravel(),
            "whole_share": np.broadcast_to(whole_share, members.shape).ravel(),
            "lq": _ratio(share, np.broadcast_to(whole_share, members.shape)).ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
            "small": own.ravel() < SMALL_N,
        },
        index=pd.MultiIndex.from_product([n.index, counts.columns], names=["region", "code"]),
    )


def _whole(
    counts: pd.DataFrame,
    n: pd.Series,
    whole_counts: pd.Series | None,
    whole_n: int | None,
) -> tuple[Floats, float]:
    if (whole_counts is None) != (whole_n is None):
        raise ValueError("give both whole_counts and whole_n, or neither")
    if whole_counts is None or whole_n is None:
        whole_counts, whole_n = counts.sum(), int(n.sum())
    total: Floats = whole_counts.reindex(counts.columns).to_numpy("float64")
    rest, rest_n = total - counts.to_numpy(), whole_n - n.to_numpy()[:, None]
    # A missing code makes a missing number here, which is not in order either.
    if not ((rest >= 0) & (rest <= rest_n)).all():
        raise ValueError("a region must be a part of the whole")
    return total, float(whole_n)


def _interval(members: Floats, own: Floats, total: Floats, size: float) -> tuple[Floats, Floats]:
    rest, rest_n = total - members, size - own
    low, high = ratio_interval(members, own, rest, rest_n)
    weight = own / size if size else own
    undefined = (own == 0) | (total == 0)
    ends = [
        np.where(undefined, np.nan, np.where(rest_n == 0, 1.0, _to_quotient(end, weight)))
        for end in (low, high)
    ]
    return ends[0], ends[1]


def _to_quotient(ratio: Floats, weight: Floats) -> Floats:
    # Written so that a ratio of zero gives 0 and an infinite one 1 / weight.
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient: Floats = 1 / (weight + (1 - weight) / ratio)
    return quotient


def _ratio(part: Floats, whole: Floats) -> Floats:
    ratio: Floats = np.divide(part, whole, out=np.full_like(part, np.nan), where=whole != 0)
    return ratio


def wilson_interval(count: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    r"""95 % interval of a share (Wilson's score interval).

    .. math:: \frac{p + z^2 / 2n \pm z \sqrt{p(1 - p) / n + z^2 / 4n^2}}{1 + z^2 / n},
              \quad p = \text{count} / n, \quad z = 1.96

    Parameters
    ----------
    count, n : array_like
        How many have the property, of how many; shapes that broadcast.

    Returns
    -------
    tuple of ndarray
        Lower and upper ends, 0 to 1; NaN where `n` is 0.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical
    inference. Journal of the American Statistical Association 22(158), 209-212.

    Examples
    --------
    >>> low, high = wilson_interval([7, 0], [34, 34])
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.1035, 0.0], [0.368, 0.1015])
    """
    k, size = np.broadcast_arrays(np.asarray(count, "float64"), np.asarray(n, "float64"))
    p = _ratio(k, size)
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = p + _Z**2 / (2 * size)
        half = _Z * np.sqrt(p * (1 - p) / size + _Z**2 / (4 * size**2))
        low, high = (centre - half) / (1 + _Z**2 / size), (centre + half) / (1 + _Z**2 / size)
    # Rounding must not push an end past a share of exactly 0 or 1.
    return np.where(p == 0, 0.0, low), np.where(p == 1, 1.0, high)


def ratio_interval(
    count_1: ArrayLike, n_1: ArrayLike, count_2: ArrayLike, n_2: ArrayLike
) -> tuple[Floats, Floats]:
    r"""95 % interval of the ratio of two independent shares (MOVER-R with Wilson intervals).

    With shares :math:`p_i` and their Wilson intervals :math:`(l_i, u_i)`,

    .. math::

        \frac{p_1 p_2 - \sqrt{(p_1 p_2)^2 - l_1 (2 p_1 - l_1) u_2 (2 p_2 - u_2)}}
             {u_2 (2 p_2 - u_2)}
        \quad\text{to}\quad
        \frac{p_1 p_2 + \sqrt{(p_1 p_2)^2 - u_1 (2 p_1 - u_1) l_2 (2 p_2 - l_2)}}
             {l_2 (2 p_2 - l_2)}

    Katz's log interval, the textbook's, has no value where a count is 0; this one has, in
    closed form.

    Parameters
    ----------
    count_1, n_1, count_2, n_2 : array_like
        How many of how many, twice; shapes that broadcast.

    Returns
    -------
    tuple of ndarray
        Lower and upper ends of ``(count_1 / n_1) / (count_2 / n_2)``; the upper end is
        infinite where `count_2` is 0, both are NaN where an n is 0.

    References
    ----------
    Donner, A. and Zou, G. Y. (2012). Closed-form confidence intervals for functions of the
    normal mean and standard deviation. Statistical Methods in Medical Research 21(4), 347-359.

    Fagerland, M. W., Lydersen, S. and Laake, P. (2015). Recommended confidence intervals for
    two independent binomial proportions. Statistical Methods in Medical Research 24(2),
    224-254.

    Examples
    --------
    The example of Fagerland and others: 7 of 34 against 1 of 34.

    >>> low, high = ratio_interval(7, 34, 1, 34)
    >>> float(low.round(4)), float(high.round(4))
    (1.1537, 41.9763)
    """
    arrays = [np.asarray(values, "float64") for values in (count_1, n_1, count_2, n_2)]
    k_1, m_1, k_2, m_2 = np.broadcast_arrays(*arrays)
    p_1, p_2 = _ratio(k_1, m_1), _ratio(k_2, m_2)
    (low_1, high_1), (low_2, high_2) = wilson_interval(k_1, m_1), wilson_interval(k_2, m_2)
    # Each product below is at most the share squared, so no root is of a negative number.
    a_low, a_high = low_1 * (2 * p_1 - low_1), high_1 * (2 * p_1 - high_1)
    b_low, b_high = low_2 * (2 * p_2 - low_2), high_2 * (2 * p_2 - high_2)
    product = p_1 * p_2
    with np.errstate(divide="ignore", invalid="ignore"):
        # The lower end with its numerator made rational: no difference of near equals, and no
        # division by zero where 2 * p_2 equals high_2.
        low = a_low / (product + np.sqrt(np.maximum(product**2 - a_low * b_high, 0)))
        high = (product + np.sqrt(np.maximum(product**2 - a_high * b_low, 0))) / b_low
    known = (m_1 > 0) & (m_2 > 0)
    low = np.where(known & (k_1 == 0), 0.0, low)
    high = np.where(known & (k_2 == 0), np.inf, high)
    return low, high


def specialisations(
    quotients: pd.DataFrame,
    *,
    above: float = SPECIALISED_ABOVE,
    least: int = SPECIALISED_LEAST,
) -> pd.DataFrame:
    """What each region is specialised in.

    Formula: ``LQ > above`` and ``n_rd >= least``. The second keeps one organisation from
    making a strength.

    Parameters
    ----------
    quotients : DataFrame
        As :func:`location_quotient` returns it.
    above : float
        Quotient that must be exceeded.
    least : int
        Organisations that must be there.

    Returns
    -------
    DataFrame
        The rows of `quotients` that qualify, regions in their order and the highest quotient
        first, with ``clear``: whether the whole interval lies above 1, so that chance alone
        is an unlikely reason.

    Examples
    --------
    >>> counts = pd.DataFrame({"cryptology": [4, 2], "legal-aspects": [2, 9]}, index=["A", "B"])
    >>> quotients = location_quotient(counts, pd.Series({"A": 10, "B": 20}))
    >>> specialisations(quotients)[["count", "lq", "clear"]].round(2).reset_index()
      region        code  count   lq  clear
    0      A  cryptology      4  2.0  False
    """
    chosen = quotients[(quotients["lq"] > above) & (quotients["count"] >= least)]
    order = quotients.index.get_level_values("region").unique()
    place = order.get_indexer(chosen.index.get_level_values("region"))
    # lexsort takes its last key first and keeps equals in the order of the codes.
    ordered = chosen.iloc[np.lexsort([-chosen["lq"].to_numpy(), place])]
    return ordered.assign(clear=ordered["low"] > 1)
