"""Entry point: ``streamlit run app.py``. Page configuration, navigation, web routes."""

from pathlib import Path

import streamlit as st
from streamlit import file_util
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ecosystem.ui import frame, state
from ecosystem.ui.navigation import not_found, own_the_pages
from ecosystem.web import routes, warm_up
from ecosystem.web.pages import PAGES


def page() -> None:
    """Run one page, inside what surrounds every page."""
    st.set_page_config(
        page_title="Cyber Valleys", page_icon=str(routes.ASSETS / "icon.svg"), layout="wide"
    )
    pages = [
        st.Page(
            entry.path,
            title=entry.title,
            icon=entry.icon,
            url_path=entry.url_path,
            default=not entry.url_path,
        )
        for entry in PAGES
    ]
    chosen = st.navigation([*pages, *not_found(pages)], position="hidden")
    if chosen.title != PAGES[0].title:
        st.set_page_config(page_title=f"{chosen.title} · Cyber Valleys")
    state.begin()
    frame.header(PAGES)
    frame.run(chosen.run)


if get_script_run_ctx(suppress_warning=True) is None:
    # Imported by the server: this is the site. Run by the server: this is one page's script.
    own_the_pages()
    app = st.App(
        __file__,
        lifespan=warm_up.lifespan,
        routes=routes.routes(),
        middleware=routes.middleware(Path(file_util.get_static_dir())),
    )
else:
    page()
