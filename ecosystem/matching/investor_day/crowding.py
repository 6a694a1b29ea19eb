"""Why a large day has no plan: limits that ask for more meetings than there can be.

Counting shows it, which a search over single meetings takes very long to see. So the meetings are
looked at as a flow that may be split: where not even that keeps all limits, no plan does. Which
limits the shortfall depends on is read from its dual solution (Farkas 1902), and each of these is
then left out as long as the rest still can't be kept.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack

from ecosystem.common import wording
from ecosystem.matching.investor_day.checks import Fault
from ecosystem.matching.investor_day.model import Day, Key, Kind, Participant
from ecosystem.matching.investor_day.problem import Group, Problem

_NOTHING = 1e-7


@dataclass
class _Fact:
    """What one cell says, with the rows of the programme that it stands for."""

    text: str
    cell: str
    rows: list[int] = field(default_factory=list)


def overload(day: Day, seconds: float) -> list[Fault]:
    """Limits that contradict each other by their sums; empty if none do, or the time ran out.

    Parameters
    ----------
    day : Day
        The day of those who come, without faults.
    seconds : float
        Time for it.
    """
    until = time.monotonic() + seconds
    flow = _Flow(day)
    facts = flow.core(flow.facts, until)
    for fact in list(facts):
        fewer = [one for one in facts if one is not fact]
        if time.monotonic() < until and flow.core(fewer, until):
            facts = fewer
    return [Fault(fact.text, fact.cell) for fact in facts]


class _Flow:
    """Meetings that may be split, as rows ``matrix @ x <= most``."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.problem = problem = Problem(day)
        self.columns = [
            (pair, group)
            for pair in problem.pairs
            for group in problem.groups
            if group[0] in problem.slots_of[pair]
        ]
        self.facts: list[_Fact] = []
        self._members: list[list[int]] = []
        self._signs: list[float] = []
        self._most: list[float] = []
        self._people()
        self._tables()
        lengths = [len(members) for members in self._members]
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        places = np.array([j for row in self._members for j in row], np.int64)
        signs = np.repeat(np.array(self._signs), lengths)
        self.matrix = csr_array((signs, places, starts), (len(lengths), len(self.columns)))
        self.most = np.array(self._most)

    def _row(self, members: list[int], most: float, sign: float = 1.0) -> int:
        self._members.append(members)
        self._signs.append(sign)
        self._most.append(most)
        return len(self._most) - 1

    def _people(self) -> None:
        """Nobody is in two places; and the limits, those of a side together."""
        problem, day = self.problem, self.day
        of_who: dict[str, list[int]] = defaultdict(list)
        of_pair: dict[Key, list[int]] = defaultdict(list)
        in_group: dict[tuple[str, Group], list[int]] = defaultdict(list)
        for j, (pair, group) in enumerate(self.columns):
            of_pair[pair].append(j)
            for who in pair:
                of_who[who].append(j)
                in_group[who, group].append(j)
        for members in of_pair.values():
            if len(members) > 1:
                self._row(members, 1.0)
        for (_, group), members in in_group.items():
            self._row(members, float(len(group)))
        least: dict[str, list[tuple[Participant, int]]] = defaultdict(list)
        most: dict[str, list[tuple[Participant, int]]] = defaultdict(list)
        for one in day.participants:
            side = "sme" if one.kind is Kind.SME else "investor"
            if problem.least(one.id):
                own = one.where.cell("minimum") or f"{one.id} at least"
                cell = day.where.get(f"{side}_minimum", "") if one.minimum is None else own
                row = self._row(of_who[one.id], -float(problem.least(one.id)), -1.0)
                least[cell].append((one, row))
            if problem.most(one.id) + problem.counts.get(one.id, 0) < len(day.free[one.id]):
                own = one.where.cell("maximum") or f"{one.id} at most"
                cell = day.where.get(f"{side}_maximum", "") if one.maximum is None else own
                row = self._row(of_who[one.id], float(max(0, problem.most(one.id))))
                most[cell].append((one, row))
        for cell, limited in least.items():
            people = [one for one, _ in limited]
            wanted = [day.minimum(one) for one in people]
            text = f"{_each(people)} should have at least {wording.count(wanted[0], 'meeting')}"
            self._fact(text + self._sum(people, wanted), cell, limited)
        for cell, limited in most.items():
            people = [one for one, _ in limited]
            allowed = [day.maximum(one) for one in people]
            text = f"{_each(people)} should have at most {wording.count(max(allowed), 'meeting')}"
            text += "." if len(people) == 1 else f": {sum(allowed):,} in all."
            self._fact(text, cell, limited)

    def _fact(self, text: str, cell: str, members: Sequence[tuple[Participant, int]]) -> None:
        cell = cell if "!" in cell else ""
        self.facts.append(_Fact(text, cell, [row for _, row in members]))

    def _sum(self, people: list[Participant], wanted: list[int]) -> str:
        """How many that are in all, and that the other side can't have so many if it can't."""
        if len(people) == 1:
            return "."
        kind = people[0].kind
        others = [one for one in self.day.participants if one.kind is not kind]
        could = sum(max(0, self.day.maximum(one)) for one in others)
        text = f": {sum(wanted):,} in all"
        if could >= sum(wanted):
            return text + "."
        other = Kind.INVESTOR if kind is Kind.SME else Kind.SME
        return (
            f"{text}, but the {wording.count(len(others), other.value)} can't have more than "
            f"{could:,} between them."
        )

    def _tables(self) -> None:
        day, problem = self.day, self.problem
        at_table: dict[tuple[str, Group], list[int]] = defaultdict(list)
        for j, (pair, group) in enumerate(self.columns):
            at_table[day.table_of(*pair), group].append(j)
        cell = day.tables[0].where.cell("name") if day.tables else ""
        are = "is" if len(day.tables) == 1 else "are"
        fact = _Fact(f"There {are} {wording.count(len(day.tables), 'table')}.", cell)
        for (table, group), members in at_table.items():
            if not table:
                seats = float(len(group) * problem.seats[group[0]])
                fact.rows.append(self._row(members, seats))
            elif table in problem.shared_tables:
                self._row(members, float(len(group)))
        self.facts.append(fact)

    def core(self, facts: list[_Fact], until: float) -> list[_Fact]:
        """Which of some facts leave no plan together; none if they can be kept, or time ran out.

        What is missing of each limit is made as little as possible in all. If it isn't nothing, the
        rows with a price are those that can't be kept together.
        """
        mine = {row for fact in facts for row in fact.rows}
        others = {row for fact in self.facts for row in fact.rows} - mine
        kept = np.array([row for row in range(len(self.most)) if row not in others], np.int64)
        soft = np.array([i for i, row in enumerate(kept) if row in mine], np.int64)
        left = until - time.monotonic()
        if not len(soft) or left <= 0:
            return []
        lacks = csr_array(
            (-np.ones(len(soft)), (soft, np.arange(len(soft)))), (len(kept), len(soft))
        )
        n = len(self.columns)
        found = linprog(
            np.concatenate([np.zeros(n), np.ones(len(soft))]),
            A_ub=hstack([self.matrix[kept], lacks], format="csr"),
            b_ub=self.most[kept],
            bounds=[(0, 1)] * n + [(0, None)] * len(soft),
            method="highs",
            options={"time_limit": left},
        )
        if found.status != 0 or found.fun < _NOTHING:
            return []
        priced = set(kept[np.abs(found.ineqlin.marginals) > _NOTHING].tolist())
        return [fact for fact in facts if priced & set(fact.rows)]


def _each(people: list[Participant]) -> str:
    if len(people) == 1:
        return people[0].name
    return f"Each of {wording.count(len(people), people[0].kind.value)}"
