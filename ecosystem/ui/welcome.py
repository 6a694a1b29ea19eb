"""What the start page says to somebody who has never been here."""

from __future__ import annotations

import streamlit as st

from ecosystem.finding.filters import Filter
from ecosystem.plain import explore
from ecosystem.tables import organisations
from ecosystem.ui import drawn_once
from ecosystem.ui.data import ask
from ecosystem.web.pages import DIRECTORY_PAGE, GLOSSARY_PAGE, REGION_PAGE


def heading() -> None:
    """What this is in one heading and one sentence, and three ways to begin.

    ``site.js`` closes the sentence and the ways in for whoever has closed them once, and
    remembers that in the browser: the server isn't told.
    """
    drawn_once.show(_heading)


def _heading() -> None:
    register = ask(organisations.summary, Filter())
    with st.container(key="welcome_heading"):
        st.title(explore.HEADING, anchor=False)
    with st.container(key="welcome", horizontal=True, vertical_alignment="center"):
        st.markdown(explore.introduction(register), width="content")
        st.page_link(REGION_PAGE, label="My region", icon=":material/location_on:")
        st.page_link(DIRECTORY_PAGE, label="What I need", icon=":material/search:")
        st.page_link(
            GLOSSARY_PAGE,
            label="What is a valley?",
            icon=":material/help:",
            query_params={"word": "valley"},
        )
        st.html('<button class="cv-close" type="button" aria-label="Close the introduction">'
                "×</button>")  # fmt: skip
