"""The pages of the site. To add one: its file in ``pages/`` and one line here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx


@dataclass(frozen=True)
class PageEntry:
    """One page.

    Attributes
    ----------
    path : str
        Its script, relative to ``app.py``.
    title, icon : str
        Name and Material icon in the navigation.
    in_header : bool
        Whether the navigation shows it; others are reached from cards and lists.
    filters : bool
        Whether it shows what the filter leaves: going between such pages keeps the filter.
    """

    path: str
    title: str
    icon: str
    in_header: bool = True
    filters: bool = False

    @property
    def url_path(self) -> str:
        """Its address below the site's root; empty for the map, which is the root."""
        return "" if self.path == MAP_PAGE else Path(self.path).stem


MAP_PAGE = "pages/map.py"
REGION_PAGE = "pages/region.py"
COMPARE_PAGE = "pages/compare.py"
DIRECTORY_PAGE = "pages/directory.py"
ORGANISATION_PAGE = "pages/organisation.py"
ABOUT_PAGE = "pages/about.py"
NEWS_PAGE = "pages/whats_new.py"
QUALITY_PAGE = "pages/quality.py"
SHORTLIST_PAGE = "pages/shortlist.py"
SECRETARIAT_PAGE = "pages/secretariat.py"
SUGGEST_PAGE = "pages/suggest.py"
LABEL_PAGE = "pages/label.py"
NOT_FOUND_PAGE = "pages/not_found.py"
_NOT_FOUND = "_address_without_page"

PAGES = (
    PageEntry(MAP_PAGE, "Map", ":material/map:", filters=True),
    PageEntry("pages/regions.py", "Regions", ":material/bar_chart:", filters=True),
    PageEntry(DIRECTORY_PAGE, "Directory", ":material/list:", filters=True),
    PageEntry(COMPARE_PAGE, "Compare", ":material/compare_arrows:", filters=True),
    PageEntry(REGION_PAGE, "Region", ":material/location_on:", in_header=False),
    PageEntry(ORGANISATION_PAGE, "Organisation", ":material/domain:", in_header=False),
    PageEntry(NEWS_PAGE, "What's new", ":material/update:"),
    PageEntry(LABEL_PAGE, "Label", ":material/verified:"),
    PageEntry(QUALITY_PAGE, "Data quality", ":material/fact_check:", in_header=False),
    PageEntry(ABOUT_PAGE, "About", ":material/info:"),
    PageEntry(SHORTLIST_PAGE, "Shortlist", ":material/bookmarks:", in_header=False),
    PageEntry(SUGGEST_PAGE, "Suggest", ":material/edit_note:", in_header=False),
    PageEntry(SECRETARIAT_PAGE, "Secretariat", ":material/lock:", in_header=False),
)


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
