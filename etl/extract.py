"""Read the register files as they come: encodings, delimiters and spreadsheets.

Every cell comes out as text exactly as it was written; the index of a frame is the row number
as a spreadsheet counts it, the header being row 1.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import islice
from pathlib import Path

import pandas as pd

from etl.errors import RegisterError
from etl.schema import Schema

SPREADSHEETS = (".xlsx", ".xlsm")
OTHER_SPREADSHEETS = (".xls", ".xlsb", ".ods", ".numbers")
DELIMITERS = ",;\t"
MAX_FILE_BYTES = 200 * 1024 * 1024
MAX_UNPACKED_BYTES = 1024 * 1024 * 1024
# No register is wider; a stray cell far to the right must not fill the memory.
MAX_COLUMNS = 200
# As many as a spreadsheet program has; a forged file may claim any number of empty ones.
MAX_SHEET_ROWS = 1_048_576
MAX_NAMES_LISTED = 20
# The first bytes of a file say which Unicode encoding it is in; longest mark first.
_MARKS = {
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}


@dataclass(frozen=True)
class Extract:
    """A register file as read.

    Attributes
    ----------
    file : str
        File name without folder.
    sha256 : str
        Hash of the file's bytes, hexadecimal.
    frame : pandas.DataFrame
        All columns of the schema as text, empty where the file has nothing. The index
        ``row`` is the spreadsheet's row number.
    notes : list of str
        What was assumed or left out, as sentences.
    """

    file: str
    sha256: str
    frame: pd.DataFrame
    notes: list[str] = field(default_factory=list)


def extract(path: Path, schema: Schema) -> Extract:
    """Read one register file and check that it has the columns of its schema.

    Parameters
    ----------
    path : Path
        CSV (comma, semicolon or tab; UTF-8, UTF-16 or Windows-1252) or a spreadsheet whose
        first sheet has the header in its first row.
    schema : Schema
        What the file must look like.

    Returns
    -------
    Extract

    Raises
    ------
    RegisterError
        If the file is missing, empty, unreadable or truncated, or lacks a column.
    """
    content = _read_bytes(path)
    notes: list[str] = []
    frame = _to_frame(path, _records(path, content, notes), schema, notes)
    return Extract(path.name, hashlib.sha256(content).hexdigest(), frame, notes)


def read_records(path: Path) -> list[list[str]]:
    """All rows of a CSV file or spreadsheet as text, the header among them.

    Raises
    ------
    RegisterError
        If the file is missing, empty, unreadable or truncated.
    """
    return _records(path, _read_bytes(path), [])


def register_file(folder: Path, resource: str) -> Path:
    """File of a resource in a register folder: CSV first, else a spreadsheet.

    Raises
    ------
    RegisterError
        If the folder or the file isn't there.
    """
    if not folder.is_dir():
        raise RegisterError(
            f"{folder}: there is no such folder; give the folder of the register files."
        )
    for suffix in (".csv", ".tsv", *SPREADSHEETS):
        path = folder / f"{resource}{suffix}"
        if path.is_file():
            return path
    raise RegisterError(f"{folder}: the file {resource}.csv is missing; put it into the folder.")


def header_name(cell: str) -> str:
    """Column name of a header cell, whatever its case and spaces."""
    return "_".join(cell.strip().strip("\ufeff").lower().split())


def _records(path: Path, content: bytes, notes: list[str]) -> list[list[str]]:
    if path.suffix.lower() in SPREADSHEETS:
        return _spreadsheet_records(path, content)
    if path.suffix.lower() in OTHER_SPREADSHEETS:
        raise RegisterError(
            f"{path.name}: this kind of spreadsheet can't be read; save it as XLSX."
        )
    return _csv_records(path, _decode(path, content, notes), notes)


def _read_bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise RegisterError(f"{path}: this is a folder, not a file; name a file.")
        # Reading from a pipe or a device may never end.
        if path.exists() and not path.is_file():
            raise RegisterError(f"{path}: this is a pipe or a device, not a file; name a file.")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise RegisterError(
                f"{path.name}: larger than {MAX_FILE_BYTES // 1024**2} MB; split the file."
            )
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise RegisterError(f"{path}: there is no such file; check the name.") from error
    except OSError as error:
        raise RegisterError(
            f"{path}: the file can't be read ({error.strerror}); check its permissions."
        ) from error
    if not content.strip():
        raise RegisterError(f"{path.name}: the file is empty; save it again from its program.")
    return content


def _decode(path: Path, content: bytes, notes: list[str]) -> str:
    encoding = next((e for mark, e in _MARKS.items() if content.startswith(mark)), None)
    head = content[:4096]
    if encoding is None and head.count(0) > len(head) / 3:
        # Plain text has no zero bytes; UTF-16 without a mark has one in almost every pair.
        encoding = "utf-16-le" if content[1:2] == b"\x00" else "utf-16-be"
        notes.append(f"{path.name}: read as {encoding.upper()}, though the file doesn't say so.")
    try:
        text = content.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        broken_off = error.end == len(content) and error.reason == "unexpected end of data"
        if encoding is not None or broken_off:
            raise RegisterError(
                f"{path.name}: the file breaks off or is no text ({error.reason} at byte "
                f"{error.start}); save it again as CSV UTF-8."
            ) from error
        text = _decode_as_last_resort(path, content)
        notes.append(
            f"{path.name}: not UTF-8 (byte {error.start}); read as Windows-1252. "
            "Check names with accents, and save as CSV UTF-8 next time."
        )
    if "\x00" in text:
        raise RegisterError(
            f"{path.name}: this is not a text file; save it as CSV UTF-8 or as XLSX."
        )
    return text


def _decode_as_last_resort(path: Path, content: bytes) -> str:
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise RegisterError(
            f"{path.name}: this is not a text file; save it as CSV UTF-8 or as XLSX."
        ) from error


def _csv_records(path: Path, text: str, notes: list[str]) -> list[list[str]]:
    header = next((line for line in io.StringIO(text) if line.strip()), "")
    delimiter = max(DELIMITERS, key=header.count)
    if delimiter != ",":
        written = {";": "semicolons", "\t": "tabs"}[delimiter]
        notes.append(f"{path.name}: columns are separated by {written}.")
    try:
        # Strict reading finds a quote that is never closed, as in a file that breaks off.
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise RegisterError(
            f"{path.name}: a quoted cell isn't closed or is too long ({error}); the file "
            "breaks off or a quotation mark is missing: save it again from its program."
        ) from error
    _check_complete(path, records, text)
    return records


def _check_complete(path: Path, records: list[list[str]], text: str) -> None:
    width = len(next((record for record in records if any(record)), []))
    ended = text.endswith(("\n", "\r"))
    if not ended and len(records) > 1 and 0 < len(records[-1]) < width:
        raise RegisterError(
            f"{path.name}: the file breaks off in row {len(records)} ({len(records[-1])} of "
            f"{width} cells); save or copy it again."
        )


def _spreadsheet_records(path: Path, content: bytes) -> list[list[str]]:
    import openpyxl  # a quarter of a second that most refreshes don't need

    _check_unpacked_size(path, content)
    try:
        book = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=True, keep_links=False
        )
        sheet = book.worksheets[0]
        # What the file says of its own size may be wrong, and would cut rows off in silence.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)
        records = [_sheet_record(row) for row in islice(rows, MAX_SHEET_ROWS + 1)]
    # A damaged workbook breaks the reader in many ways, none of which is worth telling apart.
    except Exception as error:
        raise RegisterError(
            f"{path.name}: the spreadsheet can't be read (damaged, protected by a password or "
            "of another kind); open it and save it again as XLSX."
        ) from error
    if len(records) > MAX_SHEET_ROWS:
        raise RegisterError(
            f"{path.name}: the sheet has more than {MAX_SHEET_ROWS:,} rows; delete the empty rows "
            "below the last one, or save the sheet as CSV UTF-8."
        )
    return records


def _check_unpacked_size(path: Path, content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile:
        return  # the reader says what is wrong
    if unpacked > MAX_UNPACKED_BYTES:
        raise RegisterError(
            f"{path.name}: unpacks to {unpacked // 1024**2:,} MB, more than any register needs; "
            "save the sheet as CSV UTF-8."
        )


def _cell_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return str(cell)


def _sheet_record(cells: tuple[object, ...]) -> list[str]:
    if cells.count(None) == len(cells):
        return []
    record = list(map(_cell_text, cells))
    while record and not record[-1]:
        record.pop()
    return record


def _to_frame(
    path: Path, records: list[list[str]], schema: Schema, notes: list[str]
) -> pd.DataFrame:
    first = next((i for i, record in enumerate(records) if any(map(str.strip, record))), None)
    if first is None:
        raise RegisterError(f"{path.name}: the file has no rows; save it again from its program.")
    header = [header_name(cell) for cell in records[first]]
    _check_header(path, header, schema, notes)
    body = {
        number: record
        for number, record in enumerate(records[first + 1 :], start=first + 2)
        if any(map(str.strip, record))
    }
    if not body:
        raise RegisterError(
            f"{path.name}: there is a header but no row below it; check that the whole file "
            "was saved."
        )
    _check_widths(path, body, len(header))
    position = {name: i for i, name in enumerate(header) if name}
    columns = {
        name: [r[position[name]] if position[name] < len(r) else "" for r in body.values()]
        if name in position
        else [""] * len(body)
        for name in schema.columns
    }
    _note_empty_columns(path, columns, schema, notes)
    return pd.DataFrame(columns, index=pd.Index(body, name="row"), dtype="str")


def _note_empty_columns(
    path: Path, columns: dict[str, list[str]], schema: Schema, notes: list[str]
) -> None:
    """Say which columns a program may have saved as formulas without their results."""
    required = [n for n, column in schema.columns.items() if column.constraints.get("required")]
    empty = [name for name in required if not any(columns[name])]
    if empty and path.suffix.lower() in SPREADSHEETS:
        notes.append(
            f"{path.name}: column {_list(empty)} is empty in every row. If there are formulas, "
            "open the file in a spreadsheet program and save it, so that it holds their results."
        )


def _check_header(path: Path, header: list[str], schema: Schema, notes: list[str]) -> None:
    twice = sorted({name for name in header if name in schema.columns and header.count(name) > 1})
    if twice:
        raise RegisterError(
            f"{path.name}: column {_list(twice)} stands there twice; delete or rename one."
        )
    if not set(header) & set(schema.columns):
        raise RegisterError(
            f"{path.name}: the first row isn't the header (it says: "
            f"{_list([name for name in header if name])}). Put the column names into the first "
            "row of the file or its first sheet, in a CSV file separated by commas, semicolons or "
            f"tabs: {_list(list(schema.columns))}."
        )
    missing = [n for n, c in schema.columns.items() if n not in header and not c.optional]
    if missing == [schema.primary_key] and schema.resource == "organisations":
        raise RegisterError(
            f"{path.name}: column {missing[0]} is missing; run `cyber-valleys mint {path.name}` "
            "to give every organisation its identifier."
        )
    if missing:
        raise RegisterError(
            f"{path.name}: column {_list(missing)} is missing; add it to the header row "
            f"(columns found: {_list([name for name in header if name])})."
        )
    unknown = [name for name in header if name and name not in schema.columns]
    if unknown:
        notes.append(f"{path.name}: column {_list(unknown)} isn't in the schema and is left out.")


def _check_widths(path: Path, body: dict[int, list[str]], width: int) -> None:
    for number, record in body.items():
        if any(map(str.strip, record[width:])):
            raise RegisterError(
                f"{path.name}: row {number} has {len(record)} cells but the header has {width}; "
                "put cells that contain the separator into quotation marks."
            )


def _list(names: list[str]) -> str:
    more = len(names) - MAX_NAMES_LISTED
    shown = ", ".join(name[:60] for name in names[:MAX_NAMES_LISTED])
    return f"{shown} and {more:,} more" if more > 0 else shown
