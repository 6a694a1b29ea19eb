"""Sheets and cells that spreadsheet programs take for what they are: text stays text."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

# Spreadsheet programs take a cell for a formula that begins with one of these.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# What a field of CSV can't hold as it is, as a pattern of RE2 that :func:`csv_field` deals with.
CSV_CARE = f'^[{re.escape("".join(FORMULA_STARTS))}]|[\\x00-\\x1f,"]'
_CSV_QUOTED = re.compile('[\r\n,"]')
# By the first, spreadsheet programs know that a CSV is in UTF-8.
BYTE_ORDER_MARK = "\ufeff"
LINE_END = "\r\n"
BOLD = Font(bold=True)


def neutralise(value: object) -> object:
    """A value that no spreadsheet program takes for a formula, without control characters.

    Control characters go first: behind one that a program drops, a formula would begin.
    """
    if not isinstance(value, str):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def table_csv(table: pd.DataFrame) -> bytes:
    """Any small table as CSV in UTF-8 with a byte order mark, formulas neutralised."""
    text = table.map(neutralise).to_csv(index=False, lineterminator=LINE_END)
    return f"{BYTE_ORDER_MARK}{text}".encode()


def csv_field(text: str) -> str:
    """A text as a field of :func:`table_csv`, in quotation marks where it needs them."""
    plain = str(neutralise(text))
    quoted = plain.replace('"', '""')
    return f'"{quoted}"' if _CSV_QUOTED.search(plain) else plain


def header(sheet: WriteOnlyWorksheet, names: Iterable[object]) -> None:
    """Append a row of column names in bold."""
    cells = []
    for name in names:
        cell = WriteOnlyCell(sheet, value=neutralise(name))
        cell.font = BOLD
        cells.append(cell)
    sheet.append(cells)


def text_cell(sheet: WriteOnlyWorksheet, text: str) -> WriteOnlyCell:
    """A cell that is just this text, also after somebody has edited it in the program.

    Only a workbook can say so of a cell; in CSV text must go through :func:`neutralise`.
    """
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    cell.quotePrefix = text.startswith(FORMULA_STARTS)
    return cell


def workbook_bytes(book: Workbook) -> bytes:
    """The content of a workbook's file (XLSX)."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
