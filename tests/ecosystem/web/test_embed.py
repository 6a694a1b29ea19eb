"""What other sites show in a frame: the numbers of the site, no script, and the code for it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ecosystem.common.settings import settings
from ecosystem.common.store import Database
from ecosystem.finding.filters import Filter
from ecosystem.tables import organisations
from ecosystem.web import embed

BASE = "https://valleys.example"
FRANCE = Filter(country=("FR",), type=("sme",))


@pytest.fixture
def client(releases_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("CYBER_VALLEYS_RELEASES_DIR", str(releases_dir))
    monkeypatch.setenv("CYBER_VALLEYS_SITE_URL", BASE)
    settings.cache_clear()
    yield TestClient(Starlette(routes=embed.routes()))
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.parametrize("view", embed.VIEWS)
def test_a_frame_has_the_numbers_of_its_filter_and_no_script(
    client: TestClient, database: Database, view: str
) -> None:
    answer = client.get(embed.address("", view, "domain", FRANCE))
    assert answer.status_code == 200
    found = organisations.summary(database, FRANCE)
    assert f"<dt>Organisations</dt><dd>{found.organisations:,}</dd>" in answer.text
    assert "<dt>Shown</dt><dd>" in answer.text
    assert "<script" not in answer.text
    assert "EuroGeographics" in answer.text
    assert 'base target="_blank"' in answer.text
    whole = "directory" if view == "list" else ""
    written = html.escape(urlencode(FRANCE.to_params(), doseq=True))
    assert f'href="./{whole}?{written}"' in answer.text


def test_a_chart_counts_what_the_filter_leaves(client: TestClient, database: Database) -> None:
    text = client.get(embed.address("", "chart", "type", FRANCE)).text
    n = organisations.summary(database, FRANCE).organisations
    assert re.findall(r"<li><span>([^<]*)</span>.*?<b>([^<]*)</b>", text) == [
        ("SME or start-up", f"{n:,}")
    ]
    several = client.get(embed.address("", "chart", "domain", FRANCE)).text
    assert "can count in several rows" in several


def test_the_list_names_the_first_and_says_of_how_many(client: TestClient) -> None:
    text = client.get(embed.address("", "list", "", Filter())).text
    assert text.count("<li>") == 50
    assert "1 to 50 of 465 organisations" in text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("view=table", "view is one of map, list, chart."),
        ("view=chart&measure=name", "measure is one of type, domain"),
    ],
)
def test_what_cannot_be_shown_is_said(client: TestClient, query: str, said: str) -> None:
    answer = client.get(f"/embed?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(said)


def test_hostile_text_stays_text(client: TestClient) -> None:
    hostile = "\"><script>alert(1)</script>' onload='x"
    text = client.get(
        f"/embed?{urlencode({'view': 'list', 'q': hostile, 'measure': hostile})}"
    ).text
    assert "<script" not in text
    assert html.escape(hostile).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in text
    code = embed.code(embed.address(BASE, "map", "", Filter(q=hostile)))
    assert code.count('"') == 2 * 7  # around its attributes
    assert "<script" not in code


def test_oembed_gives_the_frame_of_a_page(client: TestClient) -> None:
    for page, view in (("", "map"), ("/", "map"), ("/directory", "list"), ("/embed", "chart")):
        own = {"view": "chart", "measure": "sector"} if page == "/embed" else {}
        url = f"{BASE}{page}?{urlencode({**own, 'country': 'FR'})}"
        answer = client.get(
            "/oembed", params={"url": url, "maxwidth": "400", "maxheight": "9" * 30}
        )
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert (found["version"], found["type"]) == ("1.0", "rich")
        assert (found["width"], found["height"]) == (400, embed.HEIGHT)
        source = html.unescape(re.search('src="([^"]*)"', found["html"])[1])
        expected = embed.address(BASE, view, "sector", Filter(country=("FR",)))
        assert source == expected
        assert client.get(source.removeprefix(BASE)).status_code == 200


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"url": "https://elsewhere.example/embed"}, 404),
        ({"url": f"{BASE}.evil.example/embed"}, 404),
        ({"url": f"{BASE}/secretariat"}, 404),
        ({"url": f"{BASE}/embed?view=table"}, 404),
        ({}, 404),
        ({"url": f"{BASE}/", "format": "xml"}, 501),
    ],
)
def test_oembed_knows_only_what_can_be_shown(
    client: TestClient, params: dict[str, str], status: int
) -> None:
    answer = client.get("/oembed", params=params)
    assert answer.status_code == status
    assert answer.json()["error"]
