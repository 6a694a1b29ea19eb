"""Periods in words claim no more than is known."""

from __future__ import annotations

import doctest

from ecosystem.common import partial_dates


def test_the_examples_hold() -> None:
    found = doctest.testmod(partial_dates)
    assert found.attempted
    assert not found.failed
