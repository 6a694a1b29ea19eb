"""The register as a workbook comes back as the same register."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest

from ecosystem.common.settings import settings
from ecosystem.common.vocabulary import BY_COLUMN
from etl import pipeline
from etl.reading import extract, read_inputs
from etl.report.register import register_workbook
from etl.schema import load_schemas


@pytest.mark.slow
def test_the_workbook_is_the_register(register: Path, releases: Path, tmp_path: Path) -> None:
    path = tmp_path / "register.xlsx"
    path.write_bytes(register_workbook(register))
    with pipeline.prepare([path], register, releases) as prepared:
        outcome = prepared.verdict()
        assert outcome.status is pipeline.Status.PASSED
        assert outcome.changes == {}
        assert len(prepared.adoptable.files) == len(prepared.extracts)


@pytest.mark.slow
def test_codes_stand_in_a_sheet_of_their_own_and_can_be_chosen(
    register: Path, tmp_path: Path
) -> None:
    path = tmp_path / "register.xlsx"
    path.write_bytes(register_workbook(register))
    book = openpyxl.load_workbook(path)
    rows = list(book["codes"].iter_rows(2, values_only=True))
    assert ("functions", "identify", "Identify") in rows
    for resource, schema in load_schemas(settings().schema_dir).items():
        sheet = book[resource]
        offered = {str(v.sqref).split("2:")[0]: v for v in sheet.data_validations.dataValidation}
        for cell, column in zip(sheet[1], schema.columns.values(), strict=True):
            codes = column.constraints.get("enum") or (
                [] if column.separator else list(BY_COLUMN.get(column.name, ()))
            )
            assert (cell.column_letter in offered) is bool(codes), (resource, column.name)
            if codes:
                place = offered[cell.column_letter].formula1.partition("!")[2].replace("$", "")
                assert [code.value for (code,) in book["codes"][place]] == codes
    assert book["organisations"].auto_filter.ref == "A1:W466"
    read = read_inputs([path], register, load_schemas(settings().schema_dir))
    assert [note for one in read.values() for note in one.notes] == []


@pytest.mark.slow
def test_text_that_looks_like_a_formula_or_is_a_negative_number_stays_as_it_is(
    register: Path, releases: Path, tmp_path: Path
) -> None:
    source = register / "organisations.csv"
    with source.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows, columns = list(reader), list(reader.fieldnames or [])
    rows[0] |= {"notes": "=1+1", "lat": "40.0", "lon": "-1.6794"}
    rows[1]["notes"] = "- first\n+ second @home"
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    path = tmp_path / "register.xlsx"
    path.write_bytes(register_workbook(register))
    sheet = openpyxl.load_workbook(path)["organisations"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    schema = load_schemas(settings().schema_dir)["organisations"]
    read, given = extract(path, schema).frame, extract(source, schema).frame
    assert read.to_numpy().tolist() == given.to_numpy().tolist()
    assert read["lon"].iloc[0] == "-1.6794"
