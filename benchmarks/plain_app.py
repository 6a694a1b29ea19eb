"""The comparison: what most Streamlit maps do, one ``CircleMarker`` per organisation.

The same rows, filter, map size, outlines and self-served Leaflet as the site's, all drawn anew
for each filter; no card, list, counts or chart. ``?outlines=no`` leaves the outlines out too.
"""

from __future__ import annotations

import json
from html import escape

import folium
import streamlit as st

from ecosystem.common.vocabulary import TYPES
from ecosystem.finding.filters import Filter
from ecosystem.tables import organisations
from ecosystem.ui.data import ask
from ecosystem.ui.streamlit_internals import is_script_run
from ecosystem.web import routes
from ecosystem.web.outlines import outlines_json


def page() -> None:
    """A filter, a count and a map."""
    # A component registers with the running server, which is not there yet when it imports this.
    from streamlit_folium import st_folium

    st.set_page_config(layout="wide")
    chosen = st.pills("Type", list(TYPES), selection_mode="multi", format_func=TYPES.label)
    found = ask(organisations.everything, Filter(type=tuple(chosen)))
    st.markdown(f"{len(found)} organisations")
    map_ = folium.Map(location=(50.5, 10.0), zoom_start=4, tiles=None, maxZoom=18)
    map_.default_js = [("leaflet", "../../assets/leaflet/leaflet.js")]
    map_.default_css = [("leaflet", "../../assets/leaflet/leaflet.css")]
    if st.query_params.get("outlines") != "no":
        for layer in ("land", "valley"):
            folium.GeoJson(json.loads(ask(outlines_json, layer))).add_to(map_)
    for row in found.itertuples():
        folium.CircleMarker(
            (row.lat, row.lon),
            radius=5,
            color=TYPES[str(row.type)].colour,
            tooltip=f"{escape(str(row.name))}<br>{escape(str(row.city))}",
        ).add_to(map_)
    st_folium(map_, height=560, use_container_width=True, returned_objects=[])


if not is_script_run():
    app = st.App(__file__, routes=routes.routes())
else:
    page()
