"""From register files to a release, and what happens to bad ones."""

from __future__ import annotations

import csv
import os
import random
import resource
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ecosystem.common.store import open_read_only
from etl.cli import app
from etl.errors import PublishError, RegisterError
from etl.model import T
from etl.pipeline import Outcome, Status, prepare, run
from etl.pipeline import publish as publish_prepared
from etl.release import shelf, workshop
from tests import reference

Edit = Callable[..., Path]
Rows = list[dict[str, str]]


def tables(folder: Path) -> dict[str, list[tuple]]:
    database = folder / f"{shelf.current_id(folder)}.duckdb"
    with open_read_only(database) as connection:
        names = [row[0] for row in connection.execute("SHOW TABLES").fetchall()]
        return {name: connection.table(name).fetchall() for name in names if name != "release"}


def read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def in_a_fork(function: Callable[[], object]) -> int:
    """Call a function in a process of its own, which has the reference data already."""
    child = os.fork()
    if child == 0:
        try:
            function()
        finally:
            os._exit(0)
    return child


def refused(outcome: Outcome, releases: Path) -> Outcome:
    assert outcome.status is Status.INPUT_REFUSED
    assert outcome.release_id is None
    assert not list(releases.glob("*.duckdb"))
    return outcome


@pytest.mark.slow
def test_the_same_input_makes_the_same_tables(release_dir: Path, tmp_path: Path) -> None:
    releases = shutil.copytree(release_dir, tmp_path / "releases")
    with reference.all_towns():
        outcome = run(releases_dir=releases)
    assert outcome.status is Status.PUBLISHED
    assert outcome.previous_id == shelf.current_id(release_dir) != outcome.release_id
    again = tables(releases)
    for name, rows in tables(release_dir).items():
        assert again[name] == rows, name


@pytest.mark.slow
def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    outcome = run(releases_dir=tmp_path / "releases", dry_run=True)
    assert outcome.status is Status.PASSED
    assert outcome.counts["organisation"] == 465
    assert not (tmp_path / "releases").exists()


@pytest.mark.slow
def test_changes_against_the_current_release(edit: Edit, releases: Path) -> None:
    first = shelf.current_id(releases)

    def change(rows: Rows) -> None:
        assert rows[0]["city"] == "Hagenberg im Mühlkreis"
        rows[0]["city"] = "Linz"
        rows[1]["name"], rows[1]["former_names"] = "Limes", "Limes Security GmbH"
        del rows[2]

    second = run(edit(change), releases)
    assert second.status is Status.PUBLISHED
    assert second.previous_id == first
    assert second.changes == {"changed": 2, "moved": 1, "removed": 1}
    change_rows = {(row[3], row[5], row[6]): row[7:9] for row in tables(releases)["change"]}
    org_id = "at-it-cluster-der-business-upper-austria"
    assert change_rows[org_id, "changed", "city"] == ("Hagenberg im Mühlkreis", "Linz")
    assert change_rows["at-limes-security-gmbh", "changed", "name"] == (
        "Limes Security GmbH",
        "Limes",
    )
    assert change_rows["at-softwarepark-hagenberg", "removed", None] == (None, None)


@pytest.mark.slow
def test_faults_of_every_kind_are_found_in_one_go(edit: Edit, tmp_path: Path) -> None:
    def spoil(rows: Rows) -> None:
        rows[0]["type"] = "smee"
        rows[1]["website"] = "javascript:alert(1)"
        rows[2]["name"] = "n" * 10_000
        rows[3]["org_id"] = rows[5]["org_id"]
        rows[4]["lat"], rows[4]["lon"] = "52.52", "13.40"
        rows[6]["city"] = "Atlantis"
        rows[8] = {**rows[7], "org_id": "at-again"}
        # A fault hides no other one of its row.
        rows[9]["type"], rows[9]["city"] = "smee", "Atlantis"
        rows[11] = {**rows[10], "org_id": "at-once-more", "founded": "soon"}

    outcome = refused(run(edit(spoil), tmp_path / "releases"), tmp_path / "releases")
    assert {(r.row, r.column) for r in outcome.rejections} == {
        (2, "type"), (3, "website"), (4, "name"), (7, "org_id"), (6, "lat"), (8, "city"),
        (10, "name"), (11, "type"), (11, "city"), (13, "founded"), (13, "name"),
    }  # fmt: skip
    failed = {result.gate.gate for result in outcome.gates if not result.passed}
    assert failed == {"invalid_cells", "duplicates", "coordinates"}


