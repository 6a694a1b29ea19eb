"""An investor day is planned at the command line, from template to changed plan."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from ecosystem.matching.investor_day.model import Mode, Request
from ecosystem.matching.investor_day.verify import verify
from ecosystem.matching.investor_day.workbook import read, write
from etl.cli import INPUT, OK, WRITE
from tests.ecosystem.matching.investor_day.days import small_day
from tests.ecosystem.matching.investor_day.test_conflicts import SMALL, musts
from tests.ecosystem.matching.investor_day.test_verify import limited
from tests.etl.cli.test_cli import call


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "day.xlsx"
    path.write_bytes(write(small_day()))
    return path


def test_a_template_is_written_once(tmp_path: Path) -> None:
    path = tmp_path / "new.xlsx"
    assert call("day", "template", path).exit_code == OK
    assert load_workbook(io.BytesIO(path.read_bytes()))["Read me"]["A1"].value
    again = call("day", "template", path)
    assert again.exit_code == INPUT
    assert "there is such a file already" in again.output
    assert call("day", "template", path, "--force").exit_code == OK
    assert call("day", "template", tmp_path / "no" / "where" / "x.xlsx").exit_code in (OK, WRITE)


def test_a_check_names_the_cells(file: Path) -> None:
    result = call("day", "check", file)
    assert result.exit_code == OK
    assert "4 participants, 3 slots, 2 tables, 3 pairs that could meet" in result.output
    file.write_bytes(write(limited(small_day(), "b", table="9")))
    result = call("day", "check", file)
    assert result.exit_code == INPUT
    assert "Participants!J3: Beta stays at table 9" in result.output
    assert call("day", "check", file.with_name("none.xlsx")).exit_code == INPUT


@pytest.mark.slow
def test_a_day_is_planned_and_a_late_change_is_told(file: Path) -> None:
    result = call("day", "plan", file, "--seconds", "20")
    assert result.exit_code == OK
    assert "Total match (proof): 2.5, proven best" in result.output
    path = file.with_name("day-planned.xlsx")
    document = read(path.name, path.read_bytes())
    assert document.plan is not None
    assert verify(document.day, document.plan) == []
    assert "keeps every limit" in call("day", "check", path).output
    later = limited(document.day, "a", comes=False)
    path.write_bytes(write(later, document.plan))
    assert "doesn't fit the day" in call("day", "check", path).output
    result = call("day", "plan", path, "--out", file, "--quiet")
    assert result.exit_code == OK
    assert "1 meeting changed against the plan" in result.output
    assert "Alpha: cancelled, was at 0" in result.output


@pytest.mark.slow
def test_given_meetings_are_placed_and_what_is_impossible_is_explained(file: Path) -> None:
    file.write_bytes(write(replace(SMALL, requests=(Request("a", "b"), Request("a", "x")))))
    result = call("day", "plan", file, "--mode", "place", "--quiet")
    assert result.exit_code == OK
    assert "Meetings: 2" in result.output
    day = limited(replace(SMALL, pairs=musts(("a", "x"), ("b", "x"))), "x", maximum=1)
    file.write_bytes(write(replace(day, mode=Mode.CHOOSE)))
    result = call("day", "plan", file, "--quiet")
    assert result.exit_code == INPUT
    assert "Participants!I4: Xenon Ventures should have at most 1 meeting." in result.output
    assert "contradict each other" in result.output
