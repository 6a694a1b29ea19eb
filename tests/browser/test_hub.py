"""From a search to a profile, a shortlist and a correction, in Chromium."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.site import Site


def test_from_a_search_to_a_profile_a_shortlist_and_a_correction(
    open_site: Callable[..., Site],
) -> None:
    site = open_site()
    page = site.page
    site.visit("/directory", with_map=False)
    box = page.get_by_role("searchbox", name="Search").last
    box.fill("cryptologi renes")
    box.press("Enter")
    page.get_by_role("link", name="Woleet").click()
    expect(
        page.get_by_test_id("stMain").get_by_role("heading", level=1, name="Woleet")
    ).to_be_visible()
    expect(page).to_have_title("Woleet · Cyber Valleys")
    page.get_by_role("button", name="Add to shortlist").click()
    page.get_by_role("link", name="Shortlist (1)").click()
    expect(
        page.get_by_test_id("stMain").get_by_role("heading", level=1, name="Shortlist")
    ).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="PDF").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    page.get_by_role("link", name="Woleet").click()
    page.get_by_role("link", name="Cryptology").click()
    expect(
        page.get_by_test_id("stMain").get_by_role("heading", level=1, name="Directory")
    ).to_be_visible()
    assert "domain=cryptology" in page.url
    page.go_back()
    page.get_by_role("link", name="Suggest a correction").click()
    expect(page.get_by_role("textbox", name="Name (required)")).to_have_value("Woleet")
    assert site.foreign == []
    assert site.complaints == []


def test_search_engines_read_a_profile(open_site: Callable[..., Site]) -> None:
    site = open_site()
    site.page.goto(f"{site.address}/profile/fr-secure-ic")
    expect(site.page).to_have_title("Secure-IC, Cesson-Sévigné, France | Cyber Valleys")
    data = json.loads(site.page.locator('script[type="application/ld+json"]').inner_text())
    assert data["name"] == "Secure-IC"
    site.page.get_by_role("link", name="See it on the map").click()
    expect(
        site.page.get_by_test_id("stMain").get_by_role("heading", level=1, name="Secure-IC")
    ).to_be_visible()
    assert site.foreign == []
    assert site.complaints == []
