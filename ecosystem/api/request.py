"""What a request for features asks: read, checked, as one value."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ecosystem.api import cql
from ecosystem.api.collections import Collection, Property, Shape, properties
from ecosystem.api.errors import ApiError, invalid
from ecosystem.common.store import Database
from ecosystem.finding.filters import PARAMS, Filter, left_out
from ecosystem.tables import events, features
from ecosystem.tables.features import Condition

Params = Mapping[str, Sequence[str]]
LIMIT = 50
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CQL2_TEXT = "cql2-text"
FORMATS = {"json": "application/geo+json", "csv": "text/csv", "html": "text/html"}
_OWN = (
    "bbox", "bbox-crs", "crs", "datetime", "limit", "offset", "filter", "filter-lang",
    "filter-crs", "f", "release",
)  # fmt: skip
_FARTHEST = 10_000_000


@dataclass(frozen=True)
class Query:
    """Which features are asked for.

    Attributes
    ----------
    where : (str, dict)
        SQL condition on the collection's table and what it binds.
    limit, offset : int
        How many, and how many before.
    """

    where: Condition
    limit: int
    offset: int


def read(database: Database, collection: Collection, params: Params) -> Query:
    """Read the parameters of a request for items.

    Raises
    ------
    ApiError
        If one of them is unknown or makes no sense, or the data has changed between two pages.
    """
    known = properties(database, collection)
    names = filters_of(collection, known)
    strange = [name for name in params if name not in names and name not in _OWN]
    if strange:
        raise invalid(
            f"There is no parameter “{strange[0][:60]}”. There are: "
            f"{', '.join(sorted({*names, *_OWN}))}."
        )
    _check_release(database, params)
    _check_constant(params, "bbox-crs", CRS84)
    _check_constant(params, "crs", CRS84)
    _check_constant(params, "filter-crs", CRS84)
    _check_constant(params, "filter-lang", CQL2_TEXT)

    def inside(box: list[float]) -> Condition:
        return _in_boxes(database, collection, box)

    parts = [_own_filters(database, collection, known, params)]
    if "bbox" in params:
        parts.append(inside(_numbers(_only(params, "bbox"))))
    if "datetime" in params:
        parts.append(_at_time(database, collection, _only(params, "datetime")))
    if "filter" in params:
        parts.append(cql.condition(_only(params, "filter"), known, inside))
    return Query(
        _together(parts),
        # As the standard has it: more than there may be is not an error.
        min(_whole(params, "limit", LIMIT, least=1), collection.most),
        _whole(params, "offset", 0, least=0),
    )


def filters_of(collection: Collection, known: Mapping[str, Property]) -> list[str]:
    """Parameters that narrow a collection: the site's own of organisations, else its columns."""
    if collection.name == "organisations":
        return [*PARAMS]
    return [name for name, property_ in known.items() if property_.kind != "array"]


def filter_of(params: Params) -> Filter:
    """The site's filter that parameters say.

    Raises
    ------
    ApiError
        If one of them makes no sense.
    """
    own = {name: list(values) for name, values in params.items() if name in PARAMS}
    lost = left_out(own)
    if lost:
        label, text = lost[0]
        raise invalid(f"“{text[:60]}” makes no sense as {label}.")
    return Filter.from_params(own)


def _only(params: Params, name: str) -> str:
    values = params[name]
    if len(values) != 1:
        raise invalid(f"The parameter “{name}” is given {len(values)} times.")
    return values[0]


def _whole(params: Params, name: str, default: int, *, least: int) -> int:
    if name not in params:
        return default
    text = _only(params, name)
    if not (text.isascii() and text.isdigit()) or int(text[:12]) < least:
        raise invalid(f"“{name}” must be a whole number from {least}.")
    return min(int(text[:12]), _FARTHEST)


def _check_constant(params: Params, name: str, only: str) -> None:
    if name in params and _only(params, name) != only:
        raise invalid(f"“{name}” can only be {only}.")


def _check_release(database: Database, params: Params) -> None:
    current = database.release.release_id
    if "release" in params and _only(params, "release") != current:
        raise ApiError(
            410,
            "Gone",
            "The data has changed since the first page. Begin again without “release” and "
            f"“offset”: what is current is release {current}.",
        )


