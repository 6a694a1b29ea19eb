"""A release in which organisations closed, merged and were acquired, and the ones after it."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from ecosystem.common.settings import settings
from ecosystem.common.store import open_read_only, pointed_at, read_manifest
from etl import pipeline
from etl.release.change import changes
from etl.release.earlier import published_organisations
from tests.conftest import _edit as edit_file

CLOSED, MERGED, ACQUIRED = "at-limes-security-gmbh", "be-a6k", "at-cyan-security-group-gmbh"


def _database(folder: Path) -> Path:
    return folder / f"{pointed_at(folder)}.duckdb"


def test_what_has_ended_is_in_a_table_of_its_own(ended_releases_dir: Path) -> None:
    with open_read_only(_database(ended_releases_dir)) as connection:
        ended = connection.execute("SELECT org_id FROM ended_organisation ORDER BY 1").fetchall()
        shown = "SELECT count(*), count(DISTINCT status) FROM organisation"
        assert connection.execute(shown).fetchone() == (463, 2)
        found = "SELECT count(DISTINCT ordinal), max(ordinal) FROM search_posting"
        assert connection.execute(found).fetchone() == (463, 462)
    assert ended == [(CLOSED,), (MERGED,)]
    assert read_manifest(ended_releases_dir, pointed_at(ended_releases_dir)).organisations == 463
    assert len(published_organisations(_database(ended_releases_dir))) == 465


def test_the_history_tells_it_in_words(ended_releases_dir: Path) -> None:
    with open_read_only(_database(ended_releases_dir)) as connection:
        told = connection.execute("SELECT row_id, kind, new FROM change ORDER BY row_id").fetchall()
    assert told == [
        (ACQUIRED, "acquired", "cyan AG"),
        (CLOSED, "closed", "2024"),
        (MERGED, "merged", "be-aikido-security"),
    ]


@pytest.mark.slow
def test_an_older_file_without_statuses_opens_nothing_again(
    ended_releases_dir: Path, tmp_path: Path
) -> None:
    with pipeline.prepare((), settings().register_dir, ended_releases_dir) as prepared:
        outcome = prepared.verdict()
        assert outcome.status is pipeline.Status.PASSED
        assert outcome.changes == {}
        assert any("3 organisations keep their published status" in n for n in outcome.notes)


@pytest.mark.slow
def test_a_dropped_row_is_removed_and_nothing_else(
    ended_releases_dir: Path, tmp_path: Path
) -> None:
    register = Path(shutil.copytree(settings().register_dir, tmp_path / "register"))
    # Nothing in another list names either.
    gone = {CLOSED, "be-secutec"}

    def drop(rows: list[dict[str, str]]) -> None:
        rows[:] = [row for row in rows if row["org_id"] not in gone]

    edit_file(register / "organisations.csv", drop)
    with pipeline.prepare((), register, ended_releases_dir) as prepared:
        told = prepared.change[["row_id", "kind"]].to_numpy().tolist()
        assert sorted(told) == [[CLOSED, "removed"], ["be-secutec", "removed"]]
        assert prepared.missing == 2
        (total,) = (r.value for r in prepared.gates if r.gate.gate == "total")
        # Of those that are shown, one of 463 goes.
        assert total == 100 * -1 / 463


def _row(status: str, year: float | None = None, **more: object) -> dict[str, object]:
    return {
        "org_id": "fr-a", "name": "A", "nuts3": "FRH03", "valley_id": None, "status": status,
        "status_year": year, "successor_id": None, "successor_name": None,
        "status_source_url": None, **more,
    }  # fmt: skip


def _told(new: dict[str, object], old: list[dict[str, object]]) -> list[list[object]]:
    before = pd.DataFrame(old, columns=list(new))
    told = changes(pd.DataFrame([new]), before).astype(object).fillna("")
    columns = ["kind", "field", "old", "new"]
    return [] if told.empty else told[columns].to_numpy().tolist()


def test_every_way_that_a_life_can_change() -> None:
    active, closed = _row("active"), _row("closed", 2024.0)
    assert _told(closed, [active]) == [["closed", "", "", "2024"]]
    assert _told(_row("acquired", 2020.0, successor_name="X"), [active]) == [
        ["acquired", "", "", "X"]
    ]
    assert _told(_row("merged", 2020.0, successor_id="fr-b"), [closed]) == [
        ["merged", "", "", "fr-b"]
    ]
    # It was never shown: nobody needs to hear that it was added.
    assert _told(closed, []) == [["closed", "", "", "2024"]]
    assert _told(active, [closed]) == [
        ["changed", "status", "closed", "active"],
        ["changed", "status_year", "2024", ""],
    ]
    assert _told(_row("closed", 2023.0), [closed]) == [["changed", "status_year", "2024", "2023"]]


def test_a_release_from_before_has_active_ones_only(releases_dir: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(_database(releases_dir), tmp_path / "old.duckdb"))
    with duckdb.connect(str(path)) as connection:
        connection.execute("DROP TABLE ended_organisation")
        for name in ("status", "status_year", "successor_id", "successor_name"):
            connection.execute(f"ALTER TABLE organisation DROP COLUMN {name}")
    old = published_organisations(path)
    assert len(old) == 465
    new = published_organisations(_database(releases_dir))
    new.loc[0, ["status", "status_year"]] = ["closed", 2024]
    told = changes(new, old)
    assert told[["row_id", "kind", "new"]].to_numpy().tolist() == [
        [new.loc[0, "org_id"], "closed", "2024"]
    ]
