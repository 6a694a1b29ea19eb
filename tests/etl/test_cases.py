"""Files that once failed, rebuilt from public reports: read right, or refused with the cause.

Every file stands for a kind; `cases/` holds them.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from etl.model import Rejection
from etl.places.gazetteer import Gazetteer
from etl.places.locate import locate
from etl.places.regions import Regions
from etl.reading import extract
from etl.register.normalise import normalise
from etl.register.readings import reading_notes
from etl.register.validate import validate
from etl.schema import Schema

CASES = Path(__file__).parent / "cases"


@dataclass
class Case:
    """What became of the rows of a file, by their names."""

    located: pd.DataFrame
    refused: dict[str, Rejection]
    notes: list[str]

    @property
    def said(self) -> str:
        """All notes."""
        return "\n".join(self.notes)


@pytest.fixture
def read(
    schemas: dict[str, Schema],
    aliases: dict[str, dict[str, str]],
    gazetteer: Gazetteer,
    regions: Regions,
) -> Callable[[str], Case]:
    schema = schemas["organisations"]

    def case(file: str) -> Case:
        given = extract(CASES / file, schema)
        frame = normalise(given.frame, schema, aliases)
        said = reading_notes(given.frame, frame, schema)
        frame["org_id"] = [f"xx-{row}" for row in frame.index]
        faults = validate(frame, schema)
        valid = frame.drop(index=list({fault.row for fault in faults}))
        located, lost, notes = locate(valid, gazetteer, regions)
        rows = frame.join(located.drop(columns=["lat", "lon"]), how="inner").set_index("name")
        return Case(rows, {r.name: r for r in (*faults, *lost)}, [*given.notes, *said, *notes])

    return case


def test_short_names_of_towns_are_asked_for(read: Callable[[str], Case]) -> None:
    case = read("towns_short_names.csv")
    with (CASES / "towns_short_names.expected.csv").open(encoding="utf-8", newline="") as file:
        expected = {row["city"] for row in csv.DictReader(file)}
    assert {refused.value for refused in case.refused.values()} == expected
    assert {refused.reason for refused in case.refused.values()} == {
        f"{city} can be one of several towns." for city in expected
    }


def test_a_point_of_another_town_is_refused_or_noted(read: Callable[[str], Case]) -> None:
    case = read("coordinates_of_another_town.csv")
    (refused,) = case.refused.values()
    assert (refused.name, refused.column) == ("Point probe 2", "lat")
    assert refused.reason == "The coordinates lie in DE60, but nuts2_hint says DE21."
    assert "row 2: the point 53.55, 9.99 lies 612 km from München" in case.said
    assert "row 3: the point 52.52, 13.4 lies 478 km from Bonn" in case.said
    assert "row 5: the point 48, 11, in whole degrees, lies 45 km from" in case.said


def test_codes_of_countries_outside_the_map_are_named(read: Callable[[str], Case]) -> None:
    case = read("country_codes.csv")
    refused = [r for r in case.refused.values() if r.column == "country"]
    reasons = {r.value: (r.reason, "Did you mean" in r.mend) for r in refused}
    assert reasons == {
        "XK": ("XK (Kosovo) is not in the area of the map.", False),
        "MD": ("MD (Moldova) is not in the area of the map.", False),
        "IL": ("IL (Israel) is not in the area of the map.", False),
    }


def test_territories_are_read_as_regions_of_their_country(read: Callable[[str], Case]) -> None:
    case = read("country_codes.csv")
    assert case.located["country"].to_dict() == {"Land probe 6": "FR"}
    assert case.located.at["Land probe 6", "nuts2"] == "FRY4"
    assert "row 5: country “RE” is read as FR, region FRY4." in case.said
    assert "row 6: country “AX” is read as FI, region FI20." in case.said


@pytest.mark.parametrize(
    ("file", "page", "name"),
    [
        (
            "codepage_cp1250.csv",
            "Windows-1250 (Central European)",
            "Łódzka Spółka Cyberbezpieczeństwa Żółw",
        ),
        ("codepage_cp1253.csv", "Windows-1253 (Greek)", "Ελληνικό Κέντρο Κυβερνοασφάλειας"),
    ],
)
def test_code_pages_are_decided_by_the_letters(
    read: Callable[[str], Case], file: str, page: str, name: str
) -> None:
    case = read(file)
    assert list(case.located.index) == [name]
    assert f"not UTF-8 (row 2); read as {page}." in case.said


def test_months_as_excel_writes_them(read: Callable[[str], Case]) -> None:
    case = read("excel_month_cells.csv")
    assert set(case.located["checked_on"]) == {"2026-11"}
    for row, written in ((2, "Nov-26"), (3, "nov-26"), (4, "11/2026")):
        assert f"row {row}: checked_on “{written}” is read as 2026-11." in case.said


def test_lists_as_gdal_writes_them(read: Callable[[str], Case]) -> None:
    rows = read("lists_as_gdal_writes_them.csv").located
    assert rows["domains"].to_list() == ["cryptology;education-training"] * 2
    assert rows["sectors"].to_list() == ["energy", ""]
    assert rows["functions"].to_list() == ["protect", "protect"]
    assert rows["former_names"].to_list() == ["", ""]


def test_names_that_are_none(read: Callable[[str], Case]) -> None:
    case = read("names_that_are_none.csv")
    reasons = {refused.row: refused.reason for refused in case.refused.values()}
    assert reasons == {
        2: "Name has lost a letter: “\ufffd” stands in its place.",
        4: "Name holds markup of a web page.",
        5: "Name is none: “NULL”.",
        6: "Name is none: “nan”.",
        7: "Name is none: “???”.",
    }
    assert "row 3: name “M?ller S?hne Sicherheit” has a question mark inside a word" in case.said


def test_hints_of_other_editions(read: Callable[[str], Case]) -> None:
    case = read("nuts_other_editions.csv")
    assert case.located["nuts2"].to_dict() == {
        "Hint probe 0": "PT17",
        "Hint probe 2": "NL31",
        "Hint probe 4": "FRH0",
        "Hint probe 6": "EL30",
    }
    assert "row 2: nuts2_hint “PT1B” of NUTS 2024 is read as PT17." in case.said
    assert "row 4: nuts2_hint “FR52” of NUTS 2013 is read as FRH0." in case.said
    (refused,) = case.refused.values()
    assert refused.reason == "DEZZ is no region of NUTS 2021, but stands for what lies in none."


def test_towns_with_what_letters_need_besides(read: Callable[[str], Case]) -> None:
    case = read("town_cell_formats.csv")
    assert case.located["town"].to_list() == [
        "Vienna",
        "Paris",
        "La Defense",
        "Munich",
        "Dublin",
        "Århus",
        "A Coruña",
        "London",
        "Freiburg",
    ]
    assert case.located["city"].to_list() == [
        "Wien",
        "Paris",
        "PARIS LA DEFENSE",
        "München",
        "Dublin",
        "Aarhus",
        "A Coruña",
        "London",
        "Freiburg i. Br.",
    ]
    assert "row 2: city “1010 Wien” is read as Wien." in case.said


def test_merged_cells_hold_for_all_their_rows(read: Callable[[str], Case]) -> None:
    case = read("merged_optional_cells.xlsx")
    for column, value in (
        ("sectors", "energy"),
        ("notes", "Member of the cluster"),
        ("checked_on", "2026-10"),
    ):
        assert case.located[column].to_list() == [value] * 3
        assert f"rows 3 and 4: the cell of {column} is part of merged cells" in case.said


def test_hidden_and_struck_rows_are_named(read: Callable[[str], Case]) -> None:
    case = read("hidden_row_and_struck_row.xlsx")
    assert len(case.located) == 3
    assert "row 3: hidden or filtered out in the file, and read all the same" in case.said
    assert "row 4: struck through in the file, and read all the same" in case.said


def test_the_sites_own_download_is_read_back(read: Callable[[str], Case]) -> None:
    case = read("own_download.csv")
    row = case.located.loc["Academia Maribor"]
    assert (row["nuts3"], row["location_precision"], row["nuts2_hint"]) == (
        "SI032",
        "exact",
        "SI03",
    )
    assert row["source_url"] == "https://www.academia.si/?p=44390"
    assert case.notes == [
        "own_download.csv: a download of this site; what follows from the other columns, such as "
        "the coordinates of towns, is left out."
    ]
