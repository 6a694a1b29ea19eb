"""What changes elsewhere than under the focus is said to who listens to the page (WCAG 4.1.3)."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.site import Site, choose_option


def test_what_a_choice_leaves_and_the_page_that_follows_are_said(
    open_site: Callable[..., Site],
) -> None:
    site = open_site()
    page = site.page
    site.visit("/events", with_map=False)
    said = page.locator(".cv-said[role=status]")
    # The browser tells by itself what is loaded.
    expect(said).to_be_empty()
    found = page.locator(".st-key-found")
    choose_option(page, "Kind", "Investor day")
    expect(said).to_have_text("3 events · 3 past · 0 coming")
    expect(found).to_have_text("3 events · 3 past · 0 coming")
    # The list of choices is still open, and hides everything else.
    expect(found.locator("xpath=ancestor-or-self::*[@aria-hidden='true']")).not_to_have_count(0)
    expect(said.locator("xpath=ancestor-or-self::*[@aria-hidden='true']")).to_have_count(0)
    page.keyboard.press("Escape")
    site.choose_page("About", "Glossary")
    expect(page.get_by_role("heading", name="Glossary", level=1)).to_be_visible()
    expect(said).to_have_text("Glossary · Cyber Valleys")
    assert site.complaints == []
