"""Links as they are drawn have a weight, from weak to strong, and a text."""

from __future__ import annotations

import pandas as pd
import pytest

from ecosystem.common.store import Database
from ecosystem.network import weighted_links


@pytest.mark.parametrize("kind", weighted_links.KINDS)
def test_links_are_weighted_from_strong_to_weak(database: Database, kind: str) -> None:
    found = weighted_links.pairs(database, kind)
    assert found["weight"].is_monotonic_decreasing
    assert found["weight"].iloc[0] == 1
    assert found["weight"].iloc[-1] == 0
    assert found["text"].str.len().min() > 5


def test_equal_ones_weigh_the_same() -> None:
    assert weighted_links.spread(pd.Series([2.0, 2.0])).tolist() == [1, 1]
    assert weighted_links.spread(pd.Series([3.0, 2.0, 1.0])).tolist() == [1, 0.5, 0]
    assert weighted_links.spread(pd.Series([], dtype=float)).empty
