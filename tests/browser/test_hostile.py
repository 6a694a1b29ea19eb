"""What text in the register, an address or sheer numbers could do to the site, in Chromium."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pandas as pd
import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Dialog, expect

from benchmarks.synthetic import synthetic_register
from ecosystem.common.settings import settings
from etl import pipeline
from tests.browser.server import serving
from tests.browser.site import MAP, Site, Tour

# Each is a name in the register, and a note; nothing of it may be more than characters.
HOSTILE = (
    "<script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "`${window.pwned=1}` {{ 7*7 }} {% raw %}",
    "\"double\" 'single' \\backslashes\\ \\u003cb\\u003e",
    "</script><svg onload=window.pwned=1>",
    "![x](https://evil.example/x.png) [a](javascript:window.pwned=1)",
    ":red[x] :material/home: :smile: $x^2$ **b** <x>u</x>",
    "مرحبا بالعالم שלום 👩‍💻 Łódź",
    '=HYPERLINK("http://evil.example","x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
)
TOWN = "T</strong><img src=x onerror=window.pwned=1>`${window.pwned=1}`"
VALLEY = "V<script>window.pwned=1</script> :red[x] `${1}`"
# A host that would be a formula in Markdown.
WEBSITE = "https://$x^2$.evil.example/'onclick='window.pwned=1"
MARK = "hostilerow"
JOINER = "\u2060"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# Two valleys that a partnership of hostile names links.
LINKED = (("FR", "fr-bretagne", "FRH0"), ("DE", "de-berlin-brandenburg", "DE30"))
TIES = ("partnerships.csv", "partnership_members.csv", "practices.csv")
CAPITAL = ("investors.csv", "funding_rounds.csv", "programmes.csv")
IDS = tuple(f"gr-hostile-{i}" for i in range(len(HOSTILE)))


def release_of(folder: Path, change: Callable[[str, pd.DataFrame], pd.DataFrame]) -> Path:
    """A release of the register with its files changed; gives the folder of releases."""
    register = Path(shutil.copytree(settings().register_dir, folder / "register"))
    for name in (
        "organisations.csv",
        "valleys.csv",
        "network.csv",
        "s3_wordings.csv",
        *TIES,
        *CAPITAL,
    ):
        frame = pd.read_csv(register / name, dtype="str", keep_default_na=False)
        change(name, frame).to_csv(register / name, index=False)
    outcome = pipeline.run(register, folder / "releases")
    assert outcome.release_id, [*outcome.rejections, *outcome.gates]
    return folder / "releases"


def with_hostile_ties(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """A partnership and a practice for each text, and a partnership whose members all are."""
    rows: list[dict[str, str]]
    sourced = {"source_url": "https://example.org/$y^2$", "evidence": "page", "website": WEBSITE}
    if name == "partnership_members.csv":
        rows = [
            {**sourced, "partnership_id": "hostile-0", "member_name": text, "role": "partner",
             "country": "GR", "nuts_code": "EL43"}
            for text in HOSTILE
        ] + [
            {**sourced, "partnership_id": "hostile-1", "member_name": text, "role": "partner",
             "country": country, "valley_id": valley, "nuts_code": nuts}
            for text, (country, valley, nuts) in zip(HOSTILE[5:7], LINKED, strict=True)
        ]  # fmt: skip
    else:
        id_, kind = ("partnership_id", "pilot") if name == TIES[0] else ("practice_id", "voucher")
        rows = [
            {**sourced, id_: f"hostile-{i}", "kind": kind, "name": text, "coordinator": text,
             "summary": f"{text} {MARK}"}
            for i, text in enumerate(HOSTILE)
        ]  # fmt: skip
    new = pd.DataFrame(rows)
    return pd.concat([frame, new[[c for c in frame.columns if c in new]]]).fillna("")


def with_hostile_capital(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """An investor, a round that it leads and a programme for each text."""
    sourced = {"source_url": "https://example.org/$y^2$", "evidence": "page", "website": WEBSITE}
    rows = [
        {**sourced, "investor_id": f"hostile-{i}", "programme_id": f"hostile-{i}", "name": text,
         "country": "GR", "stages": "seed", "org_id": IDS[0], "round": "seed",
         "date": f"20{10 + i}", "lead_investors": text.replace(";", ","),
         "lead_investor_ids": f"hostile-{i}", "organiser": text, "town": TOWN, "services": text,
         "cohort_size": text, "notes": f"{text} {MARK}"}
        for i, text in enumerate(HOSTILE)
    ]  # fmt: skip
    new = pd.DataFrame(rows)
    if name == "funding_rounds.csv":
        new["name"] = HOSTILE[0]
    return pd.concat([frame, new[[c for c in frame.columns if c in new]]]).fillna("")


def with_hostile_rows(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    if name in TIES:
        return with_hostile_ties(name, frame)
    if name in CAPITAL:
        return with_hostile_capital(name, frame)
    if name == "network.csv":
        new = [
            {"entity_id": f"hostile-{i}", "name": text, "scope": "regional", "country": "GR",
             "kind": "cluster", "website": WEBSITE, "evidence": "page", "notes": f"{text} {MARK}",
             "source_url": "https://example.org/$y^2$"}
            for i, text in enumerate(HOSTILE)
        ]  # fmt: skip
        return pd.concat([frame, pd.DataFrame(new)]).fillna("")
    if name == "s3_wordings.csv":
        words = [
            {"valley_id": LINKED[1][1], "original_wording": HOSTILE[6], "code": "digital-trust"}
        ]
        return pd.concat([frame, pd.DataFrame(words)])
    if name == "valleys.csv":
        row = frame["valley_id"] == "de-berlin-brandenburg"
        frame.loc[row, ["name", "summary", "coordinator"]] = [VALLEY, HOSTILE[0], HOSTILE[1]]
        return frame
    row = {
        "type": "sme",
        "city": TOWN,
        "country": "GR",
        "lat": "35.24",
        "lon": "24.81",
        "domains": "cryptology",
        "functions": "protect",
        "evidence": "page",
        "website": WEBSITE,
        "source_url": "https://example.org/$y^2$",
    }
    rows = [
        {**row, "org_id": id_, "name": text, "former_names": text, "notes": f"{text} {MARK}"}
        for id_, text in zip(IDS, HOSTILE, strict=True)
    ]
    return pd.concat([frame, pd.DataFrame(rows)]).fillna("")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a site whose register holds the hostile rows."""
    with serving(release_of(tmp_path_factory.mktemp("hostile"), with_hostile_rows)) as address:
        yield address


