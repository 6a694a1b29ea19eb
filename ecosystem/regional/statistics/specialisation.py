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

from ecosystem.common import late
from ecosystem.regional.statistics._checks import require_counts, require_same_regions
from ecosystem.regional.statistics.counts import SMALL_N

# A strength is a share that chance hardly explains, a quarter above the whole's, and that at
# least three organisations carry.
SPECIALISED_ABOVE = 1.25
SPECIALISED_LEAST = 3
# Of all strengths that are named over a level, at most this share is expected to be chance.
FALSE_DISCOVERY_RATE = 0.05

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

    **Strength.** With fifteen domains in each of forty regions many intervals leave out 1 by
    chance alone, so none of them makes a strength. That takes three things: at least
    :data:`SPECIALISED_LEAST` organisations; an adjusted chance :func:`adjusted_chances` of at
    most :data:`FALSE_DISCOVERY_RATE`; and a quotient above :data:`SPECIALISED_ABOVE`. How
    large a quotient is to be taken says :func:`shrunken_quotients`, by which strengths are
    ordered. Both look at all regions and codes of the frame: give all regions of a level, and
    choose from the result.

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
        - ``shrunk``: the quotient shrunk towards 1, NaN where ``lq`` is
        - ``q``: the adjusted chance of such a count or more, 0 to 1; NaN where nothing was
          tested: few organisations, the region is the whole, or the code occurs nowhere or
          in all
        - ``clear``: whether it is a strength as said above

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
    lq = _ratio(share, np.broadcast_to(whole_share, members.shape))
    all_ = np.broadcast_to(total, members.shape)
    tested = (own >= SMALL_N) & (own < size) & (all_ > 0) & (all_ < size)
    shrunk = shrunken_quotients(members, own, all_, size, tested)
    q = adjusted_chances(members, own, all_, size, tested)
    clear = (q <= FALSE_DISCOVERY_RATE) & (lq > SPECIALISED_ABOVE)
    return pd.DataFrame(
        {
            "count": members.ravel().astype("int64"),
            "n": own.ravel().astype("int64"),
            "share": share.ravel(),
            "whole_share": np.broadcast_to(whole_share, members.shape).ravel(),
            "lq": lq.ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
            "small": own.ravel() < SMALL_N,
            "shrunk": shrunk.ravel(),
            "q": q.ravel(),
            "clear": (clear & (members >= SPECIALISED_LEAST)).ravel(),
        },
        index=pd.MultiIndex.from_product([n.index, counts.columns], names=["region", "code"]),
    )


def adjusted_chances(
    members: Floats, own: Floats, total: Floats, size: float, tested: NDArray[np.bool_]
) -> Floats:
    r"""How likely chance alone gives so many, adjusted for how many cells were looked at.

    If the code had nothing to do with the region, :math:`n_{rd}` would be hypergeometric: the
    number of the whole's :math:`n_d` organisations with the code among :math:`n_r` drawn
    without replacement from :math:`n`. The chance is the upper tail
    :math:`P(X \ge n_{rd})`, Fisher's exact test. Over all cells tested it is adjusted after
    Benjamini and Yekutieli, which holds whatever the dependence between them (the domains of
    an organisation come together, and what one region has another lacks): of the cells at or
    below a bound, at most that share is expected to be chance; where nothing is behind any of
    them, the chance of naming even one is at most the bound.

    Parameters
    ----------
    members, own, total : ndarray of float
        :math:`n_{rd}`, :math:`n_r`, :math:`n_d`, of one shape.
    size : float
        :math:`n`.
    tested : ndarray of bool
        Cells of the family, of the same shape; chosen by sizes and never by `members`.

    Returns
    -------
    ndarray of float
        0 to 1; NaN where nothing was tested.

    References
    ----------
    Fisher, R. A. (1935). The logic of inductive inference. Journal of the Royal Statistical
    Society 98(1), 39-82.

    Benjamini, Y. and Yekutieli, D. (2001). The control of the false discovery rate in multiple
    testing under dependency. The Annals of Statistics 29(4), 1165-1188.

    Examples
    --------
    All three of a region have what five of ten have: 5·4·3 / (10·9·8) = 1/12. Of two cells
    the smaller counts for 2 · (1 + 1/2) = 3 times as much.

    >>> cells = [np.array(values) for values in ([3.0, 0], [3.0, 3], [5.0, 5])]
    >>> adjusted_chances(*cells, 10, np.array([True, True])).round(2).tolist()
    [0.25, 1.0]
    """
    q: Floats = np.full(members.shape, np.nan)
    if tested.any():
        stats = late.load("scipy.stats")
        q[tested] = stats.false_discovery_control(
            upper_tail(members[tested], own[tested], total[tested], size), method="by"
        )
    return q


