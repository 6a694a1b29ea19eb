"""An Atom feed of suggestions that wait, at an address that only members know.

It holds no text that anybody has typed, and no address of a person.
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime

from feedgen.feed import FeedGenerator
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from ecosystem.web import addresses
from ecosystem.web.endpoints import NO_PAGE, not_found
from ecosystem.web.feeds import MEDIA_TYPE
from etl.errors import PublishError
from etl.inbox.invitation import address_key
from etl.inbox.model import State, Suggestion
from etl.inbox.store import inbox

_PURPOSE = "suggestions"
_NEWEST = 50


def routes() -> list[BaseRoute]:
    """The feed's route."""
    return [Route(f"/{_PURPOSE}/{{key}}.xml", _answer)]


def feed_address(site: str) -> str:
    """Web address of the feed, if there is a secret to make it of.

    Parameters
    ----------
    site : str
        Web address of the site without a slash at its end.
    """
    key = address_key(_PURPOSE)
    return f"{site}/{_PURPOSE}/{key}.xml" if key else ""


def atom(waiting: list[Suggestion], base_url: str) -> bytes:
    """The feed as an Atom document in UTF-8.

    Parameters
    ----------
    waiting : list of Suggestion
        Open ones.
    base_url : str
        Address of the site without a slash at its end.
    """
    feed = FeedGenerator()
    page = f"{base_url}/secretariat"
    feed.id(addresses.tag(_PURPOSE))
    feed.title(f"Cyber Valleys: {len(waiting):,} suggestions wait")
    feed.author(name="Cyber Valleys")
    feed.link(href=page, rel="alternate", type="text/html")
    newest = sorted(waiting, key=lambda s: s.number, reverse=True)
    feed.updated(newest[0].received if newest else datetime(2026, 1, 1, tzinfo=UTC))
    for suggestion in newest[:_NEWEST]:
        entry = feed.add_entry(order="append")
        entry.id(addresses.tag(_PURPOSE, str(suggestion.number)))
        entry.title(f"Suggestion {suggestion.number}: {_what(suggestion)}")
        entry.updated(suggestion.received)
        entry.link(href=page, rel="alternate", type="text/html")
        entry.content(
            f"Received on {suggestion.received:%-d %B %Y at %H:%M} UTC. It waits for a decision."
        )
    document: bytes = feed.atom_str(pretty=True)
    return document


async def _answer(request: Request) -> Response:
    return await run_in_threadpool(_make_answer, request)


def _make_answer(request: Request) -> Response:
    key, told = address_key(_PURPOSE), request.path_params["key"]
    if not key or not hmac.compare_digest(key.encode(), told.encode(errors="replace")):
        return not_found(request, NO_PAGE)
    try:
        waiting = inbox().suggestions(State.OPEN)
    except PublishError:
        return PlainTextResponse("The suggestions can't be read at the moment.", status_code=503)
    headers = {"cache-control": "no-store"}
    body = atom(waiting, addresses.base(request))
    return Response(body, media_type=MEDIA_TYPE, headers=headers)


def _what(suggestion: Suggestion) -> str:
    if suggestion.is_new:
        return "a new organisation"
    if suggestion.is_confirmation:
        return f"a confirmation of {suggestion.org_id} by the organisation itself"
    if suggestion.is_own:
        return f"a correction of {suggestion.org_id} by the organisation itself"
    return f"a correction of {suggestion.org_id}"
