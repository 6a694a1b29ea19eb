"""Register files come in many forms, and break in many ways."""

from __future__ import annotations

import codecs
import contextlib
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecosystem.settings import settings as own_settings
from etl.errors import RegisterError
from etl.extract import extract, register_file
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
    assert read.notes == ["o.csv: column phone isn't in the schema and is left out."]


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
    "a column twice": (b"{header},name\nx,y,z\n", "name stands there twice"),
    "no identifiers": (b"{header}\nx,y,z\n", "cyber-valleys mint"),
    "an open quote": (b'{header}\nx,"y', "isn't closed"),
    "cut off in a row": (
        b"{header}\nx,y,sme,Wien,AT,AT13,,,cryptology,,protect,page,u\nx,y",
        "row 3",
    ),
    "cut off in a letter": (b"{header}\nx,\xc3\xa9\nx,\xc3", "breaks off"),
    "too many cells": (b"{header}\n" + b"x," * 30 + b"x\n", "row 2 has 31 cells"),
    "an image": (bytes(range(256)) * 20, "not a text file"),
    "UTF-16 cut off": (codecs.BOM_UTF16_LE + "org_id".encode("utf-16-le") + b"\x00", "breaks off"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_files_are_refused_in_one_sentence(
    tmp_path: Path, schema: Schema, case: str
) -> None:
    content, words = BROKEN[case]
    columns = [
        name for name in schema.columns if not (case == "no identifiers" and name == "org_id")
    ]
    path = write(tmp_path / "o.csv", content.replace(b"{header}", ",".join(columns).encode()))
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


@pytest.mark.parametrize("name", ["o.xlsx", "o.xls", "o.ods"])
def test_unreadable_workbooks(tmp_path: Path, schema: Schema, name: str) -> None:
    with pytest.raises(RegisterError, match="save it"):
        extract(write(tmp_path / name, b"PK\x03\x04 not a workbook"), schema)


def test_a_workbook_cut_off(tmp_path: Path, schema: Schema) -> None:
    openpyxl.Workbook().save(tmp_path / "whole.xlsx")
    half = (tmp_path / "whole.xlsx").read_bytes()[:2000]
    with pytest.raises(RegisterError, match="can't be read"):
        extract(write(tmp_path / "o.xlsx", half), schema)


def test_a_zip_bomb_is_not_unpacked(
    tmp_path: Path, schema: Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.extract.MAX_UNPACKED_BYTES", 10_000_000)
    with zipfile.ZipFile(tmp_path / "o.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
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