class Victim(Site):
    """A visitor who notes dialogs too."""

    def __enter__(self) -> Victim:
        super().__enter__()
        self.listen("dialog", self._dismiss)
        return self

    def _dismiss(self, dialog: Dialog) -> None:
        self.complaints.append("dialog")
        dialog.dismiss()

    def check_unharmed(self) -> None:
        """Nothing of the register ran, was fetched, or became an element of the page."""
        for frame in self.page.frames:
            assert frame.evaluate("window.pwned") is None
            made = frame.locator('[onerror], [onload], [onclick], [href^="javascript:"]')
            assert made.count() == 0
            assert frame.locator('[src*="evil.example"], [src="x"], .katex').count() == 0
            # The host itself stands in texts alone; an address that may be one has another name.
            assert frame.locator('a[href*="/evil.example"], a[href*="@evil"]').count() == 0
        assert self.foreign == []
        assert self.complaints == []


@pytest.fixture
def victim(browser: Browser, hostile: str) -> Iterator[Victim]:
    with Victim(browser, hostile) as site:
        yield site


@pytest.fixture(scope="module")
def tour(browser: Browser, hostile: str) -> Iterator[Tour[Victim]]:
    """A visitor whom links lead from one hostile page or address to the next."""
    tour = Tour(lambda: Victim(browser, hostile))
    yield tour
    tour.end()


def shown(text: str, *, whole: bool = True) -> re.Pattern[str]:
    """What a text looks like on a page, where a joiner keeps an address from becoming a link."""
    pattern = re.escape(" ".join(text.split())).replace("://", f"{JOINER}?://")
    return re.compile(rf"^\s*{pattern}\s*$" if whole else pattern)


