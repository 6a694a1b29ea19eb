"""The plan on the page: by participant, by table, by slot, and as files to take away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

import pandas as pd
import streamlit as st
from openpyxl import Workbook

from ecosystem.brief import investor_day as papers
from ecosystem.common import wording
from ecosystem.common.spreadsheet import header, text_cell, workbook_bytes
from ecosystem.export import XLSX_TYPE
from ecosystem.matching.investor_day import calendars, my_day, workbook
from ecosystem.matching.investor_day.agenda import Doing, agenda, by_name
from ecosystem.matching.investor_day.model import Day, Plan
from ecosystem.ui import share, state
from ecosystem.ui.escape import markdown
from ecosystem.ui.investor_day.desk import Desk

_PDF = "application/pdf"


def view(here: Desk, day: Day, plan: Plan) -> None:
    """The timetable, one way to look at it at a time."""
    st.header("Timetable", anchor=False)
    of_whom, at_table, at_time = st.tabs(["By participant", "By table", "By time"])
    with of_whom:
        _by_participant(here, day, plan)
    with at_table:
        _by_table(here, day, plan)
    with at_time:
        _by_slot(here, day, plan)


def downloads(here: Desk, day: Day, plan: Plan, figures: Sequence[tuple[str, str]]) -> None:
    """All that an organiser hands out, and the workbook with the schedule in it."""
    st.header("Take it with you", anchor=False)
    site, made = state.site(), here.made
    before = here.base if here.base is not plan else None
    files: list[tuple[str, Callable[[], bytes], str, str, str]] = [
        (
            "Workbook with the schedule",
            partial(workbook.write, day, plan, figures),
            "investor-day.xlsx",
            XLSX_TYPE,
            ":material/table_view:",
        ),
        (
            "Participants' sheets (PDF)",
            partial(papers.participant_sheets_pdf, day, plan, made, site),
            "investor-day-sheets.pdf",
            _PDF,
            ":material/picture_as_pdf:",
        ),
        (
            "Calendars (ZIP)",
            partial(calendars.calendars_zip, day, plan, made, before),
            "investor-day-calendars.zip",
            "application/zip",
            ":material/calendar_month:",
        ),
        (
            "Participants' links (Excel)",
            partial(_links, day, plan, here, site),
            "investor-day-links.xlsx",
            XLSX_TYPE,
            ":material/link:",
        ),
        (
            "Table plan (PDF)",
            partial(papers.table_plan_pdf, day, plan, made),
            "investor-day-tables.pdf",
            _PDF,
            ":material/picture_as_pdf:",
        ),
        (
            "List for the door (PDF)",
            partial(papers.door_list_pdf, day, plan, made),
            "investor-day-door.pdf",
            _PDF,
            ":material/picture_as_pdf:",
        ),
    ]
    if day.today.pitches:
        files.append(
            (
                "List of pitches (PDF)",
                partial(papers.pitch_list_pdf, day, made),
                "investor-day-pitches.pdf",
                _PDF,
                ":material/picture_as_pdf:",
            )
        )
    with st.container(horizontal=True):
        for label, data, name, kind, icon in files:
            st.download_button(
                label,
                data=data,
                file_name=name,
                mime=kind,
                icon=icon,
                on_click="ignore",
                key=f"download_{name}",
                type="primary" if kind == XLSX_TYPE and "schedule" in label else "secondary",
            )
    st.caption(
        "The workbook is the only copy of the day: keep it. Nothing of it is on the server once "
        "you close the page. The files for participants hold no wishes, refusals or scores."
    )


def _links(day: Day, plan: Plan, here: Desk, site: str) -> bytes:
    """Each participant's link, for a mail merge."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Links")
    header(sheet, ["Identifier", "Name", "Side", "Meetings", "Link"])
    for who in by_name(day):
        one = day.by_id[who]
        cells = (who, one.name, one.kind.value)
        sheet.append(
            [
                *(text_cell(sheet, cell) for cell in cells),
                len(plan.of.get(who, ())),
                text_cell(sheet, my_day.link(site, day, plan, who, here.made)),
            ]
        )
    return workbook_bytes(book)


def _by_participant(here: Desk, day: Day, plan: Plan) -> None:
    who = st.selectbox(
        "Participant",
        by_name(day),
        format_func=day.name,
        key=f"who_{here.number}",
    )
    if who is None:
        return
    meeting = {one.slot: one for one in plan.of.get(who, ())}
    reasons = {day.slot[slot].start: one.reason for slot, one in meeting.items()}
    rows = [
        (
            _date(entry.start),
            f"{entry.start:%H:%M}–{entry.end:%H:%M}",
            markdown(entry.title),
            markdown(entry.table or wording.DASH),
            markdown(reasons.get(entry.start, "")) if entry.doing is Doing.MEETING else "",
        )
        for entry in agenda(day, plan, who)
        if entry.doing is not Doing.FREE
    ]
    if not rows:
        st.info(f"{markdown(day.name(who))} has no meetings.")
        return
    _table(rows, ["Time", "With, or what", "Table", "Why (for you only)"])
    link = my_day.link(state.site(), day, plan, who, here.made)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.link_button("Their own page", link, icon=":material/smartphone:")
        st.download_button(
            "Their calendar",
            data=partial(calendars.calendar, day, plan, who, here.made),
            file_name="investor-day.ics",
            mime=calendars.MEDIA_TYPE,
            icon=":material/calendar_month:",
            on_click="ignore",
        )
        share.button(link, day.title, "my_day")
    st.caption(
        "The link holds the day after its #, which browsers never send: only who has it can read "
        "it. After a change it is another link."
    )


def _by_table(here: Desk, day: Day, plan: Plan) -> None:
    names = [table.name for table in day.tables]
    table = st.selectbox("Table", names, key=f"table_{here.number}")
    rows = [
        (_date(day.slot[one.slot].start), _slot(day, one.slot), *_both(day, one.both))
        for one in plan.meetings
        if one.table == table
    ]
    if rows:
        _table(rows, ["Time", "Who", "With"])
    else:
        st.info("Nobody meets at this table.")


def _by_slot(here: Desk, day: Day, plan: Plan) -> None:
    slots = [slot.number for slot in day.slots]
    number = st.selectbox(
        "Time",
        slots,
        format_func=lambda n: f"{day.slot[n].start:%a %-d %b}, {_slot(day, n)}",
        key=f"slot_{here.number}",
    )
    rows = [
        ("", markdown(one.table), *_both(day, one.both))
        for one in plan.meetings
        if one.slot == number
    ]
    if rows:
        _table(rows, ["Table", "Who", "With"])
    else:
        st.info("Nobody meets then.")


def _both(day: Day, both: tuple[str, str]) -> tuple[str, str]:
    return markdown(day.name(both[0])), markdown(day.name(both[1]))


def _slot(day: Day, number: int) -> str:
    slot = day.slot[number]
    return f"{slot.start:%H:%M}–{slot.end:%H:%M}"


def _date(at: datetime) -> str:
    return f"{at:%a %-d %b}"


def _table(rows: Sequence[tuple[str, ...]], columns: list[str]) -> None:
    """A table that can be printed; with dates where there are several."""
    frame = pd.DataFrame(rows, columns=["Date", *columns])
    if frame["Date"].nunique() < 2:
        frame = frame.drop(columns="Date")
    st.table(frame, hide_index=True)
