"""Ranks in which ties share a place and nothing is ranked that should not be."""

from __future__ import annotations

import pandas as pd

from ecosystem.regional.statistics._checks import require_same_regions


def rank(
    values: pd.Series,
    *,
    descending: bool = True,
    years: pd.Series | None = None,
    across_years: bool = False,
) -> pd.DataFrame:
    """Rank regions by a measure.

    Formula: standard competition ranking ("1224"): ``1 + number of regions that are strictly
    better``. Equal values share a rank, and the next one counts all of them.

    Parameters
    ----------
    values : Series of float
        The measure, by region; NaN where it is not known.
    descending : bool
        Whether the highest value is the first.
    years : Series of int, optional
        Calendar year of each value, in the same order.
    across_years : bool
        Whether values of different years may be ranked together. They then are, and
        ``other_year`` says which they are; otherwise it is an error.

    Returns
    -------
    DataFrame
        Indexed as `values` and in its order: ``value``, ``rank`` (integer, NA where the value
        is), ``tied`` (whether others share the rank), ``of`` (how many are ranked); with
        `years` also ``year`` and ``other_year`` (whether it differs from the commonest of the
        ranked, the latest of equally common ones).

    Raises
    ------
    ValueError
        Values of different years without `across_years`; a value without a year; other
        regions in `years`.

    References
    ----------
    Ties as in pandas.Series.rank(method="min").

    Examples
    --------
    >>> rank(pd.Series({"A": 3.0, "B": 5.0, "C": 3.0, "D": None, "E": 1.0}))["rank"].to_list()
    [2, 1, 2, <NA>, 4]
    """
    numbers = values.astype("float64")
    place = numbers.rank(method="min", ascending=not descending).astype("Int64")
    ranked = pd.DataFrame(
        {
            "value": numbers,
            "rank": place,
            "tied": place.duplicated(keep=False) & place.notna(),
            "of": int(place.notna().sum()),
        }
    )
    if years is None:
        return ranked
    require_same_regions(years, values.index, "values and years")
    return ranked.assign(
        year=years.astype("Int64"), other_year=_other_year(years[place.notna()], across_years)
    ).fillna({"other_year": False})


def _other_year(years: pd.Series, across_years: bool) -> pd.Series:
    if years.isna().any():
        raise ValueError("every ranked value needs a year")
    if years.nunique() > 1 and not across_years:
        found = ", ".join(str(int(year)) for year in sorted(years.unique()))
        raise ValueError(f"values of different years are not ranked together: {found}")
    return years != years.mode().max()
