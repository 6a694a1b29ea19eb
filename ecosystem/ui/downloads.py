"""Download buttons for exactly what is filtered; a file is made when it is asked for."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ecosystem import export
from ecosystem.filters import Filter
from ecosystem.ui.data import ask, database


def downloads(filter_: Filter, total: int) -> None:
    """One button a format."""
    release_id = database().release.release_id
    with st.container(horizontal=True):
        for format_ in export.FORMATS:
            st.download_button(
                f"{format_.label} ({total:,})",
                data=partial(ask, format_.write, filter_),
                file_name=f"cyber-valleys-{release_id}.{format_.ending}",
                mime=format_.media_type,
                icon=":material/download:",
                on_click="ignore",
                key=f"download_{format_.ending}",
            )
