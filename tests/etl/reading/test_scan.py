"""What is counted and found in a workbook before a library opens it."""

from __future__ import annotations

import resource
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from ecosystem.common.settings import settings
from etl.errors import RegisterError
from etl.reading import extract
from etl.reading.inputs import read_sheets
from etl.reading.model import NO_RESULT
from etl.schema import Schema
from tests.etl.reading import corpus

Rows = list[list[str]]
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{RELATION}/worksheet" Target="worksheets/sheet1.bin"/>'
    "</Relationships>"
)
SHEET_END = "</sheetData>"
# Short streams of an XLS file are kept in another way than long ones.
PADS = st.sampled_from([0, 4096])


@pytest.fixture
def schema(schemas: dict[str, Schema]) -> Schema:
    return schemas["organisations"]


@pytest.fixture
def plain(schema: Schema) -> pd.DataFrame:
    return extract(settings().register_dir / "organisations.csv", schema).frame.head(5)


@pytest.fixture
def rows(plain: pd.DataFrame) -> Rows:
    return [list(plain.columns), *plain.to_numpy().tolist()]


def _number(number: int) -> bytes:
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _record(kind: int, content: bytes = b"") -> bytes:
    return _number(kind) + _number(len(content)) + content


def _text(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _row(number: int, cells: bytes) -> bytes:
    return _record(0, struct.pack("<IIHBBBI", number - 1, 0, 300, 0, 0, 0, 0)) + cells


def _string(column: int, text: str) -> bytes:
    return _record(6, struct.pack("<II", column - 1, 0) + _text(text)) if text else b""


def xlsb(path: Path, body: bytes) -> Path:
    """A workbook of one sheet, record by record as [MS-XLSB] has it."""
    extent = _record(148, struct.pack("<IIII", 0, 9, 0, 30))
    sheet = _record(129) + extent + _record(145) + body + _record(146) + _record(130)
    bundle = _record(156, struct.pack("<II", 0, 1) + _text("rId1") + _text("Data"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "xl/workbook.bin",
            _record(131) + _record(143) + bundle + _record(144) + _record(132),
        )
        archive.writestr("xl/_rels/workbook.bin.rels", RELATIONS)
        archive.writestr("xl/worksheets/sheet1.bin", sheet)
    return path


def _cells(rows: Rows) -> list[bytes]:
    return [b"".join(_string(i, cell) for i, cell in enumerate(row, start=1)) for row in rows]


def test_a_binary_workbook(tmp_path: Path, plain: pd.DataFrame, rows: Rows, schema: Schema) -> None:
    body = b"".join(_row(i, cells) for i, cells in enumerate(_cells(rows), start=1))
    read = extract(xlsb(tmp_path / "o.xlsb", body), schema)
    pd.testing.assert_frame_equal(read.frame, plain)
    assert (read.origin.kind, read.cell(3, "city")) == ("xlsb", "D3")


def test_an_error_in_a_binary_workbook(tmp_path: Path, rows: Rows, schema: Schema) -> None:
    rows[1][3] = ""
    cells = _cells(rows)
    cells[1] += _record(3, struct.pack("<IIB", 3, 0, 23))
    body = b"".join(_row(i, row) for i, row in enumerate(cells, start=1))
    frame = extract(xlsb(tmp_path / "o.xlsb", body), schema).frame
    assert frame.at[2, "city"] == "#REF!"


def test_a_binary_workbook_that_would_fill_the_memory(
    tmp_path: Path, rows: Rows, schema: Schema
) -> None:
    body = b"".join(_row(i, cells) for i, cells in enumerate(_cells(rows), start=1))
    path = xlsb(tmp_path / "o.xlsb", body + _row(1_048_576, _string(16_384, "x")))
    with pytest.raises(RegisterError, match="further apart than any register needs"):
        extract(path, schema)


def xlsx(path: Path, rows: Rows, more: str, shared: str = "") -> Path:
    """A workbook with rows of XML after its own, and one shared text."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([cell or None for cell in row])
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name).decode() for name in archive.namelist()}
    sheet, relations = "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"
    members[sheet] = members[sheet].replace(SHEET_END, more + SHEET_END)
    if shared:
        members["xl/sharedStrings.xml"] = f"<sst><si><t>{shared}</t></si></sst>"
        members[relations] = members[relations].replace(
            "</Relationships>",
            f'<Relationship Id="rId99" Type="{RELATION}/sharedStrings" '
            'Target="sharedStrings.xml"/></Relationships>',
        )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_one_text_in_very_many_cells_is_not_unpacked(
    tmp_path: Path, rows: Rows, schema: Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.reading.scan.MAX_TEXT_BYTES", 1_000_000)
    more = "".join(f'<row r="{i}"><c r="A{i}" t="s"><v>0</v></c></row>' for i in range(100, 1200))
    with pytest.raises(RegisterError, match="of text, which no register needs"):
        extract(xlsx(tmp_path / "o.xlsx", rows, more, "x" * 1000), schema)


@pytest.mark.parametrize(
    "cell",
    ["<c r='XFD99999'><v>1</v></c>", '<c x=">" r="XFD99999"><v>1</v></c>'],
)
def test_far_cells_are_seen_however_they_are_written(
    tmp_path: Path,
    plain: pd.DataFrame,
    rows: Rows,
    schema: Schema,
    monkeypatch: pytest.MonkeyPatch,
    cell: str,
) -> None:
    """The fast reader would take memory for every cell between."""

    def never(*_: object) -> None:
        pytest.fail("the sheet was opened as a whole")

    monkeypatch.setattr("etl.reading.workbook._rows", never)
    path = xlsx(tmp_path / "o.xlsx", rows, f"<row r='99999'>{cell}</row>")
    pd.testing.assert_frame_equal(extract(path, schema).frame, plain)


def test_errors_in_an_ods_file(tmp_path: Path, rows: Rows, schema: Schema) -> None:
    document, table = OpenDocumentSpreadsheet(), Table(name="Data")
    for i, row in enumerate(rows):
        line = TableRow()
        for j, value in enumerate(row):
            if (i, j) == (1, 1):
                cell = TableCell(formula="of:=A1")
            elif (i, j) == (2, 3):
                cell = TableCell(formula="of:=1/0", valuetype="string", stringvalue="")
                cell.addElement(P(text="#DIV/0!"))
            else:
                cell = TableCell(valuetype="string") if value else TableCell()
                if value:
                    cell.addElement(P(text=value))
            line.addElement(cell)
        table.addElement(line)
    document.spreadsheet.addElement(table)
    document.save(str(tmp_path / "o.ods"))
    frame = extract(tmp_path / "o.ods", schema).frame
    assert (frame.at[2, "name"], frame.at[3, "city"]) == (NO_RESULT, "#DIV/0!")
    assert frame.at[3, "name"] == rows[2][1]


def test_a_workbook_of_excel_97(
    tmp_path: Path, plain: pd.DataFrame, rows: Rows, schema: Schema
) -> None:
    (tmp_path / "o.xls").write_bytes(corpus.xls(rows))
    read = extract(tmp_path / "o.xls", schema)
    pd.testing.assert_frame_equal(read.frame, plain)
    assert (read.origin.kind, read.cell(3, "city")) == ("xls", "D3")


# Kind of record and what follows row, column and format: a value, or the result of a formula.
XLS_ERRORS = {
    "#REF!": (0x205, b"\x17\x01"),
    "#N/A": (0x205, b"\x2a\x01"),
    "#DIV/0!": (0x06, b"\x02\0\x07\0\0\0\xff\xff" + bytes(8)),
    "": (0x205, b"\x01\x00"),  # a truth, which isn't an error
}


@pytest.mark.parametrize("pad", [0, 4096, 100_000])
@pytest.mark.parametrize("error", XLS_ERRORS)
def test_errors_in_a_workbook_of_excel_97(
    tmp_path: Path, rows: Rows, schema: Schema, error: str, pad: int
) -> None:
    rows[1][3] = ""
    kind, content = XLS_ERRORS[error]
    more = corpus.record(kind, struct.pack("<HHH", 1, 3, 0) + content)
    # A chart within the sheet has records of its own.
    chart = corpus.record(0x809, bytes(16)) + more + corpus.record(0x0A)
    (tmp_path / "o.xls").write_bytes(corpus.xls(rows, more=chart + more, pad=pad))
    frame = extract(tmp_path / "o.xls", schema).frame
    assert frame.at[2, "city"] == (error or "true")
    assert frame.at[3, "city"] == rows[2][3]


@given(data=st.data())
def test_a_spoilt_workbook_of_excel_97_raises_nothing_but_a_sentence(data: st.DataObject) -> None:
    content = bytearray(corpus.xls([["name", "city"], ["Limes", "Wien"]], pad=data.draw(PADS)))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(8, len(content) - 1))] = data.draw(st.integers(0, 255))
    said = ""
    try:
        read_sheets("o.xls", bytes(content), [])
    except RegisterError as error:
        said = str(error)
    assert "\n" not in said


@pytest.mark.parametrize(
    "record",
    [
        corpus.record(0x204, struct.pack("<HHHHB", 65_535, 65_535, 0, 1, 0) + b"x"),
        corpus.record(0x200, struct.pack("<IIHHH", 0, 2**32 - 1, 0, 256, 0)),
    ],
    ids=["cell", "claim"],
)
def test_a_workbook_of_excel_97_that_would_fill_the_memory(
    tmp_path: Path, rows: Rows, schema: Schema, record: bytes
) -> None:
    (tmp_path / "o.xls").write_bytes(corpus.xls(rows, more=record))
    with pytest.raises(RegisterError, match="further apart than any register needs"):
        extract(tmp_path / "o.xls", schema)


@pytest.mark.slow
def test_the_last_cell_that_excel_97_has(
    tmp_path: Path, plain: pd.DataFrame, rows: Rows, schema: Schema
) -> None:
    last = corpus.record(0x204, struct.pack("<HHHHB", 65_535, 255, 0, 1, 0) + b" ")
    (tmp_path / "o.xls").write_bytes(corpus.xls(rows, more=last))
    pd.testing.assert_frame_equal(extract(tmp_path / "o.xls", schema).frame, plain)


def test_sectors_that_go_round_in_a_circle(tmp_path: Path, rows: Rows, schema: Schema) -> None:
    content = bytearray(corpus.xls(rows))
    content[512 + 4 * 5 : 512 + 4 * 6] = struct.pack("<I", 4)
    (tmp_path / "o.xls").write_bytes(content)
    with pytest.raises(RegisterError, match="can't be read"):
        extract(tmp_path / "o.xls", schema)


@pytest.mark.parametrize("where", ["one cell", "many tables"])
def test_tables_of_an_ods_file_that_would_fill_the_memory(
    tmp_path: Path, schema: Schema, where: str
) -> None:
    cell = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
    gap = '<table:table-row table:number-rows-repeated="99999"/>'
    row = f'<table:table-cell table:number-columns-repeated="49"/>{cell}'
    body = f"{gap}<table:table-row>{row}</table:table-row>"
    if where == "one cell":
        body = gap * 10 + body
    else:
        body += '</table:table><table:table table:name="T">'.join(["", body, body])
    (tmp_path / "o.ods").write_bytes(corpus.ods(body))
    with pytest.raises(RegisterError, match="to the right to column AX"):
        extract(tmp_path / "o.ods", schema)


@pytest.mark.parametrize("title", ["A, B, C, the register\n\n", "sep=;\n", '"A;B"\n'])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_what_stands_above_the_header_does_not_decide_the_separator(
    tmp_path: Path, plain: pd.DataFrame, schema: Schema, title: str, encoding: str
) -> None:
    path = tmp_path / "o.csv"
    path.write_bytes((title + plain.to_csv(index=False, sep=";")).encode(encoding))
    read = extract(path, schema)
    pd.testing.assert_frame_equal(read.frame.reset_index(drop=True), plain.reset_index(drop=True))
    assert (read.origin.delimiter, read.origin.encoding) == (";", encoding)


def test_a_text_file_in_spite_of_its_name(
    tmp_path: Path, plain: pd.DataFrame, schema: Schema
) -> None:
    plain.to_csv(tmp_path / "o.geojson", index=False)
    read = extract(tmp_path / "o.geojson", schema)
    pd.testing.assert_frame_equal(read.frame, plain)
    assert any("in spite of its name" in note for note in read.notes)


def test_numbers_and_texts_that_no_geojson_should_hold(tmp_path: Path, schema: Schema) -> None:
    huge = '{"type": "Point", "coordinates": [1' + "0" * 400 + ", 1]}"
    (tmp_path / "o.csv").write_text(
        '{"type": "FeatureCollection", "features": [{"properties": {"name": "A\\ud800"}, '
        f'"geometry": {huge}}}]}}'
    )
    with pytest.raises(RegisterError, match="feature 1 isn't a point"):
        extract(tmp_path / "o.csv", schema)


UNENDING = {
    "cells": ("xl/worksheets/sheet1.xml", b"<c "),
    "cells with errors": ("xl/worksheets/sheet1.xml", b'<c t="e"'),
    "formulas": ("xl/worksheets/sheet1.xml", b'<c r="A1"><f'),
    "sheets": ("xl/workbook.xml", b"<sheet "),
    "relations": ("xl/_rels/workbook.xml.rels", b"<Relationship "),
}


READER = """
import sys
from pathlib import Path
from etl.reading.inputs import read_sheets
read_sheets("unending.xlsx", Path(sys.argv[1]).read_bytes(), [])
"""


@pytest.mark.slow
@pytest.mark.parametrize("tags", UNENDING)
def test_tags_without_an_end_cost_no_more_than_their_number(
    tags: str, rows: Rows, tmp_path: Path
) -> None:
    """With a pattern that runs past the next tag this takes minutes, and all of the process."""
    member, tag = UNENDING[tags]
    path = tmp_path / "unending.xlsx"
    path.write_bytes(corpus.repacked(corpus.as_xlsx(rows), {member: tag * 100_000}))
    ended = subprocess.run(
        [sys.executable, "-c", READER, path],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (30, 30)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "RegisterError: unending.xlsx:" in ended.stderr


def test_rows_without_cells_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.reading.scan.MAX_SHEET_ROWS", 2_000)
    content = corpus.ods("<table:table-row/>" * 2_001)
    with pytest.raises(RegisterError, match="more than 2,000 rows"):
        read_sheets("empty_rows.ods", content, [])


def test_features_with_a_property_each_are_refused() -> None:
    features = [
        {"type": "Feature", "properties": {f"p{i}": i}, "geometry": None} for i in range(300)
    ]
    with pytest.raises(RegisterError, match="more than 200 different properties"):
        read_sheets("wide.geojson", corpus.geojson(features=features), [])
