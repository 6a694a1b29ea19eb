"""Which release this process serves: opened once, left as soon as a newer one is current."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path

from ecosystem.common.settings import settings
from ecosystem.common.store import Database, current, stamp

_lock = threading.Lock()


def database() -> Database:
    """The current release's database, shared by all threads of the process.

    Costs one small file read as long as nothing is published and the files are as they were. A
    file that is touched, or that can't be read any more, is checked again and left if it is
    damaged. A reader that still holds the database before keeps it: the old file stays, and
    closes with its last reader.

    Raises
    ------
    ecosystem.common.store.ReleaseError
        If there is nothing to serve.
    """
    folder = settings().releases_dir
    # Threads that come at once would each work out the checksum and open the file.
    with _lock:
        found = _open(folder, stamp(folder))
        if found.failed:
            _open.cache_clear()
            # DuckDB would give the failed database again to whoever opens the same file.
            found.close()
            found = _open(folder, stamp(folder))
        return found


@lru_cache(maxsize=2)
def _open(folder: Path, stamp: tuple[object, ...]) -> Database:
    # Keyed by what the file system says; the checksum is then asked once for each state of it.
    del stamp
    return Database(current(folder))
