"""Register files come in many forms, and break in many ways."""

from __future__ import annotations

import codecs
import contextlib
import csv
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecosystem.common.settings import settings as own_settings
from etl.errors import RegisterError
from etl.reading import extract, register_file
from etl.reading.model import NO_RESULT
from etl.schema import Schema


@pytest.fixture(scope="module")
def content() -> str:
    return (own_settings().register_dir / "organisations.csv").read_text(encoding="utf-8")


@pytest.fixture
def schema(schemas: dict[str, Schema]) -> Schema:
    return schemas["organisations"]


@pytest.fixture
def plain(schema: Schema) -> pd.DataFrame:
    return extract(own_settings().register_dir / "organisations.csv", schema).frame


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_encodings_read_alike(
    tmp_path: Path, content: str, schema: Schema, plain: pd.DataFrame, encoding: str
) -> None:
    path = write(tmp_path / "o.csv", content.encode(encoding))
    pd.testing.assert_frame_equal(extract(path, schema).frame, plain)


def test_windows_1252_is_read_and_said(tmp_path: Path, content: str, schema: Schema) -> None:
    text = "\n".join(content.splitlines()[:20])
    read = extract(write(tmp_path / "o.csv", text.encode("cp1252")), schema)
    assert read.frame.loc[2, "city"] == "Hagenberg im Mühlkreis"
    assert "Windows-1252" in read.notes[0]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_delimiters(tmp_path: Path, plain: pd.DataFrame, schema: Schema, delimiter: str) -> None:
    plain.to_csv(tmp_path / "o.csv", sep=delimiter, index=False)
    read = extract(tmp_path / "o.csv", schema)
    pd.testing.assert_frame_equal(read.frame, plain)
    assert "separated by" in read.notes[0]


def test_a_workbook_reads_like_the_text(
    tmp_path: Path, plain: pd.DataFrame, schema: Schema
) -> None:
    book = openpyxl.Workbook()
    book.active.append(list(plain.columns))
    for row in plain.head(30).itertuples(index=False):
        book.active.append([int(v) if v.isdigit() else v or None for v in row])
    book.save(tmp_path / "o.xlsx")
    read = extract(tmp_path / "o.xlsx", schema)
    pd.testing.assert_frame_equal(read.frame, plain.head(30))


def test_rows_are_numbered_as_a_spreadsheet_does(tmp_path: Path, schema: Schema) -> None:
    header = ",".join(schema.columns)
    text = f'{header}\nat-a,"Two\nlines",sme\n\nat-b,B,sme\n'
    frame = extract(write(tmp_path / "o.csv", text.encode()), schema).frame
    assert frame.index.tolist() == [2, 4]
    assert frame["name"].tolist() == ["Two\nlines", "B"]


def test_optional_columns_may_be_missing_and_unknown_ones_are_said(
    tmp_path: Path, plain: pd.DataFrame, schema: Schema
) -> None:
    changed = plain.drop(columns=["former_names", "lat", "lon"]).assign(phone="1")
    changed.to_csv(tmp_path / "o.csv", index=False)
    read = extract(tmp_path / "o.csv", schema)
    assert (read.frame["lat"] == "").all()
    assert "column phone isn't in the schema and is left out" in read.notes[0]
    assert '--map "phone=' in read.notes[0]


def test_header_case_and_spaces_do_not_matter(
    tmp_path: Path, plain: pd.DataFrame, schema: Schema
) -> None:
    plain.rename(columns={"name": " Name ", "source_url": "Source URL"}).to_csv(
        tmp_path / "o.csv", index=False
    )
    pd.testing.assert_frame_equal(extract(tmp_path / "o.csv", schema).frame, plain)


