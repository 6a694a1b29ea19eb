"""The workbook to begin with: empty, or with who is on the shortlist or in the register."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

import streamlit as st

from ecosystem.common import wording
from ecosystem.common.store import Database
from ecosystem.common.text import fold
from ecosystem.common.vocabulary import COUNTRIES
from ecosystem.export import XLSX_TYPE
from ecosystem.finding.filters import Filter
from ecosystem.matching.investor_day import workbook
from ecosystem.matching.investor_day.beginning import Frame, beginning
from ecosystem.matching.investor_day.model import Day, Kind, Participant
from ecosystem.matching.investor_day.scores import scores
from ecosystem.tables import investors, organisations
from ecosystem.tables.investors import Conditions
from ecosystem.ui import drafts, shortlist
from ecosystem.ui.data import ask, database
from ecosystem.ui.escape import markdown
from ecosystem.web.pages import SHORTLIST_PAGE

_AHEAD = timedelta(weeks=8)
_MOST_TABLES, _LONGEST = 200, 120
_FILE = "investor-day.xlsx"
# Of the register: who is on the investors' side of a table.
_INVESTOR = "investor"


def view() -> None:
    """Choose what the workbook begins with, and download it."""
    st.header("1. Get the workbook", anchor=False)
    st.markdown(
        "One Excel file is the whole day: participants, sessions, tables, wishes, refusals and, "
        "once it is planned, the schedule. Fill it in and give it back below."
    )
    st.download_button(
        "Empty workbook",
        data=workbook.template,
        file_name=_FILE,
        mime=XLSX_TYPE,
        icon=":material/download:",
        on_click="ignore",
    )
    listed = _shortlist()
    # Whoever comes with a list has come for this.
    with st.expander(
        "Begin with participants, times and tables",
        icon=":material/edit_calendar:",
        expanded=bool(listed),
    ):
        participants = _once([*_from_shortlist(listed), *_from_register()])
        frame = _frame()
        if frame is None:
            st.error("The day ends before it begins; change its times.", icon=":material/error:")
            return
        kinds = Counter(one.kind for one in participants)
        st.caption(
            f"It begins with {wording.count(kinds[Kind.SME], 'SME')} and "
            f"{wording.count(kinds[Kind.INVESTOR], 'investor')}."
        )
        st.download_button(
            "Workbook with these",
            data=partial(_content, database(), frame, tuple(participants)),
            file_name=_FILE,
            mime=XLSX_TYPE,
            icon=":material/download:",
            on_click="ignore",
            type="primary",
        )


def _content(database: Database, frame: Frame, participants: tuple[Participant, ...]) -> bytes:
    """The workbook, with the scores of pairs that the register knows."""
    sides = {
        kind: [one.id for one in participants if one.kind is kind]
        for kind in (Kind.SME, Kind.INVESTOR)
    }
    matches = scores(database, sides[Kind.SME], sides[Kind.INVESTOR])
    return workbook.template(beginning(frame, participants, matches))


def _from_shortlist(listed: list[Participant]) -> list[Participant]:
    """Who of the shortlist comes: all of it, or nobody."""
    if not listed:
        st.caption(
            "Your shortlist is empty. Put companies on it in the directory, and the workbook "
            "begins with them."
        )
        return []
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = st.checkbox(
            f"The {wording.count(len(listed), 'organisation')} of the shortlist", value=True
        )
        st.page_link(SHORTLIST_PAGE, label="Change the shortlist", icon=":material/bookmarks:")
    st.caption(_names(listed))
    return listed if chosen else []


def _from_register() -> list[Participant]:
    """Investors of the register, as far as they are chosen."""
    names = ask(investors.names)
    chosen = st.multiselect(
        f"Investors of the register ({len(names):,})",
        sorted(names, key=lambda id_: names[id_].casefold()),
        format_func=names.__getitem__,
        placeholder="None; or type them into the workbook",
    )
    if not chosen:
        return []
    rows = ask(investors.selection, Conditions(ids=tuple(chosen))).to_dict("records")
    return [
        Participant(str(row["investor_id"]), str(row["name"]), Kind.INVESTOR, _place(row))
        for row in rows
    ]


def _once(participants: list[Participant]) -> list[Participant]:
    """Whoever is on the shortlist and among the investors, once."""
    return list({fold(one.name): one for one in reversed(participants)}.values())[::-1]


def _shortlist() -> list[Participant]:
    """Who is on the shortlist, or on the list in the address, in the order of their names."""
    chosen = shortlist.content()
    if not chosen.orgs:
        return []
    rows = ask(organisations.everything, Filter(orgs=chosen.orgs)).to_dict("records")
    return [
        Participant(
            str(row["org_id"]),
            str(row["name"]),
            Kind.INVESTOR if row["type"] == _INVESTOR else Kind.SME,
            _place(row),
        )
        for row in rows
    ]


def _place(row: Mapping[Hashable, Any]) -> str:
    """Town and country, as far as they are known."""
    country = COUNTRIES.label(row["country"]) if isinstance(row["country"], str) else ""
    return ", ".join(part for part in (row["city"], country) if isinstance(part, str) and part)


def _names(listed: list[Participant], most: int = 8) -> str:
    names = [markdown(one.name) for one in listed[:most]]
    more = len(listed) - most
    return ", ".join([*names, *([f"and {more} more"] if more > 0 else [])])


def _frame() -> Frame | None:
    """Times and tables as they are chosen; None if the day ends before it begins."""
    usual = Day()
    fields = {
        "day_title": drafts.text(_LONGEST, usual.title),
        "day_place": drafts.text(_LONGEST),
        "day_on": drafts.day(datetime.now(UTC).date() + _AHEAD),
        "day_start": drafts.clock(time(9)),
        "day_end": drafts.clock(time(17)),
        "day_tables": drafts.number(1, _MOST_TABLES, 10),
        "day_minutes": drafts.number(5, 120, 20),
        "day_pause": drafts.number(0, 60, 5),
        "day_lunch_start": drafts.clock(time(12, 30)),
        "day_lunch_end": drafts.clock(time(13, 30)),
    }
    with drafts.keep("investor-day", fields):
        for key, field in fields.items():
            st.session_state.setdefault(key, field.initial)
        title = st.text_input("Title", max_chars=_LONGEST, key="day_title")
        place = st.text_input(
            "Place", max_chars=_LONGEST, placeholder="Venue, town", key="day_place"
        )
        one, two, three, four = st.columns(4)
        on = one.date_input("Date", key="day_on")
        start = two.time_input("First meeting", key="day_start")
        end = three.time_input("Last meeting ends", key="day_end")
        tables = four.number_input("Tables", 1, _MOST_TABLES, key="day_tables")
        one, two, three, four = st.columns(4)
        minutes = one.number_input("Minutes a meeting", 5, 120, key="day_minutes")
        pause = two.number_input("Minutes between two", 0, 60, key="day_pause")
        lunch_start = three.time_input("Lunch from", key="day_lunch_start")
        lunch_end = four.time_input(
            "Lunch until", help="The same time for no lunch.", key="day_lunch_end"
        )
    if not isinstance(on, date) or start is None or end is None or start >= end:
        return None
    return Frame(
        title,
        place,
        usual.timezone,
        on,
        start,
        end,
        lunch_start or end,
        lunch_end or end,
        minutes,
        pause,
        tables,
    )
