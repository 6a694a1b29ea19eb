"""The catalogue of all data, and each release as it was published, under lasting addresses."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import partial

from anyio import CapacityLimiter
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from ecosystem.api import dcat, descriptors, published, snapshots
from ecosystem.api.collections import collections_of
from ecosystem.api.snapshots import Snapshot
from ecosystem.common.per_release import Recent, per_release
from ecosystem.common.settings import settings
from ecosystem.common.store import Database
from ecosystem.tables import releases
from ecosystem.web import addresses
from ecosystem.web.endpoints import endpoint, has_it, not_found
from ecosystem.web.templates import template

_OPEN = {"access-control-allow-origin": "*"}
_CURRENT = {**_OPEN, "cache-control": "public, no-cache"}
# A release never changes; what the site says of it may.
_FIXED = {**_OPEN, "cache-control": "public, max-age=86400"}
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
    "json": "application/json",
    "cff": "application/yaml; charset=utf-8",
    "bib": "application/x-bibtex; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "zip": "application/zip",
}
# Whoever asks first for the files of a release waits until they are made, and so does who asks for
# them meanwhile.
_MAKING = CapacityLimiter(2)
_PLAIN = "text/plain; charset=utf-8"


def routes() -> list[BaseRoute]:
    """Routes of the catalogue and of the releases."""
    return [
        Route("/catalogue", endpoint(partial(_answer, make=_page))),
        Route("/catalogue.ttl", endpoint(partial(_answer, make=partial(_graph, form="turtle")))),
        Route(
            "/catalogue.jsonld", endpoint(partial(_answer, make=partial(_graph, form="json-ld")))
        ),
        Route("/datapackage.json", endpoint(partial(_answer, make=_data_package))),
        Route("/releases", endpoint(_releases)),
        Route("/releases.json", endpoint(_releases_as_json)),
        Route("/releases/{release_id}", endpoint(_release, _MAKING)),
        Route("/releases/{release_id}/{name}", endpoint(_file, _MAKING)),
    ]


Made = tuple[bytes, str]
Make = Callable[[Database, str], Made]


@per_release
def _recent(database: Database) -> Recent[Made]:
    del database
    return Recent(32)


def _answer(request: Request, database: Database, *, make: Make) -> Response:
    """Answer with what is made of a release, unless it is known already."""
    site = addresses.base(request)
    own = (site, request.url.path, tuple(one.release_id for one in _snapshots()))
    tag = f'W/"{_short(database.release.release_id, *map(str, own))}"'
    headers = {**_CURRENT, "etag": tag}
    if has_it(request, tag):
        return Response(status_code=304, headers=headers)
    body, type_ = _recent(database).get(own, lambda: make(database, site))
    return Response(body, media_type=type_, headers=headers)


def _short(*parts: str) -> str:
    return hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]


def _snapshots() -> list[Snapshot]:
    return snapshots.list_all(settings().releases_dir)


def _graph(database: Database, site: str, *, form: str) -> Made:
    graph = dcat.catalogue(
        site,
        published.datasets(database, site),
        published.snapshots(_snapshots(), site),
        published.services(database, site),
    )
    if form == "turtle":
        return graph.serialize(format="turtle", encoding="utf-8"), "text/turtle; charset=utf-8"
    said = graph.serialize(format="json-ld", context=dcat.CONTEXT, auto_compact=True)
    return said.encode(), "application/ld+json"


def _page(database: Database, site: str) -> Made:
    found = published.datasets(database, site)
    series = published.snapshots(_snapshots(), site)
    page = template("catalogue.html").render(
        title=published.TITLE,
        about=published.ABOUT,
        found=found,
        services=published.services(database, site),
        series=series,
        data=published.linked_data(database, site, found, series),
        site=site,
        citation=releases.citation(database),
    )
    return page.encode(), "text/html"


def _data_package(database: Database, site: str) -> Made:
    paths = {
        one.name: f"{site}/api/collections/{one.name}/items?f=csv&limit={one.most}"
        for one in collections_of(database)
    }
    package = descriptors.data_package(database, paths, "cyber-valleys")
    return json.dumps(package, ensure_ascii=False).encode(), "application/json"


def _releases(request: Request, database: Database) -> Response:
    page = template("releases.html").render(
        known=_snapshots(), served=database.release.release_id, site=addresses.base(request)
    )
    return Response(page, media_type="text/html", headers=_CURRENT)


def _releases_as_json(request: Request, database: Database) -> Response:
    site = addresses.base(request)
    content = [
        {
            "release_id": one.release_id,
            "created_at": f"{one.created_at:%Y-%m-%dT%H:%M:%SZ}",
            "organisations": one.organisations,
            "database_sha256": one.sha256,
            "is_served": one.release_id == database.release.release_id,
            "href": f"{site}/releases/{one.release_id}",
        }
        for one in _snapshots()
    ]
    return JSONResponse({"releases": content}, headers=_CURRENT)


def _release_of(request: Request, database: Database) -> Database | str:
    """The release that an address names, or why it isn't there, as a sentence."""
    release_id = request.path_params["release_id"]
    if release_id == database.release.release_id:
        return database
    one = next((one for one in _snapshots() if one.release_id == release_id), None)
    if one is None:
        return f"There is no release {release_id[:60]} here, or it is no longer kept."
    found = snapshots.database(settings().releases_dir, one.release_id, one.sha256)
    return found or f"Release {release_id} is damaged on disk."


def _release(request: Request, database: Database) -> Response:
    found = _release_of(request, database)
    if isinstance(found, str):
        return not_found(request, found)
    files = {**snapshots.files(found), published.ARCHIVE: snapshots.archive(found)}
    story = releases.story(found)
    page = template("release.html").render(
        release_id=found.release.release_id,
        created_at=story["created_at"],
        files=files,
        archive=published.ARCHIVE,
        citation=releases.citation(found, f"{addresses.base(request)}{request.url.path}"),
        attribution=releases.attribution(found),
        bibtex=snapshots.bibtex(found),
        is_served=found is database,
    )
    return Response(page, media_type="text/html", headers=_CURRENT)


def _file(request: Request, database: Database) -> Response:
    found = _release_of(request, database)
    if isinstance(found, str):
        return not_found(request, found)
    name = request.path_params["name"]
    is_archive = name == published.ARCHIVE
    file = snapshots.archive(found) if is_archive else snapshots.files(found).get(name)
    if file is None:
        release_id = found.release.release_id
        return not_found(request, f"Release {release_id} has no file {name[:60]}.")
    headers = {**_FIXED, "etag": f'"{file.sha256}"'}
    if has_it(request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    return FileResponse(
        file.path,
        media_type=_TYPES.get(name.rpartition(".")[2], _PLAIN),
        headers=headers,
        # Keeps the release, with which its files go.
        background=BackgroundTask(id, found),
    )
