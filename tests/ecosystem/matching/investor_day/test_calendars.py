"""Calendars and links of participants are read back, and say nothing that is the organiser's."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Event

from ecosystem.matching.investor_day import calendars, my_day
from ecosystem.matching.investor_day.agenda import Doing, agenda
from ecosystem.matching.investor_day.model import (
    Absence,
    Day,
    Meeting,
    Participant,
    Plan,
    Session,
    SessionKind,
)
from tests.ecosystem.matching.investor_day.days import START, small_day

MADE = datetime(2027, 3, 1, 12, tzinfo=UTC)
PLAN = Plan((Meeting("a", "x", 1, "1"), Meeting("b", "y", 1, "2"), Meeting("b", "x", 3, "1")))
HOSTILE = (
    'x\r\nEND:VEVENT\r\nATTACH:http://evil.example/\r\n\x00<b>=cmd|" /C"; a,b \\n \u2028\ud800'
)
BRUSSELS = ZoneInfo("Europe/Brussels")


def renamed(day: Day, name: str) -> Day:
    """The same day with that name for everybody, and for all else that has one."""
    return replace(
        day,
        title=name,
        place=name,
        participants=tuple(
            replace(one, name=name, region=name, takes_part=tuple(name for _ in one.takes_part))
            for one in day.participants
        ),
        sessions=(day.sessions[0], *(replace(one, name=name) for one in day.sessions[1:])),
    )


def events(body: bytes) -> list[Event]:
    return [part for part in Calendar.from_ical(body).walk("VEVENT") if isinstance(part, Event)]


def read_fragment(text: str) -> dict[str, object]:
    padded = text + "=" * (-len(text) % 4)
    content: dict[str, object] = json.loads(zlib.decompress(base64.urlsafe_b64decode(padded)))
    return content


def test_a_day_has_meetings_sessions_own_pitch_and_free_slots_in_order_of_time() -> None:
    day = replace(
        small_day(),
        sessions=(
            *small_day().sessions,
            Session("Coffee", SessionKind.BREAK, START.replace(hour=10), START.replace(hour=11)),
        ),
    )
    beta = agenda(day, PLAN, "b")
    assert [(one.doing, f"{one.start:%H:%M}", one.title, one.table) for one in beta] == [
        (Doing.MEETING, "09:00", "Yttrium Capital", "2"),
        (Doing.SESSION, "09:20", "Pitches", ""),
        (Doing.PITCH, "09:20", "Your pitch in Pitches", ""),
        (Doing.MEETING, "09:40", "Xenon Ventures", "1"),
        (Doing.BREAK, "10:00", "Coffee", ""),
    ]  # fmt: skip
    doing = [one.doing for one in agenda(day, PLAN, "a")]
    assert doing == [Doing.MEETING, Doing.FREE, Doing.FREE, Doing.BREAK]
    away = Absence("a", START.replace(hour=10), START.replace(hour=12))
    assert Doing.BREAK not in {
        one.doing for one in agenda(replace(day, absences=(away,)), PLAN, "a")
    }


def test_a_calendar_is_read_back_with_its_time_zone() -> None:
    first, session, pitch, last = events(calendars.calendar(small_day(), PLAN, "b", MADE))
    assert str(first["summary"]) == "Meeting with Yttrium Capital"
    assert first["dtstart"].dt == datetime(2027, 3, 4, 9, tzinfo=BRUSSELS)
    assert first["dtstart"].dt.utcoffset() == timedelta(hours=1)
    assert first["dtend"].dt - first["dtstart"].dt == timedelta(minutes=20)
    assert str(first["location"]) == "Table 2"
    assert str(session["summary"]) == "Pitches"
    assert (str(pitch["summary"]), pitch["dtend"].dt - pitch["dtstart"].dt) == (
        "Your pitch in Pitches",
        timedelta(minutes=10),
    )
    assert str(last["summary"]) == "Meeting with Xenon Ventures"
    body = calendars.calendar(small_day(), PLAN, "b", MADE)
    assert b"TZID:Europe/Brussels" in body


def test_a_meeting_that_moves_keeps_its_identifier_and_one_that_goes_is_cancelled() -> None:
    later = Plan((Meeting("a", "x", 1, "1"), Meeting("b", "x", 1, "2")))
    (x,) = (one for one in events(calendars.calendar(small_day(), PLAN, "b", MADE))
            if "Xenon" in one["summary"])  # fmt: skip
    after = calendars.calendar(small_day(), later, "b", MADE + timedelta(minutes=5), PLAN)
    by_uid = {str(one["uid"]): one for one in events(after)}
    moved = by_uid.pop(str(x["uid"]))
    assert moved["dtstart"].dt == datetime(2027, 3, 4, 9, tzinfo=BRUSSELS)
    assert int(moved["sequence"]) == int(x["sequence"]) + 5
    assert "status" not in moved
    assert [str(one["summary"]) for one in by_uid.values() if one.get("status") == "CANCELLED"] == [
        "Meeting with Yttrium Capital"
    ]


def test_the_zip_has_a_file_for_everybody_under_a_harmless_name() -> None:
    names = (
        "Zoë & Söhne",
        "../../etc/passwd",
        "",
        "CON",
        "Ω" * 400,
        "a\x00b/c\\d:e",
        "CON",
        "=1+1",
    )
    day = replace(
        small_day(),
        participants=tuple(
            Participant(f"p{n}", name, small_day().participants[0].kind)
            for n, name in enumerate(names)
        ),
    )
    with zipfile.ZipFile(io.BytesIO(calendars.calendars_zip(day, Plan(), MADE))) as archive:
        assert archive.testzip() is None
        found = archive.namelist()
        assert all(Calendar.from_ical(archive.read(name)) for name in found)
    assert len({name.lower() for name in found}) == len(names)
    assert all(re.fullmatch(r"\d-[0-9a-z-]{1,60}\.ics", name) for name in found)
    assert found[0] == "1-zoe-sohne.ics"


@pytest.mark.parametrize("name", [HOSTILE, "<img src=x onerror=alert(1)>", "y" * 5000, ""])
def test_no_name_breaks_a_calendar_or_a_link(name: str) -> None:
    day = renamed(small_day(), name)
    body = calendars.calendar(day, PLAN, "b", MADE)
    assert len(events(body)) == 4
    unfolded = body.decode().replace("\r\n ", "")
    assert "\r\nATTACH" not in unfolded
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\u2028]", unfolded)
    content = read_fragment(my_day.fragment(day, PLAN, "b", MADE))
    assert len(content["entries"]) == 4  # type: ignore[arg-type]
    assert re.fullmatch(r"[A-Za-z0-9_-]+", my_day.fragment(day, PLAN, "b", MADE))
    assert len(my_day.fragment(day, PLAN, "b", MADE)) < 1500


def test_a_link_holds_the_day_in_its_fragment_alone() -> None:
    link = my_day.link("https://example.org", small_day(), PLAN, "b", MADE)
    address, _, fragment = link.partition("#")
    assert address == "https://example.org/my-day"
    content = read_fragment(fragment)
    assert (content["name"], content["zone"]) == ("Beta", "Europe/Brussels")
    first = content["entries"][0]  # type: ignore[index]
    at = datetime.fromtimestamp(60 * first[0], UTC)
    assert at == datetime(2027, 3, 4, 9, tzinfo=BRUSSELS)
    assert first[2:5] == ["Meeting with Yttrium Capital", "2", "investor"]
    (event, *_) = events(calendars.calendar(small_day(), PLAN, "b", MADE))
    assert str(event["uid"]).partition("@")[0] == first[5]


def test_nothing_of_wishes_and_scores_reaches_participants() -> None:
    told = calendars.calendar(small_day(), PLAN, "a", MADE).decode() + str(
        read_fragment(my_day.fragment(small_day(), PLAN, "a", MADE))
    )
    assert not re.search("wish|match|refus|same field|0[.]5", told)


def test_who_does_not_come_gets_nothing_but_what_is_cancelled() -> None:
    day = small_day()
    beta = replace(day.participants[1], comes=False)
    day = replace(day, participants=(day.participants[0], beta, *day.participants[2:]))
    later = Plan((Meeting("a", "x", 1, "1"),))
    assert agenda(day, later, "b") == ()
    for before, expected in ((None, 3), (PLAN, 4)):
        with zipfile.ZipFile(
            io.BytesIO(calendars.calendars_zip(day, later, MADE, before))
        ) as archive:
            assert len(archive.namelist()) == expected
    sent = events(calendars.calendar(day, later, "b", MADE, PLAN))
    assert [str(one["status"]) for one in sent] == ["CANCELLED", "CANCELLED"]
