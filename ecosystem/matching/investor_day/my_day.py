"""A participant's day in the fragment of an address, which no browser sends to a server.

The fragment holds the times themselves, as JSON, compressed (zlib) and in base64url. The page that
reads it (``my_day.js``) knows nothing else, so nobody's day is stored anywhere for it.
"""

from __future__ import annotations

import base64
import json
import zlib
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ecosystem.matching.investor_day.agenda import Entry
from ecosystem.matching.investor_day.calendars import (
    calendar_entries,
    plain,
    sequence,
    summary,
    uid,
)
from ecosystem.matching.investor_day.model import Day, Plan

ADDRESS = "/my-day"
# The script refuses other versions.
VERSION = 1


def link(base_url: str, day: Day, plan: Plan, who: str, made: datetime) -> str:
    """Address that shows somebody's day to whoever has it.

    Parameters
    ----------
    base_url : str
        Address of the site without a slash at its end.
    """
    return f"{base_url}{ADDRESS}#{fragment(day, plan, who, made)}"


def fragment(day: Day, plan: Plan, who: str, made: datetime) -> str:
    """Somebody's day, as the script reads it.

    Parameters
    ----------
    day : Day
        What the organiser said.
    plan : Plan
        A plan of this day.
    who : str
        Identifier of a participant of the day.
    made : datetime
        When the plan was made, with its time zone.
    """
    content = {
        "version": VERSION,
        "title": plain(day.title),
        "place": plain(day.place),
        "zone": day.timezone,
        "name": plain(day.name(who)),
        "sequence": sequence(made),
        "entries": [_entry(day, who, entry) for entry in calendar_entries(day, plan, who)],
    }
    written = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(zlib.compress(written, 9)).decode().rstrip("=")


def _entry(day: Day, who: str, entry: Entry) -> list[Any]:
    """Start and end (minutes since 1970, UTC), what, table, who is met: side and region, UID."""
    zone = ZoneInfo(day.timezone)
    other = day.by_id.get(entry.whom)
    about = f"{other.kind}, {other.region}".rstrip(", ") if other else ""
    return [
        _minutes(entry.start, zone),
        _minutes(entry.end, zone),
        summary(entry),
        plain(entry.table),
        plain(about),
        uid(day, who, entry).partition("@")[0],
    ]


def _minutes(local: datetime, zone: ZoneInfo) -> int:
    return int(local.replace(tzinfo=zone).astimezone(UTC).timestamp()) // 60
