"""What a Table Schema can't say of dates: that the day exists, that no end precedes its start."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd

from etl.model import Rejection
from etl.schema import Schema

NOT_IN_CALENDAR = (
    "There is no such day in the calendar.",
    "Write year, month and day, as in 2026-05-28.",
)
_START, _END = "start_date", "end_date"
_DATES = (_START, _END, "date", "checked_on")


def check_dates(frame: pd.DataFrame, schema: Schema) -> list[Rejection]:
    """Days that don't exist, and what ends before it starts.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of a register file whose dates are valid, as text: ISO 8601 days, months or years.
        The index is the spreadsheet's row number.
    schema : Schema
        Its schema.
    """
    found = []
    for column in (name for name in _DATES if name in schema.columns):
        for row, text in zip(frame.index.tolist(), frame[column].tolist(), strict=True):
            if len(text) == len("2026-05-28") and day(text) is None:
                found.append(_rejection(frame, schema, row, column, *NOT_IN_CALENDAR))
    if {_START, _END} <= {*schema.columns}:
        found += [
            _rejection(
                frame,
                schema,
                row,
                _END,
                f"It ends before it starts ({start}).",
                "Check both dates: the end can't come before the start.",
            )
            for row, start, end in frame[[_START, _END]].itertuples(name=None)
            if start and end and _is_before(end, start)
        ]
    return found


def future_dates(dates: pd.Series) -> list[int]:
    """Rows whose date lies in the future for certain, however precise it is.

    Parameters
    ----------
    dates : pandas.Series of str
        ISO 8601 days, months or years, or nothing; the index is the spreadsheet's row number.
    """
    today = datetime.now(UTC).date().isoformat()
    return [int(str(row)) for row, text in dates.items() if text > today[: len(text)]]


def day(text: str) -> date | None:
    """The day of an ISO 8601 date; None if the calendar has none such."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _is_before(end: str, start: str) -> bool:
    """Whether an end comes first as far as both are known: 2023 isn't before 2023-05."""
    known = min(len(end), len(start))
    return end[:known] < start[:known]


def _rejection(
    frame: pd.DataFrame, schema: Schema, row: object, column: str, reason: str, mend: str
) -> Rejection:
    named = schema.naming_columns[0]
    cells = frame.loc[row]  # type: ignore[call-overload]
    return Rejection(
        "validate", schema.file, int(str(row)), cells[named], column, cells[column], reason, mend
    )
