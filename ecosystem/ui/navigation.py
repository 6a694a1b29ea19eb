"""What Streamlit must be told of the site's pages besides their list."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ecosystem.web.pages import NOT_FOUND_PAGE

_NOT_FOUND = "_address_without_page"


def not_found(pages: Sequence[StreamlitPage]) -> list[StreamlitPage]:
    """The page for an address without one, where the visitor came to such an address.

    Without it Streamlit opens the first page, below a dialog in its own words.
    """
    context = get_script_run_ctx()
    asked = context.pages_manager if context else None
    # The browser names an address once; from then on it sends the page's hash.
    if asked and asked.intended_page_name and not asked.intended_page_script_hash:
        name = asked.intended_page_name.strip("/ ")
        if name and name not in {page.url_path for page in pages}:
            st.session_state[_NOT_FOUND] = name.replace("/", "-")
    address = st.session_state.get(_NOT_FOUND)
    if address is None:
        return []
    return [st.Page(NOT_FOUND_PAGE, title="Page not found", url_path=address)]


def own_the_pages() -> None:
    """Let ``app.py`` alone decide what a page is.

    Until ``st.navigation`` has run once in a process, Streamlit takes a folder named ``pages``
    for its older kind of multipage app: the first visitor of a deep link after a restart would
    get that page's script without navigation, address or footer.
    """
    PagesManager.uses_pages_directory = False
