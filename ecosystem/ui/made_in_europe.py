"""The label *Cybersecurity Made in Europe*: its mark on organisations, its page, the self-check."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from ecosystem import brief
from ecosystem.common import links
from ecosystem.common.vocabulary import COUNTRIES, LABEL_STATUSES
from ecosystem.finding import made_in_europe
from ecosystem.finding.filters import Filter
from ecosystem.finding.made_in_europe import ANSWERS, CRITERIA, Criterion, Source
from ecosystem.ui import drafts
from ecosystem.ui.data import ask, database
from ecosystem.ui.escape import link, markdown
from ecosystem.web.pages import DIRECTORY_PAGE, MAP_PAGE, ORGANISATION_PAGE, SUGGEST_PAGE

MAX_NAME = 120
_PREFIX = "label_check_"
_NAME = f"{_PREFIX}name"
_WORDS = {
    "valid": "valid until {day}",
    "expiring": "expires soon, valid until {day}",
    "expired": "expired, was valid until {day}",
}
_ALONE = {
    "valid": "Valid until {day}",
    "expiring": "Expires soon, valid until {day}",
    "expired": "Expired, was valid until {day}",
}
# Every widget of the self-check, by its key.
_FIELDS = {
    **{f"{_PREFIX}{criterion.code}": drafts.choice(ANSWERS) for criterion in CRITERIA},
    **{
        f"{_PREFIX}{criterion.code}_{i}": drafts.tick()
        for criterion in CRITERIA
        for i in range(len(criterion.evidence))
    },
    _NAME: drafts.text(MAX_NAME),
}

Record = Mapping[Any, Any]


def status_words(record: Record) -> str:
    """Status of an organisation's label in words, with its last day; empty without a label.

    Parameters
    ----------
    record : mapping
        A row of a list of organisations, with the columns ``label_*``.
    """
    status = _status(record)
    if not status:
        return ""
    return _WORDS[status].format(day=_day(record["label_valid_until"]))


def mark(record: Record) -> str:
    """The label's icon behind a name, with a space before it; empty unless it is valid today."""
    return " :material/verified:" if _status(record) in ("valid", "expiring") else ""


def with_label(text: str, record: Record) -> str:
    """A help text that says of a label as well."""
    words = status_words(record)
    return f"{text} · label {made_in_europe.NAME}, {words}" if words else text


def in_list(record: Record) -> str:
    """The label as one of the facts in a list; empty without a label."""
    words = status_words(record)
    return f"{made_in_europe.NAME}, {words}{mark(record)}" if words else ""


def badge(record: Record) -> None:
    """The label with status, last day, issuer, reference and source; nothing without a label."""
    status = _status(record)
    if not status:
        return
    colour = "gray" if status == "expired" else "violet"
    icon = "" if status == "expired" else ":material/verified: "
    st.markdown(f":{colour}-badge[{icon}{made_in_europe.NAME}: {LABEL_STATUSES.inside(status)}]")
    source = links.web_address(record["label_source_url"])
    words = _ALONE[status].format(day=_day(record["label_valid_until"]))
    facts = [
        words,
        f"awarded {_day(record['label_awarded'])} by {markdown(record['label_issuer'])}",
        _reference(record["label_reference"]),
        link("source", source) if source else "",
    ]
    # Not a caption: links in one are too pale.
    st.markdown(" · ".join(filter(None, facts)))


def about() -> None:
    """What the label is, who issues it, what it asks for, and what is not known."""
    st.markdown(
        "The label sets European cybersecurity companies apart by their place of origin. It is a "
        "marketing tool of the industry, made for partners, end users and investors "
        f"({_link(made_in_europe.LIGHTHOUSE)}). In 2019 the European Cyber Security Organisation "
        "(ECSO) planned it with its SME Hub, so that small companies are seen beyond their home "
        f"markets ({_link(made_in_europe.WORKING_GROUP)})."
    )
    st.info(
        "This site does not issue the label and is not ECSO's. It shows what public pages say.",
        icon=":material/info:",
    )
    st.header("Who issues it, and how a company applies", anchor=False)
    st.markdown(
        "National partners of ECSO issue the label: a company applies through one of them. "
        "It is open to companies and organisations with cybersecurity business in the EU, EFTA and "
        "the EEA, and rests on the applicant's own declaration "
        f"({_link(made_in_europe.CRITERIA_SOURCE)}). In Italy CNR-IIT in Pisa has issued it since "
        "December 2021 with the consortia CINI and CNIT; labelled companies enter a list of "
        f"providers ({_link(made_in_europe.ITALY)})."
    )
    st.markdown(f"**What is not known.** {made_in_europe.UNKNOWN}")


