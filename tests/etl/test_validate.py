"""Every faulty cell is reported with its place, the reason and a mend."""

from __future__ import annotations

from typing import Any

import frictionless
import pandas as pd
import pytest

from etl.model import Rejection
from etl.schema import Schema
from etl.validate import validate, validate_references
from tests.etl.conftest import small_frame

GOOD = {
    "org_id": "fr-secure-ic",
    "name": "Secure-IC",
    "type": "sme",
    "city": "Cesson-Sévigné",
    "country": "FR",
    "domains": "cryptology",
    "functions": "protect",
    "evidence": "page",
    "source_url": "https://example.eu",
}


def found(schemas: dict[str, Schema], **cells: str) -> list[Rejection]:
    schema = schemas["organisations"]
    return validate(small_frame(schema, **{**GOOD, **cells}), schema)


def test_every_number_is_bounded_on_both_sides(schemas: dict[str, Schema]) -> None:
    """A number that the database has no room for would break the build."""
    for schema in schemas.values():
        for column in schema.columns.values():
            if column.type in ("integer", "number"):
                assert {"minimum", "maximum"} <= set(column.constraints), column.name


def test_a_good_row_has_no_errors(schemas: dict[str, Schema]) -> None:
    assert found(schemas) == []


@pytest.mark.parametrize(
    ("column", "value", "reason", "mend"),
    [
        ("type", "smee", "Unknown code in Type: smee.", "Did you mean sme"),
        ("domains", "cryptologie", "Unknown code in JRC domains", "cryptology"),
        ("domains", ";".join(["cryptology"] * 5), "5 codes are too many", "One to four"),
        ("country", "XX", "Unknown code in Country", ""),
        ("name", "", "Name is empty.", "Fill it in"),
        ("name", "n" * 10_000, "10,000 characters; at most 200", "Shorten"),
        ("founded", "3000", "out of range", "from 1000 to 2100"),
        ("founded", "-5", "out of range", "from 1000"),
        ("founded", "2099", "lies in the future", "Check"),
        ("founded", "ca. 2010", "must be a whole number", "Write a whole number"),
        ("lat", "95", "out of range", "from -90 to 90"),
        ("lat", "north", "must be a number", "Write a number"),
        ("lat", "nan", "must be a number", "Write a number"),
        ("lat", "inf", "must be a number", "Write a number"),
        ("lat", "٤٨.٢", "must be a number", "Write a number"),
        ("lat", "4_8", "must be a number", "Write a number"),
        ("founded", "٢٠١٠", "must be a whole number", "Write a whole number"),
        ("founded", "20_10", "must be a whole number", "Write a whole number"),
        ("founded", "9" * 5_000, "must be a whole number", "Write a whole number"),
        ("type", "ѕme", "Unknown code in Type: ѕme.", "Did you mean sme"),  # a Cyrillic letter
        ("org_id", "fr-a\u200d", "not written as it should be", "Example: fr-secure-ic"),
        ("website", "javascript:alert(1)", "not a web address", "https://"),
        ("website", "https://good.eu@evil.eu", "not a web address", "https://"),
        ("website", 'https://a.eu/"><script>', "not a web address", "https://"),
        ("website", "ftp://a.eu", "not a web address", "https://"),
        ("nuts2_hint", "FRH01", "not written as it should be", "Example: FRH0"),
        ("org_id", "FR Secure", "not written as it should be", "Example: fr-secure-ic"),
    ],
)
def test_faulty_cells(
    schemas: dict[str, Schema], column: str, value: str, reason: str, mend: str
) -> None:
    (error,) = found(schemas, **{column: value})
    assert (error.file, error.row, error.column) == ("organisations.csv", 2, column)
    assert reason in error.reason
    assert mend in error.mend
    assert len(error.value) <= 121


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "`${1}` \"quoted\" 'name'",
        "=HYPERLINK(1)",
        "אבטחת מידע",
        "🔐 Lab",
        "'; DROP TABLE organisation; --",
    ],
)
def test_odd_names_are_names(schemas: dict[str, Schema], name: str) -> None:
    assert found(schemas, name=name) == []


def test_identifiers_stand_once(schemas: dict[str, Schema]) -> None:
    schema = schemas["organisations"]
    frame = pd.concat([small_frame(schema, **GOOD)] * 2).set_axis([2, 7])
    (error,) = validate(frame, schema)
    assert (error.row, error.column, error.step) == (7, "org_id", "deduplicate")
    assert "row 2" in error.reason


def test_references_lead_somewhere(
    schemas: dict[str, Schema], frames: dict[str, pd.DataFrame]
) -> None:
    assert validate_references(frames, schemas) == []
    network = frames["network"].assign(valley_id="fr-bretange")
    errors = validate_references({**frames, "network": network}, schemas)
    assert len(errors) == len(network)
    assert "fr-bretagne" in errors[0].mend


def test_frictionless_finds_the_same_cells(
    schemas: dict[str, Schema], frames: dict[str, pd.DataFrame]
) -> None:
    """Checking distinct values one by one is checking the table."""
    schema = schemas["organisations"]
    frame = frames["organisations"].head(40).copy()
    frame.iloc[3, 2], frame.iloc[5, 7], frame.iloc[8, 1] = "smee", "soon", ""
    report: Any = frictionless.Resource(
        data=[list(frame.columns), *frame.to_numpy().tolist()],
        schema=frictionless.Schema.from_descriptor(
            {k: v for k, v in schema.descriptor.items() if k != "foreignKeys"}
        ),
    ).validate()
    expected = {tuple(pair) for pair in report.flatten(["rowNumber", "fieldName"])}
    assert {(error.row, error.column) for error in validate(frame, schema)} == expected
    assert len(expected) == 3
