"""streamlit-folium with one ``CircleMarker`` per organisation: what most Streamlit maps do.

The same rows, filter, map size, outlines and self-served Leaflet as the site's, all drawn anew
for each filter; no card, list, counts or chart. ``?outlines=no`` leaves the outlines out too.
"""

from __future__ import annotations

import json
from html import escape

import folium
import pandas as pd
import streamlit as st

from benchmarks.peers.plain_page import empty_map, page, show
from ecosystem.common.vocabulary import TYPES
from ecosystem.ui.data import ask
from ecosystem.ui.streamlit_internals import is_script_run
from ecosystem.web import routes
from ecosystem.web.outlines import outlines_json


def draw(found: pd.DataFrame) -> None:
    """A marker each."""
    map_ = empty_map()
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
    show(map_)


if not is_script_run():
    app = st.App(__file__, routes=routes.routes())
else:
    page(draw)
