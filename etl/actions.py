"""Who did what: a log of all that changes the register or what is shown, only ever added to.

One line of JSON for each action. It lies beside the inbox, never in a release: names of members
are nobody else's business.

What is about to be done is kept beside the log, with how to tell afterwards whether it was done. So
whoever comes after a process that was killed in between adds its line.
"""

from __future__ import annotations

import fcntl
import getpass
import hashlib
import json
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from ecosystem.common.settings import settings
from ecosystem.common.whole_files import sync
from etl.errors import PublishError
from etl.files import OWNER_ONLY, OWNER_ONLY_FOLDER, replace, sha256, writing

# Names the archive while a restoration is going on, in the folder of the releases.
RESTORING = ".restoring"
_MAX_TEXT = 1_000
_INTENT, _HALF, _HALF_KEPT_S = ".intent-", ".half-", 3_600.0
# Attributes of an entry, and what they are called.
COLUMNS = {
    "moment": "Time, UTC",
    "account": "Account",
    "action": "Action",
    "subject": "What",
    "before": "From",
    "after": "To",
}
_account: ContextVar[str] = ContextVar("account", default="")


class Action(StrEnum):
    """What was done."""

    PUBLISH = "publish"
    ROLLBACK = "rollback"
    PRUNE = "prune"
    UPLOAD = "upload"
    ACCEPT = "accept"
    REJECT = "reject"
    REOPEN = "reopen"
    INVITE = "invite"
    DECIDE = "decide"
    EDIT = "edit"
    MINT = "mint"
    BACKUP = "backup"
    RESTORE = "restore"
    SIGN_IN = "sign-in"


@dataclass(frozen=True)
class Entry:
    """One action.

    Attributes
    ----------
    moment : str
        When, ISO 8601, UTC, to the microsecond: what is done twice in a second is two lines.
    account : str
        Who: a member's address, or the system's user on the command line.
    action : str
        One of :class:`Action`; another one of a later version.
    subject : str
        What it was done to: a release, an organisation, a suggestion, a file.
    before, after : str
        From what to what; empty where that says nothing.
    """

    moment: str
    account: str
    action: str
    subject: str
    before: str = ""
    after: str = ""

    @property
    def second(self) -> str:
        """When, to the second, for people to read."""
        return f"{self.moment.partition('.')[0].removesuffix('Z')}Z"


@dataclass(frozen=True)
class Done:
    """An action, and how to tell from a file that it was done.

    Attributes
    ----------
    entry : Entry
        The action.
    path : Path
        The file that it writes or removes.
    sha256 : str
        What the file is afterwards, hexadecimal; empty if it is gone.
    """

    entry: Entry
    path: Path
    sha256: str = ""

    @property
    def is_so(self) -> bool:
        """Whether the file is as the action leaves it."""
        if not self.sha256:
            return not self.path.exists()
        return self.path.is_file() and sha256(self.path) == self.sha256


@contextmanager
def acting_as(account: str) -> Iterator[None]:
    """Write down what happens within as done by an account."""
    token = _account.set(account)
    try:
        yield
    finally:
        _account.reset(token)


def entry(action: Action, subject: str, before: str = "", after: str = "") -> Entry:
    """An action of whoever acts now.

    Parameters
    ----------
    action : Action
        What is done.
    subject : str
        To what.
    before, after : str
        From what to what.
    """
    return Entry(
        f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
        _account.get() or _system_user(),
        action,
        *(text[:_MAX_TEXT] for text in (subject, before, after)),
    )


def record(action: Action, subject: str, before: str = "", after: str = "") -> None:
    """Add a line to the log, and onto the disk; parameters as :func:`entry` takes them.

    Raises
    ------
    PublishError
        If it can't be written. What it is about was done all the same.
    """
    add(entry(action, subject, before, after))


def add(done: Entry, *, once: bool = False) -> None:
    """Add a line to the log, and onto the disk.

    Parameters
    ----------
    done : Entry
        What was done.
    once : bool
        Not if it is there: for lines of which nobody knows whether they were added.

    Raises
    ------
    PublishError
        If it can't be written. What it is about was done all the same.
    """
    line = json.dumps(asdict(done), ensure_ascii=False).encode(errors="replace") + b"\n"
    path = settings().log_file
    try:
        _append(path, line, once=once)
    except OSError as error:
        raise PublishError(
            f"This was done ({done.action} {done.subject}), but the log of actions, {path}, can't "
            f"be written ({error.strerror or error}); check its permissions and the free space."
        ) from error


@contextmanager
def written_down(*intended: Done) -> Iterator[None]:
    """Do something within; each line is added if it was done, also if this process is killed.

    Raises
    ------
    PublishError
        If the log can't be written: before anything is done, or after it, and then the lines are
        added by whoever comes next.
    """
    add_missing()
    folder = settings().log_file.parent
    with writing(folder, then="Nothing was changed: what is done here is written down there."):
        path, descriptor = _keep(folder, intended)
    try:
        try:
            yield
        except Exception:
            # An error may come after what counts was done: the line belongs to it all the same.
            _add_done(path, intended)
            raise
        _add_done(path, intended)
    finally:
        os.close(descriptor)


