"""Dates of every list exist, and nothing ends before it starts."""

from __future__ import annotations

import pytest

from etl.register.dates import check_dates
from etl.schema import Schema
from tests.etl.conftest import small_frame


@pytest.mark.parametrize(
    ("resource", "cells", "column"),
    [
        ("events", {"start_date": "2026-02-30"}, "start_date"),
        ("events", {"start_date": "2026-03-02", "end_date": "2026-03-01"}, "end_date"),
        ("events", {"start_date": "2026-03", "end_date": "2026-02-28"}, "end_date"),
        ("partnerships", {"start_date": "2023", "end_date": "2022-12"}, "end_date"),
        ("documents", {"date": "2019-04-31"}, "date"),
        ("organisations", {"checked_on": "2026-11-31"}, "checked_on"),
    ],
)
def test_what_no_calendar_has_is_refused(
    schemas: dict[str, Schema], resource: str, cells: dict[str, str], column: str
) -> None:
    (found,) = check_dates(small_frame(schemas[resource], **cells), schemas[resource])
    assert (found.file, found.row, found.column) == (f"{resource}.csv", 2, column)
    assert found.value == cells[column]
    assert found.mend


@pytest.mark.parametrize(
    "cells",
    [
        {},
        {"start_date": "2018"},
        {"end_date": "2024-02-29"},
        {"start_date": "2023-05-02", "end_date": "2023"},
        {"start_date": "2023", "end_date": "2023-05-02"},
        {"start_date": "2023-05-02", "end_date": "2023-05-02"},
    ],
)
def test_what_may_be_true_is_taken(schemas: dict[str, Schema], cells: dict[str, str]) -> None:
    assert check_dates(small_frame(schemas["events"], **cells), schemas["events"]) == []
