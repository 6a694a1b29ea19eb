"""What the schemas of partnerships and members can't say: nobody twice, regions that exist."""

from __future__ import annotations

import pandas as pd
import pytest

from etl.places.regions import Regions
from etl.register.partnerships import check_members, partnership_notes
from etl.register.validate import validate, validate_references
from etl.schema import Schema
from tests.etl.conftest import small_frame

MEMBER = {
    "partnership_id": "interreg-cyber",
    "member_name": "Región de Toscana",
    "role": "partner",
    "country": "IT",
    "nuts_code": "ITI1",
    "source_url": "https://www.example.eu",
}


def members(schemas: dict[str, Schema], *changes: dict[str, str]) -> pd.DataFrame:
    frames = [small_frame(schemas["partnership_members"], **MEMBER | change) for change in changes]
    index = pd.RangeIndex(2, len(frames) + 2, name="row")
    return pd.concat(frames).set_axis(index)


def test_a_member_twice_is_refused_however_it_is_written(
    schemas: dict[str, Schema], regions: Regions
) -> None:
    rows = members(
        schemas,
        {},
        {"member_name": "region de TOSCANA"},
        {"partnership_id": "interreg-campus"},
    )
    (found,) = check_members(rows, regions)
    assert (found.row, found.column, found.value) == (3, "member_name", "region de TOSCANA")
    assert "row 2" in found.reason


def test_a_region_of_another_edition_is_refused(
    schemas: dict[str, Schema], regions: Regions
) -> None:
    (found,) = check_members(members(schemas, {"nuts_code": "ITZZ"}), regions)
    assert (found.column, found.value) == ("nuts_code", "ITZZ")


@pytest.mark.parametrize(
    ("resource", "column", "value"),
    [
        ("partnership_members", "partnership_id", "interreg-cyper"),
        ("partnership_members", "valley_id", "it-toscanna"),
        ("partnerships", "followed_by", "interreg-camps"),
        ("practices", "valley_id", "it-toscanna"),
        ("s3_wordings", "code", "digital-trusst"),
    ],
)
def test_an_unknown_reference_is_refused_with_the_likely_one(
    frames: dict[str, pd.DataFrame],
    schemas: dict[str, Schema],
    resource: str,
    column: str,
    value: str,
) -> None:
    spoilt = frames[resource].copy()
    row = int(spoilt.index[0])
    spoilt.loc[row, column] = value
    (found,) = validate_references({**frames, resource: spoilt}, schemas)
    assert (found.file, found.row, found.column) == (f"{resource}.csv", row, column)
    assert "Did you mean" in found.mend


@pytest.mark.parametrize(
    ("resource", "column", "value"),
    [
        ("practices", "source_url", ""),
        ("partnerships", "website", "ftp://www.example.eu"),
        ("partnerships", "source_url", "javascript:alert(1)"),
        ("documents", "url", "data:text/html,x"),
        ("partnerships", "kind", "friendship"),
    ],
)
def test_a_cell_that_the_schema_forbids_is_refused(
    frames: dict[str, pd.DataFrame],
    schemas: dict[str, Schema],
    resource: str,
    column: str,
    value: str,
) -> None:
    spoilt = frames[resource].head(3).copy()
    row = int(spoilt.index[1])
    spoilt.loc[row, column] = value
    (found,) = validate(spoilt, schemas[resource])
    assert (found.row, found.column) == (row, column)


def test_a_partnership_of_one_is_told_and_stays(frames: dict[str, pd.DataFrame]) -> None:
    partnerships, listed = frames["partnerships"], frames["partnership_members"]
    (one,) = partnership_notes(partnerships, listed)
    assert one == (
        "partnerships.csv, rows 11, 14, 33 and 43: only one member is listed, so it connects "
        "nobody."
    )
    without = listed[listed["partnership_id"] != "cyssme"]
    none, _ = partnership_notes(partnerships, without)
    assert none == "partnerships.csv, row 11: no member is listed, so it connects nobody."