def replace_file(path: Path, content: bytes, done: Entry) -> None:
    """Put a file in the place of another, and write it down, come what may.

    Raises
    ------
    PublishError
        If it can't be written; the message says why.
    """
    with written_down(Done(done, path, hashlib.sha256(content).hexdigest())):
        replace(path, content)


def add_missing() -> None:
    """Add the lines of what was done by processes that were killed before they could.

    Raises
    ------
    PublishError
        If the log can't be written.
    """
    folder = settings().log_file.parent
    for path in sorted(folder.glob(f"{_INTENT}*")):
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except OSError:
            continue
        try:
            with suppress(OSError):
                # Whoever is alive holds it.
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _add_done(path, _intended(path), once=True)
        finally:
            os.close(descriptor)
    for path in folder.glob(f"{_HALF}*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _HALF_KEPT_S:
                path.unlink()


def entry_of_change(
    action: Action, subject: str, before: Mapping[str, str], after: Mapping[str, str]
) -> Entry:
    """An action about a row of the register: the cells that differ, from what to what.

    Parameters
    ----------
    action : Action
        What was done.
    subject : str
        To which row.
    before, after : mapping of str to str
        Its cells by column; empty if there was no row, or is none any more.
    """
    changed = [n for n in {**after, **before} if before.get(n, "") != after.get(n, "")]
    old, new = (
        "; ".join(f"{name}: {row[name]}" for name in changed if row.get(name))
        for row in (before, after)
    )
    return entry(action, subject, old, new)


def require_log() -> None:
    """Refuse to begin what could not be written down; add what others left out.

    Raises
    ------
    PublishError
        If the log can't be written.
    """
    path = settings().log_file
    with writing(path.parent, then="Nothing was changed: what is done here is written down there."):
        _append(path, b"")
    add_missing()


def require_ready() -> None:
    """Refuse to change a register that was restored by half, or what could not be written down.

    Raises
    ------
    PublishError
        If a restoration was broken off, or the log can't be written.
    """
    require_log()
    marker = settings().releases_dir / RESTORING
    if marker.exists():
        archive = marker.read_text(encoding="utf-8", errors="replace")
        raise PublishError(
            f"A restoration from {archive} was broken off. Finish it first: "
            f"`cyber-valleys restore {archive} --replace`. Nothing was changed."
        )


def entries(path: Path | None = None) -> list[Entry]:
    """All actions, the oldest first.

    A line that was not written whole, because the power failed, is left out.

    Parameters
    ----------
    path : Path, optional
        The log; this installation's by default.

    Raises
    ------
    PublishError
        If it can't be read.
    """
    path = path or settings().log_file
    try:
        content = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise PublishError(f"{path} can't be read ({error.strerror or error}).") from error
    return [entry for line in content.splitlines() for entry in _read(line)]


def _read(line: bytes) -> Iterator[Entry]:
    try:
        yield Entry(**{str(key): str(value) for key, value in json.loads(line).items()})
    except (ValueError, TypeError, AttributeError):
        return


def _keep(folder: Path, intended: tuple[Done, ...]) -> tuple[Path, int]:
    """Keep what is about to be done; the open file is locked as long as this process lives."""
    name = secrets.token_hex(8)
    half, path = folder / f"{_HALF}{name}", folder / f"{_INTENT}{name}"
    told = [
        {"entry": asdict(done.entry), "path": str(done.path.resolve()), "sha256": done.sha256}
        for done in intended
    ]
    folder.mkdir(parents=True, exist_ok=True, mode=OWNER_ONLY_FOLDER)
    descriptor = os.open(half, os.O_RDWR | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.write(descriptor, json.dumps(told).encode())
        os.fsync(descriptor)
        half.rename(path)
        sync(folder)
    except BaseException:
        os.close(descriptor)
        for left in (half, path):
            left.unlink(missing_ok=True)
        raise
    return path, descriptor


def _intended(path: Path) -> tuple[Done, ...]:
    try:
        return tuple(
            Done(Entry(**told["entry"]), Path(told["path"]), told["sha256"])
            for told in json.loads(path.read_bytes())
        )
    except FileNotFoundError:
        return ()


def _add_done(path: Path, intended: tuple[Done, ...], *, once: bool = False) -> None:
    """Add the lines of what was done, and forget that it was intended."""
    for done in intended:
        if done.is_so:
            add(done.entry, once=once)
    path.unlink(missing_ok=True)


def _append(path: Path, line: bytes, *, once: bool = False) -> None:
    """Add a line, and see it onto the disk; nothing but try it, if there is none."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=OWNER_ONLY_FOLDER)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, OWNER_ONLY)
    try:
        if not line:
            return
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        end = os.lseek(descriptor, 0, os.SEEK_END)
        if once and line in os.pread(descriptor, end, 0).splitlines(keepends=True):
            return
        if end and os.pread(descriptor, 1, end - 1) != b"\n":
            line = b"\n" + line
        written = os.write(descriptor, line)
        if written != len(line):
            os.ftruncate(descriptor, end)
            raise OSError(0, "the disk is full")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if not end:
        sync(path.parent)


def _system_user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return f"user {os.getuid()}"
