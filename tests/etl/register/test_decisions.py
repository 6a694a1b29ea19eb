"""A decision is written as every register file is: whole, alone, and with its permissions."""

from __future__ import annotations

import errno
import os
from datetime import date
from pathlib import Path

import pytest

from ecosystem.common.spreadsheet import FORMULA_STARTS
from etl import files
from etl.errors import PublishError, RegisterError
from etl.register.decide import add_decision

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
