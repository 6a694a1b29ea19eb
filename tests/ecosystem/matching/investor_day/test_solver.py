"""The solver finds what trying every plan finds, and breaks nothing on any day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecosystem.matching.investor_day import checks
from ecosystem.matching.investor_day.measures import measure
from ecosystem.matching.investor_day.model import Absence, Mode, Request
from ecosystem.matching.investor_day.solver import State, solve
from ecosystem.matching.investor_day.verify import verify
from tests.ecosystem.matching.investor_day import brute_force
from tests.ecosystem.matching.investor_day.days import (
    START,
    large_day,
    middling_day,
    random_day,
)
from tests.ecosystem.matching.investor_day.test_conflicts import SMALL
from tests.examples import examples


@pytest.mark.slow
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


@given(st.integers(0, 10_000), st.sampled_from(Mode))
@settings(max_examples=examples(12), deadline=None)
def test_no_plan_breaks_anything(seed: int, mode: Mode) -> None:
    day = middling_day(seed, mode)
    found = solve(day, 1.0)
    if found.plan is None:
        assert found.state is not State.PLANNED
        return
    assert verify(day, found.plan) == []
    assert found.plan.meetings == tuple(
        sorted(found.plan.meetings, key=lambda one: (one.slot, int(one.table)))
    )
    for proof in found.proofs:
        better = proof.bound >= proof.value - 1e-9
        assert (
            better
            if proof.aim in ("must", "kept", "fair", "match")
            else (proof.bound <= proof.value + 1e-9)
        )


def test_one_second_gives_the_best_plan_so_far_with_its_gap() -> None:
    day = large_day()
    found = solve(day, 1.0)
    assert found.state in (State.PLANNED, State.STOPPED, State.NOTHING)
    if found.plan is not None:
        assert verify(day, found.plan) == []
        assert {proof.aim for proof in found.proofs} >= {"must", "fair", "match", "gaps"}


def test_a_stop_before_it_begins_still_gives_a_plan() -> None:
    day = large_day()
    found = solve(day, 60, should_stop=lambda: True)
    assert found.state is State.STOPPED
    assert found.plan is not None
    assert verify(day, found.plan) == []


def test_gaps_that_can_not_be_closed_are_proven() -> None:
    """Two investors who are there at the two ends of the morning leave Alpha waiting."""
    day = replace(
        SMALL,
        absences=(
            Absence("x", START, START + timedelta(minutes=40)),
            Absence("y", START + timedelta(minutes=20), START + timedelta(minutes=60)),
        ),
        requests=(Request("a", "x"), Request("a", "y")),
        mode=Mode.PLACE,
    )
    found = solve(day, 20)
    proofs = {proof.aim: proof for proof in found.proofs}
    assert (proofs["gaps"].value, proofs["gaps"].bound, proofs["spread"].value) == (1, 1, 1)
    assert found.state is State.PLANNED
