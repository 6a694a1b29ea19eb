"""What the site serves beside its pages: Leaflet, the map's own files, outlines, headers."""

from __future__ import annotations

import contextlib
import importlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Thread

import geopandas as gpd
import js_lib_leaflet
import pandas as pd
import shapely
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ecosystem import feeds, late, regions, search, serving, web_profiles
from ecosystem.endpoints import endpoint, not_found
from ecosystem.per_release import per_release
from ecosystem.store import Database, ReleaseError

ASSETS = Path(__file__).parent / "ui" / "assets"
LEAFLET = Path(js_lib_leaflet.__file__).parent / "static" / "js_lib_leaflet"
# Three decimals are about 100 metres; the drawing boundaries are simplified to about a kilometre.
_DECIMALS = 3
# The ground is drawn coarser than the regions on it: a browser waits for it at the first visit.
_LAND_TOLERANCE = 0.03
_FOREVER = "public, max-age=31536000, immutable"
_AN_HOUR = "public, max-age=3600"

# streamlit-folium evaluates the map's script in its frame, so 'unsafe-eval' can't be left out.
# The tile server may only be reached by an image, which only the visitor's switch asks for.
_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "worker-src 'self' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob: https://tile.openstreetmap.org",
        "font-src 'self' data:",
        "connect-src 'self' ws: wss: data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    ]
)
_HEADERS = [
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"permissions-policy", b"geolocation=(), camera=(), microphone=()"),
]


class SecurityHeaders:
    """ASGI middleware that adds the site's security headers to every HTTP answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add the headers to the start of the answer."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *_HEADERS]
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


class _CachedFiles(StaticFiles):
    """Static files that a browser may keep for an hour."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["cache-control"] = _AN_HOUR
        return response


def outlines(request: Request, database: Database) -> Response:
    """Outlines of a level of a release as GeoJSON, for the browser to keep for good.

    The address holds the release's id, so another release has other addresses.
    """
    layer = request.path_params["layer"]
    if layer != "land" and layer not in regions.LEVELS:
        return not_found(f"There is no layer {layer}.")
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
        :data:`ecosystem.regions.LEVELS`.
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


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:
    """Do what the first visitor would wait for: imports before the server listens, the rest after.

    folium takes a second to import, the checksum of a large release as long, and the libraries
    of spatial statistics several.
    """
    del app
    importlib.import_module("folium.plugins")
    Thread(target=_warm_up, daemon=True).start()
    yield


def _warm_up() -> None:
    with contextlib.suppress(ReleaseError):
        outlines_json(serving.database(), "land")
        search.prepare(serving.database())
    for name in late.LIBRARIES:
        late.load(name)


def routes() -> list[BaseRoute]:
    """Routes beside Streamlit's own."""
    return [
        *feeds.routes(),
        *web_profiles.routes(),
        Route("/geo/{release_id}/{layer}.json", endpoint(outlines)),
        Mount("/assets/leaflet", _CachedFiles(directory=LEAFLET)),
        Mount("/assets", _CachedFiles(directory=ASSETS)),
    ]


def middleware() -> list[Middleware]:
    """Middleware around the whole site."""
    return [Middleware(SecurityHeaders)]
