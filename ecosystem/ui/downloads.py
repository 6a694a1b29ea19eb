"""Download buttons; a file is made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from ecosystem import export
from ecosystem.finding.filters import Filter
from ecosystem.ui import state
from ecosystem.ui.data import ask, database


def downloads(filter_: Filter, total: int, name: str = "organisations", address: str = "") -> None:
    """Exactly what is filtered, one button per format.

    Parameters
    ----------
    total : int
        Number of rows.
    name : str
        Part of the files' names.
    address : str
        Where a citation leads to; the page that is shown by default.
    """
    release_id = database().release.release_id
    with st.container(horizontal=True):
        for format_ in export.FORMATS:
            st.download_button(
                f"{format_.label} ({total:,})",
                data=partial(ask, format_.write, filter_, address or state.address()),
                file_name=f"cyber-valleys-{name}-{release_id}.{format_.ending}",
                mime=format_.media_type,
                icon=":material/download:",
                on_click="ignore",
                key=f"download_{format_.ending}",
            )


def brief(name: str, pdf: Callable[[], bytes], xlsx: Callable[[], bytes]) -> None:
    """A regional brief as PDF and its numbers as XLSX, in the container that is open.

    Parameters
    ----------
    name : str
        What the files are called, without their ending.
    pdf, xlsx : callable
        Make the files; called when one is asked for.
    """
    st.download_button(
        "Brief (PDF)",
        data=pdf,
        file_name=f"{name}.pdf",
        mime="application/pdf",
        icon=":material/picture_as_pdf:",
        on_click="ignore",
    )
    st.download_button(
        "Numbers (Excel)",
        data=xlsx,
        file_name=f"{name}.xlsx",
        mime=export.XLSX_TYPE,
        icon=":material/download:",
        on_click="ignore",
    )
