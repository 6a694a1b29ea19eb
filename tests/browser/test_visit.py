"""The real app in Chromium, as visitors use it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from ecosystem.web.pages import PAGES
from tests.browser import keyboard
from tests.browser.axe import check_accessible, check_document
from tests.browser.server import serving
from tests.browser.site import MAP, NOWHERE, PHONE, WIDE, Site, Tour

Open = Callable[..., Site]
# Pages that show something only of what their address names.
EXAMPLES = {
    "organisation": "/organisation?org=at-limes-security-gmbh",
    "partnership": "/partnership?id=interreg-cyber",
    "investor": "/investor?id=tikehau-capital",
    "practice": "/practice?id=slovenia-cyber-voucher",
    "partners": "/partners?from=fr-bretagne&need=domain:cryptology",
    "shortlist": "/shortlist?list=at-limes-security-gmbh&list=fr-secure-ic",
    "region": "/region?region=FRH0",
    "compare": "/compare?compare=fr-bretagne&compare=DEA&compare=EE",
}
PATHS = [
    *(EXAMPLES.get(entry.name, f"/{entry.url_path}") for entry in PAGES),
    "/?level=nuts2",
    "/suggest?org=at-limes-security-gmbh",
    NOWHERE,
]


def has_map(path: str) -> bool:
    with_map = ("/?", "/network", "/organisation", "/investors", "/region")
    return path == "/" or path.startswith(with_map)


# One visit for all of it, and none of its own where the site leads on to the page: loading
# Streamlit is most of what a visit costs, and the same for every page.
@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_quiet_accessible_in_both_themes_by_keyboard_and_in_every_width(
    tour: Tour[Site], path: str
) -> None:
    # No link of the site leads nowhere.
    with tour.at(path, with_map=has_map(path), anew=path == NOWHERE) as site:
        check_accessible(site.page)
        assert_keyboard_goes_through(site)
        site.change_theme(dark=True)
        check_accessible(site.page)
        for size in NARROW:
            site.change_size(size)
            site.page.wait_for_function(WIDEST_FITS, arg=size[0])


def test_the_document_that_brings_a_page_is_quiet(open_site: Open) -> None:
    """What differs from page to page when it is loaded is the document before Streamlit's own."""
    site = open_site()
    site.context.route("**/static/js/index.*", lambda route: None)
    for path in (path for path in PATHS if path != NOWHERE):
        site.page.goto(site.address + path, wait_until="commit")
        expect(site.page.locator("#plain h1"), path).to_be_attached()
        assert site.foreign == [], path
        assert site.complaints == [], path


# A phone, the narrowest that WCAG asks for, and a window of 1440 x 900 enlarged four times.
NARROW = (PHONE, (320, 844), (360, 225))
# What is too wide may scroll the document or Streamlit's part of it.
WIDEST_FITS = """(width) => ['html', '[data-testid="stMain"]'].every(
  (part) => document.querySelector(part).scrollWidth <= width)"""


def assert_keyboard_goes_through(site: Site) -> None:
    stops, missed = keyboard.walk(site.page)
    assert "Skip to main content" in stops[0].name
    assert len(stops) > len({entry.menu for entry in PAGES if entry.menu})
    assert [stop for stop in stops if not stop.is_visible or stop.is_backwards] == []
    assert missed == []


def test_first_view_shows_every_organisation_in_europe(open_site: Open) -> None:
    for size in (WIDE, PHONE):
        site = open_site(size=size)
        site.visit()
        box = site.page.locator(MAP).bounding_box()
        assert box is not None
        symbols = site.symbols()
        assert sum(s["n"] for s in symbols) == 465
        inside = [s for s in symbols if box["x"] <= s["x"] <= box["x"] + box["width"]]
        assert len(inside) >= len(symbols) - 2
        assert site.map.locator(".cv-label:visible").count() >= 12


def test_the_page_is_there_in_plain_words_before_and_without_any_script(
    browser: Browser, open_site: Open
) -> None:
    site = open_site()
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{site.address}/directory?country=FR")
        expect(page.get_by_role("heading", level=1)).to_have_text("Directory")
        page.get_by_role("link", name="More").click()
        expect(page.get_by_role("heading", level=2)).to_have_text(re.compile("^21 to 40 of "))
        organisation = page.locator("#plain li a").first
        name = organisation.inner_text()
        organisation.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)

    # Its scripts come late: until then the words stand, and links work.
    site.context.route("**/static/js/index.*", lambda route: None)
    site.page.goto(site.address, wait_until="commit")
    plain = site.page.locator("#plain")
    expect(plain.get_by_role("heading", level=1)).to_have_text("Europe's cyber valleys")
    expect(plain.get_by_role("link", name="Denmark (Danmark)")).to_be_attached()
    site.context.unroute_all()
    site.visit()
    expect(site.page.get_by_test_id("stMain").get_by_role("heading", level=1)).to_have_text(
        "Europe's cyber valleys"
    )


