"""Rows of any table of a release as features: counted, cut into pages, with where they lie."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from ecosystem.common.per_release import per_release
from ecosystem.common.store import Database

Condition = tuple[str, dict[str, Any]]
EVERYTHING: Condition = ("TRUE", {})


@per_release
def _every_column(database: Database) -> dict[str, dict[str, str]]:
    rows = database.frame(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() ORDER BY column_index"
    )
    found: dict[str, dict[str, str]] = {}
    for row in rows.itertuples():
        found.setdefault(str(row.table_name), {})[str(row.column_name)] = str(row.data_type)
    return found


def columns(database: Database, table: str) -> dict[str, str]:
    """Columns of a table with their types in DuckDB's words, in order."""
    return _every_column(database).get(table, {})


def count(database: Database, table: str, where: Condition) -> int:
    """How many rows a condition leaves.

    Parameters
    ----------
    table : str
        A table of the release, never what a stranger wrote.
    where : (str, dict)
        SQL condition and what it binds.
    """
    return int(database.value(f'SELECT count(*) FROM "{table}" WHERE {where[0]}', where[1]))


def page(
    database: Database, table: str, key: str, where: Condition, *, limit: int, offset: int
) -> pa.Table:
    """Rows that a condition leaves, in the order of their keys; all columns of the table."""
    return database.arrow(
        f'SELECT * FROM "{table}" WHERE {where[0]} ORDER BY "{key}" LIMIT $limit OFFSET $offset',
        {**where[1], "limit": limit, "offset": offset},
    )


def pieces(database: Database, table: str, key: str, *, size: int) -> Iterator[pa.Table]:
    """All rows of a table in the order of their keys, some at a time; once, if there are none.

    Each piece is asked for by the keys between which it lies, so that the last costs what the first
    does. What has the same key is in the same piece.

    Parameters
    ----------
    size : int
        Rows of a piece; more only where they have the same key.
    """
    ends = database.rows(
        f"""
        SELECT DISTINCT key
        FROM (SELECT "{key}" AS key, row_number() OVER (ORDER BY "{key}") AS number FROM "{table}")
        WHERE number % $size = 0
        ORDER BY key
        """,
        {"size": size},
    )
    for above, to in itertools.pairwise([None, *(end for (end,) in ends), None]):
        bounds = {n: end for n, end in (("above", above), ("to", to)) if end is not None}
        where = [f'"{key}" {_SIGNS[name]} ${name}' for name in bounds] or ["TRUE"]
        found = database.arrow(
            f'SELECT * FROM "{table}" WHERE {" AND ".join(where)} ORDER BY "{key}"', bounds
        )
        if found.num_rows or not ends:
            yield found


_SIGNS = {"above": ">", "to": "<="}


def areas_in(
    database: Database, table: str, key: str, boxes: Sequence[tuple[float, float, float, float]]
) -> list[str]:
    """Keys of the areas that touch one of some boxes.

    Parameters
    ----------
    boxes : sequence of (float, float, float, float)
        West, south, east, north in degrees, EPSG:4326, none across the date line.
    """
    keys, tree = _tree(database, table, key)
    found: set[str] = set()
    for box in boxes:
        found |= {keys[i] for i in tree.query(shapely.box(*box), predicate="intersects")}
    return sorted(found)


@lru_cache(maxsize=8)
def _tree(database: Database, table: str, key: str) -> tuple[list[str], shapely.STRtree]:
    rows = database.frame(f'SELECT "{key}" AS key, geometry FROM "{table}" ORDER BY key')
    shapes = shapely.from_wkb(np.array([bytes(wkb) for wkb in rows["geometry"]], dtype=object))
    return list(rows["key"]), shapely.STRtree(shapes)
