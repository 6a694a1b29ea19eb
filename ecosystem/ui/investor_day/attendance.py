"""Plans that are being made: who is before whom, and which of them nobody asks for any more."""

from __future__ import annotations

import threading
import time
from weakref import ReferenceType, ref

from ecosystem.matching.investor_day.planner import Job

# A browser asks each second; one in the background may ask once a minute only.
PATIENCE_S = 100.0
_LOOK_EVERY_S = 5.0
_line: list[ReferenceType[Job]] = []
_lock = threading.Lock()


class Attended:
    """A job that is ended when nobody has asked for it for some time.

    Parameters
    ----------
    job : Job
        What is being planned.
    patience_s, look_every_s : float
        After how long without a question it is ended, in seconds, and how often that is looked at.
    """

    def __init__(
        self, job: Job, patience_s: float = PATIENCE_S, look_every_s: float = _LOOK_EVERY_S
    ) -> None:
        self.job = job
        self._asked = [time.monotonic()]
        self._left = threading.Event()
        with _lock:
            _line[:] = [one for one in _line if (held := one()) and not held.is_over]
            _line.append(ref(job))
        arguments = (ref(job), self._asked, self._left, patience_s, look_every_s)
        threading.Thread(target=_end_when_left, args=arguments, daemon=True).start()

    @property
    def was_left(self) -> bool:
        """Whether it was ended because nobody asked."""
        return self._left.is_set()

    def ask(self) -> int:
        """Say that somebody still waits for it.

        Returns
        -------
        int
            How many others were there before it and aren't done.
        """
        self._asked[0] = time.monotonic()
        with _lock:
            jobs = [held for one in _line if (held := one()) and not held.is_over]
        return jobs.index(self.job) if self.job in jobs else 0


def _end_when_left(
    job: ReferenceType[Job],
    asked: list[float],
    left: threading.Event,
    patience_s: float,
    look_every_s: float,
) -> None:
    while True:
        time.sleep(look_every_s)
        held = job()
        if held is None or held.is_over:
            return
        if time.monotonic() - asked[0] > patience_s:
            left.set()
            held.close()
            return
        # The job must not live on for being looked at.
        del held
