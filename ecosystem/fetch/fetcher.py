"""Look for another release where they are published, bring it here, and show it.

Whatever goes wrong, the release that is shown stays, and the next look tries again. A release is
shown when its file lies here, whole: then the pointer moves, as when one is published here.
"""

from __future__ import annotations

import json
import logging
import random
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from ecosystem.common import fetch_state
from ecosystem.common.fetch_state import FetchState
from ecosystem.common.release_address import AddressError, cause, is_lake, without_password
from ecosystem.common.settings import Settings, settings
from ecosystem.common.store import (
    POINTER,
    Manifest,
    ReleaseError,
    current,
    fault,
    in_order,
    pointed_at,
    read_manifests,
    stamp,
)
from ecosystem.common.whole_files import READABLE, sync, write_whole
from ecosystem.fetch import structure
from ecosystem.fetch.lake import Lake
from ecosystem.fetch.objects import Objects
from ecosystem.fetch.source import Pointed, Source

_LOCK = ".fetch.lock"
_PART_OF = ".fetched-"
_PART = f"{_PART_OF}{{}}.part"
# As often the pointer may move while a release is on its way, before the next look.
_TRIES = 4
# What is left of the disk for everything else.
_SPARE_BYTES = 100_000_000
# A release that arrives broken is asked for again after one look, two, four; an hour at most.
_MOST_PAUSE_S = 3_600.0
# So long the first visitor is kept waiting for the first release of all.
_FIRST_WAIT_S = 60.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Refusal:
    """A release that arrived and could not be taken, and when it may be asked for again."""

    manifest: Manifest
    sentence: str
    n: int
    until: float


