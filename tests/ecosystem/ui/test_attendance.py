"""A plan that nobody asks for any more ends; who was there first is counted."""

from __future__ import annotations

import gc
import threading
from typing import cast

import pytest

from ecosystem.matching.investor_day.planner import Job
from ecosystem.ui.investor_day.attendance import Attended

_PATIENCE_S = 60


class Standing:
    """A job that does nothing, and says when it is ended."""

    def __init__(self) -> None:
        self.ended = threading.Event()

    @property
    def is_over(self) -> bool:
        return self.ended.is_set()

    def close(self) -> None:
        self.ended.set()


def attended(job: Standing, patience_s: float) -> Attended:
    return Attended(cast(Job, job), patience_s, look_every_s=0.01)


def test_a_job_is_ended_when_nobody_asks_any_more() -> None:
    job = Standing()
    held = attended(job, patience_s=0.05)  # kept, as a page would
    assert job.ended.wait(_PATIENCE_S)
    assert held.was_left
    assert held.ask() == 0


@pytest.mark.slow
def test_who_asks_is_told_how_many_come_before() -> None:
    jobs = [Standing() for _ in range(3)]
    first, second, third = (attended(job, _PATIENCE_S) for job in jobs)
    assert (first.ask(), second.ask(), third.ask()) == (0, 1, 2)
    jobs[0].close()
    assert (second.ask(), third.ask()) == (0, 1)
    del first, second
    jobs.pop(1)
    gc.collect()
    assert third.ask() == 0
    assert not third.was_left
    for job in jobs:
        job.close()
