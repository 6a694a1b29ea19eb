"""A calendar file for each participant (iCalendar, RFC 5545), all of them in a ZIP."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from ecosystem.common.text import slug
from ecosystem.matching.investor_day.agenda import Doing, Entry, agenda, dates, meeting_entry
from ecosystem.matching.investor_day.model import Day, Plan, key

MEDIA_TYPE = "text/calendar"
# What a calendar program shows on one line, and what a file system takes as a name.
_LONGEST, _LONGEST_NAME = 200, 60
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
# A ZIP knows no time before.
_FIRST_YEAR = 1980


def calendars_zip(day: Day, plan: Plan, made: datetime, before: Plan | None = None) -> bytes:
    """The calendars of all who come as a ZIP of files with distinct, harmless names.

    Parameters
    ----------
    day : Day
        What the organiser said.
    plan : Plan
        A plan of this day.
    made : datetime
        When the plan was made, with its time zone.
    before : Plan, optional
        What participants have been sent before: what it has and this one hasn't is cancelled,
        also for who doesn't come any more.
    """
    told = set(day.today.by_id) | set(before.of if before is not None else ())
    file = io.BytesIO()
    at = made.astimezone(UTC).timetuple()[:6]
    stamp = at if at[0] >= _FIRST_YEAR else (_FIRST_YEAR, 1, 1, 0, 0, 0)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for who, name in file_names(day).items():
            if who in told:
                written = calendar(day, plan, who, made, before)
                archive.writestr(zipfile.ZipInfo(f"{name}.ics", stamp), written)
    return file.getvalue()


def file_names(day: Day) -> dict[str, str]:
    """A name for each participant's file, by identifier: letters, digits, hyphens, all distinct.

    A name doesn't change when somebody else drops out.
    """
    width = len(str(len(day.participants)))
    return {
        one.id: f"{number:0{width}}-{slug(one.name)[:_LONGEST_NAME].strip('-') or 'participant'}"
        for number, one in enumerate(day.participants, start=1)
    }


def calendar(day: Day, plan: Plan, who: str, made: datetime, before: Plan | None = None) -> bytes:
    """One participant's calendar in UTF-8: meetings, own pitch, sessions, with the time zone.

    An entry keeps its identifier when a later plan moves it, and says that it is newer: a program
    that takes the file in again moves it, too.

    Parameters
    ----------
    who : str
        Identifier of a participant of the day.
    made : datetime
        When the plan was made, with its time zone.
    before : Plan, optional
        What participants have been sent before.
    """
    document = Calendar()
    document.add("prodid", "-//Cyber Valleys//Investor day//EN")
    document.add("version", "2.0")
    document.add("method", "PUBLISH")
    title = plain(f"{day.title}: {day.name(who)}")
    document.add("name", title)
    document.add("x-wr-calname", title)
    for entry in calendar_entries(day, plan, who):
        document.add_component(_event(day, who, entry, made))
    for entry in _cancelled_entries(day, plan, before, who):
        event = _event(day, who, entry, made)
        event.add("status", "CANCELLED")
        document.add_component(event)
    on = dates(day)
    if on:
        # Only the rules of the day's own year, not of seventy.
        year = timedelta(days=366)
        document.add_missing_timezones(on[0] - year, on[-1] + year)
    written: bytes = document.to_ical()
    return written


def calendar_entries(day: Day, plan: Plan, who: str) -> tuple[Entry, ...]:
    """What of somebody's day belongs into a calendar: no breaks and nothing that is free."""
    left_out = (Doing.BREAK, Doing.FREE)
    return tuple(entry for entry in agenda(day, plan, who) if entry.doing not in left_out)


def uid(day: Day, who: str, entry: Entry) -> str:
    """Identifier of an entry in somebody's calendar; the same wherever a plan puts it.

    A pair meets at most once on a day, so the date and the two name a meeting.
    """
    first = next(iter(dates(day)), None)
    what = key(who, entry.whom) if entry.whom else (entry.doing.value, entry.title)
    said = "\n".join([str(first), who, *what]).encode(errors="replace")
    return f"{hashlib.blake2b(said, digest_size=8).hexdigest()}@cyber-valleys"


def sequence(made: datetime) -> int:
    """Number that grows with each plan: calendar programs keep the entry with the larger one."""
    return max(0, int((made.astimezone(UTC) - _EPOCH).total_seconds()) // 60)


def summary(entry: Entry) -> str:
    """What a calendar calls an entry."""
    return plain(f"Meeting with {entry.title}" if entry.doing is Doing.MEETING else entry.title)


def location(day: Day, entry: Entry) -> str:
    """Table and venue of an entry, as far as there are any."""
    table = f"Table {entry.table}" if entry.table else ""
    return plain(", ".join(filter(None, [table, day.place])))


def plain(text: str) -> str:
    """Text on one line, without control characters, cut to what a program can show."""
    line = " ".join(_CONTROL.sub(" ", text[: 4 * _LONGEST]).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _event(day: Day, who: str, entry: Entry, made: datetime) -> Event:
    zone = ZoneInfo(day.timezone)
    event = Event()
    event.add("uid", uid(day, who, entry))
    event.add("dtstamp", made.astimezone(UTC))
    event.add("sequence", sequence(made))
    event.add("dtstart", entry.start.replace(tzinfo=zone))
    event.add("dtend", entry.end.replace(tzinfo=zone))
    event.add("summary", summary(entry))
    if where := location(day, entry):
        event.add("location", where)
    other = day.by_id.get(entry.whom)
    lines = [day.title, *([f"{other.kind}, {other.region}".rstrip(", ")] if other else [])]
    event.add("description", "\n".join(plain(line) for line in lines))
    return event


def _cancelled_entries(day: Day, plan: Plan, before: Plan | None, who: str) -> Iterator[Entry]:
    """Meetings of an earlier plan that somebody no longer has."""
    still = {meeting.key for meeting in plan.meetings}
    for meeting in before.of.get(who, ()) if before is not None else ():
        if meeting.key not in still and meeting.slot in day.slot:
            yield meeting_entry(day, meeting, who)
