"""What is concluded from the costs that were measured."""

from __future__ import annotations

import pytest

from benchmarks.scaling import Crowd, Size, as_table, count_visitors, fit_power, tell_capacity


def test_the_power_that_a_cost_grows_with() -> None:
    rows = (465, 12_000, 1_000_000)
    assert fit_power(rows, [7.0, 7.0, 7.0]) == pytest.approx(0)
    assert fit_power(rows, [3.0 * number for number in rows]) == pytest.approx(1)
    assert fit_power(rows, [number**1.5 for number in rows]) == pytest.approx(1.5)


def test_visitors_are_what_the_cores_can_answer_while_they_think() -> None:
    # Ten steps a second on each core, half of which may be used, by visitors of 5 s each.
    assert count_visitors(2, 0.1, thinks_s=5, busy=0.5) == 50
    assert count_visitors(4, 0.1, thinks_s=5, busy=0.5) == 100


def test_costs_stand_beside_each_other_with_their_growth() -> None:
    costs = {100: (9.0, 8.0), 10_000: (10.0, 8.0), 100_000: (100.0, 7.9)}
    names = ("refresh, s", "about, ms")
    table = as_table([Size(n, dict(zip(names, cost, strict=True))) for n, cost in costs.items()])
    assert table.splitlines() == [
        "| organisations | 100 | 10,000 | 100,000 | grows with N to the |",
        "|---|---|---|---|---|",
        # What it costs anyway, at 100, is left out of its growth.
        "| refresh, s | 9.0 | 10.0 | 100 | 1.0 |",
        "| about, ms | 8.0 | 8.0 | 7.9 | 0.0 |",
    ]


def test_what_cores_serve_follows_from_the_cost_of_a_step() -> None:
    lines = tell_capacity(Crowd(step_s=0.07, base_mb=500, visitor_mb=2)).splitlines()
    assert "70 ms" in lines[0]
    assert lines[-3:] == [
        "| 2 | 20 | 100 | 1.2 |",
        "| 8 | 80 | 400 | 4.8 |",
        "| 32 | 320 | 1,600 | 19.2 |",
    ]
