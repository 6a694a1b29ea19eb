"""Each request by HTTP: numbered, counted and, if the installation wants it, written down.

What is written down says which of the site's addresses was asked for, never its query, who asked,
or what stands in the place of a name in it.
"""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Collection, Sequence

from starlette.datastructures import Headers
from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ecosystem.web import addresses, logs, metrics
from ecosystem.web.visitors import is_shared

HEADER = "x-request-id"
_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
# What is asked for by the first part of the address; the rest are documents.
_KINDS = {
    "api": "api",
    "_stcore": "streamlit",
    "healthz": "health",
    "readyz": "health",
    **dict.fromkeys(
        ("static", "assets", "geo", "media", "component", "favicon.ico", "favicon.png"), "file"
    ),
}
# A page asks for dozens of them, and who watches every few seconds.
_QUIET = ("file", "streamlit", "health")
_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")
_log = logging.getLogger(__name__)


class Requests:
    """ASGI middleware that numbers, counts and writes down requests.

    The id of a proxy that is trusted is taken over, so that its log and this one can be read
    together; a stranger's isn't, which could be another request's.

    Parameters
    ----------
    app : ASGIApp
        What it stands before.
    pages : collection of str
        Addresses of the pages below the root, without slashes.
    routes : sequence of BaseRoute
        What the site serves beside its pages.
    """

    def __init__(
        self, app: ASGIApp, pages: Collection[str], routes: Sequence[BaseRoute] = ()
    ) -> None:
        self.app = app
        self._pages = frozenset(pages)
        self._routes = [route for route in routes if isinstance(route, Route | Mount)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and note what became of it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        with logs.numbering(_id_of(scope)) as request_id:
            if scope["type"] == "websocket":
                await self.app(scope, receive, send)
            else:
                await self._answer(scope, receive, send, request_id)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        begun, status = time.perf_counter(), 0
        path = addresses.below(scope)

        async def with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                header = (HEADER.encode(), request_id.encode())
                message = {**message, "headers": [*message.get("headers", []), header]}
            await send(message)

        try:
            await self.app(scope, receive, with_id)
        except Exception:
            status = 500
            raise
        finally:
            # A visitor who left before the answer began has none.
            if status:
                self._note(scope, path, status, time.perf_counter() - begun)

    def _note(self, scope: Scope, path: str | None, status: int, seconds: float) -> None:
        kind = self._kind(path)
        metrics.count_request(kind, status, seconds)
        level = logging.INFO
        if status >= 500:
            level = logging.WARNING
        elif kind in _QUIET:
            level = logging.DEBUG
        if _log.isEnabledFor(level):
            address = self._address(scope, path)
            method = str(scope["method"]) if scope["method"] in _METHODS else "other"
            said = {"event": "request", "method": method, "address": address, "status": status}
            extra = {**said, "ms": round(1000 * seconds)}
            _log.log(level, "%s %s: %d", method, address, status, extra=extra)

    def _kind(self, path: str | None) -> str:
        if path is None:
            return "other"
        if path.strip("/") in self._pages:
            return "page"
        return _KINDS.get(path.strip("/").partition("/")[0], "document")

    def _address(self, scope: Scope, path: str | None) -> str:
        """The site's own word for an address: as it was declared, not as it was asked for."""
        if path is not None and path.strip("/") in self._pages:
            return path
        asked = {**scope, "type": "http"}
        found = (route for route in self._routes if route.matches(asked)[0] is not Match.NONE)
        return next((route.path for route in found), "other")


def _id_of(scope: Scope) -> str:
    asked = Headers(scope=scope).get(HEADER, "")
    return asked if _is_proxied(scope) and _ID.fullmatch(asked) else uuid.uuid4().hex


def _is_proxied(scope: Scope) -> bool:
    """Whether a proxy that is trusted sent the request.

    Where the server has put the visitor's address in its place, there is no port beside it.
    """
    host, port = scope.get("client") or ("", 0)
    return port == 0 or is_shared(host)