@pytest.mark.parametrize("is_slow", [True, False])
def test_typeface_and_icons_come_after_the_map_where_the_line_is_slow(
    open_site: Open, *, is_slow: bool
) -> None:
    # No other test's window: its browser has nothing yet, and asks for all of it.
    site = open_site(size=(1439 - is_slow, 900))
    asked: list[str] = []
    site.listen("request", lambda request: asked.append(request.url))
    if is_slow:
        line = {"offline": False, "latency": 0, "downloadThroughput": 150_000}
        protocol = site.context.new_cdp_session(site.page)
        protocol.send("Network.emulateNetworkConditions", line | {"uploadThroughput": 150_000})
    site.visit()
    icon = site.page.locator("[data-testid=stIconMaterial]:visible").first
    expect(icon).to_be_visible()
    expect(site.page.locator("html:not([data-cv-fonts])")).to_be_attached()
    for font in ('1em "Source Sans"', '1em "Material Symbols Rounded"'):
        assert site.page.evaluate("(font) => document.fonts.check(font)", font)
    fonts = [i for i, url in enumerate(asked) if url.endswith(".woff2")]
    assert len(fonts) >= 2
    if is_slow:
        assert min(fonts) > max(i for i, url in enumerate(asked) if url.endswith("/assets/map.js"))


def test_filter_card_link_and_second_browser(open_site: Open) -> None:
    site = open_site()
    site.visit()
    before = site.drawn()
    site.page.get_by_role("button", name="Research (76)").click()
    expect(site.page.get_by_text("76 organisations").first).to_be_visible()
    site.wait_for_drawing(before)
    assert sum(s["n"] for s in site.symbols()) == 76

    town = site.largest_town()
    site.page.mouse.click(town["x"], town["y"])
    card = site.page.locator(".st-key-card")
    expect(card.get_by_text(f"{town['n']} organisations")).to_be_visible()
    card.locator(".st-key-organisations_place button").first.click()
    expect(card.get_by_text("Open its page")).to_be_visible()
    name = card.get_by_role("heading").first.inner_text()
    expect(site.page).to_have_url(re.compile("type=research.*selected=org"))

    other = open_site()
    other.visit(site.page.url.removeprefix(site.address))
    expect(other.page.locator(".st-key-card").get_by_role("heading", name=name)).to_be_visible()
    assert sum(s["n"] for s in other.symbols()) == 76

    card.get_by_text("Open its page").click()
    expect(site.page.get_by_role("heading", name=name, level=1)).to_be_visible()
    expect(site.page).to_have_url(re.compile(r"/organisation\?org="))


def test_back_and_forward_go_through_the_filters(open_site: Open) -> None:
    site = open_site()
    site.visit()
    site.page.get_by_role("button", name="CSIRT (20)").click()
    expect(site.page.get_by_text("20 organisations").first).to_be_visible()
    site.page.get_by_role("button", name="Research (76)").click()
    expect(site.page.get_by_text("96 organisations").first).to_be_visible()
    site.page.go_back()
    expect(site.page.get_by_text("20 organisations").first).to_be_visible()
    site.page.go_back()
    expect(site.page.get_by_text("465 organisations").first).to_be_visible()
    site.page.go_forward()
    expect(site.page.get_by_text("20 organisations").first).to_be_visible()


def test_moving_the_map_draws_nothing_anew_and_is_in_the_address(open_site: Open) -> None:
    site = open_site()
    site.visit()
    before = site.drawn()
    site.map.get_by_role("button", name="Zoom in").click()
    site.page.wait_for_timeout(600)  # a map that is still zooming takes no drag
    box = site.page.locator(MAP).bounding_box()
    assert box is not None
    centre = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    site.page.mouse.move(*centre)
    site.page.mouse.down()
    site.page.mouse.move(centre[0] - 150, centre[1] + 60, steps=6)
    site.page.mouse.up()
    expect(site.page).to_have_url(re.compile("at="))
    site.page.wait_for_timeout(1500)
    assert site.drawn() == before
    other = open_site()
    other.visit(site.page.url.removeprefix(site.address))
    assert [round(s["x"] / 4) for s in other.symbols()] == [
        round(s["x"] / 4) for s in site.symbols()
    ]


