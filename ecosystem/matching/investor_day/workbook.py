"""The workbook of an investor day, the one document: template, reading, and the plan in it.

What comes back holds the same rows as what was given, and the plan; read again it is the same day.
Text is written as text, so that no name becomes a formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from enum import Enum
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.datavalidation import DataValidation

from ecosystem.common import wording
from ecosystem.common.spreadsheet import header, text_cell, workbook_bytes
from ecosystem.matching.investor_day.columns import (
    BY_NAME,
    BY_PARTICIPANT,
    BY_TABLE,
    DAY,
    EDITION,
    FIGURES,
    LIMIT_FIELDS,
    NO,
    PARTICIPANTS,
    PITCHES,
    READ_ME,
    REFUSAL,
    SETTINGS,
    SHEETS,
    TITLE,
    WEIGHT_FIELDS,
    WISH,
    YES,
    Column,
    SheetColumns,
)
from ecosystem.matching.investor_day.measures import Measures, measure
from ecosystem.matching.investor_day.model import AIMS, Day, Kind, Plan
from ecosystem.matching.investor_day.reading import Document, read

__all__ = ["Document", "read", "template", "write"]

# Rows below the last one that keep their lists to choose from.
_SPARE_ROWS = 300
_CHOOSE = "Choose one of the list."
_CHOOSE_NAMED = "Choose one of the list, or of the sheet {sheet}."
# Identifiers show how a plan was made; a phone shows these columns first.
_DATE, _TIME = "yyyy-mm-dd", "hh:mm"
_STEPS = (
    "Fill in the sheets from left to right; click a heading's column to see what belongs there.",
    "Give the file to the planner: on the page Investor day, or with cyber-valleys day plan FILE.",
    "It comes back with the plan in the sheet Schedule, and by participant and by table.",
    "Change what you like and give it again: rows with Locked = yes stay as they are, and the rest "
    "changes as little as possible. Who doesn't come gets Comes = no.",
    "Nothing of it is stored on the server: this file is the only copy.",
)

Cells = dict[str, Any]


def template(day: Day | None = None) -> bytes:
    """An empty workbook to fill in, or one that begins with a day.

    Parameters
    ----------
    day : Day, optional
        Participants, pairs and so on that are known already, of a shortlist for instance.
    """
    return write(day or Day())


def write(day: Day, plan: Plan | None = None, figures: Iterable[tuple[str, str]] = ()) -> bytes:
    """The workbook of a day with its plan (XLSX).

    Parameters
    ----------
    day : Day
        What the organiser said.
    plan : Plan, optional
        What stands in the sheet Schedule; without one, the locked meetings.
    figures : iterable of (str, str)
        More lines for the sheet of figures, such as what is proven of the plan.
    """
    book = Workbook(write_only=True)
    _read_me(book)
    _settings(book, day)
    rows = _rows(day, plan)
    for sheet in SHEETS:
        _input_sheet(book, sheet, rows[sheet.name], day)
    if plan is not None and plan.meetings:
        _by_participant(book, day, plan)
        _by_table(book, day, plan)
        _figures(book, measure(day, plan), figures)
    if day.pitches:
        _pitches(book, day)
    return workbook_bytes(book)


def _read_me(book: Workbook) -> None:
    sheet = book.create_sheet(READ_ME)
    sheet.column_dimensions["A"].width = 20
    sheet.column_dimensions["B"].width = 22
    sheet.column_dimensions["C"].width = 90
    header(sheet, [f"{TITLE} {EDITION}"])
    for number, step in enumerate(_STEPS, start=1):
        sheet.append([f"Step {number}", "", step])
    sheet.append([])
    header(sheet, ["What a plan aims at, the first before all others"])
    for number, aim in enumerate(AIMS.values(), start=1):
        sheet.append([f"Aim {number}", "", aim])
    sheet.append([])
    header(sheet, ["Sheet", "Column", "What to write"])
    sheet.append([DAY, "", "Settings of the whole day."])
    for one in SHEETS:
        sheet.append([one.name, "", one.about])
        for column in one.columns:
            choices = [choice for choice in column.choices if choice]
            allowed = [f"One of: {', '.join(choices)}."] if choices else []
            sheet.append(["", column.title, " ".join([column.help, *allowed])])


def _settings(book: Workbook, day: Day) -> None:
    sheet = book.create_sheet(DAY)
    for letter, width in zip("ABC", (34, 30, 80), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    header(sheet, ["Setting", "Value", "What it means"])
    for number, setting in enumerate(SETTINGS, start=2):
        value = _setting(day, setting.field)
        sheet.append([setting.title, _cell(sheet, value), setting.help])
        if setting.choices:
            _choose(sheet, f"B{number}", _literal(setting.choices), setting.title, setting.help)


def _setting(day: Day, name: str) -> Any:
    if name in LIMIT_FIELDS:
        return getattr(day.limits, name)
    return getattr(day.weights if name in WEIGHT_FIELDS else day, name)


def _rows(day: Day, plan: Plan | None) -> Mapping[str, list[Cells]]:
    """Cells of each input sheet by field."""
    names = {one.name for one in day.participants}
    ids = {one.id for one in day.participants}

    def label(who: str) -> str:
        """How a row names a participant: by name, unless that is another's identifier."""
        name = day.name(who)
        return who if name not in names or (name in ids and name != who) else name

    meetings = plan.meetings if plan is not None else day.locked
    fixed = {(one.key, one.slot, one.table) for one in day.locked}
    return {
        "Sessions": [
            {
                "name": one.name,
                "kind": one.kind,
                "date": one.start.date(),
                "start": one.start.time(),
                "end": one.end.time(),
                "minutes": one.minutes or None,
                "pause": one.pause or None,
                "audience": one.audience,
            }
            for one in day.sessions
        ],
        "Tables": [{"name": one.name, "note": one.note} for one in day.tables],
        PARTICIPANTS: [
            {
                "id": one.id,
                "name": one.name,
                "kind": one.kind,
                "region": one.region,
                "comes": None if one.comes else False,
                "sessions": "; ".join(one.sessions),
                "takes_part": "; ".join(one.takes_part),
                "minimum": one.minimum,
                "maximum": one.maximum,
                "table": one.table,
                "note": one.note,
            }
            for one in day.participants
        ],
        "Absences": [
            {
                "who": label(one.who),
                "date": one.start.date(),
                "start": one.start.time(),
                "end": one.end.time(),
            }
            for one in day.absences
        ],
        "Wishes": [
            {
                "who": label(one.who),
                "whom": label(one.whom),
                "refuses": REFUSAL if one.refuses else WISH,
            }
            for one in day.wishes
        ],
        "Pairs": [
            {
                "one": label(one.one),
                "other": label(one.other),
                "rule": one.rule,
                "match": one.match,
                "why": one.why,
            }
            for one in day.pairs
        ],
        "Requests": [{"one": label(one.one), "other": label(one.other)} for one in day.requests],
        "Schedule": [
            {
                "date": day.slot[one.slot].start.date(),
                "start": day.slot[one.slot].start.time(),
                "end": day.slot[one.slot].end.time(),
                "table": one.table,
                "one": label(one.one),
                "other": label(one.other),
                "locked": True if one.locked or (one.key, one.slot, one.table) in fixed else None,
                "reason": one.reason,
            }
            for one in meetings
        ],
    }


