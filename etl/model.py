"""What the steps hand to each other besides tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Rejection:
    """One cell that could not be taken, and how to correct it.

    Attributes
    ----------
    step : str
        Step that refused it: ``validate``, ``locate`` or ``deduplicate``.
    file : str
        Register file, without its folder.
    row : int
        As a spreadsheet counts: the header is row 1.
    name : str
        What the row is about, for people.
    column, value : str
        The cell.
    reason, mend : str
        What is wrong, and what to do; a sentence each.
    """

    step: str
    file: str
    row: int
    name: str
    column: str
    value: str
    reason: str
    mend: str


# More row numbers in a note help nobody.
MAX_ROWS_NAMED = 10


def note_rows(file: str, rows: Sequence[int], sentence: str) -> str:
    """A note about rows of a register file: ``"organisations.csv, rows 3 and 7: ..."``."""
    named = [f"{row:,}" for row in rows[:MAX_ROWS_NAMED]]
    more = len(rows) - len(named)
    last = f"{more:,} more" if more else named.pop()
    which = f"rows {', '.join(named)} and {last}" if named else f"row {last}"
    return f"{file}, {which}: {sentence}"


class Track(Protocol):
    """Shows progress while a step goes through a sequence."""

    def __call__(self, sequence: Sequence[T], label: str) -> Iterator[T]:
        """Yield the items of the sequence; `label` says what is being done."""
        ...


def no_progress(sequence: Sequence[T], label: str) -> Iterator[T]:
    """Go through a sequence without showing anything."""
    return iter(sequence)
