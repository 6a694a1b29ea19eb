"""Answers that are kept are whole, and whoever changes one changes nobody else's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import pytest

from ecosystem.tables.organisations import Summary
from ecosystem.ui.data import copies


@dataclass
class _Changing:
    numbers: list[int]


@dataclass(frozen=True)
class _Holding:
    numbers: list[int]


@pytest.mark.parametrize(
    "value",
    [None, 3, "text", (1, ("a", date(2026, 1, 1))), Summary(1, 2, 3, 4, 5), frozenset({1})],
)
def test_what_nobody_can_change_is_its_own_copy(value: object) -> None:
    assert copies(value)() is value


@pytest.mark.parametrize(
    "value",
    [
        {"a": 1},
        ["a", 2],
        {"a": [1]},
        [{"a": 1}],
        _Changing([1]),
        _Holding([1]),
        {"a": _Holding([1])},
        ([1],),
    ],
)
def test_what_can_be_changed_is_copied_to_its_depth(value: Any) -> None:
    copy = copies(value)
    first, second = copy(), copy()
    assert first == second == value
    assert first is not second
    parts = [first["a"] if isinstance(first, dict) else getattr(first, "numbers", None)]
    for part in parts:
        if isinstance(part, list):
            part.append(9)
    if isinstance(first, list):
        first.append("more")
    assert copy() == second


def test_a_frame_is_copied_with_the_lists_in_it() -> None:
    copy = copies(pd.DataFrame({"a": [[1], [2]]}))
    copy()["a"].iloc[0].append(9)
    assert copy()["a"].iloc[0] == [1]
