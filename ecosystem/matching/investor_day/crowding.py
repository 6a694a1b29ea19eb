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
from scipy.sparse import csr_array, diags_array, hstack

from ecosystem.common import wording
from ecosystem.matching.investor_day.checks import Fault
from ecosystem.matching.investor_day.model import Day, Key, Kind, Participant
from ecosystem.matching.investor_day.problem import Group, Problem
from ecosystem.matching.investor_day.rows import Rows

_NOTHING = 1e-7
_TABLES = ("There is {n} table.", "There are {n} tables.")
_LEAST_OF_ONE = "{who} should have at least {least}."
_LEAST = "Each of {who} should have at least {least}: {sum} in all."
_LEAST_BUT = (
    "Each of {who} should have at least {least}: {sum} in all, but the {others} can't have more "
    "than {could} between them."
)
_MOST_OF_ONE = "{who} should have at most {most}."
_MOST = "Each of {who} should have at most {most}: {sum} in all."


@dataclass
class _Fact:
    """What one cell says, with the rows of the programme that it stands for."""

    fault: Fault
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
    return [fact.fault for fact in facts]


def tables_fault(day: Day) -> Fault:
    """How many tables there are, as something that others contradict."""
    cell = day.tables[0].where.cell("name") if day.tables else ""
    return Fault(wording.agree(len(day.tables), *_TABLES), cell)


class _Flow:
    """Meetings that may be split, as rows ``matrix @ x <= most``."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.problem = problem = Problem(day)
        self.facts: list[_Fact] = []
        self._rows = Rows()
        self._people()
        self._tables()
        low, high = np.array(self._rows.low), np.array(self._rows.high)
        is_most = np.isfinite(high)
        self.most = np.where(is_most, high, -low)
        signs = diags_array(np.where(is_most, 1.0, -1.0), format="csr")
        self.matrix = signs @ self._rows.matrix(len(problem.columns))

    def _at_most(self, members: list[int], most: float) -> int:
        return self._rows.add(members, -np.inf, most)

    def _people(self) -> None:
        """Nobody is in two places; and the limits, those of a side together."""
        problem, day = self.problem, self.day
        of_who: dict[str, list[int]] = defaultdict(list)
        of_pair: dict[Key, list[int]] = defaultdict(list)
        in_group: dict[tuple[str, Group], list[int]] = defaultdict(list)
        for j, (pair, group) in enumerate(problem.columns):
            of_pair[pair].append(j)
            for who in pair:
                of_who[who].append(j)
                in_group[who, group].append(j)
        for members in of_pair.values():
            if len(members) > 1:
                self._at_most(members, 1.0)
        for (_, group), members in in_group.items():
            self._at_most(members, float(len(group)))
        # By whose limit it is: that of a side, or somebody's own.
        least: dict[tuple[Kind, str], list[tuple[Participant, int]]] = defaultdict(list)
        most: dict[tuple[Kind, str], list[tuple[Participant, int]]] = defaultdict(list)
        for one in day.participants:
            if wanted := problem.least(one.id):
                row = self._rows.add(of_who[one.id], float(wanted), np.inf)
                least[one.kind, "" if one.minimum is None else one.id].append((one, row))
            if day.maximum(one) < len(day.free[one.id]):
                row = self._at_most(of_who[one.id], float(max(0, problem.most(one.id))))
                most[one.kind, "" if one.maximum is None else one.id].append((one, row))
        for limited in least.values():
            people = [one for one, _ in limited]
            asked = [day.minimum(one) for one in people]
            self._limit(self._least(people, asked), "minimum", limited)
        for limited in most.values():
            people = [one for one, _ in limited]
            allowed = [day.maximum(one) for one in people]
            text = (_MOST_OF_ONE if len(people) == 1 else _MOST).format(
                who=_who(people),
                most=wording.count(max(allowed), "meeting"),
                sum=wording.number(sum(allowed)),
            )
            self._limit(text, "maximum", limited)

    def _limit(self, text: str, name: str, limited: Sequence[tuple[Participant, int]]) -> None:
        cell = self.day.limit_cell(limited[0][0], name)
        self.facts.append(_Fact(Fault(text, cell), [row for _, row in limited]))

    def _least(self, people: list[Participant], wanted: list[int]) -> str:
        """How many are wanted in all, and that the other side can't have so many if it can't."""
        data = {
            "who": _who(people),
            "least": wording.count(wanted[0], "meeting"),
            "sum": wording.number(sum(wanted)),
        }
        if len(people) == 1:
            return _LEAST_OF_ONE.format(**data)
        kind = people[0].kind
        others = [one for one in self.day.participants if one.kind is not kind]
        could = sum(max(0, self.day.maximum(one)) for one in others)
        if could >= sum(wanted):
            return _LEAST.format(**data)
        other = Kind.INVESTOR if kind is Kind.SME else Kind.SME
        return _LEAST_BUT.format(
            **data,
            others=wording.count(len(others), other.value),
            could=wording.number(could),
        )

    def _tables(self) -> None:
        day, problem = self.day, self.problem
        at_table: dict[tuple[str, Group], list[int]] = defaultdict(list)
        for j, (pair, group) in enumerate(problem.columns):
            at_table[day.table_of(*pair), group].append(j)
        fact = _Fact(tables_fault(day))
        for (table, group), members in at_table.items():
            if not table:
                seats = float(len(group) * problem.seats[group[0]])
                fact.rows.append(self._at_most(members, seats))
            elif table in problem.shared_tables:
                self._at_most(members, float(len(group)))
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
        n = len(self.problem.columns)
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


def _who(people: list[Participant]) -> str:
    if len(people) == 1:
        return people[0].name
    return wording.count(len(people), people[0].kind.value)
