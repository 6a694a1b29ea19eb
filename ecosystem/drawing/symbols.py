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

import pandas as pd

from ecosystem.common.per_release import per_release
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import TYPES
from ecosystem.common.web_mercator import to_degrees, to_metres
from ecosystem.finding import made_in_europe
from ecosystem.finding.filters import Filter
from ecosystem.tables import regions

MAX_SYMBOLS = 1500
# A cell of 2**(23 - zoom) metres is about 54 pixels wide on the screen.
_CELL_BITS_AT_ZOOM_0 = 23
_OUTSIDE_CELL_BITS = 20
_TYPE_COUNTS = ", ".join(f"count(*) FILTER (type = '{code}') AS {code}" for code in TYPES)
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
    if _towns(database) <= MAX_SYMBOLS:
        return False
    where, bound = filter_.where()
    towns = database.value(
        f"SELECT count(DISTINCT place_id) FROM organisation WHERE {where}",
        bound,
    )
    return int(towns) > MAX_SYMBOLS


@per_release
def _towns(database: Database) -> int:
    return int(database.value("SELECT count(DISTINCT place_id) FROM organisation"))


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
    if not are_cells_needed(database, filter_):
        return _places(database, filter_, "TRUE", {})
    box = {"west": view.west, "north": view.north, "east": view.east, "south": view.south}
    inside = "x >= $west AND x < $east AND y >= $north AND y < $south"
    near = _places(database, filter_, inside, box)
    if len(near) > MAX_SYMBOLS:
        near = _cells(database, filter_, inside, box, cell_bits(view.zoom))
    far_bits = max(_OUTSIDE_CELL_BITS, cell_bits(view.zoom))
    far = _cells(database, filter_, f"NOT ({inside})", box, far_bits)
    return pd.concat([near, far], ignore_index=True)


@made_in_europe.depends_on_today
def of_valleys(database: Database, filter_: Filter) -> pd.DataFrame:
    """One symbol per valley, at its label point; columns as :func:`symbols`, keys valley ids.

    Organisations outside all valleys are on none of them.
    """
    where, bound = filter_.where()
    rows = database.frame(
        f"""
        SELECT 'valley' AS kind, key, '' AS name, v.lon, v.lat, c.* EXCLUDE (key, x, y)
        FROM ({_counts("valley_id", where)}) c JOIN valley v ON v.valley_id = key
        ORDER BY n DESC, key
        """,
        {**bound, **made_in_europe.BOUND},
    )
    return rows.assign(name=rows["key"].map(regions.names_in_text(database)))


@made_in_europe.depends_on_today
def at_place(database: Database, place_id: str) -> pd.DataFrame:
    """The one symbol of a town, with all its organisations; columns as :func:`symbols`."""
    return _places(database, Filter(), "place_id = $place_id", {"place_id": place_id})


def _places(
    database: Database, filter_: Filter, inside: str, box: Mapping[str, object]
) -> pd.DataFrame:
    where, bound = filter_.where()
    return database.frame(
        f"""
        SELECT 'place' AS kind, key, p.name, p.lon, p.lat, c.* EXCLUDE (key, x, y)
        FROM ({_counts("place_id", f"{where} AND {inside}")}) c JOIN place p ON p.place_id = key
        ORDER BY n DESC, key LIMIT {MAX_SYMBOLS + 1}
        """,
        {**bound, **box, **made_in_europe.BOUND},
    )


def _cells(
    database: Database, filter_: Filter, inside: str, box: dict[str, int], bits: int
) -> pd.DataFrame:
    where, bound = filter_.where()
    cell = f"((x >> {bits})::BIGINT << 32) | (y >> {bits})"
    cells = database.frame(
        f"""
        SELECT 'cell' AS kind, * REPLACE ('' AS key), '' AS name
        FROM ({_counts(cell, f"{where} AND {inside}")}) ORDER BY n DESC, x, y
        """,
        {**bound, **box, **made_in_europe.BOUND},
    )
    cells["lon"], cells["lat"] = to_degrees(cells["x"], cells["y"])
    return cells[_COLUMNS]


def _counts(key: str, where: str) -> str:
    """SQL: by a key, how many organisations there are, of each type and with a label; their middle.

    Labels are joined and not looked up row by row: where few have one, that costs nothing.
    """
    return f"""
        SELECT c.*, coalesce(l.labelled, 0) AS labelled
        FROM (
            SELECT {key} AS key, avg(x) AS x, avg(y) AS y, count(*) AS n, {_TYPE_COUNTS}
            FROM organisation WHERE {where} GROUP BY ALL
        ) c LEFT JOIN (
            SELECT {key} AS key, count(*) AS labelled
            FROM organisation WHERE {where} AND {made_in_europe.IS_LABELLED} GROUP BY ALL
        ) l USING (key)
    """
