"""The inbox: what visitors suggest, bounded, written in whole transactions.

What is acknowledged is on the disk: a suggestion gets its number only after the commit, and the
commit waits for the disk. What can't be written is refused, in a sentence. Where it is written,
:mod:`etl.inbox.ground` knows.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from ecosystem.common.settings import settings
from etl.errors import PublishError
from etl.inbox.ground import Connection, GroundError, Row, copy, ground_of
from etl.inbox.model import MAX_BYTES, Draft, NotKept, Refused, State, Suggestion

HOUR_S = 3600.0
# How long a suggestion's sender is kept, if nobody decides earlier.
SENDER_H = 72
# How long the texts of a decided suggestion are kept.
KEPT_DAYS = 180

_SELECT = """
SELECT s.number, s.key, s.state, s.received, s.decided, s.is_new, s.org_id, s.body, s.reason,
       s.plan, s.own, s.decided_by, s.sender, coalesce(c.address, '') AS contact
FROM suggestion s LEFT JOIN contact c USING (number)
"""
_UNDECIDED = (State.OPEN, State.ACCEPTING, State.TAKING_BACK)
_log = logging.getLogger(__name__)
# An organisation that a suggestion made is none again when the suggestion is open again.
_ORG_ID_BEFORE = "CASE WHEN is_new = 1 THEN '' ELSE org_id END"


class Inbox:
    """The suggestions of one installation; safe for any number of threads and processes,
    and of machines where they share a PostgreSQL.

    Parameters
    ----------
    place : Path or str
        A file of SQLite, or the address of a PostgreSQL; see :func:`etl.inbox.ground.ground_of`.
    per_session, per_sender, per_hour : int
        How many suggestions are taken in an hour from one form, from one sender and in all.
    max_open : int
        How many may wait for a decision.
    clock : callable
        Gives the time in seconds since 1970, UTC.
    """

    def __init__(
        self,
        place: Path | str,
        *,
        per_session: int = 5,
        per_sender: int = 20,
        per_hour: int = 2_000,
        max_open: int = 5_000,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.ground = ground_of(place)
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
            with self.ground.open() as connection:
                known = self._known_or_refused(connection, key, session, sender, is_own=is_own)
                if known:
                    return known
                self.ground.begin(connection, adds=True)
                known = self._known_or_refused(connection, key, session, sender, is_own=is_own)
                number = known or self._insert(connection, draft, session, sender, body)
                connection.change("COMMIT")
                return number
        except GroundError as error:
            _log.warning("A suggestion was not kept. %s", error)
            raise NotKept(
                "The suggestion was not kept, because it can't be written at the moment. "
                "Please try again later; your text stays in the form until you leave it."
            ) from error

    def suggestions(self, *states: State) -> list[Suggestion]:
        """Suggestions in the order of their numbers; those of all states if none is named."""
        if not self.exists():
            return []
        wanted = states or tuple(State)
        marks = ", ".join("?" * len(wanted))
        with self._reading() as connection:
            rows = connection.rows(f"{_SELECT} WHERE state IN ({marks}) ORDER BY number", wanted)
        return [_suggestion(row) for row in rows]

    def get(self, number: int) -> Suggestion | None:
        """One suggestion; None if there is none of that number."""
        if not self.exists() or not 0 < number < 2**63:
            return None
        with self._reading() as connection:
            row = connection.row(f"{_SELECT} WHERE number = ?", [number])
        return _suggestion(row) if row else None

    def of_keys(self, keys: Sequence[str]) -> dict[str, Suggestion]:
        """Suggestions by their key (:meth:`etl.inbox.model.Draft.key`); unknown ones are left out.

        Nobody can guess a key, so it is what whoever made a suggestion asks by.
        """
        if not keys or not self.exists():
            return {}
        marks = ", ".join("?" * len(keys))
        with self._reading() as connection:
            rows = connection.rows(f"{_SELECT} WHERE key IN ({marks})", keys)
        return {row["key"]: _suggestion(row) for row in rows}

    def count_open(self) -> int:
        """How many suggestions wait for a decision."""
        if not self.exists():
            return 0
        with self._reading() as connection:
            return connection.count("state = ?", [State.OPEN])

    def count_recent(self, sender: str) -> tuple[int, int]:
        """How many came within the hour from a sender, and from everybody; own links aside."""
        if not self.exists():
            return 0, 0
        with self._reading() as connection:
            (counted,) = connection.rows(
                "SELECT count(*) FILTER (WHERE sender = ? AND sender <> '') AS of_sender, "
                "count(*) AS in_all FROM suggestion WHERE received BETWEEN ? AND ? AND own = 0",
                [sender, *self._last_hour()],
            )
        return int(counted["of_sender"]), int(counted["in_all"])

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
            f"org_id = {_ORG_ID_BEFORE} WHERE number = ? AND state = ?",
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
        with self._writing() as connection:
            row = connection.row("SELECT plan FROM suggestion WHERE number = ?", [number])
            plan = {**json.loads(row["plan"]), "log": dict(log)} if row else {}
            return bool(
                connection.change(
                    "UPDATE suggestion SET state = ?, plan = ? WHERE number = ? AND state = ?",
                    [State.TAKING_BACK, json.dumps(plan), number, State.ACCEPTED],
                )
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
            reopened = connection.change(
                "UPDATE suggestion SET state = ?, plan = '{}', reason = '', decided = NULL, "
                f"decided_by = '', org_id = {_ORG_ID_BEFORE} WHERE number = ? AND state = ?",
                [State.OPEN, number, from_state],
            )
            if reopened:
                _keep_line(connection, log)
        return bool(reopened)

    def unlogged(self) -> list[tuple[int, dict[str, str]]]:
        """Lines that the log of actions may lack, each with its number."""
        if not self.exists():
            return []
        with self._reading() as connection:
            rows = connection.rows("SELECT id, entry FROM unlogged ORDER BY id")
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
        if not self.exists():
            return 0
        now = self._clock()
        with self._writing() as connection:
            connection.change(
                "UPDATE suggestion SET session = '' "
                "WHERE session <> '' AND received NOT BETWEEN ? AND ?",
                [now - HOUR_S, now],
            )
            connection.change(
                "UPDATE suggestion SET sender = '' "
                "WHERE sender <> '' AND received NOT BETWEEN ? AND ?",
                [now - SENDER_H * HOUR_S, now],
            )
            return connection.change(
                "UPDATE suggestion SET body = '{}', plan = '{}' "
                "WHERE decided < ? AND (body <> '{}' OR plan <> '{}')",
                [now - KEPT_DAYS * 24 * HOUR_S],
            )

    def exists(self) -> bool:
        """Whether there may be anything in it."""
        return self.ground.exists()

    def is_empty(self) -> bool:
        """Whether no suggestion was ever kept in it."""
        if not self.exists():
            return True
        with self._reading() as connection:
            return not connection.row("SELECT number FROM suggestion LIMIT 1")

    def copy_into(self, path: Path) -> None:
        """Write all of it into a file of SQLite of its own, whoever writes meanwhile.

        Parameters
        ----------
        path : Path
            The file; there must be none.

        Raises
        ------
        PublishError
            If that can't be.
        """
        with _sentences():
            self.ground.copy_into(path)

    def take_from(self, other: Inbox) -> None:
        """Put all that another inbox holds in the place of all that is here, or nothing.

        Raises
        ------
        PublishError
            If that can't be.
        """
        with _sentences():
            copy(other.ground, self.ground)

    def _last_hour(self) -> tuple[float, float]:
        """Its beginning and end: what a wrong clock dated in the future is of no hour."""
        now = self._clock()
        return now - HOUR_S, now

    def _known_or_refused(
        self,
        connection: Connection,
        key: str,
        session: str,
        sender: str,
        *,
        is_own: bool,
    ) -> int | None:
        """Number of what was sent already; None if there is room for something new."""
        row = connection.row("SELECT number FROM suggestion WHERE key = ?", [key])
        if row:
            return int(row["number"])
        if is_own:
            # As many as links were sent can come.
            self._refuse_if_full(connection)
            return None
        (counted,) = connection.rows(
            "SELECT count(*) AS in_all, count(*) FILTER (WHERE session = ?) AS own, "
            "count(*) FILTER (WHERE sender = ? AND sender <> '') AS of_sender "
            "FROM suggestion WHERE received BETWEEN ? AND ?",
            [session, sender, *self._last_hour()],
        )
        own, of_sender = counted["own"], counted["of_sender"]
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
        if counted["in_all"] >= self._per_hour:
            raise Refused(
                "More suggestions have come in within the hour than can be taken. Nothing was "
                "kept; please try again later."
            )
        self._refuse_if_full(connection)
        return None

    def _refuse_if_full(self, connection: Connection) -> None:
        waiting = connection.count("state IN (?, ?, ?)", _UNDECIDED)
        if waiting >= self._max_open:
            raise Refused(
                "The inbox is full: too many suggestions wait for a decision. Nothing was kept; "
                "please try again later."
            )

    def _insert(
        self, connection: Connection, draft: Draft, session: str, sender: str, body: str
    ) -> int:
        (made,) = connection.rows(
            "INSERT INTO suggestion (key, session, received, is_new, org_id, body, own, "
            "sender) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING number",
            [draft.key(session), session, self._clock(), int(not draft.org_id), draft.org_id,
             body, int(bool(draft.link)), sender],
        )  # fmt: skip
        number = int(made["number"])
        if draft.contact:
            connection.change("INSERT INTO contact VALUES (?, ?)", [number, draft.contact])
        return number

    def _decide(
        self,
        number: int,
        state: State,
        reason: str | None,
        log: Mapping[str, str] | None,
        from_state: State,
    ) -> bool:
        with self._reading() as connection:
            self.ground.begin(connection)
            if log is None:
                row = connection.row("SELECT plan FROM suggestion WHERE number = ?", [number])
                log = json.loads(row["plan"]).get("log", {}) if row else {}
            decided = connection.change(
                "UPDATE suggestion SET state = ?, reason = coalesce(?, reason), decided = ?, "
                "decided_by = ?, session = '', sender = '' WHERE number = ? AND state = ?",
                [state, reason, self._clock(), log.get("account", ""), number, from_state],
            )
            if decided:
                _keep_line(connection, log)
                connection.change("DELETE FROM contact WHERE number = ?", [number])
            connection.change("COMMIT")
            if decided:
                self.ground.wipe(connection)
        return bool(decided)

    def _change(self, sql: str, values: list[object]) -> bool:
        with self._writing() as connection:
            return bool(connection.change(sql, values))

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with _sentences("Nothing was changed."), self.ground.open() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._reading() as connection:
            self.ground.begin(connection)
            yield connection
            connection.change("COMMIT")


@contextmanager
def _sentences(then: str = "") -> Iterator[None]:
    try:
        yield
    except GroundError as error:
        raise PublishError(f"{error} {then}".rstrip()) from error


def _keep_line(connection: Connection, log: Mapping[str, str]) -> None:
    if log:
        connection.change("INSERT INTO unlogged (entry) VALUES (?)", [json.dumps(dict(log))])


def _body(draft: Draft) -> str:
    parts = {
        "values": dict(draft.values),
        "before": dict(draft.before),
        "comment": draft.comment,
    }
    # Half a character, as broken text may have it, can't be written.
    return json.dumps(parts, ensure_ascii=False).encode(errors="replace").decode()


def _suggestion(row: Row) -> Suggestion:
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
        own.inbox_database or own.inbox_file,
        per_session=own.inbox_per_session,
        per_sender=own.inbox_per_address,
        per_hour=own.inbox_per_hour,
        max_open=own.inbox_max_open,
    )
