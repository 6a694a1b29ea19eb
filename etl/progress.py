"""Progress of the steps: bars on a terminal, plain lines in a log, or nothing."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskProgressColumn, TextColumn
from rich.text import Text

from etl.model import T, Track, no_progress

# Which part of a refresh is done when a step begins, by the processor time of the steps of a
# million organisations.
_BEGINS = {
    "Read the register": 0.0,
    "Normalise": 0.06,
    "Validate": 0.15,
    "Look up towns": 0.28,
    "Look up other names of towns": 0.30,
    "Choose among towns": 0.31,
    "Compare organisations": 0.40,
    "Write the tables": 0.70,
    "Check the gates": 0.77,
    "Make the index": 0.78,
    "Write the index": 0.98,
}
_ENDS = [*sorted(_BEGINS.values())[1:], 1.0]
# From here on somebody may have been asked, and their time to answer isn't that of the work.
_ASKED = _BEGINS["Make the index"]
# Before that much is done, nothing is known.
_KNOWN = 0.05
_WORTH_SAYING_S = 5.0
_EVERY_S = 0.1


def tracker(console: Console, *, quiet: bool, publishing: bool = False) -> Track:
    """What fits the place that the output goes to.

    Parameters
    ----------
    console : rich.console.Console
        Where to show progress.
    quiet : bool
        Show nothing.
    publishing : bool
        Whether a release is published at the end; the time left holds that, too.
    """
    if quiet:
        return no_progress
    if not console.is_terminal:
        return _Lines(console)
    return _Bars(console, Estimate(publishing=publishing))


class Estimate:
    """How long a refresh or a check still takes, by how long it took to come so far.

    Parameters
    ----------
    publishing : bool
        Whether a release is published at the end.
    now : callable, optional
        The clock, in seconds.
    """

    def __init__(
        self, *, publishing: bool = False, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._all = 1.0 if publishing else _ASKED
        self._now = now
        self._began = now()
        self._done = 0.0
        self._whole_s = 0.0

    def seconds_left(self, step: str, done: int, of: int) -> float | None:
        """Seconds until all steps are done; None if nobody can tell.

        Parameters
        ----------
        step : str
            What is being done.
        done, of : int
            How many of its items are.
        """
        if step in _BEGINS:
            begin = _BEGINS[step]
            end = _ENDS[bisect_right(_ENDS, begin)]
            if begin == 0.0 and not done:
                # Before, somebody may have been asked what a column is.
                self._began = self._now()
            # A step may come twice.
            self._done = max(self._done, begin + (end - begin) * done / max(of, 1))
        if _KNOWN <= self._done < _ASKED:
            self._whole_s = (self._now() - self._began) / self._done
        return self._whole_s * (self._all - self._done) if self._whole_s else None


class _Bars:
    """A bar for each step, with the time until all are done."""

    def __init__(self, console: Console, estimate: Estimate) -> None:
        self._console = console
        self._estimate = estimate

    def __call__(self, sequence: Sequence[T], label: str) -> Iterator[T]:
        columns = TextColumn(f"{label:32}"), BarColumn(), TaskProgressColumn(), _Left()
        shown = -_EVERY_S
        with Progress(*columns, console=self._console) as progress:
            task = progress.add_task(label, total=len(sequence), ends=None)
            for number, item in enumerate(sequence):
                now = time.monotonic()
                if now - shown >= _EVERY_S:
                    shown = now
                    left = self._estimate.seconds_left(label, number, len(sequence))
                    ends = None if left is None else now + left
                    progress.update(task, completed=number, ends=ends)
                yield item
            progress.update(task, completed=len(sequence), ends=None)


class _Left(ProgressColumn):
    def render(self, task: Task) -> Text:
        ends = task.fields["ends"]
        return Text("" if ends is None else time_left(ends - time.monotonic()))


def time_left(seconds: float) -> str:
    """``"about 3 min left"``; empty if it is over soon."""
    if seconds < _WORTH_SAYING_S:
        return ""
    return f"about {seconds:.0f} s left" if seconds < 90 else f"about {seconds / 60:.0f} min left"


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console

    def __call__(self, sequence: Sequence[T], label: str) -> Iterator[T]:
        began = time.perf_counter()
        yield from sequence
        took = time.perf_counter() - began
        self._console.print(f"{label}: {len(sequence):,} in {took:.2f} s", markup=False)
