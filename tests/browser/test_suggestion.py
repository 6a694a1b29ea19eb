"""A visitor suggests, a moderator decides, a refresh publishes, and the site shows it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from ecosystem.common.settings import settings
from etl import pipeline
from etl.inbox.check import reference
from etl.inbox.moderation import Desk
from etl.inbox.reception import MIN_SECONDS
from etl.inbox.store import Inbox
from tests.browser.axe import check_accessible
from tests.browser.server import serving
from tests.browser.site import PHONE, Site, choose_option, settle

LIMES = "/suggest?org=at-limes-security-gmbh"


@dataclass
class Place:
    """A site with an inbox and a register of its own."""

    address: str
    releases: Path
    register: Path
    desk: Desk


@pytest.fixture(scope="module")
def place(releases_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("suggestions")
    releases = Path(shutil.copytree(releases_dir, folder / "releases"))
    register = Path(shutil.copytree(settings().register_dir, folder / "register"))
    inbox = folder / "inbox.sqlite"
    # As much work as a slow machine does before a test is at its end.
    own = {"CYBER_VALLEYS_INBOX_FILE": str(inbox), "CYBER_VALLEYS_INBOX_WORK_BITS": "15"}
    with serving(releases, environment=own) as address:
        yield Place(address, releases, register, Desk(Inbox(inbox), register, reference()))


@pytest.fixture
def site(browser: Browser, place: Place) -> Iterator[Site]:
    with Site(browser, place.address) as site:
        yield site


def type_in(page: Page, label: str, text: str) -> None:
    box = page.get_by_role("textbox", name=label, exact=True)
    box.fill(text)
    box.press("Tab")
    settle(page)


def choose(page: Page, label: str, option: str) -> None:
    choose_option(page, label, option)
    settle(page)


def choose_several(page: Page, label: str, option: str) -> None:
    choose_option(page, label, option)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name=f"Remove {option}")).to_be_visible()
    settle(page)


def open_form(site: Site, path: str) -> Page:
    site.visit(path, with_map=False)
    site.page.get_by_role("button", name="Send").wait_for()
    return site.page


def button_to_send(page: Page) -> Locator:
    """What sends the form, at a time when it may: who sends it at once is taken for a robot."""
    page.wait_for_timeout(1000 * MIN_SECONDS)
    return page.get_by_role("button", name="Send")


def test_a_new_organisation_from_the_form_to_the_map(site: Site, place: Place) -> None:
    page = open_form(site, "/suggest")
    type_in(page, "Name (required)", "Armor Test Lab")
    choose(page, "Type (required)", "SME or start-up")
    type_in(page, "Town (required)", "Cesson-Sévigné")
    choose(page, "Country (required)", "France")
    expect(page.get_by_text("Found: Cesson-Sévigné, Ille-et-Vilaine (FRH03)")).to_be_visible()
    choose_several(page, "JRC domains (required)", "Cryptology")
    choose_several(page, "NIST CSF 1.1 functions (required)", "Protect")
    type_in(page, "Source (required)", "https://example.org/about")
    button_to_send(page).dblclick()
    expect(page.get_by_text("Thank you. Your suggestion is kept")).to_be_visible()
    assert site.foreign == []
    assert site.complaints == []

    waiting = [s for s in place.desk.open_suggestions() if s.is_new]
    assert [s.values["name"] for s in waiting] == ["Armor Test Lab"]
    org_id = place.desk.accept(waiting[0].number)
    assert pipeline.run(place.register, place.releases).release_id
    site.visit(f"/organisation?org={org_id}")
    expect(page.get_by_test_id("stMain").get_by_role("heading", level=1)).to_have_text(
        "Armor Test Lab"
    )
    expect(page.get_by_text("Cesson-Sévigné").first).to_be_visible()


def test_a_correction_from_the_form_to_the_page(site: Site, place: Place, browser: Browser) -> None:
    page = open_form(site, LIMES)
    expect(page.get_by_test_id("stMain").get_by_role("heading", level=1)).to_have_text(
        "Correct Limes Security GmbH"
    )
    type_in(page, "Founded", "2011")
    expect(page.get_by_text("Founded: 2012 → 2011")).to_be_visible()
    type_in(page, "Source (required)", "https://limessecurity.com/about")
    # Loaded again, the form has what was typed.
    page = open_form(site, LIMES)
    expect(page.get_by_text("Founded: 2012 → 2011")).to_be_visible()
    button_to_send(page).click()
    expect(page.get_by_text("Thank you. Your suggestion is kept")).to_be_visible()
    page.wait_for_function(
        "() => !Object.keys(sessionStorage).some((key) => key.includes('draft'))"
    )

    (suggestion,) = [s for s in place.desk.open_suggestions() if not s.is_new]
    own = page.get_by_role("link", name=re.compile(f"Number {suggestion.number}.*Limes Security"))
    expect(own).to_have_text(re.compile("open$"))
    own.click()
    expect(page.get_by_test_id("stMain").get_by_role("heading", level=1)).to_have_text(
        f"Your suggestion, number {suggestion.number}"
    )
    link = page.url
    place.desk.accept(suggestion.number)
    assert pipeline.run(place.register, place.releases).release_id
    # The link, in this browser and in any other; only this one has the list.
    site.visit(link.removeprefix(site.address), with_map=False)
    expect(page.get_by_text("it is written into the register")).to_be_visible()
    expect(page.get_by_role("heading", name="What became of your suggestions")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Number.*accepted$"))).to_be_visible()
    with Site(browser, place.address) as other:
        other.visit(link.removeprefix(site.address), with_map=False)
        expect(other.page.get_by_text("it is written into the register")).to_be_visible()
        expect(other.page.get_by_role("link", name=re.compile("^Number"))).to_have_count(0)
    page.get_by_role("link", name="Limes Security GmbH", exact=True).click()
    expect(page.get_by_text("founded 2011")).to_be_visible()


def test_faults_and_duplicates_are_said_before_sending(site: Site) -> None:
    page = open_form(site, "/suggest")
    type_in(page, "Founded", "soon")
    expect(page.get_by_text("Founded must be a whole number.")).to_be_visible()
    type_in(page, "Name (required)", "Limes Security")
    type_in(page, "Town (required)", "Hagenberg im Mühlkreis")
    choose(page, "Country (required)", "Austria")
    expect(page.get_by_role("heading", name="Is it one of these?")).to_be_visible()
    page.get_by_role("link", name="Correct this one instead").first.click()
    expect(page.get_by_test_id("stMain").get_by_role("heading", level=1)).to_have_text(
        "Correct Limes Security GmbH"
    )


def test_the_field_for_robots_is_invisible(site: Site) -> None:
    page = open_form(site, "/suggest")
    expect(page.get_by_label("Leave this empty")).to_be_hidden()


@pytest.mark.parametrize("dark", [False, True])
def test_accessible_with_faults_on_a_phone(browser: Browser, place: Place, dark: bool) -> None:
    with Site(browser, place.address, size=PHONE, dark=dark) as site:
        page = open_form(site, LIMES)
        type_in(page, "Founded", "soon")
        button_to_send(page).click()
        expect(page.get_by_text("Before it can be sent")).to_be_visible()
        settle(page)
        assert site.width_of_content() <= PHONE[0]
        check_accessible(page)
