"""What surrounds Streamlit's addresses for signing in and out.

Signing in leads back to the page on which it was asked for. Signing out ends the sign-in itself:
Streamlit only takes the cookie away, and a copy of it would go on being valid.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ecosystem.web import addresses
from ecosystem.web.pages import PAGES
from etl import sign_ins

_SIGN_IN, _SIGN_OUT, _BACK = "/auth/login", "/auth/logout", "/oauth2callback"
RETURN_COOKIE = "cyber_valleys_return"
# Long enough to find a second factor.
_KEPT_S = 900
_LONGEST = 1_500


def middleware(claims: Callable[[Mapping[str, str]], Mapping[str, Any]]) -> Middleware:
    """The middleware for all pages of the site; parameter as :class:`SignInAddresses` has it."""
    pages = [page.url_path for page in PAGES]
    return Middleware(SignInAddresses, pages=pages, claims=claims)


class SignInAddresses:
    """ASGI middleware around Streamlit's addresses for signing in and out.

    Parameters
    ----------
    app : ASGIApp
        What it stands before.
    pages : collection of str
        Addresses of the pages below the root, without slashes: signing in leads to nothing else.
    claims : callable
        Gives the claims of the identity token that a request's cookies hold, if they are signed;
        else nothing.
    """

    def __init__(
        self,
        app: ASGIApp,
        pages: Collection[str],
        claims: Callable[[Mapping[str, str]], Mapping[str, Any]],
    ) -> None:
        self.app = app
        self._pages = frozenset(pages)
        self._claims = claims

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and see to what Streamlit leaves out."""
        path = addresses.below(scope) if scope["type"] == "http" else None
        if path == _SIGN_OUT:
            claims = self._claims(Request(scope).cookies)
            if claims:
                await run_in_threadpool(sign_ins.end, claims)
        elif path == _SIGN_IN:
            send = self._remember(scope, send)
        elif path == _BACK:
            send = self._lead_back(scope, send)
        await self.app(scope, receive, send)

    def _remember(self, scope: Scope, send: Send) -> Send:
        """Let the browser keep from which page somebody goes to sign in."""
        page = self._page(Headers(scope=scope).get("referer", ""))

        async def answer(message: Message) -> None:
            if page is not None and message["type"] == "http.response.start":
                _set_cookie(scope, message, quote(page, safe=""), _KEPT_S)
            await send(message)

        return answer

    def _lead_back(self, scope: Scope, send: Send) -> Send:
        """Lead from the provider to that page, where Streamlit leads to the first one."""
        # It was in the browser's hands: it is read as if anybody had written it.
        page = self._page(unquote(Request(scope).cookies.get(RETURN_COOKIE, "")))

        async def answer(message: Message) -> None:
            if page is not None and message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message.setdefault("headers", []))
                if 300 <= message["status"] < 400:
                    headers["location"] = page
                _set_cookie(scope, message, "", 0)
            await send(message)

        return answer

    def _page(self, address: str) -> str | None:
        """The way from the root to the page that an address is of, with its parameters.

        None if it is of none. What stands before the last step is not looked at: a proxy may have
        taken a part away.
        """
        try:
            parts = urlsplit(address)
        except ValueError:
            return None
        name = parts.path.rpartition("/")[2]
        is_plain = address.isascii() and address.isprintable()
        if not parts.path or name not in self._pages or not is_plain:
            return None
        query = quote(parts.query, safe="=&%+/:;,@!$()*~.-_")
        return f"./{name}?{query}" if query and len(query) <= _LONGEST else f"./{name}"


def _set_cookie(scope: Scope, message: Message, value: str, seconds: int) -> None:
    answer = Response()
    answer.set_cookie(
        RETURN_COOKIE,
        value,
        max_age=seconds,
        path=addresses.root(scope),
        httponly=True,
        samesite="lax",
    )
    headers = MutableHeaders(raw=message.setdefault("headers", []))
    headers.append("set-cookie", answer.headers["set-cookie"])
