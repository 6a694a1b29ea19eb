"""The copy on a stick: whole by itself, and with the numbers of the site."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote

import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ecosystem.common.settings import settings
from ecosystem.common.store import Database
from ecosystem.finding.filters import Filter
from ecosystem.plain.page import Item, Listing, PlainPage
from ecosystem.tables import organisations, regions
from ecosystem.ui import streamlit_internals
from ecosystem.web import shell, static_site

pytestmark = pytest.mark.slow
HOSTILE = "</main><script>alert(1)</script>\"onmouseover='alert(1)"


class Reader(HTMLParser):
    """What a page says in its main part, and every address that it names."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self.said: list[str] = []
        self._depth = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._depth += tag == "main"
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag == "main"

    def handle_data(self, data: str) -> None:
        if self._depth and data.strip():
            self.said.append(data.strip())


def read(copy: Path, path: str) -> Reader:
    return Reader((copy / path).read_text(encoding="utf-8"))


def test_every_link_leads_to_a_file_of_the_copy_or_away_from_it(static_copy: Path) -> None:
    pages = list(static_copy.rglob("*.html"))
    for page in pages:
        for address in Reader(page.read_text(encoding="utf-8")).addresses:
            if not address.startswith(("https://", "http://")):
                assert (page.parent / unquote(address)).is_file(), (page, address)


def test_nothing_is_loaded_from_elsewhere(static_copy: Path) -> None:
    loaded = re.compile(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=\"([^\"]*)\"|url\(|@import")
    for file in static_copy.rglob("*"):
        if file.suffix in (".html", ".css"):
            for found in loaded.finditer(file.read_text(encoding="utf-8")):
                assert found[1] is not None, file
                assert not found[1].startswith(("http", "//")), file


def test_it_is_small_enough_for_any_stick(static_copy: Path) -> None:
    assert sum(file.stat().st_size for file in static_copy.rglob("*") if file.is_file()) < 15e6


def test_every_organisation_is_in_it_with_its_facts(static_copy: Path, database: Database) -> None:
    rows = pd.read_csv(static_copy / "data" / "organisations.csv", keep_default_na=False)
    assert len(rows) == organisations.count(database)
    for row in rows.itertuples():
        said = " ".join(read(static_copy, f"organisation/{row.org_id}.html").said)
        for fact in (row.name.removeprefix("'"), row.city, str(row.founded)):
            assert str(fact) in said, row.org_id


def test_every_number_of_a_region_is_that_of_the_register(
    static_copy: Path, database: Database
) -> None:
    counted = pd.read_csv(
        static_copy / "data" / "organisations-by-region.csv", dtype={"region_id": str}
    )
    collected = {
        level: regions.is_collected(database, level) for level in counted["level"].unique()
    }
    there = 0
    for row in counted.itertuples():
        file = static_copy / "region" / f"{row.region_id}.html"
        n = organisations.summary(
            database,
            Filter().with_values("valley" if row.level == "valley" else "nuts", [row.region_id]),
        ).organisations
        assert row.organisations_in_register == n
        if file.is_file() and collected[row.level].get(row.region_id, False):
            there += 1
            said = " ".join(read(static_copy, f"region/{row.region_id}.html").said)
            assert re.search(rf"\b{n:,} organisations? in the register", said), row.region_id
    assert there > 50


def test_pages_say_what_the_site_says_at_the_same_address(
    static_copy: Path, releases_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CYBER_VALLEYS_RELEASES_DIR", str(releases_dir))
    settings.cache_clear()
    client = TestClient(Starlette(routes=shell.routes(streamlit_internals.static_folder())))
    same = {
        "index.html": "",
        "regions.html": "regions",
        "directory.html": "directory",
        "directory/2.html": "directory?page=2",
        "region/fr-bretagne.html": "region?region=fr-bretagne",
        "region/DE.html": "region?region=DE",
        "network.html": "network",
        "partnerships.html": "partnerships",
        "practices.html": "practices",
        "investors.html": "investors",
        "events.html": "events",
        "library.html": "library",
        "glossary.html": "glossary",
    }
    for file, address in same.items():
        there = Reader(client.get(f"/{address}").text).said
        assert len(there) > 5, address
        assert read(static_copy, file).said == there


def test_the_search_knows_every_organisation(static_copy: Path, database: Database) -> None:
    first, _, _ = (static_copy / "organisations.js").read_text(encoding="utf-8").partition(";\n")
    rows = json.loads(first.removeprefix("const ORGANISATIONS = "))
    assert len(rows) == organisations.count(database)
    assert all((static_copy / unquote(file)).is_file() for _, _, file, _ in rows)
    (woleet,) = [words for name, _, _, words in rows if name == "Woleet"]
    assert "rennes france" in woleet


def test_addresses_get_files_of_their_own_where_case_makes_no_difference() -> None:
    paths = static_site.Paths()
    assert paths.path_of("") == "index.html"
    assert paths.path_of("region?region=IE") == "region/IE.html"
    assert paths.path_of("region?region=ie") == "region/ie-2.html"
    assert paths.path_of("region?region=IE") == "region/IE.html"
    assert paths.path_of("profile/a%2F..%2F..%2Fb") == "organisation/a_.._.._b.html"
    assert paths.path_of("secretariat") == ""
    assert paths.path_of("about") == ""
    assert [path for _, path in paths.waiting][:2] == ["index.html", "region/IE.html"]


def test_hostile_text_stays_text(database: Database) -> None:
    page = PlainPage(
        heading=HOSTILE,
        description=HOSTILE,
        paragraphs=(HOSTILE,),
        facts=((HOSTILE, HOSTILE),),
        listings=(Listing(HOSTILE, (Item(HOSTILE, f"profile/{quote(HOSTILE, safe='')}"),)),),
    )
    document = static_site.render(database, static_site.Paths(), "organisation/x.html", page)
    found = Reader(document.decode())
    assert found.said.count(HOSTILE) == 6
    assert found.handlers == []
    assert b"<script" not in document
