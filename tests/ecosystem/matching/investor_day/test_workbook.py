"""The workbook is the one document: read again it is the same day, and each fault has its cell."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from ecosystem.matching.investor_day import checks, reading
from ecosystem.matching.investor_day.checks import DayError
from ecosystem.matching.investor_day.model import (
    Absence,
    Day,
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
)
from ecosystem.matching.investor_day.workbook import read, template, write
from tests.ecosystem.matching.investor_day.days import START, meetings_session, small_day
from tests.ecosystem.matching.investor_day.test_verify import GOOD
from tests.examples import examples

HOSTILE = ("=1+1", "@SUM(A1)", "-2+3", "<script>alert(1)</script>", "[x](javascript:y)", "'quoted")


def full_day() -> Day:
    """A day that uses everything that a workbook can say."""
    day = small_day()
    return replace(
        day,
        title="=HYPERLINK(1)",
        place="Ghent",
        timezone="Europe/Athens",
        participants=(
            *day.participants,
            *(
                Participant(f"h{n}", name, Kind.SME, region=name, note=name, comes=n % 2 == 0)
                for n, name in enumerate(HOSTILE)
            ),
            Participant("Alpha", "Another", Kind.SME, sessions=("Morning",), minimum=0, maximum=2),
        ),
        sessions=(
            *day.sessions,
            Session("Lunch", SessionKind.BREAK, START.replace(hour=12), START.replace(hour=13)),
            meetings_session("Afternoon", 2, START + timedelta(days=1), 15),
        ),
        absences=(Absence("a", START, START.replace(minute=15)),),
        requests=(Request("a", "b"), Request("Alpha", "x")),
        limits=Limits(0, 3, 1, None),
        weights=Weights(2.0, 0.25, 1.0),
        fair=False,
        least_match=0.125,
        locked=(replace(GOOD[0], locked=True),),
    )


@cache
def small_workbook() -> bytes:
    return write(small_day(), Plan(GOOD))


def edited(change: Callable[[Workbook], None]) -> bytes:
    """The workbook of the small day after somebody has typed into it."""
    book = load_workbook(io.BytesIO(small_workbook()))
    change(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def typed(*cells: tuple[str, str, Any]) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        for sheet, cell, value in cells:
            book[sheet][cell] = value

    return change


def test_what_was_written_is_read_again() -> None:
    day = full_day()
    plan = Plan((*day.locked, *GOOD[1:]))
    found = read("day.xlsx", write(day, plan))
    assert found.day == day
    assert found.plan == plan
    again = read("day.xlsx", write(found.day, found.plan))
    assert (again.day, again.plan) == (day, plan)


def test_names_stay_texts_in_every_sheet() -> None:
    day = replace(full_day(), mode=Mode.PLACE)
    names = {one.name for one in day.participants}
    met = Plan(tuple(Meeting(f"h{n}", "x", 1, "1", reason=HOSTILE[n]) for n in (0, 2, 4)))
    book = load_workbook(io.BytesIO(write(day, met, [("=1", "=2")])))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    assert {cell.value for cell in book["By participant"]["A"]} & names


text = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp", "Zs"], exclude_characters=";"),
    min_size=1,
    max_size=12,
)


@given(st.lists(text, min_size=2, max_size=6, unique_by=lambda name: reading.fold(name)), text)
@settings(max_examples=examples(15), deadline=None)
def test_any_names_survive_the_round_trip(names: list[str], note: str) -> None:
    people = tuple(
        Participant(f"p{n}", name, (Kind.SME, Kind.INVESTOR)[n % 2], note=note)
        for n, name in enumerate(names)
    )
    day = Day(
        participants=people,
        sessions=(meetings_session(note, 2),),
        tables=(Table(note),),
        wishes=(Wish("p0", "p1"),),
        pairs=(Pair("p0", "p1", Rule.MUST, 0.3, note),),
    )
    plan = Plan((Meeting("p0", "p1", 2, note, reason=note),))
    found = read("day.xlsx", write(day, plan))
    assert (found.day, found.plan) == (day, plan)


def test_a_template_can_be_filled_in() -> None:
    book = load_workbook(io.BytesIO(template()))
    assert book.sheetnames[:5] == ["Read me", "Day", "Sessions", "Tables", "Participants"]
    assert book["Participants"].data_validations.dataValidation
    book["Sessions"].append(["Morning", "Meetings", "04.03.2027", "9:00", "10:00", 20])
    book["Sessions"].append(["Show", "Pitches", "04.03.2027", "10:00", "10:30", 10])
    book["Tables"].append([1])
    for row in (["", "Alpha", "sme"], ["", "Xenon", "Investors"]):
        book["Participants"].append(row)
    book["Wishes"].append(["alpha", "XENON"])
    file = io.BytesIO()
    book.save(file)
    day = read("mine.xlsx", file.getvalue()).day
    assert [one.id for one in day.participants] == ["alpha", "xenon"]
    assert day.wished == {("alpha", "xenon")}
    assert [session.kind for session in day.sessions] == [SessionKind.MEETINGS, SessionKind.PITCH]
    assert [f"{slot.start:%d.%m. %H:%M}" for slot in day.slots] == [
        "04.03. 09:00",
        "04.03. 09:20",
        "04.03. 09:40",
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (typed(("Participants", "A3", "a")), "Participants!A3: The identifier a stands twice"),
        (typed(("Participants", "B6", "ALPHA"), ("Participants", "C6", "SME")),
         "Participants!B6: ALPHA stands twice"),
        (typed(("Participants", "C3", "bank")), "Participants!C3: bank can't be taken; write one"),
        (typed(("Participants", "C3", None)), "Participants!C3: Side is empty"),
        (typed(("Participants", "F3", "Evening")), "Participants!F3: Evening is no session of me"),
        (typed(("Participants", "G3", "Morning")), "Participants!G3: Morning is no pitch or trai"),
        (typed(("Participants", "H3", 1.5)), "Participants!H3: 1.5 is no whole number"),
        (typed(("Participants", "H3", 3), ("Participants", "I3", 2)), "Participants!H3: Beta sho"),
        (typed(("Participants", "J3", "9")), "Participants!J3: Beta stays at table 9, which isn"),
        (typed(("Sessions", "E2", "08:00")), "Sessions!E2: Morning ends at 08:00, but starts at"),
        (typed(("Sessions", "D2", "soon")), "Sessions!D2: soon is no time of day"),
        (typed(("Sessions", "C2", "May")), "Sessions!C2: May is no date"),
        (typed(("Sessions", "F2", None)), "Sessions!F2: Morning has no length of a slot"),
        (typed(("Sessions", "F2", 90)), "Sessions!F2: A slot of 90 minutes doesn't fit"),
        (typed(("Sessions", "B3", "meetings")), "Sessions!D3: Pitches begins before Morning ends"),
        (typed(("Sessions", "A3", "morning")), "Sessions!A3: Two sessions are called morning"),
        (typed(("Sessions", "F3", 30)), "Sessions!E3: Pitches ends before all have pitched"),
        (typed(("Tables", "A3", "1")), "Tables!A3: Table 1 stands 2 times"),
        (typed(("Wishes", "B3", "Xenon Venture")), "Wishes!B3: Xenon Venture isn't in the sheet "
         "Participants; is Xenon Ventures meant?"),
        (typed(("Wishes", "B3", "Somebody else")), "Wishes!B3: Somebody else isn't in the sheet "
         "Participants; correct the name"),
        (typed(("Wishes", "C3", "maybe")), "Wishes!C3: maybe is neither wish nor refusal"),
        (typed(("Wishes", "C2", None), ("Wishes", "B5", "Xenon Ventures"), ("Wishes", "A5", "a")),
         "Wishes!C5: Alpha both wishes and refuses to meet Xenon Ventures"),
        (typed(("Pairs", "D2", 7)), "Pairs!D2: A match is from 0 to 1, not 7."),
        (typed(("Pairs", "A3", "Alpha")), "Pairs!A3: Alpha and Xenon Ventures stand twice"),
        (typed(("Requests", "A2", "a"), ("Requests", "B2", "a")), "Requests!B2: Alpha is on both"),
        (typed(("Day", "B5", "guess")), "Day!B5: guess can't be taken; write one of choose, place"),
        (typed(("Day", "B4", "Mars/Olympus")), "Day!B4: Mars/Olympus is no time zone"),
        (typed(("Day", "B11", 0), ("Day", "B12", 0), ("Day", "B13", 0)), "Day!B11: All weights a"),
        (typed(("Day", "B11", -1)), "Day!B11: A weight is from 0 to 1,000"),
        (typed(("Day", "B6", 3), ("Day", "B7", 2)), "Day!B6: The SMEs should have at least 3"),
        (typed(("Day", "A3", "Colour")), "Day!A3: There is no setting Colour"),
        (typed(("Schedule", "B2", "11:11"), ("Schedule", "G2", "yes")),
         "Schedule!B2: No slot of the day starts at 11:11"),
        (typed(("Schedule", "D2", "7"), ("Schedule", "G2", "yes")), "Schedule!D2: There is no ta"),
        (typed(("Absences", "A2", "Alpha"), ("Absences", "B2", "2027-03-04"),
               ("Absences", "C2", "10:00"), ("Absences", "D2", "09:00")),
         "Absences!D2: The absence ends at 09:00"),
        (typed(("Participants", "B3", "x" * 501)), "Participants!B3: The text is longer than 500"),
        (typed(("Participants", "D3", "#REF!")), "Participants!D3: The formula has no result"),
        (typed(("Participants", "B1", "Who")), "Participants!A1: Participants has no column Name"),
        (typed(("Read me", "A1", "Investor-day planner, template 9")), "edition 9 of the template"),
        (lambda book: book.remove(book["Tables"]), "it has no sheet Tables. Download the templ"),
        (typed(*(("Participants", f"C{n}", "SME") for n in range(2, 6))), "There are no investors"),
    ],
)  # fmt: skip
def test_each_fault_is_told_with_its_cell(
    change: Callable[[Workbook], None], expected: str
) -> None:
    with pytest.raises(DayError) as caught:
        read("day.xlsx", edited(change))
    assert expected in str(caught.value)


def test_faults_of_several_cells_come_together() -> None:
    with pytest.raises(DayError) as caught:
        read("day.xlsx", edited(typed(("Sessions", "D2", "soon"), ("Participants", "C3", "bank"))))
    assert [fault.cell for fault in caught.value.faults] == ["Sessions!D2", "Participants!C3"]


def test_what_is_not_kept_or_can_not_be_met_is_noted() -> None:
    def change(book: Workbook) -> None:
        book.create_sheet("Budget")
        book["Participants"]["L1"] = "Shoe size"
        book["Participants"]["I2"] = 0
        book["Schedule"]["B3"] = "11:00"

    found = read("day.xlsx", edited(change))
    told = "\n".join(found.notes)
    assert "The sheet Budget isn't part of the template" in told
    assert "The column Shoe size of Participants isn't part" in told
    assert "The meeting of Beta and Yttrium Capital no longer fits the day" in told
    assert "Alpha has 1 wish, but 0 meetings at most; not all can be met (Participants!B2)" in told
    assert found.plan is not None
    assert len(found.plan.meetings) == 2


def test_who_is_known_by_nothing_is_noted() -> None:
    day = replace(small_day(), wishes=())
    assert "Nothing is known of Yttrium Capital: no match, no wish." in "\n".join(
        read("day.xlsx", write(day)).notes
    )


def test_far_too_many_participants_are_refused_in_a_sentence() -> None:
    people = tuple(
        Participant(f"p{n}", f"P {n}", Kind.SME, where=Where("Participants", n + 2, {"name": "B"}))
        for n in range(5000)
    )
    (fault,) = checks.faults(replace(small_day(), participants=people))
    assert fault.text.startswith("5,000 participants are more than the 1,000 that can be planned")
    assert fault.cell == "Participants!B1002", "the first that is too many"


def zip_bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (reading.MAX_UNPACKED_BYTES + 1))
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "can't be read as an Excel workbook"),
        (b"PK\x03\x04 no zip", "can't be read as an Excel workbook"),
        (write(small_day())[:3000], "can't be read as an Excel workbook"),
        (b"x" * (reading.MAX_FILE_BYTES + 1), "is larger than 10 MB"),
        (zip_bomb(), "unpacks to more than 100 MB"),
    ],
    ids=["empty", "no zip", "broken off", "large", "bomb"],
)
def test_a_file_of_another_kind_is_a_sentence(content: bytes, expected: str) -> None:
    with pytest.raises(DayError, match=expected):
        read("day.xlsx", content)


def test_a_cell_far_away_costs_nothing() -> None:
    found = read("day.xlsx", edited(typed(("Wishes", "XFD1048576", "far"))))
    assert found.day == small_day()
