"""Where releases are built: by one process at a time, out of sight, and swept after a crash."""

from __future__ import annotations

import json
import logging
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from filelock import FileLock, Timeout

from ecosystem.common.release_address import without_password
from ecosystem.common.settings import settings
from ecosystem.common.whole_files import sync, write_whole
from etl.errors import PublishError
from etl.files import RELEASE_KEPT, writing
from etl.shared_lock import POLL_S, SOMEBODY, Complain, Holder, everywhere, this_process

LOCK = ".lock"
HOLDER = ".lock.holder"
BUILDING = ".building-"
# What the register will hold once a release is shown; see etl/release/unfinished.py.
KEPT = ".adopting-"
SCRATCH = "cyber-valleys-"
LOCK_WAIT_S = 30.0
# Who waits is told the first, who gives up the second.
_ONE_FOLDER = (
    "{who} is writing to {folder}; waiting for it, {seconds} s at most.",
    "{who} is writing to {folder}. Gave up after {seconds} seconds; try again when it has "
    "finished.",
)
_ONE_INBOX = (
    "{who} is writing releases and shares this inbox; waiting for it, {seconds} s at most.",
    "{who} is writing releases and shares this inbox. Gave up after {seconds} seconds; try again "
    "when it has finished.",
)
_PUBLISHING = "releases"
_READABLE_FOLDER = 0o555
_log = logging.getLogger(__name__)
# Temporary folders that this process made.
_OWN: set[str] = set()

Say = Callable[[str], None]


def say_nothing(_: str) -> None:
    """Tell nobody."""


@contextmanager
def workshop(
    folder: Path, on_wait: Say = say_nothing, *, wait_s: float | None = None
) -> Iterator[Path]:
    """A folder to build in, held by one process at a time and gone afterwards.

    What killed builds left behind is removed first.

    Parameters
    ----------
    folder : Path
        Folder of the releases; made if it isn't there.
    on_wait : callable, optional
        Is told, in a sentence, whom this process waits for; again if somebody else takes over.
    wait_s : float, optional
        Seconds to wait at most; ``LOCK_WAIT_S`` by default.

    Raises
    ------
    PublishError
        If the folder can't be written, or another process holds it for too long.
    """
    require_own(folder)
    with writing(folder):
        _make(folder)
    with alone(folder, on_wait, wait_s), writing(folder):
        building = folder / f"{BUILDING}{os.getpid()}"
        try:
            _sweep(folder)
            building.mkdir()
            yield building
        finally:
            shutil.rmtree(building, ignore_errors=True)


def require_own(folder: Path) -> None:
    """Refuse to publish where a site keeps what it fetches: the next look would take it back.

    Parameters
    ----------
    folder : Path
        Folder of the releases.

    Raises
    ------
    PublishError
        If this installation shows what is published elsewhere.
    """
    own = settings()
    if own.database and folder.resolve() == own.releases_dir.resolve():
        raise PublishError(
            "This installation shows what is published at "
            f"{without_password(own.database)}: publish there, and every site that reads it "
            f"follows. {RELEASE_KEPT}"
        )


