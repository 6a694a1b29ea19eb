"""What a visitor's own browser keeps: a shortlist in all of its tabs, what is typed in one."""

from __future__ import annotations

import json
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.site import Site

LIMES = "/organisation?org=at-limes-security-gmbh"
SECURE_IC = "/organisation?org=fr-secure-ic"


def add_to_shortlist(page: Page) -> None:
    page.get_by_role("button", name="Add to shortlist").click()
    expect(page.get_by_role("button", name="On your shortlist")).to_be_visible()


def wait_until_stored(page: Page, *org_ids: str) -> None:
    text = json.dumps(org_ids, separators=(",", ":")) if org_ids else None
    page.wait_for_function(
        "(text) => localStorage.getItem('cyber-valleys-shortlist') === text", arg=text
    )


def test_a_shortlist_survives_a_reload_and_is_the_same_in_a_second_tab(
    open_site: Callable[..., Site],
) -> None:
    site = open_site()
    first = site.page
    site.visit(LIMES)
    add_to_shortlist(first)
    wait_until_stored(first, "at-limes-security-gmbh")
    site.visit(LIMES)
    expect(first.get_by_role("button", name="On your shortlist")).to_be_visible()

    second = site.context.new_page()
    second.goto(site.address + SECURE_IC)
    expect(second.get_by_role("link", name="Shortlist (1)")).to_be_visible()
    add_to_shortlist(second)
    expect(first.get_by_role("link", name="Shortlist (2)")).to_be_visible()
    wait_until_stored(second, "at-limes-security-gmbh", "fr-secure-ic")

    second.get_by_role("link", name="Shortlist (2)").click()
    expect(second.get_by_role("link", name="Limes Security GmbH")).to_be_visible()
    second.get_by_role("button", name="Empty the list").click()
    expect(first.get_by_role("button", name="Add to shortlist")).to_be_visible()
    wait_until_stored(first)
    assert site.complaints == []

    first.evaluate(
        """localStorage.setItem("cyber-valleys-shortlist", JSON.stringify(
            ["fr-secure-ic", "<img src=x onerror=alert(1)>", 7, ...Array(9999).fill("fr-nobody")]
        ))"""
    )
    # The other tab hears of it, says so and tidies up.
    expect(second.get_by_text("can’t be used any more")).to_be_visible()
    expect(second.get_by_role("link", name="Shortlist (1)")).to_be_visible()
    wait_until_stored(first, "fr-secure-ic")
    site.visit(LIMES)
    expect(first.get_by_role("link", name="Shortlist (1)")).to_be_visible()
    assert site.foreign == []


def test_answers_of_the_label_check_live_as_long_as_their_tab(
    open_site: Callable[..., Site],
) -> None:
    site = open_site()
    page = site.page
    site.visit("/label", with_map=False)
    page.get_by_role("radiogroup").first.get_by_text("Yes").click()
    expect(page.get_by_text("1 of 5 criteria answered with yes.")).to_be_visible()
    # A name that is typed, but whose field was not left.
    page.get_by_role("textbox", name="Company name").press_sequentially("Example Ltd")
    site.visit("/label", with_map=False)
    expect(page.get_by_text("1 of 5 criteria answered with yes.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Company name")).to_have_value("Example Ltd")
    site.choose_page("About", "About")
    expect(page.get_by_role("heading", name="About", level=1)).to_be_visible()
    site.choose_page("Directory", "Label")
    expect(page.get_by_text("1 of 5 criteria answered with yes.")).to_be_visible()

    other = site.context.new_page()
    other.goto(site.address + "/label")
    expect(other.get_by_text("Nothing is answered yet.")).to_be_visible()

    page.get_by_role("button", name="Clear my answers").click()
    expect(page.get_by_text("Nothing is answered yet.")).to_be_visible()
    page.wait_for_function(
        "() => sessionStorage.getItem('cyber-valleys-draft-label-check') === null"
    )
    assert site.complaints == []
