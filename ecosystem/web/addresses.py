"""Addresses of the site's own pages: below which path it is served, and by which name.

What a browser follows is relative, so that it holds behind any proxy and below any path. What is
read elsewhere (feeds, sitemap, QR codes) has to be absolute.
"""

from __future__ import annotations

import re
import uuid
from urllib.parse import quote, urlencode, urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from ecosystem.common.settings import settings

# A tag URI holds a day on which its author had the host's name: the year of the first release.
_TAG_DAY = "2026"
_NAMESPACE = uuid.UUID("0c9ad2ee-53a4-5d0b-9f2b-5f0f0b6f2d64")
_PATH = "cyber_valleys.path"
_OWN_NAMES = ("localhost", "127.0.0.1", "[::1]")
_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?")


class SitePath:
    """ASGI middleware that tells all that follow below which path the site is served.

    Parameters
    ----------
    app : ASGIApp
        What it stands before.
    path : str
        The path (``server.baseUrlPath``), as ``/valleys``; empty at the root of a host.
    """

    def __init__(self, app: ASGIApp, path: str) -> None:
        self.app = app
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        await self.app({**scope, _PATH: self._path}, receive, send)


def below(scope: Scope) -> str | None:
    """The part of a request's path that is below the site's own; None if it isn't below it."""
    path, own = str(scope["path"]), str(scope.get(_PATH, ""))
    if path == own:
        return "/"
    return path.removeprefix(own) if path.startswith(f"{own}/") else None


def root(scope: Scope) -> str:
    """The path that the site is served below, as cookies name it; ``/`` at the root of a host."""
    return str(scope.get(_PATH, "")) or "/"


def up(scope: Scope) -> str:
    """The way from a request's address to the root of the site: ``./``, ``../``, ``../../``."""
    depth = (below(scope) or "/").count("/") - 1
    return "../" * depth or "./"


def home(scope: Scope) -> str:
    """The root of the site as a page's own links and files begin; holds on any host.

    A path without the host: whoever comes by another name than the setting ``site_url`` says (a
    tunnel, an alias) may load nothing from there. Without the setting a proxy may have taken off
    the path, so that it is the way :func:`up`.
    """
    return (
        f"{urlsplit(settings().site_url).path.rstrip('/')}/" if settings().site_url else up(scope)
    )


def base(request: Request) -> str:
    """Address of the site without a slash at its end.

    The setting ``site_url`` if there is one, since a server behind a proxy can't know it. Else the
    host that the request names, if it is one of the setting ``allowed_hosts`` or this machine: a
    stranger may write anything there, and what is made of it is kept and passed on. Else the
    socket's own address.
    """
    if settings().site_url:
        return settings().site_url.rstrip("/")
    return f"{request.url.scheme}://{_host(request)}{request.scope.get(_PATH, '')}"


def _allowed_names() -> set[str]:
    return {*_OWN_NAMES, *(name.lower() for name in settings().allowed_hosts)}


def _host(request: Request) -> str:
    named = request.headers.get("x-forwarded-host") or request.headers.get("host", "")
    found = _HOST.fullmatch(named.strip())
    if found and found["name"].lower() in _allowed_names():
        return named.strip()
    name, port = request.scope.get("server") or ("localhost", None)
    name = f"[{name}]" if ":" in name else name
    is_usual = port == {"http": 80, "https": 443}.get(request.url.scheme)
    return name if port is None or is_usual else f"{name}:{port}"


def tag(*parts: str) -> str:
    """A lasting identifier of a feed or its entry, whatever address it was asked for at.

    A tag URI (RFC 4151) of the setting ``site_url``'s host; a UUID (RFC 9562, version 5) where
    there is none.
    """
    path, host = "/".join(filter(None, parts)), urlsplit(settings().site_url).hostname
    return f"tag:{host},{_TAG_DAY}:{path}" if host else uuid.uuid5(_NAMESPACE, path).urn


def organisation(base_url: str, org_id: str) -> str:
    """The organisation's page in the app."""
    return f"{base_url}/organisation?{urlencode({'org': org_id})}"


def profile(base_url: str, org_id: str) -> str:
    """The organisation's page as a plain document, which search engines read."""
    return f"{base_url}/profile/{quote(org_id, safe='')}"


def region(base_url: str, region_id: str) -> str:
    """The page of a valley, country or NUTS region in the app."""
    return f"{base_url}/region?{urlencode({'region': region_id})}"
