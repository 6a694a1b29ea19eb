"""The command line speaks in sentences and exit codes."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner, Result

from ecosystem.common.settings import settings
from ecosystem.common.store import open_read_only
from ecosystem.web import static_site
from etl import pipeline
from etl.actions import entries
from etl.cli import GATE, INPUT, OK, USAGE, WRITE, app
from etl.release import shelf

Rows = list[dict[str, str]]


def call(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


@pytest.mark.slow
def test_refresh_then_releases_then_rollback(own_releases: Path) -> None:
    assert "There is no release yet" in call("releases").output
    first = call("refresh")
    assert first.exit_code == OK, first.output
    assert "organisation" in first.output
    assert "465" in first.output
    second = call("refresh", "--quiet")
    assert second.output.startswith("Published as release ")
    old, new = sorted(m.release_id for m in shelf.releases(own_releases))
    listed = " ".join(call("releases").output.split())
    assert "UTC: no change" in listed
    back = call("rollback")
    assert back.exit_code == OK
    assert f"UTC ({new}). Shown from now on: that of" in back.output
    assert f"UTC ({old}). Against the former one: no change." in back.output
    assert "The register still holds what was published last." in back.output
    assert shelf.current_id(own_releases) == old
    assert call("rollback").exit_code == WRITE
    assert call("rollback", "nonsense").exit_code == WRITE
    assert call("rollback", new).exit_code == OK
    done = [(entry.action, entry.subject) for entry in entries()][-4:]
    assert done == [("publish", old), ("publish", new), ("rollback", old), ("rollback", new)]


@pytest.mark.slow
def test_how_long_steps_took_is_said_if_asked_for(own_releases: Path) -> None:
    assert "Normalise: " not in call("refresh", "--dry-run").output
    assert "Normalise: " in call("refresh", "--dry-run", "--verbose").output


@pytest.mark.slow
def test_half_a_list_is_called_so_and_each_gap_said_rightly(
    own_releases: Path, release_dir: Path, edit: Callable[..., Path], tmp_path: Path
) -> None:
    shutil.copytree(release_dir, own_releases)

    def halve(rows: Rows) -> None:
        del rows[1::2]

    folder = edit(halve)
    result = call("check", folder / "organisations.csv", "--report", tmp_path / "report")
    assert result.exit_code == INPUT
    said = "232 of the 465 published organisations aren't in your file. Is part of the list missing"
    assert said in result.output
    assert result.output.index(said) < result.output.index("There is no such org_id")
    gaps = [line for line in result.output.splitlines() if "There is no such org_id" in line]
    assert gaps
    assert all("row is missing from organisations.csv: put it back" in line for line in gaps)
    assert not any("Did you mean" in line for line in gaps)
    assert said in (tmp_path / "report" / "check.html").read_text().replace("&#39;", "'")


@pytest.mark.slow
def test_what_needs_consent_is_said_in_numbers(
    own_releases: Path, release_dir: Path, edit: Callable[..., Path]
) -> None:
    shutil.copytree(release_dir, own_releases)

    def add(rows: Rows) -> None:
        rows += [{**rows[0], "org_id": "", "name": f"New {i}", "website": ""} for i in range(120)]

    result = call("refresh", edit(add) / "organisations.csv", "-q")
    assert result.exit_code == GATE
    said = "120 organisations would be added to 465 (26 %); more than 20 % needs your consent."
    assert result.output.count(said) == 1
    assert "To publish all the same, give --accept-growth (" in result.output
    assert "--accept-shrink" not in result.output


@pytest.mark.slow
def test_a_mistyped_town_takes_nobody_off_the_map_and_the_last_line_says_so(
    own_releases: Path, release_dir: Path, edit: Callable[..., Path]
) -> None:
    shutil.copytree(release_dir, own_releases)

    def mistype(rows: Rows) -> None:
        for row in rows[:2]:
            row["city"], row["founded"] = "Wienx", "1999"
        rows.append({**rows[5], "org_id": "", "name": "A new company", "city": "Atlantis"})

    result = call("refresh", edit(mistype) / "organisations.csv", "--yes")
    assert result.exit_code == OK
    last = result.output.splitlines()[-1]
    assert "1 row with faults is left out until corrected." in last
    assert "The town of 2 published organisations can't be found; they stay where" in last
    assert "Limes Security GmbH (Wienx: stays in Hagenberg im Mühlkreis)" in last
    assert "Until then it stays where it was published: Hagenberg" in result.output
    with open_read_only(own_releases / f"{shelf.current_id(own_releases)}.duckdb") as connection:
        rows = connection.execute(
            "SELECT city, founded, p.name, p.geoname_id IS NOT NULL, valley_id FROM organisation "
            "JOIN place AS p USING (place_id) WHERE org_id = 'at-limes-security-gmbh'"
        ).fetchall()
        changed = connection.execute("SELECT DISTINCT kind, field FROM change").fetchall()
    place = "Hagenberg im Mühlkreis"
    assert rows == [(place, 1999, place, True, "at-oberoesterreich")]
    assert changed == [("changed", "founded")]


@pytest.mark.slow
def test_exchanged_identifiers_are_named_and_put_right(
    own_releases: Path, release_dir: Path, edit: Callable[..., Path]
) -> None:
    shutil.copytree(release_dir, own_releases)

    def exchange(rows: Rows) -> None:
        rows[3]["org_id"], rows[9]["org_id"] = rows[9]["org_id"], rows[3]["org_id"]

    folder = edit(exchange)
    result = call("refresh", folder / "organisations.csv", "--yes", "--quiet")
    assert result.exit_code == GATE
    said = "rows 5 and 11: Identifier is what is published of another row, as if the column org_id"
    assert said in result.output
    assert "To put it right, give --put-right." in result.output
    assert "--accept-exchange" in result.output
    result = call("refresh", folder / "organisations.csv", "--yes", "--put-right")
    assert result.exit_code == OK
    assert "rows 5 and 11: Identifier was put back as published" in result.output
    assert ": no change." in result.output


@pytest.mark.slow
def test_a_dry_run_publishes_nothing(own_releases: Path) -> None:
    result = call("refresh", "--dry-run")
    assert result.exit_code == OK
    assert "This would be published." in result.output
    assert not own_releases.exists()


@pytest.mark.slow
def test_invalid_cells(own_releases: Path, edit: Callable[..., Path]) -> None:
    def spoil(rows: Rows) -> None:
        rows[0]["type"] = "smee"
        rows[1]["name"] = "[bold]not markup[/bold]"

    result = call("refresh", edit(spoil) / "organisations.csv")
    assert result.exit_code == INPUT
    assert (
        "organisations.csv, row 2, column “type”: “smee”. Unknown code in Type: smee"
        in result.output
    )
    assert "Did you mean sme" in result.output
    assert "This would not be published: 1 cell must be corrected first." in result.output


@pytest.mark.slow
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
    path = tmp_path / "organisations.csv"
    path.write_bytes(b"org_id,name\nfr-a,A\n")
    result = call("refresh", path)
    assert result.exit_code == INPUT
    assert "organisations.csv: columns type, city" in result.output


def test_no_control_character_of_a_file_reaches_the_terminal(
    own_releases: Path, tmp_path: Path
) -> None:
    (tmp_path / "o.csv").write_text("a\x1b[2J,b\n1,2\n")
    result = call("refresh", tmp_path / "o.csv")
    assert result.exit_code == INPUT
    assert "\x1b[2" not in result.output
    assert "a\N{REPLACEMENT CHARACTER}[2J, b" in result.output


def test_wrong_usage(own_releases: Path) -> None:
    assert call("refresh", "--no-such-option").exit_code == USAGE
    assert call("nonsense").exit_code == USAGE


@pytest.mark.slow
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
    assert "it has exactly this name" in found.output
    lost = call("locate", "Salamanca", "ES")
    assert lost.exit_code == INPUT
    assert "several towns" in lost.output
    hinted = call("locate", "Salamanca", "ES", "--hint", "es41")
    assert hinted.exit_code == OK
    assert "it is the one in ES41" in hinted.output
    assert "Others of this name:" in hinted.output
    assert call("locate", "Wien", "XX").exit_code == INPUT


def test_mint(tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_text("name,city,country\nStoïk,Paris,FR\n", encoding="utf-8")
    assert "1 identifiers made" in call("mint", path).output
    assert path.read_text(encoding="utf-8").splitlines()[1] == "fr-stoik,Stoïk,Paris,FR"
    assert call("mint", tmp_path / "none.csv").exit_code == INPUT


@pytest.mark.slow
def test_check_writes_a_report_and_publishes_nothing(
    own_releases: Path, edit: Callable[..., Path], tmp_path: Path
) -> None:
    def spoil(rows: Rows) -> None:
        rows[0]["type"] = "smee"

    folder = tmp_path / "report"
    result = call("check", edit(spoil) / "organisations.csv", "--report", folder)
    assert result.exit_code == INPUT
    assert result.output.endswith("This would not be published: 1 cell must be corrected first.\n")
    assert {path.name for path in folder.iterdir()} == {
        "check.html",
        "organisations to correct.xlsx",
    }
    assert not own_releases.exists()


@pytest.mark.slow
def test_check_of_a_folder_without_faults(
    own_releases: Path, register: Path, tmp_path: Path
) -> None:
    result = call("check", register, "--report", tmp_path / "report", "--quiet")
    assert result.exit_code == OK
    assert [path.name for path in (tmp_path / "report").iterdir()] == ["check.html"]
    assert call("check", register, "--no-report", "-q").output == "This would be published.\n"


@pytest.mark.slow
def test_diff_tells_known_edits(
    own_releases: Path, release_dir: Path, edit: Callable[..., Path], tmp_path: Path
) -> None:
    shutil.copytree(release_dir, own_releases)

    def change(rows: Rows) -> None:
        rows[0]["city"], rows[0]["nuts2_hint"] = "Linz", "AT31"
        rows[1]["name"] = "Limes"
        del rows[2]
        rows.append({**rows[3], "org_id": "at-new", "name": "Something Else Entirely"})

    result = call("diff", edit(change), "-q", "--report", tmp_path / "report")
    assert result.exit_code == OK
    lines = result.output.splitlines()
    assert lines[0].endswith(": 1 added, 1 removed, 2 changed, 1 moved.")
    assert "  at-new (Something Else Entirely)" in lines
    assert "  at-softwarepark-hagenberg (Softwarepark Hagenberg)" in lines
    assert "  at-limes-security-gmbh (Limes): Name: Limes Security GmbH -> Limes" in lines
    town = "IT-Cluster der Business Upper Austria): Town: Hagenberg im Mühlkreis -> Linz"
    assert any(line.endswith(town) for line in lines)
    assert {path.name for path in (tmp_path / "report").iterdir()} == {
        "changes.html", "changes.xlsx"
    }  # fmt: skip
    few = call("diff", edit(change), "-q", "--limit", "0").output
    assert "at-new" not in few
    assert "and 1 more row, not shown here." in few


@pytest.mark.slow
@pytest.mark.parametrize(("answer", "published"), [("y", True), ("n", False), ("", False)])
def test_refresh_asks_before_it_publishes_on_a_terminal(
    own_releases: Path, monkeypatch: pytest.MonkeyPatch, answer: str, published: bool
) -> None:
    monkeypatch.setattr("etl.cli.data.is_interactive", lambda: True)
    result = CliRunner().invoke(app, ["refresh", "-q"], input=f"{answer}\n")
    assert result.exit_code == OK
    assert "There is no release yet to compare with. Publish? [y/N]" in result.output
    assert bool(shelf.releases(own_releases)) is published
    assert ("Nothing was published." in result.output) is not published


@pytest.mark.slow
def test_refresh_does_not_ask_with_yes(own_releases: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.cli.data.is_interactive", lambda: True)
    assert call("refresh", "-q", "--yes").output.startswith("Published as release ")


def test_the_story_of_a_release(own_releases: Path, release_dir: Path) -> None:
    assert call("show").exit_code == WRITE
    shutil.copytree(release_dir, own_releases)
    current = shelf.current_id(own_releases)
    assert current
    result = call("show", current[:12])
    assert result.exit_code == OK
    assert f"Release {current}, made on" in result.output
    assert "Valleys without an organisation" in " ".join(result.output.split())
    assert "organisations.csv" in result.output
    assert "SHA-256" not in result.output
    assert "SHA-256" in call("show", current, "--details").output
    assert call("show", "nonsense").exit_code == WRITE


@pytest.mark.slow
@pytest.mark.parametrize("file_format", ["csv", "xlsx", "geojson", "geoparquet"])
def test_export(own_releases: Path, release_dir: Path, tmp_path: Path, file_format: str) -> None:
    shutil.copytree(release_dir, own_releases)
    file = tmp_path / f"organisations.{file_format}"
    result = call("export", "--format", file_format, "--output", file)
    assert result.exit_code == OK, result.output
    if file_format == "csv":
        frame = pd.read_csv(file)
    elif file_format == "xlsx":
        frame = pd.read_excel(file, engine="openpyxl")
    elif file_format == "geojson":
        frame = gpd.read_file(file)
    else:
        frame = gpd.read_parquet(file)
        assert frame.crs.to_epsg() == 4326
    assert len(frame) == 465
    assert call("export").exit_code == USAGE
    assert call("export", "-o", tmp_path / "no" / "folder.csv").exit_code == WRITE


def test_the_site_is_written_to_a_folder(
    own_releases: Path, release_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(release_dir, own_releases)
    text = b"one"
    monkeypatch.setattr(
        "ecosystem.web.static_site.files", lambda _: [static_site.File("index.html", text)]
    )
    folder = tmp_path / "copy"
    result = call("export", "--format", "site", folder)
    assert result.exit_code == OK, result.output
    assert (folder / "index.html").read_bytes() == text
    text = b"two"
    assert call("export", "--format", "site", "--output", folder).exit_code == OK
    assert (folder / "index.html").read_bytes() == text
    assert call("export", "--format", "site").exit_code == USAGE


@pytest.mark.slow
def test_prune_says_what_goes_and_asks(
    own_releases: Path, release_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(release_dir, own_releases)
    old = shelf.current_id(own_releases)
    assert old
    call("refresh", "-q")
    assert call("prune", "--keep", "5").output == "There is nothing to remove.\n"
    monkeypatch.setattr("etl.cli.releases.is_interactive", lambda: True)
    kept = CliRunner().invoke(app, ["prune", "--keep", "1"], input="n\n")
    assert old in kept.output
    assert len(shelf.releases(own_releases)) == 2
    assert CliRunner().invoke(app, ["prune", "--keep", "1"], input="y\n").exit_code == OK
    assert [m.release_id for m in shelf.releases(own_releases)] == [shelf.current_id(own_releases)]


@pytest.mark.slow
def test_a_decision_counts_at_the_next_check(
    own_releases: Path, edit: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def add_another(rows: Rows) -> None:
        rows.append({**rows[1], "org_id": "at-limes", "name": "Limes Securityy"})

    monkeypatch.setenv("CYBER_VALLEYS_REGISTER_DIR", str(edit(add_another)))
    settings.cache_clear()
    listed = call("duplicates", "-q")
    assert listed.exit_code == OK
    first = next(line for line in listed.output.splitlines() if " %  " in line)
    a, b = first.split()[-2:]
    assert call("decide", a, "at-no-such", "different", "--reason", "R").exit_code == INPUT
    assert call("decide", a, b, "different", "--reason", " ").exit_code == INPUT
    assert call("decide", a, b, "perhaps", "--reason", "R").exit_code == USAGE
    done = call("decide", a, b, "different", "--reason", "Two offices")
    assert done.exit_code == OK, done.output
    assert first not in call("duplicates", "-q").output


@pytest.mark.slow
def test_headers_may_be_said_and_saved(own_releases: Path, register: Path, tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    text = (register / "organisations.csv").read_text(encoding="utf-8")
    path.write_text(text.replace("name,type,", "Wie sie heißt,type,", 1), encoding="utf-8")
    unsure = call("check", path, "-q", "--no-report")
    assert unsure.exit_code == INPUT
    assert "column name is missing" in unsure.output
    saved = tmp_path / "columns.toml"
    said = call("check", path, "-q", "--no-report", "--map", "Wie sie heißt=name",
                "--save-mapping", saved)  # fmt: skip
    assert said.exit_code == OK, said.output
    assert call("check", path, "-q", "--no-report", "--mapping", saved).exit_code == OK
    assert call("check", path, "--map", "nothing").exit_code == INPUT
    assert call("check", path, "--mapping", tmp_path / "none.toml").exit_code == INPUT


@pytest.mark.slow
def test_headers_are_asked_for_on_a_terminal(
    own_releases: Path, register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.cli.columns.is_interactive", lambda: True)
    path, saved = tmp_path / "liste.csv", tmp_path / "columns.toml"
    text = (register / "organisations.csv").read_text(encoding="utf-8")
    path.write_text(text.replace("name,type,", "Wie sie heißt,type,", 1), encoding="utf-8")
    arguments = ["check", str(path), "-q", "--no-report"]
    answers = f"99\n1\ny\n{saved}\n"
    result = CliRunner().invoke(app, arguments, input=answers)
    assert result.exit_code == OK, result.output
    assert "Which one is name?" in result.output
    assert "1  Wie sie heißt" in result.output
    assert "Give a number from 0 to 1." in result.output
    assert call(*arguments, "--mapping", saved).exit_code == OK
    refused = CliRunner().invoke(app, arguments, input="0\n")
    assert refused.exit_code == INPUT
    assert "column name is missing" in refused.output


@pytest.mark.slow
def test_help_documents_the_exit_codes_and_loads_nothing_heavy() -> None:
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        if hasattr(command, "commands"):
            continue
        text = " ".join(call(name, "--help").output.split())
        assert "3 a gate failed" in text, name
        assert f"cyber-valleys {name}" in text, name
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


@pytest.mark.slow
def test_the_advice_for_an_exact_duplicate_can_be_followed(
    own_releases: Path, register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two new rows of one name and town, without identifiers: they are two, says a person."""
    monkeypatch.setenv("CYBER_VALLEYS_REGISTER_DIR", str(register))
    settings.cache_clear()
    frame = pd.read_csv(register / "organisations.csv", dtype="str", keep_default_na=False)
    new = frame.head(1).assign(org_id="", name="Quite New", website="")
    path = tmp_path / "organisations.csv"
    pd.concat([frame, new, new.assign(notes="the other one")]).to_csv(path, index=False)
    told = call("check", str(path), "--no-report")
    assert told.exit_code == INPUT
    said = " ".join(told.output.split())
    a, b = re.search(r"decide that (\S+) and (\S+) are `different`", said).groups()  # type: ignore[union-attr]
    assert "decide FIRST SECOND different FILE" in said
    assert call("decide", a, b, "different", "--reason", "Two").exit_code == INPUT
    done = call("decide", a, b, "different", str(path), "--reason", "Two")
    assert done.exit_code == OK, done.output
    with pipeline.prepare([path]) as prepared:
        assert prepared.verdict().status is pipeline.Status.PASSED
        assert {a, b} <= set(prepared.transformed.tables["organisation"]["org_id"])
    assert call("decide", b, a, "undecided").exit_code == OK
    assert call("decide", b, a, "undecided").exit_code == INPUT


@pytest.mark.slow
def test_the_case_of_acronyms_is_proposed_with_the_reason(release_dir: Path) -> None:
    path = Path(__file__).parents[1] / "cases" / "acronym_and_full_name.csv"
    with pipeline.prepare([path], None, release_dir) as prepared:
        pairs = {(p.name_a, p.name_b) for p in prepared.transformed.candidates}
        reasons = {p.evidence.partition(": ")[2] for p in prepared.transformed.candidates}
    assert {frozenset(pair) for pair in pairs} == {
        frozenset({"Agence nationale de la sécurité des systèmes", "ANSS"}),
        frozenset({"Institut fédéral de cyberdéfense", "IFC"}),
    }
    assert all("is short for the other name, in the same town" in reason for reason in reasons)
