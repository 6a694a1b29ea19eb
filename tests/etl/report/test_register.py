"""The register as a workbook comes back as the same register."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl

from ecosystem.settings import settings
from etl import pipeline
from etl.reading import extract
from etl.report.register import register_workbook
from etl.schema import load_schemas


def test_the_workbook_is_the_register(register: Path, releases: Path, tmp_path: Path) -> None:
    path = tmp_path / "register.xlsx"
    path.write_bytes(register_workbook(register))
    with pipeline.prepare([path], register, releases) as prepared:
        outcome = prepared.verdict()
        assert outcome.status is pipeline.Status.PASSED
        assert outcome.changes == {}
        assert len(prepared.given) == len(prepared.extracts)


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
