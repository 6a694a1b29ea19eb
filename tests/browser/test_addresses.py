"""The address follows every link, and going back brings a visitor to where they were."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.site import Site

Open = Callable[..., Site]
TOP = """() => document.querySelector('[data-testid="stMain"]').scrollTop"""
SCROLL = """(top) => document.querySelector('[data-testid="stMain"]').scrollTo(0, top)"""


def test_a_link_to_another_organisation_is_an_address_of_its_own(open_site: Open) -> None:
    site = open_site()
    site.visit("/organisation?org=fr-rubycat")
    heading = site.page.get_by_test_id("stMain").get_by_role("heading", level=1)
    link = site.page.locator(".st-key-similar a").first
    name = link.locator("p").inner_text().split(" · ")[0]
    link.click()
    expect(heading).to_have_text(name)
    expect(site.page).not_to_have_url(re.compile("org=fr-rubycat"))
    address = site.page.url
    site.page.reload()
    expect(heading).to_have_text(name)
    site.page.go_back()
    expect(heading).to_have_text("Rubycat")
    expect(site.page).to_have_url(re.compile("org=fr-rubycat"))
    site.page.go_forward()
    expect(heading).to_have_text(name)
    other = open_site()
    other.visit(address.removeprefix(site.address))
    expect(other.page.get_by_test_id("stMain").get_by_role("heading", level=1)).to_have_text(name)
    assert site.complaints == []


def test_going_back_from_a_profile_brings_the_list_to_its_place(open_site: Open) -> None:
    site = open_site()
    site.visit("/directory", with_map=False)
    links = site.page.locator('[data-testid="stMain"] a[href*="organisation?org="]')
    expect(links.nth(12)).to_be_attached()
    links.nth(12).scroll_into_view_if_needed()
    site.page.evaluate(SCROLL, site.page.evaluate(TOP) + 200)
    before = site.page.evaluate(TOP)
    assert before > 200
    links.nth(12).click()
    expect(site.page).to_have_url(re.compile("/organisation"))
    site.wait_for_map()
    assert site.page.evaluate(TOP) < before
    site.page.go_back()
    expect(links.nth(12)).to_be_visible()
    site.page.wait_for_function(
        """(top) => {
          const main = document.querySelector('[data-testid="stMain"]');
          return Math.abs(main.scrollTop - top) < 40;
        }""",
        arg=before,
    )
