"""The secretariat signs in, checks a file, publishes it and goes back, in Chromium."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from ecosystem.common.store import current
from tests.browser.office import Office, office
from tests.browser.site import Site, choose_option


@pytest.fixture(scope="module")
def desk(releases_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(releases_dir, tmp_path_factory.mktemp("office")) as found:
        yield found


@pytest.fixture
def site(browser: Browser, desk: Office) -> Iterator[Site]:
    with Site(browser, desk.address) as site:
        yield site
        assert site.complaints == []


@pytest.fixture
def page(site: Site) -> Page:
    return site.page


def test_a_member_signs_in_and_out(page: Page, desk: Office) -> None:
    desk.sign_in(page)
    expect(page.get_by_text("Signed in as")).to_be_visible()
    assert page.url == f"{desk.address}/secretariat", "where somebody wanted to go"
    copied = page.context.cookies()
    assert any(cookie["name"] == "_streamlit_user" for cookie in copied)
    desk.sign_out(page)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    page.context.clear_cookies()
    page.context.add_cookies([{**cookie} for cookie in copied])  # type: ignore[typeddict-item]
    page.goto(f"{desk.address}/secretariat")
    expect(page.get_by_text("Your sign-in has ended")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_removed_member_is_out_at_once(page: Page, desk: Office) -> None:
    desk.sign_in(page)
    expect(page.get_by_text("Register files")).to_be_visible()
    desk.name_members("somebody.else@example.org")
    try:
        page.get_by_role("button", name="Check", exact=True).click()
        expect(page.get_by_text("isn't on the list")).to_be_visible()
        expect(page.get_by_text("Register files")).to_have_count(0)
    finally:
        desk.name_members("anna@example.org")


def test_somebody_else_is_sent_away(page: Page, desk: Office) -> None:
    desk.sign_in(page, email="bob@example.org")
    expect(page.get_by_text("isn't on the list")).to_be_visible()
    expect(page.get_by_text("Register files")).to_have_count(0)


def test_the_guide_opens_with_its_pictures(page: Page, desk: Office) -> None:
    desk.sign_in(page)
    page.get_by_text("How this works").click()
    pictures = page.locator("main img")
    expect(pictures).to_have_count(5)
    for picture in pictures.all():
        assert picture.get_attribute("alt")
    expect(pictures.first).to_have_js_property("naturalWidth", 1080)
    page.get_by_role("tab", name="What each message means").click()
    expect(page.get_by_role("cell", name="No town of this name is known in ...")).to_be_visible()
    page.wait_for_timeout(500)
    found = Axe().run(page, context='[data-testid="stExpander"]')
    assert found.violations_count == 0, found.generate_report()


def test_faults_come_back_with_directions(page: Page, desk: Office) -> None:
    before = current(desk.releases).release_id
    sheet = desk.register_as_sheet()
    sheet.loc[1, "type"] = "Forschng"
    sheet.loc[2, "city"] = "Nirgendwo"
    desk.sign_in(page)
    desk.check(page, desk.save(sheet, "faults.xlsx"))
    expect(page.get_by_text("2 cells must be corrected first")).to_be_visible()
    expect(page.get_by_text("Organisations, C3")).to_be_visible()
    expect(page.get_by_text("Did you mean research (Research)?")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="faults marked").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert book["Organisations"]["C3"].comment is not None
    assert book["Organisations"]["C4"].comment is None
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)
    assert current(desk.releases).release_id == before


def test_an_unknown_column_is_asked_for(page: Page, desk: Office) -> None:
    sheet = desk.register_as_sheet().rename(columns={"city": "Where it sits"})
    desk.sign_in(page)
    desk.check(page, desk.save(sheet, "odd.xlsx"))
    expect(page.get_by_text("nothing is guessed")).to_be_visible()
    choose_option(page, "Which column of the file is “city”?", "Where it sits")
    page.get_by_role("button", name="Check again").click()
    expect(page.get_by_text("This would be published")).to_be_visible()


def test_a_sorted_column_is_put_right_and_rows_are_added(page: Page, desk: Office) -> None:
    sheet = desk.register_as_sheet()
    desk.sign_in(page)
    desk.check(page, desk.save(sheet.assign(website=sorted(sheet["website"])), "sorted.xlsx"))
    expect(page.get_by_text("as if the column website had been sorted alone")).to_be_visible()
    expect(page.get_by_text("These values were on the wrong rows before")).to_be_visible()
    page.get_by_role("button", name="Put the columns right").click()
    expect(page.get_by_text("This would be published")).to_be_visible()
    expect(page.get_by_text("no change")).to_be_visible()
    page.goto(f"{desk.address}/secretariat")
    rows = sheet.iloc[:2].assign(org_id="", name=["New A", "New B"], website="")
    path = desk.save(rows, "rows.xlsx")
    page.locator("input[type=file]").set_input_files(str(path))
    page.get_by_text("Rows to add", exact=True).click()
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_text(": 2 added.")).to_be_visible()
    expect(page.get_by_role("button", name="Publish")).to_be_visible()


def test_a_file_is_published_and_taken_back(page: Page, desk: Office, browser: Browser) -> None:
    before = current(desk.releases).release_id
    sheet = desk.register_as_sheet()
    sheet.loc[3, "name"] = "A Renamed Security School"
    desk.sign_in(page)
    desk.check(page, desk.save(sheet, "good.xlsx"))
    expect(page.get_by_text("1 changed")).to_be_visible()
    publish = page.get_by_role("button", name="Publish")
    expect(publish).to_be_disabled()
    page.get_by_text("I have looked at what would change").click()
    publish.click()
    expect(page.get_by_text("Published as release")).to_be_visible()
    assert current(desk.releases).release_id != before
    assert "A Renamed Security School" in (desk.register / "organisations.csv").read_text("utf-8")
    with Site(browser, desk.address) as visitor:
        visitor.visit("/whats_new", with_map=False)
        expect(visitor.page.get_by_text("A Renamed Security School").first).to_be_visible()
    page.get_by_text("Releases", exact=True).first.click()
    page.get_by_text("to everybody, in place of").click()
    page.get_by_role("button", name="Go back").click()
    expect(page.get_by_text("The register still holds")).to_be_visible()
    assert current(desk.releases).release_id == before


def test_an_organisation_confirms_its_entry_and_a_member_accepts(
    page: Page, desk: Office, browser: Browser
) -> None:
    desk.sign_in(page)
    page.get_by_text("Ask organisations", exact=True).first.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    table = pd.read_csv(download.value.path(), dtype="str")
    row = table[table["Identifier"] == "at-limes-security-gmbh"].iloc[0]
    assert row["Link"].startswith(f"{desk.address}/confirm?")
    with Site(browser, desk.address) as visitor:
        visitor.page.goto(row["Link"])
        expect(visitor.page.get_by_role("heading", name=row["Organisation"])).to_be_visible()
        visitor.page.get_by_role("button", name="All of this is right").click()
        expect(visitor.page.get_by_text("you have sent that all is right")).to_be_visible()
        visitor.page.goto(row["Link"])
        expect(visitor.page.get_by_text("It can be used once")).to_be_visible()
        assert visitor.complaints == []
    page.reload()
    page.get_by_text("Suggestions (1)", exact=True).first.click()
    expect(page.get_by_text("confirmation by the organisation itself").first).to_be_visible()
    page.get_by_role("button", name="Accept into the register").click()
    expect(page.get_by_text("Suggestions (1)", exact=True)).to_have_count(0)
    entry = desk.register_as_sheet().set_index("org_id").loc["at-limes-security-gmbh"]
    assert entry["evidence"] == "confirmed"
    assert entry["checked_on"] == f"{datetime.now(UTC):%Y-%m-%d}"