def _input_sheet(book: Workbook, about: SheetColumns, rows: list[Cells], day: Day) -> None:
    sheet = book.create_sheet(about.name)
    sheet.freeze_panes = "A2"
    last = len(rows) + 1 + _SPARE_ROWS
    for number, column in enumerate(about.columns, start=1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = column.width
        area = f"{letter}2:{letter}{last}"
        _choose(sheet, area, _list_of(column, day), column.title, column.help, column.names)
    header(sheet, [column.title for column in about.columns])
    for row in rows:
        sheet.append([_cell(sheet, row.get(column.field)) for column in about.columns])
    if rows:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(about.columns))}{len(rows) + 1}"


def _list_of(column: Column, day: Day) -> str:
    """The formula of a column's list to choose from; empty if anything may be written."""
    if column.names:
        named = BY_NAME[column.names]
        fields = [one.field for one in named.columns]
        letter = get_column_letter(fields.index("name") + 1)
        number = len(day.participants) if column.names == PARTICIPANTS else len(day.tables)
        return f"='{column.names}'!${letter}$2:${letter}${number + 1 + _SPARE_ROWS}"
    return _literal(column.choices)


def _literal(choices: Sequence[str]) -> str:
    return '"' + ",".join(choices) + '"' if choices else ""


def _choose(
    sheet: WriteOnlyWorksheet, area: str, formula: str, title: str, text: str, names: str = ""
) -> None:
    """Show what belongs into cells, and refuse what isn't in their list."""
    if formula:
        rule = DataValidation("list", formula1=formula, allow_blank=True, showErrorMessage=True)
        # Identifiers may stand where the list has the names.
        rule.errorStyle = "warning" if names else "stop"
        rule.error = _CHOOSE_NAMED.format(sheet=names) if names else _CHOOSE
    else:
        rule = DataValidation(allow_blank=True)
    rule.showInputMessage = True
    rule.promptTitle, rule.prompt = title[:32], text[:255]
    rule.add(area)
    sheet.data_validations.append(rule)


