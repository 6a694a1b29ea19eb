"""Plan a day: the aims one after the other, each with what is proven of it.

Who meets whom is an integer programme (:mod:`choosing`), whose solution always fits the slots of a
two-sided day (:mod:`spreading`); when they meet is a matter of constraints (:mod:`timing`), where
comes last (:mod:`seating`). A small day is timed over all choices that are worth as much; a large
one over the meetings that were chosen, which :attr:`Proof.scope` says.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from ecosystem.matching.investor_day import checks
from ecosystem.matching.investor_day.checks import DayError, Fault
from ecosystem.matching.investor_day.choosing import (
    SCALE,
    Choice,
    Chooser,
    Impossible,
    OutOfTime,
    choose,
)
from ecosystem.matching.investor_day.conflicts import conflicts, lock_conflicts
from ecosystem.matching.investor_day.greedy import greedy, most_worth
from ecosystem.matching.investor_day.measures import Measures, measure
from ecosystem.matching.investor_day.model import AIMS, Day, Key, Meeting, Mode, Plan, key
from ecosystem.matching.investor_day.problem import Problem
from ecosystem.matching.investor_day.seating import Seating, seat
from ecosystem.matching.investor_day.spreading import UnevenError, spread
from ecosystem.matching.investor_day.timing import Timed, time_meetings
from ecosystem.matching.investor_day.verify import verify

# Pairs times slots up to which a day is timed over all choices that are worth as much.
SMALL = 1_500
_SHOW_EVERY = 0.7
_FOR_SEATS = 3.0


class State(StrEnum):
    """How planning ended."""

    PLANNED = "planned"
    STOPPED = "stopped"
    IMPOSSIBLE = "impossible"
    NOTHING = "nothing"


class Scope(StrEnum):
    """Among which plans a bound holds: all, or those in which something stays."""

    ANY = "any"
    MEETINGS = "meetings"
    TIMETABLE = "timetable"
    KEPT = "kept"


@dataclass(frozen=True)
class Proof:
    """What is known of an aim.

    Attributes
    ----------
    aim : str
        A key of :data:`ecosystem.matching.investor_day.model.AIMS`.
    value : float
        What the plan reaches.
    bound : float
        The best that any plan could reach, the aims before it being kept.
    scope : Scope
        Among which plans none can be better.
    """

    aim: str
    value: float
    bound: float
    scope: Scope = Scope.ANY

    @property
    def is_proven(self) -> bool:
        """Whether nothing better is possible."""
        return abs(self.value - self.bound) < 1e-9

    @property
    def gap(self) -> float:
        """How far from the best it may be, as a share of the value; 0 if it is proven."""
        if self.is_proven:
            return 0.0
        return abs(self.bound - self.value) / max(abs(self.value), 1e-9)


@dataclass(frozen=True)
class Progress:
    """Where planning stands.

    Attributes
    ----------
    step : str
        What is being done, in words.
    plan : Plan or None
        The best plan so far; it breaks nothing.
    proofs : tuple of Proof
        What is known of its aims.
    """

    step: str
    plan: Plan | None = None
    proofs: tuple[Proof, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What came of planning.

    Attributes
    ----------
    state : State
        Planned; stopped or out of time with a plan; impossible; or nothing found in the time.
    plan : Plan or None
        The plan, checked by :func:`ecosystem.matching.investor_day.verify.verify`.
    proofs : tuple of Proof
        What is known of each aim.
    conflicts : tuple of Fault
        If it is impossible: a smallest set of facts that contradict each other.
    seconds : float
        How long it took.
    """

    state: State
    plan: Plan | None = None
    proofs: tuple[Proof, ...] = ()
    conflicts: tuple[Fault, ...] = ()
    seconds: float = 0.0


OnProgress = Callable[[Progress], None]
ShouldStop = Callable[[], bool]


def solve(
    day: Day,
    seconds: float = 60.0,
    *,
    previous: Plan | None = None,
    on_progress: OnProgress = lambda progress: None,
    should_stop: ShouldStop = lambda: False,
) -> Outcome:
    """Plan a day.

    Parameters
    ----------
    day : Day
        What the organiser says. Locked meetings stay as they are.
    seconds : float
        Time for it.
    previous : Plan, optional
        The plan that is there already: as little of it as possible is changed.
    on_progress : callable
        Called with each better plan.
    should_stop : callable
        Asked again and again whether to leave off and take the best plan so far.

    Raises
    ------
    DayError
        If the day has faults; each says where.
    """
    found = checks.faults(day)
    if found:
        raise DayError(found)
    return _Planning(day.today, seconds, on_progress, should_stop).run(previous)


