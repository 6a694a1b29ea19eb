"""Choose a cohort: the candidates with the most points that keep to the limits together.

An integer programme (HiGHS, through SciPy), small enough to be solved to the end in a moment; what
it gives is checked by :func:`breaches`, which knows nothing of the model, before anybody sees it.
Its linear relaxation is nearly whole, which is why this solver was five times as fast as CP-SAT.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix, vstack

from ecosystem.common import wording

# Points are whole numbers, so that a sum of them is exact: this is as many as anybody can have.
FULL = 1000
_CONTRADICTION = "No cohort of {size} can be made of these candidates under this limit: {limits}."
_CONTRADICTIONS = (
    "No cohort of {size} can be made of these candidates under these limits together: {limits}."
)
MOST_CANDIDATES = 2_000
# Cohorts with at least this percentage of the best one's points are as good for all one knows.
NEARLY_PERCENT = 98
# How many of five members another cohort may share with each one shown before.
_SHARED_OF_FIVE = 4
SECONDS = 3.0
_INFEASIBLE = 2  # SciPy's status
# What a bound in floating point may be off, in points.
_ROUNDING = 1e-3


@dataclass(frozen=True)
class Candidate:
    """Who may be chosen.

    Attributes
    ----------
    id, name : str
        Identifier and name.
    points : int
        0 to :data:`FULL`.
    country : str
        ISO 3166-1 alpha-2 code.
    valley : str
        Its identifier; empty outside all valleys.
    domains : tuple of str
        JRC domains.
    """

    id: str
    name: str
    points: int
    country: str
    valley: str
    domains: tuple[str, ...]


@dataclass(frozen=True)
class Limits:
    """What a cohort must keep to; None is no limit.

    Attributes
    ----------
    size : int
        How many are chosen.
    most_per_valley : int or None
        Members of one valley at most; those outside all valleys don't count.
    least_valleys, least_countries : int or None
        Different ones at least.
    most_per_domain : int or None
        Members with one JRC domain at most.
    least_domains : int or None
        Different JRC domains at least.
    include, exclude : tuple of str
        Identifiers of those who must, and must not, be in.
    """

    size: int = 20
    most_per_valley: int | None = None
    least_valleys: int | None = None
    least_countries: int | None = None
    most_per_domain: int | None = None
    least_domains: int | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def single(self) -> list[Limit]:
        """Each limit by itself, without the size; each named one is a limit of its own."""
        numbers = [
            Limit(field.name, value)
            for field in fields(self)
            if field.name in _WORDS and (value := getattr(self, field.name)) is not None
        ]
        named = [Limit(kind, id_) for kind in _NAMED for id_ in getattr(self, kind)]
        return numbers + named

    def only(self, limits: Collection[Limit]) -> Limits:
        """The same size with some of the limits alone."""
        kept = {limit.kind: limit.value for limit in limits if limit.kind in _WORDS}
        named = {
            kind: tuple(str(limit.value) for limit in limits if limit.kind == kind)
            for kind in _NAMED
        }
        return replace(Limits(self.size), **{**kept, **named})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Limit:
    """One limit: a field of :class:`Limits` and its value, or a single identifier."""

    kind: str
    value: int | str

    def words(self, names: Mapping[str, str]) -> str:
        """The limit in words: ``"at most 2 of one valley"``.

        Parameters
        ----------
        names : mapping of str to str
            Names of the candidates by their identifiers.
        """
        if self.kind in _NAMED:
            return _NAMED[self.kind].format(names.get(str(self.value), str(self.value)))
        return _WORDS[self.kind].format(wording.number(int(self.value)))


_WORDS = {
    "most_per_valley": "at most {} of one valley",
    "least_valleys": "at least {} different valleys",
    "least_countries": "at least {} different countries",
    "most_per_domain": "at most {} with the same JRC domain",
    "least_domains": "at least {} different JRC domains",
}
_NAMED = {"include": "{} is in", "exclude": "{} is out"}


class CohortError(ValueError):
    """There is no cohort to look for; the message says why, as a sentence."""


class ContradictionError(CohortError):
    """The limits can't be kept together.

    Attributes
    ----------
    limits : tuple of Limit
        As few of them as already can't be.
    """

    def __init__(self, size: int, limits: Sequence[Limit], names: Mapping[str, str]) -> None:
        self.limits = tuple(limits)
        words = wording.join([limit.words(names) for limit in limits])
        said = _CONTRADICTION if len(limits) == 1 else _CONTRADICTIONS
        super().__init__(said.format(size=wording.number(size), limits=words))


@dataclass(frozen=True)
class Cohort:
    """A choice.

    Attributes
    ----------
    ids : tuple of str
        Who is in, by points and name.
    points : int
        Of all members together.
    at_most : int
        No cohort has more points than this; equal to `points` if the choice is proved the best.
    """

    ids: tuple[str, ...]
    points: int
    at_most: int

    @property
    def is_best(self) -> bool:
        """Whether nothing better exists."""
        return self.points >= self.at_most


@dataclass(frozen=True)
class Cost:
    """What a limit costs: how many points more the best cohort without it has."""

    limit: Limit
    points: int


@dataclass(frozen=True)
class Choice:
    """A cohort, and how much of it is chance of the weights.

    Attributes
    ----------
    best : Cohort
        The cohort with the most points.
    alternatives : tuple of Cohort
        The best of those that differ from each one before in a fifth of the members or more.
    always : tuple of str
        Who is in every cohort with :data:`NEARLY_PERCENT` per cent of the best one's points.
    sometimes : tuple of str
        Who is in some of those cohorts and not in others.
    costs : tuple of Cost
        Of each limit, the dearest first.
    is_settled : bool
        Whether there was time to find all of that out.
    """

    best: Cohort
    alternatives: tuple[Cohort, ...]
    always: tuple[str, ...]
    sometimes: tuple[str, ...]
    costs: tuple[Cost, ...]
    is_settled: bool


def choose(
    candidates: Sequence[Candidate],
    limits: Limits,
    *,
    alternatives: int = 2,
    seconds: float = SECONDS,
) -> Choice:
    """The best cohort, others like it, and what its limits do.

    Parameters
    ----------
    candidates : sequence of Candidate
        No identifier twice.
    alternatives : int
        How many further cohorts to look for.
    seconds : float
        After this time what isn't found out yet is left open.

    Raises
    ------
    CohortError
        If there are no candidates, too few or too many, or somebody named isn't among them.
    ContradictionError
        If the limits can't be kept together.
    """
    until = time.monotonic() + seconds
    _require_possible(candidates, limits)
    model = _Model(candidates, limits)
    best = model.best(until)
    if best is None:
        names = {candidate.id: candidate.name for candidate in candidates}
        core = contradiction(candidates, limits, until=until)
        if core is None:
            raise CohortError("No cohort was found in time. Take fewer candidates or limits.")
        raise ContradictionError(limits.size, core, names)
    others = _alternatives(model, best, alternatives, until)
    always, sometimes, is_settled = _near_the_best(model, best, until)
    costs, all_costs = _costs(candidates, limits, best, until)
    return Choice(best, tuple(others), always, sometimes, costs, is_settled and all_costs)


def too_many(n: int) -> CohortError:
    """The error that says so of more candidates than can be compared."""
    return CohortError(
        f"These are {wording.number(n)} candidates; at most {wording.number(MOST_CANDIDATES)} "
        "can be compared at once. Narrow them down by a filter."
    )


def breaches(candidates: Sequence[Candidate], limits: Limits, ids: Collection[str]) -> list[Limit]:
    """Limits that a choice doesn't keep, found by counting; the size is one of them."""
    members = [candidate for candidate in candidates if candidate.id in ids]
    valleys = Counter(member.valley for member in members if member.valley)
    domains = Counter(code for member in members for code in set(member.domains))
    found = {
        "most_per_valley": max(valleys.values(), default=0),
        "least_valleys": len(valleys),
        "least_countries": len({member.country for member in members}),
        "most_per_domain": max(domains.values(), default=0),
        "least_domains": len(domains),
    }
    broken = [
        limit
        for limit in limits.single()
        if (limit.kind == "include" and limit.value not in ids)
        or (limit.kind == "exclude" and limit.value in ids)
        or (limit.kind.startswith("most_") and found[limit.kind] > int(limit.value))
        or (limit.kind.startswith("least_") and found[limit.kind] < int(limit.value))
    ]
    if len(members) != limits.size or len(set(ids)) != limits.size:
        broken.insert(0, Limit("size", limits.size))
    return broken


