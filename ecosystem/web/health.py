"""Whether the process lives, and whether it can serve visitors: for who watches it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from ecosystem.common import fetch_state
from ecosystem.common.store import ReleaseError
from ecosystem.web import serving
from ecosystem.web.visitors import Refusal, visitors

_NOT_KEPT = {"cache-control": "no-store"}


def routes() -> list[BaseRoute]:
    """``/healthz`` and ``/readyz``."""
    return [Route("/healthz", _alive), Route("/readyz", _ready)]


async def _alive(request: Request) -> Response:
    del request
    return PlainTextResponse("ok\n", headers=_NOT_KEPT)


def _ready(request: Request) -> Response:
    """200 if there is a release and room for one more visitor, else 503 with the reasons."""
    del request
    reasons: list[str] = []
    release = ""
    try:
        found = serving.database().release
        release = found.release_id
        # A release that stands in for a damaged one, or may not be the latest, is served: worth a
        # look, no reason to stop.
        notes = [note for note in (found.trouble, fetch_state.trouble()) if note]
    except ReleaseError as error:
        reasons, notes = [str(error)], []
    if visitors().refusal("") is Refusal.FULL:
        reasons.append("There is no room for another visitor.")
    answer = {"ready": not reasons, "release": release, "reasons": reasons, "notes": notes}
    return JSONResponse(answer, status_code=503 if reasons else 200, headers=_NOT_KEPT)
