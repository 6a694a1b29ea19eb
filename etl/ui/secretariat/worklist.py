"""What somebody should look at again, to be worked off one entry after the other."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from ecosystem.common import links, wording
from ecosystem.common.settings import settings
from ecosystem.common.spreadsheet import table_csv
from ecosystem.common.text import fold
from ecosystem.common.vocabulary import COUNTRIES
from ecosystem.ui.escape import markdown
from ecosystem.web.pages import ORGANISATION_PAGE
from etl.errors import PublishError, RegisterError
from etl.freshness.report import Report, read
from etl.freshness.worklist import Reason, Task, confirm_today, table, work_list
from etl.ui import sign_in

PER_PAGE = 20
_SAID, _REASONS, _COUNTRIES, _TEXT = "_work_said", "work_reasons", "work_countries", "work_text"


def view() -> None:
    """The list with its filters, a button for each entry, and all of it to download."""
    st.header("To check", anchor=False)
    good, said = st.session_state.pop(_SAID, (True, ""))
    if said:
        (st.success if good else st.error)(markdown(said))
    st.markdown(
        "Organisations whose entry nobody has compared with its source for more than a year, and "
        "those whose website or source does not answer. Open the source; if the entry is right, "
        "press *Checked today*. If not, correct it under *One entry*."
    )
    try:
        report = read()
        tasks = work_list(results=report.results)
    except (RegisterError, OSError) as error:
        st.error(markdown(str(error)), icon=":material/error:")
        return
    st.caption(_about_addresses(report))
    if not tasks:
        st.success("There is nothing to check: every entry was checked within a year.")
        return
    wanted = _narrow(tasks)
    st.markdown(f"**{wording.count(len(wanted), 'organisation')}** of {len(tasks):,} to check")
    st.download_button(
        "Download as CSV",
        lambda: table_csv(table(wanted)),
        "cyber-valleys-to-check.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
    for task in _page(wanted):
        _card(task)


def _about_addresses(report: Report) -> str:
    """When the addresses were asked, and how they are."""
    if not report.results:
        return (
            "No website or source was asked yet. `cyber-valleys links` does so, on the command "
            "line: it reports what does not answer, and changes nothing."
        )
    latest = max(result.checked_at for result in report.results.values())
    n = len(report.results)
    said = (
        f"{wording.count(n, 'address', 'addresses')} asked, last on "
        f"{datetime.fromisoformat(latest):%-d %B %Y}, by `cyber-valleys links`."
    )
    return f"{said} Not all were asked yet." if report.broken_off else said


def _narrow(tasks: list[Task]) -> list[Task]:
    """The part of the list that the filters leave."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        present = [reason for reason in Reason if any(reason in t.reasons for t in tasks)]
        counts = {reason: sum(reason in t.reasons for t in tasks) for reason in present}
        reasons = st.multiselect(
            "Why", present, format_func=lambda r: f"{r} ({counts[r]:,})", key=_REASONS,
            placeholder="All reasons",
        )  # fmt: skip
        known = sorted({task.row.get("country", "") for task in tasks} - {""})
        countries = st.multiselect(
            "Country", known, format_func=COUNTRIES.label, key=_COUNTRIES,
            placeholder="All countries",
        )  # fmt: skip
        text = fold(st.text_input("Name or town", key=_TEXT))
    return [
        task
        for task in tasks
        if (not reasons or set(reasons) & set(task.reasons))
        and (not countries or task.row.get("country") in countries)
        and text in fold(f"{task.row.get('name', '')} {task.row.get('city', '')}")
    ]


def _page(tasks: list[Task]) -> list[Task]:
    if len(tasks) <= PER_PAGE:
        return tasks
    first = st.selectbox(
        "Which of them",
        range(0, len(tasks), PER_PAGE),
        format_func=lambda at: wording.span(at, min(PER_PAGE, len(tasks) - at), len(tasks)),
        key=f"work_from_{len(tasks)}",
    )
    return tasks[first : first + PER_PAGE]


def _card(task: Task) -> None:
    row = task.row
    with st.container(border=True, key=f"work_{task.org_id}"):
        place = f"{row.get('city', '')}, {COUNTRIES.label(row.get('country', ''))}"
        st.markdown(f"**{markdown(row.get('name', ''))}** · {markdown(place)}")
        said = [f"Why: {'; '.join([*task.reasons, *task.details])}."]
        if task.checked_on:
            said.append(f"Last checked: {task.checked_on}.")
        st.caption(markdown(" ".join(said)))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Checked today",
                key=f"work_done_{task.org_id}",
                icon=":material/check:",
                type="primary",
                on_click=_confirm,
                args=(task,),
            )
            website, source = (
                links.web_address(row.get(column)) for column in ("website", "source_url")
            )
            if source:
                st.link_button("Source", source, icon=":material/menu_book:")
            if website and website != source:
                st.link_button(markdown(links.host(website)), website, icon=":material/language:")
            st.page_link(
                ORGANISATION_PAGE,
                label="Its page",
                icon=":material/arrow_forward:",
                query_params={"org": task.org_id},
            )


@sign_in.by_member
def _confirm(task: Task) -> None:
    try:
        confirm_today(task, settings().register_dir)
    except (RegisterError, PublishError) as error:
        st.session_state[_SAID] = False, str(error)
        return
    st.session_state[_SAID] = (
        True,
        f"{task.row.get('name', '')}: checked on {datetime.now(UTC):%-d %B %Y}. It is in the "
        "register, and on the site with the next refresh.",
    )
