"""The inbox at a terminal: sentences, exit codes, and no text of a stranger that acts."""

from __future__ import annotations

import csv
import getpass
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ecosystem.common.settings import settings
from etl.cli import INPUT, OK, USAGE, WRITE, app
from etl.inbox.model import State
from etl.inbox.store import Inbox
from tests.etl.inbox.conftest import LIMES, cells_of, correction, file_of, new

FORMULA = '=HYPERLINK("http://evil.example","x")'


@pytest.fixture
def inbox(tmp_path: Path, register: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    """The inbox that the settings name, for a copy of the register."""
    path = tmp_path / "inbox.sqlite"
    monkeypatch.setenv("CYBER_VALLEYS_INBOX_FILE", str(path))
    monkeypatch.setenv("CYBER_VALLEYS_REGISTER_DIR", str(register))
    settings.cache_clear()
    yield Inbox(path)
    settings.cache_clear()


def call(*arguments: object, terminal_width: int = 200) -> Result:
    environment = {"COLUMNS": str(terminal_width)}
    result = CliRunner().invoke(app, ["inbox", *map(str, arguments)], env=environment)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def test_list_show_accept_reject(inbox: Inbox, register: Path) -> None:
    assert "No suggestion waits" in call("list").output
    inbox.add(correction(contact="a@example.org"), "a")
    inbox.add(new(), "b")
    assert "correction of" in call("list").output
    shown = call("show", 1)
    assert shown.exit_code == OK
    assert "2012" in shown.output
    assert "Contact for questions: a@example.org" in shown.output
    assert "Located: Hagenberg im Mühlkreis" in shown.output
    accepted = call("accept", 1, "--set", "founded=2010")
    assert accepted.exit_code == OK
    assert "cyber-valleys refresh" in accepted.output
    assert cells_of(register / "organisations.csv", LIMES)["founded"] == "2010"
    assert call("reject", 2, "--reason", "No page says so.").exit_code == OK
    assert "No suggestion waits" in call("list").output
    assert "rejected" in call("list", "--all").output
    assert "rejected already: No page says so." in call("accept", 2).output


def test_what_can_not_be_decided(inbox: Inbox) -> None:
    assert call("show", 7).exit_code == INPUT
    inbox.add(new(city="Nowhere at all"), "a")
    result = call("accept", 1)
    assert result.exit_code == INPUT
    assert "No town of this name is known in France" in result.output
    assert call("reject", 1).exit_code == USAGE
    assert call("accept", 1, "--set", "nonsense").exit_code == USAGE
    assert call("accept", "one").exit_code == USAGE


@pytest.mark.slow
def test_a_conflict_names_the_way_on(inbox: Inbox) -> None:
    inbox.add(correction("1999", "2011"), "a")
    assert call("accept", 1).exit_code == INPUT
    shown = call("show", 1).output
    version = shown.rpartition("--over ")[2].split()[0]
    assert call("accept", 1, "--over", "nonsense").exit_code == INPUT
    assert call("accept", 1, "--over", version).exit_code == OK


def test_an_inbox_that_can_not_be_read(inbox: Inbox) -> None:
    file_of(inbox).write_bytes(b"no database" * 1000)
    assert call("list").exit_code == WRITE


def test_no_control_character_reaches_the_terminal(inbox: Inbox) -> None:
    inbox.add(new("[bold]\x1b[2J\x07"), "a")
    listed, shown = call("list").output, call("show", 1).output
    assert "[bold]\N{REPLACEMENT CHARACTER}[2J" in listed
    assert "[bold][2J" in shown, "as it would stand in the register"
    for output in (listed, shown):
        assert "\x1b[2J" not in output
        assert "\x07" not in output


def test_files_hold_no_formula_and_no_contact(inbox: Inbox, tmp_path: Path) -> None:
    draft = correction(after=FORMULA, column="notes", contact="a@example.org")
    inbox.add(draft, "a")
    inbox.add(new(FORMULA), "b")
    for name in ("s.csv", "s.json"):
        assert call("export", tmp_path / name).exit_code == OK
        assert b"a@example.org" not in (tmp_path / name).read_bytes()
    text = (tmp_path / "s.csv").read_bytes().decode("utf-8-sig")
    table = list(csv.DictReader(io.StringIO(text)))
    records = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    for rows in (table, records):
        assert [row["kind"] for row in rows] == ["correction", "new"]
        cells = [str(cell) for row in rows for cell in row.values()]
        assert f"'{FORMULA}" in cells
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    assert call("export", tmp_path / "s.pdf").exit_code == USAGE
    assert call("export", tmp_path / "none" / "s.csv").exit_code == WRITE


@pytest.mark.slow
def test_several_are_decided_at_once_and_one_is_taken_back(inbox: Inbox, register: Path) -> None:
    for name, city in (("Armor", "Brest"), ("Zebulon", "Brest"), ("Lost", "Nowhere at all")):
        inbox.add(new(name, city=city), name)
    before = (register / "organisations.csv").read_bytes()
    result = call("accept", 1, 2, 3, "--reason", "Thank you.")
    assert result.exit_code == INPUT
    assert "2 of 3 are in the register." in result.output
    assert "Suggestion 3 needs a look of its own." in result.output
    assert call("accept", 1, 2, "--set", "type=sme").exit_code == USAGE
    assert "No town of this name" in call("show", 3).output
    assert "A refresh would refuse Town:" in call("show", 3).output
    decided = call("list", "--decided").output
    assert "Thank you." in decided
    assert getpass.getuser() in decided
    assert "fr-zebulon is as it was before." in call("undo", 2).output
    assert "2 of 2 are rejected." in call("reject", 2, 3, "--reason", "No page").output
    assert "waits for a decision again." in call("undo", 3).output
    assert call("undo", 1).exit_code == OK
    assert (register / "organisations.csv").read_bytes() == before
    assert call("undo", 1).exit_code == INPUT


def test_a_flood_is_rejected_by_naming_one_of_it(inbox: Inbox) -> None:
    for number in range(4):
        inbox.add(new(f"Flood {number}"), f"session {number}", "flood")
    inbox.add(new("Sound"), "sound", "other")
    result = call("reject", 2, "--same-sender", "--reason", "Sent by a robot.")
    assert "4 of 4 are rejected." in result.output
    assert [s.values["name"] for s in inbox.suggestions(State.OPEN)] == ["Sound"]


def _what(output: str) -> str:
    """The column that says what each suggestion is, whatever a narrow terminal breaks."""
    rows = [line.split("│") for line in output.splitlines()]
    return " ".join(cells[3].strip() for cells in rows if len(cells) > 3)


def test_a_correction_is_named_in_the_words_that_people_see(inbox: Inbox) -> None:
    inbox.add(correction(), "a")
    assert "correction of Founded, Source" in _what(call("list").output)
    inbox.add(replace(correction(), link="x"), "a")
    assert "correction by the organisation itself of Founded" in _what(call("list").output)


@pytest.mark.parametrize("command", ["list", "show", "accept", "reject", "export", "undo"])
def test_help_gives_an_example_and_the_exit_codes(command: str) -> None:
    said = " ".join(call(command, "--help").output.split())
    assert f"cyber-valleys inbox {command}" in said
    assert "Exit codes" in said
