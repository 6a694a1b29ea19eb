"""Feeds of what is new: the whole register, or one valley, country or NUTS region.

An entry is a release that brought changes to the region. As Atom (RFC 4287) and as JSON Feed 1.1
(https://jsonfeed.org/version/1.1), which has each change field by field as well. Identifiers are
those of :func:`ecosystem.web.addresses.tag`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pandas as pd
from feedgen.feed import FeedGenerator
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ecosystem.common.per_release import Recent, per_release
from ecosystem.common.publisher import publisher
from ecosystem.common.store import Database
from ecosystem.tables import history
from ecosystem.tables.history import Selection
from ecosystem.tables.releases import story
from ecosystem.web import addresses
from ecosystem.web.endpoints import endpoint, has_it, not_found
from ecosystem.web.templates import template

MAX_RELEASES = 20
MAX_LINES = 50
MAX_JSON_ROWS = 1_000
MEDIA_TYPE = "application/atom+xml"
JSON_TYPE = "application/feed+json"
_CACHE = "public, max-age=900"
# What XML 1.0 (section 2.2) has no way to write.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


# A feed of a long history takes seconds, and its readers ask every few minutes.
@per_release
def _recent(database: Database) -> Recent[bytes | None]:
    del database
    return Recent(64)


def routes() -> list[BaseRoute]:
    """Routes of the feeds."""
    as_atom, as_json = (endpoint(partial(_answer, form=form)) for form in (_ATOM, _JSON))
    return [
        Route("/feed.xml", as_atom),
        Route("/feed/{region_id}.xml", as_atom),
        Route("/feed.json", as_json),
        Route("/feed/{region_id}.json", as_json),
    ]


def atom(database: Database, base_url: str, region_id: str = "") -> bytes | None:
    """A feed as an Atom document in UTF-8.

    Parameters
    ----------
    base_url : str
        Address of the site without a slash at its end.
    region_id : str
        Id of a valley, country or NUTS region; empty for all.

    Returns
    -------
    bytes or None
        None if there is no such region.
    """
    name = _region_name(database, region_id)
    if name is None:
        return None
    feed = FeedGenerator()
    page_url = _page_url(base_url, region_id)
    feed.id(addresses.tag("feed", region_id))
    feed.title(_xml(f"Cyber Valleys: what's new in {name}"))
    feed.subtitle("Changes of the open register of Europe's regional cybersecurity ecosystems.")
    feed.author(name=publisher().author)
    feed.rights("CC BY 4.0. Compiled from public sources after ECSO's 2019 map; not ECSO's data.")
    feed.link(href=page_url, rel="alternate", type="text/html")
    feed.link(href=_feed_url(base_url, region_id), rel="self", type=MEDIA_TYPE)
    found = _releases(database, region_id)
    newest = found["released_at"].iloc[0] if len(found) else story(database)["created_at"]
    feed.updated(newest.to_pydatetime().replace(tzinfo=UTC))
    known = history.names(database)
    for release in found.to_dict("records"):
        entry = feed.add_entry(order="append")
        entry.id(addresses.tag("feed", region_id, str(release["release_id"])))
        entry.title(_xml(f"{name}, {release['released_at']:%-d %B %Y}: {_counts(release)}"))
        entry.updated(release["released_at"].to_pydatetime().replace(tzinfo=UTC))
        entry.link(href=page_url, rel="alternate", type="text/html")
        entry.content(_xml(_list(database, base_url, region_id, release, known)), type="html")
    document: bytes = feed.atom_str(pretty=True)
    return document


def json_feed(database: Database, base_url: str, region_id: str = "") -> bytes | None:
    """A feed as JSON, with each change of a release as ``_changes``.

    Parameters
    ----------
    base_url, region_id
        As of :func:`atom`.

    Returns
    -------
    bytes or None
        None if there is no such region.
    """
    name = _region_name(database, region_id)
    if name is None:
        return None
    found = _releases(database, region_id)
    known = history.names(database)
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"Cyber Valleys: what's new in {name}",
        "description": "Changes of the open register of Europe's regional cybersecurity "
        "ecosystems. CC BY 4.0. Compiled from public sources; not ECSO's data.",
        "home_page_url": _page_url(base_url, region_id),
        "feed_url": _feed_url(base_url, region_id, "json"),
        "language": "en",
        "items": [
            _json_entry(database, base_url, region_id, release, known)
            for release in found.to_dict("records")
        ],
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _region_name(database: Database, region_id: str) -> str | None:
    return history.region_name(database, region_id) if region_id else "Europe"


def _releases(database: Database, region_id: str) -> pd.DataFrame:
    return history.releases(database, Selection(region=region_id)).head(MAX_RELEASES)


def _json_entry(
    database: Database,
    base_url: str,
    region_id: str,
    release: dict[Any, Any],
    known: dict[str, dict[str, str]],
) -> dict[str, Any]:
    release_id = str(release["release_id"])
    selection = Selection(region=region_id, release_id=release_id)
    rows = history.page(database, selection, limit=MAX_JSON_ROWS)
    return {
        "id": addresses.tag("feed", region_id, release_id),
        "url": _page_url(base_url, region_id),
        "title": f"{release['released_at']:%-d %B %Y}: {_counts(release)}",
        "content_text": _counts(release),
        "date_published": f"{release['released_at']:%Y-%m-%dT%H:%M:%SZ}",
        "_release": release_id,
        "_rows": int(release["entries"]),
        "_changes": [_json_change(row, base_url, known) for row in rows.to_dict("records")],
    }


def _json_change(
    row: dict[Any, Any], base_url: str, known: dict[str, dict[str, str]]
) -> dict[str, Any]:
    line = history.in_words(row, known)
    is_own = row["resource"] == history.ORGANISATIONS
    return {
        "list": row["resource"],
        "row_id": row["row_id"],
        "name": row["name"],
        "kind": row["kind"],
        "field": row["field"] if isinstance(row["field"], str) else "",
        "about": line.about,
        "old": line.old,
        "new": line.new,
        **({"url": addresses.profile(base_url, row["row_id"])} if is_own and row["exists"] else {}),
    }


@dataclass(frozen=True)
class _Form:
    """How a feed is written: its media type and who writes it."""

    media_type: str
    write: Callable[[Database, str, str], bytes | None]


_ATOM, _JSON = _Form(MEDIA_TYPE, atom), _Form(JSON_TYPE, json_feed)


def _answer(request: Request, database: Database, *, form: _Form) -> Response:
    region_id = request.path_params.get("region_id", "")
    release_id, base_url = database.release.release_id, addresses.base(request)
    body = _recent(database).get(
        (form.media_type, base_url, region_id), lambda: form.write(database, base_url, region_id)
    )
    if body is None:
        return not_found(request, f"There is no valley, country or NUTS region {region_id}.")
    headers = {
        "etag": f'"{release_id}"',
        "cache-control": _CACHE,
        "access-control-allow-origin": "*",
    }
    if has_it(request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=form.media_type, headers=headers)


def _list(
    database: Database,
    base_url: str,
    region_id: str,
    release: dict[Any, Any],
    known: dict[str, dict[str, str]],
) -> str:
    selection = Selection(region=region_id, release_id=str(release["release_id"]))
    rows = history.page(database, selection, limit=MAX_LINES)
    entries = [
        _entry(base_url, own, known) for _, own in rows.groupby(["resource", "row_id"], sort=False)
    ]
    return template("feed_entry.html").render(
        counts=_counts(release),
        entries=entries,
        more=int(release["entries"]) - len(entries),
        all_url=_page_url(base_url, region_id),
    )


def _entry(base_url: str, rows: pd.DataFrame, known: dict[str, dict[str, str]]) -> dict[str, Any]:
    resource, row_id, name, exists = rows.iloc[0][["resource", "row_id", "name", "exists"]]
    is_own = resource == history.ORGANISATIONS
    return {
        "name": name if is_own else f"{history.list_title(resource)}: {name}",
        "url": addresses.organisation(base_url, row_id) if exists else None,
        "lines": [str(history.in_words(row, known)) for row in rows.to_dict("records")],
    }


def _counts(release: dict[Any, Any]) -> str:
    return ", ".join(history.counts(release))


def _page_url(base_url: str, region_id: str) -> str:
    query = f"?{urlencode({'region': region_id})}" if region_id else ""
    return f"{base_url}/whats_new{query}"


def _feed_url(base_url: str, region_id: str, ending: str = "xml") -> str:
    return f"{base_url}/feed{f'/{region_id}' if region_id else ''}.{ending}"


def _xml(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
