"""Download buttons; a file is made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from ecosystem import export
from ecosystem.finding.filters import Filter
from ecosystem.ui.data import ask, database


def downloads(filter_: Filter, total: int, name: str = "organisations") -> None:
    """Exactly what is filtered, one button per format; `name` is part of the files' names."""
    release_id = database().release.release_id
    with st.container(horizontal=True):
        for format_ in export.FORMATS:
            st.download_button(
                f"{format_.label} ({total:,})",
                data=partial(ask, format_.write, filter_),
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