BROKEN = {
    "empty": (b"", "is empty"),
    "only spaces": (b" \n\n ", "is empty"),
    "only a header": (b"{header}\n", "no row below"),
    "no header": (b"a,b\n1,2\n", "org_id, name"),
    "a column missing": (b"org_id,name,type\nx,y,z\n", "city"),
    "a column twice": (b"{header},name\nx,y,z\n", "name is there twice"),
    "an open quote": (b'{header}\nx,"y', "isn't closed"),
    "cut off in a row": (
        b"{header}\nx,y,sme,Wien,AT,AT13,,,cryptology,,protect,page,u\nx,y",
        "row 3",
    ),
    "cut off in a letter": (b"{header}\nx,\xc3\xa9\nx,\xc3", "breaks off"),
    "too many cells": (b"{header}\n" + b"x," * 30 + b"x\n", "row 2 has 31 cells"),
    "another delimiter": (b"org_id|name|type\nx|y|z\n", "separated by commas, semicolons or tabs"),
    "a zero byte": (b"{header}\nx,Li\x00nz\n", "a NUL byte"),
    "a page of the web": (b"<html><td>org_id</td></html>", "this is a web page"),
    "UTF-32 without a mark": ("org_id,name".encode("utf-32-le"), "not a text file"),
    "another program's file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "can't be read"),
    "a cell without an end": (b'{header}\n"' + b"a" * 200_000, "isn't closed"),
    "a million cells": (b"{header}\nx" + b"," * 1_000_000 + b"x\n", "row 2 has 1000001 cells"),
    "an image": (bytes(range(256)) * 20, "not a text file"),
    "UTF-16 cut off": (codecs.BOM_UTF16_LE + "org_id".encode("utf-16-le") + b"\x00", "breaks off"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_files_are_refused_in_one_sentence(
    tmp_path: Path, schema: Schema, case: str
) -> None:
    content, words = BROKEN[case]
    header = ",".join(schema.columns).encode()
    path = write(tmp_path / "o.csv", content.replace(b"{header}", header))
    with pytest.raises(RegisterError) as error:
        extract(path, schema)
    assert words in str(error.value)
    assert str(error.value).startswith("o.csv: ")
    assert "\n" not in str(error.value)


def test_missing_files_and_folders(tmp_path: Path, schema: Schema) -> None:
    with pytest.raises(RegisterError, match="no such file"):
        extract(tmp_path / "none.csv", schema)
    with pytest.raises(RegisterError, match="folder, not a file"):
        extract(tmp_path, schema)
    with pytest.raises(RegisterError, match="no such folder"):
        register_file(tmp_path / "none", "organisations")
    with pytest.raises(RegisterError, match=r"organisations\.csv is missing"):
        register_file(tmp_path, "organisations")


def test_what_is_no_file_is_not_read(tmp_path: Path, schema: Schema) -> None:
    """A pipe would be waited for, and a device be read, for ever."""
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "device.csv").symlink_to("/dev/zero")
    for name in ("pipe.csv", "device.csv"):
        with pytest.raises(RegisterError, match="pipe or a device"):
            extract(tmp_path / name, schema)
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    with pytest.raises(RegisterError, match="can't be read"):
        extract(tmp_path / "loop.csv", schema)


@pytest.mark.parametrize("line_end", ["\r", "\r\n", "mixed"])
def test_line_ends(
    tmp_path: Path, content: str, schema: Schema, plain: pd.DataFrame, line_end: str
) -> None:
    ends = ["\r\n", "\n", "\r"] if line_end == "mixed" else [line_end]
    text = "".join(line + ends[i % len(ends)] for i, line in enumerate(content.splitlines()))
    read = extract(write(tmp_path / "o.csv", text.encode()), schema)
    pd.testing.assert_frame_equal(read.frame, plain)


def test_very_many_columns_are_told_in_a_few_words(
    tmp_path: Path, plain: pd.DataFrame, schema: Schema
) -> None:
    header, _, rest = plain.head(3).to_csv(index=False).partition("\n")
    more = ",".join(f"c{i}" for i in range(100_000))
    read = extract(write(tmp_path / "o.csv", f"{header},{more}\n{rest}".encode()), schema)
    pd.testing.assert_frame_equal(read.frame, plain.head(3))
    assert "c19 and 99,980 more isn't in the schema" in read.notes[0]


@pytest.mark.parametrize("name", ["o.xlsx", "o.xls", "o.ods"])
@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 not a workbook",
        b"<html><table><tr><td>org_id</td></tr></table></html>",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000),  # as a password makes it
    ],
)
def test_unreadable_workbooks(tmp_path: Path, schema: Schema, name: str, content: bytes) -> None:
    with pytest.raises(RegisterError, match="save it"):
        extract(write(tmp_path / name, content), schema)