def test_map_list_and_cards_show_hostile_text_as_it_is(victim: Victim) -> None:
    victim.visit(f"/?q={MARK}")
    listed = [victim.page.locator(f".st-key-list_{id_} button").first for id_ in IDS]
    for button, text in zip(listed, HOSTILE, strict=True):
        expect(button).to_have_text(shown(f"{text} · {TOWN}"))

    symbol = victim.symbols()[0]
    victim.page.mouse.move(symbol["x"], symbol["y"])
    assert victim.map.locator(".cv-tooltip strong").inner_text() == TOWN
    victim.click_symbol(len(HOSTILE))
    card = victim.page.locator(".st-key-card")
    expect(card.get_by_role("heading")).to_have_text(f"{TOWN}, Greece")
    for id_, text in zip(IDS, HOSTILE, strict=True):
        expect(card.locator(f".st-key-place_{id_} button").first).to_have_text(
            shown(f"{text} · {TOWN}")
        )
    victim.check_unharmed()

    for button, text in zip(listed, HOSTILE, strict=True):
        button.click()
        expect(card.get_by_role("heading")).to_have_text(shown(text))
        expect(card.get_by_text(shown(f"{text} {MARK}"))).to_be_visible()
        expect(card.get_by_role("link", name="$x^2$.evil.example")).to_be_visible()
    victim.check_unharmed()


def test_valley_shows_hostile_text_as_it_is(victim: Victim) -> None:
    victim.visit("/?valley=de-berlin-brandenburg&selected=valley:de-berlin-brandenburg")
    card = victim.page.locator(".st-key-card")
    expect(card.get_by_role("heading")).to_have_text(VALLEY)
    for text in HOSTILE[:2]:
        expect(card.get_by_text(text, exact=True)).to_be_visible()
    expect(victim.page.get_by_text(f"in {VALLEY}", exact=True)).to_be_visible()
    expect(victim.page.get_by_test_id("stSidebar").get_by_text(VALLEY)).to_be_visible()
    assert VALLEY in victim.map.locator(".cv-label").all_inner_texts()
    victim.check_unharmed()


@pytest.mark.parametrize(("id_", "text"), list(zip(IDS, HOSTILE, strict=True)))
def test_organisation_page_shows_hostile_text_as_it_is(
    tour: Tour[Victim], id_: str, text: str
) -> None:
    with tour.at(f"/organisation?org={id_}") as victim:
        expect(victim.page.get_by_test_id("stMain").get_by_role("heading", level=1)).to_have_text(
            shown(text)
        )
        expect(victim.page.get_by_text(shown(f"{text} {MARK}", whole=False)).first).to_be_visible()
        expect(victim.page.get_by_text(TOWN).first).to_be_visible()
        victim.check_unharmed()


def test_directory_and_downloads_show_hostile_text_as_it_is(victim: Victim) -> None:
    victim.visit(f"/directory?q={MARK}", with_map=False)
    for text in HOSTILE:
        expect(victim.page.get_by_role("link").filter(has_text=shown(text))).to_be_visible()
        expect(victim.page.get_by_text(shown(f"{text} {MARK}", whole=False))).to_be_visible()
    victim.check_unharmed()

    victim.visit(f"/directory?q={MARK}&view=table", with_map=False)
    cells = victim.page.locator("canvas td[role=gridcell]")
    expect(cells.first).to_be_attached()
    found = set(cells.all_text_contents())
    assert {*HOSTILE, TOWN} <= found
    victim.check_unharmed()

    sheet = load_workbook(io.BytesIO(download(victim, "Excel")))["Organisations"]
    assert all(cell.data_type != "f" for row in sheet.rows for cell in row)
    header, *rows = [[str(v or "") for v in row] for row in sheet.iter_rows(values_only=True)]
    lines = list(csv.reader(io.StringIO(download(victim, "CSV").decode("utf-8-sig"))))
    for table in ([header, *rows], lines):
        number = table[0].index("name")
        assert {row[number].removeprefix("'") for row in table[1:]} == set(HOSTILE)
        assert not any(cell.startswith(FORMULA_STARTS) for row in table for cell in row)
    features = json.loads(download(victim, "GeoJSON"))["features"]
    assert {feature["properties"]["name"] for feature in features} == set(HOSTILE)


