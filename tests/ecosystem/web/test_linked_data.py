"""Organisations as linked data and as documents for search engines."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from defusedxml import ElementTree
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ecosystem.common.settings import settings
from ecosystem.common.store import Database
from ecosystem.tables import organisations
from ecosystem.web import documents, linked_data, routes
from ecosystem.web.pages import PAGES

BASE = "https://valleys.example"
LIMES = "at-limes-security-gmbh"
NAMESPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


@pytest.fixture
def client(releases_dir: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("CYBER_VALLEYS_RELEASES_DIR", str(releases_dir))
    monkeypatch.setenv("CYBER_VALLEYS_SITE_URL", BASE + "/")
    settings.cache_clear()
    return TestClient(Starlette(routes=routes.routes()), follow_redirects=False)


def hostile(database: Database) -> dict[str, Any]:
    record = organisations.one(database, LIMES)
    assert record is not None
    return record | {
        "name": "</script><script>alert(1)</script>",
        "notes": "<img src=x onerror=alert(1)> {{ 7 * 7 }} \u2028",
        "website": "javascript:alert(1)",
        "source_url": "https://example.org/\"onmouseover='x'",
    }


def test_what_is_known_stands_in_it(database: Database) -> None:
    record = organisations.one(database, LIMES)
    assert record is not None
    data = linked_data.organisation(record, BASE)
    assert data["@id"] == f"{BASE}/profile/{LIMES}"
    assert data["name"] == "Limes Security GmbH"
    assert data["foundingDate"] == "2012"
    assert data["address"]["addressCountry"] == "AT"
    assert data["location"]["geo"]["latitude"] == pytest.approx(48.37, abs=0.02)
    assert "Education and training" in data["knowsAbout"]
    assert "alternateName" not in data


def test_every_organisation_gives_valid_json(database: Database) -> None:
    for record in organisations.everything(database, organisations.Filter()).to_dict("records"):
        data = linked_data.organisation(record, BASE)
        assert json.loads(json.dumps(data, allow_nan=False)) == data


def test_register_text_stays_text(database: Database) -> None:
    response = documents.document(database, hostile(database), BASE)
    text = bytes(response.body).decode()
    assert "<script>alert" not in text
    assert "<img" not in text
    assert "{{ 7 * 7 }}" in text
    assert "javascript:" not in text
    tags: list[tuple[str, list[str]]] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: tags.append((tag, [n for n, _ in attrs]))  # type: ignore[method-assign]
    parser.feed(text)
    assert [tag for tag, _ in tags].count("script") == 1
    assert not [name for _, names in tags for name in names if name.startswith("on")]
    found = re.search(r'ld\+json">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    assert json.loads(found[1])["name"] == "</script><script>alert(1)</script>"


def test_a_document_has_a_readable_title(client: TestClient) -> None:
    response = client.get(f"/profile/{LIMES}")
    assert response.status_code == 200
    assert "<title>Limes Security GmbH, Hagenberg im Mühlkreis, Austria |" in response.text
    assert f'<link rel="canonical" href="{BASE}/profile/{LIMES}">' in response.text
    data = client.get(f"/profile/{LIMES}/jsonld")
    assert data.headers["content-type"] == "application/ld+json"
    assert data.json()["name"] == "Limes Security GmbH"


@pytest.mark.parametrize("org_id", ["nobody", "%3Cscript%3E", "..%2f..", "'%20OR%201=1"])
def test_an_unknown_organisation_is_not_found(client: TestClient, org_id: str) -> None:
    response = client.get(f"/profile/{org_id}")
    assert response.status_code == 404
    assert "<" not in response.text


@pytest.mark.slow
def test_the_sitemap_holds_every_organisation_once(
    client: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "PER_SITEMAP", 100)
    index = ElementTree.fromstring(client.get("/sitemap.xml").content)
    parts = [loc.text or "" for loc in index.findall("s:sitemap/s:loc", NAMESPACE)]
    assert len(parts) == 5
    urls = [
        loc.text
        for part in parts
        for loc in ElementTree.fromstring(client.get(part.removeprefix(BASE)).content).findall(
            "s:url/s:loc", NAMESPACE
        )
    ]
    assert len(urls) == len(set(urls))
    profiles = {url for url in urls if url and "/profile/" in url}
    assert set(urls) - profiles == {f"{BASE}/{e.url_path}" for e in PAGES if e.in_sitemap}
    assert profiles == {f"{BASE}/profile/{i}" for i in organisations.ids(database, limit=10_000)}
    assert client.get("/sitemap-6.xml").status_code == 404
    assert client.get("/sitemap-0.xml").status_code == 404


def test_robots_find_the_sitemap(client: TestClient) -> None:
    assert f"Sitemap: {BASE}/sitemap.xml" in client.get("/robots.txt").text
