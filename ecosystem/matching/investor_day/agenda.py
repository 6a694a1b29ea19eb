"""What one participant's day looks like: the times that sheets, calendars and links all show.

Wishes, refusals and scores are the organiser's: nothing of them is in here, nor in what is made of
it for participants.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ecosystem.matching.investor_day.model import Day, Meeting, Plan, SessionKind, overlap


class Doing(StrEnum):
    """What a participant does at a time."""

    MEETING = "meeting"
    PITCH = "pitch"
    SESSION = "session"
    BREAK = "break"
    FREE = "free"


@dataclass(frozen=True)
class Entry:
    """A time of somebody's day.

    Attributes
    ----------
    doing : Doing
        What it is.
    start, end : datetime
        Local time of the day's place.
    title : str
        Whom they meet, or what the session is called.
    table : str
        Where, of a meeting.
    whom : str
        Identifier of who is met; empty of all but meetings.
    """

    doing: Doing
    start: datetime
    end: datetime
    title: str
    table: str = ""
    whom: str = ""


def agenda(day: Day, plan: Plan, who: str) -> tuple[Entry, ...]:
    """All that somebody does on the day, in the order of time.

    Parameters
    ----------
    day : Day
        What the organiser said.
    plan : Plan
        A plan of this day.
    who : str
        Identifier of a participant of the day; nothing is left of one who doesn't come.
    """
    day = day.today
    if who not in day.by_id:
        return ()
    found = [
        *(meeting_entry(day, meeting, who) for meeting in plan.of.get(who, ())),
        *_sessions(day, who),
        *_free(day, plan, who),
    ]
    # A session before the turn in it.
    return tuple(sorted(found, key=lambda one: (one.start, one.doing is Doing.PITCH, one.end)))


def meeting_entry(day: Day, meeting: Meeting, who: str) -> Entry:
    """A meeting as one of the two sees it."""
    other = partner(meeting, who)
    slot = day.slot[meeting.slot]
    return Entry(Doing.MEETING, slot.start, slot.end, day.name(other), meeting.table, other)


def partner(meeting: Meeting, who: str) -> str:
    """Identifier of whom somebody meets."""
    return meeting.other if meeting.one == who else meeting.one


def dates(day: Day) -> tuple[date, ...]:
    """Dates on which something happens, in their order."""
    return tuple(sorted({session.start.date() for session in day.sessions}))


def by_name(day: Day) -> list[str]:
    """Identifiers of all who come in the order of their names, as people look them up."""
    return sorted(day.today.by_id, key=lambda who: (day.name(who).casefold(), who))


def _sessions(day: Day, who: str) -> Iterator[Entry]:
    """Pitches, trainings and breaks; of a pitch session where they have a turn also the turn."""
    for session in day.busy(day.by_id[who]):
        yield Entry(Doing.SESSION, session.start, session.end, session.name)
    for pitch in day.pitches:
        if pitch.who == who:
            yield Entry(Doing.PITCH, pitch.start, pitch.end, f"Your pitch in {pitch.session}")
    away = [absence for absence in day.absences if absence.who == who]
    for session in day.sessions:
        if session.kind is SessionKind.BREAK and not any(
            overlap(absence, session.start, session.end) for absence in away
        ):
            yield Entry(Doing.BREAK, session.start, session.end, session.name)


def _free(day: Day, plan: Plan, who: str) -> Iterator[Entry]:
    taken = {meeting.slot for meeting in plan.of.get(who, ())}
    for number in day.free[who] - taken:
        slot = day.slot[number]
        yield Entry(Doing.FREE, slot.start, slot.end, "")