def test_shortlist_shows_hostile_text_as_it_is(victim: Victim) -> None:
    for ids, texts in ((IDS[:5], HOSTILE[:5]), (IDS[5:], HOSTILE[5:])):
        chosen = "&".join(f"list={id_}" for id_ in ids)
        victim.visit(f"/shortlist?{chosen}", with_map=False)
        headings = victim.page.get_by_test_id("stTable").get_by_role("columnheader")
        found = {text.replace(JOINER, "") for text in headings.all_inner_texts()}
        assert found == {"Organisation", *texts}
        victim.check_unharmed()


@pytest.mark.parametrize("path", ["partnerships", "practices"])
def test_lists_and_their_files_show_hostile_text_as_it_is(victim: Victim, path: str) -> None:
    victim.visit(f"/{path}?words={MARK}", with_map=False)
    for text in HOSTILE:
        expect(victim.page.get_by_role("link").filter(has_text=shown(text))).to_be_visible()
        expect(victim.page.get_by_text(shown(f"{text} {MARK}", whole=False))).to_be_visible()
    victim.check_unharmed()
    book = load_workbook(io.BytesIO(download(victim, "Excel", counted=False)))
    sheet = book[path.capitalize()]
    assert all(cell.data_type != "f" for row in sheet.rows for cell in row)
    rows = [[str(v or "") for v in row] for row in sheet.iter_rows(values_only=True)]
    text = download(victim, "CSV", counted=False).decode("utf-8-sig")
    for table in (rows, list(csv.reader(io.StringIO(text)))):
        number = table[0].index("name")
        assert {row[number].removeprefix("'") for row in table[1:]} == set(HOSTILE)
        assert not any(cell.startswith(FORMULA_STARTS) for row in table for cell in row)


def test_the_network_and_its_matrix_show_hostile_text_as_it_is(victim: Victim) -> None:
    one, other = sorted(valley for _, valley, _ in LINKED)
    victim.visit(f"/network?selected=link:{one}~{other}")
    card = victim.page.locator(".st-key-card")
    expect(card.get_by_role("heading")).to_have_text(f"{VALLEY} – Brittany")
    expect(card.get_by_role("link", name=HOSTILE[1], exact=True)).to_be_visible()
    for text in HOSTILE[5:7]:
        expect(card.get_by_text(shown(text, whole=False))).to_be_visible()
    victim.check_unharmed()

    victim.go_to(f"/network?show=bodies&words={MARK}")
    cells = victim.page.locator("canvas td[role=gridcell]")
    expect(cells.first).to_be_attached()
    assert set(HOSTILE) <= set(cells.all_text_contents())
    victim.check_unharmed()

    victim.go_to(f"/specialisation?cell={LINKED[1][1]}~digital-trust", with_map=False)
    expect(
        victim.page.get_by_text(f"{VALLEY} declares Digital trust (“{HOSTILE[6]}”)")
    ).to_be_visible()
    victim.check_unharmed()


def test_a_partnership_with_its_members_shows_hostile_text_as_it_is(victim: Victim) -> None:
    victim.visit("/partnership?id=hostile-0", with_map=False)
    expect(victim.page.get_by_test_id("stMain").get_by_role("heading", level=1)).to_have_text(
        HOSTILE[0]
    )
    members = victim.page.locator(".st-key-rows_members")
    for text in HOSTILE:
        expect(members.get_by_text(shown(text))).to_be_visible()
    victim.check_unharmed()


def test_investors_matches_cohort_and_programmes_show_hostile_text_as_it_is(
    victim: Victim,
) -> None:
    page = victim.page
    victim.visit("/investor?id=hostile-6", with_map=False)
    expect(page.get_by_test_id("stMain").get_by_role("heading", level=1)).to_have_text(
        shown(HOSTILE[6])
    )
    expect(page.get_by_text(shown(HOSTILE[0], whole=False)).first).to_be_visible()
    victim.check_unharmed()
    rows_of = {
        f"/matching?org={IDS[0]}&country=GR": "listed",
        "/matching?show=companies&investor=hostile-1&country=GR": "listed",
        f"/cohort?size=10&{'&'.join(f'list={id_}' for id_ in IDS)}": "cohort",
        f"/programme?words={MARK}": "programmes",
    }
    for address, key in rows_of.items():
        victim.go_to(address, with_map=False)
        for text in HOSTILE:
            listed = page.locator(f".st-key-rows_{key}").get_by_text(shown(text))
            expect(listed.first).to_be_visible()
        victim.check_unharmed()


