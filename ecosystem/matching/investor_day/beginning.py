"""A day to begin with: times, tables and participants that are known before anybody fills in more.

The workbook that is made of it can be planned as it is, and changed in every cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from ecosystem.matching.investor_day.model import (
    Day,
    Key,
    Participant,
    Session,
    SessionKind,
    Table,
)

MEETINGS, LUNCH = "Meetings", "Lunch"


@dataclass(frozen=True)
class Frame:
    """Times and tables of a day.

    Attributes
    ----------
    title, place, timezone : str
        As of a :class:`Day`.
    on : date
        Its date.
    start, end : time
        Of the meetings.
    lunch_start, lunch_end : time
        Nobody meets between them; the same time for no break.
    minutes, pause : int
        Length of a meeting, and minutes between two.
    tables : int
        How many there are; they are numbered.
    """

    title: str
    place: str
    timezone: str
    on: date
    start: time
    end: time
    lunch_start: time
    lunch_end: time
    minutes: int
    pause: int
    tables: int


def beginning(
    frame: Frame | None,
    participants: Sequence[Participant] = (),
    matches: Mapping[Key, tuple[float, str]] | None = None,
) -> Day:
    """A day of a frame and those who are known to come.

    Parameters
    ----------
    frame : Frame, optional
        Times and tables; a day without any otherwise.
    participants : sequence of Participant
        Who comes.
    matches : mapping of (str, str) to (float, str), optional
        Score and reason of pairs, as :meth:`Day.with_matches` takes them.
    """
    if frame is None:
        day = Day(participants=tuple(participants))
    else:
        day = Day(
            title=frame.title,
            place=frame.place,
            timezone=frame.timezone,
            sessions=tuple(_sessions(frame)),
            tables=tuple(Table(str(n)) for n in range(1, frame.tables + 1)),
            participants=tuple(participants),
        )
    return day.with_matches(matches or {})


def _sessions(frame: Frame) -> list[Session]:
    def at(when: time) -> datetime:
        return datetime.combine(frame.on, when)

    start, end = at(frame.start), at(frame.end)
    found = [Session(MEETINGS, SessionKind.MEETINGS, start, end, frame.minutes, frame.pause)]
    begins, ends = at(frame.lunch_start), at(frame.lunch_end)
    if begins < ends and start < ends and begins < end:
        found.append(Session(LUNCH, SessionKind.BREAK, begins, ends))
    return found
