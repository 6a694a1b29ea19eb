"""The page of Interreg Europe CYBER: partners, phases, practices, results, and what followed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ecosystem.common import facts
from ecosystem.tables import events, partnerships, practices
from ecosystem.ui import listing, sourced_facts
from ecosystem.ui import partnerships as partnership_views
from ecosystem.ui import practices as practice_views
from ecosystem.ui.data import ask
from ecosystem.ui.escape import markdown
from ecosystem.web.pages import EVENTS_PAGE, PARTNERSHIP_PAGE

_PARTS = {"The project": "cyber-start", "Two phases": "cyber-phases", "Results": "cyber-results"}


def page() -> None:
    """All that public pages say of the project."""
    st.markdown(
        "In this project regions of Europe asked what their policies can do for cybersecurity "
        "SMEs; ECSO advised them. Of the public pages only the beginnings were read: what is "
        "missing here may still be on them."
    )
    id_ = str(facts.cyber_rows()["partnership"])
    record = ask(partnerships.one, id_)
    listed = ask(partnerships.members, id_)
    left, right = st.columns([0.6, 0.4], gap="large")
    with left:
        if record is None:
            st.info("The register doesn’t list it as a partnership at present.")
        else:
            partnership_views.members_map(record, listed)
    with right:
        _story(record)
    _practices()
    _events()
    if record is not None:
        partnership_views.members_list(record, listed)


def _story(record: Mapping[str, Any] | None) -> None:
    for title, topic in _PARTS.items():
        st.header(title, anchor=False)
        sourced_facts.show(topic)
    st.header("What followed", anchor=False)
    followed = record["next_name"] if record else None
    if record is None or not isinstance(followed, str):
        st.markdown("The register names no partnership that followed.")
        return
    with listing.rows("followed"):
        st.page_link(
            PARTNERSHIP_PAGE,
            label=markdown(followed),
            icon=":material/arrow_forward:",
            query_params={"id": str(record["followed_by"])},
        )


def _practices() -> None:
    everything = ask(practices.selection)
    found = everything[everything["practice_id"].isin(list(facts.cyber_rows()["practices"]))]
    st.header("Practices", anchor=False)
    sourced_facts.show("cyber-practices")
    if found.empty:
        st.info("The register lists none of them at present.", icon=":material/info:")
        return
    practice_views.links(found)


def _events() -> None:
    everything = ask(events.selection)
    found = everything[everything["event_id"].isin(list(facts.cyber_rows()["events"]))]
    st.header("Events", anchor=False)
    if found.empty:
        st.info("The register lists none of them at present.", icon=":material/info:")
    for record in found.to_dict("records"):
        st.page_link(
            EVENTS_PAGE,
            label=markdown(record["name"]),
            icon=":material/event:",
            query_params={"id": str(record["event_id"])},
        )
