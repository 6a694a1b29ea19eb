"""What a visitor does on a phone, with fingers; and without a mouse or without motion."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, expect

from tests.browser.site import PHONE, Site

Open = Callable[..., Site]
SMALL = (375, 667)
PAGE = '[data-testid="stMain"]'
ORG = "si-academia-maribor"
# A machine that is four times slower takes its time.
LONG = 30_000


def top(locator: Locator) -> float:
    box = locator.bounding_box()
    assert box is not None
    return box["y"]


def scrolled(site: Site) -> float:
    found: float = site.page.locator(PAGE).evaluate("(page) => page.scrollTop")
    return found


def row_of(site: Site, org_id: str) -> Locator:
    return site.page.locator(f".st-key-list_{org_id} button:visible")


def test_the_filters_close_when_a_choice_is_made(open_site: Open) -> None:
    site = open_site(size=PHONE, touch=True)
    site.visit()
    panel, button = (
        site.page.get_by_test_id("stSidebar"),
        site.page.get_by_test_id("stExpandSidebarButton"),
    )
    button.tap()
    panel.get_by_role("button", name="Research (76)").tap()
    expect(panel).to_have_attribute("data-collapsed", "true", timeout=LONG)
    expect(site.page.get_by_text("76 organisations").first).to_be_in_viewport(timeout=LONG)
    expect(button).to_be_focused()
    button.tap()
    panel.get_by_role("combobox", name="Country").tap()
    site.page.get_by_role("option", name="Austria").tap()
    expect(panel).to_have_attribute("data-collapsed", "true", timeout=LONG)
    expect(site.page.get_by_role("listbox")).to_have_count(0)
    expect(site.page).to_have_url(re.compile("type=research.*country=AT"))


def test_a_choice_is_not_lost_to_escape(open_site: Open) -> None:
    site = open_site()
    site.visit("/?q=rennes")
    search = site.page.get_by_label("Search", exact=True)
    search.press("Escape")
    expect(search).to_have_value("rennes")
    site.visit("/suggest", with_map=False)
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
