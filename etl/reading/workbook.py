"""Spreadsheets: XLSX, XLSM, XLSB, XLS and ODS, without ever running or following anything in them.

A workbook of a few kilobytes can claim to be gigabytes large. What it really unpacks to, and how
far its cells reach, is counted before a library that would believe it opens it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice

import python_calamine

from etl.errors import RegisterError
from etl.reading.model import Area, Row, Sheet
from etl.reading.ods import scan_ods
from etl.reading.scan import MAX_COLUMNS, MAX_SHEET_ROWS, Scan, protection_error
from etl.reading.xls import scan_xls
from etl.reading.xlsb import scan_xlsb
from etl.reading.xlsx import scan_xlsx

MAX_MERGED = 100_000


def read_workbook(name: str, content: bytes, kind: str, notes: list[str]) -> list[Sheet]:
    """All sheets of a workbook that have a cell.

    Parameters
    ----------
    name : str
        File name, for messages.
    content : bytes
        The file.
    kind : str
        ``xlsx``, ``xlsb``, ``xls`` or ``ods``.
    notes : list of str
        What had to be assumed is added.

    Raises
    ------
    RegisterError
        If it can't be read, or is larger than any register.
    """
    try:
        if kind == "xlsx":
            scans = scan_xlsx(name, content, notes)
        elif kind == "ods":
            scans = scan_ods(name, content)
        elif kind == "xlsb":
            scans = scan_xlsb(name, content)
        else:
            scans = scan_xls(name, content)
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            # Nothing is opened that wasn't counted: differing numbers are a damage.
            return [
                _sheet(book, table, content, scan, kind)
                for table, scan in zip(_tables(book), scans, strict=True)
            ]
    except python_calamine.PasswordError as error:
        raise protection_error(name) from error
    except RegisterError:
        raise
    # A damaged workbook breaks the readers in many ways, none of which is worth telling apart;
    # a panic of the Rust library is no Exception.
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise RegisterError(
            f"{name}: the spreadsheet can't be read (it is damaged or of another kind); open it "
            "and save it again as XLSX."
        ) from error


def _sheet(
    book: python_calamine.CalamineWorkbook,
    table: python_calamine.SheetMetadata,
    content: bytes,
    scan: Scan,
    kind: str,
) -> Sheet:
    rows = _rows_one_by_one(content, table.name) if scan.is_sparse else _rows(book, table.name)
    hidden = table.visible != python_calamine.SheetVisibleEnum.Visible
    return Sheet(
        table.name,
        list(rows),
        scan.flaws,
        kind,
        hidden=hidden,
        hidden_rows=frozenset(scan.hidden_rows),
        struck_rows=frozenset(scan.struck_rows),
        merged=() if scan.is_sparse else tuple(_merged_areas(book, table.name)),
    )


def _merged_areas(book: python_calamine.CalamineWorkbook, title: str) -> Iterator[Area]:
    """Merged cells that reach over several rows; of several columns the first holds the value."""
    areas = book.get_sheet_by_name(title).merged_cell_ranges or []
    for (first, column), (last, _) in areas[:MAX_MERGED]:
        if last > first:
            yield Area(column + 1, first + 1, last + 1)


def _tables(book: python_calamine.CalamineWorkbook) -> list[python_calamine.SheetMetadata]:
    wanted = python_calamine.SheetTypeEnum.WorkSheet
    return [sheet for sheet in book.sheets_metadata if sheet.typ == wanted]


def _rows(book: python_calamine.CalamineWorkbook, title: str) -> Iterator[Row]:
    sheet = book.get_sheet_by_name(title)
    # The reader begins with row 1, but with the first column that has a cell.
    before = [""] * (sheet.start[1] if sheet.start else 0)
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        record = before + [_cell_text(cell) for cell in cells[:MAX_COLUMNS]]
        if any(map(str.strip, record)):
            yield number, _without_end(record)


def _rows_one_by_one(content: bytes, title: str) -> Iterator[Row]:
    """Rows of a sheet with cells far from each other: slower, and never all in memory."""
    import openpyxl  # a quarter of a second that most files don't need

    book = openpyxl.load_workbook(
        io.BytesIO(content), read_only=True, data_only=True, keep_links=False
    )
    sheet = book[title]
    # What the file says of its own size may be wrong, and would cut rows off in silence.
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)
    for number, cells in enumerate(islice(rows, MAX_SHEET_ROWS), start=1):
        if cells.count(None) != len(cells):
            yield number, _without_end(list(map(_cell_text, cells)))


def _without_end(record: list[str]) -> list[str]:
    while record and not record[-1]:
        record.pop()
    return record


def _cell_text(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return "" if cell is None else repr(cell)
