"""Pictures for the previews of links: the map, a region, an organisation; made once a release."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ecosystem.common.per_release import Recent, per_release
from ecosystem.common.store import Database
from ecosystem.drawing import preview
from ecosystem.plain import explore
from ecosystem.tables import organisations, regions
from ecosystem.web.endpoints import endpoint, not_found

_A_DAY = {"cache-control": "public, max-age=86400"}
_KEPT = 300


def routes() -> list[BaseRoute]:
    """The three kinds of picture."""
    return [
        Route("/preview/map.png", endpoint(_map)),
        Route("/preview/region/{region_id}.png", endpoint(_region)),
        Route("/preview/organisation/{org_id}.png", endpoint(_organisation)),
    ]


@per_release
def _pictures(database: Database) -> Recent[bytes]:
    del database
    return Recent(_KEPT)


def _map(request: Request, database: Database) -> Response:
    del request

    def draw() -> bytes:
        page = explore.map_page(database, {})
        return preview.draw(page.heading, page.description, page.picture)

    return _png(_pictures(database).get("map", draw))


def _region(request: Request, database: Database) -> Response:
    place = regions.place(database, request.path_params["region_id"])
    if place is None:
        return not_found(request, "There is no region at this address.")
    id_ = place.place_id

    def draw() -> bytes:
        page = explore.region_page(database, {"region": [id_]})
        return preview.draw(page.heading, page.description, explore.region_map(database, id_))

    return _png(_pictures(database).get(("region", id_), draw))


def _organisation(request: Request, database: Database) -> Response:
    record = organisations.one(database, request.path_params["org_id"])
    if record is None:
        return not_found(request, "There is no organisation at this address.")

    def draw() -> bytes:
        where = explore.organisation_map(database, record)
        return preview.draw(record["name"], explore.summary_of(record), where)

    return _png(_pictures(database).get(("organisation", record["org_id"]), draw))


def _png(picture: bytes) -> Response:
    return Response(picture, media_type="image/png", headers=_A_DAY)
