"""From a sheet to the columns of a register file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path

import numpy as np
import pandas as pd

from etl.errors import RegisterError
from etl.model import note_rows
from etl.reading.columns import (
    ColumnMapping,
    ColumnsUnsure,
    header_name,
    is_own_download,
    likely_headers,
    match_headers,
)
from etl.reading.model import Extract, Origin, Row, Sheet, list_names
from etl.schema import Schema

_NEUTRALISED = r"^'(?=[=+\-@\t\r])"
# A header may come below titles, but not anywhere.
HEADER_WITHIN = 50
_ROWS_AT_ONCE = 1_000


def header_of(
    file: str, sheet: Sheet, schema: Schema, schema_dir: Path, mapping: ColumnMapping
) -> tuple[Row, dict[str, int]] | None:
    """The row in which most columns of a schema are recognised, and where each is.

    None if none is recognised anywhere near the top.
    """
    best: tuple[Row, dict[str, int]] | None = None
    refusal: RegisterError | None = None
    for row in sheet.rows[:HEADER_WITHIN]:
        try:
            found = match_headers(file, row[1], schema, schema_dir, mapping)
        except RegisterError as error:
            refusal = refusal or error
            continue
        if found and (best is None or len(found) > len(best[1])):
            best = row, found
        if len(found) == len(schema.columns):
            # No row below can have more of them.
            break
    # A row that holds a column twice is the header, unless another is clearly better.
    if refusal is not None and (best is None or len(best[1]) < len(needed_columns(schema))):
        raise refusal
    return best


def needed_columns(schema: Schema, *, adding: bool = False) -> list[str]:
    """Columns that a file must have; organisations get their identifiers from the ETL.

    A whole list that lacks a column would empty it for all rows; rows to add empty nothing.
    """
    made = schema.primary_key if schema.resource == "organisations" else ""
    return [
        name
        for name, column in schema.columns.items()
        if name != made and (column.constraints.get("required") if adding else not column.optional)
    ]


def to_extract(
    path: Path,
    sha256: str,
    sheet: Sheet,
    schema: Schema,
    schema_dir: Path,
    mapping: ColumnMapping,
    notes: Sequence[str],
    *,
    adding: bool = False,
) -> Extract:
    """The columns of a schema from a sheet.

    Parameters
    ----------
    path : Path
        The file.
    sha256 : str
        Hash of its bytes.
    sheet : Sheet
        One of its sheets.
    schema : Schema
        Which register file it stands for.
    schema_dir : Path
        Folder of the aliases.
    mapping : ColumnMapping
        What somebody said about its headers.
    notes : sequence of str
        What was assumed on reading the file.
    adding : bool
        Its rows are added to a list; they need only the columns that every row needs.

    Raises
    ------
    RegisterError
        If there is no header, a needed column or a row.
    """
    said = list(notes)
    found = header_of(path.name, sheet, schema, schema_dir, mapping)
    if found is None:
        first = next((cells for _, cells in sheet.rows), [])
        raise RegisterError(
            f"{path.name}: no header row was found (the first row says: "
            f"{list_names([cell for cell in first if cell.strip()]) or 'nothing'}). Put the column "
            "names above the rows, in a CSV file separated by commas, semicolons or tabs: "
            f"{list_names(list(schema.columns))}."
        )
    (header_row, header), positions = found
    needed = needed_columns(schema, adding=adding)
    _check_columns(path.name, header, positions, needed, schema, schema_dir, mapping, said)
    body = [(number, cells) for number, cells in sheet.rows if number > header_row]
    if not body and not schema.may_be_empty:
        raise RegisterError(
            f"{path.name}: there is a header but no row below it; check that the whole file "
            "was saved."
        )
    _check_widths(path.name, body, header)
    frame = pd.DataFrame(
        _cells(sheet, body, positions, schema.columns),
        index=pd.Index([number for number, _ in body], name="row", dtype="int64"),
        dtype="str",
    )
    frame = _with_merged(path.name, frame, sheet, schema, positions, said)
    _note_unseen_rows(path.name, frame, sheet, said)
    if is_own_download(header):
        frame = _without_what_follows(frame, body, header)
        said.append(
            f"{path.name}: a download of this site; what follows from the other columns, such as "
            "the coordinates of towns, is left out."
        )
    _note_empty_columns(path.name, frame, schema, said)
    origin = Origin(
        path,
        sheet.kind,
        sheet.name,
        header_row,
        {name: (position + 1, header[position]) for name, position in positions.items()},
        sheet.delimiter,
        sheet.encoding,
    )
    return Extract(path.name, sha256, frame, origin, said)


def _with_merged(
    file: str,
    frame: pd.DataFrame,
    sheet: Sheet,
    schema: Schema,
    positions: dict[str, int],
    notes: list[str],
) -> pd.DataFrame:
    """Rows in which the value of merged cells stands for all of them, but for names."""
    if not sheet.merged:
        return frame
    columns = {position + 1: name for name, position in positions.items()}
    own = {schema.primary_key, "name", "title"}
    numbers = frame.index.to_numpy()
    cells = {name: frame[name].to_numpy(object).copy() for name in columns.values()}
    filled: dict[str, list[int]] = {}
    for area in sheet.merged:
        name = columns.get(area.column)
        at = int(np.searchsorted(numbers, area.first))
        if name is None or name in own or at == len(numbers) or numbers[at] != area.first:
            continue
        value = cells[name][at]
        for below in range(at + 1, int(np.searchsorted(numbers, area.last, side="right"))):
            if value.strip() and not cells[name][below].strip():
                cells[name][below] = value
                filled.setdefault(name, []).append(int(numbers[below]))
    notes += [
        note_rows(file, rows, f"the cell of {name} is part of merged cells; it has their value.")
        for name, rows in filled.items()
    ]
    return frame.assign(
        **{name: pd.Series(cells[name], index=frame.index, dtype="str") for name in filled}
    )


def _note_unseen_rows(file: str, frame: pd.DataFrame, sheet: Sheet, notes: list[str]) -> None:
    for rows, what in (
        (sheet.hidden_rows, "hidden or filtered out"),
        (sheet.struck_rows, "struck through"),
    ):
        found = [int(row) for row in frame.index if row in rows]
        if found:
            notes.append(
                note_rows(
                    file,
                    found,
                    f"{what} in the file, and read all the same; delete what is not meant.",
                )
            )


def _without_what_follows(
    frame: pd.DataFrame, body: Sequence[Row], header: Sequence[str]
) -> pd.DataFrame:
    """A download as it stands in the register: without what the site has added to it.

    The coordinates of a town are the gazetteer's, and cells that a spreadsheet program would take
    for formulas have a mark before them.
    """
    at = [header_name(cell) for cell in header].index("location_precision")
    precision = [cells[at] if at < len(cells) else "" for _, cells in body]
    is_own = pd.Series([code == "register" for code in precision], index=frame.index)
    cells = frame.apply(lambda column: column.str.replace(_NEUTRALISED, "", regex=True))
    return cells.assign(**{name: cells[name].where(is_own, "") for name in ("lat", "lon")})


def _cells(
    sheet: Sheet, body: Sequence[Row], positions: Mapping[str, int], columns: Iterable[str]
) -> dict[str, list[str]]:
    """The cells of each column, empty texts where the sheet has none."""
    cells: dict[str, list[str]] = {name: [] for name in columns}
    # One text for all cells that say the same: most columns hold few, and each takes 50 bytes.
    one: dict[str, Callable[[str, str], str]] = {name: {"": ""}.setdefault for name in cells}
    # Some rows at a time: a column of a million rows is found in as many places of the memory.
    for start in range(0, len(body), _ROWS_AT_ONCE):
        rows = [row for _, row in body[start : start + _ROWS_AT_ONCE]]
        by_position = list(zip_longest(*rows, fillvalue=""))
        nothing = ("",) * len(rows)
        for name, column in cells.items():
            at = positions.get(name, len(by_position))
            texts = by_position[at] if at < len(by_position) else nothing
            column += map(one[name], texts, texts)
    if sheet.flaws:
        for name in cells.keys() & positions.keys():
            for i, (number, _) in enumerate(body):
                flaw = sheet.flaws.get((number, positions[name] + 1))
                if flaw:
                    cells[name][i] = flaw
    return cells


def _check_columns(
    file: str,
    header: Sequence[str],
    positions: dict[str, int],
    needed: Sequence[str],
    schema: Schema,
    schema_dir: Path,
    mapping: ColumnMapping,
    notes: list[str],
) -> None:
    used = set(positions.values())
    unused = [cell.strip() for i, cell in enumerate(header) if cell.strip() and i not in used]
    missing = [name for name in needed if name not in positions]
    if missing:
        raise ColumnsUnsure(
            file,
            schema.resource,
            likely_headers(missing, unused, schema, schema_dir),
            unused,
        )
    if unused and not is_own_download(header):
        notes.append(
            f"{file}: column {list_names(unused)} isn't in the schema and is left out. If it is a "
            f"column of the register by another name, say so: "
            f'--map "{unused[0][:60]}=name of the column".'
        )
    by_other_name = [
        f"“{header[position].strip()}” as {name}"
        for name, position in positions.items()
        if header[position].strip() in mapping.columns
    ]
    if by_other_name:
        notes.append(f"{file}: read as you said: {list_names(by_other_name)}.")


def _check_widths(file: str, body: Sequence[Row], header: Sequence[str]) -> None:
    width = len(header)
    for number, cells in body:
        if any(map(str.strip, cells[width:])):
            raise RegisterError(
                f"{file}: row {number} has {len(cells)} cells but the header has {width}; "
                "put cells that contain the separator into quotation marks."
            )


def _note_empty_columns(file: str, frame: pd.DataFrame, schema: Schema, notes: list[str]) -> None:
    empty = [
        name
        for name in needed_columns(schema)
        if schema.columns[name].constraints.get("required")
        and len(frame)
        and not any(map(str.strip, frame[name].tolist()))
    ]
    if empty:
        notes.append(f"{file}: column {list_names(empty)} is empty in every row.")
