"""Addresses without a page: 404, where Streamlit answers 200 with its empty shell."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ecosystem.web import addresses
from ecosystem.web.endpoints import NO_PAGE, not_found

_HTML = b"text/html"
# What Streamlit tells programs of the server and its sessions: nothing for the public.
_CLOSED = ("/_stcore/metrics/", "/_stcore/agent/", "/_stcore/script-health-check/")
# Streamlit serves the frames of components and downloads there: HTML that is no shell.
_NO_SHELL = ("/component/", "/media/")


class UnknownAddresses:
    """ASGI middleware that tells a page of the site from an address that only looks like one.

    Streamlit answers any address with its shell. One step below the root the shell can show the
    site's own page for unknown addresses, inside the site's document. Further down the shell's
    files aren't found, so the visitor gets a page that needs none.

    Parameters
    ----------
    app : ASGIApp
        What it stands before.
    pages : collection of str
        Addresses of the pages below the root, without slashes; the root itself is ``""``.
    routes : sequence of BaseRoute
        What the site serves beside its pages: it answers for itself.
    missing : callable
        Answers who asks for an address one step below the root.
    """

    def __init__(
        self,
        app: ASGIApp,
        pages: Collection[str],
        routes: Sequence[BaseRoute],
        missing: Callable[[Request], Response],
    ) -> None:
        self.app = app
        self._pages = frozenset(pages)
        self._routes = tuple(routes)
        self._missing = missing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; where the shell would answer for no page, answer 404."""
        path = addresses.below(scope) if scope["type"] == "http" else None
        if path is not None and path.endswith("/") and path.strip("/") in self._pages - {""}:
            # Relative, since a proxy may have taken a part of the address away.
            query = scope.get("query_string", b"").decode("latin-1")
            to = f"../{path.strip('/')}{f'?{query}' if query else ''}"
            await RedirectResponse(to, status_code=301)(scope, receive, send)
            return
        if path is not None and f"{path}/".startswith(_CLOSED):
            await not_found(Request(scope), NO_PAGE)(scope, receive, send)
            return
        if path is None or self._is_known(scope, path):
            await self.app(scope, receive, send)
            return
        replaced = False

        async def answer(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and _is_shell(message):
                replaced = True
            if not replaced:
                await send(message)

        await self.app(scope, receive, answer)
        if replaced:
            is_deep = "/" in path.strip("/")
            request = Request(scope)
            said = not_found(request, NO_PAGE) if is_deep else self._missing(request)
            await said(scope, receive, send)

    def _is_known(self, scope: Scope, path: str) -> bool:
        if path.strip("/") in self._pages or path.startswith(_NO_SHELL):
            return True
        return any(route.matches(scope)[0] is not Match.NONE for route in self._routes)


def _is_shell(message: Message) -> bool:
    """Whether an answer is Streamlit's shell: else it sends no HTML but components' frames."""
    kind = dict(message.get("headers", [])).get(b"content-type", b"")
    return message["status"] == 200 and kind.startswith(_HTML)
