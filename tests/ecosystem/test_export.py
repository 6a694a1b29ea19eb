"""Files that stand on their own, and in which hostile text stays text."""

from __future__ import annotations

import csv
import io
import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

from ecosystem import export
from ecosystem.common import spreadsheet
from ecosystem.common.store import Database
from ecosystem.finding.filters import Filter

BRITTANY = Filter(valley=("fr-bretagne",))


def test_csv_rows_carry_source_licence_release_and_citation(database: Database) -> None:
    body = export.csv(database, BRITTANY)
    assert body.startswith(b"\xef\xbb\xbf"), "Excel needs the mark to read accents"
    row = next(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert row["licence"] == "CC BY 4.0"
    assert row["release_id"] == database.release.release_id
    assert row["release_id"] in row["citation"]
    assert row["source_url"].startswith("http")
    assert ";" in row["functions"] or row["functions"]


def test_both_text_formats_say_of_every_row_what_it_holds(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_AT_ONCE", 7)
    known = [
        {
            name: list(value)
            if isinstance(value, np.ndarray)
            else None
            if pd.isna(value)
            else value
            for name, value in record.items()
        }
        for record in export.rows(database, BRITTANY).to_dict("records")
    ]
    assert len(known) > 7
    lines = csv.DictReader(io.StringIO(export.csv(database, BRITTANY).decode("utf-8-sig")))
    features = json.loads(export.geojson(database, BRITTANY))["features"]
    for row, line, feature in zip(known, lines, features, strict=True):
        for name, value in row.items():
            text = ";".join(value) if isinstance(value, list) else value
            assert line[name] == ("" if value is None else str(text))
        point = [row.pop("lon"), row.pop("lat")]
        assert feature["geometry"] == {"type": "Point", "coordinates": point}
        assert feature["properties"] == row


def test_a_file_of_nobody_has_its_columns_and_its_source(database: Database) -> None:
    nobody = Filter(q="zzzzqqqq")
    text = export.csv(database, nobody).decode("utf-8-sig")
    assert text.splitlines() == [export.csv(database, BRITTANY).decode("utf-8-sig").splitlines()[0]]
    found = json.loads(export.geojson(database, nobody))
    assert found["features"] == []
    assert found["metadata"]["licence"] == "CC BY 4.0"


ADDRESS = "https://valleys.example/directory?valley=fr-bretagne"


@pytest.mark.parametrize("format_", export.FORMATS, ids=lambda format_: format_.ending)
def test_every_download_names_its_sources_with_licences_and_where_it_is_from(
    database: Database, format_: export.Format
) -> None:
    body = format_.write(database, BRITTANY, ADDRESS)
    if format_.ending == "xlsx":
        about = load_workbook(io.BytesIO(body))["About"]
        facts = {row[0].value: row[1].value for row in about.rows}
    elif format_.ending == "csv":
        facts = next(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    else:
        facts = json.loads(body)["metadata"]
    assert facts["attribution"] == (
        "Cyber Valleys register, compiled from public sources after the 2019 ECSO map; not ECSO's "
        "own data (CC BY 4.0); © EuroGeographics for the administrative boundaries "
        "(Non-commercial use with acknowledgement); GeoNames, CC BY 4.0"
    )
    assert facts["citation"].endswith(ADDRESS)


def test_a_table_of_figures_names_all_sources_in_every_row(database: Database) -> None:
    numbers = pd.DataFrame({"Region": ["=Bretagne", "Galicia"], "Value": [1.5, None]})
    text = export.table(database, numbers, ADDRESS).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["Region"] for row in rows] == ["'=Bretagne", "Galicia"]
    for row in rows:
        for source in ("Eurostat (CC BY 4.0)", "GeoNames", "EuroGeographics", "Natural Earth"):
            assert source in row["attribution"]
        assert row["citation"].endswith(ADDRESS)


def test_xlsx_has_the_rows_and_a_sheet_about_them(database: Database) -> None:
    book = load_workbook(io.BytesIO(export.xlsx(database, BRITTANY)))
    header = [cell.value for cell in book["Organisations"][1]]
    assert header[:2] == ["org_id", "name"]
    about = {row[0].value: row[1].value for row in book["About"].rows}
    assert about["licence"] == "CC BY 4.0"
    assert about["release_id"] == database.release.release_id


def test_xlsx_says_what_its_codes_mean(database: Database) -> None:
    book = load_workbook(io.BytesIO(export.xlsx(database, BRITTANY)))
    header, *rows = book["Organisations"].iter_rows(values_only=True)
    meaning = {(column, code): label for column, code, label in book["Codes"].values}
    assert meaning["type", "sme"] == "SME or start-up"
    for column in ("type", "country", "evidence", "domains", "functions", "location_precision"):
        for row in rows:
            for code in str(row[header.index(column)]).split(";"):
                assert meaning[column, code]


def test_geojson_is_read_by_gis_software(database: Database) -> None:
    body = export.geojson(database, BRITTANY)
    assert json.loads(body)["metadata"]["licence"] == "CC BY 4.0"
    frame = gpd.read_file(io.BytesIO(body))
    assert frame.crs == 4326
    west, south, east, north = frame.total_bounds
    assert -5.5 < west < east < -0.9
    assert 47 < south < north < 49
    properties = json.loads(body)["features"][0]["properties"]
    assert isinstance(properties["domains"], list)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(start: str) -> None:
    assert spreadsheet.neutralise(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


@pytest.mark.parametrize("value", ["Łódź", "a=b", "", 3.5, -2.0, None])
def test_harmless_values_stay_as_they_are(value: object) -> None:
    assert spreadsheet.neutralise(value) == value


def test_a_filter_that_leaves_nothing_gives_valid_empty_files(database: Database) -> None:
    nothing = Filter(q="no such words anywhere")
    for format_ in export.FORMATS:
        assert format_.write(database, nothing)
    assert json.loads(export.geojson(database, nothing))["features"] == []


def test_other_tables_are_files_with_their_source(database: Database) -> None:
    rows = pd.DataFrame(
        {
            "name": ["=1+1", "Łódź"],
            "codes": [["a", "b"], []],
            "year": [2020, None],
            "end": [None, "x"],
        }
    )
    body = export.tables_xlsx(database, {"Rows": rows}, ADDRESS, export.REGISTER_ALONE)
    book = load_workbook(io.BytesIO(body))
    assert [cell.value for cell in book["Rows"][2]] == ["'=1+1", "a;b", 2020, None]
    about = {row[0].value: row[1].value for row in book["About"].rows}
    assert "not ECSO's own data (CC BY 4.0)" in about["attribution"]
    assert "GeoNames" not in about["attribution"]
    assert about["citation"].endswith(ADDRESS)
    text = export.table(database, rows, ADDRESS, export.REGISTER_ALONE).decode("utf-8-sig")
    first, second = csv.DictReader(io.StringIO(text))
    assert (first["name"], first["codes"], second["codes"]) == ("'=1+1", "a;b", "")
