"""Answers of the open data interface below ``/api``: formats, links, caching, faults."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlencode

import pyarrow as pa
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route

from ecosystem.api import atlas, description, descriptors, figures, items, statistics
from ecosystem.api import request as asked
from ecosystem.api.collections import COLLECTIONS, Collection
from ecosystem.api.description import link
from ecosystem.api.errors import ApiError
from ecosystem.common.per_release import Recent, per_release
from ecosystem.common.store import Database, ReleaseError
from ecosystem.export import XLSX_TYPE
from ecosystem.finding.filters import PARAMS
from ecosystem.finding.made_in_europe import today
from ecosystem.tables import releases
from ecosystem.web import addresses, serving
from ecosystem.web.endpoints import has_it
from ecosystem.web.templates import template

PREFIX = "/api"
_GEOJSON, _JSON = "application/geo+json", "application/json"
_CSVW = "application/csvm+json"
_KEPT, _LARGEST_KEPT = 400, 300_000
_LONGEST = 8_000
# What a browser or program asks for in words of its own, by the parameter f.
_ACCEPTED = {
    "application/geo+json": "json",
    "application/json": "json",
    "application/csvm+json": "json",
    "application/*": "json",
    "application/vnd.oai.openapi+json": "json",
    "application/schema+json": "json",
    "text/csv": "csv",
    XLSX_TYPE: "xlsx",
    "text/html": "html",
    "text/*": "html",
    "*/*": "json",
}
Params = dict[str, list[str]]
Make = Callable[[Database, "Asked"], "Answer"]


class Asked:
    """A request: its address, parameters and the format wanted.

    Parameters
    ----------
    request : Request
        As it came.
    formats : tuple of str
        Formats that there are, the usual one first.
    """

    def __init__(self, request: Request, formats: tuple[str, ...]) -> None:
        if len(request.url.query) > _LONGEST:
            raise ApiError(414, "URITooLong", f"The query is longer than {_LONGEST:,} characters.")
        self.site = addresses.base(request)
        self.api = f"{self.site}{PREFIX}"
        self.path = request.scope["path"].partition(PREFIX)[2].rstrip("/")
        self.params: Params = _parse(request.url.query)
        self.path_params = request.path_params
        self.format = _format(self.params, request.headers.get("accept", ""), formats)

    @property
    def own_params(self) -> Params:
        """Parameters without the format."""
        return {name: values for name, values in self.params.items() if name != "f"}

    def address(self, **changed: object) -> str:
        """This address with other parameters; None takes one away."""
        params = {**self.params, **{n: [str(v)] for n, v in changed.items() if v is not None}}
        kept = {n: v for n, v in params.items() if changed.get(n, "") is not None}
        query = urlencode(kept, doseq=True)
        return f"{self.api}{self.path}" + (f"?{query}" if query else "")


class Answer:
    """What is sent.

    Parameters
    ----------
    body : bytes or iterable of bytes
        The answer; its pieces, each time from the first on, where it is too large to be held.
    type_ : str
        Its media type.
    links : dict of str to str
        Addresses by relation, for the header ``Link``.
    """

    def __init__(
        self, body: bytes | Iterable[bytes], type_: str, links: dict[str, str] | None = None
    ) -> None:
        self.body = body
        self.type = type_
        self.links = links or {}

    @property
    def is_small(self) -> bool:
        """Whether it may be kept for who asks the same next."""
        return isinstance(self.body, bytes) and len(self.body) <= _LARGEST_KEPT


class Pieces:
    """What is written when it is sent, and anew for who asks the same meanwhile.

    Parameters
    ----------
    write : callable
        Gives the pieces, from the first on.
    """

    def __init__(self, write: Callable[[], Iterator[bytes]]) -> None:
        self._write = write

    def __iter__(self) -> Iterator[bytes]:
        return self._write()


def routes() -> list[BaseRoute]:
    """The interface, open to scripts of any site."""
    two, three = ("json", "html"), ("json", "html", "csv")
    below = [
        Route("/", _route(_landing, two)),
        Route("/conformance", _route(_conformance, two)),
        Route("/openapi.json", _route(_openapi, two)),
        Route("/collections", _route(_collections, two)),
        Route("/collections/{name}", _route(_collection, two)),
        Route("/collections/{name}/queryables", _route(_queryables, two)),
        Route("/collections/{name}/csvw", _route(_collection_csvw, ("json",))),
        Route("/collections/{name}/items", _route(_items, three)),
        Route("/collections/{name}/items/{key}", _route(_item, two)),
        Route("/atlas", _route(_atlas, ("json", "xlsx"))),
        Route("/statistics", _route(_statistics, three)),
        Route("/statistics/csvw", _route(_csvw, ("json",))),
        Route("/{rest:path}", _nowhere),
    ]
    everybody = [
        Middleware(GZipMiddleware, minimum_size=1_000),
        Middleware(
            CORSMiddleware,
            allow_origins=["*"],
            allow_methods=["GET", "HEAD"],
            expose_headers=["Link"],
        ),
    ]
    return [
        Route(PREFIX, _route(_landing, two), middleware=everybody),
        Mount(PREFIX, routes=below, middleware=everybody),
    ]


def _route(make: Make, formats: tuple[str, ...]) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        return await run_in_threadpool(_answer, make, formats, request)

    return answer


async def _nowhere(request: Request) -> Response:
    return _fault(ApiError(404, "NotFound", f"There is nothing at {request.url.path[:100]}."))


def _answer(make: Make, formats: tuple[str, ...], request: Request) -> Response:
    try:
        asked_ = Asked(request, formats)
        database = serving.database()
        tag = _tag(database, request, asked_)
        headers = {
            "cache-control": "public, no-cache",
            "etag": tag,
            "last-modified": _modified(database),
            "vary": "accept",
        }
        if _has_it(request, headers):
            return Response(status_code=304, headers=headers)
        found = _answers(database).get(tag, lambda: make(database, asked_))
    except ApiError as error:
        return _fault(error)
    except ReleaseError as error:
        return _fault(ApiError(503, "Unavailable", str(error)))
    if not found.is_small:
        _answers(database).drop(tag)
    if found.links:
        headers["link"] = ", ".join(f'<{to}>; rel="{rel}"' for rel, to in found.links.items())
    if isinstance(found.body, bytes):
        return Response(found.body, headers=headers, media_type=found.type)
    return StreamingResponse(found.body, headers=headers, media_type=found.type)


@per_release
def _answers(database: Database) -> Recent[Answer]:
    del database
    return Recent(_KEPT)


def _tag(database: Database, request: Request, asked_: Asked) -> str:
    # A label ends by itself: what a filter finds may be other tomorrow.
    parts = (database.release.release_id, str(today()), asked_.api, asked_.format,
             request.scope["path"], request.url.query)  # fmt: skip
    return f'W/"{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}"'


@per_release
def _modified(database: Database) -> str:
    """When the release was made, which is kept in UTC."""
    return f"{releases.story(database)['created_at']:%a, %d %b %Y %H:%M:%S GMT}"


def _has_it(request: Request, headers: dict[str, str]) -> bool:
    if "if-none-match" in request.headers:
        return has_it(request, headers["etag"])
    return request.headers.get("if-modified-since") == headers["last-modified"]


def _fault(error: ApiError) -> Response:
    return JSONResponse(
        {"code": error.code, "description": str(error)},
        status_code=error.status,
        headers={"access-control-allow-origin": "*", "cache-control": "no-store"},
    )


def _parse(query: str) -> Params:
    try:
        return parse_qs(query, keep_blank_values=True, max_num_fields=200, errors="strict")
    except ValueError as error:
        raise ApiError(400, "InvalidQuery", "The query can't be read as parameters.") from error


def _format(params: Params, accept: str, formats: tuple[str, ...]) -> str:
    if "f" in params:
        wanted = params["f"][-1]
        if wanted not in formats:
            known = ", ".join(formats)
            raise ApiError(400, "InvalidParameterValue", f"“f” can be {known}.")
        return wanted
    if not accept:
        return formats[0]
    for kind in _in_order(accept):
        if kind in _ACCEPTED and _ACCEPTED[kind] in formats:
            return _ACCEPTED[kind]
    raise ApiError(406, "NotAcceptable", f"There is {', '.join(formats)} here.")


def _in_order(accept: str) -> list[str]:
    """Media types of a header, those liked most first."""
    found = []
    for part in accept.lower().split(",")[:40]:
        kind, *options = (piece.strip() for piece in part.split(";"))
        quality = next((o[2:] for o in options if o.startswith("q=")), "1")
        try:
            weight = float(quality)
        except ValueError:
            weight = 0.0
        if weight > 0:
            found.append((-weight, kind))
    return [kind for _, kind in sorted(found, key=lambda pair: pair[0])]


def _no_parameters(asked_: Asked) -> None:
    for name in asked_.own_params:
        raise ApiError(400, "InvalidParameterValue", f"There is no parameter “{name[:60]}” here.")


def _document(asked_: Asked, content: dict[str, Any], title: str, type_: str = _JSON) -> Answer:
    if asked_.format == "html":
        page = template("api.html").render(
            title=title, content=content, here=asked_.address(f="json"), api=asked_.api
        )
        return Answer(page.encode(), "text/html")
    return Answer(json.dumps(content, ensure_ascii=False).encode(), type_)


def _landing(database: Database, asked_: Asked) -> Answer:
    del database
    _no_parameters(asked_)
    return _document(asked_, description.landing(asked_.api), description.TITLE)


def _conformance(database: Database, asked_: Asked) -> Answer:
    del database
    _no_parameters(asked_)
    return _document(asked_, description.conformance(), "Conformance")


def _openapi(database: Database, asked_: Asked) -> Answer:
    _no_parameters(asked_)
    content = description.openapi(database, asked_.api)
    return _document(asked_, content, "Definition of the API", description.OPENAPI_TYPE)


def _collections(database: Database, asked_: Asked) -> Answer:
    del database
    _no_parameters(asked_)
    return _document(asked_, description.collections(asked_.api), "Collections")


def _collection_asked(asked_: Asked) -> Collection:
    name = asked_.path_params["name"]
    if name not in COLLECTIONS:
        known = ", ".join(COLLECTIONS)
        raise ApiError(
            404, "NotFound", f"There is no collection “{name[:60]}”. There are: {known}."
        )
    return COLLECTIONS[name]


def _collection(database: Database, asked_: Asked) -> Answer:
    del database
    found = _collection_asked(asked_)
    _no_parameters(asked_)
    return _document(asked_, description.collection(asked_.api, found), found.title)


def _queryables(database: Database, asked_: Asked) -> Answer:
    found = _collection_asked(asked_)
    _no_parameters(asked_)
    content = description.queryables(database, asked_.api, found)
    return _document(asked_, content, found.title, "application/schema+json")


def _collection_csvw(database: Database, asked_: Asked) -> Answer:
    found = _collection_asked(asked_)
    _no_parameters(asked_)
    csv = f"{asked_.api}/collections/{found.name}/items?f=csv"
    content = descriptors.csv_metadata(database, found, csv)
    return _document(asked_, content, found.title, _CSVW)


def _items(database: Database, asked_: Asked) -> Answer:
    collection = _collection_asked(asked_)
    query = asked.read(database, collection, asked_.own_params)
    page = items.find(database, collection, query)
    links = {"self": asked_.address(f=asked_.format)}
    release = database.release.release_id
    if query.offset + page.rows.num_rows < page.matched:
        links["next"] = asked_.address(offset=query.offset + query.limit, release=release)
    if query.offset:
        before = max(query.offset - query.limit, 0)
        links["prev"] = asked_.address(offset=before or None, release=release)
    if asked_.format == "csv":
        links["describedby"] = f"{asked_.api}/collections/{collection.name}/csvw"
        body = _in_pieces(page.rows, partial(items.write_csv, database, collection))
        return Answer(body, "text/csv; charset=utf-8", links)
    members = {
        "numberMatched": page.matched,
        "numberReturned": page.rows.num_rows,
        "timeStamp": f"{releases.story(database)['created_at']:%Y-%m-%dT%H:%M:%SZ}",
        "links": [
            *(link(to, rel, _GEOJSON, rel) for rel, to in links.items()),
            link(asked_.address(f="html"), "alternate", "text/html", "This page for people"),
            link(asked_.address(f="csv"), "alternate", "text/csv", "This page as CSV"),
            link(f"{asked_.api}/collections/{collection.name}", "collection", _JSON,
                 collection.title),
        ],
    }  # fmt: skip
    if asked_.format == "html":
        content = {**members, "features": items.geojson(database, collection, page.rows)}
        shown = template("api_items.html").render(
            collection=collection, content=content, links=links, api=asked_.api,
            here=asked_.address(f="json"), release=release,
        )  # fmt: skip
        return Answer(shown.encode(), "text/html", links)
    write = partial(items.write_geojson, database, collection, members=members)
    return Answer(_in_pieces(page.rows, write), _GEOJSON, links)


def _in_pieces(
    rows: pa.Table, write: Callable[[Iterable[pa.Table]], Iterator[bytes]]
) -> bytes | Pieces:
    """A page of items; whole, if it is as small as most are."""
    if rows.num_rows <= items.AT_ONCE:
        return b"".join(write([rows]))
    return Pieces(lambda: write(items.pieces(rows)))


def _item(database: Database, asked_: Asked) -> Answer:
    collection = _collection_asked(asked_)
    _no_parameters(asked_)
    key = asked_.path_params["key"]
    own = f"{asked_.api}/collections/{collection.name}"
    feature = items.one(database, collection, key)
    feature["links"] = [
        link(asked_.address(), "self", _GEOJSON, "This feature"),
        link(asked_.address(f="html"), "alternate", "text/html", "This feature for people"),
        link(own, "collection", _JSON, collection.title),
    ]
    return _document(asked_, feature, str(feature["properties"].get("name", key)), _GEOJSON)


def _atlas(database: Database, asked_: Asked) -> Answer:
    for name in asked_.own_params:
        if name not in PARAMS:
            raise ApiError(
                400, "InvalidParameterValue", f"There is no parameter “{name[:60]}” here."
            )
    filter_ = asked.filter_of(asked_.own_params)
    if asked_.format == "xlsx":
        return Answer(atlas.as_xlsx(database, filter_), XLSX_TYPE)
    return Answer(atlas.as_json(database, filter_), _JSON)


def _statistics(database: Database, asked_: Asked) -> Answer:
    if "measure" not in asked_.own_params:
        _no_parameters(asked_)
        if asked_.format == "csv":
            raise ApiError(406, "NotAcceptable", "The list of figures is there as JSON and HTML.")
        content = figures.list_of(database, asked_.api)
        if asked_.format == "html":
            page = template("api_figure_list.html").render(
                content=content, api=asked_.api, here=asked_.address(f="json")
            )
            return Answer(page.encode(), "text/html")
        return _document(asked_, content, "Figures as data")
    query = statistics.read(database, asked_.own_params)
    own = f"{asked_.site}/{query.address}"
    metadata = own.replace("/statistics?", "/statistics/csvw?")
    links = {"self": f"{own}&f=json", "csv": f"{own}&f=csv", "csvw": metadata}
    if asked_.format == "csv":
        described = {"describedby": metadata, "alternate": links["self"]}
        return Answer(statistics.csv(database, query), "text/csv; charset=utf-8", described)
    if asked_.format == "html":
        said = statistics.about(database, query)
        found = statistics.table(database, query)
        page = template("api_figures.html").render(
            said=said, table=found, rows=statistics.in_words(found), links=links, api=asked_.api
        )
        return Answer(page.encode(), "text/html")
    return _document(asked_, statistics.json_stat(database, query, links), query.figure.label)


def _csvw(database: Database, asked_: Asked) -> Answer:
    query = statistics.read(database, asked_.own_params)
    csv = f"{asked_.site}/{query.address}&f=csv"
    content = statistics.csvw(database, query, csv)
    return _document(asked_, content, query.figure.label, _CSVW)
