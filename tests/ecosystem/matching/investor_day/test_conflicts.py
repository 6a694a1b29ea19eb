"""Where nothing is possible, a smallest set of facts says why, each with its cell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecosystem.matching.investor_day.conflicts import conflicts
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
    Table,
    Wish,
)
from ecosystem.matching.investor_day.solver import State, solve
from ecosystem.matching.investor_day.workbook import read, write
from tests.ecosystem.matching.investor_day.days import START, small_day
from tests.ecosystem.matching.investor_day.test_verify import limited


def musts(*pairs: tuple[str, str]) -> tuple[Pair, ...]:
    return tuple(Pair(one, other, Rule.MUST) for one, other in pairs)


SMALL = replace(small_day(), wishes=(), pairs=())


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (
            replace(SMALL, wishes=(Wish("x", "b", refuses=True),), pairs=musts(("b", "x"))),
            ["Pairs!C2: Beta and Xenon Ventures must meet.",
             "Wishes!C2: Xenon Ventures refuses to meet Beta."],
        ),
        (
            limited(replace(SMALL, pairs=musts(("a", "x"), ("b", "x"))), "x", maximum=1),
            ["Participants!I4: Xenon Ventures should have at most 1 meeting.",
             "Pairs!C2: Alpha and Xenon Ventures must meet.",
             "Pairs!C3: Beta and Xenon Ventures must meet.",
             "Sessions!E2: Morning has 3 slots of 20 minutes from 09:00 to 10:00."],
        ),
        (
            replace(
                SMALL,
                pairs=musts(("b", "y")),
                absences=(Absence("b", START, START.replace(minute=20)),
                          Absence("y", START.replace(minute=40), START.replace(hour=11))),
            ),
            ["Participants!G3: Beta takes part in Pitches from 09:20 to 09:40.",
             "Absences!A2: Beta is away from 09:00 to 09:20.",
             "Absences!A3: Yttrium Capital is away from 09:40 to 11:00.",
             "Pairs!C2: Beta and Yttrium Capital must meet.",
             "Sessions!E2: Morning has 3 slots of 20 minutes from 09:00 to 10:00."],
        ),
        (
            limited(replace(SMALL, pairs=musts(("a", "x"))), "a", table="2"),
            ["Participants!J2: Alpha stays at table 2.",
             "Participants!J4: Xenon Ventures stays at table 1.",
             "Pairs!C2: Alpha and Xenon Ventures must meet.",
             "Sessions!E2: Morning has 3 slots of 20 minutes from 09:00 to 10:00."],
        ),
        (
            replace(SMALL, limits=Limits(sme_minimum=3)),
            ["Day!B6: Alpha should have at least 3 meetings, but no more than 2 could be had with "
             "anybody."],
        ),
        (
            replace(SMALL, mode=Mode.PLACE, requests=(Request("a", "b"),),
                    limits=Limits(0, None, 1)),
            ["Day!B8: Xenon Ventures should have at least 1 meeting, but no more than 0 were asked "
             "for."],
        ),
        (
            # Four in three slots for each of two investors.
            replace(
                SMALL,
                limits=Limits(sme_minimum=2),
                participants=(
                    *(replace(one, table="", takes_part=()) for one in SMALL.participants),
                    *(Participant(who, who.upper(), Kind.SME) for who in ("c", "d")),
                ),
            ),
            ["Day!B6: Alpha should have at least 2 meetings.",
             "Day!B6: Beta should have at least 2 meetings.",
             "Day!B6: C should have at least 2 meetings.",
             "Day!B6: D should have at least 2 meetings.",
             "Sessions!E2: Morning has 3 slots of 20 minutes from 09:00 to 10:00."],
        ),
        (
            SMALL.with_locked([Meeting("a", "x", 1, "1"), Meeting("b", "x", 1, "1")]),
            ["Schedule!G2: Alpha and Xenon Ventures are locked at 09:00, table 1.",
             "Schedule!G3: Beta and Xenon Ventures are locked at 09:00, table 1.",
             "Xenon Ventures has 2 meetings at 04 March, 09:00.",
             "Table 1 has 2 meetings at 04 March, 09:00."],
        ),
        (
            replace(
                SMALL,
                tables=(Table("1"),),
                pairs=musts(("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")),
                participants=tuple(replace(one, table="") for one in SMALL.participants),
            ),
            ["Pairs!C2: Alpha and Xenon Ventures must meet.",
             "Pairs!C3: Alpha and Yttrium Capital must meet.",
             "Pairs!C4: Beta and Xenon Ventures must meet.",
             "Pairs!C5: Beta and Yttrium Capital must meet.",
             "Tables!A2: There is 1 table.",
             "Sessions!E2: Morning has 3 slots of 20 minutes from 09:00 to 10:00."],
        ),
    ],
)  # fmt: skip
def test_the_smallest_set_is_named_with_its_cells(day: Day, expected: list[str]) -> None:
    again = read("day.xlsx", write(day, Plan(day.locked) if day.locked else None)).day
    found = solve(again, 20)
    assert found.state is State.IMPOSSIBLE
    assert [str(fault) for fault in found.conflicts] == expected


def test_a_possible_day_has_no_conflict() -> None:
    assert conflicts(small_day()) == []