def workbook(path: Path, frame: pd.DataFrame, forge: Callable[[str], str] = str) -> Path:
    """A workbook of a frame, its sheet's XML changed by `forge`."""
    book = openpyxl.Workbook()
    for record in [list(frame.columns), *frame.to_numpy().tolist()]:
        book.active.append([cell or None for cell in record])
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    members[sheet] = forge(members[sheet].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return path


def test_a_sheet_that_lies_about_its_size_is_read_whole(
    tmp_path: Path, plain: pd.DataFrame, schema: Schema
) -> None:
    def forge(sheet: str) -> str:
        return re.sub('<dimension ref="[A-Z0-9:]+"', '<dimension ref="A1:C2"', sheet)

    read = extract(workbook(tmp_path / "o.xlsx", plain.head(9), forge), schema)
    pd.testing.assert_frame_equal(read.frame, plain.head(9))


def test_a_stray_cell_far_away_does_no_harm(
    tmp_path: Path, plain: pd.DataFrame, schema: Schema
) -> None:
    def forge(sheet: str) -> str:
        stray = '<row r="99999"><c r="XFD99999"><v>1</v></c></row></sheetData>'
        return sheet.replace("</sheetData>", stray)

    read = extract(workbook(tmp_path / "o.xlsx", plain.head(9), forge), schema)
    pd.testing.assert_frame_equal(read.frame, plain.head(9))


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ('<row r="999999999"><c r="A999999999"><v>1</v></c></row>', "more than 2,000 rows"),
        ("<row/>" * 3_000, "more than 2,000 rows"),
        ('<row><c t="inlineStr"><is><t>&undeclared;</t></is></c></row>', "can't be read"),
    ],
)
def test_forged_sheets(
    tmp_path: Path,
    plain: pd.DataFrame,
    schema: Schema,
    monkeypatch: pytest.MonkeyPatch,
    rows: str,
    words: str,
) -> None:
    monkeypatch.setattr("etl.reading.scan.MAX_SHEET_ROWS", 2_000)
    path = workbook(
        tmp_path / "o.xlsx",
        plain.head(9),
        lambda sheet: sheet.replace("</sheetData>", f"{rows}</sheetData>"),
    )
    with pytest.raises(RegisterError, match=words):
        extract(path, schema)


def test_formulas_without_results_are_told(
    tmp_path: Path, plain: pd.DataFrame, schema: Schema
) -> None:
    path = workbook(tmp_path / "o.xlsx", plain.head(9).assign(name='="A"&"B"'))
    read = extract(path, schema)
    assert (read.frame["name"] == NO_RESULT).all()


def test_a_workbook_cut_off(tmp_path: Path, schema: Schema) -> None:
    openpyxl.Workbook().save(tmp_path / "whole.xlsx")
    half = (tmp_path / "whole.xlsx").read_bytes()[:2000]
    with pytest.raises(RegisterError, match="breaks off"):
        extract(write(tmp_path / "o.xlsx", half), schema)


@pytest.mark.parametrize("limit", [10, 131_072, 2**31 - 1])
def test_how_long_cells_may_be_does_not_depend_on_other_libraries(
    tmp_path: Path, schema: Schema, plain: pd.DataFrame, limit: int
) -> None:
    """The csv module has one limit for the process, which any library may set."""
    before = csv.field_size_limit(limit)
    try:
        plain.head(9).assign(notes="x" * 200_000).to_csv(tmp_path / "o.csv", index=False)
        read = extract(tmp_path / "o.csv", schema)
        with pytest.raises(RegisterError, match="isn't closed"):
            extract(write(tmp_path / "p.csv", b'name,city\n"x'), schema)
        assert csv.field_size_limit() == limit
    finally:
        csv.field_size_limit(before)
    assert (read.frame["notes"].str.len() == 200_000).all()


def test_more_rows_or_cells_than_any_register_are_not_read(
    tmp_path: Path, schema: Schema, content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "o.csv", content.encode())
    monkeypatch.setattr("etl.reading.text.MAX_SHEET_ROWS", 100)
    with pytest.raises(RegisterError, match="more than 100 rows"):
        extract(path, schema)
    monkeypatch.setattr("etl.reading.text.MAX_CELLS", 100)
    with pytest.raises(RegisterError, match="more than 100 cells"):
        extract(path, schema)


def test_a_zip_bomb_is_not_unpacked(
    tmp_path: Path, schema: Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.reading.scan.MAX_UNPACKED_BYTES", 10_000_000)
    with zipfile.ZipFile(tmp_path / "o.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(10_000_001))
    with pytest.raises(RegisterError, match="unpacks to"):
        extract(tmp_path / "o.xlsx", schema)


@settings(database=None, deadline=None, suppress_health_check=list(HealthCheck))
@given(content=st.binary(max_size=300), suffix=st.sampled_from([".csv", ".xlsx"]))
def test_random_bytes_raise_nothing_but_a_sentence(
    tmp_path: Path, schema: Schema, content: bytes, suffix: str
) -> None:
    path = write(tmp_path / f"o{suffix}", content)
    with contextlib.suppress(RegisterError):
        extract(path, schema)


@settings(database=None, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=4), min_size=1, max_size=5),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
)
def test_random_tables_under_a_good_header_raise_nothing_but_a_sentence(
    tmp_path: Path, schema: Schema, rows: list[list[str]], encoding: str
) -> None:
    text = ",".join(schema.columns) + "\n" + "\n".join(",".join(row) for row in rows)
    path = write(tmp_path / "o.csv", text.encode(encoding))
    with contextlib.suppress(RegisterError):
        assert list(extract(path, schema).frame.columns) == list(schema.columns)
