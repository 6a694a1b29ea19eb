"""Decide suggestions: what each would change, and the change itself.

Accepting survives being killed at any moment, and so does taking back. The change is recorded in
the inbox first, then the register is replaced, then the suggestion is done; whoever comes next
finishes what is recorded. The line for the log is kept with the decision until the log has it.
A lock on the register lets one moderator at a time do so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from ecosystem.common.settings import settings
from ecosystem.common.text import fold
from etl import actions, files
from etl.actions import Action, Entry
from etl.errors import RegisterError
from etl.identity.identifiers import NOT_FORMER
from etl.inbox.check import Checked, Fault, Reference, cautions, reference
from etl.inbox.known import Known
from etl.inbox.model import FIELDS, LIFE, State, Suggestion
from etl.inbox.store import Inbox, inbox
from etl.register import rows
from etl.register.mint import possible_ids
from etl.register.rows import RegisterFile
from etl.release import shelf
from etl.release.taken_ids import past_ids
from etl.shared_lock import register_lock

# What a moderator may change before accepting.
EDITABLE = (*FIELDS, "evidence", "former_names", "lat", "lon")
_CHECKED_ON = "checked_on"
_PLACE = ("city", "country", "nuts2_hint")
# What helps where a town isn't found, or is one of several.
_WHERE = (*_PLACE, "lat", "lon")
MAX_REASON = 500
_ON_THE_WAY = (State.ACCEPTING, State.TAKING_BACK)


class Undecidable(RegisterError):
    """A suggestion can't be decided like this; the message says why and what to do."""


class ChangedMeanwhile(Undecidable):
    """The register isn't what it was: a moderator must look at it, and decide again."""


@dataclass(frozen=True)
class Change:
    """One cell that a suggestion changes.

    Attributes
    ----------
    column, title : str
        The column, and its title for people.
    old, new : str
        The cell in the register now, and as it will be.
    seen : str or None
        What the cell said when the suggestion was made, if that is no longer so.
    """

    column: str
    title: str
    old: str
    new: str
    seen: str | None = None


@dataclass(frozen=True)
class Review:
    """A suggestion against the register as it is now.

    Attributes
    ----------
    suggestion : Suggestion
        What is suggested.
    org_id : str
        The row that it changes; empty for a new one.
    changes : list of Change
        Cell by cell, in the order of the columns.
    checked : Checked
        The row as it would be, checked.
    offered : list of Change
        Cells that a moderator may have to change: those that the suggestion changes, those with a
        fault, and all that says where it is if its town can't be found.
    cautions : list of str
        What to look at twice.
    version : str
        Tells this state of the row from every other.
    missing : bool
        Whether the row that it corrects is no longer there.
    unseen : list of Change
        Cells that say something else than what the organisation confirmed.
    """

    suggestion: Suggestion
    org_id: str
    changes: list[Change]
    checked: Checked
    offered: list[Change]
    cautions: list[str]
    version: str
    missing: bool = False
    unseen: list[Change] = field(default_factory=list)

    @property
    def faults(self) -> list[Fault]:
        """Why a refresh would refuse the row; empty if it would take it."""
        return [*self.checked.faults, *self.checked.lost]

    @property
    def conflicts(self) -> list[Change]:
        """Changes of cells that say something else than when the suggestion was made."""
        return [change for change in self.changes if change.seen is not None]

    @property
    def needs_look(self) -> bool:
        """Whether it should be decided by itself, and not with many others."""
        return bool(
            self.missing
            or self.faults
            or self.conflicts
            or self.unseen
            or self.cautions
            or (self.suggestion.is_new and self.checked.duplicates)
        )


