"""What a figure is: its numbers as a table, what they are of and how they are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from ecosystem.common.store import Database
from ecosystem.finding.filters import Filter
from ecosystem.regional.statistics.counts import SMALL_N
from ecosystem.tables import regions

# All organisations of the register as one region.
REGISTER = "register"
LEVELS = {**regions.LEVEL_LABELS, REGISTER: "The register as a whole"}
WHOLE = "all"
# Why there is no value, or what to keep in mind of one.
NOT_COLLECTED, NOBODY, FEW, NO_VALUE = "not collected", "no organisation", "few", "no figure"


@dataclass(frozen=True)
class Column:
    """A number that a table has of each of its rows.

    Attributes
    ----------
    name, label : str
        Its name in files and what people read.
    unit : str
        What it counts or measures; ``"1"`` of a plain number.
    digits : int
        Decimals that people are shown; files have all.
    """

    name: str
    label: str
    unit: str = "1"
    digits: int = 0


@dataclass(frozen=True, eq=False)
class Table:
    """The numbers of a figure.

    Attributes
    ----------
    rows : DataFrame
        One column for each of `dimensions` and `columns`, and ``status``: a word where there is
        no value, or a reservation; else empty.
    dimensions : dict of str to dict of str to str
        What the rows are by, each with the label of its codes.
    columns : tuple of Column
        The numbers, the value first.
    """

    rows: pd.DataFrame
    dimensions: dict[str, dict[str, str]]
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Choice:
    """What a figure is asked of.

    Attributes
    ----------
    level : str
        A key of :data:`LEVELS`.
    filter : Filter
        Which organisations.
    region_ids : tuple of str
        Only these; all if empty.
    kinds : tuple of str
        Only partnerships of these kinds; all if empty.
    year : int or None
        Only partnerships active in it.
    """

    level: str
    filter: Filter = field(default_factory=Filter)
    region_ids: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    year: int | None = None


Make = Callable[[Database, Choice], Table]


@dataclass(frozen=True)
class Figure:
    """A figure that there is.

    Attributes
    ----------
    code, label : str
        Value of the parameter ``measure`` and what people read.
    method : str
        How it is computed, with its source.
    denominator : str
        Of what it is: what ``n`` counts.
    interval : str
        What ``low`` and ``high`` are; empty if it has none.
    sources : tuple of str
        Names of the release's sources that it is made of.
    levels : tuple of str
        Levels that it is there at, the usual one first.
    make : callable
        Gives its table of a database and what it is asked of.
    takes_filter : bool
        Whether the filter changes it.
    needs_region : bool
        Whether regions have to be named.
    takes_partnerships : bool
        Whether kinds of partnerships and a year change it.
    """

    code: str
    label: str
    method: str
    denominator: str
    interval: str
    sources: tuple[str, ...]
    levels: tuple[str, ...]
    make: Make
    takes_filter: bool = True
    needs_region: bool = False
    takes_partnerships: bool = False


def status_of(is_collected: bool, n: object, value: object, needs: int) -> str:
    """Why a region has no value, or what to keep in mind of it; empty if nothing."""
    if not is_collected:
        return NOT_COLLECTED
    count = 0 if pd.isna(n) else int(n)  # type: ignore[call-overload]
    if not count:
        return NOBODY
    if pd.isna(value):  # type: ignore[call-overload]
        return NO_VALUE
    return FEW if count < needs else ""


def rows_of(found: pd.DataFrame, ids: Sequence[str]) -> pd.DataFrame:
    """The rows of some regions, of a table indexed by region; all if none is named."""
    return found.loc[[id_ for id_ in found.index if id_ in set(ids)]] if ids else found


def region_labels(database: Database, ids: Sequence[str] | pd.Series) -> dict[str, str]:
    """Names of regions by id."""
    names = regions.labels(database)
    return {str(id_): names[str(id_)] for id_ in dict.fromkeys(ids)}


def make_table(
    rows: pd.DataFrame, dimensions: dict[str, dict[str, str]], columns: tuple[Column, ...]
) -> Table:
    """A table without the columns that say nothing; ``status`` has to be there.

    Parameters
    ----------
    rows, dimensions, columns
        As :class:`Table` has them; of `columns` there may be more.
    """
    # A column without any number says nothing.
    there = [
        column
        for column in columns
        if column.name == "value" or (column.name in rows and rows[column.name].notna().any())
    ]
    names = [*dimensions, *(column.name for column in there), "status"]
    return Table(rows[names].reset_index(drop=True), dimensions, tuple(there))


def rows_of_regions(rows: pd.DataFrame, ids: Sequence[str]) -> pd.DataFrame:
    """The rows of some regions, of a table with a column ``region``; all if none is named."""
    return rows[rows["region"].isin(list(ids))].reset_index(drop=True) if ids else rows


def statuses() -> Mapping[str, str]:
    """What the words of the column ``status`` mean."""
    return {
        NOT_COLLECTED: "The register was not collected for the region; not zero.",
        NOBODY: "The register has no organisation there under the filter.",
        FEW: f"Fewer than {SMALL_N} organisations, or than the measure needs: it says little.",
        NO_VALUE: "There is nothing to compute it from.",
    }
