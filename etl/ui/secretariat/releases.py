"""Look at the published releases, and go back to one."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from ecosystem.common.settings import settings
from ecosystem.common.store import Database, Release
from ecosystem.export import XLSX_TYPE, xlsx
from ecosystem.finding.filters import Filter
from ecosystem.ui.escape import markdown
from etl.errors import PublishError
from etl.release import shelf
from etl.report import words
from etl.ui import sign_in


def view() -> None:
    """All releases, which is current, which are whole; and the way back."""
    folder = settings().releases_dir
    known = shelf.releases(folder)
    current = shelf.current_id(folder)
    st.header("Releases", anchor=False)
    if not settings().database:
        st.markdown("Going back changes only which release is shown. Nothing is lost by it.")
    said = st.session_state.pop("_office_back", "")
    if said:
        st.success(markdown(said))
    st.dataframe(
        pd.DataFrame(
            [
                (
                    "shown now" if release.release_id == current else "",
                    _name(folder, release),
                    release.release_id,
                    release.organisations,
                    "whole" if _is_intact(folder, release) else "damaged",
                )
                for release in known
            ],
            columns=["", "Published", "Release", "Organisations", "State"],
        ),
        hide_index=True,
        alt="Releases, newest first",
    )
    if settings().database:
        return
    others = {release.release_id: release for release in known if release.release_id != current}
    if not others:
        st.caption("There is no other release to go back to.")
        return
    chosen = st.selectbox(
        "Show another release", list(others), format_func=lambda id_: _name(folder, others[id_])
    )
    moment = words.moment(others[chosen].created_at)
    st.download_button(
        "Download it as Excel",
        partial(_workbook, folder, chosen),
        f"cyber-valleys-{chosen}.xlsx",
        XLSX_TYPE,
        icon=":material/download:",
        on_click="ignore",
        help="Organisations as that release has them; the site goes on showing the current one.",
    )
    before = next((words.moment(r.created_at) for r in known if r.release_id == current), "none")
    sure = st.checkbox(
        f"Show the release of {moment} to everybody, in place of that of {before}",
        key=f"sure_{chosen}",
    )
    newest_first = [release.release_id for release in known]
    is_back = current not in newest_first[newest_first.index(chosen) :]
    wanted = st.button(
        "Go back to this release" if is_back else "Show this newer release",
        icon=":material/history:" if is_back else ":material/update:",
        disabled=not sure,
    )
    if wanted:
        _show_release(folder, chosen, current or "", before)


@sign_in.by_member
def _show_release(folder: Path, chosen: str, current: str, before: str) -> None:
    try:
        shown = shelf.rollback(folder, chosen)
    except PublishError as error:
        st.error(markdown(str(error)), icon=":material/error:")
        return
    counts = shelf.difference(folder, current, shown.release_id)
    st.session_state["_office_back"] = words.went_back(
        before, words.moment(shown.created_at), counts
    )
    st.rerun()


def _workbook(folder: Path, release_id: str) -> bytes:
    database = Database(Release(release_id, folder / f"{release_id}.duckdb"))
    try:
        return xlsx(database, Filter())
    finally:
        database.close()


def _name(folder: Path, release: shelf.Manifest) -> str:
    return words.release(release.created_at, _changes(folder, release.release_id))


def _is_intact(folder: Path, release: shelf.Manifest) -> bool:
    """As :func:`etl.release.shelf.is_intact`, worked out again only when the file is another."""
    try:
        status = (folder / f"{release.release_id}.duckdb").stat()
    except OSError:
        return False
    return _is_whole(folder, release, status.st_size, status.st_mtime_ns)


@st.cache_data(max_entries=100, show_spinner=False)
def _changes(folder: Path, release_id: str) -> dict[str, int] | None:
    return shelf.changes_of(folder, release_id)


@st.cache_data(max_entries=100, show_spinner=False, hash_funcs={shelf.Manifest: repr})
def _is_whole(folder: Path, release: shelf.Manifest, size: int, mtime_ns: int) -> bool:
    return shelf.is_intact(folder, release)
