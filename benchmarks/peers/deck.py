"""``st.pydeck_chart`` with one dot per organisation, drawn by the graphics card or its stand-in."""

from __future__ import annotations

import pandas as pd
import pydeck
import streamlit as st

from benchmarks.peers.plain_page import HEIGHT, page
from ecosystem.common.vocabulary import TYPES


def draw(found: pd.DataFrame) -> None:
    """A dot each, with a tooltip; no map of somebody else's below."""
    colours = {code: _rgb(term.colour) for code, term in TYPES.items()}
    dots = found[["name", "city", "lat", "lon"]].assign(
        colour=[colours[type_] for type_ in found["type"]]
    )
    st.pydeck_chart(
        pydeck.Deck(
            [
                pydeck.Layer(
                    "ScatterplotLayer",
                    dots,
                    get_position="[lon, lat]",
                    get_fill_color="colour",
                    radius_min_pixels=5,
                    radius_max_pixels=5,
                    pickable=True,
                )
            ],
            initial_view_state=pydeck.ViewState(latitude=50.5, longitude=10.0, zoom=3),
            map_provider=None,
            map_style=None,
            tooltip={"text": "{name}\n{city}"},
        ),
        height=HEIGHT,
    )


def _rgb(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


page(draw)
