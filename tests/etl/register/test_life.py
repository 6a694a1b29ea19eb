"""What the status of an organisation asks of its row, and what a file without statuses keeps."""

from __future__ import annotations

import pandas as pd
import pytest

from ecosystem.common.settings import settings
from etl.reading import extract
from etl.register import life
from etl.register.decisions import NO_DECISIONS
from etl.register.normalise import normalise
from etl.register.validate import validate, validate_references
from etl.schema import Schema
from tests.etl.conftest import small_frame
from tests.etl.register.test_validate import GOOD

Aliases = dict[str, dict[str, str]]
CLOSED = {"status": "closed", "status_year": "2024", "status_source_url": "https://example.eu/end"}
BOUGHT = CLOSED | {"status": "acquired", "successor_name": "cyan AG"}


def found(schemas: dict[str, Schema], **cells: str) -> list[tuple[str, str]]:
    """Columns and reasons of the faults of one row."""
    frame = small_frame(schemas["organisations"], **{**GOOD, "status": "active", **cells})
    return [(fault.column, fault.reason) for fault in life.check_life(frame)]


@pytest.mark.parametrize(
    "cells",
    [
        {},
        CLOSED,
        CLOSED | {"successor_name": "cyan AG"},
        CLOSED | {"successor_id": "fr-other"},
        BOUGHT,
        BOUGHT | {"status": "merged"},
        BOUGHT | {"founded": "2024"},
        BOUGHT | {"status_year": ""},
    ],
)
def test_sound_lives(schemas: dict[str, Schema], cells: dict[str, str]) -> None:
    assert found(schemas, **cells) == []


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        (CLOSED | {"status_year": ""}, "status_year", "The status is closed, without a year."),
        (
            CLOSED | {"status_source_url": ""},
            "status_source_url",
            "The status is closed, without a source.",
        ),
        (
            BOUGHT | {"status": "merged", "status_year": ""},
            "status_year",
            "The status is merged, without a year.",
        ),
        (
            BOUGHT | {"successor_name": ""},
            "successor_id",
            "The status is acquired, without saying by or into which organisation.",
        ),
        (
            BOUGHT | {"successor_id": "fr-other"},
            "successor_name",
            "The successor or owner is given twice, by identifier and by name.",
        ),
        (
            CLOSED | {"successor_id": "fr-secure-ic"},
            "successor_id",
            "The organisation is its own successor.",
        ),
        (
            CLOSED | {"founded": "2025"},
            "status_year",
            "It would be closed in 2024, before it was founded in 2025.",
        ),
        (
            {"status_year": "2024"},
            "status",
            "The status is active, but status_year is filled in.",
        ),
    ],
)
def test_faulty_lives(
    schemas: dict[str, Schema], cells: dict[str, str], column: str, reason: str
) -> None:
    assert found(schemas, **cells) == [(column, reason)]


def test_a_circle_of_successors_is_told_on_each_of_its_rows(schemas: dict[str, Schema]) -> None:
    schema = schemas["organisations"]
    ids = ["fr-a", "fr-b", "fr-c", "fr-d"]
    successors = ["fr-b", "fr-c", "fr-a", "fr-a"]
    rows = [
        small_frame(schema, **{**GOOD, **CLOSED, "org_id": own, "successor_id": other})
        for own, other in zip(ids, successors, strict=True)
    ]
    frame = pd.concat(rows, ignore_index=True)
    faults = life.check_life(frame)
    assert [fault.row for fault in faults] == [0, 1, 2]
    assert faults[0].reason.endswith("itself: fr-a → fr-b → fr-c → fr-a.")


def test_cells_are_checked_one_by_one(schemas: dict[str, Schema]) -> None:
    schema = schemas["organisations"]
    row = GOOD | CLOSED | {"status": "closd", "status_year": "2099", "status_source_url": "news"}
    faults = {f.column: f for f in validate(small_frame(schema, **row), schema)}
    assert list(faults) == ["status", "status_year", "status_source_url"]
    assert faults["status"].mend.startswith("Did you mean closed (Closed)?")
    assert faults["status_year"].reason == "Status since lies in the future."
    assert "web address" in faults["status_source_url"].reason


def test_a_successor_must_be_in_the_register(
    schemas: dict[str, Schema], frames: dict[str, pd.DataFrame]
) -> None:
    organisations = frames["organisations"].copy()
    organisations.loc[organisations.index[0], "successor_id"] = "fr-secure-i"
    faults = validate_references({**frames, "organisations": organisations}, schemas)
    assert [(f.column, f.reason) for f in faults] == [
        ("successor_id", "There is no such org_id in organisations.csv.")
    ]
    assert faults[0].mend.startswith("Did you mean fr-secure-ic?")


def test_a_file_without_the_columns_is_of_active_organisations(
    schemas: dict[str, Schema], aliases: Aliases
) -> None:
    """The tests' register has none of them."""
    schema = schemas["organisations"]
    read = extract(settings().register_dir / schema.file, schema)
    frame = normalise(read.frame, schema, aliases)
    assert life.STATUS not in read.origin.columns
    assert set(frame["status"]) == {"active"}
    assert (frame[["status_year", "successor_id", "successor_name"]] == "").all().all()


def test_a_note_below_the_table_is_still_one(schemas: dict[str, Schema], aliases: Aliases) -> None:
    schema = schemas["organisations"]
    frame = normalise(small_frame(schema, city="Total: 465"), schema, aliases)
    (fault,) = validate(frame, schema)
    assert fault.reason == "This row is nearly empty."


def test_what_a_file_without_statuses_keeps(schemas: dict[str, Schema], aliases: Aliases) -> None:
    schema = schemas["organisations"]
    frame = normalise(small_frame(schema, **GOOD), schema, aliases)
    published = pd.DataFrame(
        [
            {**dict.fromkeys(life.COLUMNS), "org_id": "fr-secure-ic", "status": "closed",
             "status_year": 2024.0, "status_source_url": "https://example.eu/end"},
            {**dict.fromkeys(life.COLUMNS), "org_id": "fr-other", "status": "active"},
        ]
    )  # fmt: skip
    kept, note = life.carry_over(frame, published)
    assert kept.loc[2, list(life.COLUMNS)].tolist() == [
        "closed", "2024", "", "", "https://example.eu/end"
    ]  # fmt: skip
    assert "1 organisation keeps its published status" in note
    assert life.carry_over(frame, published.iloc[1:]) == (frame, "")


def test_whoever_names_a_successor_says_that_they_are_two(schemas: dict[str, Schema]) -> None:
    row = small_frame(schemas["organisations"], **GOOD | CLOSED | {"successor_id": "fr-other"})
    decisions = NO_DECISIONS.telling_apart(life.successions(row))
    assert decisions.are_different("fr-secure-ic", "fr-other")
    assert not decisions.are_different("fr-secure-ic", "fr-another")
