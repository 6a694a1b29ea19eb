"""The filter panel in the sidebar, the same on every page that filters."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace

import streamlit as st

from ecosystem.finding import made_in_europe
from ecosystem.finding.filters import FACETS, Filter
from ecosystem.tables import organisations
from ecosystem.ui import choices, labels, state
from ecosystem.ui.data import ask

# Types have buttons of their own; a NUTS region or a shortlist comes from elsewhere.
_ELSEWHERE = ("type", "nuts", "orgs")


def search(*, in_page: bool = False) -> Filter:
    """Show the search box, which costs nothing, and return the address's filter.

    The rest of the panel, :func:`facets`, counts: call it when the page's own content is on
    its way to the browser.

    Parameters
    ----------
    in_page : bool
        Whether the box is where the page is, in place of the panel.
    """
    filter_ = state.filter_()
    with nullcontext() if in_page else st.sidebar:
        _search(filter_)
    return filter_


def facets(filter_: Filter) -> None:
    """Show the rest of the panel: every facet with the counts of its options."""
    with st.sidebar:
        _types(filter_)
        for name in FACETS:
            if name not in _ELSEWHERE and (name != "label" or _has_labels(filter_)):
                _choice(name, filter_)
        if filter_.nuts:
            _choice("nuts", filter_)
        if filter_.orgs:
            st.button(
                f"Only {labels.plural(len(filter_.orgs), 'chosen organisation')}",
                icon=":material/close:",
                help="Show the others too",
                key="drop_chosen",
                on_click=state.set_filter,
                args=(filter_.without("orgs"),),
                width="stretch",
            )
        _founded(filter_)
        st.button(
            "Clear all",
            icon=":material/filter_alt_off:",
            disabled=filter_ == Filter(),
            on_click=state.set_filter,
            args=(Filter(),),
            width="stretch",
        )


def _has_labels(filter_: Filter) -> bool:
    """Whether to offer the label: while none is recorded, three zeros would look like a result."""
    return bool(filter_.label) or ask(made_in_europe.is_any_recorded)


def _search(filter_: Filter) -> None:
    choices.assign("filter_q", filter_.q)
    st.text_input(
        "Search",
        key="filter_q",
        type="search",
        max_chars=100,
        placeholder="Name, town, region, domain, what it does",
        on_change=lambda: state.set_filter(_with_search(st.session_state["filter_q"])),
    )


def _with_search(words: str) -> Filter:
    return Filter.from_params({**state.filter_().to_params(), "q": [words]})


def _types(filter_: Filter) -> None:
    choices.assign("filter_type", list(filter_.type))
    st.pills(
        FACETS["type"].label,
        list(labels.options("type")),
        selection_mode="multi",
        format_func=choices.counted("type", filter_),
        key="filter_type",
        on_change=choices.take_over,
        args=("type", "filter_type"),
    )


def _choice(name: str, filter_: Filter) -> None:
    key = f"filter_{name}"
    choices.assign(key, list(getattr(filter_, name)))
    st.multiselect(
        FACETS[name].label,
        list(labels.options(name)),
        format_func=choices.counted(name, filter_),
        key=key,
        placeholder="All",
        on_change=choices.take_over,
        args=(name, key),
    )


def _founded(filter_: Filter) -> None:
    first, last = ask(organisations.founding_years)
    if first == last:
        return
    span = (
        max(first, min(filter_.founded_from or first, last)),
        min(last, max(filter_.founded_to or last, first)),
    )
    choices.assign("filter_founded", span)
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
