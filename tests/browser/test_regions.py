"""Regions in Chromium: choose a measure, click a region, compare three, download the brief."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.site import MAP, PHONE, Site, choose_option

Open = Callable[..., Site]


def test_measure_click_region_page_and_brief(open_site: Open) -> None:
    site = open_site()
    site.visit("/regions?at=48.1,-2.8,7")
    before = site.drawn()
    choose_option(site.page, "Measure", "Organisations per million inhabitants")
    expect(site.page).to_have_url(re.compile("measure=per-million"))
    site.wait_for_drawing(before)
    box = site.page.locator(MAP).bounding_box()
    assert box is not None
    site.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(site.page).to_have_url(re.compile("selected=region%3AFRH0"))
    card = site.page.locator(".st-key-card")
    expect(card.get_by_role("heading", name="Brittany (Bretagne)")).to_be_visible()
    card.get_by_text("Open the region's page").click()
    expect(site.page).to_have_url(re.compile(r"/region\?region=FRH0"))
    expect(site.page.get_by_role("heading", name="Brittany (Bretagne)", level=1)).to_be_visible()
    with site.page.expect_download() as download:
        site.page.get_by_role("button", name="Brief (PDF)").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")


def test_a_click_on_a_name_in_the_ranking_opens_its_region(open_site: Open) -> None:
    site = open_site()
    site.visit("/regions")
    box = site.page.locator("[data-testid=stDataFrame]").first.bounding_box()
    assert box is not None
    # The table is a canvas: the name in its first row, right of the tick box. Regions that can't
    # be ranked go by name.
    site.page.mouse.click(box["x"] + 130, box["y"] + 52)
    expect(site.page).to_have_url(re.compile("selected=region%3ABE21"))
    expect(
        site.page.locator(".st-key-card").get_by_text("Antwerp Province (Prov. Antwerpen)")
    ).to_be_visible()


def test_enter_takes_one_of_the_regions_that_match(open_site: Open) -> None:
    site = open_site()
    site.visit("/compare?compare=ES11&compare=fr-bretagne", with_map=False)
    site.page.get_by_role("combobox", name="Regions or valleys").click()
    site.page.keyboard.type("Limburg")
    # Streamlit finds what is only like it, too.
    expect(site.page.get_by_role("option").filter(has_text="Limburg")).to_have_count(2)
    expect(site.page.get_by_role("option", name="Flanders and Brussels")).to_have_count(0)
    site.page.keyboard.press("Enter")
    expect(site.page).to_have_url(re.compile("compare=ES11&compare=fr-bretagne&compare=[^&]+$"))


def test_on_a_phone_the_regions_compared_stand_one_below_the_other(open_site: Open) -> None:
    site = open_site(size=PHONE)
    site.visit("/compare?compare=fr-bretagne&compare=EE&compare=DEA", with_map=False)
    tables = site.page.locator(".st-key-compare_one_by_one table")
    expect(tables).to_have_count(3)
    boxes = [table.bounding_box() for table in tables.all()]
    assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= PHONE[0] for box in boxes)
    tops = [box["y"] for box in boxes if box]
    assert tops == sorted(tops)
    expect(site.page.locator(".st-key-compare_side_by_side")).to_be_hidden()
    wide = open_site()
    wide.visit("/compare?compare=fr-bretagne&compare=EE&compare=DEA", with_map=False)
    expect(wide.page.locator(".st-key-compare_side_by_side")).to_be_visible()
    expect(wide.page.locator(".st-key-compare_one_by_one")).to_be_hidden()


def test_compare_three_and_share_the_link(open_site: Open) -> None:
    site = open_site()
    site.visit("/compare?compare=fr-bretagne&compare=EE", with_map=False)
    site.page.get_by_role("combobox", name="Regions or valleys").click()
    site.page.keyboard.type("Nordrhein")
    # Once, found by its local name, whether as valley or as NUTS region.
    expect(site.page.get_by_role("option").filter(has_text="Nordrhein")).to_have_count(1)
    site.page.get_by_role("option", name="North Rhine-Westphalia (Nordrhein-Westfalen)").click()
    site.page.keyboard.press("Escape")  # while the options are open, the rest is hidden
    expect(site.page).to_have_url(
        re.compile("compare=fr-bretagne&compare=ee-estonia&compare=de-nordrhein-westfalen")
    )
    expect(
        site.page.get_by_text("In the register are 29 organisations in Brittany")
    ).to_be_visible()
    other = open_site()
    other.visit(site.page.url.removeprefix(site.address), with_map=False)
    expect(
        other.page.get_by_text("In the register are 29 organisations in Brittany")
    ).to_be_visible()
    with site.page.expect_download() as download:
        site.page.get_by_role("button", name="Numbers (Excel)").click()
    assert Path(download.value.path()).read_bytes().startswith(b"PK")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("koln", "Cologne (Köln)"),
        ("koeln", "Cologne (Köln)"),
        ("nordrhein west", "North Rhine-Westphalia (Nordrhein-Westfalen)"),
        ("NRW", "North Rhine-Westphalia (Nordrhein-Westfalen)"),
        ("ile de france", "Paris Region (Ile-de-France)"),
        ("lodz", "Łódź Region (Łódzkie)"),
        ("kosicky", "Košice Region (Košický kraj)"),
        ("cork", "Ireland (Éire) · Ireland (Cork)"),
    ],
)
def test_a_region_is_found_by_any_spelling(open_site: Open, typed: str, offered: str) -> None:
    site = open_site()
    site.visit("/region", with_map=False)
    box = site.page.get_by_role("combobox", name="Region or valley")
    box.click()
    box.press_sequentially(typed)
    expect(site.page.get_by_role("option").first).to_have_text(offered)
    site.page.keyboard.press("Enter")
    expect(site.page).to_have_url(re.compile("region="))


def test_a_box_of_choices_offers_nothing_that_was_not_typed(open_site: Open) -> None:
    site = open_site()
    site.visit("/compare", with_map=False)
    box = site.page.get_by_role("combobox", name="Regions or valleys")
    box.click()
    box.press_sequentially("Lisboa")
    options = site.page.get_by_role("option")
    expect(options).to_have_text(["Lisbon Metropolitan Area (Área Metropolitana de Lisboa)"])
    box.fill("quzx")
    expect(site.page.get_by_text("No results")).to_be_visible()
