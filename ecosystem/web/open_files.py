"""How many files and connections this process may have open, and how many it has."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path

# Where a system lists what a process has open: Linux, then macOS.
_LISTS = (Path("/proc/self/fd"), Path("/dev/fd"))
# Where a hard limit isn't one that the kernel gives, as on macOS (sysctl kern.maxfilesperproc).
_MODEST = 10_240
# A look costs a millisecond for some thousand files; more often than this nobody needs one.
_LOOK_S = 1.0


def raise_limit() -> int:
    """Raise the soft limit of open files as far as the hard one allows; gives what it is now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (hard, _MODEST):
        if wanted == resource.RLIM_INFINITY or wanted <= soft:
            continue
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError):
            continue
        break
    return limit()


def limit() -> int:
    """How many files this process may have open."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return soft if soft != resource.RLIM_INFINITY else 2**31


def count() -> int:
    """How many files this process has open; 0 where the system doesn't tell."""
    for folder in _LISTS:
        try:
            return len(os.listdir(folder))  # noqa: PTH208 - a name each is all that is needed
        except OSError:
            continue
    return 0


class Room:
    """How many files may still be opened: counted once a second, reckoned in between."""

    def __init__(self) -> None:
        self._counted_at = float("-inf")
        self._open = 0

    def rest(self) -> int:
        """How many more fit below the limit."""
        now = time.monotonic()
        if now - self._counted_at > _LOOK_S:
            self._open, self._counted_at = count(), now
        return limit() - self._open

    def take(self, files: int) -> None:
        """Reckon with files that are about to be opened."""
        self._open += files
