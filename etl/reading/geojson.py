"""GeoJSON: each feature a row, its properties the columns, its point the coordinates."""

from __future__ import annotations

import json
import re
from typing import Any

from etl.errors import RegisterError
from etl.reading.model import Sheet
from etl.reading.scan import MAX_COLUMNS

LAT, LON = "lat", "lon"
# The only ones that RFC 7946 allows, by the names that older programs still write.
_WGS84 = re.compile(r"\b(?:CRS84|EPSG:(?:[\d.]*:)?4326)\b", re.IGNORECASE)


def read_geojson(name: str, text: str) -> Sheet:
    """The features of a collection as rows under a header; feature 1 is row 2.

    Parameters
    ----------
    name : str
        File name, for messages.
    text : str
        A FeatureCollection (RFC 7946): longitude and latitude in degrees, EPSG:4326.

    Raises
    ------
    RegisterError
        If it is no such collection, or in another coordinate system.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RegisterError(
            f"{name}: this isn't whole GeoJSON ({error}); export it again."
        ) from error
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise RegisterError(
            f"{name}: this JSON file isn't a GeoJSON FeatureCollection; export it as one."
        )
    _check_crs(name, document.get("crs"))
    features = document.get("features")
    if not isinstance(features, list):
        raise RegisterError(f"{name}: the list of features is missing; export it again.")
    records = [_record(name, number, feature) for number, feature in enumerate(features, start=1)]
    header = list(dict.fromkeys(column for record in records for column in record))
    if not header:
        raise RegisterError(f"{name}: there are no features with properties; export it again.")
    if len(header) > MAX_COLUMNS:
        raise RegisterError(
            f"{name}: its features have more than {MAX_COLUMNS} different properties between them; "
            "export only those that are columns of the register."
        )
    rows = [(1, header)]
    rows += [
        (number, [record.get(column, "") for column in header])
        for number, record in enumerate(records, start=2)
    ]
    return Sheet("", rows, kind="geojson")


def _check_crs(name: str, crs: Any) -> None:
    if crs is None:
        return
    if not _WGS84.search(json.dumps(crs)):
        raise RegisterError(
            f"{name}: the coordinates are in another system than longitude and latitude "
            "(EPSG:4326); export the layer again in EPSG:4326."
        )


def _record(name: str, number: int, feature: Any) -> dict[str, str]:
    if not isinstance(feature, dict) or not isinstance(feature.get("properties") or {}, dict):
        raise RegisterError(f"{name}: feature {number} is not a GeoJSON feature; export it again.")
    record = {_text(key): _text(value) for key, value in (feature.get("properties") or {}).items()}
    geometry = feature.get("geometry")
    if geometry is None:
        return record
    try:
        lon, lat = geometry["coordinates"][:2]
        if geometry["type"] != "Point":
            raise ValueError
        return record | {LAT: f"{float(lat)!r}", LON: f"{float(lon)!r}"}
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise RegisterError(
            f"{name}: feature {number} isn't a point; give each organisation one point, or none."
        ) from error


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list) and not any(isinstance(item, list | dict) for item in value):
        return ";".join(map(_text, value))
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    # Half of a surrogate pair, which JSON may escape, is in no other text.
    return str(value).encode(errors="replace").decode()
