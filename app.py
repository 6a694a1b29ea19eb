"""Entry point: ``streamlit run app.py``. Page configuration, navigation, web routes."""

import streamlit as st

from ecosystem.ui import data, frame, navigation, state, streamlit_internals, tab_title
from ecosystem.web import logs, reruns, routes, shell, warm_up
from ecosystem.web.pages import PAGES
from ecosystem.web.uploads import uploaders
from etl import private_files, watch
from etl.ui import sign_in, sign_in_addresses, suggestions_feed


def page() -> None:
    """Run one page, inside what surrounds every page."""
    st.set_page_config(
        page_title=tab_title.SITE, page_icon=str(routes.ASSETS / "icon.svg"), layout="wide"
    )
    pages = navigation.pages()
    chosen = st.navigation([*pages, *navigation.not_found(pages)], position="hidden")
    if chosen.title != PAGES[0].title:
        tab_title.show(chosen.title)
    data.begin()
    state.begin()
    frame.header(PAGES, chosen.url_path)
    entry = next((entry for entry in PAGES if entry.url_path == chosen.url_path), PAGES[0])
    uploaders().note(streamlit_internals.session_id(), entry.path, sign_in.is_signed_in)
    frame.run(chosen.run, needs_release=entry.needs_release)


if not streamlit_internals.is_script_run():
    # Imported by the server: this is the site. Run by the server: this is one page's script.
    streamlit_internals.own_the_pages()
    streamlit_internals.forget_widgets()
    streamlit_internals.gather_messages()
    streamlit_internals.hide_the_server()
    streamlit_internals.send_at_once()
    streamlit_internals.send_together()
    streamlit_internals.watch_no_files()
    logs.begin()
    streamlit_internals.format_logs(logs.formatter())
    streamlit_internals.watch_runs(
        lambda is_part: reruns.watching(is_part=is_part, page=streamlit_internals.page_of_run)
    )
    private_files.warn(streamlit_internals.secrets_files())
    streamlit_files = streamlit_internals.static_folder()
    base = streamlit_internals.base_path()
    served = routes.below(
        base, [*routes.routes(), *suggestions_feed.routes(), *shell.routes(streamlit_files)]
    )
    app = st.App(
        __file__,
        lifespan=warm_up.lifespan(watch.open_suggestions, watch.latest_copy),
        on_script_error=reruns.note_failure,
        routes=served,
        middleware=[
            *routes.middleware(
                streamlit_files,
                served,
                streamlit_internals.uploaded_bytes,
                base,
            ),
            sign_in_addresses.middleware(streamlit_internals.signed_in_claims),
        ],
    )
else:
    page()
