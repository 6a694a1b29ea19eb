"""How much of a list a visitor's choice leaves, written and said.

A choice changes this line elsewhere on the page than under the visitor's focus. ``site.js`` tells
it to screen readers (WCAG 2.2, 4.1.3), which find it by the key.
"""

from __future__ import annotations

import streamlit as st

KEY = "found"


def show(text: str) -> None:
    """Show the line, once on a page.

    Parameters
    ----------
    text : str
        Markdown, without what comes from the register unless escaped.
    """
    with st.container(key=KEY):
        st.markdown(text)
