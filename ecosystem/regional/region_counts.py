"""Organisations counted by region and kind: the database's part of the regional statistics.

One ``GROUP BY`` for all matrices; what is computed from the matrices is in
:mod:`ecosystem.regional.statistics`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import pandas as pd

from ecosystem.common.store import Database
from ecosystem.finding import made_in_europe
from ecosystem.finding.filters import Filter
from ecosystem.finding.per_filter import per_filter
from ecosystem.regional.statistics.counts import Group, RegionCounts, from_groups
from ecosystem.tables import regions

# Name of a matrix -> SQL of the list of codes that an organisation has.
_CODES = {
    "types": "[type]",
    "domains": "domains",
    "functions": "functions",
    "sectors": "sectors",
    "evidence": "[evidence]",
}
_LISTS = ", ".join(f"{{'kind': '{name}', 'codes': {codes}}}" for name, codes in _CODES.items())


@per_filter
def region_counts(database: Database, filter_: Filter, level: str) -> RegionCounts:
    """Counts of all regions of a level under a filter.

    Parameters
    ----------
    level : str
        A key of :data:`ecosystem.tables.regions.LEVELS`.
    """
    region = regions.LEVELS[level]
    where, bound = filter_.where()
    inside = f"FROM organisation WHERE {where} AND {region} IS NOT NULL"
    groups: dict[str, list[Group]] = {name: [] for name in _CODES}
    for kind, *group in database.rows(
        f"""
        SELECT kind, region, code, count(*)
        FROM (SELECT {region} AS region, unnest([{_LISTS}], recursive := true) {inside}),
             unnest(codes) AS of_list(code)
        GROUP BY ALL
        """,
        bound,
    ):
        groups[kind].append(tuple(group))
    founded = database.rows(
        f"SELECT {region} AS region, count(founded), median(founded) {inside} GROUP BY ALL",
        bound,
    )
    return from_groups(regions.index(database, level), groups, founded)


def counts_of(database: Database, filter_: Filter, region_ids: Sequence[str]) -> RegionCounts:
    """Counts of single regions, which may be of different levels, in the order given.

    Raises
    ------
    KeyError
        If a region is not in the release.
    """
    levels = {regions.level_of(region_id) for region_id in region_ids}
    by_level = [region_counts(database, filter_, level) for level in sorted(levels)]
    parts = {
        field.name: pd.concat([getattr(counts, field.name) for counts in by_level])
        for field in fields(RegionCounts)
    }
    return RegionCounts(**{name: part.loc[list(region_ids)] for name, part in parts.items()})


@per_filter
def whole(database: Database, filter_: Filter) -> RegionCounts:
    """Counts of all organisations that a filter leaves, as one region named ``all``."""
    counts = region_counts(database, filter_, "nuts0")
    summed = {
        name: getattr(counts, name).sum().to_frame("all").T.astype("int64").rename_axis("region")
        for name in _CODES
    }
    where, bound = filter_.where()
    founded = database.frame(
        "SELECT 'all' AS region, count(founded) AS known, "
        f"median(founded)::DOUBLE AS median FROM organisation WHERE {where}",
        bound,
    ).set_index("region")
    n = pd.Series([int(counts.n.sum())], index=founded.index, name="n")
    return RegionCounts(n=n, founded=founded, **summed)


@made_in_europe.depends_on_today
def labelled_counts(database: Database, filter_: Filter, level: str) -> pd.Series:
    """Organisations whose label is valid today, by region of a level; 0 where none has one.

    Parameters
    ----------
    level : str
        A key of :data:`ecosystem.tables.regions.LEVELS`.
    """
    where, bound = filter_.where()
    region = regions.LEVELS[level]
    found = database.frame(
        f"""
        SELECT {region} AS region, count(*) AS n FROM organisation
        WHERE {where} AND {region} IS NOT NULL AND {made_in_europe.IS_LABELLED} GROUP BY ALL
        """,
        {**bound, **made_in_europe.BOUND},
    )
    by_region = found.set_index("region")["n"]
    return by_region.reindex(regions.ids(database, level), fill_value=0).astype("int64")


def founding_years(database: Database, filter_: Filter, region_id: str) -> pd.DataFrame:
    """Founding years of those in the register today, cumulated.

    This is no growth: who closed, moved away or was never registered is not in it, nor is
    anybody whose year is not known.

    Returns
    -------
    DataFrame
        ``year`` and ``organisations`` (how many of those in the register, whose year is
        known, were founded by the end of it), one row a year in which one was founded.
    """
    where, bound = filter_.where()
    return database.frame(
        f"""
        SELECT founded AS year, sum(count(*)) OVER (ORDER BY founded)::INTEGER AS organisations
        FROM organisation
        WHERE {where} AND {regions.LEVELS[regions.level_of(region_id)]} = $of_region
          AND founded IS NOT NULL
        GROUP BY founded ORDER BY founded
        """,
        {**bound, "of_region": region_id},
    )
