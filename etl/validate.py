"""Check every cell against its Table Schema, and say what is wrong in plain English."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime

import frictionless
import pandas as pd
from rapidfuzz import process

from ecosystem.vocabulary import BY_COLUMN
from etl.model import Rejection
from etl.schema import Column, Schema

MAX_SHOWN = 120
MAX_CODES_LISTED = 20
MIN_LIKENESS = 60
_WANTED = {"integer": "a whole number", "number": "a number", "boolean": "true or false"}
# Python reads digits of every script, underscores, nan and infinity; the database doesn't.
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_TITLE_COLUMNS = ("name", "title", "territory")

Error = tuple[str, str]  # reason and mend


def validate(frame: pd.DataFrame, schema: Schema) -> list[Rejection]:
    """Cell errors of one register file.

    Parameters
    ----------
    frame : pandas.DataFrame
        Normalised text cells; the index is the spreadsheet's row number.
    schema : Schema
        Schema of the file.

    Returns
    -------
    list of Rejection
        In the order of rows and columns; empty if all is well.
    """
    report = _Report(frame, schema)
    found = _repeated_keys(frame, schema, report)
    for column in schema.columns.values():
        errors = _errors(frame[column.name], column)
        found += [report.cell(row, column.name, *errors[value])
                  for row, value in _cells(frame[column.name]) if value in errors]  # fmt: skip
    order = {name: i for i, name in enumerate(schema.columns)}
    return sorted(found, key=lambda r: (r.row, order[r.column]))


def validate_references(
    frames: Mapping[str, pd.DataFrame], schemas: Mapping[str, Schema]
) -> list[Rejection]:
    """Cells that name a row of another register file which isn't there.

    Parameters
    ----------
    frames : mapping of str to pandas.DataFrame
        Normalised register files by resource.
    schemas : mapping of str to Schema
        Their schemas.
    """
    found = []
    for resource, schema in schemas.items():
        report = _Report(frames[resource], schema)
        for column, (other, key) in schema.references.items():
            known = set(frames[other][key])
            found += [
                report.cell(
                    row,
                    column,
                    f"There is no such {key} in {other}.csv.",
                    f"{_did_you_mean(_nearest(value, known))}Correct it or empty the cell.",
                )
                for row, value in _cells(frames[resource][column])
                if value and value not in known
            ]
    return found


class _Report:
    """Makes the rejections of one file."""

    def __init__(self, frame: pd.DataFrame, schema: Schema) -> None:
        title = next(name for name in _TITLE_COLUMNS if name in schema.columns)
        self._titles = dict(_cells(frame[title]))
        self._frame = frame
        self._file = schema.file

    def cell(
        self, row: int, column: str, reason: str, mend: str, step: str = "validate"
    ) -> Rejection:
        value = str(self._frame.at[row, column])
        name = self._titles[row]
        return Rejection(step, self._file, row, _short(name), column, _short(value), reason, mend)


def _cells(column: pd.Series) -> list[tuple[int, str]]:
    return list(zip(column.index.tolist(), column.tolist(), strict=True))


def _errors(cells: pd.Series, column: Column) -> dict[str, Error]:
    """Error of each faulty value; a value that stands in many rows is checked once."""
    read = frictionless.Field.from_descriptor(
        {"name": column.name, "type": column.type, "constraints": column.constraints}
    ).create_cell_reader()
    explained = {value: _explain(value, column, read(value)[1] or {}) for value in set(cells)}
    return {value: error for value, error in explained.items() if error}


def _explain(value: str, column: Column, broken: Collection[str]) -> Error | None:
    """What breaks a cell, and the mend; None if it is sound.

    `broken` names the constraints of Table Schema that don't hold.
    """
    limits, title = column.constraints, column.title
    if "required" in broken:
        return f"{title} is empty.", f"Fill it in: {column.description}"
    odd = column.type in ("integer", "number") and value and not _NUMBER.fullmatch(value)
    if "type" in broken or odd:
        wanted = _WANTED[column.type]
        return f"{title} must be {wanted}.", f"Write {wanted}, or empty the cell."
    if "maxLength" in broken:
        most = limits["maxLength"]
        return f"{title} has {len(value):,} characters; at most {most:,} fit.", "Shorten it."
    if "minimum" in broken or "maximum" in broken:
        return f"{title} is out of range.", _range(limits)
    if "enum" in broken or (column.name in BY_COLUMN and "pattern" in broken):
        return _explain_code(value, column)
    if "pattern" in broken and "http" in limits["pattern"]:
        return (
            f"{title} is not a web address that can be linked to.",
            "Write an address that begins with https:// or http://, without spaces.",
        )
    if "pattern" in broken:
        example = f" Example: {column.example}." if column.example else ""
        return f"{title} is not written as it should be.", f"{column.description}{example}"
    if column.name == "founded" and value and int(value) > datetime.now(UTC).year:
        return f"{title} lies in the future.", "Check the year."
    return None


def _explain_code(value: str, column: Column) -> Error:
    allowed = column.constraints.get("enum") or list(BY_COLUMN[column.name])
    items = value.split(column.separator) if column.separator else [value]
    unknown = [item for item in items if item not in allowed]
    if not unknown:
        return f"{column.title}: {len(items)} codes are too many.", column.description
    near = [code for item in unknown for code in _nearest(item, allowed)]
    known = f"Known codes: {', '.join(allowed)}." if len(allowed) <= MAX_CODES_LISTED else ""
    return (
        f"Unknown code in {column.title}: {_short(', '.join(unknown))}.",
        f"{_did_you_mean(near)}{known}".strip() or column.description,
    )


def _range(limits: Mapping[str, float]) -> str:
    low, high = limits.get("minimum"), limits.get("maximum")
    if high is None:
        return f"Write a number of at least {low}."
    return f"Write a number from {low} to {high}."


def _repeated_keys(frame: pd.DataFrame, schema: Schema, report: _Report) -> list[Rejection]:
    if not schema.primary_key:
        return []
    first: dict[str, int] = {}
    found = []
    for row, key in _cells(frame[schema.primary_key]):
        if key and first.setdefault(key, row) != row:
            found.append(
                report.cell(
                    row,
                    schema.primary_key,
                    f"The identifier stands in row {first[key]} already.",
                    "Delete the row if it is the same thing; else empty the cell and run "
                    "`cyber-valleys mint`, which makes another identifier.",
                    step="deduplicate",
                )
            )
    return found


def _nearest(value: str, known: Iterable[str]) -> list[str]:
    best = process.extract(value, list(known), limit=3, score_cutoff=MIN_LIKENESS)
    return [match[0] for match in best]


def _did_you_mean(near: Iterable[str]) -> str:
    names = list(dict.fromkeys(near))
    return f"Did you mean {' or '.join(names)}? " if names else ""


def _short(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
