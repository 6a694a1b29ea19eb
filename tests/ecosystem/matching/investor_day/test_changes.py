"""A late change leaves of the plan what can stay, and says what changes for whom."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from ecosystem.matching.investor_day import checks
from ecosystem.matching.investor_day.changes import What, by_participant, changes, in_words
from ecosystem.matching.investor_day.model import (
    Day,
    Kind,
    Meeting,
    Mode,
    Pair,
    Participant,
    Plan,
    Rule,
    Table,
    key,
)
from ecosystem.matching.investor_day.solver import Outcome, State, solve
from ecosystem.matching.investor_day.verify import verify
from tests.ecosystem.matching.investor_day.brute_force import EveryPlan, Timetable
from tests.ecosystem.matching.investor_day.days import meetings_session, random_day, small_day
from tests.ecosystem.matching.investor_day.test_verify import GOOD, limited


def full_day(tables: int = 3, slots: int = 3) -> Day:
    """Six SMEs and three investors, each of whom has a meeting in every slot."""
    smes, investors = [f"s{n}" for n in range(6)], ["x", "y", "z"]
    people = [Participant(who, f"SME {who}", Kind.SME) for who in smes]
    people += [Participant(who, f"Fund {who}", Kind.INVESTOR) for who in investors]
    return Day(
        participants=tuple(people),
        sessions=(meetings_session("Morning", slots),),
        tables=tuple(Table(str(n)) for n in range(tables)),
        pairs=tuple(
            Pair(sme, investor, match=((i * 7 + j * 5) % 11) / 11)
            for i, sme in enumerate(smes)
            for j, investor in enumerate(investors)
        ),
    )


def planned(day: Day, previous: Plan | None = None) -> Plan:
    found = solve(day, 20, previous=previous)
    assert found.plan is not None, found.conflicts
    assert verify(day, found.plan) == []
    return found.plan


def without_sme(day: Day, who: str) -> Day:
    return limited(day, who, comes=False)


def test_who_drops_out_moves_nobody_else() -> None:
    day = full_day()
    before = planned(day)
    later = without_sme(day, "s0")
    after = planned(later, before)
    found = changes(before, after)
    gone = [change for change in found if change.what is What.CANCELLED]
    assert {change.both[0] for change in gone} == {"s0"}
    # The slots that became free are given to others; nothing else is touched.
    assert {change.what for change in found} <= {What.CANCELLED, What.NEW}
    assert len(after.meetings) == len(before.meetings)


def test_who_comes_late_finds_a_place_where_there_is_one() -> None:
    day = full_day(tables=4, slots=4)
    before = planned(limited(full_day(tables=4, slots=3), "s5", comes=False))
    after = planned(day, before)
    assert {change.what for change in changes(before, after)} == {What.NEW}
    assert len(after.of["s5"]) >= 1


def test_a_new_must_moves_as_few_as_possible() -> None:
    day = full_day()
    before = planned(day)
    missing = next(
        pair
        for pair in day.candidates
        if key(*pair) not in before.at and len(before.of[pair[0]]) < 3
    )
    pairs = tuple(
        replace(one, rule=Rule.MUST) if (one.one, one.other) == missing else one
        for one in day.pairs
    )
    after = planned(replace(day, pairs=pairs), before)
    assert key(*missing) in after.at
    touched = [change for change in changes(before, after) if change.what is not What.NEW]
    assert 1 <= len(touched) <= 3


def test_locked_meetings_stay() -> None:
    day = small_day().with_locked([GOOD[0]])
    found = planned(replace(day, wishes=()), Plan((Meeting("b", "y", 1, "1"),)))
    assert replace(GOOD[0], locked=True, reason=found.at[GOOD[0].key].reason) in found.meetings


def kept_score(at: Timetable, old: dict[tuple[str, str], int]) -> int:
    """What a timetable leaves as it was: a meeting in its slot counts more than a pair alone."""
    return sum(2 * (old[pair] == slot) + 1 for pair, slot in at.items() if pair in old)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("seed", range(0, 60, 2))
def test_no_plan_leaves_more_as_it_was(mode: Mode, seed: int) -> None:
    day = random_day(seed, mode)
    if checks.faults(day):
        return
    first = solve(day, 20)
    if first.plan is None:
        return
    draw = random.Random(seed)  # noqa: S311
    fixed = draw.sample(first.plan.meetings, min(1, len(first.plan.meetings)))
    later = changed(day.with_locked(fixed), draw)
    if checks.faults(later):
        return
    second = solve(later, 20, previous=first.plan)
    every = EveryPlan(later)
    timetables = [
        at
        for at in every.timetables()
        if all(at.get(meeting.both) == meeting.slot for meeting in later.today.locked)
    ]
    if second.plan is None:
        assert second.state is State.IMPOSSIBLE
        assert not any(seats_locks(later, at) for at in timetables)
        return
    assert verify(later, second.plan) == []
    for meeting in later.today.locked:
        found = second.plan.at[meeting.key]
        assert (found.slot, found.table, found.locked) == (meeting.slot, meeting.table, True)
    check_kept(later, first.plan, second, every, timetables)


def changed(day: Day, draw: random.Random) -> Day:
    """A day after something has come up."""
    who = draw.choice(day.participants)
    if draw.random() < 0.5:
        return limited(day, who.id, comes=False)
    if day.mode is Mode.PLACE:
        return limited(day, who.id, sessions=("One",))
    return limited(day, who.id, minimum=1, sessions=("One",))


def seats_locks(day: Day, at: Timetable) -> bool:
    """Whether a timetable can be seated with the locked meetings at their tables."""
    every = EveryPlan(day)
    for meeting in day.today.locked:
        beside = frozenset(pair for pair, slot in at.items() if slot == meeting.slot)
        if not any(
            (meeting.both, meeting.table) in {(one.both, one.table) for one in some}
            for some in every.seatings(meeting.slot, beside)
        ):
            return False
    return True


def check_kept(
    day: Day, before: Plan, found: Outcome, every: EveryPlan, timetables: list[Timetable]
) -> None:
    assert found.plan is not None
    today = day.today
    could = set(every.pairs)
    old = {
        meeting.both: meeting.slot
        for meeting in before.meetings
        if meeting.both in could
        and every.can_sit(meeting.slot, frozenset([meeting.both]))
        and meeting.key not in {one.key for one in today.locked}
    }
    reached = {meeting.both: meeting.slot for meeting in found.plan.meetings}
    best = max(kept_score(at, old) for at in timetables if seats_locks(day, at))
    assert kept_score(reached, old) == best


def test_changes_are_told_to_each() -> None:
    day = small_day()
    after = Plan((Meeting("b", "y", 1, "1"), Meeting("b", "x", 2, "1"), Meeting("a", "y", 3, "2")))
    found = changes(Plan(GOOD), after)
    assert [change.what for change in found] == [
        What.CANCELLED,
        What.TABLE,
        What.MOVED,
        What.NEW,
    ]
    told = {
        who: [in_words(day, change, who) for change in mine]
        for who, mine in by_participant(day, found).items()
    }
    assert told["b"] == [
        "Yttrium Capital: at 09:00, table 1 instead of table 2.",
        "Xenon Ventures: at 09:20, table 1 instead of 09:40, table 1.",
    ]
    assert told["a"][0] == "Xenon Ventures: cancelled, was at 09:00, table 1."
    assert told["y"][1] == "Alpha: new at 09:40, table 2."
    assert in_words(day, found[0]) == "Alpha and Xenon Ventures: cancelled, was at 09:00, table 1."
