"""The copy of a file: faulty cells where they were, coloured, explained, and no live formula."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation

from ecosystem.common.settings import settings
from etl.model import Rejection
from etl.pipeline import Outcome, Prepared, prepare
from etl.reading import extract
from etl.report import workbook
from etl.report.content import Content
from etl.report.workbook import SUMMARY, annotated_copies, annotated_copy
from etl.schema import load_schemas
from tests.etl.report.conftest import FORMULA, read, with_rejections

FAULTS = {"C2", "G3", "C4", "D5", "B6", "N8"}


def opened(content: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def coloured(book: Workbook, sheet: str) -> set[str]:
    return {
        cell.coordinate
        for row in book[sheet].iter_rows()
        for cell in row
        if cell.fill.fill_type == "solid"
    }


def formulas(book: Workbook) -> list[str]:
    return [
        f"{sheet.title}!{cell.coordinate}"
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]


@pytest.fixture(scope="module")
def copy(prepared: Prepared, outcome: Outcome) -> Workbook:
    ((name, content),) = annotated_copies(Content(outcome))
    assert name == "organisations to correct.xlsx"
    return opened(content)


def test_faulty_cells_are_coloured_and_explained(copy: Workbook) -> None:
    sheet = copy["organisations"]
    assert coloured(copy, "organisations") == FAULTS
    assert {c.coordinate for row in sheet.iter_rows() for c in row if c.comment} == FAULTS
    assert "Did you mean sme" in sheet["C4"].comment.text


def test_the_rows_stand_where_they_stood(copy: Workbook, spoilt: Path) -> None:
    rows = read(spoilt)
    sheet = copy["organisations"]
    assert sheet.max_row == len(rows) + 1
    for number, row in enumerate(rows, start=2):
        assert sheet.cell(number, 1).value == row["org_id"]
        assert sheet.cell(number, 4).value == (row["city"] or None)


def test_the_first_sheet_lists_the_cells_and_leads_to_them(copy: Workbook) -> None:
    sheet = copy.worksheets[0]
    assert sheet.title == SUMMARY
    links = {cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink}
    assert links == {f"'organisations'!{cell}" for cell in FAULTS}


def test_no_text_of_the_register_is_a_formula(copy: Workbook) -> None:
    assert formulas(copy) == []
    assert copy["organisations"]["C2"].value == FORMULA
    assert copy["organisations"]["C2"].quotePrefix
    notes = [cell.value for cell in copy["organisations"][7]]
    assert FORMULA in notes


@pytest.mark.slow
def test_the_copy_says_that_it_may_be_mended_and_comes_back_as_the_file(
    prepared: Prepared, outcome: Outcome, release_dir: Path, tmp_path: Path
) -> None:
    ((_, content),) = annotated_copies(Content(outcome))
    said = " ".join(str(row[0].value) for row in opened(content).worksheets[0].iter_rows(max_row=4))
    assert "Correct them here, or in your own file" in said
    path = tmp_path / "organisations to correct.xlsx"
    path.write_bytes(content)
    with prepare([path], releases_dir=release_dir) as ready:
        before, after = (p.extracts["organisations"].frame for p in (prepared, ready))
        assert after.to_numpy().tolist() == before.to_numpy().tolist()


def test_rows_of_the_list_are_high_enough_for_their_text(copy: Workbook) -> None:
    sheet = copy.worksheets[0]
    first = next(cell.row for cell in sheet["A"] if cell.value == "File") + 1
    for row in range(first, sheet.max_row + 1):
        longest = len(str(sheet.cell(row, 6).value))
        assert sheet.row_dimensions[row].height >= 15 * longest / 60


def test_of_a_long_file_only_the_faulty_rows_are_written(
    prepared: Prepared, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 100)
    ((_, content),) = annotated_copies(Content(outcome))
    book = opened(content)
    assert book["organisations"].max_row == 1 + len({f.row for f in outcome.rejections})
    assert len(coloured(book, "organisations")) == len(FAULTS)
    said = " ".join(str(row[0].value) for row in book.worksheets[0].iter_rows(max_row=5))
    assert "only those with a fault" in said
    assert "correct them in your own file" in said


@pytest.mark.slow
def test_comments_and_list_are_bounded(prepared: Prepared, outcome: Outcome) -> None:
    long = [replace(fault, mend="m" * 5_000) for fault in outcome.rejections] * 1_500
    ((_, content),) = annotated_copies(Content(with_rejections(outcome, long)))
    book = opened(content)
    comments = [c.comment.text for row in book["organisations"].iter_rows() for c in row
                if c.comment]  # fmt: skip
    assert max(map(len, comments)) <= workbook.MAX_COMMENT + 1
    assert book.worksheets[0].max_row < workbook.MAX_LISTED + 10


def test_a_sound_file_has_no_copy(prepared: Prepared, outcome: Outcome) -> None:
    assert list(annotated_copies(Content(with_rejections(outcome, [])))) == []


@pytest.fixture(scope="module")
def book_copy(
    spoilt: Path, release_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Workbook:
    """The copy of a workbook with a title above the header, another sheet and formulas."""
    path = tmp_path_factory.mktemp("book") / "members.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "Our notes"
    book.active["A1"] = "=1+1"
    sheet = book.create_sheet("organisations")
    sheet.append(["Members of the network"])
    rows = read(spoilt)
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    for cells in sheet.iter_rows(3):
        for cell in cells:
            if cell.data_type == "f":
                cell.data_type = "s"
    hostile = "cmd|' /C calc'!A0"
    book.defined_names["evil"] = DefinedName("evil", attr_text=hostile)
    sheet.conditional_formatting.add("A1:A9", FormulaRule(formula=["1=1"]))
    sheet.add_data_validation(DataValidation("list", formula1="=OFFSET(A1,0,0)", sqref="A1:A9"))
    book.save(path)
    with prepare([path], releases_dir=release_dir) as ready:
        ((name, content),) = annotated_copies(Content(ready.verdict()))
    assert name == "members to correct.xlsx"
    return opened(content)


@pytest.mark.slow
def test_a_workbook_keeps_its_sheets(book_copy: Workbook) -> None:
    assert book_copy.sheetnames == [SUMMARY, "Our notes", "organisations"]
    assert book_copy["organisations"]["A1"].value == "Members of the network"


def test_cells_of_a_workbook_are_coloured_where_they_are(book_copy: Workbook) -> None:
    below = {"C3", "G4", "C5", "D6", "B7", "N9"}
    assert coloured(book_copy, "organisations") == below
    assert {cell.value for cell in book_copy.worksheets[0]["B"]} >= {
        f"organisations, {cell}" for cell in below
    }


def test_no_formula_of_a_workbook_survives(book_copy: Workbook) -> None:
    sheet = book_copy["organisations"]
    assert formulas(book_copy) == []
    assert sheet["C3"].value == FORMULA
    assert not book_copy.defined_names
    assert not sheet.conditional_formatting
    assert not sheet.data_validations.dataValidation


@pytest.mark.slow
def test_copies_of_two_files_of_one_name_have_two_names(
    spoilt: Path, release_dir: Path, tmp_path: Path
) -> None:
    valleys = pd.DataFrame(read(settings().register_dir / "valleys.csv"))
    valleys.loc[0, "website"] = "javascript:alert(1)"
    valleys.to_excel(tmp_path / "data.xlsx", index=False, sheet_name="valleys")
    shutil.copyfile(spoilt, tmp_path / "data.csv")
    files = [tmp_path / "data.csv", tmp_path / "data.xlsx"]
    with prepare(files, releases_dir=release_dir) as ready:
        names = {name for name, _ in annotated_copies(Content(ready.verdict()))}
    assert names == {"data.csv to correct.xlsx", "data.xlsx to correct.xlsx"}


@pytest.fixture
def filtered(tmp_path: Path) -> Callable[[], Workbook]:
    """Marks a workbook whose rows 3 and 4 and column G are hidden, as often as it is called."""
    path = tmp_path / "members.xlsx"
    schema = load_schemas(settings().schema_dir)["organisations"]
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "organisations"
    rows = read(settings().register_dir / "organisations.csv")[:5]
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    sheet.auto_filter.ref = "A1:R6"
    sheet.auto_filter.add_filter_column(2, ["cluster"])
    for number in (3, 4):
        sheet.row_dimensions[number].hidden = True
    sheet.column_dimensions["G"].hidden = True
    sheet["C6"].fill = PatternFill("solid", fgColor="00FF00")
    book.save(path)
    faults = iter([[(3, "website"), (5, "type")], [(5, "type")], [(5, "type")]])

    def mark() -> Workbook:
        found = [
            Rejection("validate", "organisations.csv", row, "", column, "", "Wrong.", "Correct it.")
            for row, column in next(faults)
        ]
        path.write_bytes(annotated_copy({"organisations": extract(path, schema)}, found))
        return opened(path.read_bytes())

    return mark


def test_faults_in_filtered_rows_and_hidden_columns_can_be_seen(
    filtered: Callable[[], Workbook],
) -> None:
    sheet = filtered()["organisations"]
    assert not any(dimension.hidden for dimension in sheet.row_dimensions.values())
    assert not sheet.column_dimensions["G"].hidden
    assert sheet.auto_filter.filterColumn == []
    assert sheet.auto_filter.ref == "A1:R6"


def test_a_copy_that_comes_back_keeps_one_list_of_faults_and_the_present_marks(
    filtered: Callable[[], Workbook],
) -> None:
    assert coloured(filtered(), "organisations") == {"G3", "C5", "C6"}
    for _ in range(2):
        book = filtered()
        assert book.sheetnames == [SUMMARY, "organisations"]
        assert coloured(book, "organisations") == {"C5", "C6"}
        sheet = book["organisations"]
        assert [c.coordinate for row in sheet.iter_rows() for c in row if c.comment] == ["C5"]
