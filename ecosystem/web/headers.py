"""Security headers: what a browser may load, from where, and who may show the site in a frame."""

from __future__ import annotations

import re
from collections.abc import Collection

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ecosystem.web import addresses

# What has to stay as loose as it is:
# - 'unsafe-inline' for scripts: Streamlit's own page and its component frames hold some, and
#   st.html puts ours in; their hashes change with every version of Streamlit.
# - 'unsafe-eval': streamlit-folium evaluates the map's script in its frame, and Vega draws charts
#   by functions that it makes of expressions.
# - 'unsafe-inline' for styles: Streamlit styles everything by elements that its script writes.
# The tile server may only be reached by an image, which only the visitor's switch asks for.
# 'self' covers the site's own websocket (CSP, level 3).
_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "worker-src 'self' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob: https://tile.openstreetmap.org",
        "font-src 'self' data:",
        "connect-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    ]
)
# Addresses that hold a secret, which no request that follows may pass on.
_SECRET = ("/confirm", "/suggestions/")
# Shown in frames by the site's own pages: the map, and what Streamlit keeps for downloads.
_FRAMED = ("/component/", "/media/")
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.*-]+(:[0-9]{1,5})?")
_NOBODY = "'none'"
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"permissions-policy", b"geolocation=(self), camera=(), microphone=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-permitted-cross-domain-policies", b"none"),
]
# Half a year: long enough to count, short enough to go back on.
_HTTPS_ONLY = (b"strict-transport-security", b"max-age=15552000")


class SecurityHeaders:
    """ASGI middleware that adds the site's security headers to every HTTP answer.

    Parameters
    ----------
    app : ASGIApp
        What it stands before.
    embedding_sites : collection of str
        Origins of the sites that may show pages of this one in a frame, as
        ``https://example.org``.
    """

    def __init__(self, app: ASGIApp, embedding_sites: Collection[str] = ()) -> None:
        self.app = app
        framing = " ".join(site for site in embedding_sites if _ORIGIN.fullmatch(site))
        self._of_page = f"{_POLICY}; frame-ancestors {framing or _NOBODY}".encode()
        self._of_framed = f"{_POLICY}; frame-ancestors 'self' {framing}".rstrip().encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add the headers to the start of the answer."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self._headers(scope)]
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)

    def _headers(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        path = addresses.below(scope) or ""
        policy = self._of_framed if path.startswith(_FRAMED) else self._of_page
        is_secret = path.startswith(_SECRET)
        referrer = b"no-referrer" if is_secret else b"strict-origin-when-cross-origin"
        own = [(b"content-security-policy", policy), (b"referrer-policy", referrer)]
        by_https = [_HTTPS_ONLY] if scope.get("scheme") == "https" else []
        return [*_HEADERS, *own, *by_https]
