"""Events as iCalendar (RFC 5545): each as a file, and all as a calendar to subscribe to.

An event takes whole days, since no page that was read says when it begins. Where only the month
or year is published, its file covers that month or year and says so; the calendar of all leaves it
out, since a bar over a year would stand in the way of what has a day.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Hashable, Mapping
from datetime import timedelta
from typing import Any

import pandas as pd
from icalendar import Calendar, Event, vDuration
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ecosystem.common import links, partial_dates
from ecosystem.common.per_release import Recent
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import COUNTRIES, EVENT_KINDS, inside
from ecosystem.tables import events
from ecosystem.tables.releases import story
from ecosystem.web import addresses
from ecosystem.web.endpoints import endpoint, not_found

MEDIA_TYPE = "text/calendar"
_CACHE = "public, max-age=3600"
# An event keeps its identifier whatever address the site is reached by.
_NAMESPACE = uuid.UUID("9d2ab0de-2f0c-5b0e-8b57-6c1f5e8f3a11")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_recent: Recent[bytes] = Recent(8)


def routes() -> list[BaseRoute]:
    """Routes of the calendar and of each event's file."""
    return [
        Route("/events.ics", endpoint(_answer_all)),
        Route("/events/{event_id}.ics", endpoint(_answer_one)),
    ]


def calendar(database: Database, base_url: str) -> bytes:
    """All events of which the day is known, as a calendar in UTF-8.

    Parameters
    ----------
    base_url : str
        Address of the site without a slash at its end.
    """
    found = events.selection(database)
    dated = found[found["is_day_known"]]
    left_out = len(found) - len(dated)
    return _document(database, base_url, dated, left_out)


def one(database: Database, base_url: str, event_id: str) -> bytes | None:
    """One event as a calendar file in UTF-8; None if there is none such, or none with a date."""
    found = events.selection(database)
    here = found[(found["event_id"] == event_id) & found["first"].notna()]
    return None if here.empty else _document(database, base_url, here)


def _document(
    database: Database, base_url: str, rows: pd.DataFrame, left_out: int | None = None
) -> bytes:
    document = Calendar()
    document.add("prodid", "-//Cyber Valleys//Events//EN")
    document.add("version", "2.0")
    document.add("method", "PUBLISH")
    if left_out is not None:
        says = (
            "Events of Europe's regional cybersecurity ecosystems, compiled from public sources "
            "(CC BY 4.0)."
        )
        if left_out:
            says += f" {left_out} more have no published day: {base_url}/events lists them."
        document.add("name", "Cyber Valleys: events")
        document.add("x-wr-calname", "Cyber Valleys: events")
        document.add("description", says)
        document.add("x-wr-caldesc", says)
        document.add("url", f"{base_url}/events")
        day = vDuration(timedelta(days=1))
        document.add("refresh-interval", day, parameters={"VALUE": "DURATION"})
        document.add("x-published-ttl", "P1D")
    stamp = story(database)["created_at"].to_pydatetime()
    for row in rows.to_dict("records"):
        document.add_component(_event(row, base_url, stamp))
    written: bytes = document.to_ical()
    return written


def _event(row: Mapping[Hashable, Any], base_url: str, stamp: Any) -> Event:
    event = Event()
    event.add("uid", str(uuid.uuid5(_NAMESPACE, str(row["event_id"]))))
    event.add("dtstamp", stamp)
    event.add("dtstart", row["first"])
    # Not included in the event (RFC 5545, section 3.6.1).
    event.add("dtend", row["last"] + timedelta(days=1))
    event.add("summary", _plain(row["name"]) + ("" if row["is_day_known"] else " (day not known)"))
    event.add("description", "\n".join(_description(row)))
    event.add("url", f"{base_url}/events?id={row['event_id']}")
    event.add("transp", "TRANSPARENT")
    event.add("categories", [EVENT_KINDS.label(row["kind"])])
    place = [_plain(row["city"]), COUNTRIES.label(_plain(row["country"]))]
    if any(place):
        event.add("location", ", ".join(filter(None, place)))
    if pd.notna(row["lat"]):
        event.add("geo", (round(row["lat"], 3), round(row["lon"], 3)))
    return event


def _description(row: Mapping[Hashable, Any]) -> list[str]:
    when = partial_dates.of_event(_plain(row["start_date"]), _plain(row["end_date"]))
    lines = [f"{EVENT_KINDS.label(row['kind'])}, {when}"]
    if organiser := _plain(row["organiser"]):
        lines.append(f"Organised by {organiser}")
    if not row["is_day_known"]:
        lines.append("Its days aren't published: this entry covers all that are possible.")
    figures = [
        f"{row[column]:,} {inside(label)}"
        for column, label in events.FIGURES.items()
        if pd.notna(row[column])
    ]
    if figures:
        lines.append(f"As published: {', '.join(figures)}")
    if notes := _plain(row["notes"]):
        lines.append(notes)
    if source := links.web_address(row["source_url"]):
        lines.append(f"Source: {source}")
    return lines


def _plain(text: object) -> str:
    """Register text on one line, without control characters; empty where there is none."""
    return _CONTROL.sub(" ", text).strip() if isinstance(text, str) else ""


def _answer_all(request: Request, database: Database) -> Response:
    key = (database.release.release_id, addresses.base(request))
    return _file(_recent.get(key, lambda: calendar(database, key[1])), "cyber-valleys-events")


def _answer_one(request: Request, database: Database) -> Response:
    event_id = request.path_params["event_id"]
    body = one(database, addresses.base(request), event_id)
    if body is None:
        return not_found(request, "There is no event with a date at this address.")
    return _file(body, event_id)


def _file(body: bytes, name: str) -> Response:
    headers = {"cache-control": _CACHE, "content-disposition": f'inline; filename="{name}.ics"'}
    return Response(body, media_type=MEDIA_TYPE, headers=headers)
