"""streamlit-folium with folium's ``FastMarkerCluster``: the browser clusters bare points.

No outlines, no tooltips, no colours: what the class draws by itself.
"""

from __future__ import annotations

import pandas as pd
import streamlit as st
from folium.plugins import FastMarkerCluster

from benchmarks.peers.plain_page import empty_map, page, show
from ecosystem.ui.streamlit_internals import is_script_run
from ecosystem.web import routes

# Leaflet's own marker: that of the class is drawn with a font of icons from another host.
_MARKER = "(row) => L.marker(new L.LatLng(row[0], row[1]))"


def draw(found: pd.DataFrame) -> None:
    """Clusters of all of them, with all of them in view."""
    map_ = empty_map()
    places = found[["lat", "lon"]].to_numpy()
    FastMarkerCluster(places.tolist(), callback=_MARKER).add_to(map_)
    map_.fit_bounds([places.min(axis=0).tolist(), places.max(axis=0).tolist()])
    show(map_)


if not is_script_run():
    app = st.App(__file__, routes=routes.routes())
else:
    page(draw)
