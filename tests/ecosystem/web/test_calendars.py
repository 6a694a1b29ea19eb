"""Calendar files are read back by a library, and say no more than the register knows."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from icalendar import Calendar, Event

from ecosystem.common.store import Database
from ecosystem.tables import events
from ecosystem.web import calendars

BASE = "https://example.org"


def read(body: bytes | None) -> list[Event]:
    assert body is not None
    return [part for part in Calendar.from_ical(body).walk("VEVENT") if isinstance(part, Event)]


def test_the_calendar_has_every_event_with_a_day_once(database: Database) -> None:
    found = events.selection(database)
    dated = found[found["is_day_known"]]
    inside = read(calendars.calendar(database, BASE))
    assert len(inside) == len(dated) > 10
    assert len({str(event["uid"]) for event in inside}) == len(dated)
    by_address = {str(event["url"]).rpartition("=")[2]: event for event in inside}
    for row in dated.to_dict("records"):
        event = by_address[row["event_id"]]
        assert event["dtstart"].dt == date.fromisoformat(row["start_date"])
        last = row["end_date"] if isinstance(row["end_date"], str) else row["start_date"]
        assert event["dtend"].dt - timedelta(days=1) == date.fromisoformat(last)
        assert str(event["summary"]) == row["name"]
    text = calendars.calendar(database, BASE).decode().replace("\r\n ", "")
    assert f"{len(found) - len(dated)} more have no published day" in text
    assert "REFRESH-INTERVAL;VALUE=DURATION:P1D" in text


def test_identifiers_stay_whatever_the_address_of_the_site(database: Database) -> None:
    here, there = (
        [event["uid"] for event in read(calendars.calendar(database, base))]
        for base in (BASE, "http://127.0.0.1:8501")
    )
    assert here == there


def test_an_event_of_a_month_or_year_covers_it_and_says_so(database: Database) -> None:
    (event,) = read(calendars.one(database, BASE, "ecso-investor-days-2017-2019"))
    assert event["dtstart"].dt == date(2017, 1, 1)
    assert event["dtend"].dt == date(2020, 1, 1)
    assert str(event["summary"]).endswith("(day not known)")
    assert str(event["transp"]) == "TRANSPARENT"
    assert "As published: 180 SMEs, 60 investors, 400 B2B meetings" in str(event["description"])
    assert "location" not in event
    assert calendars.one(database, BASE, "nothing-such") is None


HOSTILE = 'x\r\nEND:VEVENT\r\nATTACH:http://evil.example/\r\n\x00<b>=cmd|" /C"; a,b \\n \u2028'


def test_text_of_the_register_stays_text(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = events.selection(database).iloc[[0]].copy()
    for column in ("name", "city", "organiser", "notes"):
        row[column] = HOSTILE
    row["source_url"] = "javascript:alert(1)"
    monkeypatch.setattr(calendars.events, "selection", lambda _: row)
    body = calendars.calendar(database, BASE)
    (event,) = read(body)
    assert b"\nATTACH" not in body
    assert b"javascript" not in body
    assert "ATTACH:http" in str(event["summary"])
    assert str(event["summary"]).endswith('<b>=cmd|" /C"; a,b \\n')


def test_an_event_without_a_date_has_no_file(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = events.selection(database).iloc[[0]].assign(first=None, last=None, is_day_known=False)
    monkeypatch.setattr(calendars.events, "selection", lambda _: row)
    assert calendars.one(database, BASE, str(row["event_id"].iloc[0])) is None
    assert read(calendars.calendar(database, BASE)) == []
    assert pd.isna(row["first"].iloc[0])
