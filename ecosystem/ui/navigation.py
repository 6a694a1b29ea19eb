"""What Streamlit must be told of the site's pages besides their list."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from ecosystem.ui.streamlit_internals import asked_page
from ecosystem.web.pages import NOT_FOUND_PAGE

_NOT_FOUND = "_address_without_page"


def not_found(pages: Sequence[StreamlitPage]) -> list[StreamlitPage]:
    """The page that stands at an address without one, where the visitor came to such an address."""
    name = asked_page()
    if name and name not in {page.url_path for page in pages}:
        st.session_state[_NOT_FOUND] = name.replace("/", "-")
    address = st.session_state.get(_NOT_FOUND)
    if address is None:
        return []
    return [st.Page(NOT_FOUND_PAGE, title="Page not found", url_path=address)]
