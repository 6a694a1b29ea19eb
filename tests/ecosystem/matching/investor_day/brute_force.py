"""Try every plan of a small day, and say what the best one reaches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise, permutations, product

from ecosystem.matching.investor_day.measures import fair_minimum, idle_stretches
from ecosystem.matching.investor_day.model import Day, Key, Meeting, Mode, Plan, key
from ecosystem.matching.investor_day.verify import verify

Timetable = dict[Key, int]
# What a part of a plan can't have yet.
_LATER = ("have to meet", "at least", "are locked")


def broken_now(day: Day, meetings: tuple[Meeting, ...]) -> list[str]:
    """What a part of a plan breaks that no further meeting could mend."""
    found = verify(day, Plan(meetings))
    return [sentence for sentence in found if not any(word in sentence for word in _LATER)]


class EveryPlan:
    """All timetables of a day that can be seated."""

    def __init__(self, day: Day) -> None:
        self.day = day.today
        ids = [one.id for one in self.day.participants]
        self.pairs = [
            pair
            for pair in ((a, b) for i, a in enumerate(ids) for b in ids[i + 1 :])
            if any(self.can_sit(slot.number, frozenset([pair])) for slot in self.day.slots)
        ]
        self.musts = self.day.musts

    @cache  # noqa: B019  (lives as long as a test)
    def can_sit(self, slot: int, pairs: frozenset[Key]) -> bool:
        return any(True for _ in self.seatings(slot, pairs))

    def seatings(self, slot: int, pairs: frozenset[Key]) -> Iterator[tuple[Meeting, ...]]:
        tables = [table.name for table in self.day.tables]
        for some in permutations(tables, len(pairs)):
            meetings = tuple(
                Meeting(*pair, slot, table) for pair, table in zip(sorted(pairs), some, strict=True)
            )
            if not broken_now(self.day, meetings):
                yield meetings

    def timetables(self) -> Iterator[Timetable]:
        met = {key(*pair) for pair in self.pairs}
        if self.musts <= met:
            yield from self._after(0, {}, Counter())

    def _after(self, n: int, at: Timetable, counts: Counter[str]) -> Iterator[Timetable]:
        day = self.day
        if n == len(self.pairs):
            if all(counts[one.id] >= day.minimum(one) for one in day.participants):
                yield dict(at)
            return
        pair = self.pairs[n]
        if key(*pair) not in self.musts:
            yield from self._after(n + 1, at, counts)
        if any(counts[who] >= day.maximum(day.by_id[who]) for who in pair):
            return
        for slot in day.slots:
            beside = frozenset(other for other, where in at.items() if where == slot.number)
            if any(set(other) & set(pair) for other in beside):
                continue
            if self.can_sit(slot.number, beside | {pair}):
                at[pair] = slot.number
                yield from self._after(n + 1, at, counts + Counter(pair))
                del at[pair]

    def score(self, at: Timetable) -> tuple[int, int]:
        """Fair minimum and total match of a timetable, as the aims rank them."""
        day = self.day
        if day.mode is Mode.PLACE:
            return 0, 0
        counts = Counter(who for pair in at for who in pair)
        level = fair_minimum(day, {one.id: counts[one.id] for one in day.participants})
        return level if day.fair else 0, sum(round(1000 * day.value(*pair)) for pair in at)

    def waits(self, at: Timetable) -> tuple[int, int]:
        """Idle slots of all, and of who has the most."""
        each = [
            sum(idle_stretches(self.day, one.id, [n for pair, n in at.items() if one.id in pair]))
            for one in self.day.participants
        ]
        return sum(each), max(each)


def best(day: Day) -> tuple[int, int, int, int] | None:
    """Fair minimum, match in thousandths, idle slots of all and of one; None if impossible."""
    every = EveryPlan(day)
    top: tuple[int, int] | None = None
    kept: list[Timetable] = []
    for at in every.timetables():
        score = every.score(at)
        if top is None or score > top:
            top, kept = score, []
        if score == top:
            kept.append(at)
    if top is None:
        return None
    waits = min(every.waits(at) for at in kept)
    return *top, *waits


def fewest_table_changes(day: Day, plan: Plan) -> int:
    """Changes of table that a timetable can't do without."""
    every = EveryPlan(day)
    slots = sorted({meeting.slot for meeting in plan.meetings})
    choices = [
        list(every.seatings(slot, frozenset(one.both for one in plan.meetings if one.slot == slot)))
        for slot in slots
    ]
    return min(
        changes(Plan(tuple(meeting for part in parts for meeting in part)))
        for parts in product(*choices)
    )


def changes(plan: Plan) -> int:
    found = 0
    for meetings in plan.of.values():
        tables = [meeting.table for meeting in meetings]
        found += sum(one != other for one, other in pairwise(tables))
    return found
