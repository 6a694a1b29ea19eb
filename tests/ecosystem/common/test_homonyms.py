"""When a name of several towns goes without saying."""

from __future__ import annotations

import pytest

from ecosystem.common.homonyms import is_dominant


@pytest.mark.parametrize(
    ("population", "other", "expected"),
    [
        (500_000, 100_000, True),
        (499_999, 100_000, False),
        (5, 0, True),
        (4, 0, False),
        (0, 0, False),
    ],
)
def test_a_town_dominates_one_with_a_fifth_of_its_inhabitants(
    population: int, other: int, expected: bool
) -> None:
    assert is_dominant(population, other) is expected
