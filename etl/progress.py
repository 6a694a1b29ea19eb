"""Progress of the steps: bars on a terminal, plain lines in a log, or nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.progress import track as rich_track

from etl.model import T, Track, no_progress


def tracker(console: Console, *, quiet: bool) -> Track:
    """What fits the place that the output goes to.

    Parameters
    ----------
    console : rich.console.Console
        Where to show progress.
    quiet : bool
        Show nothing.
    """
    if quiet:
        return no_progress
    if not console.is_terminal:
        return _Lines(console)
    return _Bars(console)


class _Bars:
    def __init__(self, console: Console) -> None:
        self._console = console

    def __call__(self, sequence: Sequence[T], label: str) -> Iterator[T]:
        yield from rich_track(sequence, f"{label:32}", console=self._console)


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console

    def __call__(self, sequence: Sequence[T], label: str) -> Iterator[T]:
        began = time.perf_counter()
        yield from sequence
        took = time.perf_counter() - began
        self._console.print(f"{label}: {len(sequence):,} in {took:.2f} s", markup=False)
