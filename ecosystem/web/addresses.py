"""Addresses of the site's own pages, for what is read elsewhere: feeds, sitemap, QR codes."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from starlette.requests import Request

from ecosystem.common.settings import settings


def base(request: Request) -> str:
    """Address of the site without a slash at its end.

    The setting ``site_url`` if there is one, since a server behind a proxy can't know it;
    else what the request was sent to.
    """
    return (settings().site_url or str(request.base_url)).rstrip("/")


def below(path: str, base_path: str) -> str | None:
    """The part of a request's path that is below the site's own path; None if it isn't.

    Parameters
    ----------
    path : str
        Path of the request.
    base_path : str
        Path that the site is served below (``server.baseUrlPath``), as ``/valleys``; may be empty.
    """
    if path == base_path:
        return "/"
    return path.removeprefix(base_path) if path.startswith(f"{base_path}/") else None


def organisation(base_url: str, org_id: str) -> str:
    """The organisation's page in the app."""
    return f"{base_url}/organisation?{urlencode({'org': org_id})}"


def profile(base_url: str, org_id: str) -> str:
    """The organisation's page as a plain document, which search engines read."""
    return f"{base_url}/profile/{quote(org_id, safe='')}"


def region(base_url: str, region_id: str) -> str:
    """The page of a valley, country or NUTS region in the app."""
    return f"{base_url}/region?{urlencode({'region': region_id})}"