def _numbers(text: str) -> list[float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in (4, 6) or not all(math.isfinite(number) for number in numbers):
        raise invalid("“bbox” must be four numbers, west,south,east,north in degrees, or six.")
    if len(numbers) == 6:
        # Heights, which no feature has.
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    return numbers


def _in_boxes(database: Database, collection: Collection, box: list[float]) -> Condition:
    if len(box) != 4:
        raise invalid("A box has four numbers: west, south, east, north in degrees.")
    west, south, east, north = box
    if south > north:
        raise invalid("The south of “bbox” lies above its north.")
    if not (-180 <= west <= 180 and -180 <= east <= 180 and south >= -90 and north <= 90):
        raise invalid("“bbox” must lie within longitudes -180 to 180 and latitudes -90 to 90.")
    # A box whose west is greater than its east lies across the date line.
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    if collection.shape is Shape.NONE:
        return "FALSE", {}
    if collection.shape is Shape.AREA:
        boxes = [(low, south, high, north) for low, high in spans]
        keys = features.areas_in(database, collection.table, collection.key, boxes)
        return f'"{collection.key}" IN (SELECT unnest($in_box))', {"in_box": keys}
    parts, bound = [], {"south": south, "north": north}
    for i, (low, high) in enumerate(spans):
        parts.append(f"lon BETWEEN $west_{i} AND $east_{i}")
        bound |= {f"west_{i}": low, f"east_{i}": high}
    return f"lat BETWEEN $south AND $north AND ({' OR '.join(parts)})", bound


def _at_time(database: Database, collection: Collection, text: str) -> Condition:
    """Events that touch an instant or interval; what has no time is there at any time."""
    start, end = _interval(text)
    if collection.name != "events":
        return "TRUE", {}
    found = events.selection(database)
    spans: list[tuple[str, date | None, date | None]] = list(
        zip(found["event_id"], found["first"], found["last"], strict=True)
    )
    keys = [key for key, first, last in spans if first and last and first <= end and last >= start]
    return f'"{collection.key}" IN (SELECT unnest($at_time))', {"at_time": keys}


def _interval(text: str) -> tuple[date, date]:
    parts = text.split("/")
    if len(parts) > 2:
        raise invalid("“datetime” must be one time, or two with “/” between them.")
    ends = [_day(part) for part in parts]
    if len(ends) == 1:
        if ends[0] is None:
            raise invalid("“datetime” must be a time such as 2019-05-14 or 2019-05-14T00:00:00Z.")
        return ends[0], ends[0]
    start, end = ends[0] or date.min, ends[1] or date.max
    if start > end:
        raise invalid("The interval of “datetime” ends before it starts.")
    return start, end


def _day(text: str) -> date | None:
    """The day of a time; None if it is open."""
    if text in ("", ".."):
        return None
    try:
        return datetime.fromisoformat(text).date()
    except ValueError as error:
        raise invalid(f"“{text[:40]}” in “datetime” is no time of RFC 3339.") from error


def _own_filters(
    database: Database, collection: Collection, known: Mapping[str, Property], params: Params
) -> Condition:
    if collection.name == "organisations":
        return filter_of(params).where()
    parts: list[Condition] = [("TRUE", {})]
    for name in filters_of(collection, known):
        if name in params:
            bound = {f"own_{name}": [_as(known[name], text) for text in params[name][:50]]}
            parts.append((f'"{name}" IN (SELECT unnest($own_{name}))', bound))
    return _together(parts)


def _as(property_: Property, text: str) -> Any:
    try:
        if property_.kind == "integer":
            return int(text)
        if property_.kind == "number":
            return float(text)
        if property_.kind == "boolean":
            return {"true": True, "false": False}[text.lower()]
    except (ValueError, KeyError) as error:
        raise invalid(f"“{text[:60]}” is no {property_.kind} for “{property_.name}”.") from error
    return text


def _together(parts: Sequence[Condition]) -> Condition:
    bound: dict[str, Any] = {}
    for _, values in parts:
        bound |= values
    return " AND ".join(f"({sql})" for sql, _ in parts), bound