def test_a_region_and_a_valley_can_be_clicked(open_site: Open) -> None:
    for level, kind in (("nuts2", "region"), ("valley", "valley")):
        site = open_site()
        site.visit(f"/?level={level}&at=48.1,-2.8,7")
        box = site.page.locator(MAP).bounding_box()
        assert box is not None
        site.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(site.page.locator(".st-key-card")).to_be_visible()
        expect(site.page).to_have_url(re.compile(f"selected={kind}"))


def test_escape_takes_the_selection_away(open_site: Open) -> None:
    site = open_site()
    site.visit("/?selected=valley%3Afr-bretagne")
    expect(site.page.locator(".st-key-card")).to_be_visible()
    site.map.locator(".leaflet-container").press("Escape")
    expect(site.page.locator(".st-key-card")).to_have_count(0)


def test_the_filter_goes_along_to_the_directory_and_its_download(open_site: Open) -> None:
    site = open_site()
    site.visit("/?valley=fr-bretagne")
    found = site.page.get_by_text(re.compile(r"^\d+ organisations$")).first.inner_text()
    n = int(found.split()[0])
    site.choose_page("Directory", "Directory")
    expect(site.page.get_by_role("heading", name="Directory")).to_be_visible()
    expect(site.page).to_have_url(re.compile("directory.*valley=fr-bretagne"))
    with site.page.expect_download() as download:
        site.page.get_by_role("button", name=f"CSV ({n})").click()
    lines = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == n + 1


def test_tiles_are_asked_for_only_when_switched_on(open_site: Open) -> None:
    site = open_site()
    site.context.route("https://tile.openstreetmap.org/**", lambda route: route.abort())
    site.visit()
    assert site.foreign == []
    site.page.get_by_text("Street map in the background").click()
    site.page.wait_for_timeout(3000)
    assert site.foreign
    assert all(url.startswith("https://tile.openstreetmap.org/") for url in site.foreign)


def test_phone_has_filters_behind_a_button(open_site: Open) -> None:
    site = open_site(size=PHONE)
    site.visit()
    expect(site.page.get_by_role("button", name="Research (76)")).not_to_be_in_viewport()
    site.page.get_by_test_id("stExpandSidebarButton").click()
    expect(site.page.get_by_role("button", name="Research (76)")).to_be_in_viewport()


def test_a_deep_link_is_the_first_visit_after_a_restart(
    browser: Browser, releases_dir: Path
) -> None:
    with serving(releases_dir) as address, Site(browser, address) as site:
        site.visit("/directory?type=csirt", with_map=False)
        expect(site.page.get_by_text("20 organisations").first).to_be_visible()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[str]:
    with serving(tmp_path) as address:
        yield address


def test_without_data_the_page_says_which_command_to_run(browser: Browser, empty: str) -> None:
    with Site(browser, empty) as site:
        site.page.goto(empty)
        expect(site.page.get_by_text("cyber-valleys refresh")).to_be_visible()


def test_name_and_menus_at_the_top_stand_side_by_side(open_site: Open) -> None:
    site = open_site()
    site.visit("/about", with_map=False)
    for width in (1440, 900, 720, 390, 320):
        site.change_width(width)
        assert_side_by_side(site, width)


def assert_side_by_side(site: Site, width: int) -> None:
    header = site.page.locator(".st-key-site-header")
    items = [header.get_by_text("Cyber Valleys"), *header.locator("a, button").all()]
    boxes = [box for item in items if (box := item.bounding_box())]
    # An empty shortlist has no link of its own.
    assert len(boxes) == 1 + len({entry.menu for entry in PAGES if entry.menu})
    for i, a in enumerate(boxes):
        assert a["x"] >= 0
        assert a["x"] + a["width"] <= width
        for b in boxes[:i]:
            is_beside = a["x"] >= b["x"] + b["width"] or b["x"] >= a["x"] + a["width"]
            assert is_beside or a["y"] >= b["y"] + b["height"] or b["y"] >= a["y"] + a["height"]


