"""Practices: who runs what, by kind and region, and one of them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from ecosystem import site_search
from ecosystem.common import wording
from ecosystem.common.vocabulary import PRACTICE_KINDS
from ecosystem.plain import connected
from ecosystem.tables import practices, regions
from ecosystem.ui import found_line, listing, state, tab_title
from ecosystem.ui.data import ask
from ecosystem.ui.escape import markdown
from ecosystem.web.pages import PRACTICE_PAGE, PRACTICES_PAGE, REGION_PAGE

_IN_LIST = 20
_PARAMS = ("kind", "valley")
_NO_ROW = listing.NoRow(
    "Practice",
    connected.NO_PRACTICE,
    "Choose a practice from the list.",
    "All practices",
)
_EMPTY = listing.Empty(
    "There are no practices for which all of this holds.",
    "The register lists no practices yet.",
)
_NO_VALLEY = "outside the valleys, or of several"


def list_page() -> None:
    """The list, narrowed by what the address says, with its download."""
    st.markdown(
        "What regions do for cybersecurity, from vouchers to training: to learn from, and to know "
        "whom to ask."
    )
    found = _choice()
    if found.empty:
        listing.nothing_found(_EMPTY, _PARAMS, is_any=not ask(practices.selection).empty)
        return
    valleys = found["valley_id"].nunique()
    said = f"**{wording.count(len(found), 'practice')}**"
    found_line.show(f"{said} of {wording.count(valleys, 'valley')}" if valleys else said)
    st.caption(
        "Practices are those that a public page describes. A region without one here may well "
        "have it."
    )
    listing.cards(found, _IN_LIST, _row)
    listing.downloads("practices", {"Practices": lambda: found})


def _choice() -> pd.DataFrame:
    there = ask(practices.choices)
    columns = st.columns([0.4, 0.3, 0.3])
    with columns[0]:
        text = listing.words("Search practices", "Who runs a cyber voucher?")
    with columns[1]:
        kinds = listing.labels_of(PRACTICE_KINDS, there["kinds"])
        kind = listing.several("kind", "Kind", kinds)
    with columns[2]:
        valley = listing.several(
            "valley", "Run by the valley", listing.names(there["valleys"], ask(regions.labels))
        )
    ids = ask(site_search.ids, site_search.Kind.PRACTICE, text) if text else None
    return ask(practices.selection, ids=ids, kinds=kind, valleys=valley)


def _row(record: Mapping[Hashable, Any]) -> None:
    st.page_link(
        PRACTICE_PAGE,
        label=f":primary[{markdown(record['name'])}]",
        query_params={"id": str(record["practice_id"])},
    )
    st.markdown(f"{_line(record)}  \n{markdown(record['summary'])}")


def _line(record: Mapping[Any, Any]) -> str:
    facts = [f"**{PRACTICE_KINDS.label(record['kind'])}**", _valley(record) or _NO_VALLEY]
    if not pd.isna(record["year"]):
        facts.append(wording.year(record["year"]))
    return " · ".join(facts)


def _valley(record: Mapping[Any, Any]) -> str:
    valley_id = record["valley_id"]
    return markdown(ask(regions.labels).get(valley_id, "")) if isinstance(valley_id, str) else ""


def page() -> None:
    """The practice that the address names; a sentence if there is none."""
    asked = state.get("id")
    record = ask(practices.one, asked) if asked else None
    if record is None:
        listing.no_such_row(_NO_ROW, PRACTICES_PAGE, asked=bool(asked))
        return
    tab_title.show(record["name"])
    st.title(markdown(record["name"]), anchor=False)
    st.markdown(_line(record))
    st.markdown(markdown(record["summary"]))
    if not pd.isna(record["year"]):
        st.caption("The year is the one in which it began, or of which the source tells.")
    if valley := _valley(record):
        st.page_link(
            REGION_PAGE,
            label=f"Run by the valley: {valley}",
            icon=":material/location_on:",
            query_params={"region": record["valley_id"]},
        )
    listing.source(record)
    _alike(record)


def _alike(record: Mapping[str, Any]) -> None:
    others = ask(practices.alike, record["practice_id"])
    label = PRACTICE_KINDS.label(record["kind"])
    if others.empty:
        st.caption(f"The register has no other practice of the kind “{label}”.")
    else:
        st.header(f"Others of the kind “{label}”", anchor=False)
        links(others)
    st.page_link(PRACTICES_PAGE, label="All practices", icon=":material/list:")


def links(rows: pd.DataFrame) -> None:
    """Practices as links with kind, valley and year, in the container that is open."""
    with listing.rows("practices"):
        for row in rows.to_dict("records"):
            st.page_link(
                PRACTICE_PAGE,
                label=markdown(row["name"]),
                icon=":material/lightbulb:",
                query_params={"id": str(row["practice_id"])},
            )
            st.caption(_line(row).replace("**", ""))
