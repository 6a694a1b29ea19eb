"""Read the workbook of an investor day: every cell that can't be taken is named, with the way out.

A file is counted before it is opened, and only as far as any day needs; nothing in it is run.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from rapidfuzz import process

from ecosystem.common import wording
from ecosystem.common.text import fold, slug
from ecosystem.matching.investor_day import checks
from ecosystem.matching.investor_day.checks import DayError, Fault
from ecosystem.matching.investor_day.columns import (
    BY_NAME,
    DAY,
    EDITION,
    LIMIT_FIELDS,
    NO,
    OUTPUT,
    PARTICIPANTS,
    READ_ME,
    REFUSAL,
    SETTINGS,
    SHEETS,
    TITLE,
    WEIGHT_FIELDS,
    YES,
    SheetColumns,
)
from ecosystem.matching.investor_day.model import (
    Absence,
    Audience,
    Day,
    Key,
    Kind,
    Limits,
    Meeting,
    Mode,
    Pair,
    Participant,
    Plan,
    Request,
    Rule,
    Session,
    SessionKind,
    Table,
    Weights,
    Where,
    Wish,
    key,
)

MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_UNPACKED_BYTES = 100 * 1024 * 1024
MAX_MEMBERS = 1_000
MAX_ROWS = 100_000
MAX_TEXT = 500
MAX_FAULTS = 200
_MAX_COLUMNS = 60
_CHUNK = 1 << 20
_LIKE = 75
_NO_RESULT = ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!")
_TRUE = frozenset({"yes", "y", "true", "1", "x", "ja", "oui", "si"})
_FALSE = frozenset({"no", "n", "false", "0", "nein", "non"})
_DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y")
_TIMES = ("%H:%M", "%H:%M:%S", "%H.%M", "%Hh%M")
# Day 0 of a spreadsheet's count of days.
_ORIGIN = datetime(1899, 12, 30)

Value = TypeVar("Value")


@dataclass(frozen=True)
class Document:
    """What a workbook says.

    Attributes
    ----------
    day : Day
        The day.
    plan : Plan or None
        The plan in the sheet Schedule, if it has a row.
    notes : tuple of str
        What an organiser should know: what was left out, and what can't be met.
    """

    day: Day
    plan: Plan | None = None
    notes: tuple[str, ...] = field(default=(), compare=False)


@dataclass
class _Reader:
    """Where faults and notes are collected while cells are read."""

    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def fault(self, text: str, cell: str) -> None:
        self.faults.append(Fault(text, cell))


@dataclass(frozen=True)
class _Row:
    """One filled row of a sheet, its cells by field."""

    values: Mapping[str, Any]
    where: Where
    reader: _Reader

    def raw(self, name: str) -> Any:
        return self.values.get(name)

    def text(self, name: str) -> str:
        return _text(self.raw(name))

    def fault(self, name: str, text: str) -> None:
        self.reader.fault(text, self.where.cell(name))

    def take(self, name: str, take: Callable[[Any], Value], otherwise: Value) -> Value:
        """A cell as a value; what is empty or can't be taken is as the third argument says."""
        raw = self.raw(name)
        if raw is None or _text(raw) == "":
            return otherwise
        try:
            return take(raw)
        except ValueError as error:
            self.fault(name, str(error))
            return otherwise

    def needs(self, *names: str) -> bool:
        """Whether all of these are filled; those that aren't become faults."""
        empty = [name for name in names if not self.text(name)]
        for name in empty:
            title = next(
                column.title for column in BY_NAME[self.where.sheet].columns if column.field == name
            )
            self.fault(name, f"{title} is empty; fill it in, or delete the row.")
        return not empty


def read(name: str, content: bytes) -> Document:
    """Read a workbook that was made from the template.

    Parameters
    ----------
    name : str
        File name, for messages.
    content : bytes
        The file.

    Raises
    ------
    DayError
        If it is no such workbook or has faults; each is named with its cell.
    """
    sheets = _sheets(name, content)
    reader = _Reader()
    _check_template(name, sheets, reader)
    settings = _settings(sheets[DAY], reader)
    rows = {sheet.name: _rows(sheet, sheets.get(sheet.name, []), reader) for sheet in SHEETS}
    day = _day(settings, rows)
    if not reader.faults:
        # What the whole shows wrong would only repeat what a cell shows wrong.
        reader.faults += checks.faults(day)
    plan = None
    if not reader.faults:
        meetings = _schedule(rows["Schedule"], day, reader)
        plan = Plan(meetings) if meetings else None
        day = day.with_locked(meeting for meeting in meetings if meeting.locked)
        reader.faults += checks.lock_faults(day)
    if reader.faults:
        raise DayError(_first_faults(reader.faults))
    return Document(day, plan, (*reader.notes, *checks.notes(day)))


