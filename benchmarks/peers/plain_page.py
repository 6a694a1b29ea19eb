"""A page as most Streamlit maps have it: a filter, a number and a map, drawn anew at each rerun."""

from __future__ import annotations

from collections.abc import Callable

import folium
import pandas as pd
import streamlit as st

from ecosystem.common.vocabulary import TYPES
from ecosystem.finding.filters import Filter
from ecosystem.tables import organisations
from ecosystem.ui.data import ask

HEIGHT = 560
_LEAFLET = "../../assets/leaflet/leaflet"


def page(draw: Callable[[pd.DataFrame], None]) -> None:
    """Ask for a type, and draw the organisations that it leaves.

    Parameters
    ----------
    draw : callable
        Takes them, one row each with ``name, city, type, lat, lon`` (degrees, EPSG:4326).
    """
    st.set_page_config(layout="wide")
    chosen = st.pills("Type", list(TYPES), selection_mode="multi", format_func=TYPES.label)
    found = ask(organisations.everything, Filter(type=tuple(chosen)))
    st.markdown(f"{len(found)} organisations")
    draw(found)


def empty_map() -> folium.Map:
    """Europe without tiles, with the site's own copy of Leaflet."""
    map_ = folium.Map(location=(50.5, 10.0), zoom_start=4, tiles=None, maxZoom=18)
    map_.default_js = [("leaflet", f"{_LEAFLET}.js")]
    map_.default_css = [("leaflet", f"{_LEAFLET}.css")]
    return map_


def show(map_: folium.Map) -> None:
    """Show a map of folium."""
    # A component registers with the running server, which is not there yet when it imports this.
    from streamlit_folium import st_folium

    st_folium(map_, height=HEIGHT, use_container_width=True, returned_objects=[])