@pytest.mark.parametrize("size", [PHONE, (720, 900)])
def test_an_open_filter_panel_covers_the_navigation(open_site: Open, size: tuple[int, int]) -> None:
    site = open_site(size=size)
    site.visit()
    site.page.get_by_test_id("stExpandSidebarButton").click()
    expect(site.page.get_by_test_id("stSidebar").get_by_text("Founded")).to_be_attached()
    site.page.wait_for_timeout(600)  # it slides in
    covered = site.page.locator(".st-key-site-header button").first.evaluate(
        """(menu) => {
          const { x, y, width, height } = menu.getBoundingClientRect();
          const top = document.elementFromPoint(x + width / 2, y + height / 2);
          return Boolean(top.closest('[data-testid="stSidebar"]'));
        }"""
    )
    assert covered


def test_the_keyboard_opens_a_menu_and_goes_through_it(open_site: Open) -> None:
    site = open_site()
    site.visit("/directory?type=csirt", with_map=False)
    menus = site.page.locator(".st-key-site-header button")
    explore, directory = menus.filter(has_text="Explore"), menus.filter(has_text="Directory")
    site.page.keyboard.press("Tab")
    explore.focus()
    assert explore.evaluate("(e) => getComputedStyle(e).outlineStyle") == "solid"
    site.page.keyboard.press("Enter")
    links = site.page.get_by_role("dialog", name="Explore").get_by_role("link")
    expect(links.first).to_be_focused()
    site.page.keyboard.press("ArrowUp")
    expect(links.last).to_be_focused()
    site.page.keyboard.press("Tab")
    expect(links).to_have_count(0)
    expect(directory).to_be_focused()
    explore.focus()
    site.page.keyboard.press("Enter")
    expect(links.first).to_be_focused()
    site.page.keyboard.press("Escape")
    expect(links).to_have_count(0)
    expect(explore).to_be_focused()
    site.page.keyboard.press("Enter")
    expect(links.first).to_be_focused()
    site.page.keyboard.press("Tab")
    site.page.keyboard.press("Enter")
    expect(site.page.get_by_role("heading", name="Regions", level=1)).to_be_visible()
    expect(site.page).to_have_url(re.compile(r"/regions\?type=csirt"))
    expect(links).to_have_count(0)
    expect(explore.locator("strong")).to_have_count(1)
    expect(directory.locator("strong")).to_have_count(0)


def test_a_page_without_filters_has_no_panel(open_site: Open) -> None:
    for start, menu, page in (
        ("/", "Directory", "Label"),
        ("/regions", "About", "What's new"),
        ("/regions", "Directory", "Label"),
    ):
        site = open_site()
        site.visit(start)
        site.choose_page(menu, page)
        expect(site.page.get_by_test_id("stMain").get_by_role("heading", level=1)).to_be_visible()
        expect(site.page.get_by_test_id("stSidebar")).to_be_hidden()


def test_what_a_rerun_may_change_is_pale_while_it_takes_long(open_site: Open) -> None:
    site = open_site()
    site.visit("/about", with_map=False)
    element = site.page.locator('[data-stale="false"]:visible').first.element_handle()
    opacity = "(e, stale) => { e.dataset.stale = stale; return getComputedStyle(e).opacity; }"
    assert element.evaluate(opacity, "true") == "1"
    site.page.wait_for_function("e => getComputedStyle(e).opacity === '0.33'", arg=element)
    assert element.evaluate(opacity, "false") == "1"


def test_an_address_without_a_page_says_so_and_leads_on(open_site: Open) -> None:
    for path in (NOWHERE, "/map", "/<b>`x`"):
        site = open_site()
        site.visit(path, with_map=False)
        assert site.status == 404
        expect(site.page.get_by_role("heading", name="Page not found", level=1)).to_be_visible()
        expect(site.page.get_by_role("dialog")).to_have_count(0)
        # Without its font an icon is the word that stands for it.
        site.page.wait_for_function(
            "[...document.fonts].some(f => /Symbols/.test(f.family) && f.status === 'loaded')"
        )
    site.page.get_by_role("link", name="To the map").click()
    site.wait_for_map()
    expect(site.page.get_by_role("heading", name="Page not found")).to_have_count(0)


