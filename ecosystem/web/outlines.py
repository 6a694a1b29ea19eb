"""Outlines of regions and land as GeoJSON, which a browser fetches once a release."""

from __future__ import annotations

import json

import geopandas as gpd
import pandas as pd
import shapely
from starlette.requests import Request
from starlette.responses import Response

from ecosystem.common.per_release import per_release
from ecosystem.common.store import Database
from ecosystem.tables import regions
from ecosystem.web.endpoints import not_found

# Three decimals are about 100 metres; the drawing boundaries are simplified to about a kilometre.
_DECIMALS = 3
# The ground is drawn coarser than the regions on it: a browser waits for it at the first visit.
_LAND_TOLERANCE = 0.03
_FOREVER = "public, max-age=31536000, immutable"


def outlines(request: Request, database: Database) -> Response:
    """Outlines of a level of a release as GeoJSON, for the browser to keep for good.

    The address holds the release's id, so another release has other addresses.
    """
    layer = request.path_params["layer"]
    if layer != "land" and layer not in regions.LEVELS:
        return not_found(request, f"There is no layer {layer}.")
    body = outlines_json(database, layer)
    is_current = request.path_params["release_id"] == database.release.release_id
    return Response(
        body,
        media_type="application/geo+json",
        headers={"cache-control": _FOREVER if is_current else "no-store"},
    )


@per_release
def _layers(_: Database) -> dict[str, bytes]:
    """Layers made so far."""
    return {}


def outlines_json(database: Database, layer: str) -> bytes:
    """A layer's outlines as a GeoJSON feature collection in UTF-8.

    Parameters
    ----------
    layer : str
        ``"land"`` (countries and their neighbours, without names) or a key of
        :data:`ecosystem.tables.regions.LEVELS`.
    """
    made = _layers(database)
    if layer not in made:
        made[layer] = _features(database, layer)
    return made[layer]


def _features(database: Database, layer: str) -> bytes:
    if layer == "land":
        frame = _land(database)
        properties = frame[["neighbour"]]
        ids = frame.index.astype(str)
    else:
        frame = regions.outlines(database, layer)
        properties = frame[["name", "lon", "lat"]]
        ids = frame["region_id"]
    geometry = shapely.set_precision(frame.geometry.to_numpy(), 10.0**-_DECIMALS)
    features = [
        {
            "type": "Feature",
            "id": id_,
            "properties": record,
            "geometry": json.loads(text),
        }
        for id_, record, text in zip(
            ids, properties.to_dict("records"), shapely.to_geojson(geometry), strict=True
        )
    ]
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()


def _land(database: Database) -> gpd.GeoDataFrame:
    countries = regions.outlines(database, "nuts0").assign(neighbour=False)
    countries.geometry = shapely.coverage_simplify(countries.geometry.to_numpy(), _LAND_TOLERANCE)
    neighbours = regions.neighbours(database).assign(neighbour=True)
    return gpd.GeoDataFrame(
        pd.concat([neighbours, countries], ignore_index=True), crs=countries.crs
    )
