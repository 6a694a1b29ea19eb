"""Atom feeds: read back as XML, with hostile names, by browsers and by feed readers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ecosystem.common.settings import settings
from ecosystem.common.store import Database, current
from ecosystem.tables import history
from ecosystem.tables.history import Selection
from ecosystem.web import feeds

ATOM = "{http://www.w3.org/2005/Atom}"
BASE = "https://valleys.example.eu"
HOSTILE = "<script>alert(1)</script> ]]> & \x07\ufffe \U0001f510"


@pytest.fixture(scope="module")
def changed(changed_releases_dir: Path) -> Iterator[Database]:
    database = Database(current(changed_releases_dir))
    yield database
    database.close()


@pytest.fixture
def client(changed_releases_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("CYBER_VALLEYS_RELEASES_DIR", str(changed_releases_dir))
    settings.cache_clear()
    yield TestClient(Starlette(routes=feeds.routes()), base_url=BASE)
    settings.cache_clear()


def parsed(document: bytes | None) -> ElementTree.Element:
    assert document is not None
    return ElementTree.fromstring(document)  # noqa: S314  (our own)


def text(element: ElementTree.Element, name: str) -> str:
    return element.findtext(f"{ATOM}{name}", "")


def links(element: ElementTree.Element) -> dict[str | None, str | None]:
    return {link.get("rel"): link.get("href") for link in element.findall(f"{ATOM}link")}


def test_an_entry_is_a_release_with_its_changes(changed: Database) -> None:
    feed = parsed(feeds.atom(changed, BASE))
    (entry,) = feed.findall(f"{ATOM}entry")
    assert text(feed, "title") == "Cyber Valleys: what's new in Europe"
    assert text(entry, "title").endswith(
        "1 added, 1 removed, 1 merged into another, 1 moved on the map, 3 with changed details, "
        "1 row of other lists"
    )
    content = entry.find(f"{ATOM}content")
    assert content is not None
    assert content.get("type") == "html"
    body = content.text or ""
    assert f'<a href="{BASE}/organisation?org=fr-neuve">Neuve</a>: Added' in body
    assert "<li>Softwarepark Hagenberg: Removed</li>" in body
    assert "<li>A6K: Merged into: Aikido Security</li>" in body
    assert "<li>Decisions on duplicates: Aikido Security and A6K: Added</li>" in body
    assert "IT-Cluster &lt;x&gt;&amp;&lt;/x&gt;" in body, "a name is text in the HTML"


def test_what_rfc_4287_requires_is_there(changed: Database) -> None:
    feed = parsed(feeds.atom(changed, BASE, "fr-bretagne"))
    (entry,) = feed.findall(f"{ATOM}entry")
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    for element in (feed, entry):
        assert text(element, "id").startswith("urn:uuid:")
        assert text(element, "title")
        assert datetime.fromisoformat(text(element, "updated")).tzinfo is not None
    assert text(feed, "updated") == text(entry, "updated")
    assert links(feed)["self"] == f"{BASE}/feed/fr-bretagne.xml"
    assert links(feed)["alternate"] == f"{BASE}/whats_new?region=fr-bretagne"
    ids = [text(feed, "id"), text(entry, "id")]
    again = parsed(feeds.atom(changed, BASE, "fr-bretagne"))
    assert ids == [text(again, "id"), text(again.find(f"{ATOM}entry") or entry, "id")]
    assert len(set(ids)) == 2


@pytest.mark.parametrize(
    ("region_id", "entries"),
    [("fr-bretagne", 1), ("FR", 1), ("FRH0", 1), ("FRH03", 1), ("AT31", 1), ("ES", 0)],
)
def test_a_region_has_its_own_feed(changed: Database, region_id: str, entries: int) -> None:
    feed = parsed(feeds.atom(changed, BASE, region_id))
    assert len(feed.findall(f"{ATOM}entry")) == entries


def test_a_first_release_has_a_valid_feed_without_entries(database: Database) -> None:
    feed = parsed(feeds.atom(database, BASE))
    assert feed.findall(f"{ATOM}entry") == []
    assert text(feed, "updated")


def test_hostile_names_stay_text_in_valid_xml(
    changed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = history.page

    def with_hostile_names(*args: object, **kwargs: object) -> pd.DataFrame:
        return page(*args, **kwargs).assign(name=HOSTILE)  # type: ignore[arg-type]

    monkeypatch.setattr(history, "page", with_hostile_names)
    feed = parsed(feeds.atom(changed, BASE))
    body = feed.findtext(f"{ATOM}entry/{ATOM}content", "")
    assert "<script" not in body
    assert "&lt;script&gt;alert(1)&lt;/script&gt; ]]&gt; &amp; " in body
    assert "\U0001f510" in body


def test_a_long_list_is_cut_and_says_how_many_more(
    changed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "MAX_LINES", 2)
    body = parsed(feeds.atom(changed, BASE)).findtext(f"{ATOM}entry/{ATOM}content", "")
    assert body.count("<li>") == 2
    assert f'and 5 more on <a href="{BASE}/whats_new">' in body


def test_a_browser_may_keep_it_until_the_next_release(client: TestClient) -> None:
    answer = client.get("/feed.xml")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert "max-age" in answer.headers["cache-control"]
    again = client.get("/feed.xml", headers={"if-none-match": f'"x", W/{answer.headers["etag"]}'})
    assert again.status_code == 304
    assert again.content == b""
    assert client.get("/feed.xml", headers={"if-none-match": '"older"'}).status_code == 200


def test_addresses_and_identifiers_come_from_the_setting(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CYBER_VALLEYS_SITE_URL", f"{BASE}/map/")
    settings.cache_clear()
    feed = parsed(client.get("/feed/AT.xml").content)
    assert links(feed)["self"] == f"{BASE}/map/feed/AT.xml"
    assert text(feed, "id") == "tag:valleys.example.eu,2026:feed/AT"


@pytest.mark.parametrize("region_id", ["nowhere", "XX", "%3Cscript%3E", "fr-bretagne'--"])
def test_an_unknown_region_is_a_sentence_in_json(client: TestClient, region_id: str) -> None:
    answer = client.get(f"/feed/{region_id}.xml")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/json"
    assert "There is no valley, country or NUTS region" in answer.json()["error"]


def test_without_a_release_it_says_what_to_do(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CYBER_VALLEYS_RELEASES_DIR", str(tmp_path))
    settings.cache_clear()
    answer = client.get("/feed.xml")
    assert answer.status_code == 503
    assert "cyber-valleys refresh" in answer.json()["error"]


def test_json_has_each_change_field_by_field(changed: Database) -> None:
    document = feeds.json_feed(changed, BASE)
    assert document is not None
    feed = json.loads(document)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    (entry,) = feed["items"]
    shown = history.page(changed, Selection(), limit=1_000)
    assert len(entry["_changes"]) == len(shown)
    kinds = {change["kind"] for change in entry["_changes"]}
    assert {"added", "removed", "merged", "moved", "changed"} == kinds
    (name,) = [c for c in entry["_changes"] if c["field"] == "name"]
    assert name["new"].startswith("IT-Cluster <x>&</x>")
    assert feeds.json_feed(changed, BASE, "XX") is None


def test_json_answers_beside_atom(client: TestClient) -> None:
    for path in ("/feed.json", "/feed/AT.json"):
        answer = client.get(path)
        assert answer.headers["content-type"] == "application/feed+json"
        assert answer.json()["feed_url"] == f"{BASE}{path}"
    assert client.get("/feed/XX.json").status_code == 404
