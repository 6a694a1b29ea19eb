"""The document of each page: title, description, content, before and without any script."""

from __future__ import annotations

import re
from collections import deque
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.proto.Components_pb2 import ComponentInstance
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from ecosystem.common.per_release import Recent
from ecosystem.common.settings import ROOT, settings
from ecosystem.common.store import Database
from ecosystem.finding.filters import Filter
from ecosystem.plain.page import Item, Listing, PlainPage
from ecosystem.tables import investors, organisations, partnerships
from ecosystem.ui import streamlit_internals
from ecosystem.web import shell
from ecosystem.web.pages import PAGES

BASE = "https://valleys.example"
HOSTILE = "</title><script>alert(1)</script>\"onmouseover='alert(1)"


@pytest.fixture
def client(releases_dir: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("CYBER_VALLEYS_RELEASES_DIR", str(releases_dir))
    monkeypatch.setenv("CYBER_VALLEYS_SITE_URL", BASE)
    settings.cache_clear()
    return TestClient(Starlette(routes=shell.routes(streamlit_internals.static_folder())))


class Reader(HTMLParser):
    """Text by element, links, and what a document would run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.items: list[str] = []
        self.meta: dict[str, str] = {}
        self.texts: dict[str, list[str]] = {}
        self.handlers: list[str] = []
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self._open.append(tag)
        self.handlers += [name for name in found if name.startswith("on")]
        if tag == "a":
            self.links.append(found["href"])
        if tag == "meta":
            self.meta[found.get("name", found.get("property", ""))] = found.get("content", "")

    def handle_data(self, data: str) -> None:
        if self._open and data.strip():
            self.texts.setdefault(self._open[-1], []).append(data.strip())

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass


def read(client: TestClient, path: str) -> Reader:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.text.count('<div id="root"></div>') == 1
    return Reader(answer.text)


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.name)
def test_every_page_has_a_title_and_says_what_it_is(client: TestClient, entry) -> None:
    found = read(client, f"/{entry.url_path}")
    title, *_ = found.texts["title"]  # the marks of a map have their own after it
    assert title.endswith(" · Cyber Valleys")
    assert "Streamlit" not in title
    assert len(found.meta["description"]) > 20
    assert found.meta["og:title"] == title
    assert len(found.texts["h1"]) == 1
    assert ("noindex" in found.meta.get("robots", "")) == (not entry.in_sitemap)


def test_the_map_counts_as_the_register_does(client: TestClient, database: Database) -> None:
    found = read(client, "/")
    everything = organisations.summary(database, Filter())
    assert found.texts["dd"] == [
        f"{n:,}" for n in (everything.organisations, everything.valleys, everything.countries)
    ]
    assert "29 organisations in the register" in found.texts["span"]
    assert "/region?region=fr-bretagne" in found.links


def test_a_filter_in_the_address_counts(client: TestClient, database: Database) -> None:
    found = read(client, "/directory?type=csirt")
    n = organisations.summary(database, Filter(type=("csirt",))).organisations
    assert found.texts["dd"][0] == f"{n:,}"
    assert found.meta["robots"] == "noindex"


@pytest.mark.slow
def test_every_organisation_is_reached_page_by_page(client: TestClient, database: Database) -> None:
    path, reached = "/directory", set()
    while path:
        found = read(client, path)
        reached |= {link for link in found.links if "/profile/" in link}
        after = [link for link in found.links if "page=" in link and link.endswith(_next(path))]
        path = after[0] if after else ""
    assert len(reached) == organisations.count(database)


def _next(path: str) -> str:
    number = re.search(r"page=(\d+)", path)
    return f"page={int(number[1]) + 1 if number else 2}"


def test_a_crawler_is_answered_everywhere_and_little_of_it_is_kept(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: Recent[shell.Document] = Recent(20)
    monkeypatch.setattr(shell, "_documents", lambda _: kept)
    pages = {f"/{entry.url_path}" for entry in PAGES}
    known, waits = {"/"}, deque(["/"])
    for _ in range(60):
        path = waits.popleft()
        for link in read(client, path).links:
            found = urlsplit(urljoin(path, link))
            address = f"{found.path}?{found.query}"
            if found.path in pages and address not in known:
                known.add(address)
                waits.append(address)
    assert len(kept) == 20


def test_a_region_says_of_how_many(client: TestClient) -> None:
    found = read(client, "/region?region=FRH0")
    assert found.texts["h1"] == ["Brittany (Bretagne)"]
    assert any(text.startswith("Coverage: ") for text in found.texts["p"])
    assert "/region?region=fr-bretagne" in read_canonical(client, "/region?region=FRH0")


def read_canonical(client: TestClient, path: str) -> str:
    found = re.search('rel="canonical" href="([^"]*)"', client.get(path).text)
    return found[1] if found else ""


def test_an_organisation_has_its_facts_and_its_lasting_address(client: TestClient) -> None:
    path = "/organisation?org=at-limes-security-gmbh"
    found = read(client, path)
    assert found.texts["h1"] == ["Limes Security GmbH"]
    assert "2012" in found.texts["dd"]
    assert read_canonical(client, path) == f"{BASE}/profile/at-limes-security-gmbh"


@pytest.mark.parametrize(
    "path",
    [
        "/organisation?org=zz-none",
        "/partnership?id=none",
        "/practice?id=",
        "/events?id=x",
        "/investor?id=x",
    ],
)
def test_what_is_not_there_is_said_and_not_kept(client: TestClient, path: str) -> None:
    found = read(client, path)
    assert any(text.startswith("There is no ") for text in found.texts["p"])
    assert found.meta["robots"] == "noindex"


def test_every_partnership_is_listed_and_readable(client: TestClient, database: Database) -> None:
    found = read(client, "/partnerships")
    for row in partnerships.selection(database).to_dict("records"):
        address = f"/partnership?id={row['partnership_id']}"
        assert address in found.links
    assert read(client, address).texts["h1"] == [row["name"]]


def test_every_investor_is_listed_and_a_ticket_that_isn_t_known_is_said_so(
    client: TestClient, database: Database
) -> None:
    found = read(client, "/investors")
    for investor_id in investors.selection(database)["investor_id"]:
        assert f"/investor?id={investor_id}" in found.links
    one = read(client, "/investor?id=tikehau-capital")
    assert one.texts["dd"] == ["Paris, France", "Series B, Growth", "not known"]


def test_nothing_of_an_address_or_the_register_becomes_markup() -> None:
    page = PlainPage(
        heading=HOSTILE,
        description=HOSTILE,
        paragraphs=(HOSTILE,),
        facts=((HOSTILE, HOSTILE),),
        listings=(Listing(HOSTILE, (Item(HOSTILE, f"region?{HOSTILE}", HOSTILE),)),),
        canonical=HOSTILE,
    )
    whole = shell.Shell("<!doctype html><html><head>", "</head><body>", "</body></html>")
    text = shell.document(whole, page, BASE).text
    found = Reader(text)
    assert found.texts["h1"] == [HOSTILE]
    assert found.handlers == []
    assert re.findall(r"<script[^>]*>", text) == [
        f'<script src="{BASE}/assets/{name}.js">' for name in ("connection", "plain", "early_map")
    ]
    assert "alert(1)" not in found.texts.get("script", [""])[0]


@pytest.mark.parametrize("path", ["/", "/regions", "/organisation"])
def test_a_browser_waits_for_no_file_before_it_paints_the_words(
    client: TestClient, path: str
) -> None:
    before, found, after = client.get(path).text.partition('<div id="plain">')
    assert found
    loads = re.compile(r'<script[^>]* src=|<link rel="(?:stylesheet|modulepreload)"')
    assert loads.findall(before) == []
    words, _, after = after.partition("</footer>")
    assert loads.findall(words) == []
    own, streamlit_s = (after.index(name) for name in ("/plain.js", 'type="module"'))
    assert own < streamlit_s < after.index('<div id="root">')


def test_the_map_is_where_its_script_looks_for_it_in_streamlit_s_protocol() -> None:
    script = (ROOT / "ecosystem/ui/assets/early_map.js").read_text(encoding="utf-8")
    (way,) = re.findall(r"WAY = \[([\d, ]+)\]", script)
    ((hash_, repeated),) = re.findall(r"HASH = (\d+), REPEATED = (\d+)", script)
    fields = [(ForwardMsg, "delta"), (Delta, "new_element"), (Element, "component_instance")]
    fields += [(ComponentInstance, "json_args"), (ForwardMsg, "hash"), (ForwardMsg, "ref_hash")]
    numbers = [kind.DESCRIPTOR.fields_by_name[name].number for kind, name in fields]
    assert [int(number) for number in (*way.split(","), hash_, repeated)] == numbers


def test_what_the_browser_has_is_not_sent_again(client: TestClient) -> None:
    tag = client.get("/about").headers["etag"]
    again = client.get("/about", headers={"if-none-match": tag})
    assert again.status_code == 304
    assert again.content == b""
    plain = client.get("/about", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == client.get("/about").text


def test_an_address_of_any_length_is_answered(client: TestClient) -> None:
    assert read(client, "/directory?q=" + "a" * 5_000).texts["h1"] == ["Directory"]
    assert read(client, "/directory?" + "q=a&" * 400).texts["h1"] == ["Directory"]


def test_without_a_release_the_shell_is_sent_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CYBER_VALLEYS_RELEASES_DIR", str(tmp_path))
    settings.cache_clear()
    client = TestClient(Starlette(routes=shell.routes(streamlit_internals.static_folder())))
    assert read(client, "/").texts["h1"] == ["Map"]


def test_an_address_without_a_page_has_a_document_too() -> None:
    missing = shell.page_not_found(streamlit_internals.static_folder(), "Nothing <here>.")
    answer = TestClient(Starlette(routes=[Route("/{path}", missing)])).get("/nowhere")
    assert answer.status_code == 404
    assert "<title>Page not found · Cyber Valleys</title>" in answer.text
    assert "Nothing &lt;here&gt;." in answer.text
    assert 'name="robots" content="noindex"' in answer.text
    assert '<style id="late-fonts" media="all">@font-face' in answer.text


def test_nothing_of_a_half_made_page_shows_through_its_plain_words() -> None:
    """The menu at the top stands above the page, so the plain words must stand above the menu."""
    head = (ROOT / "ecosystem/web/templates/shell_head.html").read_text(encoding="utf-8")
    style = (ROOT / "ecosystem/ui/assets/site.css").read_text(encoding="utf-8")
    (plain,) = re.findall(r"#plain \{[^}]*z-index: (\d+)", head)
    menu = re.findall(r"z-index: (\d+)", style)
    assert int(plain) > max(map(int, menu))


def test_another_shell_of_streamlit_is_an_error_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<title>Something else</title>", encoding="utf-8")
    with pytest.raises(ValueError, match="another form"):
        shell.routes(tmp_path)


@pytest.mark.parametrize(("site", "root"), [(BASE, "/"), (f"{BASE}/valleys/", "/valleys/")])
def test_whoever_comes_by_another_name_loads_and_follows_the_same(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, site: str, root: str
) -> None:
    monkeypatch.setenv("CYBER_VALLEYS_SITE_URL", site)
    settings.cache_clear()
    text = client.get("/directory", headers={"host": "tunnel.example"}).text
    loaded = re.findall(r'<(?:script src|link rel="stylesheet" href)="([^"]+)"', text)
    assert f"{root}assets/plain.js" in loaded
    assert not [address for address in loaded if "//" in address]
    own = [address for address in Reader(text).links if address.startswith(BASE)]
    assert own == []


@pytest.mark.parametrize(("path", "waits"), [("/", True), ("/regions", False)])
def test_fonts_wait_for_the_map(client: TestClient, path: str, waits: bool) -> None:
    head, _, _ = client.get(path).text.partition('<div id="root">')
    assert ('as="font"' not in head) is waits
    media = "not all" if waits else "all"
    (late,) = re.findall(f'<style id="late-fonts" media="{media}">(.+?)</style>', head)
    assert late.count("@font-face") == 3
    assert "@font-face" not in head.replace(late, "")
