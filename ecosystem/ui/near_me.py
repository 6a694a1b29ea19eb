"""The button "Near me": the browser's own location, asked on a click, as the nearest town.

The script rounds the location to a hundredth of a degree, about a kilometre, before it leaves the
browser. The address then holds the town of the gazetteer that is nearest, not the location: a link
that is passed on tells no more than a town, and all that works for a town works for it.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace

import streamlit as st

from ecosystem.finding import nearby
from ecosystem.ui import state
from ecosystem.ui.data import ask
from ecosystem.web.routes import ASSETS

_KEY = "near_me"
_NOWHERE = "_no_town_near_visitor"
_POSITION = re.compile(r"-?[0-9]{1,3}\.[0-9]{1,4},-?[0-9]{1,3}\.[0-9]{1,4}", re.ASCII)
_HTML = """
<button type="button"
  title="Your browser asks you first. Rounded to a kilometre, it becomes the nearest town">
  Near me
</button>
<p role="status"></p>
"""
_mount = st.components.v2.component(
    _KEY,
    html=_HTML,
    css=(ASSETS / "button.css").read_text(encoding="utf-8"),
    js=(ASSETS / "near_me.js").read_text(encoding="utf-8"),
)


def button() -> None:
    """Show the button; a location that the browser tells becomes the town of the search."""
    _mount(key=_KEY, width="content", on_position_change=_take_over)
    if st.session_state.pop(_NOWHERE, False):
        st.caption("No town of this map is within 100 km of where you are.")


def position(told: object) -> tuple[float, float] | None:
    """Latitude and longitude in degrees that a browser tells; None if they make no sense."""
    if not isinstance(told, str) or not _POSITION.fullmatch(told):
        return None
    lat, lon = map(float, told.split(","))
    is_on_earth = math.fabs(lat) <= 90 and math.fabs(lon) <= 180
    return (lat, lon) if is_on_earth else None


def _take_over() -> None:
    place = position(st.session_state[_KEY].get("position"))
    if place is None:
        return
    lat, lon = place
    town = ask(nearby.nearest_town, lon, lat)
    if town is None:
        st.session_state[_NOWHERE] = True
        return
    km = ask(nearby.usual_km, town)
    state.set_filter(replace(state.filter_(), near=town.town_id, km=km))
