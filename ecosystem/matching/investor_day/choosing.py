"""Choose who meets whom, and in which group of like slots, as an integer programme (HiGHS).

A variable is a pair in a group of slots (:attr:`Problem.groups`). The programme is close to a flow
in a network, so its linear relaxation is all but whole and HiGHS proves the best within moments,
where a solver by constraints would search long.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, vstack

from ecosystem.matching.investor_day.model import Key
from ecosystem.matching.investor_day.problem import Group, Problem
from ecosystem.matching.investor_day.rows import Rows

# What a meeting is worth is counted in thousandths, so that sums of it are exact.
SCALE = 1000
_FEASIBLE, _INFEASIBLE = 0, 2
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Choice:
    """Who meets whom.

    Attributes
    ----------
    chosen : mapping of pair to group
        The group of slots in which each chosen pair meets.
    level : int
        The fair minimum.
    level_bound : int
        The highest that it could be.
    worth : int
        Sum of what the chosen meetings are worth, in thousandths.
    bound : float
        The most that it could be at this fair minimum.
    """

    chosen: Mapping[Key, Group]
    level: int
    level_bound: int
    worth: int
    bound: float


class Impossible(Exception):
    """No choice keeps all limits."""


class OutOfTime(Exception):
    """Nothing was found in the time."""


class Chooser:
    """The programme of a problem.

    Parameters
    ----------
    problem : Problem
        What is left to decide.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.columns = problem.columns
        self._rows = Rows()
        self._of: dict[str, int] = {}
        self._fill()
        self.matrix = self._rows.matrix(len(self.columns))
        self.high = np.array(self._rows.high, float)

    def _fill(self) -> None:
        problem, rows = self.problem, self._rows
        by_pair: dict[Key, list[int]] = {pair: [] for pair in problem.pairs}
        by_who: dict[str, list[int]] = {one.id: [] for one in problem.day.participants}
        in_group: dict[tuple[str, Group], list[int]] = defaultdict(list)
        at_table: dict[tuple[str, Group], list[int]] = defaultdict(list)
        for j, (pair, group) in enumerate(self.columns):
            by_pair[pair].append(j)
            for who in pair:
                by_who[who].append(j)
                in_group[who, group].append(j)
            at_table[problem.day.table_of(*pair), group].append(j)
        for pair, members in by_pair.items():
            must = pair in problem.musts
            if must or len(members) > 1:
                rows.add(members, float(must), 1.0)
        for (_, group), members in in_group.items():
            if len(members) > len(group):
                rows.add(members, 0.0, float(len(group)))
        for (table, group), members in at_table.items():
            if not table:
                rows.add(members, 0.0, float(len(group) * problem.seats[group[0]]))
            elif table in problem.shared_tables:
                rows.add(members, 0.0, float(len(group)))
        for who, members in by_who.items():
            self._of[who] = rows.add(members, 0.0, float(max(0, problem.most(who))))

    def low(self, level: int) -> Floats:
        """The least of each row for a fair minimum of so many meetings."""
        low = np.array(self._rows.low, float)
        for who, row in self._of.items():
            low[row] = self.problem.least(who, level)
        return low

    def could(self, level: int, seconds: float) -> bool:
        """Whether the linear relaxation allows a fair minimum of so many meetings."""
        low = self.low(level)
        if (low > self.high).any():
            return False
        if not self.columns:
            return not low.any()
        needed = low > 0
        found = linprog(
            np.zeros(len(self.columns)),
            A_ub=_stack(self.matrix, -self.matrix[needed]),
            b_ub=np.concatenate([self.high, -low[needed]]),
            bounds=(0, 1),
            method="highs",
            options={"time_limit": max(0.1, seconds)},
        )
        return int(found.status) != _INFEASIBLE

    def highest(self, top: int, until: float) -> int:
        """The highest fair minimum that the relaxation allows, at most ``top``.

        Raises
        ------
        Impossible
            If not even the limits can be kept.
        """
        if not self.could(0, until - time.monotonic()):
            raise Impossible
        low, high = 0, max(0, top)
        while low < high:
            middle = (low + high + 1) // 2
            if self.could(middle, until - time.monotonic()):
                low = middle
            else:
                high = middle - 1
        return low

    def best(
        self, worth: Floats, level: int, seconds: float, fixed: Floats | None = None
    ) -> tuple[Floats, float] | None:
        """Variables of the greatest worth and the proven bound; None if there is no choice.

        Parameters
        ----------
        worth : array, shape (variables,)
            What each adds.
        level : int
            The fair minimum.
        seconds : float
            Time for it.
        fixed : array, shape (2, variables), optional
            What a second aim may not fall below: weights, and in ``fixed[1, 0]`` their least sum.

        Raises
        ------
        OutOfTime
            If nothing was found in the time.
        """
        low = self.low(level)
        if (low > self.high).any():
            return None
        if not self.columns:
            return None if low.any() else (np.zeros(0), 0.0)
        limits = [LinearConstraint(self.matrix, low, self.high)]
        if fixed is not None:
            limits.append(LinearConstraint(fixed[:1], fixed[1, 0], np.inf))
        found = milp(
            -worth,
            constraints=limits,
            integrality=np.ones(len(self.columns)),
            bounds=Bounds(0, 1),
            options={"time_limit": max(0.1, seconds), "mip_rel_gap": 0.0},
        )
        if found.status == _INFEASIBLE:
            return None
        if found.x is None:
            raise OutOfTime
        return np.round(found.x), -float(found.mip_dual_bound)


def choose(problem: Problem, seconds: float, top: int | None = None) -> Choice:
    """The best choice: the highest fair minimum first, then the greatest worth.

    Parameters
    ----------
    problem : Problem
        What is left to decide.
    seconds : float
        Time for it.
    top : int, optional
        The highest fair minimum that is asked for.

    Raises
    ------
    Impossible
        If no choice keeps all limits.
    OutOfTime
        If nothing was found in the time.
    """
    until = time.monotonic() + seconds
    chooser = Chooser(problem)
    worth = np.array([worth_of(problem, pair) for pair, _ in chooser.columns], float)
    most = max(problem.reach.values(), default=0)
    wanted = (most if top is None else min(top, most)) if problem.day.fair else 0
    bound = chooser.highest(wanted, until)
    for level in range(bound, -1, -1):
        found = chooser.best(worth, level, until - time.monotonic())
        if found is not None:
            values, upper = found
            chosen = {
                pair: group
                for (pair, group), value in zip(chooser.columns, values, strict=True)
                if value > 0
            }
            total = sum(worth_of(problem, pair) for pair in chosen)
            return Choice(chosen, level, bound, total, max(float(total), math.floor(upper + 1e-6)))
        bound = level - 1
    raise Impossible


def worth_of(problem: Problem, pair: Key) -> int:
    """What a meeting adds to the total match, in thousandths."""
    return round(SCALE * problem.day.value(*pair))


def _stack(one: csr_array, other: csr_array) -> csr_array:
    return csr_array(vstack([one, other]))