@pytest.mark.parametrize("path", ["/", "/?level=valley"])
@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_no_name_on_the_map_covers_a_symbol(
    open_site: Open, path: str, size: tuple[int, int]
) -> None:
    site = open_site(size=size)
    site.visit(path)
    frame = site.map_scripts()
    names = frame.locator(".cv-label > span:visible").all()
    boxes = [(name.inner_text(), box) for name in names if (box := name.bounding_box())]
    symbols = frame.evaluate(
        """() => {
          const found = [];
          window.map.eachLayer((layer) => {
            if (!layer.options?.cv) return;
            const { x, y } = window.map.layerPointToContainerPoint(layer._point);
            found.push([x, y, layer._radius, layer.options.cv.n]);
          });
          return found;
        }"""
    )
    left = site.page.locator(MAP).bounding_box()
    assert left is not None
    assert len(boxes) >= 12
    for name, box in boxes:
        for x, y, radius, n in symbols:
            px, py = x + left["x"], y + left["y"]
            dx = max(box["x"] - px, 0, px - box["x"] - box["width"])
            dy = max(box["y"] - py, 0, py - box["y"] - box["height"])
            assert math.hypot(dx, dy) > radius - 1, f"{name} covers {n}"


def test_the_map_shows_a_filter_before_the_page_does(open_site: Open) -> None:
    site = open_site()
    site.visit()
    # What Streamlit hands to the map is kept back.
    site.page.evaluate(
        """(map) => {
          const { contentWindow } = document.querySelector(map);
          const post = contentWindow.postMessage.bind(contentWindow);
          const kept = [];
          contentWindow.postMessage = (message) => kept.push(message);
          window.postNext = () => post(kept.shift(), "*");
          window.keptMessages = kept;
        }""",
        MAP,
    )

    def choose(label: str) -> int:
        before, kept = site.drawn(), site.page.evaluate("keptMessages.length")
        site.page.get_by_role("button", name=label).click()
        site.wait_for_drawing(before)
        site.page.wait_for_function("(kept) => keptMessages.length > kept", arg=kept)
        return sum(s["n"] for s in site.symbols())

    assert choose("Research (76)") == 76
    assert choose("Training") > 76
    # Streamlit is late with the first drawing, and the map stays with the second.
    both = sum(s["n"] for s in site.symbols())
    while site.page.evaluate("keptMessages.length"):
        site.page.evaluate("postNext()")
        site.page.wait_for_timeout(100)
        assert sum(s["n"] for s in site.symbols()) == both


def test_towns_that_share_a_symbol_part_on_a_click(open_site: Open) -> None:
    site = open_site()
    site.visit()
    paris = 17  # with La Défense and others beside it
    shared = max(
        (s for s in site.symbols() if s["places"] > 1 and s["n"] < 30), key=lambda s: s["n"]
    )
    site.page.mouse.move(shared["x"], shared["y"])
    expect(site.map.get_by_text("Click to part them")).to_be_visible()
    before = len(site.symbols())
    # The address is looked after every half second; a place on the way is not written into it.
    site.map_scripts().evaluate(
        """() => {
          const { flyTo } = window.map;
          window.map.flyTo = (at, zoom) => flyTo.call(window.map, at, zoom, { duration: 1.5 });
        }"""
    )
    site.page.mouse.click(shared["x"], shared["y"])
    expect(site.page).to_have_url(re.compile("at="))
    expect(site.page).not_to_have_url(re.compile("selected="))
    assert len(site.symbols()) > before
    assert sum(s["n"] for s in site.symbols()) == 465

    site.go_to("/?at=48.87,2.3,9.5")
    site.click_symbol(paris)
    expect(site.page.locator(".st-key-card").get_by_text("17 organisations")).to_be_visible()
    rows = site.page.locator(".st-key-organisations_place button p").all()
    assert len({round(box["x"]) for row in rows if (box := row.bounding_box())}) == 1


def test_a_region_map_names_countries_and_what_is_selected(open_site: Open) -> None:
    site = open_site()
    site.visit("/?level=nuts2&selected=region:ES11")
    for name in ("Spain", "France", "Galicia"):
        expect(site.map.locator(".cv-label:visible").get_by_text(name, exact=True)).to_be_visible()
    # Galicia has no organisation: none of elsewhere is listed below its card.
    expect(site.page.get_by_text("of 465, by name")).to_have_count(0)
    site.go_to("/?level=nuts2&at=41,-5,6.5")
    names = site.map.locator(".cv-label:visible").all_inner_texts()
    assert "Extremadura" in names
    assert "Spain" not in names