ODD_NAMES = [
    "<script>alert(1)</script>",
    "`${alert(1)}`",
    "\"double\" 'single'",
    "'); DROP TABLE organisation; --",
    "אבטחת מידע",
    "🔐 Lab 👩\u200d💻",
    "=1+1",
    "$name ? :x %s {0}",
]


@pytest.mark.slow
def test_odd_names_are_published_as_they_are(edit: Edit, tmp_path: Path) -> None:
    def rename(rows: Rows) -> None:
        for row, name in zip(rows, ODD_NAMES, strict=False):
            row["name"] = row["notes"] = name

    releases = tmp_path / "releases"
    assert run(edit(rename), releases).status is Status.PUBLISHED
    assert set(ODD_NAMES) <= {row[1] for row in tables(releases)["organisation"]}


@pytest.mark.slow
def test_few_lost_towns_are_left_out_and_told(edit: Edit, tmp_path: Path) -> None:
    def move(rows: Rows) -> None:
        rows[0]["city"] = "Atlantis"

    releases = tmp_path / "releases"
    outcome = run(edit(move), releases)
    assert outcome.status is Status.PUBLISHED
    assert outcome.counts["organisation"] == 464
    ((file, row, name, column, value, reason, _, step),) = tables(releases)["rejected"]
    assert (file, row, column, value, step) == (
        "organisations.csv", 2, "city", "Atlantis", "locate"
    )  # fmt: skip
    assert name == "IT-Cluster der Business Upper Austria"
    assert "Austria" in reason


@pytest.mark.slow
def test_investors_anywhere_never_stop_a_release(edit: Edit, tmp_path: Path) -> None:
    def move(rows: Rows) -> None:
        for row in rows:
            row["city"], row["country"] = "Singapore", "SG"

    releases = tmp_path / "releases"
    outcome = run(edit(move, "investors.csv"), releases)
    assert outcome.status is Status.PUBLISHED
    assert len([note for note in outcome.notes if "outside the NUTS area" in note]) == 54
    assert outcome.counts["investor"] == 54
    assert not outcome.rejections


@pytest.mark.slow
def test_many_lost_towns_stop_the_release(edit: Edit, tmp_path: Path) -> None:
    def move(rows: Rows) -> None:
        for row in rows[:20]:
            row["city"] = "Atlantis"

    outcome = run(edit(move), tmp_path / "releases")
    assert outcome.status is Status.GATE_FAILED
    failed = {r.gate.gate: r.value for r in outcome.gates if r.stops}
    assert failed["located"] == pytest.approx(100 * 445 / 465)


@pytest.mark.slow
def test_a_shrunken_register_needs_to_be_accepted(
    register: Path, edit: Edit, releases: Path
) -> None:
    first = shelf.current_id(releases)
    naming = ("valleys", "network", "partnership_members", "funding_rounds", "organisation_facts")
    linked = {row["org_id"] for f in naming for row in read(register / f"{f}.csv")}
    kept: Counter[str] = Counter()

    def shrink(rows: Rows) -> None:
        for row in list(rows):
            if row["org_id"] not in linked and kept[row["nuts2_hint"]] >= 3:
                rows.remove(row)
            kept[row["nuts2_hint"]] += 1

    folder = edit(shrink)
    outcome = run(folder, releases)
    assert outcome.status is Status.GATE_FAILED
    assert [r.gate.gate for r in outcome.gates if r.stops] == ["total"]
    assert shelf.current_id(releases) == first
    accepted = run(folder, releases, accepted=["accept_shrink"])
    assert accepted.status is Status.PUBLISHED
    assert [r.gate.gate for r in accepted.gates if r.waived] == ["total"]


@pytest.mark.slow
def test_a_register_without_one_good_row(edit: Edit, tmp_path: Path) -> None:
    def spoil(rows: Rows) -> None:
        for row in rows:
            row["type"] = "?"

    outcome = refused(run(edit(spoil), tmp_path / "releases"), tmp_path / "releases")
    assert len(outcome.rejections) == 465


@pytest.mark.slow
def test_the_other_files_are_checked_too(edit: Edit, tmp_path: Path) -> None:
    def spoil(rows: Rows) -> None:
        for row in rows:
            row[next(c for c in row if c.endswith("url"))] = "javascript:alert(1)"

    files = {f"{name}.csv" for name in
             ("valleys", "network", "investors", "events", "documents", "coverage")}  # fmt: skip
    for file in files:
        folder = edit(spoil, file)
    outcome = refused(run(folder, tmp_path / "releases"), tmp_path / "releases")
    assert {r.file for r in outcome.rejections} == files


