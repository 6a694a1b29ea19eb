"""The filled-in workbook comes back: what is wrong with it, cell by cell, or what it holds."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import streamlit as st

from ecosystem.common import wording
from ecosystem.matching.investor_day.checks import Fault
from ecosystem.matching.investor_day.model import Day, Kind, Mode
from ecosystem.matching.investor_day.reading import MAX_FILE_BYTES
from ecosystem.ui.escape import markdown
from ecosystem.ui.investor_day.desk import Desk, desk

_MOST_NOTES = 50
_ABSENT = ("{n} participant doesn't come.", "{n} participants don't come.")
_FILE = "investor_day_file"


def view() -> Desk:
    """Let the organiser choose the file; show its faults, or what was read."""
    st.header("2. Give it back", anchor=False)
    here = desk()
    st.file_uploader(
        "Filled-in workbook",
        type=["xlsx"],
        max_upload_size=MAX_FILE_BYTES // 1024**2,
        help="It stays in this session only, and goes when you close the page.",
        key=_FILE,
        on_change=_take,
    )
    if here.faults:
        st.error(
            f"{markdown(here.name)} can't be planned yet: "
            f"{wording.count(len(here.faults), 'thing')} to correct. Correct the cells and give it "
            "back again.",
            icon=":material/error:",
        )
        show_faults(here.faults)
    elif here.day is not None:
        st.success(f"{markdown(here.name)}: {_sentence(here.day)}", icon=":material/check:")
        _notes(here.notes)
    return here


def _take() -> None:
    """Read what was chosen, or forget what was taken away.

    Whoever comes back from another page finds the field empty and the day as it was.
    """
    file = st.session_state[_FILE]
    if file is None:
        desk().forget()
    else:
        desk().take(file)


def show_faults(faults: list[Fault]) -> None:
    """A table of faults, each with its cell; it can be printed and read on a phone."""
    rows = [(markdown(fault.cell or wording.DASH), markdown(fault.text)) for fault in faults]
    st.table(pd.DataFrame(rows, columns=["Cell", "What to correct"]), hide_index=True)


def _notes(notes: tuple[str, ...]) -> None:
    if notes:
        with st.expander(f"{wording.count(len(notes), 'note')} on it", icon=":material/info:"):
            for note in notes[:_MOST_NOTES]:
                st.markdown(f"- {markdown(note)}")
            if len(notes) > _MOST_NOTES:
                st.caption(f"And {len(notes) - _MOST_NOTES:,} more.")


def _sentence(day: Day) -> str:
    today = day.today
    kinds = Counter(one.kind for one in today.participants)
    absent = len(day.participants) - len(today.participants)
    parts = [
        wording.count(kinds[Kind.SME], "SME"),
        wording.count(kinds[Kind.INVESTOR], "investor"),
        wording.count(len(today.slots), "slot"),
        wording.count(len(today.tables), "table"),
        f"{wording.count(len(today.wished), 'wish', 'wishes')}, {len(today.mutual)} of them mutual"
        if today.mode is Mode.CHOOSE
        else f"{wording.count(len(today.musts), 'meeting')} to place",
    ]
    there = f"{', '.join(parts)}."
    return f"{there} {wording.agree(absent, *_ABSENT)}" if absent else there
