"""Look at the published releases, and go back to one."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import streamlit as st

from ecosystem.settings import settings
from ecosystem.ui import labels, sign_in
from ecosystem.ui.escape import markdown
from etl import publish
from etl.errors import PublishError


def view() -> None:
    """All releases, which is current, which are whole; and the way back."""
    folder = settings().releases_dir
    known = publish.releases(folder)
    current = publish.current_id(folder)
    st.header("Releases", anchor=False)
    st.markdown("Going back changes only which release is shown. Nothing is lost by it.")
    said = st.session_state.pop("_office_back", "")
    if said:
        st.success(said)
    st.dataframe(
        pd.DataFrame(
            [
                (
                    "shown now" if release.release_id == current else "",
                    release.release_id,
                    release.organisations,
                    "whole" if _is_intact(folder, release) else "damaged",
                )
                for release in known
            ],
            columns=["", "Release", "Organisations", "State"],
        ),
        hide_index=True,
        alt="Releases, newest first",
    )
    others = [release.release_id for release in known if release.release_id != current]
    if not others:
        st.caption("There is no other release to go back to.")
        return
    chosen = st.selectbox("Go back to", others)
    sure = st.checkbox(f"Show release {chosen} to everybody, in place of {current}")
    wanted = st.button("Go back", icon=":material/history:", disabled=not sure)
    if wanted and sign_in.is_signed_in():
        try:
            shown = publish.rollback(folder, chosen)
        except PublishError as error:
            st.error(markdown(str(error)), icon=":material/error:")
            return
        n = labels.plural(shown.organisations, "organisation")
        st.session_state["_office_back"] = f"Now shown: {shown.release_id}, with {n}."
        st.rerun()


def _is_intact(folder: Path, release: publish.Manifest) -> bool:
    """As :func:`etl.publish.is_intact`, worked out again only when the file is another."""
    try:
        status = (folder / f"{release.release_id}.duckdb").stat()
    except OSError:
        return False
    return _is_whole(folder, release, status.st_size, status.st_mtime_ns)


@st.cache_data(max_entries=100, show_spinner=False, hash_funcs={publish.Manifest: repr})
def _is_whole(folder: Path, release: publish.Manifest, size: int, mtime_ns: int) -> bool:
    return publish.is_intact(folder, release)