class Desk:
    """Where moderators work: an inbox and the register that it is for.

    Parameters
    ----------
    inbox : Inbox
        The suggestions.
    register_dir : Path
        Folder of the register.
    against : Reference
        What rows are checked against.
    releases_dir : Path, optional
        Folder of the releases, whose identifiers no new row gets; the installation's own by
        default.
    """

    def __init__(
        self,
        inbox: Inbox,
        register_dir: Path,
        against: Reference,
        releases_dir: Path | None = None,
    ) -> None:
        self.inbox = inbox
        self._dir = register_dir
        self._against = against
        self._releases_dir = releases_dir or settings().releases_dir

    def review(self, number: int, edits: Mapping[str, str] | None = None) -> Review:
        """What a suggestion would change in the register as it is now.

        Parameters
        ----------
        number : int
            Which one.
        edits : mapping of str to str, optional
            Cells that the moderator has changed, by column of :data:`EDITABLE`.

        Raises
        ------
        RegisterError
            If there is no such suggestion, or the register can't be read.
        """
        return self._review(self._get(number), RegisterFile(self._path()), edits or {})

    def accept(
        self,
        number: int,
        *,
        edits: Mapping[str, str] | None = None,
        over: str = "",
        was_renamed: bool = True,
        answer: str = "",
    ) -> str:
        """Write a suggestion into the register; the next refresh publishes it.

        Parameters
        ----------
        number : int
            Which one.
        edits : mapping of str to str, optional
            Cells that the moderator has changed.
        over : str
            Version of the row that the moderator has seen (:attr:`Review.version`). If it is
            given, the row must still be that one; if not, nothing that the suggestion changes
            may have changed since it was made.
        was_renamed : bool
            Keep a name that changes as a former name; false for a mere misspelling.
        answer : str
            A word to whoever made it.

        Returns
        -------
        str
            Identifier of the row.

        Raises
        ------
        ChangedMeanwhile
            If the register has changed and must be looked at again.
        Undecidable
            If the suggestion isn't open, or the row would be refused by a refresh.
        RegisterError
            If the register can't be read.
        etl.errors.PublishError
            If register or inbox can't be written.
        """
        answer = _check_answer(answer)
        actions.require_ready()
        path = self._path()
        with register_lock(path):
            self._resume(path)
            suggestion = self._get(number)
            if suggestion.state is not State.OPEN:
                raise Undecidable(_decision(suggestion))
            file = RegisterFile(path)
            review = self._review(suggestion, file, edits or {}, was_renamed=was_renamed)
            self._check_takeable(review, over)
            org_id = review.org_id or self._mint(file, review.checked.cells)
            file = self._with_columns(file, review)
            before = file.row(org_id)
            after = before | {change.column: change.new for change in review.changes}
            after["org_id"] = org_id
            if _CHECKED_ON in file.columns:
                # An organisation's word is of the day that it gave it.
                day = suggestion.received if suggestion.is_own else datetime.now(UTC)
                after[_CHECKED_ON] = f"{day:%Y-%m-%d}"
            # What can't be written is refused before it is recorded.
            file.with_row(org_id, after)
            subject = f"suggestion {number}, {org_id}"
            log = asdict(actions.entry_of_change(Action.ACCEPT, subject, before, after))
            plan = {"before": before, "after": after, "log": log}
            if not self.inbox.begin(number, org_id, plan, answer):
                raise Undecidable(_decision(self._get(number)))
            self._resume(path)
        return org_id

    def reject(self, number: int, reason: str) -> None:
        """Decide against a suggestion.

        Parameters
        ----------
        number : int
            Which one.
        reason : str
            Why, in a sentence.

        Raises
        ------
        Undecidable
            If it isn't open, or there is no reason.
        """
        reason = _check_answer(reason)
        if not reason:
            raise Undecidable(f"Give a reason of at most {MAX_REASON} characters.")
        suggestion = self._get(number)
        actions.require_ready()
        log = asdict(actions.entry(Action.REJECT, f"suggestion {number}", after=reason))
        if not self.inbox.reject(number, reason, log):
            raise Undecidable(_decision(self._get(suggestion.number)))
        self._write_log()

    def accept_many(self, numbers: Iterable[int], answer: str = "") -> dict[int, str]:
        """Accept those that need no look of their own (:attr:`Review.needs_look`).

        Parameters
        ----------
        numbers : iterable of int
            Which ones.
        answer : str
            A word to whoever made them, the same for all.

        Returns
        -------
        dict of int to str
            Why one was not accepted, as a sentence, by its number.

        Raises
        ------
        RegisterError
            If the register can't be read, or the answer is too long.
        etl.errors.PublishError
            If register or inbox can't be written.
        """
        _check_answer(answer)
        refused = {}
        for number in numbers:
            try:
                review = self.review(number)
                if review.needs_look:
                    refused[number] = f"Suggestion {number} needs a look of its own."
                else:
                    self.accept(number, over=review.version, answer=answer)
            except Undecidable as error:
                refused[number] = str(error)
        return refused

    def reject_many(self, numbers: Iterable[int], reason: str) -> dict[int, str]:
        """Decide against several, with one reason; gives what :meth:`accept_many` gives."""
        if not _check_answer(reason):
            raise Undecidable(f"Give a reason of at most {MAX_REASON} characters.")
        refused = {}
        for number in numbers:
            try:
                self.reject(number, reason)
            except Undecidable as error:
                refused[number] = str(error)
        return refused

    def why_not_undo(self, suggestion: Suggestion) -> str:
        """Why a decision can't be taken back any more, as a sentence; empty if it can.

        An accepted one can until a release is published that has it; a rejected one as long as
        its texts are kept.
        """
        number = suggestion.number
        if suggestion.state not in (State.ACCEPTED, State.REJECTED) or suggestion.decided is None:
            return f"Nothing is decided about suggestion {number}."
        if not suggestion.is_kept:
            return f"The texts of suggestion {number} are deleted; it can't be opened again."
        current = shelf.baseline(self._releases_dir)
        if suggestion.state is State.REJECTED or current is None:
            return ""
        if current.created >= suggestion.decided:
            return (
                f"Suggestion {number} is published since release {current.release_id}. Correct "
                "the entry itself instead."
            )
        return ""

    def undo(self, number: int) -> str:
        """Open a decided suggestion again; what was accepted goes out of the register.

        The contact address is gone, and stays so.

        Parameters
        ----------
        number : int
            Which one.

        Returns
        -------
        str
            Identifier of the row that is as it was before; empty if none was changed.

        Raises
        ------
        Undecidable
            If it isn't decided, is published, or the row has been changed since.
        RegisterError
            If the register can't be read.
        etl.errors.PublishError
            If register or inbox can't be written.
        """
        actions.require_ready()
        path = self._path()
        with register_lock(path):
            self._resume(path)
            suggestion = self._get(number)
            why_not = self.why_not_undo(suggestion)
            if why_not:
                raise Undecidable(why_not)
            if suggestion.state is State.REJECTED:
                log = actions.entry(Action.REOPEN, f"suggestion {number}", suggestion.reason)
                self.inbox.reopen(number, State.REJECTED, asdict(log))
                self._write_log()
                return ""
            org_id, plan = suggestion.org_id, suggestion.plan
            if not _is_row(RegisterFile(path).row(org_id), plan["after"]):
                raise ChangedMeanwhile(
                    f"The register's row of {org_id} has changed since suggestion {number} was "
                    "accepted. Correct the entry itself instead."
                )
            log = actions.entry_of_change(
                Action.REOPEN, f"suggestion {number}, {org_id}", plan["after"], plan["before"]
            )
            self.inbox.begin_taking_back(number, asdict(log))
            self._resume(path)
        return org_id

    def open_suggestions(self) -> list[Suggestion]:
        """Suggestions that wait for a decision, after finishing what was decided but broken off."""
        if self.inbox.suggestions(*_ON_THE_WAY) or self.inbox.unlogged():
            path = self._path()
            with register_lock(path):
                self._resume(path)
        self.inbox.forget()
        return self.inbox.suggestions(State.OPEN)

    def titles(self) -> dict[str, str]:
        """What people call each column."""
        return self._against.titles()

    def decisions(self) -> list[Suggestion]:
        """Suggestions that are decided, the latest decision first."""
        found = self.inbox.suggestions(State.ACCEPTED, State.REJECTED)
        return sorted(found, key=lambda s: s.decided or s.received, reverse=True)

    def _resume(self, path: Path) -> None:
        """Make the changes that are recorded; the register must be locked."""
        for suggestion in self.inbox.suggestions(*_ON_THE_WAY):
            file = RegisterFile(path)
            before, after = dict(suggestion.plan["before"]), dict(suggestion.plan["after"])
            goes = suggestion.state is State.TAKING_BACK
            if goes:
                before, after = after, before
            org_id, number = suggestion.org_id, suggestion.number
            now = file.row(org_id)
            if _is_row(now, before) and not _is_row(now, after):
                files.replace(
                    path, file.with_row(org_id, after) if after else file.without_row_of(org_id)
                )
                now = RegisterFile(path).row(org_id)
            is_done = _is_row(now, after)
            if goes and is_done:
                self.inbox.reopen(number, State.TAKING_BACK, suggestion.plan["log"])
            elif goes:
                self.inbox.keep_accepted(number)
            elif is_done:
                self.inbox.finish(number)
            else:
                self.inbox.give_up(number)
        self._write_log()

    def _write_log(self) -> None:
        """Bring the lines of what was decided into the log of actions."""
        for line, told in self.inbox.unlogged():
            actions.add(Entry(**told), once=True)
            self.inbox.note_logged(line)

    def _with_columns(self, file: RegisterFile, review: Review) -> RegisterFile:
        """The file with the columns that a suggestion fills, which older registers lack."""
        missing = [c.column for c in review.changes if c.column not in file.columns]
        if not missing:
            return file
        files.replace(file.path, file.with_columns(LIFE))
        return RegisterFile(file.path)

    def _path(self) -> Path:
        return rows.organisations_file(self._dir)

    def _get(self, number: int) -> Suggestion:
        suggestion = self.inbox.get(number)
        if suggestion is None:
            raise Undecidable(f"There is no suggestion {number}; see `cyber-valleys inbox list`.")
        return suggestion

    def _review(
        self,
        suggestion: Suggestion,
        file: RegisterFile,
        edits: Mapping[str, str],
        *,
        was_renamed: bool = True,
    ) -> Review:
        unknown = sorted(set(edits) - set(EDITABLE))
        if unknown:
            raise Undecidable(
                f"{', '.join(unknown)} can't be changed here; these can: {', '.join(EDITABLE)}."
            )
        org_id = suggestion.org_id
        now = file.row(org_id) if org_id else {}
        wanted = {**suggestion.values, **edits}
        cells = self._derive(suggestion, now, wanted, edits, was_renamed=was_renamed)
        checked = self._against.check(
            cells, self._known_organisations(file, cells.get("country", ""))
        )
        checked = self._with_successor(checked, file)
        row = dict(checked.cells)
        if checked.town and _moves(now, cells):
            row["nuts2_hint"] = checked.town.nuts3[:4]
        changes = self._changes(now, row, suggestion, file)
        return Review(
            suggestion=suggestion,
            org_id=org_id,
            changes=changes,
            checked=checked,
            offered=self._offer(changes, checked, now, file),
            cautions=cautions(wanted, self._against.titles()),
            version=rows.version(now),
            missing=bool(org_id) and not now,
            unseen=self._unseen(suggestion, now) if suggestion.is_confirmation and now else [],
        )

    def _with_successor(self, checked: Checked, file: RegisterFile) -> Checked:
        """The row, and the fault that its successor isn't in the register, if it isn't."""
        column = self._against.schema.columns["successor_id"]
        successor = checked.cells.get(column.name, "")
        if not successor or successor in file.ids():
            return checked
        fault = Fault(
            column.name,
            column.title,
            f"There is no such organisation in the register: {successor}.",
            "Write its identifier, or its name in the other field.",
        )
        return replace(checked, faults=[*checked.faults, fault])

    def _derive(
        self,
        suggestion: Suggestion,
        now: Mapping[str, str],
        wanted: Mapping[str, str],
        edits: Mapping[str, str],
        *,
        was_renamed: bool,
    ) -> dict[str, str]:
        """The whole row with what follows from a change: evidence, place, former names."""
        cells = {**now, **wanted}
        # The own website that a row of general knowledge names is not a page that confirms it.
        source = wanted.get("source_url")
        if suggestion.is_own and "evidence" not in edits:
            cells["evidence"] = "confirmed"
        elif "evidence" not in edits and source and source != now.get("source_url"):
            cells["evidence"] = "page"
        if now and _moves(now, cells):
            # What said where the old place is would put the new one there too.
            for column in ("nuts2_hint", "lat", "lon"):
                cells[column] = wanted.get(column, "")
        old = now.get("name", "")
        if old and cells["name"] != old and "former_names" not in edits:
            former = [*filter(None, map(str.strip, now.get("former_names", "").split(";")))]
            if was_renamed:
                former = [name for name in former if name != f"{NOT_FORMER} {old}"] + [old]
            elif fold(old) != fold(cells["name"]):
                # The release has the misspelt name, and would keep it.
                former.append(f"{NOT_FORMER} {old}")
            cells["former_names"] = ";".join(dict.fromkeys(former))
        return cells

    def _changes(
        self,
        now: Mapping[str, str],
        cells: Mapping[str, str],
        suggestion: Suggestion,
        file: RegisterFile,
    ) -> list[Change]:
        written = self._against.check(now).cells if now else {}
        changes = []
        for name, column in self._against.schema.columns.items():
            old, new = written.get(name, ""), cells.get(name, "")
            seen = suggestion.before.get(name)
            is_kept = name in file.columns or (name in LIFE and new != column.default)
            if name != "org_id" and is_kept and new != old:
                differs = seen is not None and seen != old
                changes.append(
                    Change(name, column.title, now.get(name, ""), new, seen if differs else None)
                )
        return changes

    def _unseen(self, suggestion: Suggestion, now: Mapping[str, str]) -> list[Change]:
        """Cells that an organisation confirmed, and that have changed since it saw them."""
        titles, written = self._against.titles(), self._against.check(now).cells
        return [
            Change(name, titles[name], now.get(name, ""), now.get(name, ""), seen)
            for name, seen in suggestion.before.items()
            if name in now and written.get(name, "") != seen
        ]

    def _offer(
        self, changes: list[Change], checked: Checked, now: Mapping[str, str], file: RegisterFile
    ) -> list[Change]:
        by_column = {change.column: change for change in changes}
        wanted = {*by_column, *(fault.column for fault in checked.faults)}
        if checked.lost:
            wanted.update(_WHERE)
        if wanted & {*LIFE}:
            wanted.update(LIFE)
        return [
            by_column.get(name)
            or Change(name, column.title, now.get(name, ""), checked.cells.get(name, ""))
            for name, column in self._against.schema.columns.items()
            if name in wanted and name in EDITABLE and (name in file.columns or name in LIFE)
        ]

    def _known_organisations(self, file: RegisterFile, country: str) -> Known:
        """The register's rows of a country, to find the same organisation among."""
        of_country = [row for row in file.rows() if row.get("country") == country]
        rows = pd.DataFrame(of_country, columns=file.columns, dtype="str")
        rows = rows.reindex(columns=list(self._against.schema.columns), fill_value="")
        return Known(self._against.place(rows))

    def _mint(self, file: RegisterFile, cells: Mapping[str, str]) -> str:
        """The identifier that `cyber-valleys mint` gives a new row, unless it is taken for good."""
        taken = {*file.ids(), *past_ids(self._dir, self._releases_dir)}
        ids = possible_ids(cells["name"], cells["city"], cells["country"])
        return next(org_id for org_id in ids if org_id not in taken)

    def _check_takeable(self, review: Review, over: str) -> None:
        if review.missing:
            raise Undecidable(
                f"{review.org_id} is no longer in the register. Reject the suggestion."
            )
        if review.unseen:
            raise ChangedMeanwhile(
                "The organisation has confirmed what the register no longer says: "
                f"{_fields(review.unseen)}. Reject it, and send the organisation a new link."
            )
        if over and over != review.version:
            raise ChangedMeanwhile(
                "The register's row has changed since you looked at it. Look again and decide."
            )
        if review.conflicts and not over:
            raise ChangedMeanwhile(
                "The register has changed since the suggestion was made: "
                f"{_fields(review.conflicts)}. "
                f"Look at it again; version {review.version} is the row as it is now."
            )
        if review.faults:
            faults = " ".join(f"{f.title}: {f.reason} {f.mend}" for f in review.faults)
            raise Undecidable(f"A refresh would refuse the row. {faults}")


