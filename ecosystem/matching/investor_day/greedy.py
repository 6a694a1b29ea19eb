"""A first timetable within moments: what must be, then the pair that adds most, and the next."""

from __future__ import annotations

from collections import Counter, defaultdict

from ecosystem.matching.investor_day.model import Key
from ecosystem.matching.investor_day.problem import Problem


def greedy(problem: Problem) -> dict[Key, int] | None:
    """A timetable that keeps every limit, but nobody says how good it is; None if it doesn't.

    Parameters
    ----------
    problem : Problem
        What is left to decide.
    """
    free = {who: set(slots) for who, slots in problem.free.items()}
    counts: Counter[str] = Counter()
    walking: Counter[int] = Counter()
    tables: set[tuple[str, int]] = set()
    found: dict[Key, int] = {}
    order = sorted(
        problem.pairs, key=lambda pair: (pair not in problem.musts, -problem.day.value(*pair))
    )
    for pair in order:
        one, other = pair
        if any(counts[who] >= problem.most(who) for who in pair):
            continue
        table = problem.day.table_of(one, other)
        for slot in sorted(problem.slots_of[pair] & free[one] & free[other]):
            if (table, slot) in tables if table else walking[slot] >= problem.seats[slot]:
                continue
            found[pair] = slot
            counts.update(pair)
            free[one].discard(slot)
            free[other].discard(slot)
            if table:
                tables.add((table, slot))
            else:
                walking[slot] += 1
            break
    kept = problem.musts <= found.keys() and all(
        counts[one.id] >= problem.least(one.id) for one in problem.day.participants
    )
    return found if kept else None


def most_worth(problem: Problem) -> float:
    """More than the meetings still to be given can add to the total match.

    Everybody's best meetings, as many as each could have; each meeting is one of two people's.

    Parameters
    ----------
    problem : Problem
        What is left to decide.
    """
    worth: dict[str, list[float]] = defaultdict(list)
    for pair, slots in problem.slots_of.items():
        for who in pair if slots else ():
            worth[who].append(problem.day.value(*pair))
    return (
        sum(
            sum(sorted(mine, reverse=True)[: max(0, problem.most(who))])
            for who, mine in worth.items()
        )
        / 2
    )
