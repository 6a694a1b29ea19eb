"""The filter panel in the sidebar, the same on every page that filters."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from typing import Literal

import streamlit as st

from ecosystem.common import wording
from ecosystem.common.glossary import explain_all
from ecosystem.finding.filters import FACETS, Filter, Shown
from ecosystem.tables import organisations
from ecosystem.ui import choices, labels, state
from ecosystem.ui.data import ask

# Words of the glossary that explain a facet.
_WORDS = {
    "type": ("sme", "csirt"),
    "domain": ("domain",),
    "function": ("function",),
    "sector": ("sector",),
    "valley": ("valley",),
    "nuts": ("nuts",),
    "evidence": ("evidence",),
    "label": ("label",),
}


def search(*, in_page: bool = False, with_label: bool = True) -> Filter:
    """Show the search box, which costs nothing, and return the address's filter.

    The rest of the panel, :func:`facets`, counts: call it when the page's own content is on
    its way to the browser.

    Parameters
    ----------
    in_page : bool
        Whether the box is where the page is, in place of the panel.
    with_label : bool
        Whether its label is seen; it is read aloud anyway.
    """
    filter_ = state.filter_()
    with nullcontext() if in_page else st.sidebar:
        _search("visible" if with_label else "collapsed")
    return filter_


def facets(filter_: Filter) -> None:
    """Show the rest of the panel: every facet with the counts of its options."""
    with st.sidebar:
        # What stands there only at times comes last, so that nothing moves.
        for shown in Shown:
            for name, facet in FACETS.items():
                if facet.shown is shown and _is_offered(name, filter_):
                    _WIDGETS[shown](name, filter_)
        _founding_years(filter_)
        st.button(
            "Clear all",
            icon=":material/filter_alt_off:",
            disabled=filter_ == Filter(),
            on_click=state.set_filter,
            args=(Filter(),),
            width="stretch",
        )


def _is_offered(name: str, filter_: Filter) -> bool:
    if getattr(filter_, name):
        return True
    if FACETS[name].shown in (Shown.LIST_IF_CHOSEN, Shown.DROP_IF_CHOSEN):
        return False
    question = FACETS[name].offered_if
    return question is None or ask(question)


def _search(label_visibility: Literal["visible", "collapsed"]) -> None:
    state.assign("filter_q", state.search_text())
    st.text_input(
        "Search",
        key="filter_q",
        type="search",
        max_chars=100,
        label_visibility=label_visibility,
        placeholder="Who, what, “near Rennes”",
        on_change=lambda: state.search(st.session_state["filter_q"]),
    )


def _buttons(name: str, filter_: Filter) -> None:
    key = f"filter_{name}"
    state.assign(key, list(getattr(filter_, name)))
    st.pills(
        FACETS[name].label,
        list(labels.options(name)),
        selection_mode="multi",
        format_func=choices.count_options(name, filter_),
        key=key,
        help=_help(name),
        on_change=choices.take_over,
        args=(name, key),
    )


def _help(name: str) -> str | None:
    """What the words of a facet mean; None if everybody knows."""
    return explain_all(*_WORDS.get(name, ())) or None


def _list(name: str, filter_: Filter) -> None:
    key, options = f"filter_{name}", choices.options(name, filter_)
    state.assign(key, [code for code in getattr(filter_, name) if code in options])
    st.multiselect(
        FACETS[name].label,
        options,
        format_func=choices.count_options(name, filter_),
        key=key,
        placeholder="All",
        help=_help(name),
        on_change=choices.take_over,
        args=(name, key),
    )


def _drop(name: str, filter_: Filter) -> None:
    st.button(
        f"Only {wording.count(len(getattr(filter_, name)), 'chosen organisation')}",
        icon=":material/close:",
        help="Show the others too",
        key=f"drop_chosen_{name}",
        on_click=state.set_filter,
        args=(filter_.without(name),),
        width="stretch",
    )


_WIDGETS = {
    Shown.BUTTONS: _buttons,
    Shown.LIST: _list,
    Shown.LIST_IF_CHOSEN: _list,
    Shown.DROP_IF_CHOSEN: _drop,
}


def _founding_years(filter_: Filter) -> None:
    first, last = ask(organisations.founding_years)
    if first == last:
        return
    span = (
        max(first, min(filter_.founded_from or first, last)),
        min(last, max(filter_.founded_to or last, first)),
    )
    state.assign("filter_founded", span)
    st.slider("Founded", first, last, key="filter_founded", on_change=_take_over_founded)
    if filter_.founded_from is not None or filter_.founded_to is not None:
        st.caption("Organisations without a known founding year are left out.")


def _take_over_founded() -> None:
    first, last = ask(organisations.founding_years)
    start, end = st.session_state["filter_founded"]
    state.set_filter(
        replace(
            state.filter_(),
            founded_from=None if start == first else start,
            founded_to=None if end == last else end,
        )
    )
