"""The page that shows a participant's investor day from its own address.

The day is in the fragment, which browsers don't send: this page is the same for everybody.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ecosystem.matching.investor_day.my_day import ADDRESS
from ecosystem.web.templates import template

_KEEP = {"cache-control": "public, max-age=3600"}


def routes() -> list[BaseRoute]:
    """Route of the page."""
    return [Route(ADDRESS, _answer)]


async def _answer(_: Request) -> Response:
    page = template("my_day.html").render()
    return Response(page, media_type="text/html", headers=_KEEP)
