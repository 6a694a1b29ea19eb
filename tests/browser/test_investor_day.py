"""An organiser goes from the shortlist to a participant's own page, and somebody drops out late."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from icalendar import Calendar
from playwright.sync_api import expect

from ecosystem.matching.investor_day import my_day
from tests.browser.site import PHONE, Site, choose_option
from tests.ecosystem.matching.investor_day.days import small_day
from tests.ecosystem.matching.investor_day.test_calendars import MADE, PLAN, renamed

SHORTLIST = "/shortlist?list=at-limes-security-gmbh&list=fr-secure-ic"
HOSTILE = '<img src=x onerror="document.title=1">'


def test_from_the_shortlist_to_a_participants_day_and_a_late_drop_out(
    open_site: Callable[..., Site], tmp_path: Path
) -> None:
    site = open_site()
    page = site.page
    site.visit(SHORTLIST, with_map=False)
    page.get_by_role("link", name="Plan an investor day").click()
    expect(page.get_by_role("heading", name="Investor day", level=1)).to_be_visible()
    expect(page.get_by_text("The 2 organisations of the shortlist")).to_be_visible()
    choose_option(page, re.compile("^Investors of the register"), "TIIN Capital", typed="TIIN")
    page.keyboard.press("Escape")
    expect(page.get_by_text("It begins with 2 SMEs and 1 investor.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Workbook with these").click()
    workbook = tmp_path / "day.xlsx"
    download.value.save_as(workbook)

    page.locator("input[type=file]").set_input_files(workbook)
    expect(page.get_by_text("day.xlsx: 2 SMEs, 1 investor")).to_be_visible()
    page.get_by_role("button", name="Plan", exact=True).click()
    expect(page.get_by_role("heading", name="The plan")).to_be_visible()
    expect(page.get_by_text("or as many as they could have at all")).to_be_visible()
    choose_option(page, "Participant", "Secure-IC")
    expect(page.get_by_role("cell", name="TIIN Capital").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Participants' sheets (PDF)").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")

    link = page.get_by_role("link", name="Their own page").get_attribute("href")
    assert link is not None
    look_at_own_day(site, link)

    choose_option(page, "Who doesn't come after all", "Secure-IC")
    page.get_by_role("button", name="Drop out and plan again").click()
    expect(page.get_by_role("heading", name="What changed for whom")).to_be_visible()
    expect(page.get_by_role("button", name="Take back in and plan again")).to_be_visible()
    assert site.foreign == []
    assert site.complaints == []


def look_at_own_day(site: Site, link: str) -> None:
    """A participant opens the link on a phone; another link is hostile, a third one cut off."""
    own = site.context.new_page()
    own.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    asked: list[str] = []
    own.on("request", lambda request: asked.append(request.url))
    own.goto(link)
    expect(own.get_by_role("heading", name="Secure-IC")).to_be_visible()
    expect(own.get_by_text("Meeting with TIIN Capital")).to_be_visible()
    assert own.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    with own.expect_download() as download:
        own.get_by_role("button", name="Save for my calendar").click()
    (event,) = Calendar.from_ical(Path(download.value.path()).read_bytes()).walk("VEVENT")
    assert str(event["summary"]) == "Meeting with TIIN Capital"
    fragment = link.partition("#")[2]
    assert len(fragment) > 100
    assert not [url for url in asked if fragment in url.partition("#")[0]]

    evil = my_day.link(site.address, renamed(small_day(), HOSTILE), PLAN, "b", MADE)
    own.goto(evil)
    expect(own.get_by_role("heading", name=HOSTILE)).to_be_visible()
    assert own.locator("main img").count() == 0
    own.goto(evil[:-9])
    expect(own.get_by_text("This link is damaged")).to_be_visible()
    own.close()
