"""What a visitor does on a phone, with fingers; and without a mouse or without motion."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.site import MAP, PHONE, Site

Open = Callable[..., Site]
SMALL = (375, 667)
PAGE = '[data-testid="stMain"]'
ORG = "si-academia-maribor"
# A machine that is four times slower takes its time.


def top(locator: Locator) -> float:
    box = locator.bounding_box()
    assert box is not None
    return box["y"]


def scrolled(site: Site) -> float:
    found: float = site.page.locator(PAGE).evaluate("(page) => page.scrollTop")
    return found


def row_of(site: Site, org_id: str) -> Locator:
    return site.page.locator(f".st-key-list_{org_id} button:visible")


@pytest.mark.parametrize("size", [PHONE, SMALL])
def test_a_row_opens_its_card_and_escape_and_back_lead_to_the_row(
    open_site: Open, size: tuple[int, int]
) -> None:
    site = open_site(size=size, touch=True)
    site.visit()
    row, card = row_of(site, ORG), site.page.locator(".st-key-card")
    expect(site.page.get_by_label("Search", exact=True)).to_be_in_viewport()
    if size == PHONE:
        assert top(site.page.locator(".st-key-organisations")) < PHONE[1] - 20
    row.scroll_into_view_if_needed()
    for close in (lambda: site.page.keyboard.press("Escape"), site.page.go_back):
        before = top(row)
        row.tap()
        expect(card.get_by_role("heading", name="Academia Maribor")).to_be_focused()
        expect(card.get_by_role("heading", name="Academia Maribor")).to_be_in_viewport()
        expect(site.page.get_by_text("Selected: Academia Maribor")).to_be_attached()
        expect(site.page).to_have_url(re.compile(f"selected=org%3A{ORG}"))
        close()
        expect(card).to_have_count(0)
        expect(row).to_be_focused()
        expect(row).to_be_in_viewport()
        assert top(row) == pytest.approx(before, abs=3)


def test_a_tap_on_the_map_opens_a_card_one_finger_moves_the_page_and_two_the_map(
    open_site: Open,
) -> None:
    site = open_site(size=SMALL, touch=True)
    site.visit()
    found = site.largest_town()
    site.page.touchscreen.tap(found["x"], found["y"])
    card = site.page.locator(".st-key-card")
    expect(card.get_by_role("heading")).to_be_focused()
    expect(card.get_by_role("heading")).to_be_in_viewport()
    expect(card.get_by_text(f"{found['n']} organisations")).to_be_in_viewport()
    card.get_by_role("button", name="Close").tap()
    expect(card).to_have_count(0)
    expect(site.map.locator(".leaflet-container")).to_be_focused()
    expect(site.page.locator(MAP)).to_be_in_viewport()

    frame = site.map_scripts()
    where = "() => [map.getCenter().lat, map.getCenter().lng, map.getZoom()]"
    at, y, down = frame.evaluate(where), top(site.page.locator(MAP)), scrolled(site)
    site.swipe((180, y + 150), by=120)
    hint = site.map.get_by_text("Use two fingers to move the map")
    expect(hint).to_be_visible()
    expect(hint).to_be_hidden()
    assert scrolled(site) > down + 60
    assert frame.evaluate(where) == at

    y, down = top(site.page.locator(MAP)), scrolled(site)
    site.swipe((140, y + 150), (240, y + 150), by=60)
    frame.wait_for_function("(lat) => Math.abs(map.getCenter().lat - lat) > 1", arg=at[0])
    assert scrolled(site) == down


@pytest.mark.parametrize("text", ["companies near Rennes", "events in Ljubljana", "Koeln"])
def test_after_a_search_the_first_result_begins_on_the_first_screen(
    open_site: Open, text: str
) -> None:
    site = open_site(size=SMALL, touch=True)
    site.visit(f"/?q={text.replace(' ', '+')}")
    assert top(site.page.locator(".st-key-organisations button:visible").first) < SMALL[1]
    clear = site.page.locator(".st-key-clear_headline").get_by_role("button", name="Clear all")
    expect(clear).to_be_in_viewport()
    site.go_to(f"/directory?q={text.replace(' ', '+')}", with_map=False)
    assert top(site.page.locator(".st-key-results a:visible").first) < SMALL[1]
    assert site.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_where_nothing_is_found_the_ways_on_come_before_the_map(open_site: Open) -> None:
    site = open_site(size=SMALL, touch=True)
    site.visit("/?q=forensics+zzzqqq+Dublin")
    way = site.page.get_by_role("button", name="Without “zzzqqq”")
    expect(way).to_be_in_viewport()
    assert top(way) < top(site.page.locator(MAP))


def test_a_link_shows_its_card_and_a_valleys_card_keeps_the_place_in_the_list(
    open_site: Open,
) -> None:
    site = open_site(size=SMALL, touch=True)
    # What a slow machine does: the map gets its height when the card is there already.
    site.alter_page().add_init_script(
        """const grow = setInterval(() => {
          const map = document.querySelector(".st-key-map_and_card iframe");
          if (!map || !document.querySelector(".st-key-card h2")) return;
          clearInterval(grow);
          setTimeout(() => { map.style.marginTop = "900px"; }, 1000);
        }, 20);"""
    )
    site.visit("/?level=valley&selected=valley:dk-denmark")
    card = site.page.locator(".st-key-card")
    expect(card.get_by_role("heading", name="Denmark (Danmark)")).to_be_in_viewport()

    site.visit("/?level=valley&page=3")
    place = site.page.get_by_text("25 to 36 of 465")
    expect(place).to_be_attached()
    found = site.symbol(29)
    site.page.touchscreen.tap(found["x"], found["y"])
    expect(card.get_by_role("heading", name="Brittany (Bretagne)")).to_be_focused()
    expect(site.page.get_by_text("1 to 12 of 29")).to_be_attached()
    card.get_by_role("button", name="Close").tap()
    expect(card).to_have_count(0)
    expect(site.page).to_have_url(re.compile("page=3"))
    expect(place).to_be_attached()


def test_the_filters_close_when_a_choice_is_made(open_site: Open) -> None:
    site = open_site(size=PHONE, touch=True)
    site.visit()
    panel, button = (
        site.page.get_by_test_id("stSidebar"),
        site.page.get_by_test_id("stExpandSidebarButton"),
    )
    button.tap()
    panel.get_by_role("button", name="Research (76)").tap()
    expect(panel).to_have_attribute("data-collapsed", "true")
    expect(site.page.get_by_text("76 organisations").first).to_be_in_viewport()
    expect(button).to_be_focused()
    button.tap()
    panel.get_by_role("combobox", name="Country").tap()
    site.page.get_by_role("option", name="Austria").tap()
    expect(panel).to_have_attribute("data-collapsed", "true")
    expect(site.page.get_by_role("listbox")).to_have_count(0)
    expect(site.page).to_have_url(re.compile("type=research.*country=AT"))


def test_share_passes_on_the_lasting_address(open_site: Open) -> None:
    site = open_site(size=PHONE, touch=True)
    site.context.grant_permissions(["clipboard-read", "clipboard-write"])
    site.alter_page().add_init_script("navigator.share = async (told) => { window.told = told; };")
    site.visit(f"/?selected=org:{ORG}")
    lasting = f"{site.address}/profile/{ORG}"
    button = site.page.get_by_role("button", name="Share", exact=True)
    button.tap()
    site.page.wait_for_function("() => window.told")
    assert site.page.evaluate("window.told") == {"title": "Academia Maribor", "url": lasting}
    site.page.evaluate("navigator.share = undefined")
    button.tap()
    expect(site.page.get_by_text("Link copied")).to_be_visible()
    assert site.page.evaluate("navigator.clipboard.readText()") == lasting
    answer = site.page.goto(lasting)
    assert answer is not None
    assert answer.status == 200
    expect(site.page.get_by_role("heading", name="Academia Maribor")).to_be_visible()


@pytest.mark.parametrize("page", ["/", "/directory"])
def test_a_view_is_shared_as_the_browser_shows_it(open_site: Open, page: str) -> None:
    site = open_site(size=PHONE, touch=True)
    site.alter_page().add_init_script("navigator.share = async (told) => { window.told = told; };")
    site.visit(f"{page}?q=companies+in+Brno", with_map=page == "/")
    button = site.page.get_by_role("button", name="Share this view")
    expect(button).to_be_visible()
    if page == "/":
        # Where the map is, is written into the address without the server's knowing.
        expect(site.page).to_have_url(re.compile("at=49"))
    button.tap()
    site.page.wait_for_function("() => window.told")
    told = site.page.evaluate("window.told")
    assert told["url"] == site.page.url
    assert told["url"].startswith(f"{site.address}{page}?q=companies+in+Brno")
    assert "companies in Brno" in told["title"]


@pytest.mark.parametrize("path", ["/network", "/interreg-cyber"])
def test_a_long_name_that_can_be_pressed_is_read_to_its_end(open_site: Open, path: str) -> None:
    site = open_site(size=(320, 844), touch=True)
    site.visit(path, with_map=path == "/network")
    names = site.page.locator(f"{PAGE} :is(.st-key-closest button, .st-key-rows_followed a) p")
    expect(names.first).to_be_visible()
    for name in names.all():
        box = name.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 320
        assert name.evaluate("(words) => words.scrollWidth <= words.clientWidth + 1")


def test_filters_left_open_do_not_cover_the_next_page(open_site: Open) -> None:
    site = open_site(size=PHONE, touch=True)
    site.visit()
    site.page.get_by_role("button", name="Filters", exact=True).tap()
    panel = site.page.get_by_test_id("stSidebar")
    expect(panel).to_have_attribute("data-collapsed", "false")
    site.visit("/directory", with_map=False)
    expect(panel).to_have_attribute("data-collapsed", "true")
    expect(site.page.get_by_role("button", name="Filters", exact=True)).to_be_visible()


def test_the_keyboard_is_led_from_the_map_to_the_list_and_rows_say_their_type(
    open_site: Open,
) -> None:
    site = open_site(motion=False)
    site.visit()
    frame = site.page.locator(MAP)
    told = f"Map: {len(site.symbols())} symbols for 465 organisations."
    expect(frame).to_have_attribute("title", re.compile(f"^{re.escape(told)} The list "))
    expect(site.map.get_by_role("application", name=told)).to_be_visible()
    for animates in ("zoomAnimation", "fadeAnimation", "inertia"):
        assert site.map.locator("body").evaluate(f"() => map.options.{animates}") is False
    link = site.map.get_by_role("link", name="Go to the list of the same organisations")
    link.focus()
    link.press("Enter")
    row = site.page.get_by_role("button", name="SME or start-up A-Trust GmbH · Wien")
    expect(row).to_be_focused()
    site.page.keyboard.press("Tab")
    focused = site.page.locator(":focus")
    assert focused.evaluate("(e) => getComputedStyle(e).outlineStyle") == "solid"
    focused.press("Enter")
    expect(site.page.locator(".st-key-card h2")).to_be_focused()


def test_a_choice_is_not_lost_to_escape(open_site: Open) -> None:
    site = open_site()
    site.visit("/?q=rennes")
    search = site.page.get_by_label("Search", exact=True)
    search.press("Escape")
    expect(search).to_have_value("rennes")
    site.go_to("/suggest", with_map=False)
    country = site.page.get_by_role("combobox", name="Country")
    country.click()
    site.page.get_by_role("option", name="Austria").click()
    expect(country).to_have_value("Austria")
    country.press("Escape")
    expect(country).to_have_value("Austria")
    country.click()
    expect(site.page.get_by_role("listbox")).to_be_visible()
    country.press("Escape")
    expect(site.page.get_by_role("listbox")).to_have_count(0)
    country.blur()
    expect(country).to_have_value("Austria")
