"""What the map draws for organisations: one counted symbol per town, or a cell of the map.

The number of symbols is bounded whatever the size of the register: as long as the towns in
view are few enough each gets its own symbol; above that they are grouped into square cells
whose size follows the zoom. What lies outside the view is grouped coarsely, so that the
counts of all symbols always add up to the number of organisations found.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ecosystem.common.per_release import per_release
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import TYPES
from ecosystem.common.web_mercator import to_degrees, to_metres
from ecosystem.finding import chosen, code_index, made_in_europe
from ecosystem.finding.code_index import Counts
from ecosystem.finding.filters import Filter
from ecosystem.finding.masks import Flags
from ecosystem.tables import regions

MAX_SYMBOLS = 1500
# A cell of 2**(23 - zoom) metres is about 54 pixels wide on the screen.
_CELL_BITS_AT_ZOOM_0 = 23
_OUTSIDE_CELL_BITS = 20
_COLUMNS = ["kind", "key", "name", "lon", "lat", "n", *TYPES, "labelled"]


@dataclass(frozen=True)
class View:
    """The part of the world that a map shows, in whole metres from its north-west corner.

    Attributes
    ----------
    west, north, east, south : int
        Edges in the ``x`` and ``y`` of the database; padded and snapped, so that a small
        move of the map is the same view.
    zoom : int
        Web Mercator zoom level.
    """

    west: int
    north: int
    east: int
    south: int
    zoom: int

    @classmethod
    def around(cls, west: float, south: float, east: float, north: float, zoom: int) -> View:
        """View of a box in degrees (EPSG:4326), half its size larger on each side.

        Raises
        ------
        ValueError
            If a coordinate is not a finite number.
        """
        if not all(map(math.isfinite, (west, south, east, north))):
            raise ValueError("The view's edges must be finite numbers.")
        x, y = to_metres([west, east], [north, south])
        x0, x1, y0, y1 = map(int, (*x, *y))
        zoom = max(0, min(zoom, 18))
        grid = 1 << (cell_bits(zoom) + 2)
        pad_x, pad_y = (x1 - x0) // 2, (y1 - y0) // 2
        return cls(
            west=(x0 - pad_x) // grid * grid,
            north=(y0 - pad_y) // grid * grid,
            east=-((-x1 - pad_x) // grid) * grid,
            south=-((-y1 - pad_y) // grid) * grid,
            zoom=zoom,
        )


EVERYTHING = View(0, 0, 1 << 26, 1 << 26, 4)


def cell_bits(zoom: int) -> int:
    """Binary logarithm of a cell's width in metres at a zoom level."""
    return _CELL_BITS_AT_ZOOM_0 - zoom


def are_cells_needed(database: Database, filter_: Filter) -> bool:
    """Whether a filter leaves more towns than the map draws one by one."""
    towns = code_index.column(database, "place_id")
    if len(towns.known) <= MAX_SYMBOLS:
        return False
    return int(np.count_nonzero(towns.tally(chosen.flags(database, filter_)))) > MAX_SYMBOLS


@made_in_europe.depends_on_today
def symbols(database: Database, filter_: Filter, view: View = EVERYTHING) -> pd.DataFrame:
    """Symbols of the organisations that a filter leaves.

    Parameters
    ----------
    view : View, optional
        Matters only when there are too many towns to draw each.

    Returns
    -------
    DataFrame
        One row per symbol, largest first: ``kind`` ("place" or "cell"), ``key`` (a place id, or
        empty), ``name``, ``lon`` and ``lat`` (degrees, EPSG:4326), ``n`` organisations, one
        column of counts per type, and ``labelled``, how many have a valid label. ``n`` adds up to
        the number of organisations found.
    """
    there = chosen.flags(database, filter_)
    if not are_cells_needed(database, filter_):
        return _places(database, there)
    points = _points(database)
    inside = points.inside(view)
    near = _places(database, there & inside[points.of_organisation])
    counts = _counts(database, points.of_organisation, len(points.x), there)
    if len(near) > MAX_SYMBOLS:
        near = _cells(points, counts, inside, cell_bits(view.zoom))
    far = _cells(points, counts, ~inside, max(_OUTSIDE_CELL_BITS, cell_bits(view.zoom)))
    return pd.concat([near, far], ignore_index=True)


@made_in_europe.depends_on_today
def of_valleys(database: Database, filter_: Filter) -> pd.DataFrame:
    """One symbol per valley, at its label point; columns as :func:`symbols`, keys valley ids.

    Organisations outside all valleys are on none of them.
    """
    rows = _of_column(database, "valley_id", chosen.flags(database, filter_))
    points = _valley_points(database)
    names = rows["key"].map(regions.names_in_text(database))
    rows = rows.assign(kind="valley", name=names, **points.loc[rows["key"]].reset_index(drop=True))
    return rows[_COLUMNS]


