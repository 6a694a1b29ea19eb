"""Why a day has no plan: a smallest set of wishes and limits that contradict each other.

Every fact is a literal that switches its constraints on. The solver says which of them it needed
to find that nothing is possible; one after the other is then left out, and stays out if the rest
still contradict each other. What is left is a smallest set: without any of them there is a plan.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from ortools.sat.python import cp_model

from ecosystem.common import wording
from ecosystem.matching.investor_day.checks import Fault
from ecosystem.matching.investor_day.crowding import overload, tables_fault
from ecosystem.matching.investor_day.model import (
    Day,
    Key,
    Meeting,
    Mode,
    Participant,
    Plan,
    Rule,
    SessionKind,
    key,
)
from ecosystem.matching.investor_day.verify import verify

# Pairs times slots up to which the day is modelled as it is.
MAX_MODEL = 400_000
_LEAST = "{who} should have at least {least}."
_LEAST_BUT = {
    Mode.PLACE: (
        "{who} should have at least {least}, but no more than {n} was asked for.",
        "{who} should have at least {least}, but no more than {n} were asked for.",
    ),
    Mode.CHOOSE: (
        "{who} should have at least {least}, but no more than {n} could be had with anybody.",
        "{who} should have at least {least}, but no more than {n} could be had with anybody.",
    ),
}
# Above these the search would hardly see that limits ask for too much in all: they are summed up.
SMALL_MODEL = 2_000

Literal = cp_model.IntVar


def conflicts(day: Day, seconds: float = 30.0) -> list[Fault]:
    """A smallest set of facts that leaves no plan; empty if none was found in the time.

    Parameters
    ----------
    day : Day
        A day without faults (:func:`ecosystem.matching.investor_day.checks.faults`).
    seconds : float
        Time for it.
    """
    day = day.today
    locks = lock_conflicts(day)
    if locks:
        return locks
    until = time.monotonic() + seconds
    size = len(day.candidates) * len(day.slots)
    if size > SMALL_MODEL and (found := overload(day, seconds / 2)):
        return [*found, *_slots(day)]
    if size > MAX_MODEL:
        return []
    facts = _Facts(day)
    core = facts.core(until)
    if core is None:
        return []
    for fact in list(core):
        if time.monotonic() < until and facts.contradict(core - {fact}, until):
            core = core - {fact}
    found = [facts.facts[number] for number in sorted(core)]
    if len(found) > 2:
        # No fact that anybody could take back, but without it the others seem to go together.
        found += _slots(day)
    return found


def _slots(day: Day) -> list[Fault]:
    """How many slots each session of meetings gives, with the cell of its end."""
    counts = Counter(slot.session for slot in day.slots)
    return [
        Fault(
            f"{one.name} has {wording.count(counts[one.name], 'slot')} of {one.minutes} minutes "
            f"from {one.start:%H:%M} to {one.end:%H:%M}.",
            one.where.cell("end"),
        )
        for one in day.sessions
        if one.kind is SessionKind.MEETINGS
    ]


def lock_conflicts(day: Day) -> list[Fault]:
    """The fewest locked meetings that can't stand together, and what they break; empty if all can.

    Parameters
    ----------
    day : Day
        The day of those who come.
    """
    bare = replace(
        day,
        participants=tuple(replace(one, minimum=0) for one in day.participants),
        limits=replace(day.limits, sme_minimum=0, investor_minimum=0),
        requests=(),
        pairs=tuple(one for one in day.pairs if one.rule is Rule.MUST_NOT),
    )

    def broken(meetings: Iterable[Meeting]) -> list[str]:
        some = tuple(meetings)
        return verify(replace(bare, locked=some), Plan(some))

    left = list(day.locked)
    if not broken(left):
        return []
    for meeting in day.locked:
        fewer = [one for one in left if one is not meeting]
        if broken(fewer):
            left = fewer
    found = [
        Fault(
            f"{day.pair_name(one.one, one.other)} are locked at "
            f"{day.slot[one.slot].start:%H:%M}, table {one.table}.",
            one.where.cell("locked"),
        )
        for one in left
    ]
    return [*found, *(Fault(sentence) for sentence in broken(left))]


class _Facts:
    """The day as a model in which every fact can be switched off."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.model = cp_model.CpModel()
        self.facts: list[Fault] = []
        self.literals: list[Literal] = []
        self.meet: dict[Key, dict[int, Literal]] = {}
        self.of: dict[str, list[Literal]] = defaultdict(list)
        self.stays: dict[str, Literal] = {}
        self._meetings()
        for one in day.participants:
            self._attendance(one)
            self._limits(one)
            self._table(one)
        self._rules()
        self._tables()

    def fact(self, text: str, cell: str) -> Literal:
        literal = self.model.new_bool_var("")
        self.facts.append(Fault(text, cell))
        self.literals.append(literal)
        return literal

    def _meetings(self) -> None:
        """One seat, one meeting at a time: what no organiser can change."""
        busy: dict[tuple[str, int], list[Literal]] = defaultdict(list)
        for pair in self.day.candidates:
            self.meet[pair] = {slot.number: self.model.new_bool_var("") for slot in self.day.slots}
            self.model.add_at_most_one(self.meet[pair].values())
            for number, literal in self.meet[pair].items():
                for who in pair:
                    busy[who, number].append(literal)
                    self.of[who].append(literal)
        for literals in busy.values():
            self.model.add_at_most_one(literals)

    def _off(self, who: str, numbers: Iterable[int], fact: Literal) -> None:
        gone = set(numbers)
        for pair, literals in self.meet.items():
            if who in pair:
                for number in gone:
                    self.model.add_implication(fact, ~literals[number])

    def _attendance(self, one: Participant) -> None:
        day = self.day
        if one.sessions:
            outside = [slot.number for slot in day.slots if slot.session not in one.sessions]
            if outside:
                names = wording.join(list(one.sessions))
                fact = self.fact(f"{one.name} meets only in {names}.", one.where.cell("sessions"))
                self._off(one.id, outside, fact)
        for session in day.busy(one):
            during = [
                slot.number
                for slot in day.slots
                if session.start < slot.end and slot.start < session.end
            ]
            if during:
                cell = one.where.cell("takes_part") if session.name in one.takes_part else ""
                fact = self.fact(
                    f"{one.name} takes part in {session.name} from {session.start:%H:%M} to "
                    f"{session.end:%H:%M}.",
                    cell or session.where.cell("audience"),
                )
                self._off(one.id, during, fact)
        for absence in day.absences:
            during = [
                slot.number
                for slot in day.slots
                if absence.start < slot.end and slot.start < absence.end
            ]
            if absence.who == one.id and during:
                fact = self.fact(
                    f"{one.name} is away from {absence.start:%H:%M} to {absence.end:%H:%M}.",
                    absence.where.cell("who"),
                )
                self._off(one.id, during, fact)

    def _limits(self, one: Participant) -> None:
        day = self.day
        least = day.minimum(one)
        if least:
            data = {"who": one.name, "least": wording.count(least, "meeting")}
            others = sum(one.id in pair for pair in self.meet)
            text = _LEAST.format(**data)
            if others < least:
                text = wording.agree(others, *_LEAST_BUT[day.mode], **data)
            fact = self.fact(text, day.limit_cell(one, "minimum"))
            self.model.add(sum(self.of[one.id]) >= least).only_enforce_if(fact)
        most = day.limit(one, "maximum")
        if most is not None and most < len(self.of[one.id]):
            number = wording.count(most, "meeting")
            text = f"{one.name} should have at most {number}."
            fact = self.fact(text, day.limit_cell(one, "maximum"))
            self.model.add(sum(self.of[one.id]) <= most).only_enforce_if(fact)

    def _table(self, one: Participant) -> None:
        """Who stays at a table meets at no other, and not while somebody else meets there."""
        if not one.table:
            return
        fact = self.fact(f"{one.name} stays at table {one.table}.", one.where.cell("table"))
        for who, theirs in self.stays.items():
            other = self.day.by_id[who]
            for number in self.day.slot:
                together = self.meet.get(self.day.in_order(one.id, who), {}).get(number)
                if other.table != one.table:
                    if together is not None:
                        self.model.add_bool_or(~fact, ~theirs, ~together)
                    continue
                for first in self._at(one.id, who, number):
                    for second in self._at(who, one.id, number):
                        self.model.add_bool_or(~fact, ~theirs, ~first, ~second)
        self.stays[one.id] = fact

    def _at(self, who: str, but: str, number: int) -> list[Literal]:
        """Meetings of somebody in a slot, but for those with somebody else."""
        return [
            literals[number]
            for pair, literals in self.meet.items()
            if who in pair and but not in pair
        ]

    def _rules(self) -> None:
        day = self.day
        pairs = {key(*pair): pair for pair in self.meet}
        for rule in day.pairs:
            pair = pairs.get(key(rule.one, rule.other))
            name, cell = day.pair_name(rule.one, rule.other), rule.where.cell("rule")
            if pair is not None and rule.rule is Rule.MUST:
                fact = self.fact(f"{name} must meet.", cell)
                self.model.add_bool_or([*self.meet[pair].values(), ~fact])
            elif pair is not None and rule.rule is Rule.MUST_NOT:
                self._never(pair, self.fact(f"{name} must not meet.", cell))
        for request in day.requests:
            pair = pairs[key(request.one, request.other)]
            name = day.pair_name(request.one, request.other)
            fact = self.fact(f"{name} have accepted to meet.", request.where.cell("one"))
            self.model.add_bool_or([*self.meet[pair].values(), ~fact])
        for wish in day.wishes:
            pair = pairs.get(key(wish.who, wish.whom))
            if wish.refuses and pair is not None:
                text = f"{day.name(wish.who)} refuses to meet {day.name(wish.whom)}."
                self._never(pair, self.fact(text, wish.where.cell("refuses")))
        for meeting in day.locked:
            pair = pairs[meeting.key]
            fact = self.fact(
                f"{day.pair_name(*pair)} are locked at {day.slot[meeting.slot].start:%H:%M}.",
                meeting.where.cell("locked"),
            )
            self.model.add_implication(fact, self.meet[pair][meeting.slot])

    def _never(self, pair: Key, fact: Literal) -> None:
        for literal in self.meet[pair].values():
            self.model.add_implication(fact, ~literal)

    def _tables(self) -> None:
        """No more meetings than tables; and of those who walk, than tables that are left."""
        day = self.day
        told = tables_fault(day)
        fact = self.fact(told.text, told.cell)
        for number in day.slot:
            kept = day.reserved(number)
            walks = [
                literals[number] for pair, literals in self.meet.items() if not day.table_of(*pair)
            ]
            everybody = [literals[number] for literals in self.meet.values()]
            if len(everybody) > len(day.tables):
                self.model.add(sum(everybody) <= len(day.tables)).only_enforce_if(fact)
            left = len(day.tables) - len(kept)
            if kept and len(walks) > left:
                stays = [self.stays[one.id] for one in day.participants if one.table in kept]
                self.model.add(sum(walks) <= left).only_enforce_if([fact, *stays])

    def core(self, until: float) -> set[int] | None:
        """Facts that the solver needed to prove that there is no plan."""
        self.model.clear_assumptions()
        self.model.add_assumptions(self.literals)
        solver = _solver(until)
        if solver.solve(self.model) != cp_model.INFEASIBLE:
            return None
        places = {literal.index: number for number, literal in enumerate(self.literals)}
        named = {places[index] for index in solver.sufficient_assumptions_for_infeasibility()}
        return named or set(range(len(self.literals)))

    def contradict(self, facts: set[int], until: float) -> bool:
        """Whether some facts are enough to leave no plan."""
        self.model.clear_assumptions()
        self.model.add_assumptions([self.literals[number] for number in sorted(facts)])
        return bool(_solver(until).solve(self.model) == cp_model.INFEASIBLE)


def _solver(until: float) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = max(0.05, until - time.monotonic())
    return solver
