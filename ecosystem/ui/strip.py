"""What a filter leaves, in one line above the map and in a few numbers below it."""

from __future__ import annotations

import streamlit as st

from ecosystem.common import wording
from ecosystem.common.glossary import explain
from ecosystem.common.vocabulary import DOMAINS
from ecosystem.drawing.plain_bars import plain_bars
from ecosystem.finding.filters import Filter, left_out
from ecosystem.plain import explore
from ecosystem.tables import organisations
from ecosystem.tables.organisations import Summary
from ecosystem.ui import drawn_once, embed, found_line, labels, share, state
from ecosystem.ui.data import ask
from ecosystem.ui.escape import markdown

TOP_DOMAINS = 6
# What an address holds may be as long as anybody likes.
MAX_LOST, MAX_NAMED = 40, 3


def headline(filter_: Filter, found: Summary) -> None:
    """Number found and the filter in words, and what of the address was not understood."""
    parts = [
        f"**{wording.count(found.organisations, 'organisation')}**",
        wording.count(found.valleys, "valley"),
        wording.count(found.countries, "country", "countries"),
    ]
    if found.labelled:
        parts.append(f"{found.labelled:,} labelled")
    lost = left_out(state.params())
    if lost:
        named = wording.join_first(
            [f"{label} “{markdown(text[:MAX_LOST])}”" for label, text in lost], MAX_NAMED
        )
        st.caption(f":material/info: Left out, as the address can't be understood there: {named}.")
    words = "" if filter_ == Filter() else f"  \n:gray[{markdown(labels.sentence(filter_))}]"
    with st.container(key=found_line.KEY, horizontal=True, vertical_alignment="center"):
        st.markdown(" · ".join(parts) + words, width="content")
        if filter_ != Filter():
            st.button(
                "Clear all",
                key="clear_headline",
                icon=":material/filter_alt_off:",
                on_click=state.set_filter,
                args=(Filter(),),
            )


def pass_on(filter_: Filter, view: str) -> None:
    """What is shown, to somebody else: its link, and the code that shows it on another site.

    Parameters
    ----------
    view : str
        What the page shows: a key of :data:`ecosystem.web.embed.VIEWS`.
    """
    title = explore.HEADING
    if filter_ != Filter():
        title = f"{title}: organisations {labels.sentence(filter_)}"
    with st.container(horizontal=True):
        share.button(state.address(), title, view, with_view=True)
        embed.button(filter_, view)


def statistics(filter_: Filter, found: Summary) -> None:
    """Organisations, valleys, countries, share of SMEs, and the most frequent domains."""
    if found.organisations:
        drawn_once.show(_statistics, filter_, found)


def _statistics(filter_: Filter, found: Summary) -> None:
    numbers, bars = st.columns([0.4, 0.6], gap="medium")
    with numbers, st.container(horizontal=True):
        st.metric("Organisations", f"{found.organisations:,}")
        st.metric("Valleys", f"{found.valleys:,}", help=explain("valley"))
        st.metric("Countries", f"{found.countries:,}")
        st.metric(
            "SMEs",
            wording.percent(found.sme_share, found.organisations),
            help=f"Share of the {wording.count(found.organisations, 'organisation')} found here. "
            f"{explain('sme')}",
        )
    with bars:
        st.markdown("**Most frequent JRC domains**", help=explain("domain"))
        counts = ask(organisations.domain_counts, filter_).head(TOP_DOMAINS)
        st.html(plain_bars(counts, DOMAINS.labels()))
