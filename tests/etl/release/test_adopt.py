"""What is published from another file is in the register afterwards."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from ecosystem.common.settings import settings
from etl import files, pipeline
from etl.cli import INPUT, OK, WRITE, app
from etl.errors import PublishError, RegisterError
from etl.inbox.check import reference
from etl.inbox.moderation import Desk
from etl.inbox.store import Inbox
from etl.register.decide import add_decision
from etl.release import shelf
from etl.release.adopt import NotAdoptedError, adoption_sentence
from etl.release.earlier import published_organisations
from etl.release.shelf import BaselineMovedError
from etl.report import words
from etl.report.content import Content
from etl.report.register import register_workbook
from tests.conftest import LIFE, REGISTER
from tests.etl.inbox.conftest import LIMES, cells_of, correction, new


def secretariats_file(folder: Path) -> Path:
    """The register as the secretariat may have it: no identifiers, one row new."""
    path = folder / "our list.xlsx"
    path.write_bytes(_secretariats_list())
    return path


def as_before(after: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """A register that was written with all columns, in those that it had; it says of all others
    that they are active."""
    assert list(after.columns) == [*before.columns, *LIFE]
    assert set(after["status"]) == {"active"}
    return after[list(before.columns)]


@cache
def _secretariats_list() -> bytes:
    frame = pd.read_csv(REGISTER / "organisations.csv", dtype="str", keep_default_na=False)
    new = frame.iloc[[0]].assign(name="A quite new company")
    file = io.BytesIO()
    pd.concat([frame, new]).drop(columns=["org_id"]).to_excel(file, index=False)
    return file.getvalue()


@cache
def _whole_register() -> bytes:
    return register_workbook(REGISTER)


@pytest.mark.slow
def test_the_register_holds_what_was_published(
    register: Path, releases: Path, tmp_path: Path
) -> None:
    before = pd.read_csv(register / "organisations.csv", dtype="str", keep_default_na=False)
    path = secretariats_file(tmp_path)
    with pipeline.prepare([path], register, releases) as prepared:
        assert set(prepared.adoptable.files) == {"organisations"}
        done = pipeline.publish(prepared, into_register=True)
    assert done.status is pipeline.Status.PUBLISHED
    after = pd.read_csv(register / "organisations.csv", dtype="str", keep_default_na=False)
    pd.testing.assert_frame_equal(as_before(after, before).iloc[:-1], before)
    assert after["org_id"].iloc[-1] == "at-a-quite-new-company"
    again = pipeline.run(register, releases)
    assert again.changes == {}


@pytest.mark.slow
def test_rows_are_added_to_the_register_and_all_others_stay(
    register: Path, releases: Path, tmp_path: Path
) -> None:
    own = register / "organisations.csv"
    before = pd.read_csv(own, dtype="str", keep_default_na=False)
    path = tmp_path / "new ones.xlsx"
    before.iloc[:3].assign(
        org_id="", name=["New A", "New B", "New C"], website="", notes=["a", "b", "c"]
    ).to_excel(path, index=False)  # fmt: skip
    with pipeline.prepare([path], register, releases, adding=True) as prepared:
        assert prepared.missing == 0
        assert prepared.adoptable.losses == []
        done = pipeline.publish(prepared, into_register=True)
    assert done.status is pipeline.Status.PUBLISHED
    assert done.changes == {"added": 3}
    after = pd.read_csv(own, dtype="str", keep_default_na=False)
    pd.testing.assert_frame_equal(as_before(after, before).iloc[:-3], before)
    assert after["name"].tolist()[-3:] == ["New A", "New B", "New C"]


@pytest.mark.slow
def test_rows_to_add_that_are_there_already_are_told_with_the_row_of_the_register(
    register: Path, releases: Path, tmp_path: Path
) -> None:
    own = register / "organisations.csv"
    rows = pd.read_csv(own, dtype="str", keep_default_na=False).iloc[[7, 9, 11]]
    rows = rows.assign(org_id=["", rows["org_id"].iloc[1], ""], type=["sme", "sme", "smee"])
    rows.to_csv(tmp_path / "new.csv", index=False)
    with pipeline.prepare([tmp_path / "new.csv"], register, releases, adding=True) as prepared:
        content = Content(prepared.verdict())
    said = {str(content.cell(fault)): fault.reason for fault in content.outcome.rejections}
    assert said == {
        "row 2, column “name”": "Row 9 of the register has the same name, and the same town and "
        "country.",
        "row 3, column “org_id”": "The identifier is already in row 11 of the register.",
        "row 4, column “type”": "Unknown code in Type: smee.",
        "row 4, column “name”": "Row 13 of the register has the same name, and the same town and "
        "country.",
    }
    with pytest.raises(RegisterError, match="this is the register itself"):
        pipeline.prepare([own], register, releases, adding=True)


@pytest.mark.slow
def test_a_spoilt_register_is_put_right_itself(register: Path, releases: Path) -> None:
    own = register / "organisations.csv"
    before = pd.read_csv(own, dtype="str", keep_default_na=False)
    before.assign(website=sorted(before["website"])).to_csv(own, index=False)
    with pipeline.prepare((), register, releases, putting_right=True) as prepared:
        assert prepared.adoptable.losses == []
        done = pipeline.publish(prepared, into_register=True)
    assert done.status is pipeline.Status.PUBLISHED
    assert done.changes == {}
    after = pd.read_csv(own, dtype="str", keep_default_na=False)
    pd.testing.assert_frame_equal(as_before(after, before), before)


@pytest.mark.slow
def test_the_register_itself_is_not_written_again(register: Path, releases: Path) -> None:
    with pipeline.prepare((), register, releases) as prepared:
        assert prepared.adoptable.files == {}


@pytest.mark.slow
def test_a_register_kept_as_a_spreadsheet_becomes_csv(
    register: Path, releases: Path, tmp_path: Path
) -> None:
    path = register / "organisations.csv"
    frame = pd.read_csv(path, dtype="str", keep_default_na=False)
    frame.to_excel(register / "organisations.xlsx", index=False)
    path.unlink()
    changed = tmp_path / "list.csv"
    frame.assign(notes="seen").to_csv(changed, index=False)
    with pipeline.prepare([changed], register, releases) as prepared:
        pipeline.publish(prepared, into_register=True)
    assert set(pd.read_csv(path, dtype="str")["notes"]) == {"seen"}
    assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.slow
def test_another_file_in_the_folder_of_the_register_is_not_the_register(
    register: Path, releases: Path
) -> None:
    frame = pd.read_csv(register / "organisations.csv", dtype="str", keep_default_na=False)
    frame.loc[0, "notes"] = "a year later"
    path = register / "organisations-2027.xlsx"
    frame.to_excel(path, index=False)
    with pipeline.prepare([path], register, releases) as prepared:
        assert set(prepared.adoptable.files) == {"organisations"}
        pipeline.publish(prepared, into_register=True)
    with pipeline.prepare((), register, releases) as again:
        assert again.verdict().changes == {}
    with pipeline.prepare([register / "organisations.csv"], register, releases) as own:
        assert own.adoptable.files == {}


@pytest.fixture
def accept(register: Path, tmp_path: Path) -> Callable[[], None]:
    """Accept a suggestion, as a moderator would: the year in which Limes was founded."""

    def accept() -> None:
        desk = Desk(Inbox(tmp_path / "inbox.sqlite"), register, reference())
        desk.accept(desk.inbox.add(correction(), "form"))

    return accept


@pytest.mark.slow
def test_a_suggestion_accepted_since_the_check_is_not_lost(
    register: Path, releases: Path, tmp_path: Path, accept: Callable[[], None]
) -> None:
    before = shelf.current_id(releases)
    path = secretariats_file(tmp_path)
    with pipeline.prepare([path], register, releases) as prepared:
        accept()
        with pytest.raises(BaselineMovedError, match=r"changed since the check \(organisations\)"):
            pipeline.publish(prepared, into_register=True)
        assert shelf.current_id(releases) == before
        assert cells_of(register / "organisations.csv", LIMES)["founded"] == "2011"
        # What does not touch the register may be published all the same.
        assert pipeline.publish(prepared).status is pipeline.Status.PUBLISHED
    with pipeline.prepare([path], register, releases) as again:
        done = pipeline.publish(again, into_register=True)
    assert done.status is pipeline.Status.PUBLISHED


@pytest.mark.slow
def test_a_change_of_the_register_during_the_check_counts_too(
    register: Path,
    releases: Path,
    tmp_path: Path,
    accept: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read_inputs = pipeline.read_inputs

    def reading(*args: Any, **kwargs: Any) -> Any:
        accept()
        return read_inputs(*args, **kwargs)

    monkeypatch.setattr(pipeline, "read_inputs", reading)
    with (
        pipeline.prepare([secretariats_file(tmp_path)], register, releases) as prepared,
        pytest.raises(BaselineMovedError),
    ):
        pipeline.publish(prepared, into_register=True)


@pytest.mark.slow
def test_nobody_changes_the_register_while_the_release_is_published(
    register: Path, releases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LOCK_WAIT_S", 0.1)
    before = shelf.current_id(releases)
    with (
        pipeline.prepare([secretariats_file(tmp_path)], register, releases) as prepared,
        files.lock(register / "organisations.csv"),
        pytest.raises(PublishError, match=r"Somebody else is changing organisations\.csv"),
    ):
        pipeline.publish(prepared, into_register=True)
    assert shelf.current_id(releases) == before
    point_to = shelf.point_to

    def pointing(*args: Any) -> None:
        with pytest.raises(PublishError), files.lock(register / "organisations.csv"):
            pass
        point_to(*args)

    monkeypatch.setattr(shelf, "point_to", pointing)
    with pipeline.prepare([tmp_path / "our list.xlsx"], register, releases) as prepared:
        done = pipeline.publish(prepared, into_register=True)
    assert shelf.current_id(releases) == done.release_id


def taken_before(register: Path, folder: Path) -> Path:
    """The workbook of the register, taken before two suggestions are accepted and a decision."""
    path = folder / "taken.xlsx"
    path.write_bytes(_whole_register())
    desk = Desk(Inbox(folder / "inbox.sqlite"), register, reference())
    desk.accept(desk.inbox.add(correction(), "form"))
    desk.accept(desk.inbox.add(new("Armor Test Lab", city="Wien", country="AT"), "form"))
    add_decision(
        register / "duplicate_decisions.csv", LIMES, "at-armor-test-lab", "different", "Two",
        date(2026, 11, 25), decided_by="secretariat",
    )  # fmt: skip
    return path


@pytest.mark.slow
def test_what_was_accepted_since_the_file_was_taken_is_told(
    register: Path, releases: Path, tmp_path: Path
) -> None:
    path = taken_before(register, tmp_path)
    with pipeline.prepare([path], register, releases) as prepared:
        assert prepared.verdict().changes == {"other lists": 1}
        told = {(loss.resource, loss.key, loss.column) for loss in prepared.adoptable.losses}
        assert told == {
            ("organisations", LIMES, "Founded"),
            ("organisations", LIMES, "Evidence"),
            ("organisations", LIMES, "Source"),
            ("organisations", "at-armor-test-lab", ""),
        }
        # What was decided holds, though the sheet doesn't know of it.
        assert list(prepared.adoptable.files["duplicate_decisions"]["org_id_a"]) == [LIMES]
        said = words.losses(prepared.adoptable.losses)
        assert said.startswith("1 row and 3 fields are in the register but not in your file")
        lines = [words.loss_line(loss) for loss in prepared.adoptable.losses]
    today = f"checked on {datetime.now(UTC):%-d %B %Y}"
    assert f"organisations: Armor Test Lab (at-armor-test-lab), {today}" in lines
    assert any(line.endswith(f"in your file, {today}") and "2011 in the" in line for line in lines)


@pytest.mark.slow
def test_what_the_file_itself_changes_or_has_is_not_told_as_lost(
    register: Path, releases: Path, tmp_path: Path
) -> None:
    taken_before(register, tmp_path)
    path = tmp_path / "now.xlsx"
    path.write_bytes(register_workbook(register))
    sheet = pd.read_excel(path, sheet_name="organisations", dtype="str", keep_default_na=False,
                          engine="openpyxl")  # fmt: skip
    sheet.loc[0, "name"], sheet.loc[4, "founded"], sheet.loc[5, "lat"] = "Hers", "1999", ""
    sheet = sheet.drop(index=7)
    sheet.to_excel(path, sheet_name="organisations", index=False)
    with pipeline.prepare([path], register, releases) as prepared:
        assert prepared.adoptable.losses == []
        assert prepared.missing == 1
    with pipeline.prepare((), register, releases) as prepared:
        assert prepared.adoptable.losses == []


@pytest.mark.slow
def test_a_register_that_can_not_be_read_can_be_replaced(
    register: Path, releases: Path, tmp_path: Path
) -> None:
    path = secretariats_file(tmp_path)
    (register / "organisations.csv").write_bytes(b"")
    with pipeline.prepare([path], register, releases) as prepared:
        assert any(
            "can't be compared with the register" in note for note in prepared.transformed.notes
        )
        done = pipeline.publish(prepared, into_register=True)
    assert done.status is pipeline.Status.PUBLISHED


@pytest.mark.slow
@pytest.mark.parametrize(("was_renamed", "former"), [(True, ["Limes Security GmbH"]), (False, [])])
def test_a_misspelt_name_is_no_former_name(
    was_renamed: bool, former: list[str], register: Path, releases: Path, tmp_path: Path
) -> None:
    desk = Desk(Inbox(tmp_path / "inbox.sqlite"), register, reference())
    renamed = correction("Limes Security GmbH", "Lime Security Austria", "name")
    desk.accept(desk.inbox.add(renamed, "form"), was_renamed=was_renamed)
    for _ in range(2):
        assert pipeline.run(register, releases).status is pipeline.Status.PUBLISHED
        names = former_names(releases)
        assert names == former
    # In the register, any former name can be said to be none.
    path = register / "organisations.csv"
    frame = pd.read_csv(path, dtype="str", keep_default_na=False)
    frame.loc[frame["org_id"] == LIMES, "former_names"] = "not: Limes Security GmbH"
    frame.to_csv(path, index=False)
    pipeline.run(register, releases)
    assert former_names(releases) == []


def former_names(releases: Path) -> list[str]:
    rows = published_organisations(releases / f"{shelf.current_id(releases)}.duckdb")
    return list(rows.set_index("org_id").loc[LIMES, "former_names"])


@pytest.fixture
def full_register(register: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A register on a disk that is full."""
    write = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if path.parent == register and path.suffix == ".part":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    return register


