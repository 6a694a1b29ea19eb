"""A chart as every page shows it: title, picture, method under it, and its table and files."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from ecosystem import export
from ecosystem.drawing import pictures
from ecosystem.drawing.charts import Spec
from ecosystem.ui import state
from ecosystem.ui.data import database
from ecosystem.ui.escape import link


def nothing(anyway: str, filtered: str) -> str:
    """The sentence that nothing was found: only an active filter can be the reason.

    Parameters
    ----------
    anyway, filtered : str
        The sentence without a filter and with one.
    """
    return filtered if state.filter_().active() else anyway


def data_link(address: str) -> str:
    """The quiet way to the numbers behind a chart or table, for the end of its caption.

    Parameters
    ----------
    address : str
        Below the root of the site, as :func:`ecosystem.api.figures.address` gives it.
    """
    return link("Data", address)


def figure(title: str, spec: Spec, table: pd.DataFrame, method: str, data: str) -> None:
    """Show a chart with its method and source, its table, and both as files.

    Parameters
    ----------
    title : str
        Heading of the chart; also names its files.
    spec : dict
        Vega-Lite specification for the visitor's theme.
    table : DataFrame
        The numbers in the chart, with readable column names.
    method : str
        How they are computed, with their source.
    data : str
        Where they are as data, below the root of the site.
    """
    st.header(title, anchor=False)
    if table.empty:
        st.caption(nothing("Nothing to show here.", "Nothing to show here under these filters."))
        return
    st.vega_lite_chart(spec, width="stretch")
    st.caption(f"{method} {data_link(data)}")
    with st.popover("Table and files", icon=":material/table_chart:"):
        files(title, table, lambda: spec)


def files(title: str, table: pd.DataFrame, spec: Callable[[], Spec]) -> None:
    """A chart's numbers as a table, with buttons for data (CSV) and picture (SVG).

    Parameters
    ----------
    spec : callable
        Makes the specification; called when the picture is asked for.
    """
    name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    st.dataframe(table, hide_index=True, alt=title)
    with st.container(horizontal=True):
        st.download_button(
            "Data (CSV)",
            data=partial(export.table, database(), table, state.address()),
            file_name=f"{name}.csv",
            mime="text/csv",
            on_click="ignore",
            key=f"csv_{name}",
        )
        st.download_button(
            "Picture (SVG)",
            data=lambda: pictures.svg(spec()),
            file_name=f"{name}.svg",
            mime="image/svg+xml",
            on_click="ignore",
            key=f"svg_{name}",
        )
