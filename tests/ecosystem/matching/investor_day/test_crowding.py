"""Where limits ask for more than there can be in all, a large day too is told which, with cells."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from ecosystem.matching.investor_day import checks
from ecosystem.matching.investor_day.crowding import overload
from ecosystem.matching.investor_day.model import Day, Limits, Mode
from ecosystem.matching.investor_day.solver import State, solve
from ecosystem.matching.investor_day.workbook import read, write
from tests.ecosystem.matching.investor_day.days import large_day, middling_day, random_day

SLOTS = [
    "Sessions!E2: Morning has 6 slots of 20 minutes from 09:00 to 11:00.",
    "Sessions!E3: Afternoon has 6 slots of 20 minutes from 14:00 to 16:00.",
]


@pytest.mark.parametrize(
    ("limits", "tables", "expected"),
    [
        (
            Limits(sme_minimum=5),
            20,
            ["Day!B6: Each of 60 SMEs should have at least 5 meetings: 300 in all, but the 20 "
             "investors can't have more than 240 between them."],
        ),
        (
            Limits(sme_minimum=3, investor_maximum=8),
            20,
            ["Day!B6: Each of 60 SMEs should have at least 3 meetings: 180 in all, but the 20 "
             "investors can't have more than 160 between them.",
             "Day!B9: Each of 20 investors should have at most 8 meetings: 160 in all."],
        ),
        (
            Limits(investor_minimum=9),
            14,
            ["Day!B8: Each of 20 investors should have at least 9 meetings: 180 in all.",
             "Tables!A2: There are 14 tables."],
        ),
    ],
    ids=["slots", "maximum", "tables"],
)  # fmt: skip
def test_sums_that_can_not_be_kept_are_told(
    limits: Limits, tables: int, expected: list[str]
) -> None:
    day = replace(large_day(), limits=limits, tables=large_day().tables[:tables])
    found = solve(read("day.xlsx", write(day)).day, 20)
    assert found.state is State.IMPOSSIBLE
    assert [str(fault) for fault in found.conflicts] == [*expected, *SLOTS]


def test_without_any_of_what_is_told_the_rest_can_be_kept() -> None:
    day = replace(large_day(), limits=Limits(sme_minimum=3, investor_maximum=8))
    assert len(overload(day, 20)) == 2
    assert overload(replace(day, limits=Limits(sme_minimum=3)), 20) == []
    assert overload(replace(day, limits=Limits(investor_maximum=8)), 20) == []


def test_who_stands_out_is_named() -> None:
    day = large_day()
    people = tuple(
        replace(one, minimum=12) if one.id in ("s0", "s1") else one for one in day.participants
    )
    # Of the twelve slots of each only the morning's six are left.
    people = tuple(
        replace(one, sessions=("Morning",)) if one.id.startswith("i") else one for one in people
    )
    found = overload(replace(day, participants=people), 20)
    assert [fault.text for fault in found] in (
        ["S0 should have at least 12 meetings."],
        ["S1 should have at least 12 meetings."],
    )


def days() -> list[Day]:
    found = [random_day(seed, mode) for seed in range(25) for mode in Mode]
    found += [middling_day(seed, Mode.CHOOSE) for seed in range(10)]
    draw = random.Random(3)  # noqa: S311
    return [
        replace(day, limits=Limits(sme_minimum=draw.randint(0, 3))) if n % 2 else day
        for n, day in enumerate(found)
    ]


def test_no_day_with_a_plan_is_called_impossible() -> None:
    told = 0
    for number, day in enumerate(days()):
        if checks.faults(day) or not overload(day.today, 20):
            continue
        told += 1
        assert solve(day, 20).state is State.IMPOSSIBLE, number
    assert told > 3
