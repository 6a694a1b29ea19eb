"""The map on the page: what is shown at which level, the legend, and what a click does."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit_folium import st_folium

from ecosystem import organisations, regions, shading, symbols
from ecosystem.filters import Filter
from ecosystem.ui import cards, labels, state
from ecosystem.ui.data import ask, database
from ecosystem.ui.map import Base, RegionLayer, Scene, base_map, drawing
from ecosystem.ui.theme import is_dark
from ecosystem.vocabulary import DARK_TEXT_ON, TYPES

LEVELS = {
    "organisations": "Organisations",
    "valley": "Valleys",
    "nuts1": "NUTS 1",
    "nuts2": "NUTS 2",
}
MEASURES = {
    "count": "Number of organisations",
    "per-million": "Organisations per million inhabitants",
}
_KEY = "map"
# From the map's frame, which Streamlit serves two folders below the site's root.
_ROOT = "../../"


def controls() -> tuple[str, str]:
    """Level and measure, as the address holds them."""
    level = state.get("level", "organisations")
    level = level if level in LEVELS else "organisations"
    measure = state.get("measure", "count")
    measure = measure if measure in MEASURES else "count"
    with st.container(horizontal=True, vertical_alignment="center"):
        _segment("level", level, LEVELS, "organisations")
        if level.startswith("nuts"):
            _segment("measure", measure, MEASURES, "count")
    return level, measure


def _segment(name: str, value: str, options: dict[str, str], default: str) -> None:
    if st.session_state.get(name) != value:
        st.session_state[name] = value
    st.segmented_control(
        name.capitalize(),
        list(options),
        format_func=lambda code: options[code],
        key=name,
        required=True,
        label_visibility="collapsed",
        on_change=lambda: state.update(
            {name: None if st.session_state[name] == default else st.session_state[name]}
        ),
    )


def show(filter_: Filter, level: str, measure: str, *, height: int = 560) -> None:
    """Draw the map and its legend; a click on it becomes the selection."""
    if level == "organisations" and ask(symbols.are_cells_needed, filter_):
        _moving_map(filter_, height)
    else:
        _map(scene(filter_, level, measure), height, ["last_active_drawing"], _KEY)
    _legend(filter_, level, measure)
    _basemap_switch()


def _basemap_switch() -> None:
    is_on = state.get("basemap") == "osm"
    if st.session_state.get("basemap") != is_on:
        st.session_state["basemap"] = is_on
    st.toggle(
        "Street map in the background, from openstreetmap.org",
        key="basemap",
        help="Off, this site asks no third party for anything. On, your browser loads map "
        "images from openstreetmap.org, which then sees your IP address.",
        on_change=lambda: state.update({"basemap": "osm" if st.session_state["basemap"] else None}),
    )


@st.fragment
def _moving_map(filter_: Filter, height: int) -> None:
    """The map when it draws cells: it asks for new ones as it is moved."""
    key = f"{_KEY}_cells"
    view = _view(st.session_state.get(key) or {})
    found = scene(filter_, "organisations", "count", view)
    _map(found, height, ["last_active_drawing", "bounds", "zoom"], key)
    if st.session_state.pop("_selected_on_map", False):
        st.rerun()


def _map(found: Scene, height: int, returned: list[str], key: str) -> None:
    release_id = database().release.release_id
    base = Base(
        assets=f"{_ROOT}assets/",
        geometry=f"{_ROOT}geo/{release_id}/",
        dark=is_dark(),
        tiles=state.get("basemap") == "osm",
    )
    st_folium(
        base_map(base),
        key=key,
        height=height,
        use_container_width=True,
        returned_objects=returned,
        feature_group_to_add=drawing(found),
        on_change=lambda: _clicked(key),
    )


def locator(record: dict[str, Any]) -> None:
    """Small map of one organisation's town in its valley."""
    here = ask(symbols.at_place, record["place_id"])
    fit = record["valley_id"] or record["place_id"]
    _map(Scene(here, _valley_layer(Filter()), "", fit), 320, [], "locator")


def _clicked(key: str) -> None:
    clicked = ((st.session_state.get(key) or {}).get("last_active_drawing") or {}).get("properties")
    if clicked and clicked.get("click") != st.session_state.get("_last_click"):
        st.session_state["_last_click"] = clicked.get("click")
        cards.select(str(clicked.get("kind")), str(clicked.get("id")))
        st.session_state["_selected_on_map"] = True


def _view(returned: dict[str, Any]) -> symbols.View:
    try:
        box = returned["bounds"]
        west, south = box["_southWest"]["lng"], box["_southWest"]["lat"]
        east, north = box["_northEast"]["lng"], box["_northEast"]["lat"]
        return symbols.View.around(west, south, east, north, round(returned["zoom"]))
    except (KeyError, TypeError, ValueError):
        return symbols.EVERYTHING


def scene(
    filter_: Filter, level: str, measure: str, view: symbols.View = symbols.EVERYTHING
) -> Scene:
    """What the map shows for a filter, a level and a measure.

    Parameters
    ----------
    level : str
        A key of :data:`LEVELS`.
    measure : str
        A key of :data:`MEASURES`; matters for NUTS levels only.
    """
    kind, selected = cards.selected()
    if kind == "org":
        record = ask(organisations.one, selected)
        selected = record["place_id"] if record else ""
    found = ask(symbols.symbols, filter_, view)
    fit = "&".join(filter_.valley + filter_.country + filter_.region)
    if level == "organisations":
        return Scene(found, _valley_layer(filter_), selected, fit)
    if level == "valley":
        by_valley = ask(symbols.of_valleys, filter_)
        return Scene(by_valley, _valley_layer(filter_), selected, fit)
    shaded = ask(shading.shaded, filter_, level, measure, is_dark())
    values = {
        str(row["region_id"]): (int(row["n"]), str(row["text"]), str(row["colour"]))
        for row in shaded.regions.to_dict("records")
    }
    return Scene(found.iloc[:0], RegionLayer(level, values, "shaded", "region"), selected, fit)


def _valley_layer(filter_: Filter) -> RegionLayer:
    counts = ask(regions.organisation_counts, filter_, "valley")
    values = {
        str(id_): (int(n), labels.plural(int(n), "organisation"), "") for id_, n in counts.items()
    }
    return RegionLayer("valley", values, "outline", "valley", labelled=True)


def _legend(filter_: Filter, level: str, measure: str) -> None:
    if level in {"organisations", "valley"}:
        types = [
            (term.colour, term.letter, term.label, term.colour in DARK_TEXT_ON)
            for term in TYPES.values()
        ]
        st.html(_legend_html(types))
        what = "town" if level == "organisations" else "valley"
        st.caption(f"A number counts the organisations of one {what}; click it to see them.")
    else:
        shaded = ask(shading.shaded, filter_, level, measure, is_dark())
        st.html(_legend_html([(colour, "", text, False) for colour, text in shaded.legend]))
        st.caption(shaded.note)


def _legend_html(entries: list[tuple[str, str, str, bool]]) -> str:
    """Legend of vocabulary and class labels only: no register text gets here."""
    items = "".join(
        f'<li><span style="background:{colour};color:{"#000" if dark else "#fff"}">{letter}</span>'
        f"{label}</li>"
        for colour, letter, label, dark in entries
    )
    return f'<ul class="cv-legend" aria-label="Legend">{items}</ul>'
