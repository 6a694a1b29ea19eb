"""From a region to partners and a consortium to take away, in Chromium at both sizes."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.site import PHONE, WIDE, Site, choose_option


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_choose_a_region_find_partners_and_take_a_consortium_away(
    open_site: Callable[..., Site], size: tuple[int, int]
) -> None:
    site = open_site(size=size, touch=size == PHONE)
    page = site.page
    site.visit("/partners", with_map=False)
    choose_option(page, "My region", "Brittany (Bretagne)", typed="Bretagne")
    expect(page.get_by_text("valleys fit for a joint project with Brittany.")).to_be_visible()
    choose_option(page, "Need", "Cryptology (JRC domain)", typed="Cryptology")
    card = page.locator(".st-key-fit_es-cataluna")
    expect(card.get_by_text("of its 9 organisations in the register work on")).to_be_visible()
    expect(page).to_have_url(re.compile("from=fr-bretagne&need=domain%3Acryptology"))
    card.get_by_role("button", name="Add", exact=True).first.click()
    expect(page.get_by_text("Consortium sketch (2 regions, 1 organisation)")).to_be_visible()
    page.get_by_text("Consortium sketch (2 regions, 1 organisation)").click()
    expect(page.get_by_text("Nobody plays yet: SME, Large user, Cluster")).to_be_visible()
    page.get_by_text("Add organisations").click()
    search = page.get_by_role("textbox", name="Search organisations")
    search.fill("Cybernetica")
    search.press("Enter")
    found = page.locator(".st-key-add_search_ee-cybernetica")
    found.get_by_role("button").click()
    expect(page.get_by_text("countries: 2 of at least 3").first).to_be_visible()
    # One more, of the region that asks, makes three countries.
    page.locator('[class*="st-key-add_csirt_fr-"]').first.get_by_role("button").click()
    expect(page.get_by_text("research and innovation actions: holds")).to_be_visible()
    assert site.width_of_content() <= size[0]
    text = " ".join(
        part.extract_text() for part in PdfReader(io.BytesIO(download(page, "PDF"))).pages
    )
    assert "Horizon Europe, research and innovation actions: holds" in " ".join(text.split())
    book = load_workbook(io.BytesIO(download(page, "Excel")))
    assert book["Organisations"].max_row == 4
    assert site.foreign == []
    assert site.complaints == []


def download(page: Page, ending: str) -> bytes:
    with page.expect_download() as started:
        page.get_by_role("button", name=f"Sketch ({ending})").click()
    return Path(started.value.path()).read_bytes()
