"""The inbox's database: one SQLite file, bounded, written in whole transactions.

What is acknowledged is on the disk: a suggestion gets its number only after the commit, and the
commit waits for the disk. What can't be written is refused, in a sentence.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from ecosystem.common.settings import settings
from etl.errors import PublishError
from etl.files import OWNER_ONLY, OWNER_ONLY_FOLDER
from etl.inbox.model import MAX_BYTES, Draft, NotKept, Refused, State, Suggestion

BUSY_S = 3.0
HOUR_S = 3600.0
# How long a suggestion's sender is kept, if nobody decides earlier.
SENDER_H = 72
# How long the texts of a decided suggestion are kept.
KEPT_DAYS = 180
PAGE_BYTES = 4096
# What visitors suggest, and how they may be reached, is for nobody else on the machine.
# As many as all open suggestions may have, with room for what a database needs around them.
MAX_FILE_BYTES = 256 * 1024 * 1024

_SCHEMA = """
CREATE TABLE IF NOT EXISTS suggestion (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    key      TEXT NOT NULL UNIQUE,          -- hash of the form's session and the content
    session  TEXT NOT NULL,                 -- random, forgotten after an hour or with the decision
    state    TEXT NOT NULL DEFAULT 'open',
    received REAL NOT NULL,                 -- seconds since 1970, UTC
    decided  REAL,
    is_new   INTEGER NOT NULL,
    org_id   TEXT NOT NULL,
    body     TEXT NOT NULL,                 -- JSON: values, before, comment
    reason   TEXT NOT NULL DEFAULT '',
    plan     TEXT NOT NULL DEFAULT '{}',    -- JSON: the rows of the register before and after
    own      INTEGER NOT NULL DEFAULT 0,    -- whether the organisation itself made it
    decided_by TEXT NOT NULL DEFAULT '',
    sender   TEXT NOT NULL DEFAULT ''       -- salted hash, forgotten as the session is
) STRICT;
CREATE INDEX IF NOT EXISTS received ON suggestion (received);
CREATE INDEX IF NOT EXISTS state ON suggestion (state);
-- Apart from the suggestions, and deleted when they are decided.
CREATE TABLE IF NOT EXISTS contact (
    number  INTEGER PRIMARY KEY REFERENCES suggestion,
    address TEXT NOT NULL
) STRICT;
"""
# Lines for the log of actions, written with what they are about and gone when the log has them.
_UNLOGGED = """
CREATE TABLE IF NOT EXISTS unlogged (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    entry TEXT NOT NULL                     -- JSON
) STRICT;
"""
# What a file of an earlier version lacks, by the version that has it.
_LATER = {
    2: "ALTER TABLE suggestion ADD COLUMN own INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE suggestion ADD COLUMN decided_by TEXT NOT NULL DEFAULT '';" + _UNLOGGED,
    3: "ALTER TABLE suggestion ADD COLUMN sender TEXT NOT NULL DEFAULT '';",
}
_VERSION = max(_LATER)
_SELECT = """
SELECT s.number, s.key, s.state, s.received, s.decided, s.is_new, s.org_id, s.body, s.reason,
       s.plan, s.own, s.decided_by, s.sender, coalesce(c.address, '') AS contact