def desk() -> Desk:
    """The desk of this installation."""
    return Desk(inbox(), settings().register_dir, reference(), settings().releases_dir)


def _check_answer(text: str) -> str:
    """An answer in one line; refused if it is too long."""
    answer = " ".join(text.split())
    if len(answer) > MAX_REASON:
        raise Undecidable(f"Give a reason of at most {MAX_REASON} characters.")
    return answer


def _is_row(now: Mapping[str, str], cells: Mapping[str, str]) -> bool:
    """Whether a row is there with these cells; without any, whether there is none."""
    # A column that the file lacks is not kept in it.
    return bool(now) == bool(cells) and all(now[name] == cells.get(name, "") for name in now)


def _fields(changes: Iterable[Change]) -> str:
    return "; ".join(
        f"{c.title} was “{c.seen}” when it was suggested and is “{c.old}” now" for c in changes
    )


def _moves(now: Mapping[str, str], cells: Mapping[str, str]) -> bool:
    return any(now.get(name, "") != cells.get(name, "") for name in _PLACE)


def _decision(suggestion: Suggestion) -> str:
    how = {
        State.ACCEPTED: f"was accepted already ({suggestion.org_id})",
        State.REJECTED: f"was rejected already: {suggestion.reason}",
        State.ACCEPTING: "is being accepted",
        State.TAKING_BACK: "is being taken back",
    }.get(suggestion.state, "was opened again; look at it once more")
    return f"Suggestion {suggestion.number} {how}."