def download(site: Site, label: str, *, counted: bool = True) -> bytes:
    name = f"{label} ({len(HOSTILE)})" if counted else label
    with site.page.expect_download() as started:
        site.page.get_by_role("button", name=name, exact=True).click()
    return Path(started.value.path()).read_bytes()


def test_the_table_offers_no_download_of_its_own(victim: Victim) -> None:
    """Streamlit's own writes one page of rows, and formulas as they are."""
    victim.visit(f"/directory?q={MARK}&view=table", with_map=False)
    victim.page.get_by_test_id("stDataFrame").hover()
    expect(victim.page.get_by_role("button", name="Download as CSV")).not_to_be_visible()


WRITTEN_OUT = quote("https://evil.example/x www.evil.example me@evil.example")


@pytest.mark.parametrize("path", ["/?q=", "/directory?q=", "/region?region="])
def test_an_address_in_an_address_is_no_link(victim: Victim, path: str) -> None:
    """Markdown makes links of addresses that are only written out, escaped or not."""
    victim.visit(f"{path}{WRITTEN_OUT}", with_map=False)
    expect(victim.page.get_by_text("evil.example").first).to_be_visible(timeout=60_000)
    victim.check_unharmed()


LONG = "9" * 5000
ADDRESSES = {
    "search": f"/?q={quote(HOSTILE[0])}",
    "search, Markdown": f"/?q={quote(HOSTILE[5])}",
    "selection": f"/?selected={quote('org:' + HOSTILE[1])}",
    "selection of no kind": f"/?selected={quote(HOSTILE[1])}",
    "valley": f"/?valley={quote(HOSTILE[4])}&selected={quote('valley:' + HOSTILE[2])}",
    "region": f"/?nuts={quote(HOSTILE[0])}&selected={quote('region:' + HOSTILE[2])}",
    "place of the map": "/?at=48.1,1e308,1e308",
    "level": f"/?level={quote(HOSTILE[2])}&measure={quote(HOSTILE[0])}&basemap={LONG}",
    "long search": f"/?q={LONG}",
    "long values": f"/?selected=org:{LONG}&type={LONG}&founded={LONG}&page={LONG}&at={LONG}",
    "organisation": f"/organisation?org={quote(HOSTILE[1])}",
    "long organisation": f"/organisation?org={LONG}",
    "regions": f"/regions?level={quote(HOSTILE[2])}&measure={quote(HOSTILE[0])}&domain={LONG}",
    "region of its own page": f"/region?region={quote(HOSTILE[2])}",
    "comparison": f"/compare?compare={quote(HOSTILE[2])}&compare={LONG}&compare={quote(VALLEY)}",
    "directory": f"/directory?sort={quote(HOSTILE[0])}&order={LONG}&page={LONG}",
    "partnerships": f"/partnerships?words={quote(HOSTILE[1])}&kind={LONG}&year={LONG}&page={LONG}",
    "partnership": f"/partnership?id={quote(HOSTILE[5])}",
    "practice": f"/practice?id={LONG}",
    "partners": f"/partners?from={quote(HOSTILE[0])}&need={LONG}&fit={LONG}&shown={LONG}",
    "sketch": f"/partners?view=sketch&title={quote(HOSTILE[6])}&with=gr&members={IDS[0]}"
    f"&members={IDS[5]}&members={IDS[6]}&members={LONG}&with={quote(HOSTILE[1])}&find={MARK}",
    "matching": f"/matching?org={quote(HOSTILE[0])}&show={LONG}&w_stage={LONG}&sure={LONG}",
    "cohort": f"/cohort?list={quote(HOSTILE[1])}&list={IDS[0]}&size={LONG}&age={LONG}&in={LONG}",
    "unknown parameters": f"/directory?{quote(HOSTILE[0])}={quote(HOSTILE[1])}&__proto__=1",
}


@pytest.mark.parametrize("path", ADDRESSES.values(), ids=ADDRESSES)
def test_hostile_address_shows_a_page(tour: Tour[Victim], path: str) -> None:
    with tour.at(path, with_map=path.startswith("/?")) as victim:
        expect(victim.page.get_by_test_id("stException")).to_have_count(0)
        victim.check_unharmed()


