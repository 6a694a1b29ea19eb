"""Map, list or chart of a filter for a frame on another site, and oEmbed for who makes frames.

What stands in the frame is plain HTML without any script: it loads nothing, here or elsewhere.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pandas as pd
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from ecosystem.common.store import Database
from ecosystem.common.vocabulary import Vocabulary, inside
from ecosystem.drawing import european_map
from ecosystem.drawing.plain_bars import plain_bars
from ecosystem.finding.filters import FACETS, Filter
from ecosystem.plain import explore
from ecosystem.plain.page import ATTRIBUTION, Params, PlainPage, first, is_elsewhere
from ecosystem.tables import organisations, regions
from ecosystem.web import addresses
from ecosystem.web.endpoints import endpoint
from ecosystem.web.templates import template

PATH = "embed"
VIEWS: Mapping[str, str] = {"map": "Map", "list": "List", "chart": "Chart"}
# Facets that a chart can count by, the codes of which are few and have names.
MEASURES: Mapping[str, str] = {
    name: FACETS[name].label for name in ("type", "domain", "function", "sector", "country")
}
WIDTH, HEIGHT = 700, 560
_LEAST = 200
_LISTED = 50
_ONE_EACH = ("type", "country")
_SEVERAL = "One organisation can count in several rows."
# Pages of the site that can be shown in a frame, with the view that stands for each.
PAGES: Mapping[str, str] = {"": "map", "directory": "list"}
_AN_HOUR = {"cache-control": "public, max-age=3600"}


def routes() -> list[BaseRoute]:
    """Routes of the frame and of oEmbed."""
    return [Route(f"/{PATH}", endpoint(_frame)), Route("/oembed", endpoint(_oembed))]


def address(base_url: str, view: str, measure: str, filter_: Filter) -> str:
    """Where the frame's page is.

    Parameters
    ----------
    base_url : str
        Address of the site without a slash at its end.
    view, measure : str
        Keys of :data:`VIEWS` and, for a chart, of :data:`MEASURES`.
    """
    own = {"view": [view], **({"measure": [measure]} if view == "chart" else {})}
    return f"{base_url}/{PATH}?{urlencode({**own, **filter_.to_params()}, doseq=True)}"


def code(source: str, width: int | str = "100%", height: int = HEIGHT) -> str:
    """The HTML that shows a page of this kind in another one.

    Parameters
    ----------
    source : str
        As :func:`address` gives it.
    width, height : int or str
        Of the frame, in pixels or per cent.
    """
    return (
        f'<iframe src="{html.escape(source)}" width="{width}" height="{height}" '
        f'title="Cyber Valleys" style="border: 0" loading="lazy" '
        f'referrerpolicy="no-referrer"></iframe>'
    )


def _frame(request: Request, database: Database) -> Response:
    params = parse_qs(request.url.query, max_num_fields=200)
    view, measure = _read_view(params)
    if view not in VIEWS:
        return _refuse(f"view is one of {', '.join(VIEWS)}.")
    if view == "chart" and measure not in MEASURES:
        return _refuse(f"measure is one of {', '.join(MEASURES)}.")
    filter_ = Filter.from_params(params)
    root = addresses.up(request.scope)
    path = "directory" if view == "list" else ""
    written = urlencode(filter_.to_params(), doseq=True)
    page = PlainPage(
        heading=_heading(view, measure),
        description=explore.SAMPLE_NOTE,
        facts=explore.numbers(database, filter_),
        **_CONTENTS[view](database, filter_, measure),
    )
    document = template("embed.html").render(
        page=page,
        picture=european_map.with_addresses(page.picture, lambda to: f"{root}{to}"),
        href=lambda item: f"{root}{item.address}",
        is_elsewhere=is_elsewhere,
        whole=f"{root}{path}{f'?{written}' if written else ''}",
        attribution=ATTRIBUTION,
        release_id=database.release.release_id,
    )
    return Response(document, media_type="text/html", headers=_AN_HOUR)


def _read_view(params: Params) -> tuple[str, str]:
    return first(params, "view") or "map", first(params, "measure") or next(iter(MEASURES))


def _heading(view: str, measure: str) -> str:
    if view == "chart":
        return f"Organisations on cybersecurity by {inside(FACETS[measure].label)}"
    return explore.HEADING


def _refuse(sentence: str) -> Response:
    return JSONResponse({"error": sentence}, status_code=400)


def _map(database: Database, filter_: Filter, _: str) -> dict[str, Any]:
    counts = regions.organisation_counts(database, filter_, "valley")
    return {
        "picture": explore.valley_map(database, counts[counts > 0]),
        "picture_text": explore.MAP_TEXT,
    }


def _list(database: Database, filter_: Filter, _: str) -> dict[str, Any]:
    total = organisations.summary(database, filter_).organisations
    return {"listings": (explore.list_organisations(database, filter_, total, _LISTED),)}


def _chart(database: Database, filter_: Filter, measure: str) -> dict[str, Any]:
    counts = organisations.code_counts(database, filter_, measure)
    labels = FACETS[measure].labels
    names = labels.labels() if isinstance(labels, Vocabulary) else {}
    return {
        "picture": plain_bars(pd.Series(counts, dtype=int), names),
        "picture_text": _heading("chart", measure),
        "paragraphs": () if measure in _ONE_EACH else (_SEVERAL,),
    }


_CONTENTS: Mapping[str, Callable[[Database, Filter, str], dict[str, Any]]] = {
    "map": _map,
    "list": _list,
    "chart": _chart,
}


def _oembed(request: Request, database: Database) -> Response:
    """Answer as https://oembed.com says, for the map, the directory and the frame's own page."""
    del database
    query = request.query_params
    if query.get("format", "json") != "json":
        return JSONResponse({"error": "Only JSON is made here: format=json."}, status_code=501)
    base_url = addresses.base(request)
    asked = query.get("url", "")
    if asked != base_url and not asked.startswith((f"{base_url}/", f"{base_url}?")):
        return _nothing("url is no address of this site.")
    parts = urlsplit(asked)
    path = parts.path.removeprefix(urlsplit(base_url).path).strip("/")
    params = parse_qs(parts.query, max_num_fields=200)
    view, measure = _read_view(params)
    if path in PAGES:
        view = PAGES[path]
    elif path != PATH or view not in VIEWS or measure not in MEASURES:
        return _nothing("There is nothing at this address to show in a frame.")
    source = address(base_url, view, measure, Filter.from_params(params))
    width, height = _size(query.get("maxwidth"), WIDTH), _size(query.get("maxheight"), HEIGHT)
    answer: dict[str, Any] = {
        "version": "1.0",
        "type": "rich",
        "title": _heading(view, measure),
        "provider_name": "Cyber Valleys",
        "provider_url": base_url,
        "cache_age": 3600,
        "html": code(source, width, height),
        "width": width,
        "height": height,
    }
    return JSONResponse(answer, headers={**_AN_HOUR, "access-control-allow-origin": "*"})


def _nothing(sentence: str) -> Response:
    return JSONResponse({"error": sentence}, status_code=404)


def _size(asked: str | None, usual: int) -> int:
    """A frame's side in pixels: at most what is asked for, yet never too small to be read."""
    digits = (asked or "")[:6]
    return max(min(int(digits), usual), _LEAST) if digits.isascii() and digits.isdigit() else usual
