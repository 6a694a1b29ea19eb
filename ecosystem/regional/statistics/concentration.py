"""How unevenly organisations are spread over the map, and whether neighbours are alike."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from ecosystem.common import late
from ecosystem.common.wording import number
from ecosystem.regional.statistics._checks import require_counts, require_known

if TYPE_CHECKING:
    from libpysal.weights import W
    from scipy.sparse import csr_matrix

# Rules of thumb for putting a Gini coefficient in a word.
_UNEVEN, _VERY_UNEVEN = 0.4, 0.7
# A pattern this rare in shuffled maps is taken to be one.
_SIGNIFICANT = 0.05
# Clauses: how evenly organisations are spread,
_AS_BY_CHANCE = (
    "In this register organisations are spread no more unevenly than chance alone would spread "
    "them: half of them are in {half} of {regions} regions"
)
_SOMEWHAT_UNEVENLY = (
    "In this register organisations are somewhat unevenly spread: half of them are in {half} of "
    "{regions} regions"
)
_UNEVENLY = (
    "In this register organisations are unevenly spread: half of them are in {half} of {regions} "
    "regions"
)
_VERY_UNEVENLY = (
    "In this register organisations are very unevenly spread: half of them are in {half} of "
    "{regions} regions"
)
# and what lies next to what.
_NO_PATTERN = (
    "there is no sign, beyond what chance would show, that regions with many of them lie next to "
    "each other"
)
_NEXT_TO_MANY = (
    "regions with many of them tend to have neighbours with many (chance alone would show so clear "
    "a pattern about {chance} times in 1,000)"
)
_NEXT_TO_FEW = (
    "regions with many of them tend to have neighbours with few (chance alone would show so clear "
    "a pattern about {chance} times in 1,000)"
)
_CHANCE_DRAWS = 199
# With fewer regions esda's moments are not defined.
_FEWEST_REGIONS = 4


@dataclass(frozen=True)
class Moran:
    """Moran's I of a measure over a map.

    Attributes
    ----------
    i : float
        The statistic; NaN where it is not defined.
    expected : float
        What it is on average if the values are shuffled: ``-1 / (regions - 1)``.
    p : float
        Share of shuffled maps at least as extreme on the same side, counting the map itself.
    permutations : int
        How many times the map was shuffled.
    regions : int
        How many regions had a value.
    """

    i: float
    expected: float
    p: float
    permutations: int
    regions: int


def gini(n: pd.Series) -> float:
    r"""Gini coefficient of organisations over regions.

    .. math:: G = \frac{2 \sum_k k\, n_{(k)}}{R \sum_k n_{(k)}} - \frac{R + 1}{R}

    with :math:`n_{(1)} \le \dots \le n_{(R)}` the sorted counts of the :math:`R` regions.
    0: every region has the same number; near 1: one region has them all. Where there are
    fewer organisations than regions some must be empty, so compare it with
    :func:`gini_by_chance`.

    Parameters
    ----------
    n : Series of int
        Organisations by region, including regions without any; shape (regions,).

    Returns
    -------
    float
        From 0 to 1 - 1 / R, without unit; NaN if there is no organisation.

    References
    ----------
    Gini, C. (1912). Variabilità e mutabilità. Bologna: Cuppini.

    Examples
    --------
    >>> gini(pd.Series([0, 0, 0, 8]))
    0.75
    """
    require_counts(n)
    if not n.sum():
        return math.nan
    return float(_gini(n.to_numpy("float64")[None, :])[0])


def _gini(rows: np.ndarray) -> np.ndarray:
    regions, total = rows.shape[1], rows.sum(axis=1)
    weighted = (np.sort(rows, axis=1) * np.arange(1, regions + 1)).sum(axis=1)
    coefficients: np.ndarray = 2 * weighted / (regions * total) - (regions + 1) / regions
    # Rounding may leave an even spread a hair below 0.
    return np.maximum(coefficients, 0)


def gini_by_chance(n: pd.Series, *, seed: int = 0) -> float:
    """Gini coefficient that a random spread of as many organisations would hardly exceed.

    Formula: the 97.5th percentile of :func:`gini` over 199 draws in which each organisation
    falls into any region with the same probability.

    Parameters
    ----------
    n : Series of int
        Organisations by region, including regions without any; only its sum and its length
        matter.
    seed : int
        Of the random draws: the same seed gives the same number.

    Returns
    -------
    float
        0 to 1; NaN if there is no organisation.

    References
    ----------
    Ellison, G. and Glaeser, E. L. (1997). Geographic concentration in U.S. manufacturing
    industries: a dartboard approach. Journal of Political Economy 105(5), 889-927 (the idea
    of darts thrown at the map).

    Examples
    --------
    >>> round(gini_by_chance(pd.Series([0, 0, 0, 8])), 2) < gini(pd.Series([0, 0, 0, 8]))
    True
    """
    require_counts(n)
    if not n.sum():
        return math.nan
    draws = np.random.default_rng(seed).multinomial(
        int(n.sum()), np.full(len(n), 1 / len(n)), size=_CHANCE_DRAWS
    )
    return float(np.quantile(_gini(draws.astype("float64")), 0.975))


def regions_for_half(n: pd.Series) -> int:
    """Fewest regions that together have at least half of the organisations.

    Formula: the smallest k for which the k largest counts add up to half of the sum.

    Parameters
    ----------
    n : Series of int
        Organisations by region; shape (regions,).

    Returns
    -------
    int
        Number of regions; 0 if there is no organisation.

    References
    ----------
    A point of the Lorenz curve: Lorenz, M. O. (1905). Methods of measuring the concentration
    of wealth. Publications of the American Statistical Association 9(70), 209-219.

    Examples
    --------
    >>> regions_for_half(pd.Series([1, 5, 2, 2]))
    1
    """
    require_counts(n)
    if not n.sum():
        return 0
    largest_first = n.sort_values(ascending=False).cumsum().to_numpy()
    return int((largest_first * 2 < n.sum()).sum()) + 1


def morans_i(values: pd.Series, weights: W, *, permutations: int = 999, seed: int = 0) -> Moran:
    r"""Moran's I: whether neighbouring regions have similar values.

    .. math:: I = \frac{R}{\sum_{ij} w_{ij}}
                  \frac{\sum_{ij} w_{ij} (x_i - \bar{x}) (x_j - \bar{x})}
                       {\sum_i (x_i - \bar{x})^2}

    Above its expectation neighbours are alike, below it they are unlike. Computed by esda
    with row-standardised weights; p is its pseudo p-value (one-sided, towards the side on
    which I lies), from shuffling the values over the regions.

    Parameters
    ----------
    values : Series of float
        The measure, by region; regions with a gap are left out with their links.
    weights : libpysal.weights.W
        Who is whose neighbour; its ids must include all regions of `values`. A region
        without a neighbour (an island, by contiguity) contributes no pair. (esda shuffles twice
        as quickly over these as over a graph of ``libpysal.graph``.)
    permutations : int
        How many times to shuffle.
    seed : int
        Of the shuffling: the same seed gives the same p.

    Returns
    -------
    Moran
        ``i``, ``expected`` and ``p`` are NaN for fewer than four regions with a value, for
        values that are all equal, and where nobody has a neighbour.

    Raises
    ------
    ValueError
        A region that is not in `weights`.

    References
    ----------
    Moran, P. A. P. (1950). Notes on continuous stochastic phenomena. Biometrika 37(1/2),
    17-23.

    Rey, S. J. and Anselin, L. (2007). PySAL: a Python library of spatial analytical methods.
    Review of Regional Studies 37(1), 5-27.

    Examples
    --------
    Six regions in a row, each with its neighbours left and right, values rising.

    >>> from libpysal.graph import Graph
    >>> left, right = [0, 1, 2, 3, 4], [1, 2, 3, 4, 5]
    >>> weights = Graph.from_arrays(left + right, right + left, [1] * 10).to_W()
    >>> row = morans_i(pd.Series([1, 2, 3, 4, 5, 6]), weights)
    >>> round(row.i, 2), round(row.expected, 2), row.p < 0.05
    (0.71, -0.2, True)
    """
    require_known(values.index, weights.id_order, "region")
    # In the order of the map, so that a seed means the same shuffles in whatever order they come.
    known = values.reindex(weights.id_order).dropna().astype("float64")
    if len(known) < _FEWEST_REGIONS or known.nunique() < 2:
        return _no_moran(len(known), permutations)
    subset = late.load("libpysal.weights").w_subset
    linked = (
        weights
        if len(known) == weights.n
        else subset(weights, list(known.index), silence_warnings=True)
    )
    if not linked.nonzero:
        return _no_moran(len(known), permutations)
    numbers = known[linked.id_order].to_numpy()
    found = late.load("esda.moran").Moran(numbers, linked, permutations=0)
    p = _share_as_alike(found.z, linked.sparse, permutations, seed)
    return Moran(float(found.I), float(found.EI), p, permutations, len(known))


def _share_as_alike(
    z: npt.NDArray[np.float64], weights: csr_matrix, permutations: int, seed: int
) -> float:
    """Pseudo p-value of Moran's I, as esda has it.

    esda shuffles one map after the other, which takes three times as long as all at once.
    """
    maps = np.vstack([z, z[_shuffles(len(z), permutations, seed)]])
    # What I is of each map, but for factors that all have in common; as large is not smaller.
    alike = (maps * (weights @ maps.T).T).sum(axis=1).round(9)
    larger = int((alike[1:] >= alike[0]).sum())
    return (min(larger, permutations - larger) + 1) / (permutations + 1)


@lru_cache(maxsize=4)
def _shuffles(size: int, permutations: int, seed: int) -> npt.NDArray[np.intp]:
    """Places of each shuffle; every filter leaves the same regions, so they are shuffled alike."""
    random = np.random.RandomState(seed)
    return np.stack([random.permutation(size) for _ in range(permutations)])


def _no_moran(regions: int, permutations: int) -> Moran:
    return Moran(math.nan, math.nan, math.nan, permutations, regions)


def in_words(n: pd.Series, moran: Moran | None = None, *, seed: int = 0) -> str:
    """The spatial concentration in one sentence for people who don't do statistics.

    Formula: :func:`gini` against :func:`gini_by_chance` and then 0.4 and 0.7 (rules of
    thumb), :func:`regions_for_half`, and p of Moran's I against 0.05.

    Parameters
    ----------
    n : Series of int
        Organisations by region, including regions without any.
    moran : Moran, optional
        Of the same series; nothing is said of it if not given or not defined.
    seed : int
        See :func:`gini_by_chance`.

    Returns
    -------
    str
        One sentence, with a full stop.

    Examples
    --------
    >>> in_words(pd.Series([40, 1, 1, 1, 0, 0, 0, 0]))
    'In this register organisations are very unevenly spread: half of them are in 1 of 8 regions.'
    """
    total = int(n.sum())
    if not total:
        return "In this register there is no organisation to be spread over the regions."
    half = regions_for_half(n)
    spread = _spread(n, seed).format(half=number(half), regions=number(len(n)))
    neighbours = _neighbours(moran)
    return f"{spread}; {neighbours}." if neighbours else f"{spread}."


def _spread(n: pd.Series, seed: int) -> str:
    coefficient = gini(n)
    if coefficient <= gini_by_chance(n, seed=seed):
        return _AS_BY_CHANCE
    if coefficient < _UNEVEN:
        return _SOMEWHAT_UNEVENLY
    return _UNEVENLY if coefficient < _VERY_UNEVEN else _VERY_UNEVENLY


def _neighbours(moran: Moran | None) -> str:
    if moran is None or math.isnan(moran.p):
        return ""
    if moran.p >= _SIGNIFICANT:
        return _NO_PATTERN
    said = _NEXT_TO_MANY if moran.i > moran.expected else _NEXT_TO_FEW
    return said.format(chance=max(1, round(moran.p * 1000)))
