"""What the card beside the map and the organisation's page say alike."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from ecosystem.common import links
from ecosystem.common.vocabulary import EVIDENCE, LOCATION_PRECISION, TYPES
from ecosystem.tables import life
from ecosystem.ui.escape import link, markdown
from ecosystem.web.pages import ORGANISATION_PAGE


def kind(record: dict[str, Any], *more: str) -> str:
    """Type and founding year as Markdown, with what else belongs in the line.

    Parameters
    ----------
    record : dict
        As :func:`ecosystem.tables.organisations.one` gives it.
    *more : str
        Markdown, between the type and the year.
    """
    founded = [] if pd.isna(record["founded"]) else [f"founded {int(record['founded'])}"]
    return " · ".join([f"**{TYPES.label(record['type'])}**", *more, *founded])


def fate(record: dict[str, Any]) -> None:
    """What became of it: closed, merged, acquired, with the source and the way to the successor."""
    found = life.fate(record)
    if found is None:
        return
    page = links.web_address(found.source_url)
    source = f" {link('Source', page)}." if page else ""
    gone = " It is no longer on the map or in any count." if found.has_ended else ""
    said = f"{found.sentence(markdown(found.successor))}{gone}{source}"
    if found.has_ended:
        st.warning(said, icon=":material/door_front:")
    else:
        st.info(said, icon=":material/handshake:")
    if found.successor_id:
        st.page_link(
            ORGANISATION_PAGE,
            label=markdown(found.successor),
            icon=":material/arrow_forward:",
            query_params={"org": found.successor_id},
        )


def sources(record: dict[str, Any]) -> None:
    """Website, source and evidence, with the date of the last check."""
    website, page = links.web_address(record["website"]), links.web_address(record["source_url"])
    with st.container(horizontal=True):
        if website:
            st.link_button(markdown(links.host(website)), website, icon=":material/language:")
        if page and page != website:
            st.link_button("Source", page, icon=":material/menu_book:")
    day = record["checked_on"]
    checked = f"Source last checked: {day}." if isinstance(day, str) else "Source not checked."
    found = LOCATION_PRECISION.label(record["location_precision"])
    st.caption(f"Evidence: {EVIDENCE.label(record['evidence'])}. {checked} Located by: {found}.")
