"""Features as GeoJSON and CSV."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ecosystem.api.collections import Collection, Property, Shape, properties
from ecosystem.api.errors import ApiError
from ecosystem.api.request import Query
from ecosystem.common.spreadsheet import table_csv
from ecosystem.common.store import Database
from ecosystem.tables import features

# About a metre: more than any boundary or town here is known to.
_DIGITS = 5
# Rows that are written at once: bounds the memory.
AT_ONCE = 200


@dataclass(frozen=True)
class Page:
    """One page of a collection's features.

    Attributes
    ----------
    matched : int
        How many features the request finds in all.
    rows : DataFrame
        Those of this page, with all columns of the table.
    """

    matched: int
    rows: pd.DataFrame


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
    if rows.empty:
        raise ApiError(404, "NotFound", f"There is no feature “{key[:60]}” in {collection.name}.")
    return geojson(database, collection, rows)[0]


def geojson(database: Database, collection: Collection, rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as GeoJSON features, longitude before latitude, CRS84."""
    known = properties(database, collection)
    shapes = _geometries(collection, rows)
    return [
        {
            "type": "Feature",
            "id": str(record[collection.key]),
            "geometry": geometry,
            "properties": {name: _whole(plain(record[name]), of) for name, of in known.items()},
        }
        for record, geometry in zip(rows.to_dict("records"), shapes, strict=True)
    ]


def pieces(rows: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Rows as they are written, :data:`AT_ONCE` at a time; once, if there are none."""
    for begin in range(0, max(len(rows), 1), AT_ONCE):
        yield rows.iloc[begin : begin + AT_ONCE]


def write_geojson(
    database: Database,
    collection: Collection,
    some: Iterable[pd.DataFrame],
    members: Mapping[str, Any],
) -> Iterator[bytes]:
    """A feature collection, piece by piece.

    Parameters
    ----------
    some : iterable of DataFrame
        Rows of the collection's table, some at a time.
    members : mapping of str to object
        What is said before the features, as JSON has it.
    """
    text = json.dumps({"type": "FeatureCollection", **members, "features": []}, ensure_ascii=False)
    yield text.removesuffix("]}").encode()
    before = ""
    for rows in some:
        features = [json.dumps(f, ensure_ascii=False) for f in geojson(database, collection, rows)]
        if features:
            yield f"{before}{', '.join(features)}".encode()
            before = ", "
    yield b"]}"


def write_csv(
    database: Database, collection: Collection, some: Iterable[pd.DataFrame]
) -> Iterator[bytes]:
    """Rows as :func:`csv` has them, piece by piece; the names of the columns once."""
    for number, rows in enumerate(some):
        text = csv(database, collection, rows)
        yield text.partition(b"\r\n")[2] if number else text


def csv(database: Database, collection: Collection, rows: pd.DataFrame) -> bytes:
    """Rows as CSV for spreadsheets: columns, and where the point is; lists with semicolons."""
    known = properties(database, collection)
    table = pd.DataFrame(
        {
            name: pd.Series([_cell(value) for value in rows[name]], dtype=_DTYPES.get(of.kind))
            for name, of in known.items()
        }
    )
    if collection.shape is not Shape.NONE:
        table["lon"], table["lat"] = list(rows["lon"]), list(rows["lat"])
    return table_csv(table)


# A column of whole numbers with gaps is one of floats in a frame.
_DTYPES = {"integer": "Int64"}


def _whole(value: Any, column: Property) -> Any:
    return int(value) if column.kind == "integer" and value is not None else value


def plain(value: Any) -> Any:
    """A cell as JSON has it: a gap is null."""
    if isinstance(value, list | tuple | np.ndarray):
        return [str(item) for item in value]
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    return value.item() if isinstance(value, np.generic) else value


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


def _cell(value: Any) -> Any:
    found = plain(value)
    return ";".join(found) if isinstance(found, list) else found


def _geometries(collection: Collection, rows: pd.DataFrame) -> list[dict[str, Any] | None]:
    if collection.shape is Shape.NONE or rows.empty:
        return [None] * len(rows)
    if collection.shape is Shape.AREA:
        shapes = shapely.from_wkb(np.array([bytes(wkb) for wkb in rows["geometry"]], dtype=object))
        cut = shapely.transform(shapes, lambda xy: np.round(xy, _DIGITS))
        return [json.loads(text) for text in shapely.to_geojson(cut)]
    return [
        None
        if math.isnan(lon) or math.isnan(lat)
        else {"type": "Point", "coordinates": [round(lon, _DIGITS), round(lat, _DIGITS)]}
        for lon, lat in zip(rows["lon"].astype(float), rows["lat"].astype(float), strict=True)
    ]
