"""Which release this process serves: opened once, left as soon as a newer one is current."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from ecosystem.settings import settings
from ecosystem.store import Database, current, pointed_at


def database() -> Database:
    """The current release's database, shared by all threads of the process.

    Costs one small file read as long as nothing new is published. A reader that still holds
    the database before keeps it: the old file stays, and closes with its last reader.

    Raises
    ------
    ecosystem.store.ReleaseError
        If there is nothing to serve.
    """
    folder = settings().releases_dir
    return _open(folder, pointed_at(folder))


@lru_cache(maxsize=2)
def _open(folder: Path, release_id: str) -> Database:
    # Keyed by what the pointer says; the checksum is then asked once for each release.
    del release_id
    return Database(current(folder))