def contradiction(
    candidates: Sequence[Candidate], limits: Limits, *, until: float | None = None
) -> list[Limit] | None:
    """As few limits as already can't be kept together; None if all can, or there was no time.

    A set of limits contradicts itself if and only if it takes one out of the rest of every set
    that doesn't: the smallest set that hits all of those rests is tried until it contradicts
    (implicit hitting sets, Ignatiev et al., CP 2015).
    """
    until = time.monotonic() + SECONDS if until is None else until
    every = limits.single()

    def is_possible(some: Collection[Limit]) -> bool | None:
        return _Model(candidates, limits.only(some)).is_possible(until)

    if is_possible(every) is not False:
        return None
    rests: list[frozenset[Limit]] = []
    while True:
        tried = _smallest_hitting(every, rests)
        possible = is_possible(tried)
        if possible is None:
            return every  # it contradicts itself; there was no time to make it smaller
        if not possible:
            return tried
        grown = list(tried)
        for limit in every:
            if limit not in grown and is_possible([*grown, limit]):
                grown.append(limit)
        rests.append(frozenset(every) - frozenset(grown))


def _smallest_hitting(every: Sequence[Limit], rests: Sequence[frozenset[Limit]]) -> list[Limit]:
    of_use = [limit for limit in every if any(limit in rest for rest in rests)]
    for n in range(len(of_use) + 1):
        for some in combinations(of_use, n):
            if all(rest & set(some) for rest in rests):
                return list(some)
    return list(every)


