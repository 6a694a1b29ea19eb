"""The map on the page: what is shown at which level, the legend, and what a click does."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from ecosystem.common import wording
from ecosystem.common.glossary import explain
from ecosystem.common.per_release import Recent
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import COUNTRIES, DARK_TEXT_ON, TYPES, Vocabulary
from ecosystem.drawing import label_mark, symbols
from ecosystem.finding import made_in_europe, nearby
from ecosystem.finding.filters import Filter
from ecosystem.regional import measures, shading
from ecosystem.tables import life, organisations, regions
from ecosystem.ui import cards, drawn_once, state
from ecosystem.ui.data import ask, database
from ecosystem.ui.map import component
from ecosystem.ui.map.drawing import Arc, Base, RegionLayer, Scene
from ecosystem.ui.theme import is_dark

LEVELS = {
    "organisations": "Organisations",
    "valley": "Valleys",
    "nuts1": "NUTS 1",
    "nuts2": "NUTS 2",
}
MEASURES = {code: measures.MEASURES[code].label for code in ("organisations", "per-million")}
# What a number on the map counts, by level.
_NUMBER_OF = {
    "organisations": "A number counts the organisations of one town; click it to see them.",
    "valley": "A number counts the organisations of one valley; click it to see them.",
}
_SHARED_NUMBER = "Several that would hide each other share a number; click it to part them."
_KEY = "map"
_NOT_COLLECTED = "Not collected for the register"
_CLICKS = ["last_active_drawing"]
_SELECTED = "_selected_on_map"
_LIST = ".st-key-organisations button"
# About 30 kB each.
_scripts: Recent[str] = Recent(300)
# From the map's frame, which Streamlit serves two folders below the site's root.
_ROOT = "../../"


def controls() -> tuple[str, str]:
    """Level and measure, as the address holds them."""
    level = state.get("level", "organisations")
    level = level if level in LEVELS else "organisations"
    measure = state.get("measure", "organisations")
    measure = measure if measure in MEASURES else "organisations"
    with st.container(horizontal=True, vertical_alignment="center"):
        _segment("level", "Level", level, LEVELS, "organisations")
        if level.startswith("nuts"):
            _segment("measure", "Measure", measure, MEASURES, "organisations")
    return level, measure


def _segment(name: str, label: str, value: str, options: dict[str, str], default: str) -> None:
    st.segmented_control(
        label,
        list(options),
        format_func=lambda code: options[code],
        key=name,
        required=True,
        label_visibility="collapsed",
        on_change=state.bind(name, name, value, default=default),
    )


def show(filter_: Filter, level: str, measure: str, *, height: int = 560) -> None:
    """Draw the map and its legend; a click on it becomes the selection."""
    _moving_map(filter_, level, measure, height)
    with st.container(key="map_legend"):
        drawn_once.show(_legend, filter_, level, measure)
    with st.container(key="below_map_notes"):
        drawn_once.show(_legend_note, filter_, level, measure)
        _basemap_switch()


def _basemap_switch() -> None:
    is_on = state.get("basemap") == "osm"
    st.toggle(
        "Street map in the background, from openstreetmap.org",
        key="basemap",
        help="Off, this site asks no third party for anything. On, your browser loads map "
        "images from openstreetmap.org, which then sees your IP address.",
        on_change=state.bind("basemap", "basemap", is_on, default=False, write=lambda _: "osm"),
    )


@st.fragment
def _moving_map(filter_: Filter, level: str, measure: str, height: int) -> None:
    """The map, told where it looks: it may draw cells, which depend on it.

    Moving it reruns this function only; a selection is the whole page's affair.
    """
    if st.session_state.pop(_SELECTED, False):
        st.rerun()
    view = _view(st.session_state.get(_KEY) or {})
    _map(
        _script(filter_, level, measure, view),
        height,
        [*_CLICKS, "bounds", "zoom"],
        _KEY,
        "The list beside the map has the same organisations.",
        _LIST,
    )


def _script(filter_: Filter, level: str, measure: str, view: symbols.View) -> str:
    """The scene, which visitors with the same filter and selection share."""
    key = (
        database().release.release_id,
        made_in_europe.today(),
        is_dark(),
        filter_,
        level,
        measure,
        view,
        cards.selected_id(),
    )
    return _scripts.get(key, lambda: scene(filter_, level, measure, view).as_script())


def _map(
    script: str,
    height: int,
    returned: list[str],
    key: str,
    same_as_list: str,
    list_: str = "",
    *,
    types: Vocabulary = TYPES,
    noun: tuple[str, str] = ("organisation", "organisations"),
) -> None:
    release_id = database().release.release_id
    base = Base(
        assets=f"{_ROOT}assets/",
        geometry=f"{_ROOT}geo/{release_id}/",
        dark=is_dark(),
        tiles=state.get("basemap") == "osm",
        same_as_list=same_as_list,
        list_=list_,
        types=types,
        noun=noun,
    )
    component.show(
        base,
        script,
        key=key,
        height=height,
        returned=returned,
        on_change=lambda: _take_click(key),
    )


def choropleth(shaded: shading.Shaded, level: str, selected: str, told_by: object) -> None:
    """Map of a measure by region; a click selects a region.

    Parameters
    ----------
    told_by : object
        What tells the measure and its filter from others.
    """
    script = drawn_once.keep(
        _choropleth_script, shaded, level, selected, told_by=(told_by, level, selected)
    )
    told = "The table on this page has the same figures."
    _map(script, 560, _CLICKS, "choropleth", told)
    drawn_once.show(class_legend, shaded, told_by=told_by)


def _choropleth_script(shaded: shading.Shaded, level: str, selected: str) -> str:
    nothing = ask(symbols.symbols, Filter()).iloc[:0]
    return Scene(nothing, shaded_layer(shaded, level), selected).as_script()


def links_map(arcs: Sequence[Arc], partners: Mapping[str, tuple[int, str]], selected: str) -> None:
    """Links between valleys as arcs; a click selects a link or a valley.

    Parameters
    ----------
    arcs : sequence of Arc
        The links.
    partners : mapping of str to tuple
        How many partners a valley has, as a number and in words, by its id.
    selected : str
        Id of the selected link or valley.
    """
    nothing = ask(symbols.symbols, Filter()).iloc[:0]
    values = {id_: (n, text, "") for id_, (n, text) in partners.items()}
    layer = RegionLayer("valley", values, "outline", "valley")
    told = "The table on this page has the same links."
    ends = [arc.ends for arc in arcs if arc.id == selected]
    box = _around_ends(*ends[0]) if ends else None
    shown = Scene(nothing, layer, selected, selected if box else "", box, arcs)
    _map(shown.as_script(), 560, _CLICKS, "links", told)


def _around_ends(
    west: float, south: float, east: float, north: float
) -> tuple[float, float, float, float]:
    """A box that holds both ends of an arc and what lies around them."""
    return min(west, east) - 2, min(south, north) - 1, max(west, east) + 2, max(south, north) + 1


def towns_map(found: pd.DataFrame, selected: str, kinds: Vocabulary, noun: tuple[str, str]) -> None:
    """What is in towns as counted symbols, a letter for each kind; a click selects a town.

    Parameters
    ----------
    found : DataFrame
        ``key, name, lon, lat, kind`` and a count for each kind.
    selected : str
        Key of the selected town.
    kinds : Vocabulary
        The kinds, with colours and letters.
    noun : tuple of str
        What is counted, in the singular and the plural.
    """
    layer = _valley_layer(Filter())
    told = f"The list on this page has the same {noun[1]}."
    shown = Scene(found, layer, selected, types=kinds)
    _map(shown.as_script(), 560, _CLICKS, noun[1], told, types=kinds, noun=noun)
    there = [term for code, term in kinds.items() if found[code].any()]
    st.html(_legend_html([(term.colour, term.letter, term.label, False) for term in there]))


def region_map(filter_: Filter, region_id: str, level: str) -> None:
    """Map of one region with its organisations, zoomed in."""
    inside = "valley" if level == "valley" else "nuts"
    there = ask(symbols.symbols, filter_.with_values(inside, [region_id]))
    layer = RegionLayer(level, _counts(filter_, level), "outline", "region")
    box = ask(regions.box, region_id)
    told = "The list on this page has the same organisations."
    shown = Scene(there, layer, region_id, fit=region_id, box=box)
    _map(shown.as_script(), 420, [], "region", told, _LIST)


def locator(record: dict[str, Any]) -> None:
    """Small map of one organisation's town in its valley; nothing of one that has ended."""
    if life.has_ended(record):
        return
    here = ask(symbols.at_place, record["place_id"])
    fit = record["valley_id"] or record["place_id"]
    told = "The page names the town."
    shown = Scene(here, _valley_layer(Filter()), "", fit)
    _map(shown.as_script(), 320, [], "locator", told)


