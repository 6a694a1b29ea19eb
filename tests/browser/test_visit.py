"""The real app in Chromium, as visitors use it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser.server import serving
from tests.browser.site import MAP, PHONE, WIDE, Site

Open = Callable[..., Site]
PAGES = [
    "/",
    "/?level=nuts2",
    "/directory",
    "/organisation?org=at-limes-security-gmbh",
    "/about",
    "/label",
    "/whats_new",
    "/quality",
    "/suggest",
    "/suggest?org=at-limes-security-gmbh",
    "/shortlist?list=at-limes-security-gmbh&list=fr-secure-ic",
    "/secretariat",
]
WITHOUT_MAP = (
    "/directory", "/about", "/whats_new", "/quality", "/label", "/suggest", "/shortlist",
    "/secretariat",
)  # fmt: skip


def has_map(path: str) -> bool:
    return not path.startswith(WITHOUT_MAP)


@pytest.mark.parametrize("path", PAGES)
def test_no_request_leaves_and_nothing_complains(open_site: Open, path: str) -> None:
    site = open_site()
    site.visit(path, with_map=has_map(path))
    assert site.foreign == []
    assert site.complaints == []


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("path", PAGES)
def test_accessible_to_assistive_technology(open_site: Open, path: str, dark: bool) -> None:
    site = open_site(dark=dark)
    site.visit(path, with_map=has_map(path))
    found = Axe().run(site.page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("path", PAGES)
def test_a_phone_never_scrolls_sideways(open_site: Open, path: str) -> None:
    site = open_site(size=PHONE)
    site.visit(path, with_map=has_map(path))
    assert site.width_of_content() <= PHONE[0]


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


def test_filter_card_link_and_second_browser(open_site: Open) -> None:
    site = open_site()
    site.visit()
    before = site.drawn()
    site.page.get_by_role("button", name="Research (76)").click()
    expect(site.page.get_by_text("76 organisations").first).to_be_visible()
    site.wait_for_drawing(before)
    assert sum(s["n"] for s in site.symbols()) == 76

    site.click_symbol(4)
    card = site.page.locator(".st-key-card")
    expect(card.get_by_text("4 organisations")).to_be_visible()
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
    found = site.page.get_by_text(re.compile(r"^\d+ organisations")).first.inner_text()
    n = int(found.split()[0])
    site.page.get_by_role("link", name="Directory").click()
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
        expect(site.page.get_by_text("cyber-valleys refresh")).to_be_visible(timeout=30_000)