def _require_possible(candidates: Sequence[Candidate], limits: Limits) -> None:
    n = len(candidates)
    if not n:
        raise CohortError("There are no candidates to choose from.")
    if n > MOST_CANDIDATES:
        raise too_many(n)
    if limits.size < 1:
        raise CohortError("A cohort has at least one member.")
    if limits.size > n:
        raise CohortError(
            f"A cohort of {wording.number(limits.size)} can't be chosen from "
            f"{wording.count(n, 'candidate')}."
        )
    known = {candidate.id for candidate in candidates}
    missing = [id_ for id_ in (*limits.include, *limits.exclude) if id_ not in known]
    if missing:
        raise CohortError(f"Not among the candidates: {wording.join(sorted(set(missing)))}.")


class _Model:
    """The integer programme: a column for each candidate, 1 if in, and one for each group to be in.

    Attributes
    ----------
    candidates : sequence of Candidate
        Their columns come first, in this order.
    limits : Limits
        What it keeps to.
    """

    def __init__(self, candidates: Sequence[Candidate], limits: Limits) -> None:
        self.candidates, self.limits = candidates, limits
        self._number = {candidate.id: i for i, candidate in enumerate(candidates)}
        self._columns = len(candidates)
        self._rows: list[dict[int, float]] = []
        self._least: list[float] = []
        self._most: list[float] = []
        self._require(dict.fromkeys(range(len(candidates)), 1.0), limits.size, limits.size)
        self._group("valley", limits.most_per_valley, limits.least_valleys)
        self._group("country", None, limits.least_countries)
        self._group("domains", limits.most_per_domain, limits.least_domains)
        self._lower, self._upper = np.zeros(self._columns), np.ones(self._columns)
        # Who is both in and out can't be: the lower bound is then above the upper.
        self._lower[[self._number[id_] for id_ in limits.include]] = 1
        self._upper[[self._number[id_] for id_ in limits.exclude]] = 0
        self._points = np.zeros(self._columns)
        self._points[: len(candidates)] = [candidate.points for candidate in candidates]

    def _require(self, row: dict[int, float], least: float, most: float) -> None:
        self._rows.append(row)
        self._least.append(least)
        self._most.append(most)

    def _group(self, name: str, most: int | None, least: int | None) -> None:
        """At most so many members of each group, and members of at least so many groups."""
        groups: dict[str, list[int]] = {}
        for i, candidate in enumerate(self.candidates):
            value = getattr(candidate, name)
            for code in set(value) if isinstance(value, tuple) else filter(None, [value]):
                groups.setdefault(code, []).append(i)
        is_there = {}
        for members in (groups[code] for code in sorted(groups)):
            row = dict.fromkeys(members, 1.0)
            if most is not None:
                self._require(row, -np.inf, most)
            if least is not None:
                is_there[self._columns] = 1.0
                self._require({**row, self._columns: -1.0}, 0, np.inf)
                self._columns += 1
        if least is not None:
            self._require(is_there, least, np.inf)

    def best(
        self,
        until: float,
        *,
        differing_from: Iterable[Cohort] = (),
        with_: str = "",
        without: str = "",
    ) -> Cohort | None:
        """The cohort with the most points; None if there is none, or none was found in time.

        Parameters
        ----------
        differing_from : iterable of Cohort
            It shares at most four of five members with each of these.
        with_, without : str
            Somebody who is in, or out, besides what the limits say.
        """
        rows = [dict.fromkeys((self._number[id_] for id_ in c.ids), 1.0) for c in differing_from]
        shared = min(self.limits.size - 1, self.limits.size * _SHARED_OF_FIVE // 5)
        lower, upper = self._lower.copy(), self._upper.copy()
        if with_:
            lower[self._number[with_]] = 1
        if without:
            upper[self._number[without]] = 0
        if (lower > upper).any():
            return None
        solved = self._solve(until, -self._points, rows, shared, lower, upper)
        if solved.x is None:
            return None
        ids = self._ids(solved.x)
        if breaches(self.candidates, self.limits, ids):
            # The solver or the model is wrong: better nothing than a wrong cohort.
            raise CohortError("The cohort that was found doesn't keep to the limits.")
        points = sum(self.candidates[self._number[id_]].points for id_ in ids)
        return Cohort(ids, points, int(-solved.mip_dual_bound + _ROUNDING))

    def is_possible(self, until: float) -> bool | None:
        """Whether any cohort keeps to the limits; None if there was no time to find out."""
        if (self._lower > self._upper).any():
            return False
        solved = self._solve(until, np.zeros(self._columns), (), 0, self._lower, self._upper)
        if solved.status == _INFEASIBLE:
            return False
        return None if solved.x is None else True

    def relaxed(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Bounds of the points of a cohort with each candidate, and without each.

        From the reduced costs of the linear relaxation: no cohort has more than the relaxation's
        points less the cost of forcing the candidate in, or out.
        """
        least, most = np.array(self._least), np.array(self._most)
        is_equal = least == most
        matrix = self._matrix(self._rows)
        upper_rows = matrix[~is_equal & np.isfinite(most)]
        lower_rows = matrix[~is_equal & np.isfinite(least)]
        solved = linprog(
            -self._points,
            A_ub=_stack(upper_rows, -lower_rows),
            b_ub=np.concatenate(
                [most[~is_equal & np.isfinite(most)], -least[~is_equal & np.isfinite(least)]]
            ),
            A_eq=matrix[is_equal],
            b_eq=least[is_equal],
            bounds=np.column_stack([self._lower, self._upper]),
            method="highs",
        )
        n = len(self.candidates)
        if solved.x is None:
            return np.full(n, np.inf), np.full(n, np.inf)
        into = solved.lower.marginals[:n] * (1 - solved.x[:n])
        out = -solved.upper.marginals[:n] * solved.x[:n]
        return -solved.fun - into, -solved.fun - out

    def _matrix(self, rows: Sequence[Mapping[int, float]]) -> csr_matrix:
        lengths = [len(row) for row in rows]
        return csr_matrix(
            (
                np.array([value for row in rows for value in row.values()]),
                np.array([column for row in rows for column in row], dtype=np.int64),
                np.cumsum([0, *lengths]),
            ),
            shape=(len(rows), self._columns),
        )

    def _solve(
        self,
        until: float,
        cost: npt.NDArray[np.float64],
        differing: Sequence[Mapping[int, float]],
        shared: int,
        lower: npt.NDArray[np.float64],
        upper: npt.NDArray[np.float64],
    ) -> Any:
        return milp(
            cost,
            integrality=np.ones(self._columns),
            bounds=Bounds(lower, upper),
            constraints=LinearConstraint(
                self._matrix([*self._rows, *differing]),
                np.array([*self._least, *(-np.inf for _ in differing)]),
                np.array([*self._most, *(shared for _ in differing)]),
            ),
            options={"time_limit": max(until - time.monotonic(), 0.01), "mip_rel_gap": 0},
        )

    def _ids(self, x: npt.NDArray[np.float64]) -> tuple[str, ...]:
        chosen = [c for c, value in zip(self.candidates, x, strict=False) if value > 0.5]
        return tuple(candidate.id for candidate in sorted(chosen, key=_by_points))


def _stack(above: csr_matrix, below: csr_matrix) -> csr_matrix | None:
    """Rows of two matrices, one below the other; None if there is none."""
    stacked = vstack([above, below], format="csr")
    return stacked if stacked.shape[0] else None


def _by_points(candidate: Candidate) -> tuple[int, str, str]:
    return -candidate.points, candidate.name, candidate.id


def _alternatives(model: _Model, best: Cohort, number: int, until: float) -> list[Cohort]:
    found = [best]
    for _ in range(number):
        other = model.best(until, differing_from=found)
        if other is None:
            break
        found.append(other)
    return found[1:]


def _near_the_best(
    model: _Model, best: Cohort, until: float
) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Who is in all cohorts that are nearly as good, who in some, and whether that is all.

    What a single exchange or a bound already tells isn't asked of the solver: of most candidates
    one of the two does.
    """
    least = -(-best.points * NEARLY_PERCENT // 100)
    swapped_out, swapped_in = _exchanges(model, best, least)
    seen, left = set(best.ids) | swapped_in, set(swapped_out)
    with_each, without_each = model.relaxed()
    is_settled = True
    for candidate, most_with, most_without in zip(
        model.candidates, with_each, without_each, strict=True
    ):
        id_ = candidate.id
        if id_ in best.ids:
            if id_ in left or most_without < least - _ROUNDING:
                continue
            found = model.best(until, without=id_)
        else:
            if id_ in seen or most_with < least - _ROUNDING:
                continue
            found = model.best(until, with_=id_)
        if found is not None and found.points >= least:
            seen |= set(found.ids)
            left |= set(best.ids) - set(found.ids)
        elif time.monotonic() >= until or (found is not None and found.at_most >= least):
            is_settled = False
            break
    always = set(best.ids) - left
    order = [candidate.id for candidate in sorted(model.candidates, key=_by_points)]
    return (
        tuple(id_ for id_ in order if id_ in always),
        tuple(id_ for id_ in order if id_ in seen - always),
        is_settled,
    )


def _exchanges(model: _Model, best: Cohort, least: int) -> tuple[set[str], set[str]]:
    """Who can leave, and who can come in, when one member is exchanged for one candidate."""
    out, in_ = set(), set()
    members = [candidate for candidate in model.candidates if candidate.id in best.ids]
    for candidate in model.candidates:
        if candidate.id in best.ids:
            continue
        for member in members:
            is_news = candidate.id not in in_ or member.id not in out
            is_good = best.points - member.points + candidate.points >= least
            if is_news and is_good:
                ids = {*best.ids, candidate.id} - {member.id}
                if not breaches([*members, candidate], model.limits, ids):
                    in_.add(candidate.id)
                    out.add(member.id)
    return out, in_


def _costs(
    candidates: Sequence[Candidate], limits: Limits, best: Cohort, until: float
) -> tuple[tuple[Cost, ...], bool]:
    every, costs = limits.single(), []
    for limit in every:
        without = limits.only([other for other in every if other != limit])
        found = _Model(candidates, without).best(until)
        if found is None or not found.is_best:
            break
        costs.append(Cost(limit, found.points - best.points))
    costs.sort(key=lambda cost: -cost.points)
    return tuple(costs), len(costs) == len(every)