@pytest.mark.slow
def test_it_is_said_that_the_release_is_published_and_the_register_is_not(
    full_register: Path, releases: Path, tmp_path: Path
) -> None:
    before = (full_register / "organisations.csv").read_bytes()
    path = secretariats_file(tmp_path)
    with (
        pipeline.prepare([path], full_register, releases) as prepared,
        pytest.raises(NotAdoptedError) as raised,
    ):
        pipeline.publish(prepared, into_register=True)
    release_id = shelf.current_id(releases)
    said = str(raised.value)
    assert release_id != prepared.baseline_id
    assert said.startswith(f"Published as release {release_id}, but the register could not be ch")
    assert "No space left on device" in said
    assert "as it was" not in said
    assert (full_register / "organisations.csv").read_bytes() == before


@pytest.fixture
def own_data(register: Path, releases: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Settings that name the copies of register and releases; gives the register."""
    monkeypatch.setenv("CYBER_VALLEYS_REGISTER_DIR", str(register))
    monkeypatch.setenv("CYBER_VALLEYS_RELEASES_DIR", str(releases))
    settings.cache_clear()
    yield register
    settings.cache_clear()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "answer", "code", "published"),
    [
        (["--into-register"], None, INPUT, False),
        (["--into-register"], "n", OK, False),
        (["--into-register"], "y", OK, True),
        (["--into-register", "--yes"], None, OK, True),
    ],
)
def test_the_command_takes_nothing_out_of_the_register_without_a_yes(
    options: list[str],
    answer: str | None,
    code: int,
    published: bool,
    own_data: Path,
    releases: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path, before = taken_before(own_data, tmp_path), shelf.current_id(releases)
    if not answer:
        checked = CliRunner().invoke(app, ["check", str(path), "--report", str(tmp_path / "said")])
        assert "1 row and 3 fields are in the register" in checked.output
        assert "Armor Test Lab" in (tmp_path / "said" / "check.html").read_text(encoding="utf-8")
    if answer:
        monkeypatch.setattr("etl.cli.data.is_interactive", lambda: True)
    result = CliRunner().invoke(app, ["refresh", str(path), "-q", *options], input=answer)
    assert result.exit_code == code, result.output
    assert "organisations: Armor Test Lab (at-armor-test-lab)" in result.output
    assert (shelf.current_id(releases) != before) is published
    kept = "at-armor-test-lab" in (own_data / "organisations.csv").read_text(encoding="utf-8")
    assert kept is not published


@pytest.mark.slow
@pytest.mark.parametrize("option", ["", "--into-register"])
def test_the_command_says_what_it_did_to_the_register(
    option: str, own_data: Path, tmp_path: Path
) -> None:
    before = (own_data / "organisations.csv").read_bytes()
    path = secretariats_file(tmp_path)
    result = CliRunner().invoke(app, ["refresh", str(path), "--yes", *filter(None, [option])])
    assert result.exit_code == OK, result.output
    changed = (own_data / "organisations.csv").read_bytes() != before
    assert changed is (option != "")
    assert ("The register now holds" in result.output) is changed


@pytest.mark.slow
def test_the_command_publishes_nothing_if_the_register_changed_since_the_check(
    own_data: Path,
    releases: Path,
    tmp_path: Path,
    accept: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = shelf.current_id(releases)
    monkeypatch.setattr("etl.cli.findings.print_findings", lambda *_, **__: accept())
    path = secretariats_file(tmp_path)
    result = CliRunner().invoke(app, ["refresh", str(path), "--yes", "--into-register"])
    assert result.exit_code == WRITE, result.output
    assert "The register changed since the check" in result.output
    assert shelf.current_id(releases) == before
    assert cells_of(own_data / "organisations.csv", LIMES)["founded"] == "2011"


def test_few_lists_that_the_register_holds_now_are_named_and_many_are_counted() -> None:
    assert adoption_sentence([]) == ""
    assert adoption_sentence(["valleys", "events"]).endswith(": events.csv, valleys.csv.")
    assert adoption_sentence([f"list_{n}" for n in range(19)]).endswith(": 19 lists.")


@pytest.mark.slow
def test_what_was_decided_beside_a_fault_holds_when_that_is_corrected(
    register: Path, releases: Path, tmp_path: Path
) -> None:
    """Pairs are shown with the faults, so they may be decided about before those are mended."""
    own = pd.read_csv(register / "organisations.csv", dtype="str", keep_default_na=False)
    row = own.iloc[[0]].assign(org_id="", name="Foo", website="", city="Wienx", nuts2_hint="")
    path = tmp_path / "new.csv"
    pd.concat([row, row]).to_csv(path, index=False)
    with pipeline.prepare([path], register, releases, adding=True) as prepared:
        (twins,) = prepared.transformed.twins
        said = [r.reason for r in prepared.verdict().rejections]
    assert any(reason.startswith("No town of this name is known") for reason in said)
    add_decision(
        register / "duplicate_decisions.csv", twins.org_id_a, twins.org_id_b, "same", "Copied",
        date(2026, 5, 28), row_a="AT | Wienx | Foo", row_b="AT | Wienx | Foo",
    )  # fmt: skip
    pd.concat([row, row]).assign(city="Wien").to_csv(path, index=False)
    with pipeline.prepare([path], register, releases, adding=True) as prepared:
        outcome = prepared.verdict()
    assert (outcome.rejections, outcome.changes["added"]) == ([], 1)
