"""The register as one workbook, to be worked on in a spreadsheet program and brought back."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.datavalidation import DataValidation

from ecosystem.common.settings import settings
from ecosystem.common.spreadsheet import header, text_cell, workbook_bytes
from ecosystem.common.vocabulary import BY_COLUMN
from etl.reading import read_inputs
from etl.schema import Column, Schema, load_schemas

CODES = "codes"
CODES_HEADER = ("Column", "Code", "What it stands for")
# Rows below the last one that have the lists to choose from, too: for what is added.
_MORE_ROWS = 1_000
_NARROW, _WIDE, _WIDEST = 10, 40, 60

Code = tuple[str, str, str]  # column, code, label
Codes = tuple[str, ...]  # name of a column, then its codes


def register_workbook(register_dir: Path | None = None) -> bytes:
    """All register files, one sheet each, with the cells as they are written, and the codes.

    Columns that hold one code have a list to choose from.

    Parameters
    ----------
    register_dir : Path, optional
        Folder of the register files; the installation's own by default.

    Returns
    -------
    bytes
        An XLSX file that ``check`` and ``refresh`` read back to the same register.

    Raises
    ------
    etl.errors.RegisterError
        If a register file can't be read.
    """
    schemas = load_schemas(settings().schema_dir)
    extracts = read_inputs((), register_dir or settings().register_dir, schemas)
    codes, begins = _codes(schemas)
    book = Workbook(write_only=True)
    for resource, read in extracts.items():
        sheet = book.create_sheet(resource)
        sheet.freeze_panes = "C2"
        columns, n_rows = list(read.frame.columns), len(read.frame)
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{n_rows + 1}"
        for number, name in enumerate(columns, start=1):
            letter = get_column_letter(number)
            longest = int(read.frame[name].str.len().max() or 0) if n_rows else 0
            width = min(max(longest, len(name)) + 2, _WIDE)
            sheet.column_dimensions[letter].width = max(width, _NARROW)
            column = schemas[resource].columns[name]
            _offer(sheet, column, f"{letter}2:{letter}{n_rows + 1 + _MORE_ROWS}", begins)
        header(sheet, columns)
        for row in read.frame.itertuples(index=False, name=None):
            sheet.append([text_cell(sheet, text) if text else None for text in row])
    _add_codes(book, codes)
    return workbook_bytes(book)


def codes_of(column: Column) -> dict[str, str]:
    """Code -> label of what a column may hold; empty if it holds no codes."""
    vocabulary = BY_COLUMN.get(column.name)
    allowed = column.constraints.get("enum") or list(vocabulary or ())
    return {str(code): vocabulary.label(str(code)) if vocabulary else "" for code in allowed}


def _codes(schemas: dict[str, Schema]) -> tuple[list[Code], dict[Codes, int]]:
    """Rows of the sheet of codes, and the row in which each list of codes begins.

    Columns of one name that have the same codes are told once.
    """
    rows: list[Code] = []
    begins: dict[Codes, int] = {}
    for resource, schema in schemas.items():
        for column in schema.columns.values():
            codes = codes_of(column)
            if codes and (column.name, *codes) not in begins:
                # Below the header.
                begins[column.name, *codes] = len(rows) + 2
                is_common = column.name in BY_COLUMN
                name = column.name if is_common else f"{column.name} of {resource}"
                rows += [(name, code, label) for code, label in codes.items()]
    return rows, begins


def _offer(sheet: WriteOnlyWorksheet, column: Column, cells: str, begins: dict[Codes, int]) -> None:
    """Let one of a column's codes be chosen from a list; a word for it may be written, too."""
    codes = codes_of(column)
    if not codes or column.separator:
        return
    first = begins[column.name, *codes]
    area = f"$B${first}:$B${first + len(codes) - 1}"
    offer = DataValidation("list", formula1=f"{quote_sheetname(CODES)}!{area}", allow_blank=True)
    offer.showErrorMessage = False
    offer.add(cells)
    sheet.data_validations.append(offer)


def _add_codes(book: Workbook, codes: list[Code]) -> None:
    sheet = book.create_sheet(CODES)
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABC", (24, _WIDE, _WIDEST), strict=True):
        sheet.column_dimensions[letter].width = width
    header(sheet, CODES_HEADER)
    for row in codes:
        sheet.append([text_cell(sheet, text) if text else None for text in row])
