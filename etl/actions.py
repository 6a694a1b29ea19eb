"""Who did what: a log of all that changes the register or what is shown, only ever added to.

One line of JSON for each action. It lies beside the inbox, never in a release: names of members
are nobody else's business.
"""

from __future__ import annotations

import fcntl
import getpass
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from ecosystem.common.settings import settings
from etl.errors import PublishError
from etl.files import sync, writing

# Names the archive while a restoration is going on, in the folder of the releases.
RESTORING = ".restoring"
_MAX_TEXT = 1_000
_OWNER_ONLY, _OWNER_ONLY_FOLDER = 0o600, 0o700
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
    ACCEPT = "accept"
    REJECT = "reject"
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
        When, ISO 8601, UTC, to the second.
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


@contextmanager
def acting_as(account: str) -> Iterator[None]:
    """Write down what happens within as done by an account."""
    token = _account.set(account)
    try:
        yield
    finally:
        _account.reset(token)


def record(action: Action, subject: str, before: str = "", after: str = "") -> None:
    """Add a line to the log, and onto the disk.

    Parameters
    ----------
    action : Action
        What was done.
    subject : str
        To what.
    before, after : str
        From what to what.

    Raises
    ------
    PublishError
        If it can't be written. What it is about was done all the same.
    """
    entry = Entry(
        f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        _account.get() or _system_user(),
        action,
        *(text[:_MAX_TEXT] for text in (subject, before, after)),
    )
    line = json.dumps(asdict(entry), ensure_ascii=False).encode(errors="replace") + b"\n"
    path = settings().log_file
    try:
        _append(path, line)
    except OSError as error:
        raise PublishError(
            f"This was done ({action} {subject}), but the log of actions, {path}, can't be "
            f"written ({error.strerror or error}); check its permissions and the free space."
        ) from error


def record_change(
    action: Action, subject: str, before: Mapping[str, str], after: Mapping[str, str]
) -> None:
    """Add a line about a row of the register: the cells that differ, from what to what.

    Parameters
    ----------
    action : Action
        What was done.
    subject : str
        To which row.
    before, after : mapping of str to str
        Its cells by column; empty if there was no row, or is none any more.

    Raises
    ------
    PublishError
        As :func:`record`.
    """
    changed = [n for n in {**after, **before} if before.get(n, "") != after.get(n, "")]
    old, new = (
        "; ".join(f"{name}: {row[name]}" for name in changed if row.get(name))
        for row in (before, after)
    )
    record(action, subject, old, new)


def require_log() -> None:
    """Refuse to begin what could not be written down.

    Raises
    ------
    PublishError
        If the log can't be written.
    """
    path = settings().log_file
    with writing(path.parent, then="Nothing was changed: what is done here is written down there."):
        _append(path, b"")


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


def _append(path: Path, line: bytes) -> None:
    """Add a line, and see it onto the disk; nothing but try it, if there is none."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=_OWNER_ONLY_FOLDER)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, _OWNER_ONLY)
    try:
        if not line:
            return
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        end = os.lseek(descriptor, 0, os.SEEK_END)
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
