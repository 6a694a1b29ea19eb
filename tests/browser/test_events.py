"""A visitor opens the timeline, picks a kind, and takes an event and the calendar along."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin

import pytest
from icalendar import Calendar
from playwright.sync_api import expect

from tests.browser.site import PHONE, WIDE, Site, choose_option


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_from_the_timeline_to_a_calendar_file(
    open_site: Callable[..., Site], size: tuple[int, int]
) -> None:
    site = open_site(size=size)
    page = site.page
    site.visit("/about", with_map=False)
    site.choose_page("Events", "Events")
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first).to_be_visible()
    choose_option(page, "Kind", "Investor day")
    expect(page).to_have_url(re.compile("kind=investor-day"))
    entries = page.locator(".st-key-rows_listed")
    expect(entries.get_by_text("SMEs 180 · Investors 60 · B2B meetings 400")).to_be_visible()
    first = entries.locator("a", has_text="Calendar file").first
    answer = page.request.get(urljoin(page.url, str(first.get_attribute("href"))))
    assert answer.headers["content-type"].startswith("text/calendar")
    assert len(Calendar.from_ical(answer.body()).walk("VEVENT")) == 1
    whole = page.locator("a", has_text="Subscribe to the calendar").first.get_attribute("href")
    body = page.request.get(urljoin(page.url, str(whole))).body()
    assert len(Calendar.from_ical(body).walk("VEVENT")) > 10
    with page.expect_download() as download:
        page.locator(".st-key-events_csv button").click()
    lines = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) > 1
    assert "investor-day" in lines[1]
    assert site.width_of_content() <= size[0]
    assert site.foreign == []
    assert site.complaints == []