def require_whole(database: Path, folder: Path) -> None:
    """Refuse a closed database file that lacks what DuckDB wrote last.

    DuckDB says nothing if it can't bring its log into the file while it closes.

    Parameters
    ----------
    database : Path
        The file.
    folder : Path
        The folder whose free space ran out, for the message.

    Raises
    ------
    PublishError
        If the log is still there.
    """
    if database.with_name(f"{database.name}.wal").exists():
        raise PublishError(
            f"The database in {folder} could not be completed; check the free space. {RELEASE_KEPT}"
        )


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A temporary folder for what may never be published, and for what was uploaded.

    Those of this user's processes that were killed are removed first.
    """
    for left in Path(tempfile.gettempdir()).glob(f"{SCRATCH}*-*"):
        pid = left.name.removeprefix(SCRATCH).partition("-")[0]
        with suppress(OSError):
            if pid.isdecimal() and left.stat().st_uid == os.getuid() and _is_left(left, int(pid)):
                shutil.rmtree(left, ignore_errors=True)
    folder = tempfile.TemporaryDirectory(prefix=f"{SCRATCH}{os.getpid()}-")
    _OWN.add(folder.name)
    return folder


def _is_left(folder: Path, pid: int) -> bool:
    """Whether a process made it that is gone; in a container each may have the same number."""
    return str(folder) not in _OWN if pid == os.getpid() else not _alive(pid)


@contextmanager
def alone(folder: Path, on_wait: Say, wait_s: float | None) -> Iterator[None]:
    """Hold the folder's lock, and that of all machines with one inbox; say beside it who does.

    The system lets go of the lock when its holder dies; what the holder said of itself counts
    only while somebody holds it.
    """
    lock = FileLock(folder / LOCK)
    wait_s = LOCK_WAIT_S if wait_s is None else wait_s
    end = time.monotonic() + wait_s
    with writing(folder):
        _take(lock, folder, wait_s, _complain(_ONE_FOLDER, folder, end, wait_s, on_wait))
    holder = folder / HOLDER
    try:
        with _shared(folder, _complain(_ONE_INBOX, folder, end, wait_s, on_wait)):
            with suppress(OSError):  # it helps others, and must not stop this one
                told = json.dumps(asdict(this_process()))
                write_whole(holder, told.encode("utf-8"), readable=True)
            yield
    finally:
        with suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


def _shared(folder: Path, complain: Complain) -> AbstractContextManager[None]:
    """The lock of all machines with one inbox, if it is their release that is written."""
    is_own = folder.resolve() == settings().releases_dir.resolve()
    return everywhere([_PUBLISHING] if is_own else [], complain, RELEASE_KEPT)


def _take(lock: FileLock, folder: Path, wait_s: float, complain: Complain) -> None:
    left = wait_s
    while True:
        try:
            lock.acquire(timeout=max(0.0, min(POLL_S, left)))
        except Timeout:
            left = complain(_holder(folder))
        else:
            return


def _complain(
    sentences: tuple[str, str], folder: Path, end: float, wait_s: float, on_wait: Say
) -> Complain:
    """What is said while somebody else holds a lock; the wait ends when its time is over."""
    told = ""
    waiting, over = sentences

    def complain(who: str) -> float:
        nonlocal told
        words = {"who": who, "folder": folder, "seconds": f"{wait_s:g}"}
        left = end - time.monotonic()
        if left <= 0:
            raise PublishError(f"{over.format(**words)} {RELEASE_KEPT}")
        if who != told:
            on_wait(waiting.format(**words))
            told = who
        return left

    return complain


def _holder(folder: Path) -> str:
    """Who holds the lock, as the beginning of a sentence."""
    try:
        told = Holder(**json.loads((folder / HOLDER).read_text(encoding="utf-8")))
        if told.host == socket.gethostname() and not _alive(int(told.pid)):
            return SOMEBODY
        return told.who
    except (OSError, ValueError, TypeError):
        return SOMEBODY


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _make(folder: Path) -> None:
    """Make a folder and those above it, for everybody to read whatever the umask."""
    if folder.is_dir():
        return
    _make(folder.parent)
    folder.mkdir(exist_ok=True)
    folder.chmod(folder.stat().st_mode | _READABLE_FOLDER)
    sync(folder.parent)


def _sweep(folder: Path) -> None:
    """Remove what killed refreshes left: build folders, parts, and files without their pair."""
    for left in folder.glob(f"{BUILDING}*"):
        shutil.rmtree(left, ignore_errors=True)
    alone = [p for p in folder.glob("*.duckdb") if not p.with_suffix(".json").exists()]
    for path in (*folder.glob(".*.part"), *folder.glob("*.duckdb.wal"), *alone):
        remove(path)


def remove(path: Path) -> None:
    """Remove a file; one that can't be removed is left, and the log says so."""
    # Somebody else's file in a shared folder is left, and does not stop a publication.
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        _log.warning("%s can't be removed (%s).", path, error.strerror)
