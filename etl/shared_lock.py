"""One at a time on all machines that share an inbox: who publishes, and who changes the register.

The lock is PostgreSQL's own, and goes with its connection when its holder or the holder's machine
ends. A row beside it says who holds it, and counts only while somebody does. Where the inbox is a
file there is nothing to hold: locks of files are enough for one machine.
"""

from __future__ import annotations

import logging
import os
import shlex
import socket
import sys
import time
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from ecosystem.common.settings import settings
from etl import files, postgres
from etl.errors import PublishError

POLL_S = 0.5
# Who holds a lock and has left no word.
SOMEBODY = "Another process"
# Tells this program's locks from those of others in the database.
_OURS = 0x4356
_TABLE = """
CREATE TABLE IF NOT EXISTS holder (
    lock    TEXT PRIMARY KEY,
    backend INTEGER NOT NULL,               -- PostgreSQL's process, which pg_locks names too
    pid     BIGINT NOT NULL,
    host    TEXT NOT NULL,
    since   TEXT NOT NULL,
    command TEXT NOT NULL
)
"""
_log = logging.getLogger(__name__)
_held: ContextVar[tuple[postgres.Link, ...]] = ContextVar("held", default=())

# Is told who has the lock; gives for how many seconds to go on, or ends the wait with an error.
Complain = Callable[[str], float]


@dataclass(frozen=True)
class Holder:
    """A process, as others that wait for it are told.

    Attributes
    ----------
    pid : int
        Its number on its machine.
    host : str
        The machine.
    since : str
        When it took the lock, UTC.
    command : str
        What was typed.
    """

    pid: int
    host: str
    since: str
    command: str

    @property
    def who(self) -> str:
        """The beginning of a sentence about it."""
        return f"Process {self.pid} on {self.host} (`{self.command}`, since {self.since})"


def this_process() -> Holder:
    """What others are told of this process."""
    program = Path(sys.argv[0])
    # `python -m etl` is known by its file only.
    name = program.parent.name if program.name == "__main__.py" else program.name
    return Holder(
        os.getpid(),
        socket.gethostname(),
        f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC",
        shlex.join([name, *sys.argv[1:]]),
    )


@contextmanager
def everywhere(names: Collection[str], complain: Complain, then: str) -> Iterator[None]:
    """Hold locks that no other machine with the same inbox holds; none where it is a file.

    Parameters
    ----------
    names : collection of str
        Of the locks.
    complain : callable
        See :data:`Complain`.
    then : str
        What to say after the sentence that a lock can't be had.

    Raises
    ------
    PublishError
        If the database can't be reached, or `complain` says so.
    """
    address = settings().inbox_database
    if not address or not names:
        yield
        return
    with ExitStack() as stack:
        try:
            link = stack.enter_context(postgres.opening(address, None))
            with postgres.patience(link):
                _make(link)
            for name in sorted(names):
                _take(link, name, complain)
        except postgres.DatabaseError as error:
            raise PublishError(
                f"{postgres.name_of(address)}: the lock that machines with one inbox share can't "
                f"be had ({error}); check that the server runs and lets this user in. {then}"
            ) from error
        token = _held.set((*_held.get(), link))
        try:
            yield
        finally:
            _held.reset(token)
            _let_go(link)


def require_held() -> None:
    """Refuse to go on with what was begun under locks that are lost.

    Raises
    ------
    PublishError
        If a connection broke: somebody else may have begun since.
    """
    for link in _held.get():
        try:
            with postgres.patience(link):
                link.execute("SELECT 1")
        except postgres.DatabaseError as error:
            raise PublishError(
                f"The connection to the inbox's database was lost ({error}), and with it the lock "
                "that machines with one inbox share: another one may be publishing by now. Try "
                f"again. {files.RELEASE_KEPT}"
            ) from error


@contextmanager
def register_lock(*paths: Path) -> Iterator[None]:
    """Let one process at a time change register files: on this machine, and on all with its inbox.

    Parameters
    ----------
    *paths : Path
        The files; they need not be there yet.

    Raises
    ------
    PublishError
        If another one doesn't finish, the folder can't be written, or the database of the inbox
        can't be reached.
    """
    end = time.monotonic() + files.LOCK_WAIT_S

    def complain(who: str) -> float:
        left = end - time.monotonic()
        if left <= 0:
            raise PublishError(f"{who} is changing the register; try again in a moment.")
        return left

    with ExitStack() as stack:
        for path in sorted(paths):
            stack.enter_context(files.lock(path))
        kept = everywhere([path.name for path in paths], complain, "Nothing was changed.")
        stack.enter_context(kept)
        yield


def _make(link: postgres.Link) -> None:
    (row,) = link.execute("SELECT to_regclass('holder') IS NULL AS missing").fetchall()
    if row["missing"]:
        postgres.begin_making(link)
        link.execute(_TABLE)
        link.execute("COMMIT")


def _take(link: postgres.Link, name: str, complain: Complain) -> None:
    while True:
        with postgres.patience(link):
            (row,) = link.execute(
                "SELECT pg_try_advisory_lock(%s, %s) AS is_ours", [_OURS, _number(name)]
            ).fetchall()
            if row["is_ours"]:
                _tell(link, name)
                return
            who = _who(link, name)
        time.sleep(max(0.0, min(POLL_S, complain(who))))


def _tell(link: postgres.Link, name: str) -> None:
    link.execute(
        "INSERT INTO holder (lock, backend, pid, host, since, command) VALUES "
        "(%(lock)s, pg_backend_pid(), %(pid)s, %(host)s, %(since)s, %(command)s) "
        "ON CONFLICT (lock) DO UPDATE SET backend = excluded.backend, pid = excluded.pid, "
        "host = excluded.host, since = excluded.since, command = excluded.command",
        {"lock": name, **asdict(this_process())},
    )


def _who(link: postgres.Link, name: str) -> str:
    rows = link.execute(
        "SELECT h.pid, h.host, h.since, h.command FROM holder h JOIN pg_locks l "
        "ON l.pid = h.backend WHERE h.lock = %s AND l.locktype = 'advisory' AND l.granted "
        "AND l.classid::bigint = %s AND l.objid::bigint = %s",
        # PostgreSQL shows both without a sign.
        [name, _OURS, _number(name) % 2**32],
    ).fetchall()
    return Holder(**rows[0]).who if rows else SOMEBODY


def _let_go(link: postgres.Link) -> None:
    """The locks go when the connection is closed; whoever takes one says so itself."""
    try:
        with postgres.patience(link):
            link.execute("DELETE FROM holder WHERE backend = pg_backend_pid()")
            link.execute("SELECT pg_advisory_unlock_all()")
    except postgres.DatabaseError as error:
        _log.warning(
            "The connection that holds the lock of all machines with one inbox was lost (%s): "
            "another one may have begun before this one had finished.",
            error,
        )


def _number(name: str) -> int:
    """A lock's number, as PostgreSQL takes it: 32 bits with a sign."""
    return int.from_bytes(zlib.crc32(name.encode()).to_bytes(4), signed=True)
