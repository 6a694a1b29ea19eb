"""Questions in the search box, "Near me", and the map that moves to what was found."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.site import PHONE, WIDE, Site

SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
# In Cesson-Sévigné, east of Rennes.
HERE = {"latitude": 48.121234, "longitude": -1.602345}


def chip(page: Page, text: str) -> Locator:
    return page.locator(".st-key-understood").get_by_role("button", name=text)


def looks_at(page: Page) -> tuple[float, float, float]:
    """Latitude, longitude and zoom that the map writes into the address."""
    expect(page).to_have_url(re.compile(r"[?&]at="))
    lat, lon, zoom = parse_qs(urlsplit(page.url).query)["at"][0].split(",")
    return float(lat), float(lon), float(zoom)


@SIZES
def test_a_question_is_understood_and_its_chips_go_away_and_come_back(
    open_site: Callable[..., Site], size: tuple[int, int]
) -> None:
    site = open_site(size=size)
    page = site.page
    site.visit("/directory", with_map=False)
    box = page.get_by_role("searchbox", name="Search").last
    box.fill("cybersecurity company near Rennes")
    box.press("Enter")
    expect(chip(page, "near Rennes → within 25 km of Rennes, France")).to_be_visible()
    expect(page.get_by_text("10 organisations").first).to_be_visible()
    expect(box).to_have_value("cybersecurity company near Rennes")
    chip(page, "company → type").click()
    expect(page.get_by_text("22 organisations").first).to_be_visible()
    expect(chip(page, "company → type")).to_have_count(0)
    assert "company" not in page.url
    page.go_back()
    expect(chip(page, "company → type")).to_be_visible()
    expect(page.get_by_text("10 organisations").first).to_be_visible()
    page.go_forward()
    expect(page.get_by_text("22 organisations").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert site.foreign == []
    assert site.complaints == []


@SIZES
def test_near_me_tells_the_site_a_rounded_place_and_the_address_a_town(
    open_site: Callable[..., Site], size: tuple[int, int]
) -> None:
    site = open_site(size=size)
    page = site.page
    told: list[str] = []
    site.listen(
        "websocket",
        lambda socket: socket.on(
            "framesent",
            lambda data: told.append(data if isinstance(data, str) else data.decode("latin-1")),
        ),
    )
    site.context.grant_permissions(["geolocation"])
    site.context.set_geolocation(HERE)
    site.visit("/directory", with_map=False)
    page.get_by_role("button", name="Near me").click()
    expect(chip(page, "km of ")).to_be_visible()
    near = parse_qs(urlsplit(page.url).query)
    assert re.fullmatch(r"g\d+", near["near"][0])
    assert near["km"] == ["25"]
    assert any("48.12,-1.60" in frame for frame in told)
    assert not any("48.1212" in frame or "1.6023" in frame for frame in told)
    assert site.foreign == []
    assert site.complaints == []


@SIZES
def test_near_me_denied_is_a_sentence(
    open_site: Callable[..., Site], size: tuple[int, int]
) -> None:
    site = open_site(size=size)
    site.visit("/directory", with_map=False)
    site.page.get_by_role("button", name="Near me").click()
    expect(site.page.get_by_text("Type a town instead.")).to_be_visible()
    assert "near=" not in site.page.url
    assert site.foreign == []


@SIZES
def test_the_map_moves_to_what_was_found(
    open_site: Callable[..., Site], size: tuple[int, int]
) -> None:
    site = open_site(size=size)
    site.visit("/?q=companies near Rennes")
    expect(chip(site.page, "near Rennes → within 25 km")).to_be_visible()
    lat, lon, zoom = looks_at(site.page)
    assert lat == pytest.approx(48.11, abs=0.3)
    assert lon == pytest.approx(-1.68, abs=0.3)
    assert zoom >= 7
    chip(site.page, "near Rennes").click()
    expect(site.page.get_by_text("233 organisations").first).to_be_visible()
    site.page.wait_for_function(
        "() => Number(new URL(location).searchParams.get('at')?.split(',')[2] ?? 4) < 6"
    )
    assert site.foreign == []
    assert site.complaints == []
