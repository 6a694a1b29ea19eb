"""No small count can be worked out of what is said: all cases of up to four parts are tried."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations, product

import pytest

from ecosystem.common.small_sums import LEAST, SafeSums, safe_sums

PARTS = "abcd"


def said(counts: tuple[int | None, ...]) -> SafeSums[str]:
    return safe_sums(dict(zip(PARTS, counts, strict=False)))


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((), SafeSums()),
        ((None,), SafeSums(unknown=("a",))),
        ((2,), SafeSums(is_few=True, withheld=("a",))),
        ((0,), SafeSums(is_few=True, withheld=("a",))),
        ((1, None, 1), SafeSums(is_few=True, withheld=("a", "c"), unknown=("b",))),
        ((3,), SafeSums(total=3, parts={"a": 3})),
        ((5, 3), SafeSums(total=8, parts={"a": 5, "b": 3})),
        ((5, 1), SafeSums(total=6, withheld=("a", "b"))),
        ((5, 1, None, 9), SafeSums(15, withheld=("a", "b", "d"), unknown=("c",))),
    ],
)
def test_what_is_said_of_some_counts(counts: tuple[int | None, ...], expected: object) -> None:
    assert said(counts) == expected


@pytest.mark.parametrize("parts", [1, 2, 3, 4])
def test_no_small_sum_of_any_parts_can_be_worked_out(parts: int) -> None:
    """Whoever knows the rule tries all counts that give the same answer: none may stand alone."""
    alike: dict[str, list[tuple[int, ...]]] = defaultdict(list)
    for counts in product(range(2 * LEAST + 1), repeat=parts):
        alike[repr(said(counts))].append(counts)
    for sums in alike.values():
        for size in range(1, parts + 1):
            for chosen in combinations(range(parts), size):
                possible = {sum(counts[at] for at in chosen) for counts in sums}
                assert min(possible) >= LEAST or len(possible) > 1, (sums[0], chosen)


def test_what_is_said_adds_up() -> None:
    for counts in product(range(6), repeat=4):
        sums = said(counts)
        if sums.total is None:
            assert sums.is_few
            assert sum(counts) < LEAST
        else:
            assert sums.total == sum(counts)
            assert sum(sums.parts.values()) in (0, sums.total)
            assert bool(sums.parts) != bool(sums.withheld)
            assert all(count >= LEAST for count in sums.parts.values())
