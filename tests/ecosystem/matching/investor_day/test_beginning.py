"""The workbook that the page gives to begin with can be planned as it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

from ecosystem.matching.investor_day import workbook
from ecosystem.matching.investor_day.beginning import Frame, beginning
from ecosystem.matching.investor_day.model import Kind, Participant, key

FRAME = Frame(
    "Day", "Brussels", "Europe/Brussels", date(2027, 3, 4), time(9), time(17), time(12), time(13),
    20, 5, 3,
)  # fmt: skip
PEOPLE = (Participant("a", "Alpha", Kind.SME), Participant("x", "Xenon", Kind.INVESTOR))


def test_slots_are_cut_around_lunch() -> None:
    day = beginning(FRAME, PEOPLE)
    assert [table.name for table in day.tables] == ["1", "2", "3"]
    starts = [f"{slot.start:%H:%M}" for slot in day.slots]
    assert (starts[0], starts[-1], len(starts)) == ("09:00", "16:20", 16)
    assert not [start for start in starts if "11:40" < start < "13:00"]


def test_a_break_outside_the_meetings_or_of_no_length_is_none() -> None:
    for lunch in ((time(12), time(12)), (time(17), time(18)), (time(13), time(12))):
        frame = replace(FRAME, lunch_start=lunch[0], lunch_end=lunch[1])
        assert len(beginning(frame).sessions) == 1


def test_the_workbook_of_it_is_read_as_it_was_meant() -> None:
    day = beginning(FRAME, PEOPLE, {key("a", "x"): (0.75, "same field")})
    read = workbook.read("day.xlsx", workbook.template(day))
    assert read.day == day
    assert read.day.score("x", "a") == 0.75
    assert read.plan is None