@pytest.mark.slow
def test_a_file_of_organisations_replaces_the_one_of_the_register(
    register: Path, tmp_path: Path
) -> None:
    text = (register / "organisations.csv").read_text(encoding="utf-8")
    other = tmp_path / "this year.csv"
    other.write_bytes(text.encode("utf-16"))
    outcome = run(releases_dir=tmp_path / "releases", inputs=[other])
    assert outcome.status is Status.PUBLISHED


@pytest.mark.slow
def test_what_was_prepared_is_published_as_it_was_checked(releases: Path) -> None:
    with prepare(releases_dir=releases) as prepared:
        assert prepared.verdict().status is Status.PASSED
        assert shelf.current_id(releases) == prepared.baseline_id
        outcome = publish_prepared(prepared)
        database = prepared.database
    assert outcome.status is Status.PUBLISHED
    assert shelf.current_id(releases) == outcome.release_id
    assert outcome.counts["organisation"] == len(tables(releases)["organisation"]) == 465
    assert not database.exists()


@pytest.mark.slow
def test_nothing_is_published_if_the_release_compared_with_is_not_current_any_more(
    releases: Path,
) -> None:
    with prepare(releases_dir=releases) as late:
        meanwhile = run(releases_dir=releases)
        with pytest.raises(PublishError, match="check again"):
            publish_prepared(late)
    assert shelf.current_id(releases) == meanwhile.release_id
    assert len(shelf.releases(releases)) == 2


@pytest.mark.slow
def test_a_failed_gate_can_not_be_published(edit: Edit, releases: Path) -> None:
    def halve(rows: Rows) -> None:
        del rows[::2]

    first = shelf.current_id(releases)
    with prepare(register_dir=edit(halve), releases_dir=releases) as prepared:
        outcome = publish_prepared(prepared, ["accept_shrink"])
    assert outcome.status is not Status.PUBLISHED
    assert shelf.current_id(releases) == first


@pytest.mark.slow
def test_progress_is_told_to_whoever_wants_it(tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []

    def track(sequence: Sequence[T], label: str) -> Iterator[T]:
        told.append((label, len(sequence)))
        yield from sequence

    run(releases_dir=tmp_path / "releases", dry_run=True, track=track)
    assert {"Normalise", "Validate", "Write the tables", "Check the gates"} <= {t[0] for t in told}


def test_a_missing_register_file(register: Path, tmp_path: Path) -> None:
    (register / "events.csv").unlink()
    with pytest.raises(RegisterError, match=r"events\.csv is missing"):
        run(register, tmp_path / "releases")


@pytest.mark.slow
def test_a_damaged_current_release_does_not_stop_a_refresh(releases: Path) -> None:
    current = shelf.current_id(releases)
    (releases / f"{current}.duckdb").write_bytes(b"rot")
    (releases / "CURRENT").write_bytes(b"\xff\xff")
    assert run(releases_dir=releases).status is Status.PUBLISHED


@pytest.mark.kill
def test_a_full_disk_is_a_sentence(own_releases: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands in for the end of the disk."""

    def refresh() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
        result = CliRunner().invoke(app, ["refresh"])
        (tmp_path / "said").write_text(f"{result.exit_code} {result.output}")

    os.waitpid(in_a_fork(refresh), 0)
    said = (tmp_path / "said").read_text()
    assert said.startswith("4 ")
    assert "can't be written" in said
    assert "Traceback" not in said
    assert not list(own_releases.glob("*.duckdb"))


@pytest.mark.slow
def test_an_unwritable_folder_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PublishError, match="can't be written"):
        run(releases_dir=tmp_path / "file" / "releases")


@pytest.mark.kill
def test_kill_in_the_middle_of_a_refresh(release_dir: Path, tmp_path: Path) -> None:
    moments = random.Random()  # noqa: S311
    first = shelf.current_id(release_dir)
    folders = [shutil.copytree(release_dir, tmp_path / str(number)) for number in range(4)]
    for folder in folders:
        refresh = in_a_fork(partial(run, releases_dir=folder))
        late = time.monotonic() + 60
        while not list(folder.glob(".building-*")) and time.monotonic() < late:
            time.sleep(0.002)
        time.sleep(moments.uniform(0, 0.5))
        os.kill(refresh, signal.SIGKILL)
        os.waitpid(refresh, 0)
        assert time.monotonic() < late
    for folder in folders:
        current = shelf.current_id(folder)
        manifest = next(m for m in shelf.releases(folder) if m.release_id == current)
        assert shelf.is_intact(folder, manifest)
        assert len(tables(folder)["organisation"]) == 465
        with workshop.workshop(folder) as building:
            assert list(folder.glob(".building-*")) == [building]
        assert first in {m.release_id for m in shelf.releases(folder)}
