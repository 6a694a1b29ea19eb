"""What the site says of organisations that closed, merged or were acquired."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ecosystem import export
from ecosystem.common.settings import settings
from ecosystem.common.store import Database, current
from ecosystem.finding.filters import Filter
from ecosystem.tables import history, life, organisations
from ecosystem.web import feeds, routes
from etl.inbox.store import Inbox
from tests.pages.conftest import Visit, use_releases
from tests.pages.test_pages import words
from tests.pages.test_shortlist import page_links

CLOSED, MERGED, ACQUIRED = "at-limes-security-gmbh", "be-a6k", "at-cyan-security-group-gmbh"
BASE = "https://valleys.example"


@pytest.fixture(scope="module")
def database(ended_releases_dir: Path) -> Iterator[Database]:
    database = Database(current(ended_releases_dir))
    yield database
    database.close()


@pytest.fixture
def ended(visit: Visit, ended_releases_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Visit:
    use_releases(monkeypatch, ended_releases_dir)
    return visit


@pytest.fixture
def client(ended_releases_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("CYBER_VALLEYS_RELEASES_DIR", str(ended_releases_dir))
    settings.cache_clear()
    yield TestClient(Starlette(routes=routes.routes()), base_url=BASE, follow_redirects=False)
    settings.cache_clear()


def test_nothing_counts_or_finds_what_has_ended(database: Database) -> None:
    assert organisations.summary(database, Filter()).organisations == 463
    assert organisations.summary(database, Filter(q="Limes Security")).organisations == 0
    ids = set(organisations.everything(database, Filter())["org_id"])
    assert not {CLOSED, MERGED} & ids
    assert ACQUIRED in ids
    assert not {CLOSED, MERGED} & set(organisations.ids(database, limit=1000))
    rows = export.rows(database, Filter()).set_index("org_id")
    assert rows.loc[ACQUIRED, ["status", "status_year", "successor_name"]].tolist() == [
        "acquired",
        2018,
        "cyan AG",
    ]


def test_what_became_of_each(database: Database) -> None:
    said = {}
    for org_id in (CLOSED, MERGED, ACQUIRED, "be-aikido-security"):
        fate = life.fate(organisations.one(database, org_id) or {})
        said[org_id] = fate.sentence() if fate else ""
    assert said == {
        CLOSED: "It closed in 2024.",
        MERGED: "It merged into Aikido Security in 2023.",
        ACQUIRED: "It was acquired by cyan AG in 2018.",
        "be-aikido-security": "",
    }
    assert life.Fate("closed", "", "X", "", "").sentence() == "It closed. X carries on its work."
    assert list(organisations.ended(database)["org_id"]) == [MERGED, CLOSED]


def test_the_page_of_a_closed_one_stays_and_says_so(ended: Visit) -> None:
    app = ended("organisation", {"org": CLOSED})
    assert not app.exception
    assert app.title[0].value == "Limes Security GmbH"
    (said,) = app.warning
    assert said.value.startswith("It closed in 2024. It is no longer on the map or in any count.")
    assert "[Source](https://example.org/closed)" in said.value
    shown = words(app)
    assert "Has closed in 2024" in shown
    links = page_links(app)
    assert "Show on the map" not in links
    assert not [label for label in links if "what the label asks for" in label]


def test_the_page_of_a_merged_one_leads_to_the_other(ended: Visit) -> None:
    app = ended("organisation", {"org": MERGED})
    assert app.warning[0].value.startswith("It merged into Aikido Security in 2023.")
    assert "Aikido Security" in page_links(app)
    other = ended("organisation", {"org": "be-aikido-security"})
    assert "- A6K was merged into this entry" in words(other)


def test_an_acquired_one_names_its_owner_and_stays(ended: Visit) -> None:
    app = ended("organisation", {"org": ACQUIRED})
    assert app.info[0].value.startswith("It was acquired by cyan AG in 2018. [Source](")
    assert "Show on the map" in page_links(app)


def test_whats_new_tells_it_in_words(ended: Visit) -> None:
    app = ended("whats_new")
    shown = words(app)
    assert "1 closed · 1 merged into another · 1 acquired by another" in shown
    assert "**Limes Security GmbH** · has closed" in page_links(app)
    assert "- Has closed in 2024" in shown
    assert "Acquired by: **cyan AG**" in shown
    assert "removed" not in shown


def test_the_feed_tells_it_in_words(database: Database) -> None:
    document = (feeds.atom(database, BASE) or b"").decode()
    assert "Has closed in 2024" in document
    assert "Acquired by: cyan AG" in document
    assert "1 closed, 1 merged into another, 1 acquired by another" in document


def test_a_shortlist_says_what_became_of_one(ended: Visit) -> None:
    app = ended("shortlist", {"list": [CLOSED, ACQUIRED]})
    assert not app.exception
    said = [info.value for info in app.info]
    assert "Limes Security GmbH has closed or merged." in said
    assert not any("can't be found any more" in text for text in said)


def test_identifiers_that_browsers_keep_stay(database: Database) -> None:
    kept = [CLOSED, MERGED, "xx-unknown"]
    assert history.current_ids(database, kept) == {CLOSED: CLOSED, MERGED: MERGED}


def test_the_lasting_address_stays(client: TestClient) -> None:
    page = client.get(f"/profile/{MERGED}")
    assert page.status_code == 200
    assert "<strong>It merged into Aikido Security in 2023.</strong>" in page.text
    links = [urljoin(str(page.url), link) for link in re.findall('href="([^"]*)"', page.text)]
    assert urljoin(str(page.url), "/profile/be-aikido-security") in links
    closed = client.get(f"/profile/{CLOSED}/jsonld").json()
    assert closed["dissolutionDate"] == "2024"
    owned = client.get(f"/profile/{ACQUIRED}/jsonld").json()
    assert owned["parentOrganization"] == {"@type": "Organization", "name": "cyan AG"}
    assert CLOSED not in client.get("/sitemap-1.xml").text


def test_a_release_without_statuses_is_shown(database: Database) -> None:
    assert life.fate({"name": "A"}) is None
    assert not life.has_ended({"name": "A"})


@pytest.mark.slow
def test_that_a_closed_one_is_active_again_can_be_suggested(
    ended: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CYBER_VALLEYS_INBOX_FILE", str(tmp_path / "inbox.sqlite"))
    monkeypatch.setattr("etl.inbox.reception.MIN_SECONDS", -1.0)
    settings.cache_clear()
    app = ended("suggest", {"org": CLOSED})
    happened = app.radio(key=f"suggest_{CLOSED}_event")
    assert "It has closed" not in happened.options
    happened.set_value("active").run()
    app.text_input(key=f"suggest_{CLOSED}_source_url").set_value("https://example.org/back").run()
    app.button(key="send").click().run()
    assert not app.exception
    (kept,) = Inbox(tmp_path / "inbox.sqlite").suggestions()
    assert (kept.before["status"], kept.values["status"]) == ("closed", "active")
    assert (kept.before["status_year"], kept.values["status_year"]) == ("2024", "")
    assert kept.values["source_url"] == "https://example.org/back"
