"""What would change against the current release, as a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from ecosystem.common import spreadsheet
from etl.report import words
from etl.report.content import Content

# Excel holds more, but nobody reads more.
MAX_ROWS = 100_000


def workbook(content: Content) -> bytes:
    """A sheet of counts, one for each kind of change, Other lists, and Perhaps renamed.

    Parameters
    ----------
    content : Content
        What was checked, and what became of it.

    Returns
    -------
    bytes
        An XLSX file in which no text is a formula.
    """
    outcome = content.outcome
    book = Workbook(write_only=True)
    counts = [(label, outcome.changes.get(kind, 0)) for kind, label in words.CHANGES.items()]
    _sheet(book, "Counts", ("Organisations", "Number"), counts)
    about = book.worksheets[0]
    about.append([])
    about.append([spreadsheet.neutralise(words.comparison(outcome))])
    about.append([words.omission_sentence(outcome)])
    for kind, label in words.CHANGES.items():
        rows = content.changes(kind)
        _sheet(book, label, words.CHANGE_COLUMNS[kind], rows.itertuples(index=False, name=None))
    others = content.list_changes.itertuples(index=False, name=None)
    _sheet(book, words.OTHER_LISTS, words.LIST_CHANGE_COLUMNS, others)
    _sheet(book, words.RENAMED, words.SUCCESSION_COLUMNS, content.successions())
    return spreadsheet.workbook_bytes(book)


def _sheet(
    book: Workbook, title: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for column in range(1, len(header) + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 36
    spreadsheet.header(sheet, header)
    for number, row in enumerate(rows):
        if number == MAX_ROWS:
            sheet.append([f"Only the first {MAX_ROWS:,} rows are here."])
            break
        sheet.append([spreadsheet.neutralise(value) for value in row])
