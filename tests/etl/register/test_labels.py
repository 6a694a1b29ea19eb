"""The register file of labels: empty at first, then checked row by row."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from ecosystem.common.settings import settings
from ecosystem.common.store import open_read_only
from etl import pipeline
from etl.reading import extract
from etl.register.labels import check_labels
from etl.register.validate import validate, validate_references
from etl.schema import Schema

GOOD = {
    "org_id": "at-limes-security-gmbh",
    "issuer": "Example issuer",
    "awarded": "2026-01-01",
    "valid_until": "2027-12-31",
    "reference": "CMIE-1",
    "source_url": "https://www.example.eu/labels",
}


def frame(schema: Schema, *changes: dict[str, str]) -> pd.DataFrame:
    rows = [GOOD | change for change in changes]
    index = pd.RangeIndex(2, len(rows) + 2, name="row")
    return pd.DataFrame(rows, columns=list(schema.columns), index=index, dtype="str")


def test_a_header_alone_is_a_whole_file(schemas: dict[str, Schema]) -> None:
    schema = schemas["labels"]
    read = extract(settings().register_dir / schema.file, schema).frame
    assert read.empty
    assert list(read.columns) == list(GOOD)


def test_a_sound_row_has_no_fault(schemas: dict[str, Schema]) -> None:
    rows = frame(schemas["labels"], {}, {"awarded": "2027-12-01", "valid_until": "2028-12-31"})
    assert validate(rows, schemas["labels"]) == []
    assert check_labels(rows) == []


@pytest.mark.parametrize(
    ("change", "column", "says"),
    [
        ({"awarded": "2026-02-30"}, "awarded", "no such day"),
        ({"valid_until": "2027-02-29"}, "valid_until", "no such day"),
        ({"valid_until": "2026-01-01"}, "valid_until", "on the same day (2026-01-01)"),
        ({"valid_until": "2025-12-31"}, "valid_until", "ends before it is awarded"),
    ],
)
def test_days_must_exist_and_be_in_order(
    schemas: dict[str, Schema], change: dict[str, str], column: str, says: str
) -> None:
    (found,) = check_labels(frame(schemas["labels"], {"reference": "", **change}))
    assert (found.row, found.column, found.value, found.step) == (
        2,
        column,
        change[column],
        "validate",
    )
    assert says in found.reason


@pytest.mark.parametrize("day", ["1.1.2026", "2026-13-01", "2026-1-1", "soon", ""])
def test_a_day_is_written_as_year_month_day(schemas: dict[str, Schema], day: str) -> None:
    (found,) = validate(frame(schemas["labels"], {"valid_until": day}), schemas["labels"])
    assert found.column == "valid_until"


def test_one_award_stands_in_one_row(schemas: dict[str, Schema]) -> None:
    (found,) = check_labels(frame(schemas["labels"], {}, {"org_id": "fr-secure-ic"}, {}))
    assert (found.row, found.column, found.step) == (4, "awarded", "deduplicate")
    assert "row 2" in found.reason


def test_an_unknown_organisation_is_told_the_nearest(
    schemas: dict[str, Schema], frames: dict[str, pd.DataFrame]
) -> None:
    rows = frame(schemas["labels"], {"org_id": "at-limes-securty"})
    (found,) = validate_references({**frames, "labels": rows}, schemas)
    assert (found.file, found.row, found.column) == ("labels.csv", 2, "org_id")
    assert "at-limes-security-gmbh" in found.mend


@pytest.mark.slow
def test_labels_reach_the_release(register: Path, tmp_path: Path) -> None:
    with (register / "labels.csv").open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, list(GOOD)).writerow(GOOD)
    folder = tmp_path / "releases"
    outcome = pipeline.run(register, folder)
    assert outcome.status is pipeline.Status.PUBLISHED
    with open_read_only(folder / f"{outcome.release_id}.duckdb") as connection:
        rows = connection.execute("SELECT columns(*)::VARCHAR FROM label").fetchall()
    assert rows == [tuple(GOOD.values())]


@pytest.mark.slow
def test_a_fault_refuses_the_register(register: Path, tmp_path: Path) -> None:
    with (register / "labels.csv").open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, list(GOOD)).writerow(GOOD | {"valid_until": "2026-02-30"})
    outcome = pipeline.run(register, tmp_path / "releases", dry_run=True)
    assert outcome.status is pipeline.Status.INPUT_REFUSED
    assert [r.file for r in outcome.rejections] == ["labels.csv"]
