"""Give each meeting its slot, so that nobody waits long between meetings (OR-Tools CP-SAT).

A gap is a slot of a session in which somebody is free, has met and will meet again. Its literal is
implied by "has begun" and "isn't over yet", which pass on along the slots; the linear relaxation
says nothing of that, so the solver does without it.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from ecosystem.matching.investor_day.choosing import Choice, Impossible, OutOfTime, worth_of
from ecosystem.matching.investor_day.model import Key
from ecosystem.matching.investor_day.problem import Problem

WORKERS = 2
_LOOK_EVERY = 0.1

Slots = dict[Key, int]
Found = Callable[[Slots], None]
ShouldStop = Callable[[], bool]


@dataclass
class Timed:
    """Slots of meetings, and what is proven of them.

    Attributes
    ----------
    slots : dict of pair to int
        The slot of each meeting.
    values, bounds : dict of str to int
        What was reached for each aim, and the best that it could still be.
    """

    slots: Slots
    values: dict[str, int] = field(default_factory=dict)
    bounds: dict[str, int] = field(default_factory=dict)


class Timer:
    """The model of a problem: a literal for each meeting in each slot.

    Parameters
    ----------
    problem : Problem
        What is left to decide.
    allowed : mapping of pair to slots
        Who meets, and when they could.
    choice : Choice, optional
        Without one, all pairs must meet. With one, any pairs that are worth as much at the same
        fair minimum will do.
    """

    def __init__(
        self,
        problem: Problem,
        allowed: Mapping[Key, frozenset[int]],
        choice: Choice | None = None,
    ) -> None:
        self.problem = problem
        self.model = cp_model.CpModel()
        self.at: dict[tuple[Key, int], cp_model.IntVar] = {}
        self.waits: dict[str, list[cp_model.IntVar]] = defaultdict(list)
        self._choice = choice
        self._meet(allowed)
        self._tables()
        self._gaps()

    def _meet(self, allowed: Mapping[Key, frozenset[int]]) -> None:
        model, problem = self.model, self.problem
        of_who: dict[str, list[cp_model.IntVar]] = defaultdict(list)
        self.busy: dict[tuple[str, int], list[cp_model.IntVar]] = defaultdict(list)
        for pair, slots in allowed.items():
            literals = []
            for slot in sorted(slots):
                literal = self.at[pair, slot] = model.new_bool_var("")
                literals.append(literal)
                for who in pair:
                    self.busy[who, slot].append(literal)
                    of_who[who].append(literal)
            if self._choice is None or pair in problem.musts:
                model.add_exactly_one(literals)
            elif literals:
                model.add_at_most_one(literals)
        for literals in self.busy.values():
            if len(literals) > 1:
                model.add_at_most_one(literals)
        if self._choice is not None:
            for one in problem.day.participants:
                least = problem.least(one.id, self._choice.level)
                mine = sum(of_who[one.id])
                model.add(mine >= least)
                model.add(mine <= max(0, problem.most(one.id)))
            worth = sum(worth_of(problem, pair) * literal for (pair, _), literal in self.at.items())
            model.add(worth >= self._choice.worth)

    def _tables(self) -> None:
        day = self.problem.day
        at_table: dict[tuple[str, int], list[cp_model.IntVar]] = defaultdict(list)
        for (pair, slot), literal in self.at.items():
            at_table[day.table_of(*pair), slot].append(literal)
        for (table, slot), literals in at_table.items():
            if table in self.problem.shared_tables:
                self.model.add_at_most_one(literals)
            elif not table and len(literals) > self.problem.seats[slot]:
                self.model.add(sum(literals) <= self.problem.seats[slot])

    def _gaps(self) -> None:
        day, model = self.problem.day, self.model
        fixed = {(who, one.slot) for one in self.problem.locked for who in one.both}
        by_session: dict[str, list[int]] = defaultdict(list)
        for slot in day.slots:
            by_session[slot.session].append(slot.number)
        for one in day.participants:
            for numbers in by_session.values():
                free = [n for n in numbers if n in day.free[one.id]]
                busy: list[cp_model.IntVar | bool] = []
                for n in free:
                    literals = self.busy.get((one.id, n), [])
                    if (one.id, n) in fixed:
                        busy.append(True)
                    elif not literals:
                        busy.append(False)
                    else:
                        literal = model.new_bool_var("")
                        model.add_exactly_one([*literals, ~literal])
                        busy.append(literal)
                self._wait(one.id, busy)

    def _wait(self, who: str, busy: list[cp_model.IntVar | bool]) -> None:
        """Literals of the slots in which somebody waits, of those of a session that they have."""
        if len(busy) < 3 or sum(one is not False for one in busy) < 2:
            return
        model = self.model
        begun = [model.new_bool_var("") for _ in busy]
        unfinished = [model.new_bool_var("") for _ in busy]
        for i, literal in enumerate(busy):
            if literal is not False:
                for one in (begun[i], unfinished[i]):
                    if literal is True:
                        model.add(one == 1)
                    else:
                        model.add_implication(literal, one)
            if i:
                model.add_implication(begun[i - 1], begun[i])
                model.add_implication(unfinished[i], unfinished[i - 1])
        for i in range(1, len(busy) - 1):
            if busy[i] is True:
                continue
            wait = model.new_bool_var("")
            model.add_bool_or([wait, ~begun[i], ~unfinished[i], busy[i]])
            self.waits[who].append(wait)

    def hint(self, slots: Mapping[Key, int]) -> None:
        """Begin with a timetable."""
        self.model.clear_hints()
        for (pair, slot), literal in self.at.items():
            self.model.add_hint(literal, slots.get(pair) == slot)

    def read(self, value: Callable[[cp_model.IntVar], int]) -> Slots:
        """The timetable of a solution."""
        return {pair: slot for (pair, slot), literal in self.at.items() if value(literal)}

    def solve(
        self, seconds: float, found: Found, should_stop: ShouldStop
    ) -> tuple[Slots | None, int, int, bool]:
        """Solve the model as it stands.

        Returns
        -------
        slots : dict or None
            The timetable, None if the time was too short.
        value, bound : int
            What was reached, and the proven bound.
        proven : bool
            Whether nothing is better.

        Raises
        ------
        Impossible
            If there is none.
        """
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = max(0.05, seconds)
        solver.parameters.num_workers = WORKERS
        solver.parameters.linearization_level = 0
        solver.parameters.random_seed = 1
        with _Watch(solver, should_stop):
            status = solver.solve(self.model, _Callback(self, found))
        if status == cp_model.INFEASIBLE:
            raise Impossible
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None, 0, 0, False
        return (
            self.read(solver.value),
            round(solver.objective_value),
            round(solver.best_objective_bound),
            status == cp_model.OPTIMAL,
        )


class _Callback(cp_model.CpSolverSolutionCallback):
    def __init__(self, timer: Timer, found: Found) -> None:
        super().__init__()
        self._timer = timer
        self._found = found

    def on_solution_callback(self) -> None:
        """Hand a timetable on."""
        self._found(self._timer.read(self.value))


class _Watch:
    """Stop a solver as soon as it should."""

    def __init__(self, solver: cp_model.CpSolver, should_stop: ShouldStop) -> None:
        self._solver, self._should_stop = solver, should_stop
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        while not self._over.wait(_LOOK_EVERY):
            if self._should_stop():
                self._solver.stop_search()

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def time_meetings(
    problem: Problem,
    allowed: Mapping[Key, frozenset[int]],
    seconds: float,
    *,
    choice: Choice | None = None,
    start: Mapping[Key, int] | None = None,
    stay: Mapping[Key, int] | None = None,
    found: Found = lambda slots: None,
    should_stop: ShouldStop = lambda: False,
    spread_out: bool = True,
) -> Timed:
    """The timetable with the fewest gaps, and then those spread fairly.

    Parameters
    ----------
    problem, allowed, choice
        As for :class:`Timer`.
    seconds : float
        Time for it.
    start : mapping of pair to int, optional
        A timetable to begin with.
    stay : mapping of pair to int, optional
        Slots that pairs have in an earlier plan: as many as possible stay, before gaps count.
    found, should_stop : callable
        Called with each better timetable; asked whether to leave off.
    spread_out : bool
        Whether gaps count at all; without them, any timetable will do.

    Raises
    ------
    Impossible
        If there is no timetable.
    OutOfTime
        If none was found in the time.
    """
    until = time.monotonic() + seconds
    timer = Timer(problem, allowed, choice)
    done = Timed(dict(start or {}))
    if start:
        timer.hint(start)
    waits = [wait for mine in timer.waits.values() for wait in mine]
    most = timer.model.new_int_var(0, max(1, len(waits)), "")
    for mine in timer.waits.values():
        timer.model.add(most >= sum(mine))
    kept = [timer.at[pair, slot] for pair, slot in (stay or {}).items() if (pair, slot) in timer.at]
    aims: list[tuple[str, cp_model.LinearExprT, bool, float]] = []
    if kept:
        aims.append(("kept", sum(kept), True, 0.5))
    if spread_out:
        aims += [("gaps", sum(waits), False, 0.8), ("spread", most, False, 1.0)]
    else:
        aims.append(("any", 0, False, 1.0))
    for name, expression, up, share in aims:
        left = until - time.monotonic()
        if done.values.get("gaps") == 0 and name == "spread":
            done.values[name] = done.bounds[name] = 0
            continue
        if done.slots and (left <= 0 or should_stop()):
            break
        if up:
            timer.model.maximize(expression)
        else:
            timer.model.minimize(expression)
        slots, value, bound, _ = timer.solve(left * share, found, should_stop)
        if slots is None:
            if not done.slots and timer.at:
                raise OutOfTime
            break
        done.slots = slots
        done.values[name], done.bounds[name] = value, bound
        timer.model.add(expression >= value if up else expression <= value)
        timer.hint(slots)
    return done
