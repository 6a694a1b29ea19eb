"""The code that shows map, list or chart of the filter on another site, with a preview."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from ecosystem.common.publisher import publisher
from ecosystem.common.settings import settings
from ecosystem.finding.filters import Filter
from ecosystem.ui import state
from ecosystem.ui.escape import markdown
from ecosystem.web import embed

_LEAST_PX, _MOST_PX = 200, 2_000


def button(filter_: Filter, view: str) -> None:
    """A button that opens the dialogue.

    Parameters
    ----------
    view : str
        What is shown first: a key of :data:`ecosystem.web.embed.VIEWS`.
    """
    if st.button("Embed", icon=":material/code:", key="embed"):
        _dialogue(filter_, view)


@st.dialog("Show this on your site", width="large")
def _dialogue(filter_: Filter, first: str) -> None:
    with st.container(horizontal=True):
        view = st.segmented_control(
            "What", list(embed.VIEWS), format_func=embed.VIEWS.__getitem__, default=first,
            key="embed_view", required=True,
        )  # fmt: skip
        measure = next(iter(embed.MEASURES))
        if view == "chart":
            measure = st.selectbox(
                "Counted by",
                list(embed.MEASURES),
                format_func=embed.MEASURES.__getitem__,
                key="embed_measure",
                width=240,
            )
        height = st.number_input(
            "Height in pixels", _LEAST_PX, _MOST_PX, embed.HEIGHT, 20, key="embed_height", width=180
        )
    source = embed.address(state.site(), view, measure, filter_)
    st.code(embed.code(source, height=height), "html", wrap_lines=True)
    _say_who_may()
    own = urlsplit(st.context.url or "").path.rpartition("/")[0]
    st.iframe(embed.address(own, view, measure, filter_), height=height)


def _say_who_may() -> None:
    sites = settings().embedding_sites
    if sites:
        st.caption(f"It shows on: {', '.join(markdown(site) for site in sites)}.")
        return
    whom = publisher().contact
    ask_ = f" Ask them: {markdown(whom)}." if whom else ""
    st.caption(
        "Only on this site so far: who runs it hasn't named other sites that may show it "
        f"in a frame.{ask_}"
    )
