"""The page with the accessibility statement."""

from __future__ import annotations

import streamlit as st

from ecosystem.common import accessibility
from ecosystem.common.publisher import publisher
from ecosystem.ui.escape import link, markdown


def statement() -> None:
    """Title and all sections of the statement."""
    st.title(accessibility.TITLE, anchor=False)
    for section in accessibility.statement(publisher()):
        if section.heading:
            st.header(section.heading, anchor=False)
        for sentence in section.sentences:
            st.markdown(markdown(sentence))
        points = [
            *(markdown(point) for point in section.points),
            *(link(label, address) for label, address in section.links),
        ]
        if points:
            st.markdown("\n".join(f"- {point}" for point in points))