def _by_participant(book: Workbook, day: Day, plan: Plan) -> None:
    sheet = _output_sheet(book, BY_PARTICIPANT, (32, 11, 13, 9, 9, 12, 32, 20))
    header(sheet, ["Participant", "Side", "Date", "Start", "End", "Table", "With", "Region"])
    for one in day.participants:
        for meeting in plan.of.get(one.id, ()):
            other = next(who for who in meeting.both if who != one.id)
            slot = day.slot[meeting.slot]
            cells = (
                one.name,
                one.kind,
                slot.start.date(),
                slot.start.time(),
                slot.end.time(),
                meeting.table,
                day.name(other),
                day.by_id[other].region,
            )
            sheet.append([_cell(sheet, cell) for cell in cells])


def _by_table(book: Workbook, day: Day, plan: Plan) -> None:
    tables = [table.name for table in day.tables]
    sheet = _output_sheet(book, BY_TABLE, (13, 9, 9, *(28 for _ in tables)))
    header(sheet, ["Date", "Start", "End", *(f"Table {name}" for name in tables)])
    at = {(one.slot, one.table): day.pair_name(one.one, one.other) for one in plan.meetings}
    for slot in day.slots:
        row = [_cell(sheet, cell) for cell in (slot.start.date(), slot.start.time())]
        row.append(_cell(sheet, slot.end.time()))
        for name in tables:
            cell = _cell(sheet, at.get((slot.number, name), ""))
            if cell is not None:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            row.append(cell)
        sheet.append(row)


def _pitches(book: Workbook, day: Day) -> None:
    sheet = _output_sheet(book, PITCHES, (24, 13, 9, 9, 32, 20))
    header(sheet, ["Session", "Date", "Start", "End", "Who", "Region"])
    for pitch in day.today.pitches:
        cells = (
            pitch.session,
            pitch.start.date(),
            pitch.start.time(),
            pitch.end.time(),
            day.name(pitch.who),
            day.by_id[pitch.who].region,
        )
        sheet.append([_cell(sheet, cell) for cell in cells])


def _figures(book: Workbook, found: Measures, figures: Iterable[tuple[str, str]]) -> None:
    sheet = _output_sheet(book, FIGURES, (44, 60))
    header(sheet, ["Figure", "Value"])
    for title, text in (*in_words(found), *figures):
        sheet.append([_cell(sheet, title), _cell(sheet, text)])


def in_words(found: Measures) -> list[tuple[str, str]]:
    """The figures of a plan, each with its title and what it is of."""
    mean = "–" if found.mean_score is None else f"{found.mean_score:.2f}"
    return [
        ("Meetings", f"{found.meetings:,}"),
        ("Total match", f"{found.total_match:,.2f}"),
        ("Mean score", f"{mean} (of {found.scored:,} meetings with a score)"),
        ("Wishes met", f"{found.wishes_met:,} of {found.wishes:,}"),
        ("Mutual wishes met", f"{found.mutual_met:,} of {found.mutual:,}"),
        (
            "Fair minimum",
            f"{wording.count(found.fair_minimum, 'meeting')}, or as many as somebody could have",
        ),
        *(
            (f"Fairness among {kind}s (Jain's index)", f"{found.fairness[kind]:.3f} of 1")
            for kind in Kind
        ),
        ("Gaps between meetings", f"{found.gaps_in_all:,}, at most {found.most_gaps:,} for one"),
        ("Idle slots in the gaps", f"{found.idle_in_all:,}"),
        ("Changes of table", f"{found.table_changes_in_all:,}"),
    ]


def _output_sheet(book: Workbook, name: str, widths: Sequence[int]) -> WriteOnlyWorksheet:
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    return sheet


def _cell(sheet: WriteOnlyWorksheet, value: Any) -> Any:
    if isinstance(value, bool):
        value = YES if value else NO
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, str):
        return text_cell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value)) if value else None
    if isinstance(value, date | time):
        cell = WriteOnlyCell(sheet, value=value)
        cell.number_format = _TIME if isinstance(value, time) else _DATE
        return cell
    return value