@made_in_europe.depends_on_today
def at_place(database: Database, place_id: str) -> pd.DataFrame:
    """The one symbol of a town, with all its organisations; columns as :func:`symbols`."""
    towns = code_index.column(database, "place_id")
    there = np.zeros(len(towns.numbers), dtype=np.bool_)
    if place_id in towns.known:
        there = towns.numbers == towns.known.index(place_id)
    return _places(database, there)


def _places(database: Database, there: Flags) -> pd.DataFrame:
    """One symbol for each town of a set of organisations, but not many more than are drawn."""
    rows = _of_column(database, "place_id", there, MAX_SYMBOLS + 1)
    places = _place_points(database).loc[rows["key"]].reset_index(drop=True)
    return rows.assign(kind="place", **places)[_COLUMNS]


def _of_column(
    database: Database, name: str, there: Flags, most: int | None = None
) -> pd.DataFrame:
    """Counts of a set of organisations by a column's codes, the largest first, then by code.

    Of more codes than `most` the first are kept.
    """
    column = code_index.column(database, name)
    counts = _counts(database, column.numbers, len(column.known), there)
    order = np.argsort(-counts["n"], kind="stable")
    order = order[counts["n"][order] > 0][:most]
    keys = pd.Series([column.known[at] for at in order], dtype="str")
    return pd.DataFrame({"key": keys, **{name: of[order] for name, of in counts.items()}})


def _cells(points: _Points, counts: Mapping[str, Counts], inside: Flags, bits: int) -> pd.DataFrame:
    """Points put together by the square of 2**`bits` metres that they lie in, at their middle."""
    at = np.flatnonzero(inside & (counts["n"] > 0))
    x, y = points.x[at], points.y[at]
    keys, cell = np.unique((x >> bits) << 32 | (y >> bits), return_inverse=True)

    def total(values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        return np.bincount(cell, weights=values, minlength=len(keys)).astype(np.float64)

    totals = {name: total(of[at]).astype(np.int64) for name, of in counts.items()}
    n = counts["n"][at]
    middle_x, middle_y = total(n * x) / totals["n"], total(n * y) / totals["n"]
    lon, lat = to_degrees(middle_x, middle_y)
    order = np.lexsort((middle_y, middle_x, -totals["n"]))
    cells = pd.DataFrame({"lon": lon, "lat": lat, **totals}).iloc[order]
    return cells.assign(kind="cell", key="", name="")[_COLUMNS]


def _counts(
    database: Database, numbers: npt.NDArray[np.int32], size: int, there: Flags
) -> dict[str, Counts]:
    """How many of a set of organisations have each number, in all, of each type, with a label.

    Parameters
    ----------
    numbers : array of int32
        By ``ordinal``, from 0 to `size`; that of those which have none is `size`.
    """
    types = code_index.column(database, "type")
    by_type = code_index.tally_pairs((types.numbers, len(types.known)), (numbers, size), there)
    labelled = there & chosen.flags(database, chosen.LABELLED)
    known = dict(zip(types.known, by_type, strict=True))
    nobody = np.zeros(size, dtype=np.int64)
    return {
        "n": by_type.sum(axis=0),
        **{code: known.get(code, nobody) for code in TYPES},
        "labelled": np.bincount(numbers[labelled], minlength=size + 1)[:size],
    }


@dataclass(frozen=True)
class _Points:
    """Where organisations are: distinct points in whole metres, and which each one has."""

    x: npt.NDArray[np.int64]
    y: npt.NDArray[np.int64]
    of_organisation: npt.NDArray[np.int32]

    def inside(self, view: View) -> Flags:
        """Which points a view shows."""
        across = (self.x >= view.west) & (self.x < view.east)
        return across & (self.y >= view.north) & (self.y < view.south)


@per_release
def _points(database: Database) -> _Points:
    rows = database.frame("SELECT x, y, ordinal FROM organisation")
    numbers, known = pd.factorize(rows["x"].to_numpy(np.int64) << 32 | rows["y"].to_numpy(np.int64))
    of_organisation = np.empty(len(rows), np.int32)
    of_organisation[rows["ordinal"].to_numpy()] = numbers
    return _Points(known >> 32, known & (2**32 - 1), of_organisation)


@per_release
def _place_points(database: Database) -> pd.DataFrame:
    """Name and point of every town in which an organisation is, by its id."""
    return database.frame("SELECT place_id, name, lon, lat FROM place").set_index("place_id")


@per_release
def _valley_points(database: Database) -> pd.DataFrame:
    """Label point of every valley, by its id."""
    return database.frame("SELECT valley_id, lon, lat FROM valley").set_index("valley_id")
