"""Security headers: what a browser may load, from where, and who may show the site in a frame."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Collection

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ecosystem.web import addresses

# The only inline scripts that run are those of Streamlit's own document, by their hashes. What has
# to stay as loose as it is, and why, is in SECURITY.md, a sentence for each.
# The tile server may only be reached by an image, which only the visitor's switch asks for.
# 'self' covers the site's own websocket (CSP, level 3).
_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src {scripts}",
        "worker-src 'self' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob: https://tile.openstreetmap.org",
        "font-src 'self' data:",
        "connect-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors {framing}",
    ]
)
_MAP_SCRIPTS = "'self' 'unsafe-inline' 'unsafe-eval'"
# A script that stands in the document itself and not behind an address.
_INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
# Addresses that hold a secret, which no request that follows may pass on.
_SECRET = ("/confirm", "/suggestions/")
# The one page that is made for frames of others; it needs no script and loads nothing.
_EMBED = "/embed"
_EMBED_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors {framing}"
)
# Shown in frames by the site's own pages: the map, and what Streamlit keeps for downloads.
_MAP = "/component/"
_KEPT = "/media/"
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.*-]+(:[0-9]{1,5})?")
_NOBODY, _OWN = "'none'", "'self'"
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

    By https it also keeps all cookies to https, which Streamlit leaves out.

    Parameters
    ----------
    app : ASGIApp
        What it stands before.
    embedding_sites : collection of str
        Origins of the sites that may show the page that is made for it in a frame, as
        ``https://example.org``.
    document : str
        Streamlit's document, whose own inline scripts may run.
    """

    def __init__(
        self, app: ASGIApp, embedding_sites: Collection[str] = (), document: str = ""
    ) -> None:
        self.app = app
        sites = " ".join(site for site in embedding_sites if _ORIGIN.fullmatch(site))
        scripts = " ".join(["'self'", "blob:", *inline_scripts(document)])
        self._of_page = _policy(scripts, _NOBODY)
        self._of_kept = _policy(scripts, _OWN)
        self._of_map = _policy(_MAP_SCRIPTS, _OWN)
        self._of_embed = _EMBED_POLICY.format(framing=f"{_OWN} {sites}".rstrip()).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add the headers to the start of the answer."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = message.get("headers", [])
                if scope.get("scheme") == "https":
                    sent = [_by_https_only(header) for header in sent]
                message["headers"] = [*sent, *self._headers(scope)]
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)

    def _headers(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        path = addresses.below(scope) or ""
        policy = self._of_page
        if path.startswith(_MAP):
            policy = self._of_map
        elif path.startswith(_KEPT):
            policy = self._of_kept
        elif path == _EMBED:
            policy = self._of_embed
        is_secret = path.startswith(_SECRET)
        referrer = b"no-referrer" if is_secret else b"strict-origin-when-cross-origin"
        own = [(b"content-security-policy", policy), (b"referrer-policy", referrer)]
        by_https = [_HTTPS_ONLY] if scope.get("scheme") == "https" else []
        return [*_HEADERS, *own, *by_https]


def inline_scripts(document: str) -> list[str]:
    """Sources of a content security policy that let just the inline scripts of a document run.

    Parameters
    ----------
    document : str
        HTML. Only what it holds before anything from elsewhere is put into it may be given.
    """
    found = (hashlib.sha256(script.encode()).digest() for script in _INLINE.findall(document))
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in found]


def _by_https_only(header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    """A header that sets a cookie, so that the browser sends it back by https alone."""
    name, value = header
    attributes = [part.strip().lower() for part in value.split(b";")[1:]]
    if name.lower() != b"set-cookie" or b"secure" in attributes:
        return header
    return name, value + b"; Secure"


def _policy(scripts: str, framing: str) -> bytes:
    return _POLICY.format(scripts=scripts, framing=framing).encode()
