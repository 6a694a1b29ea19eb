"""Features as GeoJSON and CSV."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from ecosystem.api.collections import Collection, Property, Shape, properties
from ecosystem.api.errors import ApiError
from ecosystem.api.request import Query
from ecosystem.common.column_texts import (
    csv_head,
    csv_lines,
    join,
    json_members,
    json_values,
    rows_of,
)
from ecosystem.common.store import Database
from ecosystem.tables import features

# About a metre: more than any boundary or town here is known to.
_DIGITS = 5
# Rows that are written at once: bounds the memory.
AT_ONCE = 200
_BETWEEN = ", "


@dataclass(frozen=True)
class Page:
    """One page of a collection's features.

    Attributes
    ----------
    matched : int
        How many features the request finds in all.
    rows : Table
        Those of this page, with all columns of the table.
    """

    matched: int
    rows: pa.Table


def find(database: Database, collection: Collection, query: Query) -> Page:
    """The page of features that a request asks for."""
    return Page(
        features.count(database, collection.table, query.where),
        features.page(
            database,
            collection.table,
            collection.key,
            query.where,
            limit=query.limit,
            offset=query.offset,
        ),
    )


def one(database: Database, collection: Collection, key: str) -> dict[str, Any]:
    """One feature as GeoJSON.

    Raises
    ------
    ApiError
        404 if there is none of that key.
    """
    where = (f'"{collection.key}" = $key', {"key": key})
    rows = features.page(database, collection.table, collection.key, where, limit=1, offset=0)
    if not rows.num_rows:
        raise ApiError(404, "NotFound", f"There is no feature “{key[:60]}” in {collection.name}.")
    return geojson(database, collection, rows)[0]


def geojson(database: Database, collection: Collection, rows: pa.Table) -> list[dict[str, Any]]:
    """Rows as GeoJSON features, longitude before latitude, CRS84."""
    found: list[dict[str, Any]] = json.loads(f"[{_features(database, collection, rows).decode()}]")
    return found


def pieces(rows: pa.Table, size: int = AT_ONCE) -> Iterator[pa.Table]:
    """Rows as they are written, some at a time; once, if there are none."""
    for begin in range(0, max(rows.num_rows, 1), size):
        yield rows.slice(begin, size)


def write_geojson(
    database: Database,
    collection: Collection,
    some: Iterable[pa.Table],
    members: Mapping[str, Any],
) -> Iterator[bytes]:
    """A feature collection, piece by piece.

    Parameters
    ----------
    some : iterable of Table
        Rows of the collection's table, some at a time.
    members : mapping of str to object
        What is said before the features, as JSON has it.
    """
    text = json.dumps({"type": "FeatureCollection", **members, "features": []}, ensure_ascii=False)
    yield text.removesuffix("]}").encode()
    before = b""
    for rows in some:
        if rows.num_rows:
            yield before
            yield _features(database, collection, rows)
            before = _BETWEEN.encode()
    yield b"]}"


def _features(database: Database, collection: Collection, rows: pa.Table) -> bytes:
    """Rows as GeoJSON features, one after the other."""
    known = {name: rows[name] for name in properties(database, collection)}
    parts = [
        '{"type": "Feature", "id": ',
        json_values(rows[collection.key].cast(pa.string())),
        ', "geometry": ',
        _geometries(collection, rows),
        ', "properties": {',
        *json_members(known),
        "}}",
    ]
    return join(rows_of(parts), _BETWEEN)


def write_csv(
    database: Database, collection: Collection, some: Iterable[pa.Table]
) -> Iterator[bytes]:
    """Rows as :func:`csv` has them, piece by piece; the names of the columns once."""
    names = [*properties(database, collection)]
    if collection.shape is not Shape.NONE:
        names += ["lon", "lat"]
    yield csv_head(names)
    for rows in some:
        yield csv_lines([rows[name] for name in names])


def csv(database: Database, collection: Collection, rows: pa.Table) -> bytes:
    """Rows as CSV for spreadsheets: columns, and where the point is; lists with semicolons."""
    return b"".join(write_csv(database, collection, [rows]))


def schema_of(known: Mapping[str, Property]) -> dict[str, Any]:
    """JSON Schema of the properties that a filter may name."""
    return {name: _json_schema(property_) for name, property_ in known.items()}


def _json_schema(property_: Property) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": property_.kind}
    if property_.kind == "array":
        schema["items"] = {"type": "string"}
    said = {"title": property_.title, "description": property_.description}
    schema |= {name: text for name, text in said.items() if text}
    if property_.codes and property_.kind != "array":
        schema["enum"] = list(property_.codes)
    return schema


def _geometries(collection: Collection, rows: pa.Table) -> pa.Array:
    """Where each row lies, as GeoJSON."""
    if collection.shape is Shape.NONE:
        found: Iterable[str] = itertools.repeat("null", rows.num_rows)
    elif collection.shape is Shape.AREA:
        shapes = shapely.from_wkb(np.array(rows["geometry"].to_pylist(), dtype=object))
        cut = shapely.transform(shapes, lambda xy: np.round(xy, _DIGITS))
        found = (json.dumps(json.loads(text)) for text in shapely.to_geojson(cut))
    else:
        points = list(zip(rows["lon"].to_pylist(), rows["lat"].to_pylist(), strict=True))
        known = {point: _point(*point) for point in set(points)}
        found = (known[point] for point in points)
    return pa.array(found, pa.string())


def _point(lon: float | None, lat: float | None) -> str:
    if lon is None or lat is None or math.isnan(lon) or math.isnan(lat):
        return "null"
    return f'{{"type": "Point", "coordinates": [{round(lon, _DIGITS)}, {round(lat, _DIGITS)}]}}'
