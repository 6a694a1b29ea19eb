"""The command line speaks in sentences and exit codes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from etl import publish
from etl.cli import GATE, INPUT, OK, USAGE, WRITE, app

Rows = list[dict[str, str]]


def call(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def test_refresh_then_releases_then_rollback(own_releases: Path) -> None:
    assert "There is no release yet" in call("releases").output
    first = call("refresh")
    assert first.exit_code == OK, first.output
    assert "organisation" in first.output
    assert "465" in first.output
    second = call("refresh", "--quiet")
    assert second.output.startswith("Published ")
    old, new = sorted(m.release_id for m in publish.releases(own_releases))
    assert f"* │ {new}" in call("releases").output
    assert call("rollback").exit_code == OK
    assert publish.current_id(own_releases) == old
    assert call("rollback").exit_code == WRITE
    assert call("rollback", "nonsense").exit_code == WRITE
    assert call("rollback", new).exit_code == OK


def test_a_dry_run_publishes_nothing(own_releases: Path) -> None:
    result = call("refresh", "--dry-run")
    assert result.exit_code == OK
    assert "would have been published" in result.output
    assert not own_releases.exists()


def test_invalid_cells(own_releases: Path, edit: Callable[..., Path]) -> None:
    def spoil(rows: Rows) -> None:
        rows[0]["type"] = "smee"
        rows[1]["name"] = "[bold]not markup[/bold]"

    result = call("refresh", edit(spoil) / "organisations.csv")
    assert result.exit_code == INPUT
    assert "organisations.csv, row 2, type “smee”: Unknown code in Type: smee." in result.output
    assert "Did you mean sme" in result.output
    assert "Nothing was published" in result.output


def test_a_failed_gate(own_releases: Path, edit: Callable[..., Path]) -> None:
    def empty_valley(rows: Rows) -> None:
        for row in rows:
            if row["country"] == "CY":
                row["city"], row["country"], row["nuts2_hint"] = "Athens", "GR", "EL30"

    result = call("refresh", edit(empty_valley), "--quiet")
    assert result.exit_code == GATE
    assert "Valleys without an organisation: 1, allowed is at most 0." in result.output


@pytest.mark.parametrize("name", ["none.csv", "none"])
def test_input_that_is_not_there(own_releases: Path, tmp_path: Path, name: str) -> None:
    result = call("refresh", tmp_path / name)
    assert result.exit_code == INPUT
    assert "there is no such file" in result.output


def test_an_unreadable_file(own_releases: Path, tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_bytes(b"org_id,name\nfr-a,A\n")
    result = call("refresh", tmp_path / "o.csv")
    assert result.exit_code == INPUT
    assert "o.csv: column type, city" in result.output


def test_no_control_character_of_a_file_reaches_the_terminal(
    own_releases: Path, tmp_path: Path
) -> None:
    (tmp_path / "o.csv").write_text("a\x1b[2J,b\n1,2\n")
    result = call("refresh", tmp_path / "o.csv")
    assert result.exit_code == INPUT
    assert "\x1b[2" not in result.output
    assert "a\N{REPLACEMENT CHARACTER}[2j, b" in result.output


def test_wrong_usage(own_releases: Path) -> None:
    assert call("refresh", "--no-such-option").exit_code == USAGE
    assert call("nonsense").exit_code == USAGE


def test_a_folder_that_can_not_be_written(
    own_releases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_releases.write_text("a file where the folder should be")
    result = call("refresh", "--quiet")
    assert result.exit_code == WRITE
    assert "can't be written" in result.output


def test_locate() -> None:
    found = call("locate", "Cesson-Sévigné", "France")
    assert found.exit_code == OK
    assert "FRH03" in found.output
    lost = call("locate", "Salamanca", "ES")
    assert lost.exit_code == INPUT
    assert "several towns" in lost.output
    assert call("locate", "Salamanca", "ES", "--hint", "es41").exit_code == OK
    assert call("locate", "Wien", "XX").exit_code == INPUT


def test_mint(tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_text("name,city,country\nStoïk,Paris,FR\n", encoding="utf-8")
    assert "1 identifiers made" in call("mint", path).output
    assert path.read_text(encoding="utf-8").splitlines()[1] == "fr-stoik,Stoïk,Paris,FR"
    assert call("mint", tmp_path / "none.csv").exit_code == INPUT


def test_help_documents_the_exit_codes_and_loads_nothing_heavy() -> None:
    assert "3 a gate failed" in " ".join(call("refresh", "--help").output.split())
    code = (
        "import sys, etl.cli; "
        "print([m for m in ('pandas', 'geopandas', 'frictionless', 'duckdb') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_progress_is_shown_on_a_terminal_and_in_a_log() -> None:
    from rich.console import Console

    from etl.progress import tracker

    for terminal in (True, False):
        console = Console(force_terminal=terminal, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
        assert list(tracker(console, quiet=False)([1, 2], "Step")) == [1, 2]
        assert "Step" in console.export_text()
    assert list(tracker(console, quiet=True)([1, 2], "Step")) == [1, 2]
