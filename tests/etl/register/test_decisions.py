"""A decision is written as every register file is: whole, alone, and with its permissions."""

from __future__ import annotations

import errno
import os
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from ecosystem.common.spreadsheet import FORMULA_STARTS
from etl import files
from etl.errors import PublishError, RegisterError
from etl.register.decide import add_decision, decided_pairs, take_back
from etl.register.decisions import join_decisions

DAY = date(2026, 5, 28)


def decide(path: Path, reason: str = "One house", by: str = "") -> None:
    add_decision(path, "fr-a", "fr-b", "same", reason, DAY, by)


def test_the_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "duplicate_decisions.csv"
    decide(path)
    assert path.stat().st_mode & 0o777 == 0o644
    path.chmod(0o640)
    add_decision(path, "fr-c", "fr-d", "different", "Two houses", DAY)
    assert path.stat().st_mode & 0o777 == 0o640
    assert len(path.read_text().splitlines()) == 3


def test_a_disk_that_is_full_is_told_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "duplicate_decisions.csv"
    decide(path)
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PublishError, match="No space left on device"):
        add_decision(path, "fr-c", "fr-d", "different", "Two houses", DAY)
    assert path.read_bytes() == before


def test_nothing_is_decided_while_somebody_else_changes_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LOCK_WAIT_S", 0.1)
    path = tmp_path / "duplicate_decisions.csv"
    with files.lock(path), pytest.raises(PublishError, match="Somebody else is changing"):
        decide(path)
    decide(path)


@pytest.mark.parametrize("start", [sign for sign in FORMULA_STARTS if not sign.isspace()])
def test_no_cell_is_a_formula(tmp_path: Path, start: str) -> None:
    path = tmp_path / "duplicate_decisions.csv"
    for reason, by in ((f"{start}1", ""), (f"\t{start}1", ""), ("One house", f"{start}1")):
        with pytest.raises(RegisterError, match="is a formula"):
            decide(path, reason, by)
    assert not path.exists()


@pytest.mark.parametrize("start", [sign for sign in FORMULA_STARTS if sign.isspace()])
def test_no_cell_begins_with_what_may_hide_a_formula(tmp_path: Path, start: str) -> None:
    path = tmp_path / "duplicate_decisions.csv"
    decide(path, f"{start}One house")
    assert ",One house," in path.read_text()


def test_a_decision_is_written_as_the_rest_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "duplicate_decisions.csv"
    before = (
        "\ufefforg_id_a;org_id_b;decision;reason;decided_on\r\n"
        "fr-x;fr-y;different;Zwei Häuser;2026-05-01"
    )
    path.write_text(before, encoding="utf-8", newline="")
    decide(path, "One; the same")
    assert path.read_bytes().decode() == f'{before}\r\nfr-a;fr-b;same;"One; the same";2026-05-28'


def test_a_decision_is_taken_back_and_the_others_stay_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "duplicate_decisions.csv"
    decide(path)
    before = path.read_bytes()
    add_decision(path, "fr-c", "fr-d", "different", "Two", DAY, row_b="FR | Rennes | D | e")
    assert decided_pairs(path) == [("fr-a", "fr-b", "same"), ("fr-c", "fr-d", "different")]
    take_back(path, "fr-d", "fr-c")
    assert path.read_bytes() == before
    with pytest.raises(RegisterError, match="Nothing is decided about fr-c and fr-d"):
        take_back(path, "fr-c", "fr-d")
    assert decided_pairs(tmp_path / "no such file.csv") == []


def test_a_file_without_the_columns_of_rows_gets_them_with_the_first_one(tmp_path: Path) -> None:
    path = tmp_path / "duplicate_decisions.csv"
    path.write_text("org_id_a,org_id_b,decision,reason,decided_on\nfr-x,fr-y,same,R,2026-01-01\n")
    decide(path)
    assert "row_b" not in path.read_text()
    add_decision(path, "fr-c", "fr-d", "same", "One", DAY, row_b="FR | Rennes | D")
    frame = pd.read_csv(path, dtype="str", keep_default_na=False)
    assert list(frame["row_b"]) == ["", "", "FR | Rennes | D"]
    assert list(frame["org_id_b"]) == ["fr-y", "fr-b", "fr-d"]


def table(*rows: tuple[str, str, str, str], first: int = 2) -> pd.DataFrame:
    columns = ["org_id_a", "org_id_b", "decision", "decided_on"]
    return pd.DataFrame(rows, columns=columns, index=range(first, first + len(rows)), dtype="str")


def pairs(frame: pd.DataFrame) -> set[tuple[str, ...]]:
    return set(frame[["org_id_a", "org_id_b", "decision"]].itertuples(index=False, name=None))


OLD, SINCE = ("fr-a", "fr-b", "same", "2026-01-01"), ("fr-c", "fr-d", "different", "2026-02-01")


def test_an_older_sheet_takes_no_decision_away() -> None:
    joined, notes = join_decisions(table(OLD), table(OLD, SINCE), table(OLD))
    assert pairs(joined) == {OLD[:3], SINCE[:3]}
    assert joined.index.is_unique
    assert "1 decision of the register is not in your file" in notes[0]
    # Not even one that is published: a sheet from before it lacks it, too.
    joined, _ = join_decisions(table(), table(OLD), table(OLD))
    assert pairs(joined) == {OLD[:3]}


def test_a_sheet_adds_decisions_and_the_later_of_two_counts() -> None:
    new = ("fr-e", "fr-f", "same", "2026-03-01")
    joined, notes = join_decisions(table(OLD, new), table(OLD), None)
    assert (pairs(joined), notes) == ({OLD[:3], new[:3]}, [])
    other = ("fr-b", "fr-a", "different", "2026-04-01")
    assert pairs(join_decisions(table(OLD), table(other), None)[0]) == {other[:3]}
    assert pairs(join_decisions(table(other), table(OLD), None)[0]) == {other[:3]}
    today = ("fr-b", "fr-a", "same", OLD[3])
    assert pairs(join_decisions(table(today), table(OLD), None)[0]) == {OLD[:3]}


def test_what_was_taken_back_does_not_come_again_with_an_older_sheet() -> None:
    joined, notes = join_decisions(table(OLD, SINCE), table(SINCE), table(OLD, SINCE))
    assert pairs(joined) == {SINCE[:3]}
    assert "had been taken back since" in notes[0]
