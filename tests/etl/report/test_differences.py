"""The workbook of changes holds the known edits, each on its sheet."""

from __future__ import annotations

import io
import warnings
from dataclasses import replace

import numpy as np
import openpyxl
import pytest
from openpyxl.workbook.workbook import Workbook

from etl.pipeline import Outcome, Prepared
from etl.release.change import count_kinds
from etl.report.content import Content
from etl.report.differences import workbook


@pytest.fixture(scope="module")
def book(prepared: Prepared, outcome: Outcome) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook(Content(outcome))))


@pytest.mark.slow
def test_sheets(book: Workbook) -> None:
    assert book.sheetnames == [
        "Counts", "Added", "Removed", "Changed", "Moved", "Merged", "Closed", "Acquired",
        "Other lists", "Perhaps renamed",
    ]  # fmt: skip


def test_counts_agree_with_the_lists(book: Workbook, prepared: Prepared) -> None:
    counts = {row[0].value: row[1].value for row in book["Counts"].iter_rows(2, 8)}
    assert counts["Removed"] == book["Removed"].max_row - 1
    assert {k.lower(): n for k, n in counts.items() if n} == count_kinds(prepared.change)


def test_a_moved_organisation(book: Workbook) -> None:
    moved = [[cell.value for cell in row] for row in book["Moved"].iter_rows(2)]
    assert len(moved) == 1
    assert moved[0][3].startswith("Linz (48.3")
    changed = [tuple(cell.value for cell in row) for row in book["Changed"].iter_rows(2)]
    assert [row[4] for row in changed if row[0] == moved[0][0] and row[2] == "Town"] == ["Linz"]


def test_no_cell_is_a_formula(book: Workbook) -> None:
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert any(str(cell.value).startswith("'=HYPERLINK") for cell in cells)


def test_changes_without_any_text_before_and_after(prepared: Prepared, outcome: Outcome) -> None:
    change = prepared.change[prepared.change["kind"] == "removed"]
    bare = change.assign(field=np.nan, old=np.nan, new=np.nan)
    content = Content(replace(outcome, prepared=replace(prepared, change=bare)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rows = content.changes("removed")
    assert len(rows) == len(change) > 0
    assert rows["Organisation"].tolist() == change["name"].tolist()
