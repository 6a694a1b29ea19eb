"""A chart as every page shows it: title, picture, method under it, and its table and files."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from ecosystem import export
from ecosystem.drawing import pictures
from ecosystem.drawing.charts import Spec
from ecosystem.ui import drawn_once, state
from ecosystem.ui.data import database
from ecosystem.ui.escape import link

_FILES, _TABLE = "Table and files", ":material/table_chart:"


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


@dataclass(frozen=True)
class Figure:
    """A chart with what belongs to it.

    Attributes
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

    title: str
    spec: Spec
    table: pd.DataFrame
    method: str
    data: str


def show_once(make: Callable[..., Figure], *args: Any, told_by: Any) -> None:
    """Show a figure that is the same for every visitor: made once, as a part of a page is drawn.

    Parameters
    ----------
    make : callable
        Makes the figure of `args`; what :mod:`ecosystem.ui.drawn_once` says of a part holds for it.
    told_by : object
        What tells the arguments from others.
    """
    made = drawn_once.keep(make, *args, told_by=told_by)
    own = made.title, told_by
    drawn_once.show(_chart, made, told_by=own)
    if not made.table.empty:
        with st.popover(_FILES, icon=_TABLE):
            drawn_once.show(_table, made.title, made.table, told_by=own)
            _buttons(made.title, made.table, lambda: made.spec)


def _chart(made: Figure) -> None:
    st.header(made.title, anchor=False)
    if made.table.empty:
        st.caption(nothing("Nothing to show here.", "Nothing to show here under these filters."))
        return
    st.vega_lite_chart(made.spec, width="stretch")
    st.caption(f"{made.method} {data_link(made.data)}")


def figure(title: str, spec: Spec, table: pd.DataFrame, method: str, data: str) -> None:
    """Show a chart with its method and source, its table, and both as files.

    Parameters are those of :class:`Figure`.
    """
    made = Figure(title, spec, table, method, data)
    _chart(made)
    if not table.empty:
        with st.popover(_FILES, icon=_TABLE):
            files(title, table, lambda: spec)


def files(title: str, table: pd.DataFrame, spec: Callable[[], Spec]) -> None:
    """A chart's numbers as a table, with buttons for data (CSV) and picture (SVG).

    Parameters
    ----------
    spec : callable
        Makes the specification; called when the picture is asked for.
    """
    _table(title, table)
    _buttons(title, table, spec)


def _table(title: str, table: pd.DataFrame) -> None:
    st.dataframe(table, hide_index=True, alt=title)


def _buttons(title: str, table: pd.DataFrame, spec: Callable[[], Spec]) -> None:
    name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
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