def test_the_document_of_a_hostile_address_or_row_is_unharmed(victim: Victim) -> None:
    """A page that is loaded is first what the server makes of its address in plain words."""
    victim.context.route("**/static/js/index.*", lambda route: None)
    for path in (*ADDRESSES.values(), *(f"/organisation?org={id_}" for id_ in IDS)):
        victim.page.goto(victim.address + path, wait_until="commit")
        expect(victim.page.locator("#plain h1"), path).to_be_attached()
        victim.check_unharmed()


# ---- more towns than the map draws one by one -----------------------------------------------

MANY = 5_000
# Notes, at every frame, how many organisations the symbols stand for and whether their canvas
# shows any.
WATCH = """() => {
  window.seen = [];
  const canvas = document.querySelector(".leaflet-overlay-pane canvas");
  const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const look = () => {
    let n = 0;
    window.map.eachLayer((layer) => { n += layer.options?.cv?.n ?? 0; });
    probe.clearRect(0, 0, 300, 150);
    probe.drawImage(canvas, 0, 0, 300, 150);
    window.seen.push([n, probe.getImageData(0, 0, 300, 150).data.some((value) => value > 0)]);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a site whose map draws cells."""

    def change(name: str, frame: pd.DataFrame) -> pd.DataFrame:
        return synthetic_register(MANY) if name == "organisations.csv" else frame

    with serving(release_of(tmp_path_factory.mktemp("many"), change)) as address:
        yield address


@pytest.fixture
def crowd(browser: Browser, many: str) -> Iterator[Site]:
    with Site(browser, many) as site:
        site.visit()
        settle(site)
        yield site
        assert site.foreign == []
        assert site.complaints == []


def settle(site: Site) -> None:
    """Wait until the map has asked for its view and drawn it."""
    before = -1
    while before != site.drawn():
        before = site.drawn()
        site.page.wait_for_timeout(1500)


def zoom(site: Site) -> float:
    found: float = site.map_scripts().evaluate("window.map.getZoom()")
    return found


def drag(site: Site, right: int, down: int) -> None:
    box = site.page.locator(MAP).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    site.page.mouse.move(x, y)
    site.page.mouse.down()
    site.page.mouse.move(x + right, y + down, steps=8)
    site.page.mouse.up()


def test_a_crowded_map_moves_without_blanking_and_counts_everyone(crowd: Site) -> None:
    frame, drawn = crowd.map_scripts(), crowd.drawn()
    frame.evaluate(WATCH)
    for _ in range(3):
        crowd.map.get_by_role("button", name="Zoom in").click()
        crowd.page.wait_for_timeout(700)
    drag(crowd, -400, 150)
    settle(crowd)
    drag(crowd, 300, -250)
    crowd.map.get_by_role("button", name="Zoom out").click()
    settle(crowd)
    assert crowd.drawn() > drawn, "other cells were drawn"
    seen = frame.evaluate("window.seen")
    assert len(seen) > 50
    assert {n for n, _ in seen} == {MANY}
    assert all(is_painted for _, is_painted in seen)


def test_a_crowded_map_at_rest_draws_nothing(crowd: Site) -> None:
    drawn = crowd.drawn()
    crowd.page.wait_for_timeout(3000)
    assert crowd.drawn() == drawn


def test_a_click_on_a_cell_zooms_in(crowd: Site) -> None:
    before = zoom(crowd)
    box = crowd.page.locator(MAP).bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    cell = min(
        (symbol for symbol in crowd.symbols() if symbol["n"] > 20),
        key=lambda s: abs(s["x"] - middle[0]) + abs(s["y"] - middle[1]),
    )
    crowd.page.mouse.move(cell["x"], cell["y"])
    expect(crowd.map.get_by_text("Click to zoom in")).to_be_visible()
    crowd.page.mouse.click(cell["x"], cell["y"])
    settle(crowd)
    assert zoom(crowd) == before + 2
    assert sum(symbol["n"] for symbol in crowd.symbols()) == MANY


def test_a_crowded_map_survives_a_hostile_place(browser: Browser, many: str) -> None:
    with Site(browser, many) as site:
        site.visit("/?at=48.1,1e308,1e308")
        settle(site)
        expect(site.page.get_by_test_id("stException")).to_have_count(0)
        assert site.complaints == []