def _take_click(key: str) -> None:
    clicked = ((st.session_state.get(key) or {}).get("last_active_drawing") or {}).get("properties")
    if clicked and clicked.get("click") != st.session_state.get("_last_click"):
        st.session_state["_last_click"] = clicked.get("click")
        cards.select(str(clicked.get("kind")), str(clicked.get("id")), by_map=True)
        st.session_state[_SELECTED] = True


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
    kind, selected = cards.selected_id()
    if kind == "org":
        record = ask(organisations.one, selected)
        selected = record["place_id"] if record and not life.has_ended(record) else ""
    found = ask(symbols.symbols, filter_, view)
    fit, box = _aim(filter_)
    if level == "organisations":
        return Scene(found, _valley_layer(filter_), selected, fit, box)
    if level == "valley":
        by_valley = ask(symbols.of_valleys, filter_)
        return Scene(by_valley, _valley_layer(filter_), selected, fit, box)
    shaded = ask(shading.shade, filter_, level, measure, dark=is_dark())
    return Scene(found.iloc[:0], shaded_layer(shaded, level), selected, fit, box)


def _aim(filter_: Filter) -> tuple[str, tuple[float, float, float, float] | None]:
    """What the map moves for, and where to: the surroundings of a town, or what was found."""
    names = ("valley", "country", "nuts", "q", "near", "km")
    aimed = {name: values for name, values in filter_.to_params().items() if name in names}
    if not aimed:
        return "", None
    town = ask(nearby.town, filter_.near) if filter_.near else None
    box = nearby.box(town, filter_.km) if town and filter_.km else None
    box = box or ask(organisations.box, filter_)
    return (json.dumps(aimed) if box else ""), box