def on_map(filter_: Filter) -> None:
    """Below the map of a filter by the label: what is marked, or that nobody in it has one."""
    if not filter_.label:
        return
    if ask(made_in_europe.label_holders).empty:
        st.caption(made_in_europe.EMPTY)
        return
    st.caption(
        ":material/verified: Every symbol on the map stands for organisations with the label "
        f"{made_in_europe.NAME} of the chosen status; the list marks each whose label is valid "
        "today."
    )


def organisations() -> None:
    """The labelled organisations of the register, or that there are none."""
    st.header("Labelled organisations in the register", anchor=False)
    found = ask(made_in_europe.label_holders)
    if found.empty:
        st.markdown(made_in_europe.EMPTY)
    else:
        st.page_link(
            DIRECTORY_PAGE,
            label="Those valid today, in the directory",
            icon=":material/list:",
            query_params={"label": ["expiring", "valid"]},
        )
        st.page_link(
            MAP_PAGE,
            label="Those valid today, on the map",
            icon=":material/map:",
            query_params={"label": ["expiring", "valid"]},
        )
        for record in found.to_dict("records"):
            _holders(record)
    st.page_link(SUGGEST_PAGE, label="Suggest an organisation", icon=":material/edit_note:")


def self_check() -> None:
    """Five questions, what the answers mean, and the checklist as PDF; kept by the browser only."""
    st.header("The five criteria and a self-check", anchor=False)
    st.markdown(
        f"As the Slovak issuer publishes them ({_link(made_in_europe.CRITERIA_SOURCE)}). The "
        "evidence is this site's suggestion; the issuer says what it asks for."
    )
    st.markdown(
        ":material/lock: **Nothing that you enter is stored on the server**: it is not in the "
        "address, on a disk, in a log or shared with other visitors. Your browser keeps it in this "
        "tab, also when the page is loaded again, and forgets it when you close the tab or clear "
        "your answers."
    )
    with drafts.keep("label-check", _FIELDS):
        _questions()


def _questions() -> None:
    answers, ready = {}, set[tuple[str, int]]()
    for number, criterion in enumerate(CRITERIA, start=1):
        with st.container(border=True):
            answers[criterion.code] = _question(number, criterion)
            ready |= {
                (criterion.code, i)
                for i, evidence in enumerate(criterion.evidence)
                if st.checkbox(evidence, key=f"{_PREFIX}{criterion.code}_{i}")
            }
    _result({code: answer for code, answer in answers.items() if answer}, ready)


def _question(number: int, criterion: Criterion) -> str:
    st.markdown(f"**{number}. {criterion.title}.** {criterion.meaning}")
    answer = st.radio(
        criterion.question,
        list(ANSWERS),
        format_func=ANSWERS.__getitem__,
        index=None,
        horizontal=True,
        key=f"{_PREFIX}{criterion.code}",
    )
    st.caption("Evidence to prepare; tick what is ready")
    return answer or ""


def _result(answers: dict[str, str], ready: set[tuple[str, int]]) -> None:
    st.header("Result", anchor=False)
    st.markdown(made_in_europe.verdict(answers))
    company = st.text_input(
        "Company name (optional, only for the PDF)", key=_NAME, max_chars=MAX_NAME
    )
    with st.container(horizontal=True):
        st.download_button(
            "Checklist (PDF)",
            # Not through `ask`, which remembers answers.
            data=lambda: brief.checklist_pdf(database(), answers, ready, company),
            file_name="cybersecurity-made-in-europe-checklist.pdf",
            mime="application/pdf",
            icon=":material/picture_as_pdf:",
            on_click="ignore",
        )
        st.button("Clear my answers", icon=":material/delete:", on_click=_clear)


def _clear() -> None:
    """Callback: empty every widget of the self-check."""
    for key, field in _FIELDS.items():
        st.session_state[key] = field.initial


def _holders(record: dict[Hashable, Any]) -> None:
    with st.container(border=True, gap="xxsmall"):
        st.page_link(
            ORGANISATION_PAGE,
            label=markdown(record["name"]),
            query_params={"org": str(record["org_id"])},
        )
        st.markdown(markdown(f"{record['city']}, {COUNTRIES.label(record['country'])}"))
        badge(record)


def _status(record: Record) -> str:
    last = record["label_valid_until"]
    if pd.isna(last):
        return ""
    return made_in_europe.status(pd.Timestamp(last).date(), made_in_europe.today())


def _day(day: pd.Timestamp | date) -> str:
    return f"{day:%-d %B %Y}"


def _reference(reference: str) -> str:
    address = links.web_address(reference)
    if address:
        return link("certificate", address)
    return f"certificate {markdown(reference)}" if reference else ""


def _link(source: Source) -> str:
    return link(source.title, source.url)
