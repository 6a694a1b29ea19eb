"""Security headers: what a browser may load, and from where."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ecosystem.web import addresses

# streamlit-folium evaluates the map's script in its frame, so 'unsafe-eval' can't be left out.
# The tile server may only be reached by an image, which only the visitor's switch asks for.
_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "worker-src 'self' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob: https://tile.openstreetmap.org",
        "font-src 'self' data:",
        "connect-src 'self' ws: wss: data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    ]
)
# Addresses that hold a secret, which no request that follows may pass on.
_SECRET = ("/confirm", "/suggestions/")
_HEADERS = [
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"permissions-policy", b"geolocation=(self), camera=(), microphone=()"),
]


class SecurityHeaders:
    """ASGI middleware that adds the site's security headers to every HTTP answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add the headers to the start of the answer."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                is_secret = (addresses.below(scope) or "").startswith(_SECRET)
                policy = b"no-referrer" if is_secret else b"strict-origin-when-cross-origin"
                referrer = (b"referrer-policy", policy)
                message["headers"] = [*message.get("headers", []), *_HEADERS, referrer]
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)
