"""Each run of a page's script: numbered, timed, counted and, if wanted, written down."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ecosystem.web import logs, metrics

_run = threading.local()
_first_has_begun, _first_is_over = threading.Event(), threading.Event()
_log = logging.getLogger(__name__)


@contextmanager
def watching(*, is_part: bool, page: Callable[[], str]) -> Iterator[None]:
    """Watch one run, from its first line to its last.

    Parameters
    ----------
    is_part : bool
        Whether only a part of the page (a fragment) runs.
    page : callable
        Gives the page's address below the site's root, once it is known which one ran.
    """
    _run.failed = False
    _first_has_begun.set()
    begun = time.perf_counter()
    with logs.numbering():
        try:
            yield
        finally:
            seconds = time.perf_counter() - begun
            _first_is_over.set()
            shown = metrics.count_rerun(
                page(), is_part=is_part, seconds=seconds, failed=_run.failed
            )
            extra = {**shown, "event": "rerun", "ms": round(1000 * seconds)}
            words = "%(page)s (%(part)s): %(outcome)s"
            _log.info(words, shown, extra=extra)


def wait_for_first(seconds: float) -> None:
    """Wait until the first run of this process is over; so many seconds at most if none begins."""
    if _first_has_begun.wait(seconds):
        _first_is_over.wait()


def note_failure(error: Exception) -> None:
    """Note that the run of this thread has ended with an error that nobody expected."""
    del error
    _run.failed = True
