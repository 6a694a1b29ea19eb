"""What Streamlit must be told of the site's pages besides their list."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import cache

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from ecosystem.ui.streamlit_internals import asked_page
from ecosystem.web.pages import NOT_FOUND_PAGE, PAGES

_NOT_FOUND = "_address_without_page"


def pages() -> list[StreamlitPage]:
    """The site's pages, for one rerun: Streamlit notes in them which of them may run."""
    return [copy(page) for page in _known_pages()]


@cache
def _known_pages() -> tuple[StreamlitPage, ...]:
    # Each looks for its file and its icon, which took a tenth of a plain page's rerun.
    return tuple(
        st.Page(
            entry.path,
            title=entry.title,
            icon=entry.icon,
            url_path=entry.url_path,
            default=not entry.url_path,
        )
        for entry in PAGES
    )


def not_found(known: Sequence[StreamlitPage]) -> list[StreamlitPage]:
    """The page that stands at an address without one, where the visitor came to such an address."""
    name = asked_page()
    if name and name not in {page.url_path for page in known}:
        st.session_state[_NOT_FOUND] = name.replace("/", "-")
    address = st.session_state.get(_NOT_FOUND)
    if address is None:
        return []
    return [st.Page(NOT_FOUND_PAGE, title="Page not found", url_path=address)]
