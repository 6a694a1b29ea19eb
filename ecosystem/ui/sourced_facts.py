"""Facts as a list, each with the page that says so."""

from __future__ import annotations

import streamlit as st

from ecosystem.common.facts import facts
from ecosystem.ui.escape import link, markdown


def show(topic: str) -> None:
    """The facts of a topic, as a list."""
    lines = [f"- {markdown(fact.text)} ({link('source', fact.source)})" for fact in facts(topic)]
    st.markdown("\n".join(lines))
