"""The network in Chromium: an arc is followed by keyboard, through the table that says the same."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.site import Site

_IN_TABLE = "document.activeElement.closest('canvas') !== null"


def test_an_arc_is_followed_by_keyboard_through_its_table(open_site: Callable[..., Site]) -> None:
    site = open_site()
    page = site.page
    site.visit("/network")
    table = page.locator("canvas td[role=gridcell]")
    expect(table.first).to_be_attached()
    # From the last thing before the table by Tab alone.
    page.get_by_role("tab", name="Alike without a link").focus()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate(_IN_TABLE):
            break
    assert page.evaluate(_IN_TABLE)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page).to_have_url(re.compile("selected=link%3A"))
    card = page.locator(".st-key-card")
    heading = card.get_by_role("heading")
    expect(heading).to_contain_text(" – ")
    expect(card.get_by_role("link", name="Source").first).to_be_visible()
    first = heading.inner_text()
    site.wait_for_map()
    assert site.map.locator("[data-drawn]").count() == 1
    if not page.evaluate(_IN_TABLE):
        page.locator("[data-testid=stDataFrame] canvas").first.focus()
    page.keyboard.press("ArrowDown")
    expect(heading).not_to_have_text(first)
    assert site.foreign == []
    assert site.complaints == []
