"""Give each meeting its table, so that nobody changes tables without need.

Where both walk, tables are dealt out slot by slot as an assignment of least cost, to and fro until
nothing improves; small days are then solved exactly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from ortools.sat.python import cp_model
from scipy.optimize import linear_sum_assignment

from ecosystem.matching.investor_day.model import Key
from ecosystem.matching.investor_day.problem import Problem

_ROUNDS = 6
# Meetings times tables up to which the exact model is quick.
_EXACT = 2_500

Tables = dict[Key, str]


@dataclass(frozen=True)
class Seating:
    """Tables of meetings.

    Attributes
    ----------
    tables : dict of pair to str
        The table of each meeting that isn't locked.
    changes : int
        Changes of table from one meeting of somebody to the next.
    bound : int
        The fewest that there could be in this timetable.
    """

    tables: Tables
    changes: int
    bound: int


def seat(
    problem: Problem, slots: Mapping[Key, int], seconds: float, *, quick: bool = False
) -> Seating:
    """The tables of a timetable.

    Parameters
    ----------
    problem : Problem
        The day, with its locked meetings.
    slots : mapping of pair to int
        The slot of each meeting that isn't locked.
    seconds : float
        Time for the exact model.
    quick : bool
        Leave the exact model out.
    """
    room = _Room(problem, slots)
    room.deal()
    tables, changes = room.tables(), room.changes()
    bound = room.forced()
    if quick or changes == bound or not room.open:
        return Seating(tables, changes, bound)
    size = sum(len(room.choices[pair]) for pair in room.open)
    if size <= _EXACT and seconds > 0:
        tables, changes, bound = room.exact(seconds)
    return Seating(tables, changes, bound)


class _Room:
    def __init__(self, problem: Problem, slots: Mapping[Key, int]) -> None:
        day = problem.day
        self.slots = slots
        self.at: Tables = {}
        self.open: list[Key] = []
        self.choices: dict[Key, list[str]] = {}
        for pair, slot in slots.items():
            table = day.table_of(*pair)
            if table:
                self.at[pair] = table
            else:
                self.open.append(pair)
                self.choices[pair] = problem.open_tables(slot)
        # Everybody's meetings in the order of time; locked ones by their table.
        days: dict[str, list[tuple[int, Key | str]]] = defaultdict(list)
        for pair, slot in slots.items():
            for who in pair:
                days[who].append((slot, pair))
        for meeting in problem.locked:
            for who in meeting.both:
                days[who].append((meeting.slot, meeting.table))
        self.ways = [
            [stop for _, stop in sorted(mine, key=lambda one: one[0])] for mine in days.values()
        ]
        self._beside: dict[Key, list[Key | str]] = defaultdict(list)
        for way in self.ways:
            for one, other in pairwise(way):
                if isinstance(one, tuple):
                    self._beside[one].append(other)
                if isinstance(other, tuple):
                    self._beside[other].append(one)

    def tables(self) -> Tables:
        return dict(self.at)

    def table(self, stop: Key | str) -> str:
        return stop if isinstance(stop, str) else self.at.get(stop, "")

    def changes(self) -> int:
        return sum(
            self.table(one) != self.table(other)
            for way in self.ways
            for one, other in pairwise(way)
        )

    def forced(self) -> int:
        """Changes between two meetings neither of which has a choice."""
        free = set(self.open)
        return sum(
            self.table(one) != self.table(other)
            for way in self.ways
            for one, other in pairwise(way)
            if one not in free and other not in free
        )

    def deal(self) -> None:
        by_slot: dict[int, list[Key]] = defaultdict(list)
        for pair in self.open:
            by_slot[self.slots[pair]].append(pair)
        order = sorted(by_slot)
        best, before = self.tables(), -1
        for number in range(_ROUNDS):
            for slot in order if number % 2 == 0 else reversed(order):
                self._deal_slot(by_slot[slot])
            changes = self.changes()
            if before < 0 or changes < before:
                best, before = self.tables(), changes
            elif number > 1:
                break
        self.at = best

    def _deal_slot(self, pairs: list[Key]) -> None:
        tables = self.choices[pairs[0]]
        place = {table: j for j, table in enumerate(tables)}
        gain = np.zeros((len(pairs), len(tables)))
        for i, pair in enumerate(pairs):
            for stop in self._beside[pair]:
                j = place.get(self.table(stop))
                if j is not None:
                    gain[i, j] += 1
        for i, j in zip(*linear_sum_assignment(gain, maximize=True), strict=True):
            self.at[pairs[i]] = tables[j]

    def exact(self, seconds: float) -> tuple[Tables, int, int]:
        model = cp_model.CpModel()
        at: dict[tuple[Key | str, str], cp_model.IntVar] = {}
        taken: dict[tuple[int, str], list[cp_model.IntVar]] = defaultdict(list)
        for pair in self.open:
            for table in self.choices[pair]:
                literal = at[pair, table] = model.new_bool_var("")
                model.add_hint(literal, self.at[pair] == table)
                taken[self.slots[pair], table].append(literal)
            model.add_exactly_one([at[pair, table] for table in self.choices[pair]])
        for literals in taken.values():
            model.add_at_most_one(literals)
        free: set[Key | str] = set(self.open)
        changes = []
        for way in self.ways:
            for one, other in pairwise(way):
                if one not in free and other not in free:
                    continue
                change = model.new_bool_var("")
                changes.append(change)
                first, second = (one, other) if one in free else (other, one)
                for table in self.choices[first]:  # type: ignore[index]
                    clause = [~at[first, table], change]
                    if (second, table) in at:
                        clause.append(at[second, table])
                    elif second not in free and table == self.table(second):
                        continue
                    model.add_bool_or(clause)
        model.minimize(sum(changes))
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.num_workers = 1
        status = solver.solve(model)
        forced = self.forced()
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            for pair in self.open:
                self.at[pair] = next(
                    table for table in self.choices[pair] if solver.value(at[pair, table])
                )
            return self.tables(), self.changes(), forced + round(solver.best_objective_bound)
        return self.tables(), self.changes(), forced
