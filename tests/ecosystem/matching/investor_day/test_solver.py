"""The solver finds what trying every plan finds, and breaks nothing on any day."""

from __future__ import annotations

import pytest

from ecosystem.matching.investor_day import checks
from ecosystem.matching.investor_day.measures import measure
from ecosystem.matching.investor_day.model import Mode
from ecosystem.matching.investor_day.solver import State, solve
from ecosystem.matching.investor_day.verify import verify
from tests.ecosystem.matching.investor_day import brute_force
from tests.ecosystem.matching.investor_day.days import random_day


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("batch", range(10))
def test_what_is_planned_is_the_best_of_all_plans(mode: Mode, batch: int) -> None:
    for seed in range(10 * batch, 10 * batch + 10):
        day = random_day(seed, mode)
        if checks.faults(day):
            continue
        found, expected = solve(day, 20), brute_force.best(day)
        if expected is None:
            assert found.state is State.IMPOSSIBLE, seed
            assert found.conflicts, seed
            continue
        assert found.state is State.PLANNED, seed
        assert found.plan is not None
        assert verify(day, found.plan) == [], seed
        assert all(proof.is_proven for proof in found.proofs), seed
        reached = measure(day, found.plan)
        waits = reached.idle_in_all, reached.most_idle
        if mode is Mode.PLACE:
            assert waits == expected[2:], seed
        else:
            level = reached.fair_minimum if day.fair else 0
            assert (level, round(1000 * reached.total_match), *waits) == expected, seed
        fewest = brute_force.fewest_table_changes(day, found.plan)
        assert reached.table_changes_in_all == fewest, seed
