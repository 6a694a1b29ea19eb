"""A copy of somebody's file with every faulty cell coloured, and what is wrong beside it.

A workbook keeps its sheets. Its formulas are left out: their results take their place, as
they were read. Any other file becomes a new workbook of text, its rows and columns where a
spreadsheet program shows them.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell
from openpyxl.cell.cell import Cell as OpenpyxlCell
from openpyxl.comments import Comment
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidationList
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from ecosystem.common.spreadsheet import BOLD, FORMULA_STARTS, neutralise, workbook_bytes
from etl.model import Rejection
from etl.reading import Extract, Origin
from etl.report import words
from etl.report.content import Cell, Content, cell_of

SUMMARY = "What to correct"
# As the sheet is called, also where a former copy had two.
_FORMER_SUMMARY = re.compile(rf"{SUMMARY}(?: \([0-9]+\))?", re.IGNORECASE)
# A longer file takes too long to write in full; then only its faulty rows are.
MAX_ROWS = 20_000
MAX_LISTED = 5_000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_COMMENTS = 2_000
MAX_COMMENT = 600
MAX_TEXT = 1_000
# What a cell of a workbook holds at most.
MAX_CELL = 32_767
_LINE_POINTS = 15
_FAULTY = PatternFill("solid", fgColor="FFC7CE")
_LINK = Font(color="0563C1", underline="single")
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_AUTHOR = "Cyber Valleys"
_TO_CORRECT = " to correct"
_WIDTHS = (24, 18, 34, 34, 48, 60)

Found = list[tuple[Cell, Rejection]]


def annotated_copy(extracts: Mapping[str, Extract], faults: Sequence[Rejection]) -> bytes:
    """The copy of one file.

    Parameters
    ----------
    extracts : mapping of str to Extract
        What was read from the file, by resource.
    faults : sequence of Rejection
        What was found in these resources.

    Returns
    -------
    bytes
        An XLSX file whose first sheet lists the faults, with links to the cells.
    """
    named = {f"{resource}.csv": read for resource, read in extracts.items()}
    found = [(cell_of(fault, named), fault) for fault in faults if fault.file in named]
    whole = sum(len(read.frame) for read in named.values()) <= MAX_ROWS
    book = _copy(next(iter(named.values())).origin) if whole else None
    shown_again = False
    if book is not None:
        targets = {file: _Sheet(book[read.origin.sheet]) for file, read in named.items()}
        rows = {file: {f.row for _, f in found if f.file == file} for file in named}
        shown_again = bool([file for file in named if _show_rows(targets[file].sheet, rows[file])])
    else:
        book = Workbook()
        book.remove(book.active)
        targets = {
            file: _from_rows(book, file, read, found, whole=whole) for file, read in named.items()
        }
    places = _mark(targets, found)
    _summary(book, found, places, whole=whole, shown_again=shown_again)
    return workbook_bytes(book)


def annotated_copies(content: Content) -> Iterator[tuple[str, bytes]]:
    """File name and content of a copy of every file in which there is something to correct.

    Parameters
    ----------
    content : Content
        What was checked, and what became of it.
    """
    files: dict[Path, dict[str, Extract]] = {}
    for resource, read in content.prepared.extracts.items():
        files.setdefault(read.origin.path, {})[resource] = read
    # A copy that was corrected in part and came back has this name already.
    stems = {path: path.stem.removesuffix(_TO_CORRECT) for path in files}
    often = Counter(stems.values())
    for path, extracts in files.items():
        names = {f"{resource}.csv" for resource in extracts}
        # Of a file whose rows are added to the register's, only its own are in the copy.
        faults = [
            fault
            for fault in content.outcome.rejections
            if fault.file in names
            and content.extracts[fault.file].part(fault.row)[0] is content.extracts[fault.file]
        ]
        if faults:
            name = stems[path] if often[stems[path]] == 1 else path.name
            yield f"{name}{_TO_CORRECT}.xlsx", annotated_copy(extracts, faults)


class _Sheet:
    """A sheet of the copy, and in which of its rows each row of the file is."""

    def __init__(self, sheet: Worksheet, rows: Mapping[int, int] | None = None) -> None:
        self.sheet = sheet
        self._rows = rows

    def row(self, number: int) -> int:
        return number if self._rows is None else self._rows[number]


def _copy(origin: Origin) -> Workbook | None:
    """The sheets of an Excel workbook, with results in place of formulas; None for other files."""
    if origin.kind != "xlsx":
        return None
    try:
        content = origin.path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(member.file_size for member in archive.infolist()) > MAX_UNPACKED:
                return None
        book = openpyxl.load_workbook(
            io.BytesIO(content), data_only=True, keep_vba=False, keep_links=False
        )
    # Workbooks that this library can't copy break it in many ways; their rows were read already.
    except Exception:
        return None
    if origin.sheet not in book.sheetnames:
        return None
    _forget_former_marks(book)
    # Formulas hide in these, too.
    book.defined_names.clear()
    for sheet in book.worksheets:
        sheet.defined_names.clear()
        sheet.conditional_formatting = ConditionalFormattingList()
        sheet.data_validations = DataValidationList()
    return book


def _forget_former_marks(book: Workbook) -> None:
    """Take away what an earlier check wrote into the file: its list of faults and its marks."""
    for name in [name for name in book.sheetnames if _FORMER_SUMMARY.fullmatch(name)]:
        summary = book[name]
        links = (cell.hyperlink for row in summary.iter_rows(min_col=2, max_col=2) for cell in row)
        for location in (link.location or "" for link in links if link is not None):
            title, _, reference = location.rpartition("!")
            sheet = title.removeprefix("'").removesuffix("'").replace("''", "'")
            if sheet in book.sheetnames and reference:
                book[sheet][reference].fill = PatternFill()
        if len(book.sheetnames) > 1:
            del book[name]
    for sheet in book.worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            if cell.comment is not None and cell.comment.author == _AUTHOR:
                cell.comment = None
                cell.fill = PatternFill()


def _show_rows(sheet: Worksheet, rows: Collection[int]) -> bool:
    """Show all rows again if one with a fault is filtered out or hidden; whether that was so."""
    hidden = {n for n, dimension in sheet.row_dimensions.items() if dimension.hidden}
    was_hidden = sheet.sheet_state != Worksheet.SHEETSTATE_VISIBLE
    sheet.sheet_state = Worksheet.SHEETSTATE_VISIBLE
    if not hidden & set(rows):
        return was_hidden
    for number in hidden:
        sheet.row_dimensions[number].hidden = False
    # Else the program would hide them once more.
    sheet.auto_filter.filterColumn.clear()
    for table in sheet.tables.values():
        if table.autoFilter is not None:
            table.autoFilter.filterColumn.clear()
    return True


def _from_rows(book: Workbook, file: str, read: Extract, found: Found, *, whole: bool) -> _Sheet:
    """A new sheet of the rows as read: all of them where they were, or only the faulty ones."""
    sheet = book.create_sheet(Path(file).stem[:31])
    numbers = read.frame.index.tolist()
    if not whole:
        faulty = {fault.row for _, fault in found if fault.file == file}
        numbers = sorted(faulty.intersection(numbers))
    header_row = read.origin.header_row if whole else 1
    sheet.freeze_panes = f"A{header_row + 1}"
    for column, header in read.origin.columns.values():
        _write(sheet, header_row, column, header)
        sheet.cell(header_row, column).font = BOLD
        sheet.column_dimensions[get_column_letter(column)].width = 20
    rows = {number: number if whole else place for place, number in enumerate(numbers, start=2)}
    columns = [column for column, _ in read.origin.columns.values()]
    cells = read.frame.loc[numbers, list(read.origin.columns)]
    for number, *texts in cells.itertuples(index=True, name=None):
        for column, text in zip(columns, texts, strict=True):
            if text:
                _write_exactly(sheet, rows[number], column, text)
    return _Sheet(sheet, rows)


def _mark(targets: Mapping[str, _Sheet], found: Found) -> list[tuple[str, str]]:
    """Colour the faulty cells and say in a comment what is wrong; gives sheet and cell of each."""
    places: list[tuple[str, str]] = []
    said: dict[tuple[str, str], list[str]] = {}
    for place, fault in found:
        target = targets[fault.file]
        cell = target.sheet.cell(target.row(fault.row), max(place.column, 1))
        if isinstance(cell, MergedCell):
            cell = _first_of_merged(target.sheet, cell)
        cell.fill = _FAULTY
        target.sheet.column_dimensions[cell.column_letter].hidden = False
        where = (target.sheet.title, cell.coordinate)
        places.append(where)
        said.setdefault(where, []).append(f"{fault.reason} {fault.mend}")
    sheets = {target.sheet.title: target.sheet for target in targets.values()}
    for (title, coordinate), sentences in list(said.items())[:MAX_COMMENTS]:
        comment = Comment(_text("\n".join(sentences), MAX_COMMENT), _AUTHOR, width=320, height=140)
        sheets[title][coordinate].comment = comment
    return places


def _first_of_merged(sheet: Worksheet, cell: MergedCell) -> OpenpyxlCell:
    """The cell that stands for all that are merged with it."""
    merged = next(r for r in sheet.merged_cells.ranges if cell.coordinate in r)
    return sheet.cell(merged.min_row, merged.min_col)


def _summary(
    book: Workbook,
    found: Found,
    places: Sequence[tuple[str, str]],
    *,
    whole: bool,
    shown_again: bool,
) -> None:
    sheet = book.create_sheet(_free_name(book), 0)
    book.active = 0
    for other in book.worksheets[1:]:
        other.sheet_view.tabSelected = False
    for name in _about(found, whole=whole, shown_again=shown_again):
        sheet.append([name])
        sheet.cell(sheet.max_row, 1).alignment = Alignment(wrap_text=False)
    sheet.cell(1, 1).font = BOLD
    sheet.append([])
    sheet.append(list(words.FAULT_COLUMNS))
    header = sheet.max_row
    for column, width in enumerate(_WIDTHS, start=1):
        sheet.cell(header, column).font = BOLD
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = f"A{header + 1}"
    listed = zip(found[:MAX_LISTED], places[:MAX_LISTED], strict=True)
    for row, ((cell, fault), (title, coordinate)) in enumerate(listed, start=header + 1):
        texts = (cell.file, str(cell), fault.name, fault.value, fault.reason, fault.mend)
        for column, text in enumerate(texts, start=1):
            _write(sheet, row, column, text)
            sheet.cell(row, column).alignment = _WRAPPED
        # LibreOffice doesn't make a row higher by itself.
        lines = max(-(-len(str(t)) // (w - 2)) for t, w in zip(texts, _WIDTHS, strict=True))
        sheet.row_dimensions[row].height = _LINE_POINTS * max(lines, 1)
        link = sheet.cell(row, 2)
        link.hyperlink = Hyperlink(
            ref=link.coordinate, location=f"{quote_sheetname(title)}!{coordinate}"
        )
        link.font = _LINK


def _about(found: Found, *, whole: bool, shown_again: bool) -> list[str]:
    lines = [
        f"{words.quantity(len(found), 'cell')} to correct. The cells are coloured in the sheets."
    ]
    if whole:
        lines.append(
            "Correct them here, or in your own file. Save it, choose it and check it again. In "
            "this copy, formulas have become their results."
        )
    else:
        lines.append(
            f"The file has more than {MAX_ROWS:,} rows, so only those with a fault are here: "
            "correct them in your own file, and check that one again."
        )
    if shown_again:
        lines.append(
            "Rows that were filtered out or hidden have faults, so all rows are shown again in "
            "this copy."
        )
    if len(found) > MAX_LISTED:
        lines.append(f"The first {MAX_LISTED:,} are listed.")
    return lines


def _free_name(book: Workbook) -> str:
    """A name for the first sheet that no other has, in any case of letters."""
    used = {name.casefold() for name in book.sheetnames}
    names = (SUMMARY, *(f"{SUMMARY} ({number})" for number in range(2, 1000)))
    return next(name for name in names if name.casefold() not in used)


def _write(sheet: Worksheet, row: int, column: int, text: str) -> None:
    cell = sheet.cell(row, column)
    cell.value = neutralise(_text(text, MAX_TEXT))
    cell.number_format = "@"


def _write_exactly(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """Write a cell that reads back as the same text, and isn't a formula."""
    cell = sheet.cell(row, column)
    cell.value = _text(text, MAX_CELL)
    cell.data_type = "s"
    cell.number_format = "@"
    cell.quotePrefix = text.startswith(FORMULA_STARTS)


def _text(text: str, longest: int) -> str:
    plain = ILLEGAL_CHARACTERS_RE.sub("", text)
    return plain if len(plain) <= longest else f"{plain[:longest]}…"
