"""How long a refresh still takes."""

from __future__ import annotations

import pytest

from etl.progress import Estimate, time_left


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.s = 1_000.0

    def __call__(self) -> float:
        return self.s


def test_the_time_left_follows_from_the_time_that_was_needed() -> None:
    clock = Clock()
    estimate = Estimate(publishing=True, now=clock)
    clock.s += 500  # somebody says which column is which
    assert estimate.seconds_left("Read the register", 0, 19) is None
    clock.s += 40
    # The comparison begins after 40 of 100 parts and ends after 70 of them.
    assert estimate.seconds_left("Compare organisations", 0, 10) == pytest.approx(60)
    clock.s += 30
    assert estimate.seconds_left("Compare organisations", 10, 10) == pytest.approx(30)


def test_a_step_that_comes_once_more_takes_nothing_back() -> None:
    clock = Clock()
    estimate = Estimate(publishing=True, now=clock)
    estimate.seconds_left("Read the register", 0, 19)
    clock.s += 70
    estimate.seconds_left("Compare organisations", 2, 2)
    assert estimate.seconds_left("Compare organisations", 0, 1) == pytest.approx(30)


def test_what_somebody_takes_to_say_yes_is_no_time_of_the_work() -> None:
    clock = Clock()
    estimate = Estimate(publishing=True, now=clock)
    estimate.seconds_left("Read the register", 0, 19)
    clock.s += 77
    estimate.seconds_left("Check the gates", 0, 1)
    clock.s += 3_600
    assert estimate.seconds_left("Make the index", 0, 1) == pytest.approx(22)


def test_a_check_ends_before_a_publication() -> None:
    clock = Clock()
    estimate = Estimate(now=clock)
    estimate.seconds_left("Read the register", 0, 19)
    clock.s += 40
    assert estimate.seconds_left("Compare organisations", 0, 10) == pytest.approx(38)
    assert estimate.seconds_left("a step that nobody measured", 0, 10) == pytest.approx(38)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-3.0, ""), (4.0, ""), (42.4, "about 42 s left"), (200.0, "about 3 min left")],
)
def test_the_time_left_in_words(seconds: float, said: str) -> None:
    assert time_left(seconds) == said
