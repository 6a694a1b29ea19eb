"""The secretariat's page: closed to all but those on the list."""

from __future__ import annotations

import errno
import io
import os
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from ecosystem.api import atlas
from ecosystem.common import fetch_state
from ecosystem.common.fetch_state import FetchState
from ecosystem.common.settings import ROOT, settings
from ecosystem.common.store import Database, current
from ecosystem.finding.filters import Filter
from ecosystem.ui import drafts
from ecosystem.ui.guide import sections
from etl import pipeline
from etl.actions import entries
from etl.inbox.model import State
from etl.inbox.store import Inbox
from etl.release import shelf
from etl.ui import moderation
from etl.ui.secretariat.sections import GUIDE
from tests.etl.inbox.conftest import new
from tests.pages.conftest import Visit, use_releases

ANNA = {
    "is_logged_in": True,
    "iat": int(time.time()),
    "exp": int(time.time()) + 7 * 3_600,
    "sub": "1",
    "email": "anna@example.org",
    "email_verified": True,
    "name": "Anna",
}


@pytest.fixture
def open_to_anna(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CYBER_VALLEYS_SECRETARIAT", ANNA["email"])
    settings.cache_clear()
    yield
    settings.cache_clear()


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def visit_as(visit: Visit, user: dict[str, object]) -> AppTest:
    app = visit("about").switch_page("pages/secretariat.py")
    app.secrets["auth"] = {"client_id": "x"}
    app.user = user
    return app.run()


def test_the_page_is_off_without_a_provider(visit: Visit) -> None:
    app = visit("secretariat")
    assert "This page is off" in app.info[0].value
    assert any("secrets.toml" in text.value for text in app.markdown)
    assert labels(app) == []
    assert len(app.get("file_uploader")) == 0


@pytest.mark.usefixtures("open_to_anna")
def test_a_stranger_sees_the_way_in_and_nothing_else(visit: Visit) -> None:
    app = visit_as(visit, {"is_logged_in": False})
    assert labels(app) == ["Sign in"]
    assert len(app.get("file_uploader")) == 0


def code_spans(markdown: str) -> list[str]:
    """What stands in the letters of code, where nothing is put in."""
    return re.findall("`+ (.*?) `+", markdown)


@pytest.mark.usefixtures("open_to_anna")
@pytest.mark.parametrize(
    "changed",
    [{"email": "bob@example.org"}, {"email_verified": False}, {"email": "<b>anna</b>"}],
)
def test_another_account_is_sent_away(visit: Visit, changed: dict[str, object]) -> None:
    app = visit_as(visit, ANNA | changed)
    assert "isn't on the list" in app.warning[0].value
    assert labels(app) == ["Sign out"]
    assert changed.get("email", ANNA["email"]) in code_spans(app.warning[0].value)
    assert len(app.get("file_uploader")) == 0


@pytest.mark.usefixtures("open_to_anna")
def test_a_member_comes_in(visit: Visit) -> None:
    app = visit_as(visit, ANNA)
    assert not app.warning
    assert not app.exception
    assert len(app.get("file_uploader")) == 1


@pytest.mark.usefixtures("open_to_anna")
def test_a_sign_in_ends_while_the_page_is_open(visit: Visit) -> None:
    app = visit_as(visit, ANNA | {"iat": int(time.time()) - 8 * 3_600 + 120})
    assert len(app.get("file_uploader")) == 1
    app.user = ANNA | {"iat": int(time.time()) - 8 * 3_600 - 1}
    app.run()
    assert "Your sign-in has ended" in app.info[0].value
    assert labels(app) == ["Sign in"]
    assert len(app.get("file_uploader")) == 0


def test_the_page_says_nothing_of_a_list_that_is_not_there(visit: Visit) -> None:
    """A provider alone opens nothing: somebody has to be named."""
    app = visit_as(visit, ANNA)
    assert "This page is off" in app.info[0].value


def test_the_way_to_turn_it_on_names_what_exists() -> None:
    text = (ROOT / "etl" / "ui" / "sign_in.py").read_text(encoding="utf-8")
    assert (
        f"`{type(settings()).model_fields['secretariat_file'].default.relative_to(ROOT)}`" in text
    )


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@cache
def _workbook(sheet: str) -> bytes:
    """A workbook of one sheet that is given as CSV: several tests choose the same one."""
    file = io.BytesIO()
    frame = pd.read_csv(io.StringIO(sheet), dtype="str", keep_default_na=False)
    frame.to_excel(file, index=False, sheet_name="Organisations")
    return file.getvalue()


@dataclass
class Desk:
    """The page as a member has it, on copies of register and releases."""

    app: AppTest
    register: Path
    releases: Path

    def sheet(self) -> pd.DataFrame:
        return pd.read_csv(self.register / "organisations.csv", dtype="str", keep_default_na=False)

    def other_sheet(self) -> pd.DataFrame:
        """The register with one organisation renamed."""
        sheet = self.sheet()
        sheet.loc[3, "name"] = "A Renamed Security School"
        return sheet

    def choose(self, sheet: pd.DataFrame, name: str = "list.xlsx") -> None:
        content = _workbook(sheet.to_csv(index=False))
        self.app.file_uploader[0].set_value([(name, content, XLSX)]).run()

    def press(self, label: str) -> None:
        next(button for button in self.app.button if button.label == label).click().run()
        assert not self.app.exception

    def tick(self) -> None:
        (box,) = (b for b in self.app.checkbox if b.label.startswith("I have looked"))
        box.check().run()

    def ticked(self) -> list[bool]:
        return [box.value for box in self.app.checkbox]

    def headers(self) -> list[str]:
        return [header.value for header in self.app.header]

    def errors(self) -> str:
        """All of them, without the signs that keep Markdown from reading them."""
        return " ".join(error.value for error in self.app.error).replace("\\", "")

    def kept(self) -> list[str]:
        return [file.name for file in self.app.file_uploader[0].value]


@pytest.fixture
def desk(
    open_to_anna: None,
    visit: Visit,
    releases_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Desk:
    register = Path(shutil.copytree(settings().register_dir, tmp_path / "register"))
    releases = Path(shutil.copytree(releases_dir, tmp_path / "releases"))
    monkeypatch.setenv("CYBER_VALLEYS_REGISTER_DIR", str(register))
    monkeypatch.setenv("CYBER_VALLEYS_INBOX_FILE", str(tmp_path / "inbox.sqlite"))
    use_releases(monkeypatch, releases)
    return Desk(visit_as(visit, ANNA), register, releases)


@pytest.mark.slow
def test_the_first_release_is_published_from_the_page(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    empty = tmp_path / "none yet"
    use_releases(monkeypatch, empty)
    desk.app.run()
    assert "There is no data yet." in desk.errors()
    desk.press("Check")
    desk.tick()
    desk.press("Publish")
    assert shelf.current_id(empty)
    assert "Published as release" in desk.app.success[0].value
    assert not desk.app.error


def test_a_site_that_fetches_its_releases_says_so_and_offers_no_way_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CYBER_VALLEYS_DATABASE", "https://me:secret@publisher.example/releases")
    settings.cache_clear()
    state = FetchState(
        "https://publisher.example/releases", "2026-12-01T10:00:00+00:00", trouble="Nobody answers."
    )
    fetch_state.write(desk.releases, state)
    desk.app.run()
    desk.app.segmented_control[0].select("Releases").run()
    (told,) = desk.app.info
    assert told.value.startswith("This site shows what is published at https")
    assert "secret" not in told.value
    assert desk.app.warning[0].value.startswith("Nobody answers")
    assert desk.app.dataframe
    assert not [button for button in labels(desk.app) if "release" in button.casefold()]
    assert not desk.app.exception


@pytest.mark.slow
def test_one_entry_is_changed_kept_and_published(desk: Desk) -> None:
    app = desk.app
    app.segmented_control[0].select("One entry").run()
    entry = next(box for box in app.selectbox if box.label == "Entry")
    at = next(i for i, name in enumerate(entry.options) if name.startswith("Thales"))
    entry.select_index(at).run()
    next(box for box in app.text_input if box.label == "Founded").set_value("soon")
    desk.press("See what changes")
    assert "**Founded**" in desk.errors()
    assert "Publish now" not in labels(app)
    next(box for box in app.text_input if box.label == "Founded").set_value("2001")
    desk.press("See what changes")
    assert any("**Founded**" in text.value and "2001" in text.value for text in app.markdown)
    register = (desk.register / "organisations.csv").read_bytes()
    app.checkbox[0].check().run()
    desk.press("Keep; publish with the next refresh")
    assert "not yet on the map" in app.success[0].value
    changed = (desk.register / "organisations.csv").read_bytes()
    differing = [
        (old, new)
        for old, new in zip(register.splitlines(), changed.splitlines(), strict=True)
        if old != new
    ]
    assert len(differing) == 1
    assert b"2001" in differing[0][1]
    assert (entries()[-1].account, entries()[-1].action) == (ANNA["email"], "edit")

    app.selectbox[0].select("events").run()
    typed = {"Name": "A Day in Rennes", "Start": "2027-02-03", "Source": "https://example.org"}
    for field in app.text_input:
        title = field.label.removesuffix(" (required)")
        if title in typed:
            field.set_value(typed[title])
    for box in app.selectbox:
        if box.label.endswith("(required)"):
            box.select_index(0)
    desk.press("See what changes")
    assert desk.errors() == ""
    app.checkbox[0].check().run()
    desk.press("Publish now")
    assert "Published as release" in app.success[0].value
    assert shelf.current_id(desk.releases) in app.success[0].value.replace("\\", "")
    assert "a-day-in-rennes" in (desk.register / "events.csv").read_text(encoding="utf-8")


def test_what_is_typed_into_an_entry_goes_to_the_browser_until_it_is_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[str, dict[str, object]] = {}
    monkeypatch.setattr(
        drafts, "_mount", lambda *, data, **_: kept.update({data["name"]: data["typed"]})
    )
    app = desk.app
    app.segmented_control[0].select("One entry").run()
    app.selectbox[0].select("events").run()
    name = next(box for box in app.text_input if box.label == "Name (required)")
    name.set_value("A Day in Rennes").run()
    assert kept["entry_events_new"] == {"entry_events_new_name": "A Day in Rennes"}
    app.selectbox[0].select("organisations").run()
    entry = next(box for box in app.selectbox if box.label == "Entry")
    entry.select_index(3).run()
    (form,) = (name for name in kept if name.startswith("entry_org") and not name.endswith("new"))
    assert kept[form] == {}
    box = next(box for box in app.text_input if box.label == "Founded")
    held = box.value
    box.set_value("1999").run()
    assert kept[form] == {f"{form}_founded": "1999"}
    next(box for box in app.text_input if box.label == "Founded").set_value(held).run()
    assert kept[form] == {}, "what the register holds need not be kept"


@pytest.mark.slow
def test_who_looked_at_one_check_has_not_looked_at_the_next(desk: Desk) -> None:
    desk.press("Check")
    desk.tick()
    assert desk.ticked() == [True]
    desk.press("Check")
    assert desk.ticked() == [False]


@pytest.mark.slow
def test_what_was_accepted_of_one_check_is_not_accepted_of_the_next(desk: Desk) -> None:
    sheet = desk.other_sheet()
    many = sheet.head(120).assign(org_id="", website="", name=[f"New {i}" for i in range(120)])
    desk.choose(pd.concat([sheet, many]))
    desk.press("Check")
    desk.app.checkbox[0].check().run()  # that so many are new
    desk.tick()
    assert desk.ticked() == [True, True]
    desk.press("Check")
    assert desk.ticked() == [False]


@pytest.mark.slow
def test_a_check_of_other_files_than_are_chosen_can_not_be_published(desk: Desk) -> None:
    desk.choose(desk.sheet())
    desk.press("Check")
    assert "Publish" in desk.headers()
    desk.choose(desk.other_sheet(), "other.xlsx")
    assert desk.headers() == ["Choose the files"]
    assert "Publish" not in labels(desk.app)
    assert any("Press “Check”" in caption.value for caption in desk.app.caption)
    desk.press("Check")
    assert "Publish" in desk.headers()


@pytest.mark.slow
def test_what_was_said_about_columns_holds_for_that_file_only(desk: Desk) -> None:
    odd = desk.sheet().rename(columns={"city": "Where it sits"})
    desk.choose(odd)
    desk.press("Check")
    (box,) = (b for b in desk.app.selectbox if "city" in b.label)
    box.select("Where it sits").run()
    desk.press("Check again")
    assert "Publish" in desk.headers()
    desk.choose(desk.sheet(), "plain.xlsx")
    desk.press("Check")
    assert desk.errors() == ""
    assert "Publish" in desk.headers()


@pytest.mark.slow
def test_a_form_of_the_atlas_is_read_by_its_own_columns(desk: Desk) -> None:
    database = Database(current(desk.releases))
    form = io.BytesIO(atlas.as_xlsx(database, Filter()))
    database.close()
    sheet = pd.read_excel(form, sheet_name="Organisations", dtype="str", engine="openpyxl")
    sheet.loc[sheet["org_id"] == "fr-glimps", "Description"] = "Analyses malware"
    desk.choose(sheet, "atlas.xlsx")
    desk.press("Check")
    assert "Publish" not in desk.headers()
    (box,) = (box for box in desk.app.selectbox if box.label == "Whose columns the file has")
    box.select("atlas").run()
    desk.press("Check")
    assert desk.errors() == ""
    assert "Publish" in desk.headers()
    changed = pd.concat(table.value for table in desk.app.dataframe)
    assert "Analyses malware" in changed.to_string()


def test_one_column_can_not_be_two(desk: Desk) -> None:
    odd = desk.sheet().rename(columns={"city": "Where *it* sits", "name": "What it is"})
    desk.choose(odd)
    desk.press("Check")
    for box in desk.app.selectbox:
        if box.label.startswith("Which column"):
            box.select("Where *it* sits")
    desk.app.run()
    desk.press("Check again")
    assert "“Where *it* sits” is chosen for two columns" in desk.errors()
    assert "--map" not in desk.errors()


def test_what_fails_after_check_again_is_said(desk: Desk) -> None:
    odd = desk.sheet().rename(columns={"city": "Where it sits"})
    desk.choose(odd)
    desk.press("Check")
    (desk.register / "events.csv").write_bytes(b"")
    (box,) = (b for b in desk.app.selectbox if "city" in b.label)
    box.select("Where it sits").run()
    desk.press("Check again")
    assert "events.csv" in desk.errors()


@pytest.mark.slow
def test_a_check_against_a_former_release_is_to_be_made_again(desk: Desk) -> None:
    desk.choose(desk.sheet())
    desk.press("Check")
    desk.tick()
    other = pipeline.run(desk.register, desk.releases).release_id
    desk.press("Publish")
    assert f"now release {other} is current. Nothing was published" in desk.errors()
    assert "Press “Check” again; the files are still chosen." in desk.errors()
    assert shelf.current_id(desk.releases) == other
    assert desk.headers() == ["Choose the files"]
    assert desk.kept() == ["list.xlsx"]
    desk.press("Check")
    desk.tick()
    desk.press("Publish")
    assert "Published as release" in desk.app.success[0].value
    assert shelf.current_id(desk.releases) != other
    done = entries()[-1]
    assert (done.account, done.action) == (ANNA["email"], "publish")
    assert (done.before, done.subject) == (other, shelf.current_id(desk.releases))
    desk.app.segmented_control[0].select("Log").run()
    assert desk.app.dataframe[0].value["What"].tolist()[0] == done.subject
    assert "sign-in" in desk.app.dataframe[0].value["Action"].tolist()


@pytest.mark.slow
def test_one_entry_says_that_an_organisation_has_closed(desk: Desk) -> None:
    """In a register from before there were statuses: the form follows from the schema."""
    app = desk.app
    app.segmented_control[0].select("One entry").run()
    entry = next(box for box in app.selectbox if box.label == "Entry")
    at = next(i for i, name in enumerate(entry.options) if name.startswith("Limes"))
    entry.select_index(at).run()
    status = next(box for box in app.selectbox if box.label == "Status")
    assert status.options == [
        "Active", "Acquired, goes on under its name", "Merged into another", "Closed"
    ]  # fmt: skip
    status.set_value("closed")
    desk.press("See what changes")
    assert "The status is closed, without a year." in desk.errors()
    assert "The status is closed, without a source." in desk.errors()
    typed = {"Status since": "2025", "Source of the status": "https://example.org/news"}
    for field in app.text_input:
        if field.label in typed:
            field.set_value(typed[field.label])
    desk.press("See what changes")
    assert desk.errors() == ""
    assert ": 1 closed." in " ".join(text.value.replace("\\", "") for text in app.markdown)
    app.checkbox[0].check().run()
    desk.press("Keep; publish with the next refresh")
    row = desk.sheet().set_index("org_id").loc["at-limes-security-gmbh"]
    assert (row["status"], row["status_year"]) == ("closed", "2025")


def test_what_is_to_check_is_worked_off(desk: Desk) -> None:
    app = desk.app
    app.segmented_control[0].select("To check").run()
    assert not app.exception
    left = app.multiselect(key="work_reasons").options
    assert left[0].startswith("never checked (72)")
    app.multiselect(key="work_countries").set_value(["AT"]).run()
    app.text_input(key="work_text").set_value("limes").run()
    assert "**1 organisation** of " in " ".join(text.value for text in app.markdown)
    app.button(key="work_done_at-limes-security-gmbh").click().run()
    assert "Limes Security GmbH: checked on" in app.success[0].value.replace("\\", "")
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    row = desk.sheet().set_index("org_id").loc["at-limes-security-gmbh"]
    assert row["checked_on"] == today
    assert (entries()[-1].account, entries()[-1].after) == (ANNA["email"], f"checked_on: {today}")
    assert "**0 organisations** of " in " ".join(text.value for text in app.markdown)


@pytest.mark.slow
def test_it_is_said_that_only_the_register_could_not_be_changed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, register = shelf.current_id(desk.releases), desk.sheet()
    desk.choose(desk.other_sheet())
    desk.press("Check")
    desk.tick()
    write = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if path.parent == desk.register:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    desk.press("Publish")
    now = shelf.current_id(desk.releases)
    assert now != before
    assert f"Published as release {now}, but the register could not be changed" in desk.errors()
    assert "as it was" not in desk.errors()
    assert "Publish" not in labels(desk.app)
    pd.testing.assert_frame_equal(desk.sheet(), register)


@pytest.mark.slow
def test_a_release_is_read_once_to_see_whether_it_is_whole(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.run(desk.register, desk.releases)
    looked = []
    is_intact = shelf.is_intact

    def looking(folder: Path, manifest: shelf.Manifest) -> bool:
        looked.append(manifest.release_id)
        return is_intact(folder, manifest)

    monkeypatch.setattr(shelf, "is_intact", looking)
    new, old = (manifest.release_id for manifest in shelf.releases(desk.releases))
    desk.app.segmented_control[0].select("Releases").run()
    desk.app.run()
    assert looked == [new, old]
    assert desk.app.dataframe[0].value["State"].tolist() == ["whole", "whole"]
    with (desk.releases / f"{old}.duckdb").open("r+b") as file:
        file.write(b"rot")
    desk.app.run()
    assert looked == [new, old, old]
    assert desk.app.dataframe[0].value["State"].tolist() == ["whole", "damaged"]


@pytest.mark.slow
def test_what_was_accepted_since_the_file_was_taken_needs_a_tick(desk: Desk) -> None:
    taken = desk.sheet()
    added = taken.head(1).assign(org_id="at-armor-test-lab", name="Armor <x>Test</x> Lab")
    pd.concat([taken, added]).to_csv(desk.register / "organisations.csv", index=False)
    desk.choose(taken)
    desk.press("Check")
    (warning,) = desk.app.warning
    assert warning.value.startswith("1 row is in the register but not in your file")
    assert "Armor \\<x\\>Test" in warning.value
    desk.tick()
    assert button(desk.app, "Publish").disabled
    (box,) = (b for b in desk.app.checkbox if b.label.startswith("Publish all the same"))
    box.check().run()
    assert not button(desk.app, "Publish").disabled
    desk.choose(desk.sheet(), "newer.xlsx")
    desk.press("Check")
    assert not desk.app.warning
    desk.tick()
    assert not button(desk.app, "Publish").disabled


def button(app: AppTest, label: str) -> Button:
    return next(button for button in app.button if button.label == label)


@pytest.mark.slow
def test_half_a_list_is_asked_about_first(desk: Desk) -> None:
    desk.choose(desk.sheet().iloc[::2])
    desk.press("Check")
    assert desk.app.warning[0].value.startswith("232 of the 465 published organisations")
    faults = desk.app.dataframe[0].value.astype("str").agg(" ".join, axis=1)
    assert faults.str.contains("row is missing from the sheet Organisations: put it back").any()


def shown(app: AppTest) -> str:
    """What is read in the texts of a page, without the joiners that keep addresses from linking."""
    text = " ".join(text.value for text in app.markdown)
    return text.replace("\\", "").replace("\u2060", "")


@pytest.mark.slow
def test_a_result_says_which_file_it_is_about(desk: Desk) -> None:
    desk.choose(desk.other_sheet(), "our *list*.xlsx")
    desk.press("Check")
    captions = [c.value.replace("\\", "") for c in desk.app.caption]
    today = f"{datetime.now(UTC):%-d %B %Y} at"
    assert sum(c.startswith(f"our *list*.xlsx, checked on {today}") for c in captions) == 2
    sheet = desk.sheet()
    sheet.loc[0, "type"] = "smee"
    desk.choose(sheet, "wrong.xlsx")
    desk.press("Check")
    assert "**Organisations, C2**" in shown(desk.app)


@pytest.mark.slow
def test_releases_are_told_apart_and_the_mistake_in_the_register_is_spoken_of(desk: Desk) -> None:
    desk.other_sheet().to_csv(desk.register / "organisations.csv", index=False)
    pipeline.run(desk.register, desk.releases)
    new, old = shelf.releases(desk.releases)
    desk.app.segmented_control[0].select("Releases").run()
    names = desk.app.dataframe[0].value["Published"].tolist()
    assert names[0].endswith("UTC: 1 changed")
    assert names[1].endswith("UTC")
    assert desk.app.selectbox[0].options == names[1:]
    (download,) = desk.app.get("download_button")
    assert download.label == "Download it as Excel"
    desk.app.checkbox[0].check().run()
    desk.press("Go back to this release")
    assert shelf.current_id(desk.releases) == old.release_id
    said = desk.app.success[0].value.replace("\\", "")
    assert "Against the former one: 1 changed." in said
    assert "The register still holds what was published last." in said
    desk.app.checkbox[0].check().run()
    desk.press("Show this newer release")
    assert shelf.current_id(desk.releases) == new.release_id


def test_the_guide_on_the_page_shows_no_remark_and_does_not_send_anybody_to_it() -> None:
    texts = sections(GUIDE)
    assert "Columns of the register" in texts
    assert not any("<!--" in text for text in texts.values())
    assert "Sign in" not in next(iter(texts.values()))


@pytest.mark.slow
def test_what_is_decided_about_a_new_row_holds_at_the_next_check(desk: Desk) -> None:
    """A new row without identifier is a published organisation under a name a little different."""
    sheet = desk.sheet()
    (at,) = sheet.index[sheet["org_id"] == "at-limes-security-gmbh"]
    new = sheet.loc[[at]].assign(org_id="", name="Limes Securityy", website="", former_names="")
    whole = pd.concat([sheet, new])
    desk.choose(whole)
    desk.press("Check")
    (box,) = (e for e in desk.app.expander if "may be one organisation twice" in e.label)
    desk.app.session_state[f"pairs_{_number(desk)}"] = True
    desk.app.run()
    key = "at-limes-security-gmbh_at-limes-securityy"
    text = shown(desk.app)
    assert "| First: Limes Security GmbH | Second: Limes Securityy |" in text
    assert "at-limes-securityy (new)" in text
    assert "| Town | Hagenberg im Mühlkreis | Hagenberg im Mühlkreis |" in text
    assert "| Website ≠ | **https://limessecurity.com** |  |" in text
    assert box.label.endswith("may be one organisation twice")
    desk.app.text_input(key=f"why_{key}").set_value("One company").run()
    desk.app.button(key=f"first_{key}").click().run()
    assert not desk.app.exception
    assert any("Limes Security GmbH stays" in said.value for said in desk.app.success)
    assert "Second: Limes Securityy" in shown(desk.app), "it stays open"
    desk.press("Check")
    # The one that stays has the other's name as a former one; none is added.
    assert ": 1 changed. Other lists: duplicate_decisions: 1 added" in shown(desk.app)
    labels = [expander.label for expander in desk.app.expander]
    assert "No pair to decide about; 1 pair decided before" in labels
    frame = pd.read_csv(desk.register / "duplicate_decisions.csv", dtype="str")
    assert frame["row_b"].tolist() == ["AT | Hagenberg im Mühlkreis | Limes Securityy"]


def test_every_pair_can_be_looked_at_however_many_there_are() -> None:
    """They are shown some at a time; none is out of reach."""

    def page() -> None:
        import streamlit as st

        from etl.ui.secretariat import pairs
        from etl.ui.secretariat.desk import Desk

        for number in pairs._page(Desk(), list(range(106))):  # type: ignore[arg-type]
            st.write(f"{number}")

    app = AppTest.from_function(page, default_timeout=60).run()
    seen = []
    for option in range(len(app.selectbox[0].options)):
        app.selectbox[0].select_index(option).run()
        seen += [int(text.value) for text in app.markdown]
    assert not app.exception
    assert app.selectbox[0].options[-1] == "101 to 106 of 106"
    assert seen == list(range(106))


def _number(desk: Desk) -> int:
    number: int = desk.app.session_state["_office_desk"].number
    return number


@pytest.mark.slow
def test_the_number_of_suggestions_that_wait_is_in_the_navigation(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CYBER_VALLEYS_INBOX_FILE", str(tmp_path / "inbox.sqlite"))
    settings.cache_clear()
    desk.app.run()
    assert "Suggestions" in desk.app.segmented_control[0].options
    for session in "ab":
        Inbox(tmp_path / "inbox.sqlite").add(new(f"Lab {session}"), session)
    desk.app.run()
    assert "Suggestions (2)" in desk.app.segmented_control[0].options
    desk.app.segmented_control[0].select("Suggestions (2)").run()
    desk.app.text_input(key="moderation_reason_1").set_value("No").run()
    desk.app.button(key="moderation_reject").click().run()
    assert "Suggestions (1)" in desk.app.segmented_control[0].options
    assert desk.headers() == ["Suggestions"], "the member stays where they are"


def test_a_member_gets_the_links_for_a_mail_merge(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CYBER_VALLEYS_INBOX_FILE", str(tmp_path / "inbox.sqlite"))
    settings.cache_clear()
    desk.app.segmented_control[0].select("Ask organisations").run()
    assert not desk.app.exception
    assert "**465 organisations** would be asked" in shown(desk.app)
    desk.app.multiselect[0].set_value(["AT"]).run()
    desk.app.selectbox[0].set_value(12).run()
    rows = desk.sheet().query("country == 'AT'")
    unchecked = (rows["checked_on"] == "").sum()
    assert 0 < unchecked < len(rows)
    assert f"**{unchecked} organisations** would be asked" in shown(desk.app)
    labels = [button.label for button in desk.app.get("download_button")]
    assert labels == ["Download as Excel", "Download as CSV"]


@pytest.mark.slow
def test_a_flood_is_rejected_in_one_action(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CYBER_VALLEYS_INBOX_FILE", str(tmp_path / "inbox.sqlite"))
    settings.cache_clear()
    inbox = Inbox(tmp_path / "inbox.sqlite")
    for number in range(6):
        inbox.add(new(f"Flood {number}"), f"session {number}", "one sender's mark")
    inbox.add(new("Sound"), "sound", "another's")
    desk.app.run()
    desk.app.segmented_control[0].select("Suggestions (7)").run()
    assert not desk.app.exception
    assert any("6 suggestions from one sender" in w.value for w in desk.app.warning), [
        (type(e).__name__, getattr(e, "value", ""), getattr(e, "label", "")) for e in desk.app.main
    ][-14:]
    with monkeypatch.context() as patch:
        # AppTest can't open an expander.
        patch.setattr(moderation, "is_open", lambda box: True)
        desk.app.run()
        assert desk.app.button(key="moderation_reject_flood").disabled
        desk.app.text_input(key="moderation_flood_reason").set_value("Sent by a robot.").run()
        next(box for box in desk.app.checkbox if "all 6" in box.label).check().run()
        desk.app.button(key="moderation_reject_flood").click().run()
    assert [said.value.replace("\\", "") for said in desk.app.success] == ["6 of 6 are rejected."]
    assert [s.values["name"] for s in inbox.suggestions(State.OPEN)] == ["Sound"]
