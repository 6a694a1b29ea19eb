"""Plan in a process of its own, so that a site stays quick; and look at how far it is.

Give the order with :func:`start`, ask :meth:`Job.look` as often as you like, and :meth:`Job.stop`
to take the best plan so far. One plans after the other; a job that nobody holds any more is ended.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import weakref
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from ecosystem.common.settings import ROOT
from ecosystem.matching.investor_day import checks
from ecosystem.matching.investor_day.checks import DayError
from ecosystem.matching.investor_day.messages import MESSAGE, ORDER, STOP, Order
from ecosystem.matching.investor_day.model import Day, Plan
from ecosystem.matching.investor_day.solver import Outcome, Proof, State

MAX_SECONDS = 600.0
MAX_WAITING = 8
MEGABYTES = 4096
_WORKER = "ecosystem.matching.investor_day.worker"
FAILED = (
    "The planner ended before it was done, most likely because the day needs more memory than it "
    "may take. Raise the least match, or split the day into several workbooks."
)
BUSY = "Too many days are being planned at the moment; try again in a few minutes."


class Stage(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    PLANNING = "planning"
    DONE = "done"
    FAILED = "failed"


class BusyError(Exception):
    """Too many days wait for their turn."""


@dataclass(frozen=True)
class Look:
    """A job at a moment.

    Attributes
    ----------
    stage : Stage
        How far it is.
    step : str
        What is being done, in words; of a failed job, what went wrong.
    plan : Plan or None
        The best plan so far.
    proofs : tuple of Proof
        What is known of its aims.
    outcome : Outcome or None
        What came of it, once it is done.
    """

    stage: Stage
    step: str = ""
    plan: Plan | None = None
    proofs: tuple[Proof, ...] = ()
    outcome: Outcome | None = None


@dataclass
class _Box:
    """What the process said last; the thread that listens holds it, and never the job."""

    look: Look = Look(Stage.WAITING, "Waiting for its turn")
    ordered: threading.Event = field(default_factory=threading.Event)
    stopped: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)


class Job:
    """A day that is being planned."""

    def __init__(self, order: Order) -> None:
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        environment["PYTHONPATH"] = os.pathsep.join(
            filter(None, [str(ROOT), environment.get("PYTHONPATH", "")])
        )
        self._process = subprocess.Popen(  # noqa: S603  (this program, and nothing that was typed)
            [sys.executable, "-m", _WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            # A terminal's Ctrl-C is for whoever gave the order. Not a session of its own: Linux
            # shares processors out among sessions first, and niceness counts within one only.
            process_group=0,
        )
        self._box = _Box()
        self._end = weakref.finalize(self, _end, self._process)
        content = ORDER.dump_json(order)
        threading.Thread(
            target=_listen, args=(self._process, content, self._box), daemon=True
        ).start()

    def look(self) -> Look:
        """How far it is; comes back at once."""
        return self._box.look

    def stop(self) -> None:
        """Leave off soon, and take the best plan so far."""
        self._box.stopped.set()
        # A word before the order would be taken for it; who writes that says this after it.
        if self._box.ordered.is_set():
            _write(self._process, STOP.encode())

    def wait(self, seconds: float | None = None) -> Look:
        """How far it is once it has ended, or after some seconds."""
        self._box.ended.wait(seconds)
        return self.look()

    def close(self) -> None:
        """End the process now, whatever it does."""
        self._end()

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self._box.ended.is_set()


_jobs: weakref.WeakSet[Job] = weakref.WeakSet()


def start(
    day: Day,
    seconds: float = 60.0,
    *,
    previous: Plan | None = None,
    megabytes: int = MEGABYTES,
    queue: Path | None = None,
) -> Job:
    """Begin to plan a day in a process of its own.

    Parameters
    ----------
    day, seconds, previous
        As for :func:`ecosystem.matching.investor_day.solver.solve`; the time counts from when the
        job's turn comes.
    megabytes : int
        Memory that the process may take.
    queue : Path, optional
        File by whose lock one waits for the other; one for all jobs of a user by default.

    Raises
    ------
    DayError
        If the day has faults.
    BusyError
        If too many wait already.
    """
    found = checks.faults(day)
    if found:
        raise DayError(found)
    if sum(not job.is_over for job in _jobs) >= MAX_WAITING:
        raise BusyError(BUSY)
    order = Order(
        day, min(max(0.0, seconds), MAX_SECONDS), previous, megabytes, str(queue or _queue())
    )
    job = Job(order)
    _jobs.add(job)
    return job


def _queue() -> Path:
    """The file that all jobs of a user lock, in a folder that nobody else may write to."""
    folder = Path(tempfile.gettempdir()) / f"cyber-valleys-planner-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / "queue.lock"


def _listen(process: subprocess.Popen[bytes], content: bytes, box: _Box) -> None:
    try:
        _write(process, content)
        box.ordered.set()
        if box.stopped.is_set():
            _write(process, STOP.encode())
        for line in process.stdout or ():
            message = MESSAGE.validate_json(line)
            if message.progress is not None:
                seen = message.progress
                box.look = Look(Stage.PLANNING, seen.step, seen.plan, seen.proofs)
            if message.outcome is not None:
                outcome = message.outcome
                box.look = Look(Stage.DONE, "", outcome.plan, outcome.proofs, outcome)
    except (OSError, ValueError):
        # The process was ended, or broke off in the middle of a line.
        pass
    process.wait()
    if box.look.stage is not Stage.DONE:
        known = box.look
        outcome = Outcome(State.STOPPED if known.plan else State.NOTHING, known.plan, known.proofs)
        box.look = Look(Stage.FAILED, FAILED, known.plan, known.proofs, outcome)
    box.ended.set()


def _write(process: subprocess.Popen[bytes], line: bytes) -> None:
    if process.stdin is None:
        return
    try:
        process.stdin.write(line + b"\n")
        process.stdin.flush()
    except (OSError, ValueError):
        # The process has ended, which whoever listens finds out.
        return


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
    process.wait()