def upper_tail(count: ArrayLike, drawn: ArrayLike, marked: ArrayLike, size: ArrayLike) -> Floats:
    """Chance of at least `count` marked ones among `drawn` of `size`, `marked` of them marked.

    Formula: the upper tail of the hypergeometric distribution (Fisher's exact test, one-sided).

    Parameters
    ----------
    count, drawn, marked, size : array_like
        Numbers of things; shapes that broadcast.

    Returns
    -------
    ndarray of float
        0 to 1.

    Examples
    --------
    >>> upper_tail([3, 0], 3, 5, 10).round(4).tolist()
    [0.0833, 1.0]
    """
    k, drawn, marked, size = np.broadcast_arrays(
        *(np.asarray(values, "float64") for values in (count, drawn, marked, size))
    )
    chance: Floats = np.ones(k.shape)
    some = k > 0  # at least none is certain, and most cells are that
    if some.any():
        # Small numbers: the same four come again and again.
        cells = np.stack([k[some] - 1, size[some], marked[some], drawn[some]])
        different, place = np.unique(cells, axis=1, return_inverse=True)
        tail = late.load("scipy.stats").hypergeom.sf(*different)
        chance[some] = np.clip(tail, 0, 1)[place.reshape(-1)]
    return chance


def shrunken_quotients(
    members: Floats, own: Floats, total: Floats, size: float, tested: NDArray[np.bool_]
) -> Floats:
    r"""Quotients drawn towards 1, the more the less they rest on.

    .. math:: \widetilde{LQ} = 1 + \frac{A}{A + v_{rd}} (LQ_{rd} - 1), \quad
              v_{rd} = \frac{(1 - n_d / n)(n - n_r)}{E_{rd} (n - 1)}, \quad
              E_{rd} = \frac{n_r n_d}{n}

    Empirical Bayes: :math:`v` is the variance of a quotient that is only chance
    (hypergeometric), :math:`A` how much the true ones vary, estimated by moments over the
    cells tested, weighted by :math:`E`: what their squared distance from 1 has above
    :math:`v`, and 0 if it has nothing. Then all are drawn to 1: the register shows no
    difference between regions.

    Parameters
    ----------
    members, own, total, size, tested
        As in :func:`adjusted_chances`.

    Returns
    -------
    ndarray of float
        Without unit; NaN where there is no quotient.

    References
    ----------
    Marshall, R. J. (1991). Mapping disease and mortality rates using empirical Bayes
    estimators. Journal of the Royal Statistical Society C 40(2), 283-294.

    Examples
    --------
    Two halves with 9 of 10 and 1 of 10: E = 5, v = 0.05 · 10/19 · 2, A = 0.64 - v.

    >>> cells = [np.array(values) for values in ([9.0, 1], [10.0, 10], [10.0, 10])]
    >>> shrunken_quotients(*cells, 20, np.array([True, True])).round(3).tolist()
    [1.734, 0.266]
    """
    expected = own * total / size if size else np.zeros_like(own)
    lq = _ratio(members, expected)
    variance = _ratio((1 - total / max(size, 1)) * (size - own), expected * max(size - 1, 1))
    weight = expected[tested]
    between = 0.0
    if weight.any():
        excess = (lq[tested] - 1) ** 2 - variance[tested]
        between = max(float(np.average(excess, weights=weight)), 0.0)
    trust = _ratio(np.full_like(variance, between), between + variance)
    # Where nothing can vary, by chance or otherwise, the quotient is 1 and stays it.
    shrunk: Floats = 1 + np.nan_to_num(trust, nan=0.0) * (lq - 1)
    return shrunk


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


def specialisations(quotients: pd.DataFrame) -> pd.DataFrame:
    """What each region is specialised in, with chance held in check.

    Formula: ``clear``, see :func:`location_quotient`: an adjusted chance of at most 5 %, a
    quotient above 1.25, at least three organisations.

    Parameters
    ----------
    quotients : DataFrame
        As :func:`location_quotient` returns it.

    Returns
    -------
    DataFrame
        The rows of `quotients` that qualify, regions in their order and the highest shrunken
        quotient first.

    Examples
    --------
    Nineteen of twenty against eleven of sixty; and four of ten against two of twenty, which is
    twice the whole's share and yet no wonder.

    >>> sizes = pd.Series({"A": 20, "B": 60})
    >>> counts = pd.DataFrame({"cryptology": [19, 11]}, index=["A", "B"])
    >>> specialisations(location_quotient(counts, sizes))[["count", "lq"]].round(2).reset_index()
      region        code  count    lq
    0      A  cryptology     19  2.53
    >>> few = pd.DataFrame({"cryptology": [4, 2]}, index=["A", "B"])
    >>> len(specialisations(location_quotient(few, pd.Series({"A": 10, "B": 20}))))
    0
    """
    chosen = quotients[quotients["clear"]]
    order = quotients.index.get_level_values("region").unique()
    place = order.get_indexer(chosen.index.get_level_values("region"))
    # lexsort takes its last key first and keeps equals in the order of the codes.
    return chosen.iloc[np.lexsort([-chosen["shrunk"].to_numpy(), place])]
