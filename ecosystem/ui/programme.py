"""The programme page: the four services, the way to a cohort, and similar programmes."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from ecosystem import site_search
from ecosystem.common import links, partial_dates, wording
from ecosystem.common.glossary import explain
from ecosystem.common.links import Link
from ecosystem.common.vocabulary import COUNTRIES, SERVICES
from ecosystem.tables import programmes
from ecosystem.ui import listing
from ecosystem.ui.data import ask
from ecosystem.ui.escape import link, markdown
from ecosystem.ui.organisation_list import page_number, pagination
from ecosystem.web.pages import (
    COHORT_PAGE,
    EVENTS_PAGE,
    INVESTORS_PAGE,
    MATCHING_PAGE,
    NETWORK_PAGE,
    PARTNERS_PAGE,
    PRACTICES_PAGE,
    SERVICES_PAGE,
)

_SOURCE = Link(
    "ECSO, Working Group 4",
    "https://ecs-org.eu/working-groups/wg4-support-to-smes-coordination-with-countries-and-regions",
)
_EMPTY = listing.Empty(
    "There are no programmes for which all of this holds.",
    "The register lists no programmes yet.",
)
_LEFT_OUT = "Left out, since no programme has it: {values}."
_IN_LIST = 10
_SEVERAL = "EU"
_NOT_KNOWN = "unknown"
# What this site has for those who deliver a service.
_HELP = {
    "training-mentoring": (
        "Practices of regions show how others train and mentor, with who runs them.",
        ((PRACTICES_PAGE, "Practices"),),
    ),
    "management-consulting": (
        "The partner finder names regions and bodies that a consulting service can be shared with.",
        ((PARTNERS_PAGE, "Partners"),),
    ),
    "communication-networking": (
        "The network shows which valleys work together, and where matching ones don’t; events "
        "are where companies meet.",
        ((NETWORK_PAGE, "Network"), (EVENTS_PAGE, "Events")),
    ),
    "access-to-funding": (
        "Matching names the investors that fit a company, with the reasons; the list has all that "
        "are known.",
        ((MATCHING_PAGE, "Matching"), (INVESTORS_PAGE, "Investors")),
    ),
}


def about() -> None:
    """What the programme is, and what nobody has found of it."""
    st.markdown(
        "An idea of ECSO’s network of regions: an acceleration across regions that supports "
        "**20 scale-ups a year** with four services, so that European champions grow. "
        f"Source: {link(markdown(_SOURCE.title), _SOURCE.url)}"
    )
    st.info(
        "Participants, editions and results of such a programme: not found on any public page. "
        "What is here helps to prepare one.",
        icon=":material/info:",
    )


def services() -> None:
    """The four services, each with what this site has for it."""
    st.header("Four services", anchor=False)
    columns = st.columns(2)
    for i, (code, term) in enumerate(SERVICES.items()):
        says, ways = _HELP[code]
        with columns[i % 2], st.container(border=True):
            st.markdown(f"**{i + 1}. {term.label}**")
            st.markdown(says)
            with st.container(horizontal=True):
                for page, label in ways:
                    st.page_link(page, label=label, icon=":material/arrow_forward:")


def cohort_way() -> None:
    """The way to the cohort builder."""
    st.header("Choose a cohort", anchor=False, help=explain("cohort"))
    st.markdown(
        "Candidates from the directory, from your shortlist or typed; criteria with weights; "
        "limits that keep valleys, countries and domains in balance; and how firm the choice is."
    )
    with st.container(horizontal=True):
        st.page_link(COHORT_PAGE, label="Open the cohort builder", icon=":material/groups:")
        st.page_link(SERVICES_PAGE, label="Services delivered", icon=":material/checklist:")


def similar() -> None:
    """Similar programmes in Europe, narrowed by country and words, with their downloads."""
    st.header("Similar programmes in Europe", anchor=False)
    found = _narrow()
    if found.empty:
        listing.nothing_found(_EMPTY, ("country",), is_any=not ask(programmes.everything).empty)
        return
    st.caption(
        f"{wording.count(len(found), 'programme')} that public pages name; there are others. "
        "An entry without a size, a date or a town is one of which no page seen tells it."
    )
    number, offset = page_number(len(found), _IN_LIST)
    with listing.rows("programmes"):
        for record in found.iloc[offset : offset + _IN_LIST].to_dict("records"):
            with st.container(border=True, gap="xxsmall"):
                _row(record)
    pagination(number, len(found), _IN_LIST)
    listing.downloads("programmes", {"Programmes": lambda: found})


def _narrow() -> pd.DataFrame:
    rows = ask(programmes.everything)
    names = {**COUNTRIES.labels(), _SEVERAL: "Several countries"}
    left, right = st.columns(2)
    with left:
        text = listing.words("Search programmes", "Name, organiser, town or service")
    with right:
        countries = listing.several(
            "country", "Country", listing.names(sorted(set(rows["country"].dropna())), names)
        )
    listing.left_out(_LEFT_OUT, {"country": ("country", countries)})
    ids = ask(site_search.ids, site_search.Kind.PROGRAMME, text) if text else None
    return ask(programmes.selection, ids=ids, countries=countries)


def _row(record: Mapping[Hashable, Any]) -> None:
    st.markdown(f"**{markdown(record['name'])}**")
    country = record["country"]
    where = [
        _text(record["town"]),
        "several countries" if country == _SEVERAL else COUNTRIES.label(_text(country)),
    ]
    facts = [
        markdown(_text(record["organiser"])),
        markdown(", ".join(filter(None, where))),
        partial_dates.period(_text(record["start_date"]) or None, _text(record["end_date"]) or None)
        if _text(record["start_date"]) or _text(record["end_date"])
        else f"years {_NOT_KNOWN}",
        f"size: {markdown(_text(record['cohort_size']) or _NOT_KNOWN)}",
    ]
    st.markdown(" · ".join(filter(None, facts)))
    if _text(record["services"]):
        st.markdown(markdown(record["services"]))
    website = links.web_address(record["website"])
    says = [
        markdown(_text(record["notes"])),
        link(markdown(links.host(website)), website) if website else "",
        listing.source_link(record["source_url"]),
    ]
    st.caption(" · ".join(filter(None, says)))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