FROM suggestion s LEFT JOIN contact c USING (number)
"""
_UNDECIDED = (State.OPEN, State.ACCEPTING, State.TAKING_BACK)


class Inbox:
    """The suggestions of one installation; safe for any number of threads and processes.

    Parameters
    ----------
    path : Path
        The database file; made with its folder when something is first written.
    per_session, per_sender, per_hour : int
        How many suggestions are taken in an hour from one form, from one sender and in all.
    max_open : int
        How many may wait for a decision.
    clock : callable
        Gives the time in seconds since 1970, UTC.
    """

    def __init__(
        self,
        path: Path,
        *,
        per_session: int = 5,
        per_sender: int = 20,
        per_hour: int = 2_000,
        max_open: int = 5_000,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.path = path
        self._per_session = per_session
        self._per_sender = per_sender
        self._per_hour = per_hour
        self._max_open = max_open
        self._clock = clock

    def add(self, draft: Draft, session: str, sender: str = "") -> int:
        """Keep a suggestion, and give its number; the same one again gives the same number.

        Parameters
        ----------
        draft : Draft
            What was typed, checked.
        session : str
            Random text that the form's session has; not a person's.
        sender : str
            From :func:`etl.inbox.senders.sender_of`.

        Raises
        ------
        Refused
            If a limit is reached or it is too large.
        NotKept
            If it can't be written.
        """
        body = _body(draft)
        if len(body.encode()) + len(draft.contact) > MAX_BYTES:
            raise Refused(
                f"The suggestion is too long: it may have {MAX_BYTES // 1000} kB in all. "
                "Shorten the longest text."
            )
        try:
            # A flood is turned away by reading, which holds nobody up.
            key, is_own = draft.key(session), bool(draft.link)
            with self._open() as connection:
                known = self._known_or_refused(connection, key, session, sender, is_own=is_own)
                if known:
                    return known
                connection.execute("BEGIN IMMEDIATE")
                known = self._known_or_refused(connection, key, session, sender, is_own=is_own)
                number = known or self._insert(connection, draft, session, sender, body)
                connection.execute("COMMIT")
                return number
        except (sqlite3.Error, OSError) as error:
            raise NotKept(
                "The suggestion was not kept, because it can't be written at the moment. "
                "Please try again later; your text stays in the form until you leave it."
            ) from error

    def suggestions(self, *states: State) -> list[Suggestion]:
        """Suggestions in the order of their numbers; those of all states if none is named."""
        if not self.path.exists():
            return []
        wanted = states or tuple(State)
        marks = ", ".join("?" * len(wanted))
        with self._reading() as connection:
            rows = connection.execute(
                f"{_SELECT} WHERE state IN ({marks}) ORDER BY number", wanted
            ).fetchall()
        return [_suggestion(row) for row in rows]

    def get(self, number: int) -> Suggestion | None:
        """One suggestion; None if there is none of that number."""
        if not self.path.exists() or not 0 < number < 2**63:
            return None
        with self._reading() as connection:
            row = connection.execute(f"{_SELECT} WHERE number = ?", [number]).fetchone()
        return _suggestion(row) if row else None

    def of_keys(self, keys: Sequence[str]) -> dict[str, Suggestion]:
        """Suggestions by their key (:meth:`etl.inbox.model.Draft.key`); unknown ones are left out.

        Nobody can guess a key, so it is what whoever made a suggestion asks by.
        """
        if not keys or not self.path.exists():
            return {}
        marks = ", ".join("?" * len(keys))
        with self._reading() as connection:
            rows = connection.execute(f"{_SELECT} WHERE key IN ({marks})", list(keys)).fetchall()
        return {row["key"]: _suggestion(row) for row in rows}

    def count_open(self) -> int:
        """How many suggestions wait for a decision."""
        if not self.path.exists():
            return 0
        with self._reading() as connection:
            (n,) = connection.execute(
                "SELECT count(*) FROM suggestion WHERE state = ?", [State.OPEN]
            ).fetchone()
        return int(n)

    def count_recent(self, sender: str) -> tuple[int, int]:
        """How many came within the hour from a sender, and from everybody; own links aside."""
        if not self.path.exists():
            return 0, 0
        with self._reading() as connection:
            of_sender, in_all = connection.execute(
                "SELECT count(*) FILTER (WHERE sender = ? AND sender <> ''), count(*) "
                "FROM suggestion WHERE received BETWEEN ? AND ? AND NOT own",
                [sender, *self._last_hour()],
            ).fetchone()
        return int(of_sender), int(in_all)

    def begin(
        self, number: int, org_id: str, plan: Mapping[str, Mapping[str, str]], reason: str = ""
    ) -> bool:
        """Record what an open suggestion will change; False if it isn't open any more.

        Parameters
        ----------
        number : int
            Which one.
        org_id : str
            Identifier of the row.
        plan : mapping
            ``before`` and ``after``: the row's cells by column; ``before`` is empty for a new row.
            ``log``: the line for the log of actions.
        reason : str
            A word to whoever made it.
        """
        return self._change(
            "UPDATE suggestion SET state = ?, org_id = ?, plan = ?, reason = ? "
            "WHERE number = ? AND state = ?",
            [State.ACCEPTING, org_id, json.dumps(plan), reason, number, State.OPEN],
        )

    def finish(self, number: int) -> bool:
        """Note that the recorded change is in the register; False if there was none to note."""
        return self._decide(number, State.ACCEPTED, None, None, State.ACCEPTING)

    def give_up(self, number: int) -> bool:
        """Forget a recorded change that can't be made any more; False if there was none."""
        return self._change(
            "UPDATE suggestion SET state = ?, plan = '{}', reason = '', "
            "org_id = iif(is_new, '', org_id) WHERE number = ? AND state = ?",
            [State.OPEN, number, State.ACCEPTING],
        )

    def reject(self, number: int, reason: str, log: Mapping[str, str] | None = None) -> bool:
        """Decide against an open suggestion; False if it isn't open any more.

        Parameters
        ----------
        number : int
            Which one.
        reason : str
            Why.
        log : mapping of str to str
            The line for the log of actions.
        """
        return self._decide(number, State.REJECTED, reason, log or {}, State.OPEN)

    def begin_taking_back(self, number: int, log: Mapping[str, str]) -> bool:
        """Record that the change of an accepted one goes; False if it isn't accepted any more."""
        return self._change(
            "UPDATE suggestion SET state = ?, plan = json_set(plan, '$.log', json(?)) "
            "WHERE number = ? AND state = ?",
            [State.TAKING_BACK, json.dumps(log), number, State.ACCEPTED],
        )

    def keep_accepted(self, number: int) -> bool:
        """Leave an accepted one whose change can't be taken back; False if none is to be."""
        return self._change(
            "UPDATE suggestion SET state = ? WHERE number = ? AND state = ?",
            [State.ACCEPTED, number, State.TAKING_BACK],
        )

    def reopen(self, number: int, from_state: State, log: Mapping[str, str]) -> bool:
        """Open a decided suggestion again; False if it isn't in the state any more.

        Parameters
        ----------
        number : int
            Which one.
        from_state : State
            ``REJECTED``, or ``TAKING_BACK`` if its change is out of the register again.
        log : mapping of str to str
            The line for the log of actions.
        """
        with self._writing() as connection:
            reopened = connection.execute(
                "UPDATE suggestion SET state = ?, plan = '{}', reason = '', decided = NULL, "
                "decided_by = '', org_id = iif(is_new, '', org_id) "
                "WHERE number = ? AND state = ?",
                [State.OPEN, number, from_state],
            ).rowcount
            if reopened:
                _keep_line(connection, log)
        return bool(reopened)

    def unlogged(self) -> list[tuple[int, dict[str, str]]]:
        """Lines that the log of actions may lack, each with its number."""
        if not self.path.exists():
            return []
        with self._reading() as connection:
            rows = connection.execute("SELECT id, entry FROM unlogged ORDER BY id").fetchall()
        return [(row["id"], json.loads(row["entry"])) for row in rows]

    def note_logged(self, line: int) -> None:
        """Forget a line that the log of actions has."""
        self._change("DELETE FROM unlogged WHERE id = ?", [line])

    def forget(self) -> int:
        """Delete texts of what was decided long ago, old senders, and sessions of an hour ago.

        Returns
        -------
        int
            Number of suggestions whose texts were deleted now.
        """
        if not self.path.exists():
            return 0
        now = self._clock()
        with self._writing() as connection:
            connection.execute(
                "UPDATE suggestion SET session = '' "
                "WHERE session <> '' AND received NOT BETWEEN ? AND ?",
                [now - HOUR_S, now],
            )
            connection.execute(
                "UPDATE suggestion SET sender = '' "
                "WHERE sender <> '' AND received NOT BETWEEN ? AND ?",
                [now - SENDER_H * HOUR_S, now],
            )
            return connection.execute(
                "UPDATE suggestion SET body = '{}', plan = '{}' "
                "WHERE decided < ? AND (body <> '{}' OR plan <> '{}')",
                [now - KEPT_DAYS * 24 * HOUR_S],
            ).rowcount

    def _last_hour(self) -> tuple[float, float]:
        """Its beginning and end: what a wrong clock dated in the future is of no hour."""
        now = self._clock()
        return now - HOUR_S, now

    def _known_or_refused(
        self,
        connection: sqlite3.Connection,
        key: str,
        session: str,
        sender: str,
        *,
        is_own: bool,
    ) -> int | None:
        """Number of what was sent already; None if there is room for something new."""
        row = connection.execute("SELECT number FROM suggestion WHERE key = ?", [key]).fetchone()
        if row:
            return int(row["number"])
        if is_own:
            # As many as links were sent can come.
            self._refuse_if_full(connection)
            return None
        in_all, own, of_sender = connection.execute(
            "SELECT count(*), count(*) FILTER (WHERE session = ?), "
            "count(*) FILTER (WHERE sender = ? AND sender <> '') "
            "FROM suggestion WHERE received BETWEEN ? AND ?",
            [session, sender, *self._last_hour()],
        ).fetchone()
        if own >= self._per_session:
            raise Refused(
                f"You have sent {own} suggestions within the hour, which is as many as are taken "
                "from one visitor. Nothing was kept; please go on in an hour."
            )
        if of_sender >= self._per_sender:
            raise Refused(
                f"From your network, {of_sender} suggestions have come within the hour, which is "
                "as many as are taken. Nothing was kept; please go on in an hour."
            )
        if in_all >= self._per_hour:
            raise Refused(
                "More suggestions have come in within the hour than can be taken. Nothing was "
                "kept; please try again later."
            )
        self._refuse_if_full(connection)
        return None

    def _refuse_if_full(self, connection: sqlite3.Connection) -> None:
        (waiting,) = connection.execute(
            "SELECT count(*) FROM suggestion WHERE state IN (?, ?, ?)", _UNDECIDED
        ).fetchone()
        if waiting >= self._max_open:
            raise Refused(
                "The inbox is full: too many suggestions wait for a decision. Nothing was kept; "
                "please try again later."
            )

    def _insert(
        self, connection: sqlite3.Connection, draft: Draft, session: str, sender: str, body: str
    ) -> int:
        cursor = connection.execute(
            "INSERT INTO suggestion (key, session, received, is_new, org_id, body, own, "
            "sender) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [draft.key(session), session, self._clock(), not draft.org_id, draft.org_id, body,
             bool(draft.link), sender],
        )  # fmt: skip
        number = int(cursor.lastrowid or 0)
        if draft.contact:
            connection.execute("INSERT INTO contact VALUES (?, ?)", [number, draft.contact])
        return number

    def _decide(
        self,
        number: int,
        state: State,
        reason: str | None,
        log: Mapping[str, str] | None,
        from_state: State,
    ) -> bool:
        with self._writing() as connection:
            if log is None:
                row = connection.execute(
                    "SELECT plan FROM suggestion WHERE number = ?", [number]
                ).fetchone()
                log = json.loads(row["plan"]).get("log", {}) if row else {}
            decided = connection.execute(
                "UPDATE suggestion SET state = ?, reason = coalesce(?, reason), decided = ?, "
                "decided_by = ?, session = '', sender = '' WHERE number = ? AND state = ?",
                [state, reason, self._clock(), log.get("account", ""), number, from_state],
            ).rowcount
            if decided:
                _keep_line(connection, log)
                connection.execute("DELETE FROM contact WHERE number = ?", [number])
        if decided:
            self._empty_journal()
        return bool(decided)

    def _change(self, sql: str, values: list[object]) -> bool:
        with self._writing() as connection:
            return bool(connection.execute(sql, values).rowcount)

    def _empty_journal(self) -> None:
        """Leave no deleted contact address behind in the journal either, if nobody reads it."""
        with self._reading() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=OWNER_ONLY_FOLDER)
        if not self.path.exists():
            # SQLite gives its other files the mode of this one.
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, OWNER_ONLY))
        connection = sqlite3.connect(self.path, timeout=BUSY_S, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute(f"PRAGMA max_page_count = {MAX_FILE_BYTES // PAGE_BYTES}")
            if _version(connection) < _VERSION:
                # Two that make the tables at once would not wait for each other.
                with FileLock(f"{self.path}.lock", timeout=BUSY_S):
                    _make(connection)
            yield connection
        finally:
            # What is not committed by now is rolled back.
            connection.close()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._open() as connection:
                yield connection
        except (sqlite3.Error, OSError) as error:
            raise PublishError(
                f"{self.path}: the inbox can't be read or written ({error}); check the file, its "
                "permissions and the free space. Nothing was changed."
            ) from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")


def _keep_line(connection: sqlite3.Connection, log: Mapping[str, str]) -> None:
    if log:
        connection.execute("INSERT INTO unlogged (entry) VALUES (?)", [json.dumps(dict(log))])


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _make(connection: sqlite3.Connection) -> None:
    """Make the tables, or add what those of an earlier version lack."""
    version = _version(connection)
    if not version:
        connection.execute("PRAGMA journal_mode = WAL")
        steps = _SCHEMA + _UNLOGGED
    else:
        steps = "".join(step for later, step in _LATER.items() if later > version)
    if version < _VERSION:
        connection.executescript(
            f"BEGIN IMMEDIATE; {steps} PRAGMA user_version = {_VERSION}; COMMIT;"
        )


def _body(draft: Draft) -> str:
    parts = {
        "values": dict(draft.values),
        "before": dict(draft.before),
        "comment": draft.comment,
    }
    # Half a character, as broken text may have it, can't be written.
    return json.dumps(parts, ensure_ascii=False).encode(errors="replace").decode()


def _suggestion(row: sqlite3.Row) -> Suggestion:
    body = json.loads(row["body"])
    return Suggestion(
        number=row["number"],
        state=State(row["state"]),
        received=datetime.fromtimestamp(row["received"], UTC),
        decided=datetime.fromtimestamp(row["decided"], UTC) if row["decided"] else None,
        org_id=row["org_id"],
        is_new=bool(row["is_new"]),
        values=body.get("values", {}),
        before=body.get("before", {}),
        comment=body.get("comment", ""),
        contact=row["contact"],
        reason=row["reason"],
        plan=json.loads(row["plan"]),
        is_own=bool(row["own"]),
        decided_by=row["decided_by"],
        sender=row["sender"],
    )


def inbox() -> Inbox:
    """The inbox of this installation."""
    own = settings()
    return Inbox(
        own.inbox_file,
        per_session=own.inbox_per_session,
        per_sender=own.inbox_per_address,
        per_hour=own.inbox_per_hour,
        max_open=own.inbox_max_open,
    )
