"""Who did what, for members only."""

from __future__ import annotations

from dataclasses import astuple

import pandas as pd
import streamlit as st

from ecosystem.common.spreadsheet import table_csv
from ecosystem.ui.escape import markdown
from etl import actions
from etl.actions import COLUMNS, Entry
from etl.errors import PublishError

_SHOWN = 500


def view() -> None:
    """The log of actions, the latest first, by account and action; and all of it to download."""
    st.header("Log", anchor=False)
    st.markdown(
        "What was published, taken back, accepted, rejected and decided, and by whom. Lines are "
        "only ever added. Nobody but members sees this."
    )
    try:
        known = actions.entries()
    except PublishError as error:
        st.error(markdown(str(error)), icon=":material/error:")
        return
    if not known:
        st.info("Nothing has been done yet that is written down here.")
        return
    with st.container(horizontal=True):
        accounts = st.multiselect("Account", sorted({entry.account for entry in known}))
        kinds = st.multiselect("Action", sorted({entry.action for entry in known}))
    wanted = [
        entry
        for entry in reversed(known)
        if (not accounts or entry.account in accounts) and (not kinds or entry.action in kinds)
    ]
    st.dataframe(
        _table(wanted[:_SHOWN]),
        hide_index=True,
        alt="Actions, the latest first",
        placeholder="–",
    )
    if len(wanted) > _SHOWN:
        st.caption(f"The latest {_SHOWN:,} of {len(wanted):,}; the file holds all of them.")
    st.download_button(
        "Download as CSV",
        lambda: table_csv(_table(wanted)),
        "cyber-valleys-log.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _table(entries: list[Entry]) -> pd.DataFrame:
    rows = [[entry.second, *astuple(entry)[1:]] for entry in entries]
    return pd.DataFrame(rows, columns=list(COLUMNS.values()))
