"""What is left to decide of a day once its locked meetings stand."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from ecosystem.matching.investor_day.measures import reach
from ecosystem.matching.investor_day.model import Day, Key, Kind, Meeting, key

Group = tuple[int, ...]


@dataclass(frozen=True)
class Problem:
    """A day of those who come, and what its locked meetings leave free.

    Attributes
    ----------
    day : Day
        The day; its locked meetings are taken as they are.
    is_single : bool
        Whether each slot is a group by itself, whatever they have in common.
    only : frozenset of pair, optional
        The pairs that are looked at; all by default.
    """

    day: Day
    is_single: bool = False
    only: frozenset[Key] | None = None

    @property
    def locked(self) -> tuple[Meeting, ...]:
        """Meetings that stand."""
        return self.day.locked

    @cached_property
    def pairs(self) -> tuple[Key, ...]:
        """Pairs that may still be given a meeting, the SME first."""
        gone = {meeting.key for meeting in self.locked}
        return tuple(
            pair
            for pair in self.day.candidates
            if key(*pair) not in gone and (self.only is None or pair in self.only)
        )

    @cached_property
    def musts(self) -> frozenset[Key]:
        """Pairs that must still be given one, in the order of :attr:`pairs`."""
        return frozenset(pair for pair in self.pairs if key(*pair) in self.day.musts)

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Locked meetings by participant."""
        return Counter(who for meeting in self.locked for who in meeting.both)

    @cached_property
    def free(self) -> Mapping[str, frozenset[int]]:
        """Slots in which each participant could still meet somebody."""
        taken: dict[str, set[int]] = defaultdict(set)
        for meeting in self.locked:
            for who in meeting.both:
                taken[who].add(meeting.slot)
        return {who: slots - taken[who] for who, slots in self.day.free.items()}

    @cached_property
    def taken_tables(self) -> frozenset[tuple[str, int]]:
        """Tables with the slots in which a locked meeting takes them."""
        return frozenset((meeting.table, meeting.slot) for meeting in self.locked)

    def open_tables(self, slot: int) -> list[str]:
        """Tables for who walks: kept for nobody in this slot and not taken."""
        kept = self.day.reserved(slot)
        return [
            table.name
            for table in self.day.tables
            if table.name not in kept and (table.name, slot) not in self.taken_tables
        ]

    @cached_property
    def seats(self) -> Mapping[int, int]:
        """How many tables are open to who walks, by slot."""
        return {slot.number: len(self.open_tables(slot.number)) for slot in self.day.slots}

    @cached_property
    def slots_of(self) -> Mapping[Key, frozenset[int]]:
        """Slots in which each pair could meet; none for one that may not meet at all."""
        found = {}
        for one, other in self.pairs:
            slots = self.free[one] & self.free[other]
            if key(one, other) in self.day.barred or not self.day.tables_agree(one, other):
                slots = frozenset()
            table = self.day.table_of(one, other)
            if table:
                slots = frozenset(n for n in slots if (table, n) not in self.taken_tables)
            found[one, other] = slots
        return found

    def most(self, who: str) -> int:
        """Meetings that a participant may still be given."""
        return self.day.maximum(self.day.by_id[who]) - self.counts.get(who, 0)

    @cached_property
    def reach(self) -> Mapping[str, int]:
        """Meetings that each could have at all, locked ones among them."""
        return reach(self.day)

    def least(self, who: str, level: int = 0) -> int:
        """Meetings that a participant must still be given for a fair minimum of so many."""
        wanted = max(self.day.minimum(self.day.by_id[who]), min(level, self.reach[who]))
        return max(0, wanted - self.counts.get(who, 0))

    @cached_property
    def shared_tables(self) -> frozenset[str]:
        """Tables at which several participants stay."""
        owners = Counter(one.table for one in self.day.participants if one.table)
        return frozenset(table for table, number in owners.items() if number > 1)

    @cached_property
    def is_two_sided(self) -> bool:
        """Whether only SMEs meet investors, and nobody shares a table with the other side.

        Then meetings are the edges of a bipartite graph. Where all are about in each of n slots,
        and nobody has more than n, they can be spread over the slots (König 1916): it is enough to
        know in which group of like slots two meet. If only one side stays at tables, they can be
        spread evenly, so that tables suffice as well.
        """
        kind = {one.id: one.kind for one in self.day.participants}
        sides = {(one.table, one.kind) for one in self.day.participants if one.table}
        apart = len(sides) == len({table for table, _ in sides})
        return apart and all(kind[a] is not kind[b] for a, b in self.pairs)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Slots that are alike for everybody; each by itself where that can't be used."""
        if self.is_single or not self.is_two_sided:
            return tuple((slot.number,) for slot in self.day.slots)
        owned = {one.table for one in self.day.participants if one.table}
        alike: dict[object, list[int]] = defaultdict(list)
        for slot in self.day.slots:
            n = slot.number
            about = frozenset(who for who, slots in self.free.items() if n in slots)
            taken = frozenset(table for table in owned if (table, n) in self.taken_tables)
            alike[about, taken, self.seats[n]].append(n)
        return tuple(map(tuple, alike.values()))

    @cached_property
    def columns(self) -> tuple[tuple[Key, Group], ...]:
        """Every pair with every group in which it could meet: the variables of a programme."""
        return tuple(
            (pair, group)
            for pair in self.pairs
            for group in self.groups
            if group[0] in self.slots_of[pair]
        )

    def side(self, who: str) -> Kind:
        """Whether somebody is an SME or an investor."""
        return self.day.by_id[who].kind