@dataclass
class _Planning:
    day: Day
    seconds: float
    on_progress: OnProgress
    should_stop: ShouldStop
    proofs: dict[str, Proof] = field(default_factory=dict)
    best: Plan | None = None
    step: str = ""
    shown_at: float = float("-inf")

    def run(self, previous: Plan | None) -> Outcome:
        self.start = time.monotonic()
        self.until = self.start + self.seconds
        try:
            self.say("Looking at what is given")
            if lock_conflicts(self.day):
                raise Impossible
            if previous is not None and previous.meetings:
                self.change(previous)
            elif self.day.mode is Mode.PLACE:
                self.place(Problem(self.day), {})
            else:
                self.choose(Problem(self.day))
        except Impossible:
            reasons = conflicts(self.day, max(10.0, self.seconds_left()))
            return Outcome(State.IMPOSSIBLE, conflicts=tuple(reasons), seconds=self.seconds_taken())
        except OutOfTime:
            state = State.NOTHING if self.best is None else State.STOPPED
            return Outcome(state, self.best, self.in_order(), seconds=self.seconds_taken())
        stopped = self.should_stop() or any(
            not proof.is_proven for proof in self.proofs.values() if proof.aim != "tables"
        )
        state = State.STOPPED if stopped else State.PLANNED
        return Outcome(state, self.best, self.in_order(), seconds=self.seconds_taken())

    def in_order(self) -> tuple[Proof, ...]:
        """What is known, in the order of the aims."""
        return tuple(self.proofs[aim] for aim in AIMS if aim in self.proofs)

    def seconds_left(self) -> float:
        return max(0.0, self.until - time.monotonic())

    def seconds_taken(self) -> float:
        return time.monotonic() - self.start

    def say(self, step: str) -> None:
        self.step = step
        self.on_progress(Progress(step, self.best, self.in_order()))

    def prove(self, aim: str, value: float, bound: float, scope: Scope = Scope.ANY) -> None:
        self.proofs[aim] = Proof(aim, value, bound, scope)

    def choose(self, problem: Problem) -> None:
        """Who meets whom; then when."""
        self.say("Choosing who meets whom")
        if (first := greedy(problem)) is not None:
            fixed = sum(self.day.value(*one.both) for one in problem.locked)
            value = fixed + sum(self.day.value(*pair) for pair in first)
            self.prove("must", 1, 1)
            self.prove("match", value, max(value, fixed + most_worth(problem)))
            self.take(problem, first)
        choice, slots = self.choice_and_slots(problem)
        # What is shown from here on has the greatest match: the first plan may have fewer gaps.
        self.best = None
        self.prove_choice(choice, problem)
        self.take(problem, slots)
        self.improve(problem, slots, choice)

    def choice_and_slots(self, problem: Problem) -> tuple[Choice, dict[Key, int]]:
        """Who meets whom, and a slot for each."""
        choice = choose(problem, self.seconds_left())
        try:
            return choice, spread(problem, choice.chosen)
        except UnevenError:
            pass
        allowed = {pair: frozenset(group) for pair, group in choice.chosen.items()}
        try:
            slots = time_meetings(problem, allowed, self.seconds_left() / 2, spread_out=False).slots
        except Impossible:
            problem = replace(problem, is_single=True)
            choice = choose(problem, self.seconds_left())
            slots = spread(problem, choice.chosen)
        return choice, slots

    def prove_choice(self, choice: Choice, problem: Problem, scope: Scope = Scope.ANY) -> None:
        self.prove("must", 1, 1)
        if self.day.fair:
            self.prove("fair", choice.level, choice.level_bound, scope)
        base = sum(round(SCALE * self.day.value(*one.both)) for one in problem.locked)
        worth, bound = base + choice.worth, base + choice.bound
        self.prove("match", worth / SCALE, bound / SCALE, scope)

    def improve(self, problem: Problem, slots: dict[Key, int], choice: Choice | None) -> None:
        """Fewer gaps for meetings that have slots already."""
        self.say("Closing gaps between meetings")
        small = choice is not None and len(problem.pairs) * len(self.day.slots) <= SMALL
        pairs = problem.pairs if small else list(slots)
        timed = time_meetings(
            problem,
            {pair: problem.slots_of[pair] for pair in pairs},
            max(0.0, self.seconds_left() - min(_FOR_SEATS, self.seconds / 10)),
            choice=choice if small else None,
            start=slots,
            found=lambda better: self.show(problem, better),
            should_stop=self.should_stop,
        )
        self.finish(problem, timed, Scope.ANY if small else Scope.MEETINGS)

    def place(self, problem: Problem, stay: Mapping[Key, int]) -> dict[Key, int]:
        """When given meetings take place."""
        self.say("Placing the meetings")
        for one in self.day.participants:
            mine = sum(one.id in pair for pair in problem.pairs)
            if not problem.least(one.id) <= mine <= max(0, problem.most(one.id)):
                raise Impossible
        if not all(problem.slots_of.values()):
            raise Impossible
        timed = time_meetings(
            problem,
            problem.slots_of,
            max(0.05, self.seconds_left() - min(_FOR_SEATS, self.seconds / 10)),
            stay=stay,
            found=lambda better: self.show(problem, better),
            should_stop=self.should_stop,
        )
        self.prove("must", 1, 1)
        if not stay:
            self.finish(problem, timed, Scope.ANY)
        elif "kept" in timed.values:
            self.prove("kept", timed.values["kept"], timed.bounds["kept"])
        if stay:
            self.prove_times(timed, Scope.ANY)
        return timed.slots

    def finish(self, problem: Problem, timed: Timed, scope: Scope) -> None:
        self.prove_times(timed, scope)
        self.take(problem, timed.slots, last=True)

    def prove_times(self, timed: Timed, scope: Scope) -> None:
        for aim in ("gaps", "spread"):
            if aim in timed.values:
                self.prove(aim, timed.values[aim], timed.bounds[aim], scope)

    def show(self, problem: Problem, slots: dict[Key, int]) -> None:
        """A better timetable that the solver found on its way."""
        now = time.monotonic()
        if now - self.shown_at >= _SHOW_EVERY:
            self.shown_at = now
            self.take(problem, slots)

    def take(self, problem: Problem, slots: dict[Key, int], *, last: bool = False) -> None:
        """Seat a timetable and keep it as the best plan, if nothing is broken."""
        seating = seat(
            problem, slots, min(_FOR_SEATS, max(0.3, self.seconds_left())), quick=not last
        )
        self.keep(problem.day, slots, seating)
        self.say(self.step)

    def keep(self, seated: Day, slots: Mapping[Key, int], seating: Seating) -> None:
        day = self.day
        fixed = {(one.key, one.slot, one.table) for one in day.locked}
        standing = [
            replace(
                one,
                locked=(one.key, one.slot, one.table) in fixed,
                reason=one.reason or day.reason(one.one, one.other),
            )
            for one in seated.locked
        ]
        new = [
            Meeting(*day.in_order(*pair), slot, seating.tables[pair], reason=day.reason(*pair))
            for pair, slot in slots.items()
        ]
        order = {table.name: number for number, table in enumerate(day.tables)}
        meetings = sorted([*standing, *new], key=lambda one: (one.slot, order[one.table]))
        plan = Plan(tuple(meetings))
        found = measure(day, plan)
        if self.worse(found):
            return
        broken = verify(day, plan)
        if broken:
            raise AssertionError(f"the planner broke its own rules: {broken[0]}")
        self.best = plan
        # What a better timetable on the way reaches; what is proven of it stays.
        for aim, value in (("gaps", found.idle_in_all), ("spread", found.most_idle)):
            known = self.proofs.get(aim)
            self.prove(aim, value, known.bound if known else 0, known.scope if known else Scope.ANY)
        self.prove("tables", seating.changes, seating.bound, Scope.TIMETABLE)

    def worse(self, found: Measures) -> bool:
        """Whether a plan waits more than the best so far, or walks more with the same waits."""
        if self.best is None:
            return False
        best = measure(self.day, self.best)
        return (found.idle_in_all, found.most_idle, found.table_changes_in_all) > (
            best.idle_in_all,
            best.most_idle,
            best.table_changes_in_all,
        )

    def change(self, previous: Plan) -> None:
        """Plan again, and leave of the earlier plan what can stay."""
        day = self.day
        stands = _what_stands(day, previous)
        free = Problem(day)
        if day.mode is Mode.PLACE:
            pairs = {key(*pair): pair for pair in free.pairs}
            stay = {pairs[one.key]: one.slot for one in stands if one.key in pairs}
            slots = self.place(free, stay)
            self.settle(stands, slots)
            return
        fixed = Problem(day.with_locked([*day.locked, *stands]))
        self.say("Looking at how much can stay")
        if not lock_conflicts(fixed.day):
            try:
                choice, slots = self.choice_and_slots(fixed)
            except Impossible:
                pass
            else:
                self.prove("kept", len(stands), len(stands))
                self.prove_choice(choice, fixed)
                self.take(fixed, slots)
                self.improve(fixed, slots, choice)
                return
        self.move(stands)

    def move(self, stands: list[Meeting]) -> None:
        """Not all can stay: as many as possible stay where they are, then as many pairs as can."""
        day = self.day
        old = {day.in_order(*one.both): one.slot for one in stands}
        slots = self.most_kept(_around(day, old), old)
        if slots is None:
            slots = self.most_kept(Problem(day, is_single=True), old)
        if slots is None:
            raise Impossible
        in_place = sum(old.get(pair) == slot for pair, slot in slots.items())
        stay = self.in_place(stands, slots)
        fixed = Problem(day.with_locked([*day.locked, *stay]))
        rest = {pair: slot for pair, slot in slots.items() if old.get(pair) != slot}
        seating = seat(fixed, rest, 0.0, quick=True)
        new = [Meeting(*pair, slot, seating.tables[pair]) for pair, slot in rest.items()]
        settled = Problem(day.with_locked([*day.locked, *stay, *new]))
        choice, more = self.choice_and_slots(settled)
        self.prove("kept", in_place, in_place)
        self.prove_choice(choice, settled, Scope.KEPT)
        rest |= more
        self.take(fixed, rest)
        self.improve(fixed, rest, None)

    def most_kept(self, problem: Problem, old: Mapping[Key, int]) -> dict[Key, int] | None:
        """A timetable that leaves as much as it was as possible; None if there is none."""
        chooser = Chooser(problem)
        stay = [
            2.0 * (old.get(pair) == slot) + (pair in old) for pair, (slot, *_) in chooser.columns
        ]
        found = chooser.best(np.array(stay), 0, self.seconds_left())
        if found is None:
            return None
        return {
            pair: group[0]
            for (pair, group), value in zip(chooser.columns, found[0], strict=True)
            if value > 0
        }

    def settle(self, stands: list[Meeting], slots: Mapping[Key, int]) -> None:
        """Leave meetings that keep their slot at their table; improve what is new or has moved."""
        stay = self.in_place(stands, slots)
        fixed = Problem(self.day.with_locked([*self.day.locked, *stay]))
        gone = {one.key for one in stay}
        rest = {pair: slot for pair, slot in slots.items() if key(*pair) not in gone}
        self.take(fixed, rest)
        self.improve(fixed, rest, None)

    def in_place(self, stands: list[Meeting], slots: Mapping[Key, int]) -> list[Meeting]:
        """Earlier meetings that keep their slot."""
        return [one for one in stands if slots.get(self.day.in_order(*one.both)) == one.slot]


def _what_stands(day: Day, previous: Plan) -> list[Meeting]:
    """Meetings of an earlier plan that the day still allows as they are, but for the locked."""
    locked = {one.key for one in day.locked}
    could = {key(*pair) for pair in day.candidates}
    problem = Problem(day)
    found = []
    for one in previous.meetings:
        if one.key in locked or one.key not in could:
            continue
        pair = day.in_order(*one.both)
        if one.slot not in problem.slots_of[pair]:
            continue
        table = day.table_of(*pair)
        if one.table == table if table else one.table in problem.open_tables(one.slot):
            found.append(one)
    return found


def _around(day: Day, old: Mapping[Key, int]) -> Problem:
    """Each slot by itself, and only what stands, what must be, and who has too few meetings."""
    whole = Problem(day, is_single=True)
    counts = dict(whole.counts)
    for pair in old:
        for who in pair:
            counts[who] = counts.get(who, 0) + 1
    short = {one.id for one in day.participants if counts.get(one.id, 0) < day.minimum(one)}
    only = {pair for pair in whole.pairs if pair in old or pair in whole.musts or set(pair) & short}
    return Problem(day, is_single=True, only=frozenset(only))
