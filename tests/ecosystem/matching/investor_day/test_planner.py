"""The planner's process: progress, stop, limits, and turns."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from ecosystem.matching.investor_day import planner
from ecosystem.matching.investor_day.checks import DayError
from ecosystem.matching.investor_day.model import Day
from ecosystem.matching.investor_day.planner import Job, Look, Stage
from ecosystem.matching.investor_day.solver import Proof, State
from ecosystem.matching.investor_day.verify import verify
from ecosystem.matching.investor_day.worker import NICENESS
from tests.ecosystem.matching.investor_day.days import large_day, small_day

pytestmark = pytest.mark.slow
# Far more than is needed, for machines that are busy.
PATIENCE = 120.0


@pytest.fixture
def queue(tmp_path: Path) -> Path:
    return tmp_path / "queue.lock"


def look_until(job: Job, wanted: Callable[[Look], bool]) -> Look:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        look = job.look()
        if wanted(look) or job.is_over:
            return look
        time.sleep(0.05)
    raise AssertionError("nothing came")


def match_of(look: Look) -> Proof:
    return next(proof for proof in look.proofs if proof.aim == "match")


def check(day: Day, look: Look) -> None:
    assert look.plan is not None
    assert verify(day, look.plan) == []


def comes_after_the_site(pid: int) -> None:
    """Linux compares niceness within a session only, so the process needs both."""
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, pid) == min(own + NICENESS, 19)
    assert os.getsid(pid) == os.getsid(0)
    assert os.getpgid(pid) != os.getpgid(0), "Ctrl-C on a terminal doesn't end it"


def test_a_day_is_planned_in_another_process(queue: Path) -> None:
    look = planner.start(small_day(), 20, queue=queue).wait(PATIENCE)
    assert look.stage is Stage.DONE
    assert look.outcome is not None
    assert look.outcome.state is State.PLANNED
    check(small_day(), look)
    assert [proof.aim for proof in look.proofs][:3] == ["must", "fair", "match"]


def test_progress_is_seen_and_a_stop_takes_the_best_so_far(queue: Path) -> None:
    day = large_day()
    job = planner.start(day, 500, queue=queue)
    seen = look_until(job, lambda look: look.plan is not None and match_of(look).is_proven)
    assert seen.stage is Stage.PLANNING
    check(day, seen)
    comes_after_the_site(job._process.pid)
    job.stop()
    look = job.wait(PATIENCE)
    assert look.stage is Stage.DONE
    assert look.outcome is not None
    assert look.outcome.seconds < 400
    check(day, look)


def test_one_plans_after_the_other(queue: Path) -> None:
    with FileLock(queue):
        job = planner.start(small_day(), 20, queue=queue)
        assert job.wait(1.5).stage is Stage.WAITING
    assert job.wait(PATIENCE).stage is Stage.DONE


def test_who_waits_can_be_stopped(queue: Path) -> None:
    with FileLock(queue):
        job = planner.start(small_day(), 20, queue=queue)
        job.stop()
        look = job.wait(PATIENCE)
    assert look.outcome is not None
    assert look.outcome.state is State.NOTHING


@pytest.mark.kill
def test_a_killed_process_leaves_the_best_so_far(queue: Path) -> None:
    day = large_day()
    job = planner.start(day, 500, queue=queue)
    look_until(job, lambda look: look.plan is not None)
    os.kill(job._process.pid, signal.SIGKILL)
    look = job.wait(PATIENCE)
    assert look.stage is Stage.FAILED
    assert look.step == planner.FAILED
    check(day, look)


def test_too_little_memory_is_a_sentence(queue: Path) -> None:
    look = planner.start(small_day(), 20, megabytes=100, queue=queue).wait(PATIENCE)
    assert (look.stage, look.step, look.plan) == (Stage.FAILED, planner.FAILED, None)


def test_a_job_that_nobody_holds_ends(queue: Path) -> None:
    job = planner.start(large_day(), 500, queue=queue)
    process = job._process
    look_until(job, lambda look: look.stage is Stage.PLANNING)
    del job
    assert process.wait(PATIENCE) == -signal.SIGKILL


def test_too_many_at_once_are_refused(queue: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planner, "MAX_WAITING", 1)
    with FileLock(queue):
        first = planner.start(small_day(), 20, queue=queue)
        with pytest.raises(planner.BusyError, match="Too many days"):
            planner.start(small_day(), 20, queue=queue)
        first.close()


def test_a_day_with_faults_never_begins(queue: Path) -> None:
    with pytest.raises(DayError, match="There are no tables"):
        planner.start(replace(small_day(), tables=()), queue=queue)
