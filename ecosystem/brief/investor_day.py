"""The papers of an investor day on A4: participants' sheets, table plan, pitches, door list."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import segno

from ecosystem.brief.typeset import printable, typeset_at
from ecosystem.common import wording
from ecosystem.matching.investor_day import my_day
from ecosystem.matching.investor_day.agenda import Doing, Entry, agenda, by_name, dates
from ecosystem.matching.investor_day.model import Day, Participant, Plan, SessionKind, Slot

_TITLE, _NAME, _SHORT = 100, 90, 40
# Columns of the table plan that a page across still sets readably.
_TABLES_A_PAGE = 6
# A longer address would make a code that phones can't read from paper any more.
_LONGEST_ADDRESS = 1_300
_FREE = "Free"


def participant_sheets_pdf(day: Day, plan: Plan, made: datetime, base_url: str = "") -> bytes:
    """A sheet for each participant in the order of their names, each on a page of its own.

    Parameters
    ----------
    day : Day
        What the organiser said.
    plan : Plan
        A plan of this day.
    made : datetime
        When the plan was made, with its time zone.
    base_url : str
        Address of the site without a slash at its end; empty for sheets without a code that leads
        to the participant's day.
    """
    return _paper(
        day,
        made,
        "day_sheets",
        "Investor day, participant",
        people=[_person(day, plan, made, base_url, who) for who in by_name(day)],
    )


def table_plan_pdf(day: Day, plan: Plan, made: datetime) -> bytes:
    """Who sits where and when: slots down, tables across, a session and six tables a page."""
    tables = [table.name for table in day.tables]
    names = {
        (meeting.slot, meeting.table): [
            printable(day.name(who), _SHORT) for who in day.in_order(*meeting.both)
        ]
        for meeting in plan.meetings
    }
    parts = []
    for session, slots in _by_session(day):
        for start in range(0, len(tables), _TABLES_A_PAGE):
            shown = tables[start : start + _TABLES_A_PAGE]
            parts.append(
                {
                    "title": f"{printable(session, _SHORT)}, {_date(slots[0].start)}",
                    "tables": [printable(f"Table {name}", _SHORT) for name in shown],
                    "rows": [
                        {
                            "time": _time(slot),
                            "cells": [names.get((slot.number, name), []) for name in shown],
                        }
                        for slot in slots
                    ],
                }
            )
    return _paper(day, made, "day_tables", "Table plan", parts=parts)


def pitch_list_pdf(day: Day, made: datetime) -> bytes:
    """Who pitches when, session by session in the order of the workbook."""
    sessions = {session.name: session for session in day.sessions}
    found = [
        {
            "name": f"{printable(name, _NAME)}, {_date(sessions[name].start)}",
            "pitches": [
                {
                    "time": _time(pitch),
                    "name": printable(day.name(pitch.who), _NAME),
                    "region": printable(day.by_id[pitch.who].region, _NAME),
                }
                for pitch in pitches
            ],
        }
        for name, pitches in groupby(day.today.pitches, key=lambda pitch: pitch.session)
    ]
    return _paper(day, made, "day_pitches", "List of pitches", sessions=found)


def door_list_pdf(day: Day, plan: Plan, made: datetime) -> bytes:
    """Everybody by name, with a box to tick, where they go first and how many they meet."""
    count = wording.count(len(day.today.participants), "participant")
    return _paper(
        day,
        made,
        "day_door",
        "List for the door",
        count=count,
        people=[_at_the_door(day, plan, who) for who in by_name(day)],
    )


def _paper(day: Day, made: datetime, template: str, kind: str, **content: Any) -> bytes:
    local = made.astimezone(ZoneInfo(day.timezone))
    start = min((session.start for session in day.sessions), default=None)
    return typeset_at(
        made,
        template,
        {
            "title": printable(day.title.strip() or "Investor day", _TITLE),
            "place": printable(day.place, _TITLE),
            "kind": kind,
            "date": _date(start) if start else "",
            "footer": f"plan of {local:%-d %B %Y, %H:%M %Z}",
            **content,
        },
    )


def _person(day: Day, plan: Plan, made: datetime, base_url: str, who: str) -> dict[str, Any]:
    one = day.by_id[who]
    entries = agenda(day, plan, who)
    count = len(plan.of.get(who, ()))
    says = [wording.count(count, "meeting") if count else "No meetings"]
    if one.table:
        says.append(f"you stay at table {one.table}")
    summary = ", ".join(says)
    return {
        "name": printable(one.name, _NAME),
        "about": _about(one),
        "summary": printable(f"{summary}.", _NAME),
        "dates": [
            {"name": _date(on), "entries": [_row(day, entry) for entry in of_date]}
            for on, of_date in _by_date(_merge_free(entries))
        ],
        "code": _code(my_day.link(base_url, day, plan, who, made)) if base_url and count else "",
    }


def _row(day: Day, entry: Entry) -> dict[str, Any]:
    other = day.by_id.get(entry.whom)
    free = entry.doing is Doing.FREE
    return {
        "time": _time(entry),
        "title": _FREE if free else printable(entry.title, _NAME),
        "about": _about(other) if other else "",
        "table": printable(entry.table, _SHORT) if entry.table else "",
        "meeting": entry.doing in (Doing.MEETING, Doing.PITCH),
        "free": free,
    }


def _at_the_door(day: Day, plan: Plan, who: str) -> dict[str, str]:
    one = day.by_id[who]
    idle = (Doing.FREE, Doing.BREAK)
    first = next((entry for entry in agenda(day, plan, who) if entry.doing not in idle), None)
    form = "%-d %b, %H:%M" if len(dates(day)) > 1 else "%H:%M"
    return {
        "name": printable(one.name, _NAME),
        "note": printable(one.note, _NAME) if one.note else "",
        "side": one.kind,
        "region": printable(one.region, _SHORT) if one.region else "",
        "first": first.start.strftime(form) if first else wording.DASH,
        "table": printable(first.table, _SHORT) if first and first.table else wording.DASH,
        "meetings": str(len(plan.of.get(who, ()))),
    }


def _about(one: Participant) -> str:
    return printable(", ".join(filter(None, [one.kind, one.region])), _NAME)


def _merge_free(entries: Sequence[Entry]) -> list[Entry]:
    """The entries, with free times that follow each other as one."""
    found: list[Entry] = []
    for entry in entries:
        last = found[-1] if found else None
        if (
            last is not None
            and entry.doing is last.doing is Doing.FREE
            and entry.start.date() == last.start.date()
        ):
            found[-1] = Entry(Doing.FREE, last.start, max(last.end, entry.end), "")
        else:
            found.append(entry)
    return found


def _by_date(entries: Sequence[Entry]) -> list[tuple[datetime, list[Entry]]]:
    groups = groupby(entries, key=lambda entry: entry.start.date())
    return [(rows[0].start, rows) for _, group in groups if (rows := list(group))]


def _by_session(day: Day) -> list[tuple[str, list[Slot]]]:
    meetings = [one.name for one in day.sessions if one.kind is SessionKind.MEETINGS]
    found = [(name, [slot for slot in day.slots if slot.session == name]) for name in meetings]
    return [(name, slots) for name, slots in found if slots]


def _date(at: datetime) -> str:
    return f"{at:%A, %-d %B %Y}"


def _time(span: Any) -> str:
    return f"{span.start:%H:%M}–{span.end:%H:%M}"


def _code(address: str) -> str:
    """An address as the SVG of a QR code; empty if it is too long for one."""
    if len(address) > _LONGEST_ADDRESS:
        return ""
    file = io.BytesIO()
    # A given mask, since trying all eight takes most of the time; the data is compressed, so it
    # has no patterns that a mask would have to break up.
    code = segno.make(address, error="l", boost_error=False, mask=2)
    code.save(file, kind="svg", border=2, xmldecl=False)
    return file.getvalue().decode()
