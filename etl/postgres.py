"""Connections to the PostgreSQL that several machines share: none waits for long, none is kept.

The library comes with the extra ``postgres``.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from threading import Timer
from typing import TYPE_CHECKING, Any

from ecosystem.common.release_address import without_password

if TYPE_CHECKING:
    import psycopg

    Link = psycopg.Connection[dict[str, Any]]

# All that is Cyber Valleys' is in it, whatever else the database is for.
SCHEMA = "cyber_valleys"
# A lock of PostgreSQL is a number.
_MAKING = 0x43560001
CONNECT_S = 3
# How long another one that writes is waited for, one answer takes, and all of them together.
BUSY_S, STATEMENT_S, ANSWER_S = 3.0, 5.0, 8.0
# For so long nobody else waits for a server that one has waited for in vain.
SILENT_S = 5.0
_silent_until: dict[str, float] = {}
# Letters of what the server said that a message gets.
_LONGEST = 200


class DatabaseError(Exception):
    """A database can't be reached, or doesn't do what it is asked.

    The message is what it said, or what is missing, to stand in a sentence; no password is in it.
    """


@contextmanager
def opening(address: str, answer_s: float | None = ANSWER_S) -> Iterator[Link]:
    """A connection that commits each statement by itself unless ``BEGIN`` is said.

    Parameters
    ----------
    address : str
        As :func:`ecosystem.common.postgres_address.check` takes it.
    answer_s : float, optional
        Seconds until it is cut off, whatever the server does; None for a connection that is held,
        which :func:`patience` then bounds at each use.

    Raises
    ------
    DatabaseError
        In place of all errors of the library, also within.
    """
    try:
        import psycopg
        from psycopg.rows import dict_row
    except ImportError as error:
        raise DatabaseError(
            "what speaks with PostgreSQL is not installed: "
            "pip install --require-hashes -r requirements-postgres.lock"
        ) from error
    if time.monotonic() < _silent_until.get(address, 0.0):
        raise DatabaseError("no answer a moment ago")
    try:
        link = psycopg.connect(
            address,
            autocommit=True,
            row_factory=dict_row,
            prepare_threshold=None,
            client_encoding="utf8",
            connect_timeout=CONNECT_S,
            application_name="cyber-valleys",
            options=_options(),
        )
        # Closing asks the server for nothing, and what isn't committed by then never is.
        with closing(link):
            if answer_s is None:
                yield link
            else:
                with patience(link, answer_s):
                    yield link
    except psycopg.errors.ConnectionTimeout as error:
        _silent_until[address] = time.monotonic() + SILENT_S
        raise DatabaseError(_first_line(error)) from error
    except psycopg.Error as error:
        raise DatabaseError(_first_line(error)) from error


@contextmanager
def patience(link: Link, seconds: float = ANSWER_S) -> Iterator[None]:
    """Cut a connection off if what is done within takes too long.

    The server's own limits end what it works at; this one also ends the wait for a server that
    does nothing any more.

    Raises
    ------
    DatabaseError
        If it was cut off, and in place of all errors of the library.
    """
    import psycopg

    try:
        # Of its own, so that it is never another one's by the time it is cut off.
        line = socket.socket(fileno=os.dup(link.fileno()))
    except (psycopg.Error, OSError) as error:
        raise DatabaseError(_first_line(error)) from error
    is_over: list[bool] = []

    def cut() -> None:
        is_over.append(True)
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except psycopg.Error as error:
        late = f"no answer within {seconds:g} seconds"
        raise DatabaseError(late if is_over else _first_line(error)) from error
    finally:
        timer.cancel()
        line.close()


def begin_making(link: Link) -> None:
    """Begin a transaction in which tables are made, by one process at a time."""
    link.execute("BEGIN")
    link.execute("SELECT pg_advisory_xact_lock(%s)", [_MAKING])
    # Whoever may make none may still use one that is there, so it isn't tried in vain.
    row = link.execute("SELECT to_regnamespace(%s) IS NULL AS missing", [SCHEMA]).fetchone()
    if row and row["missing"]:
        link.execute(f"CREATE SCHEMA {SCHEMA}")


def name_of(address: str) -> str:
    """A database as people and logs may see it."""
    return without_password(address)


def _options() -> str:
    """What the server is to do for this connection, whatever it does for others."""
    told = {
        "search_path": SCHEMA,
        # What is acknowledged is on the disk.
        "synchronous_commit": "on",
        "default_transaction_isolation": r"read\ committed",
        "lock_timeout": f"{BUSY_S * 1000:.0f}",
        "statement_timeout": f"{STATEMENT_S * 1000:.0f}",
        # A process that stands still, and a machine that is gone, hold nobody up.
        "idle_in_transaction_session_timeout": f"{ANSWER_S * 1000:.0f}",
        "idle_session_timeout": "0",
        "tcp_keepalives_idle": "10",
        "tcp_keepalives_interval": "5",
        "tcp_keepalives_count": "3",
    }
    return " ".join(f"-c {name}={value}" for name, value in told.items())


def _first_line(error: Exception) -> str:
    """What server, library or system said, in one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:_LONGEST].rstrip(".")
