"""All web addresses beside the pages, and what surrounds every answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import js_lib_leaflet
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from ecosystem.common.settings import settings
from ecosystem.common.vocabulary import TYPES
from ecosystem.drawing import type_marks
from ecosystem.web import (
    api,
    calendars,
    catalogue,
    documents,
    embed,
    feeds,
    health,
    my_day,
    previews,
    shell,
)
from ecosystem.web.addresses import SitePath
from ecosystem.web.compression import CompressedFiles
from ecosystem.web.endpoints import NO_PAGE, endpoint, not_found
from ecosystem.web.headers import SecurityHeaders
from ecosystem.web.outlines import outlines
from ecosystem.web.pages import PAGES
from ecosystem.web.requests import Requests
from ecosystem.web.unknown_addresses import UnknownAddresses
from ecosystem.web.uploads import UploadsOnlyWhereAsked, uploaders
from ecosystem.web.visitors import Connections, visitors

ASSETS = Path(__file__).parents[1] / "ui" / "assets"
LEAFLET = Path(js_lib_leaflet.__file__).parent / "static" / "js_lib_leaflet"
_KEEP = {"cache-control": "public, max-age=3600"}


class _CachedFiles(StaticFiles):
    """Static files that a browser may keep for an hour."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers.update(_KEEP)
        return response


@lru_cache(maxsize=1)
def map_script() -> str:
    """The files of ``assets/map`` as one: streamlit-folium loads scripts one after the other."""
    parts = sorted((ASSETS / "map").glob("*.js"))
    return "".join(part.read_text(encoding="utf-8") for part in parts)


def _map_script(request: Request) -> Response:
    return Response(map_script(), headers=_KEEP, media_type="text/javascript")


def _icon(request: Request) -> Response:
    del request
    return FileResponse(ASSETS / "icon.svg", headers=_KEEP, media_type="image/svg+xml")


def _type_mark(request: Request) -> Response:
    type_ = request.path_params["type"]
    if type_ not in TYPES:
        return not_found(request, "There is no such type of organisation.")
    return Response(type_marks.svg(type_), headers=_KEEP, media_type="image/svg+xml")


def routes() -> list[BaseRoute]:
    """Routes beside Streamlit's own, as they are at the root of a host."""
    return [
        *api.routes(),
        *catalogue.routes(),
        *feeds.routes(),
        *calendars.routes(),
        *documents.routes(),
        *embed.routes(),
        *health.routes(),
        *previews.routes(),
        *my_day.routes(),
        Route("/geo/{release_id}/{layer}.json", endpoint(outlines)),
        Route("/assets/map.js", _map_script),
        Route(f"/{type_marks.ADDRESS}".format("{type}"), _type_mark),
        # Asked for by browsers where no page names one, and by Streamlit's document until it does.
        *[Route(path, _icon) for path in ("/favicon.ico", "/favicon.png")],
        Mount("/assets/leaflet", _CachedFiles(directory=LEAFLET)),
        Mount("/assets", _CachedFiles(directory=ASSETS)),
    ]


def below(base: str, routes: Iterable[BaseRoute]) -> list[BaseRoute]:
    """Routes at the root of a host as they are below a path.

    Parameters
    ----------
    base : str
        The path, as ``/valleys``; empty at the root of a host.
    routes : iterable of Route or Mount
        What is moved.
    """
    return [_moved_route(base, route) for route in routes] if base else list(routes)


def _moved_route(base: str, route: BaseRoute) -> BaseRoute:
    if isinstance(route, Mount):
        return Mount(base + route.path, app=route.app)
    if not isinstance(route, Route):
        raise TypeError(f"{route} is neither a route nor a mount.")
    moved = Route(base + route.path, route.endpoint, methods=list(route.methods or ()) or None)
    # With the middleware that the route may have of its own.
    moved.app = route.app
    return moved


def middleware(
    streamlit_files: Path,
    served: Sequence[BaseRoute],
    uploaded_bytes: Callable[[], Mapping[str, int]],
    base: str = "",
) -> list[Middleware]:
    """Middleware around the whole site.

    Parameters
    ----------
    streamlit_files : Path
        Folder of the files that Streamlit's page consists of.
    served : sequence of BaseRoute
        All that is served beside the pages, where it is served.
    uploaded_bytes : callable
        Gives how many bytes the server keeps of each session's uploaded files.
    base : str
        Path that the site is served below.
    """
    own, pages = settings(), [page.url_path for page in PAGES]
    return [
        Middleware(SitePath, path=base),
        Middleware(Requests, pages=pages, routes=served),
        Middleware(ProxyHeadersMiddleware, trusted_hosts=list(own.trusted_proxies)),
        Middleware(
            SecurityHeaders,
            embedding_sites=own.embedding_sites,
            document=(streamlit_files / "index.html").read_text(encoding="utf-8"),
        ),
        Middleware(
            Connections,
            pages=pages,
            known=visitors(),
            idle_s=60 * own.session_idle_minutes,
        ),
        Middleware(UploadsOnlyWhereAsked, uploaders=uploaders(), held=uploaded_bytes),
        Middleware(
            UnknownAddresses,
            pages=pages,
            routes=served,
            missing=shell.page_not_found(streamlit_files, NO_PAGE),
        ),
        Middleware(CompressedFiles, folder=streamlit_files / "static"),
    ]