def test_on_a_phone_the_card_is_right_below_the_map(open_site: Open) -> None:
    site = open_site(size=PHONE)
    site.visit("/?selected=valley:fr-bretagne")
    box, card = (
        site.page.locator(MAP).bounding_box(),
        site.page.locator(".st-key-card").bounding_box(),
    )
    assert box is not None
    assert card is not None
    assert 0 <= card["y"] - box["y"] - box["height"] < 40
    expect(site.page.get_by_text("1 to 12 of 29, by name")).to_be_attached()


def test_on_a_phone_the_directory_shows_results_at_once(open_site: Open) -> None:
    site = open_site(size=PHONE)
    site.visit("/directory", with_map=False)
    first = site.page.locator(".st-key-results a").first.bounding_box()
    assert first is not None
    assert first["y"] < PHONE[1] * 0.65


def test_only_the_keyboard_gets_a_frame_around_the_map(open_site: Open) -> None:
    site = open_site()
    site.visit()
    container = site.map.locator(".leaflet-container")
    framed = "(e) => getComputedStyle(e, '::after').content !== 'none'"
    container.click(position={"x": 80, "y": 400})
    assert not container.evaluate(framed)
    site.page.keyboard.press("ArrowRight")
    assert container.evaluate(framed)


def test_the_keyboard_passes_a_table_and_chooses_in_it_only_when_told(open_site: Open) -> None:
    site = open_site()
    site.visit("/regions")
    table = site.page.get_by_test_id("data-grid-canvas").first
    site.page.get_by_role("button", name="Fullscreen: Regions by name").focus()
    site.page.keyboard.press("Tab")
    expect(table).to_be_focused()
    site.page.keyboard.press("Tab")
    expect(table).not_to_be_focused()
    site.page.wait_for_timeout(1500)  # what chooses by itself does so after a moment
    expect(site.page).to_have_url(re.compile("/regions$"))
    site.page.keyboard.press("Shift+Tab")
    expect(table).to_be_focused()
    site.page.keyboard.press("ArrowDown")
    expect(site.page.locator(".st-key-card").get_by_role("heading").first).to_be_focused()
    expect(site.page).to_have_url(re.compile("selected=region"))


def test_escape_closes_what_opens_over_a_page_and_leads_back(open_site: Open) -> None:
    site = open_site()
    site.visit("/directory", with_map=False)
    embed = site.page.get_by_role("button", name="Embed")
    embed.press("Enter")
    dialogue = site.page.get_by_role("dialog", name="Show this on your site")
    expect(dialogue).to_be_visible()
    site.page.keyboard.press("Escape")
    expect(dialogue).to_have_count(0)
    expect(embed).to_be_focused()


# Documents that the server writes whole, beside Streamlit's pages.
DOCUMENTS = (
    "/api?f=html",
    "/api/openapi.json?f=html",
    "/api/collections/organisations/items?f=html&limit=5",
    "/api/collections/valleys/items/fr-bretagne?f=html",
    "/api/statistics?f=html",
    "/api/statistics?measure=types&level=nuts1&f=html",
    "/catalogue",
    "/releases",
    "/embed?view=map",
    "/embed?view=list",
    "/embed?view=chart",
    "/my-day",
    "/profile/fr-glimps",
)


def test_documents_beside_the_pages_are_accessible_in_both_themes_and_reflow(
    open_site: Open,
) -> None:
    site = open_site()
    for path in DOCUMENTS:
        answer = site.page.goto(site.address + path)
        assert answer is not None
        assert answer.status == 200, path
        site.page.emulate_media(color_scheme="light")
        check_document(site.page)
        site.page.emulate_media(color_scheme="dark")
        check_document(site.page, colours_alone=True)
        for width, height in NARROW:
            site.page.set_viewport_size({"width": width, "height": height})
            assert site.width_of_content() <= width, (path, width)


@pytest.mark.parametrize("words", ["faint", "plain"])
def test_one_faint_word_in_a_long_document_is_found(open_site: Open, words: str) -> None:
    page = open_site().page
    cells = [f'<td class="plain">{i}</td>' for i in range(1200)]
    cells[700] = f'<td class="{words}">700</td>'
    page.set_content(
        f"""<!doctype html><html lang="en"><title>T</title>
        <style>.faint {{ color: #bbb }}</style>
        <main><h1>T</h1><table><tr>{"</tr><tr>".join(cells)}</tr></table></main></html>"""
    )
    if words == "plain":
        check_document(page)
        return
    for colours_alone in (False, True):
        with pytest.raises(AssertionError, match="color-contrast"):
            check_document(page, colours_alone=colours_alone)
