"""The verifier names every constraint that a plan breaks, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ecosystem.matching.investor_day.measures import measure
from ecosystem.matching.investor_day.model import (
    Absence,
    Day,
    Kind,
    Limits,
    Meeting,
    Mode,
    Participant,
    Plan,
    Request,
    Session,
    SessionKind,
)
from ecosystem.matching.investor_day.verify import verify
from tests.ecosystem.matching.investor_day.days import START, small_day

GOOD = (Meeting("a", "x", 1, "1"), Meeting("b", "y", 1, "2"), Meeting("b", "x", 3, "1"))


def plan_with(*changes: tuple[int, dict[str, object]]) -> Plan:
    meetings = list(GOOD)
    for number, change in changes:
        meetings[number] = replace(meetings[number], **change)  # type: ignore[arg-type]
    return Plan(tuple(meetings))


def limited(day: Day, who: str, **limits: object) -> Day:
    return replace(
        day,
        participants=tuple(
            replace(one, **limits) if one.id == who else one  # type: ignore[arg-type]
            for one in day.participants
        ),
    )


def test_a_good_plan_breaks_nothing() -> None:
    assert verify(small_day(), Plan(GOOD)) == []


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (plan_with((0, {"one": "nobody"})), "nobody is in the plan, but not among the part"),
        (plan_with((0, {"one": "x"})), "Xenon Ventures meets nobody but themselves."),
        (plan_with((0, {"slot": 9})), "Alpha and Xenon Ventures meet in slot 9, which the day"),
        (plan_with((1, {"table": "7"})), "Beta and Yttrium Capital meet at table 7, which isn't"),
        (Plan((*GOOD, Meeting("a", "x", 2, "1"))), "Alpha and Xenon Ventures meet 2 times."),
        (plan_with((1, {"slot": 3})), "Beta has 2 meetings at 04 March, 09:40."),
        (plan_with((1, {"table": "1"})), "Table 1 has 2 meetings at 04 March, 09:00."),
        (plan_with((1, {"slot": 2})), "09:20, but Beta is in Pitches then."),
        (Plan((*GOOD, Meeting("a", "y", 2, "2"))), "meet, but Yttrium Capital refuses."),
        (Plan(GOOD[:2]), "Beta and Xenon Ventures have to meet, but don't."),
        (plan_with((0, {"table": "2", "slot": 2})), "table 2, but Xenon Ventures stays at table 1"),
        (plan_with((1, {"table": "1"}), (0, {"slot": 2})), "09:00, but Xenon Ventures stays there"),
        (Plan((*GOOD, Meeting("a", "b", 3, "2"))), "meet, but they are on the same side."),
    ],
)
def test_a_broken_plan_is_told_in_words(plan: Plan, expected: str) -> None:
    assert expected in "\n".join(verify(small_day(), plan))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (limited(small_day(), "a", minimum=2), "Alpha has 1 meeting, but should have at least 2."),
        (limited(small_day(), "b", maximum=1), "Beta has 2 meetings, but should have at most 1."),
        (
            replace(small_day(), limits=Limits(investor_minimum=2)),
            "Yttrium Capital has 1 meeting, but should have at least 2.",
        ),
        (limited(small_day(), "y", comes=False), "Yttrium Capital doesn't come, but has a meeting"),
        (limited(small_day(), "y", sessions=("Evening",)), "Yttrium Capital doesn't attend Mor"),
        (replace(small_day(), absences=(Absence("a", START, START + timedelta(minutes=5)),)),
         "09:00, but Alpha is away then."),
        (replace(small_day(), locked=(Meeting("a", "x", 2, "1"),)), "locked at 04 March, 09:20"),
        (replace(small_day(), mode=Mode.PLACE), "Alpha and Xenon Ventures meet, but nobody asked"),
        (replace(small_day(), requests=(Request("a", "y"),)), "Alpha and Yttrium Capital have to"),
        (replace(small_day(), least_match=0.6, wishes=()), "their match is below 0.6."),
    ],
)  # fmt: skip
def test_each_wish_of_the_organiser_is_checked(day: Day, expected: str) -> None:
    assert expected in "\n".join(verify(day, Plan(GOOD)))


def test_a_break_takes_slots_away_and_the_rest_begins_after_it() -> None:
    day = small_day()
    coffee = Session(
        "Coffee", SessionKind.BREAK, START + timedelta(minutes=30), START + timedelta(minutes=35)
    )
    day = replace(day, sessions=(*day.sessions, coffee))
    assert [f"{slot.start:%H:%M}" for slot in day.slots] == ["09:00", "09:35"]


def test_measures_of_a_plan() -> None:
    found = measure(small_day(), Plan(GOOD))
    assert (found.meetings, found.wishes, found.wishes_met) == (3, 3, 3)
    assert (found.mutual, found.mutual_met) == (1, 1)
    # Alpha and Xenon: 0.5 and a mutual wish; Beta and Yttrium: a wish; Beta and Xenon: nothing.
    assert found.total_match == pytest.approx(0.5 + 1.5 + 0.5)
    # Beta waits in no slot, being in the pitch; Xenon Ventures waits in the second one.
    assert found.gaps == {"a": 0, "b": 0, "x": 1, "y": 0}
    assert found.idle_in_all == 1
    assert found.table_changes == {"a": 0, "b": 1, "x": 0, "y": 0}
    assert found.counts == {"a": 1, "b": 2, "x": 2, "y": 1}
    assert found.fairness[Kind.SME] == pytest.approx(0.9)
    # All have as many as they could: Yttrium may not meet Alpha, who may meet one only.
    assert found.fair_minimum == 2


def test_who_leaves_leaves_nothing_behind() -> None:
    day = small_day().without(["a"])
    assert [one.id for one in day.participants] == ["b", "x", "y"]
    assert {who for wish in day.wishes for who in (wish.who, wish.whom)} == {"b", "y"}
    assert [(pair.one, pair.other) for pair in day.pairs] == [("b", "x")]


def test_pitches_follow_each_other() -> None:
    day = small_day()
    day = replace(
        day,
        participants=(
            *day.participants,
            Participant("c", "Gamma", Kind.SME, takes_part=("Pitches",)),
        ),
    )
    assert [(pitch.who, f"{pitch.start:%H:%M}") for pitch in day.pitches] == [
        ("b", "09:20"),
        ("c", "09:30"),
    ]
