"""Organisations counted by region and kind: the database's part of the regional statistics.

They are counted in memory; what is computed from the matrices is in
:mod:`ecosystem.regional.statistics`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import numpy.typing as npt
import pandas as pd

from ecosystem.common.per_release import per_release
from ecosystem.common.store import Database
from ecosystem.finding import chosen, code_index, made_in_europe
from ecosystem.finding.filters import Filter
from ecosystem.finding.masks import Flags
from ecosystem.finding.per_filter import per_filter
from ecosystem.regional.statistics.counts import Group, RegionCounts, from_groups
from ecosystem.tables import regions

# Matrices of columns with one code for each organisation, and of columns of lists.
_ONE_EACH = {"types": "type", "evidence": "evidence"}
_LISTS = {"domains": "domains", "functions": "functions", "sectors": "sectors"}


@per_filter
def region_counts(database: Database, filter_: Filter, level: str) -> RegionCounts:
    """Counts of all regions of a level under a filter.

    Parameters
    ----------
    level : str
        A key of :data:`ecosystem.tables.regions.LEVELS`.
    """
    of_region = code_index.column(database, regions.LEVELS[level])
    there = chosen.flags(database, filter_)
    columns: dict[str, code_index.Column | code_index.Lists] = {
        **{name: code_index.column(database, column) for name, column in _ONE_EACH.items()},
        **{name: code_index.lists(database, column) for name, column in _LISTS.items()},
    }
    groups = {
        name: _groups(of_region.known, column.known, column.tally_by(of_region, there))
        for name, column in columns.items()
    }
    founded = _founded(database, of_region, there)
    return from_groups(regions.index(database, level), groups, founded)


def _groups(
    region_ids: Sequence[str], codes: Sequence[str], counts: npt.NDArray[np.int64]
) -> list[Group]:
    """Region, code and number of each pair that occurs."""
    there = np.nonzero(counts)
    numbers = counts[there].tolist()
    pairs = zip(*(at.tolist() for at in there), numbers, strict=True)
    return [(region_ids[region], codes[code], n) for code, region, n in pairs]


def _founded(
    database: Database, of_region: code_index.Column, there: Flags
) -> list[tuple[str, int, float]]:
    """Regions where a founding year is known, in how many cases, and the median of the years."""
    first, years = _years(database)
    known = there & (years >= 0)
    spread = int(years.max(initial=0)) + 1
    at = of_region.numbers[known] * np.int64(spread) + years[known]
    by_year = np.bincount(at, minlength=(len(of_region.known) + 1) * spread)
    until = by_year.reshape(-1, spread)[:-1].cumsum(axis=1)
    n = until[:, -1]
    # The middle one, or both where the number is even.
    middle = [(until <= at[:, None]).sum(axis=1) for at in ((n - 1) // 2, n // 2)]
    median = first + (middle[0] + middle[1]) / 2
    some = np.flatnonzero(n)
    found = zip(some.tolist(), n[some].tolist(), median[some].tolist(), strict=True)
    return [(of_region.known[region], number, year) for region, number, year in found]


@per_release
def _years(database: Database) -> tuple[int, npt.NDArray[np.int32]]:
    """The first founding year, and by ordinal how many years later; -1 where it is unknown."""
    rows = database.column("SELECT coalesce(founded, -1) FROM organisation ORDER BY ordinal")
    known = rows >= 0
    first = int(rows[known].min(initial=9999))
    return first, np.where(known, rows - first, -1).astype(np.int32)


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
        if len(by_level) > 1
        else getattr(by_level[0], field.name)
        for field in fields(RegionCounts)
    }
    rows = parts["n"].index.get_indexer(list(region_ids))
    if (rows < 0).any():
        raise KeyError(", ".join(region_ids))
    return RegionCounts(**{name: part.take(rows) for name, part in parts.items()})


@per_filter
def whole(database: Database, filter_: Filter) -> RegionCounts:
    """Counts of all organisations that a filter leaves, as one region named ``all``."""
    counts = region_counts(database, filter_, "nuts0")
    summed = {
        name: getattr(counts, name).sum().to_frame("all").T.astype("int64").rename_axis("region")
        for name in (*_ONE_EACH, *_LISTS)
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
    of_region = code_index.column(database, regions.LEVELS[level])
    labelled = chosen.flags(database, filter_) & chosen.flags(database, chosen.LABELLED)
    there = of_region.count(labelled)
    index = regions.index(database, level)
    return pd.Series([there.get(id_, 0) for id_ in index], index, name="n", dtype="int64")


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
    years = known_years(database, filter_, [region_id])[region_id]
    year, n = np.unique(years, return_counts=True)
    return pd.DataFrame({"year": year, "organisations": n.cumsum().astype(np.int32)})


def known_years(
    database: Database, filter_: Filter, region_ids: Sequence[str]
) -> dict[str, npt.NDArray[np.int16]]:
    """Known founding years of the organisations of regions of any levels, in order."""
    first, later = _years(database)
    known = chosen.flags(database, filter_) & (later >= 0)
    years = (first + later[known]).astype(np.int16)
    found = {}
    for level in {regions.level_of(id_) for id_ in region_ids}:
        of_region = code_index.column(database, regions.LEVELS[level])
        place = {id_: number for number, id_ in enumerate(of_region.known)}
        numbers = of_region.numbers[known]
        for id_ in region_ids:
            if regions.level_of(id_) == level:
                found[id_] = np.sort(years[numbers == place.get(id_, -1)])
    return found
