"""What search engines read: each organisation as a plain document, and the sitemap of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from ecosystem.common import links
from ecosystem.common.publisher import publisher
from ecosystem.common.store import Database
from ecosystem.plain import explore
from ecosystem.tables import history, life, organisations, releases
from ecosystem.web import addresses, linked_data
from ecosystem.web.endpoints import Answer, endpoint, not_found
from ecosystem.web.pages import PAGES
from ecosystem.web.templates import template

# A sitemap may hold 50,000 addresses (https://www.sitemaps.org/protocol.html).
PER_SITEMAP = 50_000
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_AN_HOUR = {"cache-control": "public, max-age=3600"}
# More parts than an index may list make a number that no database counts to.
_PART = re.compile("[1-9][0-9]{0,4}")
# Less than a year, as RFC 9116 recommends.
_SECURITY_HOLDS = timedelta(days=180)
_NO_PART = "There is no such part of the sitemap."
# The way from a document to the root of the site.
_ROOT = "../"
_PAGES = tuple(entry.url_path for entry in PAGES if entry.in_sitemap)


def routes() -> list[BaseRoute]:
    """Routes of documents, linked data, sitemaps and ``robots.txt``."""
    return [
        Route("/profile/{org_id}", endpoint(_of_organisation(document))),
        Route("/profile/{org_id}/jsonld", endpoint(_of_organisation(_json_ld))),
        Route("/sitemap.xml", endpoint(_index)),
        Route("/sitemap-{part}.xml", endpoint(_part)),
        Route("/robots.txt", _robots),
        Route("/.well-known/security.txt", _security),
    ]


def _of_organisation(make: Callable[[Database, dict[str, Any], str], Response]) -> Answer:
    """Answer with what is made of the organisation, or of the one that it was merged into."""

    def answer(request: Request, database: Database) -> Response:
        org_id, base_url = request.path_params["org_id"], addresses.base(request)
        record = organisations.one(database, org_id)
        if record is not None:
            return make(database, record, base_url)
        successor = history.successor(database, org_id)
        if successor:
            to = addresses.profile(addresses.up(request.scope).rstrip("/"), successor)
            return RedirectResponse(to, status_code=301)
        return not_found(request, "There is no organisation at this address.")

    return answer


def _json_ld(_: Database, record: dict[str, Any], base_url: str) -> Response:
    data = linked_data.organisation(record, base_url)
    return JSONResponse(data, headers=_AN_HOUR, media_type="application/ld+json")


def document(database: Database, record: dict[str, Any], base_url: str) -> Response:
    """An organisation's page as HTML, with its linked data.

    Parameters
    ----------
    record : dict
        As :func:`ecosystem.tables.organisations.one` gives it; its text is escaped here.
    base_url : str
        Address of the site without a slash at its end.
    """
    fate = life.fate(record)
    text = template("profile.html").render(
        root=_ROOT,
        title=f"{record['name']}, {explore.town(record)} | Cyber Valleys",
        description=explore.summary_of(record),
        kind="profile",
        canonical=addresses.profile(base_url, record["org_id"]),
        preview=f"{base_url}/{explore.preview_of(record['org_id'])}",
        data=linked_data.organisation(record, base_url),
        record={"name": record["name"], "notes": linked_data.text(record["notes"])},
        facts=explore.facts(database, record),
        website=links.web_address(record["website"]),
        source=links.web_address(record["source_url"]),
        fate=_fate(fate),
        has_ended=bool(fate and fate.has_ended),
        app_url=addresses.organisation(_ROOT.rstrip("/"), record["org_id"]),
        release_id=database.release.release_id,
    )
    return Response(text, media_type="text/html", headers=_AN_HOUR)


def _fate(fate: life.Fate | None) -> dict[str, str]:
    """What became of it, with its source and the page of the successor; empty of an active one."""
    if fate is None:
        return {}
    successor = addresses.profile(_ROOT.rstrip("/"), fate.successor_id) if fate.successor_id else ""
    source = links.web_address(fate.source_url) or ""
    return {
        "sentence": fate.sentence(),
        "successor": successor,
        "name": fate.successor,
        "source": source,
    }


def _index(request: Request, database: Database) -> Response:
    parts = 1 + (organisations.count(database) + len(_PAGES) - 1) // PER_SITEMAP
    base_url = addresses.base(request)
    root = ElementTree.Element("sitemapindex", xmlns=_SITEMAP)
    for part in range(1, parts + 1):
        _entry(root, "sitemap", f"{base_url}/sitemap-{part}.xml", _day(database))
    return _xml(root)


def _part(request: Request, database: Database) -> Response:
    if not _PART.fullmatch(request.path_params["part"]):
        return not_found(request, _NO_PART)
    base_url = addresses.base(request)
    start = (int(request.path_params["part"]) - 1) * PER_SITEMAP
    first = [f"{base_url}/{page}" for page in _PAGES[start:]] if start == 0 else []
    ids = organisations.ids(
        database,
        limit=PER_SITEMAP - len(first),
        offset=max(start - len(_PAGES), 0),
    )
    urls = [*first, *(addresses.profile(base_url, org_id) for org_id in ids)]
    if not urls:
        return not_found(request, _NO_PART)
    root = ElementTree.Element("urlset", xmlns=_SITEMAP)
    for url in urls:
        _entry(root, "url", url, _day(database))
    return _xml(root)


async def _robots(request: Request) -> Response:
    text = f"User-agent: *\nAllow: /\nSitemap: {addresses.base(request)}/sitemap.xml\n"
    return PlainTextResponse(text, headers=_AN_HOUR)


async def _security(request: Request) -> Response:
    """Where to report a vulnerability (RFC 9116)."""
    known = publisher()
    contacts = list(filter(None, (known.contact, known.source_code_url)))
    if not contacts:
        return not_found(request, "This installation names nobody to report to.")
    until = (datetime.now(UTC) + _SECURITY_HOLDS).replace(hour=0, minute=0, second=0, microsecond=0)
    own = f"{addresses.base(request)}/.well-known/security.txt"
    lines = [
        *(f"Contact: {contact}" for contact in contacts),
        f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {own}",
    ]
    return PlainTextResponse("\n".join(lines) + "\n", headers=_AN_HOUR)


def _entry(root: ElementTree.Element, kind: str, url: str, day: str) -> None:
    entry = ElementTree.SubElement(root, kind)
    ElementTree.SubElement(entry, "loc").text = url
    ElementTree.SubElement(entry, "lastmod").text = day


def _day(database: Database) -> str:
    return f"{releases.story(database)['created_at']:%Y-%m-%d}"


def _xml(root: ElementTree.Element) -> Response:
    body = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(body, media_type="application/xml", headers=_AN_HOUR)
