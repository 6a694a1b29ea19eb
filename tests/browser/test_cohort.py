"""A visitor goes from the programme to a cohort, sets a limit, and takes the choice along."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.browser.site import PHONE, WIDE, Site


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_from_the_programme_to_a_cohort_and_its_sensitivity(
    open_site: Callable[..., Site], size: tuple[int, int]
) -> None:
    site = open_site(size=size, touch=size == PHONE)
    page = site.page
    site.visit("/programme", with_map=False)
    page.get_by_role("link", name="Open the cohort builder").click()
    expect(page.get_by_role("heading", name="The cohort", exact=True)).to_be_visible()
    page.get_by_label("At most from one valley").fill("1")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("most_per_valley=1"))
    expect(page.get_by_text("In every one of them")).to_be_visible()
    expect(page.get_by_text("20 companies").first).to_be_visible()
    expect(page.get_by_text("Points that the best cohort would have more")).to_be_visible()
    with page.expect_download() as download:
        page.locator(".st-key-cohort_xlsx button").click()
    book = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert book["Cohort"].max_row == 21
    assert book["Limits"]["A2"].value == "at most 1 of one valley"
    assert site.width_of_content() <= size[0]
    assert site.foreign == []
    assert site.complaints == []
