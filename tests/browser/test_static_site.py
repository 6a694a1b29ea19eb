"""The copy on a stick, opened from its folder with the network off."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.site import PHONE


@pytest.mark.parametrize("size", [(1440, 900), PHONE], ids=["wide", "phone"])
def test_from_the_map_and_from_the_search_to_an_organisation(
    browser: Browser, static_copy: Path, size: tuple[int, int]
) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, offline=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((static_copy / "index.html").as_uri())
    page.locator("svg a").first.click()
    expect(page.get_by_text("organisations in the register.")).to_be_visible()
    page.get_by_role("link", name="Directory").click()
    page.get_by_role("searchbox", name="Search by name").fill("WOLÉET rennes")
    expect(page.get_by_role("status")).to_have_text("1 of 465 organisations")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    page.get_by_role("search").get_by_role("link").click()
    expect(page.get_by_role("heading", name="Woleet", level=1)).to_be_visible()
    assert asked
    assert all(url.startswith("file://") for url in asked)
    context.close()