def shaded_layer(shaded: shading.Shaded, level: str) -> RegionLayer:
    """A measure's regions as a layer of the map."""
    found = shaded.regions
    columns = [
        found[name].tolist() for name in ("n", "is_collected", "text", "elsewhere", "colour")
    ]
    values = {
        str(id_): (n, _tooltip(shaded.label, n, *about), colour)
        for id_, n, *about, colour in zip(found.index, *columns, strict=True)
    }
    kind = "valley" if level == "valley" else "region"
    countries = ask(_countries) if level != "valley" else ()
    return RegionLayer(level, values, "shaded", kind, countries)


def _countries(database: Database) -> tuple[tuple[str, float, float], ...]:
    """Name and label point of every country, the largest first."""
    ids = regions.organisation_counts(database, Filter(), "nuts0").index
    found = [record for id_ in ids if (record := regions.one(database, str(id_)))]
    found.sort(key=lambda record: -record["area_km2"])
    return tuple(
        (COUNTRIES.label(record["country"]), round(record["lat"], 2), round(record["lon"], 2))
        for record in found
    )


def _tooltip(label: str, n: int, is_collected: bool, text: str, elsewhere: str) -> str:
    said = _in_words(n, is_collected)
    if n and label != measures.MEASURES["organisations"].label:
        said = f"{label}: {text} ({said})"
    if elsewhere:
        said = f"{said or _NOT_COLLECTED}; others count {elsewhere}"
    return said


def _in_words(n: int, is_collected: bool) -> str:
    """How many there are; empty where nobody looked: most regions, and the map's script says so."""
    if not is_collected:
        return ""
    return wording.count(n, "organisation") if n else "None in the register"


def _counts(filter_: Filter, level: str) -> dict[str, tuple[int, str, str]]:
    """Organisations of the regions of a level as the map takes them, without a colour."""
    there = ask(regions.collected_ids)
    counts = ask(regions.organisation_counts, filter_, level)
    return {str(id_): (int(n), _in_words(int(n), id_ in there), "") for id_, n in counts.items()}


def _valley_layer(filter_: Filter) -> RegionLayer:
    return RegionLayer("valley", _counts(filter_, "valley"), "outline", "valley")


def _legend(filter_: Filter, level: str, measure: str) -> None:
    if level in {"organisations", "valley"}:
        types = [
            (term.colour, term.letter, term.label, term.colour in DARK_TEXT_ON)
            for term in TYPES.values()
        ]
        # The seal comes first: on a phone the end of the line is out of sight.
        seal = (label_mark.BACKGROUND, "", f"Label {made_in_europe.NAME}", False)
        is_any_labelled = ask(organisations.summary, filter_).labelled > 0
        st.html(_legend_html([seal, *types] if is_any_labelled else types))
    else:
        _classes(ask(shading.shade, filter_, level, measure, dark=is_dark()))


def _legend_note(filter_: Filter, level: str, measure: str) -> None:
    explained = f"**Valleys.** {explain('valley')}\n\n**NUTS 1, NUTS 2.** {explain('nuts')}"
    if level in _NUMBER_OF:
        said = f"{_NUMBER_OF[level]} {_SHARED_NUMBER}"
    else:
        said = _method(ask(shading.shade, filter_, level, measure, dark=is_dark()))
    st.caption(said, help=explained)


def class_legend(shaded: shading.Shaded) -> None:
    """Colours of a choropleth, what they mean, and how they are made."""
    _classes(shaded)
    st.caption(_method(shaded))


def _classes(shaded: shading.Shaded) -> None:
    st.html(_legend_html([(colour, "", text, False) for colour, text in shaded.legend]))


def _method(shaded: shading.Shaded) -> str:
    return f"{shaded.label}. {shaded.method}"


def _legend_html(entries: list[tuple[str, str, str, bool]]) -> str:
    """Legend of vocabulary and class labels only: no register text gets here."""
    items = "".join(
        f'<li><span style="background:{colour};color:{"#000" if dark else "#fff"}">{letter}</span>'
        f"{label}</li>"
        for colour, letter, label, dark in entries
    )
    # The keyboard reaches it, since on a phone it is one line that is pushed sideways.
    return f'<ul class="cv-legend" aria-label="Legend" tabindex="0">{items}</ul>'