class Fetcher:
    """Brings releases into a folder.

    Parameters
    ----------
    source : Source
        Where they come from.
    folder : Path
        Where they are kept, with the pointer to the one to show.
    address : str
        The source, as people may see it.
    look_s : float
        Seconds from one look to the next.
    keep : int
        How many releases stay.
    """

    def __init__(
        self, source: Source, folder: Path, address: str, *, look_s: float, keep: int
    ) -> None:
        self._source, self._folder, self._address = source, folder, address
        self._look_s, self._keep = look_s, keep
        self._known: Pointed | None = None
        # State of the files whose checksum was found right.
        self._whole: tuple[object, ...] = ()
        self._refused: _Refusal | None = None
        self._looked, self._ended = threading.Event(), threading.Event()

    def begin(self) -> None:
        """Look now, and again from time to time, in a thread of its own."""
        threading.Thread(target=self._run, name="fetch of releases", daemon=True).start()

    def end(self) -> None:
        """Look no more."""
        self._ended.set()

    def wait_for_first(self) -> None:
        """Wait for the first look, if there is nothing to show before it."""
        with suppress(ReleaseError):
            current(self._folder)
            return
        self._looked.wait(_FIRST_WAIT_S)

    def look(self) -> FetchState:
        """Bring what is current at the source here, if it isn't; says what came of it."""
        before = fetch_state.read(self._folder)
        if before is None or before.address != self._address:
            before = FetchState(self._address, "")
        trouble = detail = ""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with _alone(self._folder) as is_alone:
                if not is_alone:
                    return before
                self._bring()
        except AddressError as error:
            trouble, detail = str(error), cause(error)
        except OSError as error:
            trouble = f"A release can't be kept here ({error.strerror or error})."
        except Exception:
            # The thread goes on: the next look may find what this one did not.
            _log.exception("The look for a release failed.")
            trouble = "The look for a release failed; the log has the reason."
        now = datetime.now(UTC).isoformat(timespec="seconds")
        found = (before.found_at, before.release_id) if trouble else (now, pointed_at(self._folder))
        state = FetchState(self._address, now, *found, trouble)
        if trouble and trouble != before.trouble:
            _log.warning("%s: %s %s", self._address, trouble, detail)
        elif before.trouble and not trouble:
            _log.warning("%s: releases can be fetched again.", self._address)
        fetch_state.write(self._folder, state)
        return state

    def _run(self) -> None:
        while not self._ended.is_set():
            self.look()
            self._looked.set()
            # Many sites that were started at once need not ask at once for ever.
            self._ended.wait(self._look_s * random.uniform(0.9, 1.1))  # noqa: S311

    def _bring(self) -> None:
        is_whole = self._is_whole()
        found = self._source.pointed(self._known if is_whole else None)
        if found is None:
            return
        for _ in range(_TRIES):
            try:
                self._require_here(found.release_id)
            except AddressError:
                # Perhaps it was taken away because there is another one.
                again = self._source.pointed() or found
                if again.release_id == found.release_id:
                    raise
                found = again
                continue
            shown, found = found.release_id, self._source.pointed() or found
            if found.release_id == shown:
                break
        else:
            raise AddressError("Another release is published before one can be fetched.")
        if pointed_at(self._folder) != found.release_id:
            write_whole(self._folder / POINTER, f"{found.release_id}\n".encode(), readable=True)
            _log.info("%s: release %s is shown now.", self._address, found.release_id)
            self._prune(found.release_id)
        self._known, self._whole = found, stamp(self._folder)

    def _is_whole(self) -> bool:
        """Whether what the pointer names is as it was published; looked at when it was touched."""
        if self._whole != stamp(self._folder):
            self._whole = ()
        return bool(self._whole)

    def _require_here(self, release_id: str) -> None:
        """Have a release's files here, whole."""
        if not fault(self._folder, release_id):
            return
        manifest = self._source.manifest(release_id)
        refused = self._refused
        if refused and refused.manifest == manifest and time.monotonic() < refused.until:
            raise AddressError(refused.sentence)
        part = self._folder / _PART.format(release_id)
        try:
            self._require_room(manifest)
            fetched = self._source.fetch(manifest, part)
            structure.require(part, release_id)
            part.chmod(part.stat().st_mode | READABLE)
            sync(part)
            part.replace(self._folder / f"{release_id}.duckdb")
            beside = json.dumps(asdict(fetched), indent=2) + "\n"
            write_whole(self._folder / f"{release_id}.json", beside.encode(), readable=True)
        except AddressError as error:
            n = refused.n + 1 if refused and refused.manifest == manifest else 0
            pause = min(self._look_s * 2**n, _MOST_PAUSE_S)
            self._refused = _Refusal(manifest, str(error), n, time.monotonic() + pause)
            raise
        finally:
            part.unlink(missing_ok=True)
        self._refused = None

    def _require_room(self, manifest: Manifest) -> None:
        free = shutil.disk_usage(self._folder).free
        needed = manifest.bytes + _SPARE_BYTES
        if free < needed:
            raise OSError(
                f"release {manifest.release_id} needs {needed / 1e6:,.0f} MB, and "
                f"{free / 1e6:,.0f} MB are free"
            )

    def _prune(self, shown: str) -> None:
        """Remove the oldest releases, but not the one that is shown."""
        known = in_order(read_manifests(self._folder))
        for release_id in known[: -self._keep]:
            if release_id != shown:
                for ending in ("json", "duckdb"):
                    (self._folder / f"{release_id}.{ending}").unlink(missing_ok=True)


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether no other process of this site is fetching; while it isn't, none begins to."""
    lock = FileLock(folder / _LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    try:
        for left in folder.glob(f"{_PART_OF}*"):
            left.unlink(missing_ok=True)
        yield True
    finally:
        lock.release()


def fetcher(own: Settings | None = None) -> Fetcher | None:
    """Who fetches releases for this installation; None if it publishes its own."""
    own = own or settings()
    if not own.database:
        return None
    kind = Lake if is_lake(own.database) else Objects
    source = kind(own.database, own.database_answer_seconds, own.database_fetch_seconds)
    return Fetcher(
        source,
        own.releases_dir,
        without_password(own.database),
        look_s=own.database_look_seconds,
        keep=own.database_keep,
    )
