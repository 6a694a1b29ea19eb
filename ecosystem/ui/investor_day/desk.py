"""What a session holds of an investor day: the workbook's content and the plans made of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from ecosystem.matching.investor_day import workbook
from ecosystem.matching.investor_day.checks import DayError, Fault
from ecosystem.matching.investor_day.model import Day, Meeting, Participant, Plan, Wish
from ecosystem.matching.investor_day.solver import Proof
from ecosystem.matching.investor_day.verify import verify
from ecosystem.ui.investor_day.attendance import Attended

_KEY = "_investor_day"


@dataclass
class Desk:
    """One organiser's day between two reruns.

    Attributes
    ----------
    number : int
        Tells this workbook from every other: what was chosen for one holds for no other.
    name : str
        The file's name.
    faults : list of Fault
        Why it can't be planned.
    notes : tuple of str
        What is worth knowing of it.
    day : Day or None
        The day with all late changes.
    told : Plan or None
        What participants have been told: the plan that came with the workbook.
    plan : Plan or None
        The latest plan.
    made : datetime
        When that was made.
    former : Plan or None
        The plan before the latest.
    plans : int
        How many were made of this workbook.
    planning : Attended or None
        The plan that is being made.
    kept : tuple of Meeting
        What a new plan must leave as it is.
    few_changes : bool
        Whether a new plan begins with the one that is there.
    seconds : int
        How long planning may take.
    proofs : tuple of Proof
        What is proven of the latest plan.
    trouble : str
        Why there is no new plan.
    conflict : list of Fault
        What contradicts each other.
    """

    number: int = 0
    name: str = ""
    faults: list[Fault] = field(default_factory=list)
    notes: tuple[str, ...] = ()
    day: Day | None = None
    told: Plan | None = None
    plan: Plan | None = None
    made: datetime = field(default_factory=lambda: datetime.now(UTC))
    former: Plan | None = None
    plans: int = 0
    planning: Attended | None = None
    kept: tuple[Meeting, ...] = ()
    few_changes: bool = True
    seconds: int = 20
    proofs: tuple[Proof, ...] = ()
    trouble: str = ""
    conflict: list[Fault] = field(default_factory=list)

    def take(self, file: UploadedFile) -> None:
        """Read an uploaded workbook in place of the one that was there."""
        self.forget()
        self.number += 1
        self.name = file.name
        try:
            document = workbook.read(file.name, file.getvalue())
        except DayError as error:
            self.faults = error.faults
            return
        self.day, self.notes = document.day, document.notes
        self.told = self.plan = document.plan
        self.kept = self.day.locked
        self.made = datetime.now(UTC)

    def forget(self) -> None:
        """Stop what is being planned, and forget the workbook."""
        self.stop()
        self.name = ""
        self.faults, self.notes = [], ()
        self.day = self.told = self.plan = self.former = None
        self.plans, self.kept, self.proofs = 0, (), ()
        self.trouble, self.conflict = "", []

    def stop(self) -> None:
        """End what is being planned without taking it."""
        if self.planning is not None:
            self.planning.job.close()
        self.planning = None

    @property
    def base(self) -> Plan | None:
        """What changes are told against: the workbook's plan, else the one before the latest."""
        return self.told or self.former

    def broken(self) -> list[str]:
        """What of the plan the day no longer allows: late changes, or a change by hand."""
        return verify(self.day, self.plan) if self.day and self.plan else []

    def change(self, who: str, *, comes: bool) -> None:
        """Note that somebody doesn't come after all, or does."""
        if self.day is not None:
            people = tuple(
                replace(one, comes=comes) if one.id == who else one for one in self.day.participants
            )
            self.day = replace(self.day, participants=people)

    def add(self, one: Participant, wishes: Iterable[Wish] = ()) -> None:
        """Note that somebody comes whom the workbook didn't know, and whom they wish to meet."""
        if self.day is not None:
            self.day = replace(
                self.day,
                participants=(*self.day.participants, one),
                wishes=(*self.day.wishes, *wishes),
            )


def desk() -> Desk:
    """The desk of this session."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = Desk()
    found: Desk = st.session_state[_KEY]
    return found