def _first_faults(faults: list[Fault]) -> list[Fault]:
    faults = list(dict.fromkeys(faults))
    left = len(faults) - MAX_FAULTS
    return faults if left <= 0 else [*faults[:MAX_FAULTS], Fault(f"And {left:,} more faults.")]


def _sheets(name: str, content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the sheets that are read, as far as any day needs."""
    _check_size(name, content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        found: dict[str, list[tuple[Any, ...]]] = {}
        known = {fold(title): title for title in (*BY_NAME, DAY, READ_ME)}
        for sheet in book.worksheets:
            title = known.get(fold(sheet.title), sheet.title)
            if fold(sheet.title) not in known:
                found.setdefault(title, [])
                continue
            # What the file says of its own size may be wrong.
            sheet.reset_dimensions()
            cells = sheet.iter_rows(max_row=MAX_ROWS + 2, max_col=_MAX_COLUMNS, values_only=True)
            found[title] = list(islice(_without_end(cells), MAX_ROWS + 2))
            if len(found[title]) > MAX_ROWS + 1:
                raise DayError(
                    [Fault(f"{sheet.title} has more than {MAX_ROWS:,} rows, more than any day.")]
                )
        return found
    except DayError:
        raise
    # A damaged workbook breaks the library in many ways, none worth telling apart.
    except Exception as error:
        raise _unreadable(name) from error


def _without_end(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Rows up to the last that has a value."""
    waiting: list[tuple[Any, ...]] = []
    for row in rows:
        waiting.append(row)
        if any(cell is not None for cell in row):
            yield from waiting
            waiting.clear()


def _check_size(name: str, content: bytes) -> None:
    if len(content) > MAX_FILE_BYTES:
        raise DayError(
            [
                Fault(
                    f"{name} is larger than {MAX_FILE_BYTES // 1024**2} MB, which no day needs; "
                    "take pictures and other sheets out of it."
                )
            ]
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if "xl/workbook.xml" not in archive.namelist() or len(members) > MAX_MEMBERS:
                raise _unreadable(name)
            total = 0
            for member in members:
                with archive.open(member) as stream:
                    while piece := stream.read(_CHUNK):
                        total += len(piece)
                        if total > MAX_UNPACKED_BYTES:
                            raise DayError(
                                [
                                    Fault(
                                        f"{name} unpacks to more than "
                                        f"{MAX_UNPACKED_BYTES // 1024**2} MB, which no day needs; "
                                        "copy its sheets into a new template."
                                    )
                                ]
                            )
    except DayError:
        raise
    except Exception as error:
        raise _unreadable(name) from error


def _unreadable(name: str) -> DayError:
    return DayError(
        [
            Fault(
                f"{name} can't be read as an Excel workbook (it is damaged, protected by a "
                "password or of another kind); open it and save it again as XLSX."
            )
        ]
    )


def _check_template(
    name: str, sheets: Mapping[str, list[tuple[Any, ...]]], reader: _Reader
) -> None:
    first = _text(sheets[READ_ME][0][0]) if sheets.get(READ_ME) and sheets[READ_ME][0] else ""
    edition = first.removeprefix(TITLE).strip(" .")
    if first.startswith(TITLE) and edition.isdigit() and int(edition) > EDITION:
        raise DayError(
            [
                Fault(
                    f"{name} was made from edition {edition} of the template; this planner reads "
                    f"edition {EDITION}. Copy its sheets into the template from here.",
                    f"{READ_ME}!A1",
                )
            ]
        )
    missing = [
        sheet for sheet in (DAY, *(one.name for one in SHEETS if one.needed)) if sheet not in sheets
    ]
    if missing:
        raise DayError(
            [
                Fault(
                    f"{name} is no workbook of the investor-day template: it has no sheet "
                    f"{wording.join(missing, 'or')}. Download the template, and copy your rows "
                    "into it."
                )
            ]
        )
    for title in sheets:
        if title not in BY_NAME and title not in (DAY, *OUTPUT):
            reader.notes.append(
                f"The sheet {title} isn't part of the template; it is not read, and not in the "
                "workbook that you get back."
            )


def _settings(rows: Sequence[tuple[Any, ...]], reader: _Reader) -> dict[str, _Row]:
    """Rows of the sheet Day by the field that they set."""
    titles = {fold(setting.title): setting.field for setting in SETTINGS}
    found: dict[str, _Row] = {}
    for number, cells in enumerate(rows, start=1):
        title = _text(cells[0]) if cells else ""
        name = titles.get(fold(title))
        if name is None:
            if title and number > 1:
                reader.fault(
                    f"There is no setting {title}; take one of the template.", f"{DAY}!A{number}"
                )
            continue
        where = Where(DAY, number, {name: "B", "": "A"})
        if name in found:
            reader.fault(f"{title} is set twice; delete one row.", f"{DAY}!A{number}")
        found[name] = _Row({name: cells[1] if len(cells) > 1 else None}, where, reader)
        _check_texts(found[name])
    return found


def _rows(sheet: SheetColumns, rows: list[tuple[Any, ...]], reader: _Reader) -> list[_Row]:
    if not rows:
        if sheet.needed:
            reader.fault(f"The sheet {sheet.name} is empty; fill it in.", f"{sheet.name}!A1")
        return []
    titles = {fold(column.title): column.field for column in sheet.columns}
    places: dict[str, int] = {}
    for place, cell in enumerate(rows[0]):
        title = _text(cell)
        name = titles.get(fold(title))
        if name is None:
            if title:
                reader.notes.append(
                    f"The column {title} of {sheet.name} isn't part of the template; it is not "
                    "read, and not in the workbook that you get back."
                )
        elif name in places:
            reader.fault(
                f"The column {title} stands twice; delete one.",
                f"{sheet.name}!{get_column_letter(place + 1)}1",
            )
        else:
            places[name] = place
    missing = [
        column.title for column in sheet.columns if column.needed and column.field not in places
    ]
    if missing:
        reader.fault(
            f"{sheet.name} has no column {wording.join(missing, 'or')}; the headings stand in "
            "the first row, as in the template.",
            f"{sheet.name}!A1",
        )
        return []
    order = [column.field for column in sheet.columns if column.field in places]
    letters = {name: get_column_letter(places[name] + 1) for name in order}
    found = []
    for number, cells in enumerate(rows[1:], start=2):
        values = {name: cells[place] for name, place in places.items() if place < len(cells)}
        if any(_text(value) for value in values.values()):
            row = _Row(values, Where(sheet.name, number, letters), reader)
            _check_texts(row)
            found.append(row)
    return found


def _check_texts(row: _Row) -> None:
    for name, value in row.values.items():
        if isinstance(value, str) and len(value) > MAX_TEXT:
            row.fault(name, f"The text is longer than {MAX_TEXT} characters; shorten it.")
        elif value in _NO_RESULT:
            row.fault(name, f"The formula has no result ({value}); write the value itself.")


def _day(settings: Mapping[str, _Row], rows: Mapping[str, list[_Row]]) -> Day:
    said: dict[str, Any] = {}
    for setting in SETTINGS:
        row = settings.get(setting.field)
        if row is not None:
            value = row.take(setting.field, _TAKE_SETTING[setting.field], None)
            if value is not None:
                said[setting.field] = value
    weights = {name: said.pop(name) for name in WEIGHT_FIELDS if name in said}
    limits = {name: said.pop(name) for name in LIMIT_FIELDS if name in said}
    people = rows[PARTICIPANTS]
    ids = _ids(people)
    # Rows with a fault are there, too: who is named elsewhere isn't unknown for it.
    find = _finder(zip(ids, (row.text("name") for row in people), strict=True))
    return Day(
        **said,
        limits=Limits(**limits),
        weights=Weights(**weights),
        where={name: row.where.cell(name) for name, row in settings.items()},
        sessions=tuple(_sessions(rows["Sessions"])),
        tables=tuple(
            Table(row.text("name"), row.text("note"), row.where)
            for row in rows["Tables"]
            if row.needs("name")
        ),
        participants=tuple(_participants(people, ids)),
        absences=tuple(_absences(rows["Absences"], find)),
        wishes=tuple(_wishes(rows["Wishes"], find)),
        pairs=tuple(_pairs(rows["Pairs"], find)),
        requests=tuple(_requests(rows["Requests"], find)),
    )


def _sessions(rows: list[_Row]) -> Iterator[Session]:
    for row in rows:
        kind = row.take("kind", _one_of(SessionKind), None)
        start, end = _moment(row, "start"), _moment(row, "end")
        if row.needs("name", "kind", "date", "start", "end") and kind and start and end:
            yield Session(
                row.text("name"),
                kind,
                start,
                end,
                row.take("minutes", _whole, 0),
                row.take("pause", _whole, 0),
                row.take("audience", _one_of(Audience), Audience.EVERYBODY),
                row.where,
            )


def _participants(rows: list[_Row], ids: Sequence[str]) -> Iterator[Participant]:
    for row, id_ in zip(rows, ids, strict=True):
        kind = row.take("kind", _one_of(Kind), None)
        if not row.needs("name", "kind") or kind is None:
            continue
        yield Participant(
            id_,
            row.text("name"),
            kind,
            row.text("region"),
            row.take("comes", _yes, True),
            _names(row.text("sessions")),
            _names(row.text("takes_part")),
            row.take("minimum", _whole, None),
            row.take("maximum", _whole, None),
            row.text("table"),
            row.text("note"),
            row.where,
        )


def _ids(rows: list[_Row]) -> list[str]:
    """Identifiers of the participants; made from the name where there is none."""
    given = {row.text("id") for row in rows}
    return [row.text("id") or _new_id(row.text("name"), given) for row in rows]


def _new_id(name: str, ids: set[str]) -> str:
    """An identifier made from a name, the same at each reading; the name's twin is a fault."""
    made = slug(name) or "participant"
    while made in ids:
        made += "-"
    return made


Finder = Callable[[_Row, str], str | None]


def _finder(named: Iterable[tuple[str, str]]) -> Finder:
    """What finds the participant that a cell names, by identifier or name.

    Parameters
    ----------
    named : iterable of (str, str)
        Identifier and name of each.
    """
    by_name = {name: id_ for id_, name in named}
    ids, folded = set(by_name.values()), {fold(name): id_ for name, id_ in by_name.items()}

    def find(row: _Row, name: str) -> str | None:
        text = row.text(name)
        found = text if text in ids else by_name.get(text) or folded.get(fold(text))
        if text and found is None:
            like = process.extractOne(text, list(by_name), score_cutoff=_LIKE)
            hint = f"is {like[0]} meant?" if like else "correct the name, or add a row there."
            row.fault(name, f"{text} isn't in the sheet {PARTICIPANTS}; {hint}")
        return found

    return find


def _both(row: _Row, find: Finder, one: str, other: str) -> Key | None:
    if not row.needs(one, other):
        return None
    first, second = find(row, one), find(row, other)
    return (first, second) if first is not None and second is not None else None


def _absences(rows: list[_Row], find: Finder) -> Iterator[Absence]:
    for row in rows:
        start, end = _moment(row, "start"), _moment(row, "end")
        who = find(row, "who")
        if row.needs("who", "date", "start", "end") and who is not None and start and end:
            yield Absence(who, start, end, row.where)


def _wishes(rows: list[_Row], find: Finder) -> Iterator[Wish]:
    seen = set()
    for row in rows:
        both = _both(row, find, "who", "whom")
        refuses = row.take("refuses", _refuses, False)
        if both is not None and (both, refuses) not in seen:
            seen.add((both, refuses))
            yield Wish(*both, refuses, row.where)


def _pairs(rows: list[_Row], find: Finder) -> Iterator[Pair]:
    for row in rows:
        both = _both(row, find, "one", "other")
        rule = row.take("rule", _one_of(Rule), Rule.FREE)
        match = row.take("match", _number, None)
        if both is not None:
            yield Pair(*both, rule, match, row.text("why"), row.where)


def _requests(rows: list[_Row], find: Finder) -> Iterator[Request]:
    seen = set()
    for row in rows:
        both = _both(row, find, "one", "other")
        if both is not None and key(*both) not in seen:
            seen.add(key(*both))
            yield Request(*both, row.where)


def _schedule(rows: list[_Row], day: Day, reader: _Reader) -> tuple[Meeting, ...]:
    """Meetings of the plan; one that no longer fits the day is left out, unless it is locked."""
    slots = {slot.start: slot.number for slot in day.slots}
    tables = {table.name for table in day.tables}
    find = _finder((one.id, one.name) for one in day.participants)
    found, seen = [], set()
    for row in rows:
        locked = row.take("locked", _yes, False)
        start = _moment(row, "start")
        aside = _Row(row.values, row.where, reader if locked else _Reader())
        both = _both(aside, find, "one", "other")
        table = row.text("table")
        if not row.needs("date", "start", "table", "one", "other") or start is None:
            continue
        if start not in slots:
            aside.fault("start", f"No slot of the day starts at {start:%H:%M} on that date.")
        if table not in tables:
            aside.fault("table", f"There is no table {table} in the sheet Tables.")
        if both is not None and key(*both) in seen:
            row.fault("one", f"{day.pair_name(*both)} meet twice; delete one row.")
        elif both is not None and start in slots and table in tables:
            seen.add(key(*both))
            one, other = day.in_order(*both)
            found.append(
                Meeting(one, other, slots[start], table, locked, row.text("reason"), row.where)
            )
        elif not locked:
            reader.notes.append(
                f"The meeting of {row.text('one')} and {row.text('other')} no longer fits the day "
                f"and is left out of the plan ({row.where.cell('one')})."
            )
    order = {table.name: number for number, table in enumerate(day.tables)}
    return tuple(sorted(found, key=lambda one: (one.slot, order[one.table])))


def _moment(row: _Row, name: str) -> datetime | None:
    on = row.take("date", _date, None)
    at = row.take(name, _time, None)
    return datetime.combine(on, at) if on is not None and at is not None else None


def _text(value: Any) -> str:
    """A cell as one line of text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for one in text.split(";") if (part := one.strip())))


def _whole(value: Any) -> int:
    number = _number(value)
    if number != int(number) or not 0 <= number <= 1_000_000:
        raise ValueError(f"{_text(value)} is no whole number from 0; write one.")
    return int(number)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"{_text(value)} is no number; write one.")
    try:
        number = float(value.replace(",", ".") if isinstance(value, str) else value)
    except ValueError:
        raise ValueError(f"{_text(value)} is no number; write one.") from None
    if not abs(number) < 1e9:
        raise ValueError(f"{_text(value)} is no usable number; write another.")
    return number


def _yes(value: Any) -> bool:
    word = _text(value).lower()
    if word in _TRUE | _FALSE:
        return word in _TRUE
    raise ValueError(f"{_text(value)} is neither yes nor no; write one of them.")


def _refuses(value: Any) -> bool:
    word = fold(_text(value))
    if word in ("wish", REFUSAL):
        return word == REFUSAL
    raise ValueError(f"{_text(value)} is neither wish nor refusal; write one of them.")


Choice = TypeVar("Choice", Mode, Kind, SessionKind, Audience, Rule)


def _one_of(choices: type[Choice]) -> Callable[[Any], Choice]:
    words = {fold(one.value): one for one in choices}

    def take(value: Any) -> Choice:
        word = fold(_text(value))
        # People write "SMEs" and "pitches", too.
        singulars = (word.removesuffix(ending) for ending in ("", "s", "es"))
        found = next((words[one] for one in singulars if one in words), None)
        if found is None:
            allowed = ", ".join(one.value for one in choices if one.value)
            raise ValueError(f"{_text(value)} can't be taken; write one of {allowed}.")
        return found

    return take


def _date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and 1 < value < 100_000:
        return (_ORIGIN + timedelta(days=int(value))).date()
    for form in _DATES:
        try:
            return datetime.strptime(_text(value), form).date()
        except ValueError:
            continue
    raise ValueError(f"{_text(value)} is no date; write it as 2027-03-04.")


def _time(value: Any) -> time:
    if isinstance(value, datetime):
        return _to_minute(value)
    if isinstance(value, time):
        return _to_minute(datetime.combine(_ORIGIN, value))
    if isinstance(value, timedelta) and timedelta() <= value < timedelta(days=1):
        return _to_minute(_ORIGIN + value)
    if isinstance(value, float) and 0 <= value < 1:
        return _to_minute(_ORIGIN + timedelta(days=value))
    for form in _TIMES:
        try:
            return datetime.strptime(_text(value), form).time().replace(second=0)
        except ValueError:
            continue
    raise ValueError(f"{_text(value)} is no time of day; write it as 09:00.")


def _to_minute(value: datetime) -> time:
    """Time of day to the minute: spreadsheets keep fractions of a day, which aren't exact."""
    return (value + timedelta(seconds=30)).time().replace(second=0, microsecond=0)


def _timezone(value: Any) -> str:
    name = _text(value)
    if name not in available_timezones():
        raise ValueError(f"{name} is no time zone; write one such as Europe/Brussels.")
    return str(ZoneInfo(name).key)


_TAKE_SETTING: Mapping[str, Callable[[Any], Any]] = {
    "title": _text,
    "place": _text,
    "timezone": _timezone,
    "mode": _one_of(Mode),
    "fair": _yes,
    "least_match": _number,
    **dict.fromkeys(LIMIT_FIELDS, _whole),
    **dict.fromkeys(WEIGHT_FIELDS, _number),
}
