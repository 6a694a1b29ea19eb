"""Regions that are alike in structure: the ones it is fair to compare a region with.

Structure means what policy can't change in a year: how many people, how wealthy, how much
research, how many graduates. What a region does in cybersecurity plays no part; for that see
:mod:`~ecosystem.regional.statistics.similarity`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ecosystem.regional.statistics._checks import require_known, require_same_regions

# Eurostat's names as in the table region_indicator, with their units.
STRUCTURE = {
    "population": "persons, 1 January",
    "gdp_pps_per_inhabitant": "PPS (EU27_2020) per inhabitant",
    "gerd_pct_gdp": "% of GDP",
    "tertiary_25_64_pct": "% of population aged 25-64",
}
# Regions differ in population by factors, not by differences.
_LOGARITHMIC = ("population",)

# One indicator in common says too little of two regions' structure.
MINIMUM_SHARED = 2
# Farther apart than this, a typical difference, regions are not alike.
ALIKE = 1.0


def standardise(indicators: pd.DataFrame) -> pd.DataFrame:
    r"""Indicators on one scale: how many standard deviations from the mean of all regions.

    .. math:: z_{ri} = \frac{x_{ri} - \bar{x}_i}{s_i}

    with :math:`x` the natural logarithm for population and the value itself otherwise, mean
    and (population) standard deviation over the regions that have a value.

    Parameters
    ----------
    indicators : DataFrame of float
        Indexed by region; columns among :data:`STRUCTURE`, gaps as NaN.

    Returns
    -------
    DataFrame of float
        Same shape, without unit; gaps stay gaps. 0 where all regions have the same value.

    Raises
    ------
    ValueError
        A column that is not in :data:`STRUCTURE`, or a population of zero or less.

    Examples
    --------
    >>> standardise(pd.DataFrame({"gerd_pct_gdp": [1.0, 3.0, None]})).round(2).to_numpy().tolist()
    [[-1.0], [1.0], [nan]]
    """
    require_known(indicators.columns, STRUCTURE, "indicator")
    values = indicators.to_numpy("float64", copy=True)
    for column in (number for number, name in enumerate(indicators) if name in _LOGARITHMIC):
        if (values[:, column] <= 0).any():
            raise ValueError(f"{indicators.columns[column]} must be greater than zero where known")
        values[:, column] = np.log(values[:, column])
    known = ~np.isnan(values)
    size = np.maximum(known.sum(axis=0), 1)
    deviations = values - np.where(known, values, 0).sum(axis=0) / size
    spread = np.sqrt(np.where(known, deviations**2, 0).sum(axis=0) / size)
    scores = deviations / np.where(spread > 0, spread, 1.0)
    return pd.DataFrame(scores, indicators.index, indicators.columns)


def peers(
    indicators: pd.DataFrame,
    region: str,
    *,
    limit: int = 5,
    minimum: int = MINIMUM_SHARED,
    among: pd.Index | None = None,
    years: pd.DataFrame | None = None,
) -> pd.DataFrame:
    r"""The regions most alike in structure to one.

    .. math:: d_{ab} = \sqrt{\frac{1}{|I|} \sum_{i \in I} (z_{ai} - z_{bi})^2}

    over the indicators :math:`I` that both have (at least `minimum`); the mean and not the
    sum, so that a pair with gaps is not nearer for having fewer terms. 1 is a typical
    difference of one standard deviation.

    Regions that share more indicators with the one come first, and nearest first among
    those that share as many: to be near in two of four things is easier than in all four.

    Parameters
    ----------
    indicators : DataFrame of float
        Indexed by region; columns among :data:`STRUCTURE`, gaps as NaN.
    region : str
        The one that peers are looked for.
    limit : int
        How many to return at most.
    minimum : int
        Indicators that both must have.
    among : Index of str, optional
        Regions that may be peers; the scales are those of all regions all the same.
    years : DataFrame of int, optional
        Calendar year of each value, of the same shape as `indicators`.

    Returns
    -------
    DataFrame
        Indexed by region, in the order said above, equals in that of `indicators`:
        ``distance`` (standard deviations), ``used`` (list of the indicators both have) and, if
        `years` is given, ``other_year`` (those of them that are of another year than the
        region's).
        Empty if the region has fewer than `minimum` values itself.

    Raises
    ------
    ValueError
        An unknown region or indicator, a population of zero or less, years of another shape.

    References
    ----------
    Gower, J. C. (1971). A general coefficient of similarity and some of its properties.
    Biometrics 27(4), 857-871 (the treatment of missing values).

    Examples
    --------
    >>> indicators = pd.DataFrame(
    ...     {"population": [1e6, 1e6, 4e6], "gerd_pct_gdp": [1.0, 2.0, None]},
    ...     index=["A", "B", "C"],
    ... )
    >>> peers(indicators, "A").round(2).reset_index().to_dict("records")
    [{'region': 'B', 'distance': 1.41, 'used': ['population', 'gerd_pct_gdp']}]
    """
    require_known([region], indicators.index, "region")
    own = indicators.index.get_loc(region)
    scores = standardise(indicators).to_numpy()
    squared = (scores - scores[own]) ** 2
    shared = ~np.isnan(squared)
    number = shared.sum(axis=1)
    # Rounded, so that equals are equal whatever the order of their sums.
    distance = np.sqrt(np.nansum(squared, axis=1) / np.maximum(number, 1)).round(12)
    eligible = number >= minimum
    eligible[own] = False
    if among is not None:
        eligible &= indicators.index.isin(among)
    candidates = np.flatnonzero(eligible)
    # lexsort takes its last key first and keeps equals in the order of the regions.
    chosen = candidates[np.lexsort([distance[candidates], -number[candidates]])][:limit]
    columns: dict[str, Any] = {
        "distance": distance[chosen],
        "used": _lists_of(indicators.columns, shared[chosen]),
    }
    if years is not None:
        require_same_regions(years, indicators.index, "indicators and years")
        year = years[indicators.columns].to_numpy("float64", na_value=np.nan)
        # A year that isn't known is another one.
        columns["other_year"] = _lists_of(
            indicators.columns, (shared & (year != year[own]))[chosen]
        )
    return pd.DataFrame(columns, indicators.index[chosen].rename("region"))


def _lists_of(names: pd.Index, marked: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Of each row, the names of the columns that are marked."""
    lists = np.empty(len(marked), dtype=object)
    lists[:] = [[name for name, is_one in zip(names, row, strict=True) if is_one] for row in marked]
    return lists
