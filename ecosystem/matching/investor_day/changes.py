"""What a new plan changes, and for whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ecosystem.matching.investor_day.model import Day, Meeting, Plan


class What(StrEnum):
    """What becomes of a meeting."""

    NEW = "new"
    CANCELLED = "cancelled"
    MOVED = "moved"
    TABLE = "other table"


@dataclass(frozen=True)
class Change:
    """One meeting that isn't as it was.

    Attributes
    ----------
    what : What
        What becomes of it.
    before, after : Meeting or None
        As it was and as it is.
    """

    what: What
    before: Meeting | None
    after: Meeting | None

    @property
    def both(self) -> tuple[str, str]:
        """Identifiers of the two whom it concerns."""
        meeting = self.after or self.before
        if meeting is None:
            raise ValueError("a change is of a meeting")
        return meeting.both


def changes(before: Plan, after: Plan) -> list[Change]:
    """All meetings that differ between two plans, in the order of time.

    Parameters
    ----------
    before, after : Plan
        Plans of the same day, whoever comes to it.
    """
    found = []
    for pair in before.at.keys() | after.at.keys():
        old, new = before.at.get(pair), after.at.get(pair)
        if old is None:
            found.append(Change(What.NEW, old, new))
        elif new is None:
            found.append(Change(What.CANCELLED, old, new))
        elif old.slot != new.slot:
            found.append(Change(What.MOVED, old, new))
        elif old.table != new.table:
            found.append(Change(What.TABLE, old, new))
    return sorted(found, key=_time)


def by_participant(day: Day, found: Iterable[Change]) -> dict[str, list[Change]]:
    """Changes of each participant who has any, in the order of the sheet.

    Parameters
    ----------
    day : Day
        The day, with those who no longer come.
    found : iterable of Change
        As :func:`changes` gives them.
    """
    all_ = list(found)
    mine = {
        one.id: [change for change in all_ if one.id in change.both] for one in day.participants
    }
    return {who: some for who, some in mine.items() if some}


def in_words(day: Day, change: Change, who: str = "") -> str:
    """A change as a sentence, as one of the two would be told or as both are named.

    Parameters
    ----------
    day : Day
        The day, with those who no longer come.
    change : Change
        The change.
    who : str, optional
        Identifier of whom it is told.
    """
    one, other = change.both
    name = day.pair_name(one, other)
    if who:
        name = day.name(other if who == one else one)
    old, new = change.before, change.after
    if old is None:
        return f"{name}: new at {_place(day, new)}."
    if new is None:
        return f"{name}: cancelled, was at {_place(day, old)}."
    if change.what is What.TABLE:
        return f"{name}: at {_place(day, new)} instead of table {old.table}."
    return f"{name}: at {_place(day, new)} instead of {_place(day, old)}."


def _place(day: Day, meeting: Meeting | None) -> str:
    if meeting is None:
        return ""
    slot = day.slot.get(meeting.slot)
    if slot is None:
        return f"slot {meeting.slot}, table {meeting.table}"
    return f"{slot.start:%H:%M}, table {meeting.table}"


def _time(change: Change) -> tuple[int, str, tuple[str, str]]:
    meeting = change.after or change.before
    return (meeting.slot, meeting.table, meeting.both) if meeting else (0, "", ("", ""))
