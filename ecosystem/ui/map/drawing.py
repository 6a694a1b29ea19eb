"""The map: a constant base and one small scene that each filter change sends.

The base (Leaflet, land, frame) is the folium map; the scene goes in as the feature group that
streamlit-folium swaps, so that a change of filter, level or selection redraws symbols and
regions without loading the map again. Outlines are fetched by the browser once and cached;
a scene holds numbers only. What is drawn is made by pure functions that tests can call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import folium
import pandas as pd
from branca.element import MacroElement, Template
from jinja2.utils import htmlsafe_json_dumps

from ecosystem.common.vocabulary import DARK_TEXT_ON, TYPES, Vocabulary
from ecosystem.drawing import label_mark
from ecosystem.finding.made_in_europe import NAME

ATTRIBUTION = (
    "© EuroGeographics for the administrative boundaries · Natural Earth · GeoNames, CC BY 4.0"
)
TILES = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
TILES_ATTRIBUTION = (
    '© <a href="https://www.openstreetmap.org/copyright" rel="noopener noreferrer" '
    'target="_blank">OpenStreetMap</a> contributors'
)
MAX_ZOOM = 18
# Latitude and longitude; address.js then goes where the address says, or fits Europe.
EUROPE = (50.5, 10.0)
ZOOM = 4


@dataclass(frozen=True)
class RegionLayer:
    """Regions to draw and what they show.

    Attributes
    ----------
    layer : str
        Name of the outlines, a key of :data:`ecosystem.tables.regions.LEVELS`.
    values : mapping of str to tuple
        ``(n, text, colour)`` by region id; an empty colour is drawn as "no data".
    style : str
        ``"outline"`` under symbols, or ``"shaded"``.
    kind : str
        What a click selects: ``"valley"`` or ``"region"``.
    countries : tuple of tuple
        ``(name, latitude, longitude)`` in degrees, the first named first: written on the map
        until the names of its regions find room.
    """

    layer: str
    values: Mapping[str, tuple[int, str, str]]
    style: str
    kind: str
    countries: tuple[tuple[str, float, float], ...] = ()


@dataclass(frozen=True)
class Arc:
    """A link between two places.

    Attributes
    ----------
    id : str
        What a click selects, as a link.
    ends : tuple of float
        Longitude and latitude of one end, then of the other, in degrees.
    weight : float
        0 to 1: how strongly it is drawn.
    texts : tuple of str
        What pointing at it says, a line each.
    """

    id: str
    ends: tuple[float, float, float, float]
    weight: float
    texts: tuple[str, ...]

    def as_row(self) -> list[Any]:
        """The arc as ``assets/map/arcs.js`` takes it."""
        ends = (round(degrees, 2) for degrees in self.ends)
        return [self.id, *ends, round(self.weight, 2), *self.texts]


@dataclass(frozen=True)
class Scene:
    """All that changes on the map.

    Attributes
    ----------
    symbols : DataFrame
        As :func:`ecosystem.drawing.symbols.symbols` gives them; empty to draw none.
    regions : RegionLayer or None
        The layer below the symbols.
    selected : str
        Id of the selected place, valley or region.
    fit : str
        The map moves whenever this text changes; empty means to all of Europe.
    box : tuple of float
        Where it moves to: west, south, east, north in degrees; by default to the symbols.
    arcs : sequence of Arc or None
        Links, drawn between regions and symbols.
    types : Vocabulary
        What the symbols count, which are columns of `symbols`; the base has the same.
    """

    symbols: pd.DataFrame
    regions: RegionLayer | None = None
    selected: str = ""
    fit: str = ""
    box: tuple[float, float, float, float] | None = None
    arcs: Sequence[Arc] | None = None
    types: Vocabulary = field(default_factory=lambda: TYPES)

    def as_data(self) -> dict[str, Any]:
        """The scene as plain data, as compact as it gets: what ``assets/map/scene.js`` draws."""
        kinds = set(self.symbols["kind"]) - {"cell"}
        data: dict[str, Any] = {
            "kind": kinds.pop() if kinds else "",
            "symbols": symbol_rows(self.symbols, self.types),
            "selected": self.selected,
            "fit": {"key": self.fit, "box": self._target()},
        }
        if self.regions:
            colours = sorted({colour for _, _, colour in self.regions.values.values()})
            number = {colour: i for i, colour in enumerate(colours)}
            data["regions"] = {
                "layer": self.regions.layer,
                "values": {
                    id_: [n, text, number[colour]]
                    for id_, (n, text, colour) in self.regions.values.items()
                },
                "colours": colours,
                "style": self.regions.style,
                "kind": self.regions.kind,
                "countries": self.regions.countries,
                "selected": self.selected,
            }
        if self.arcs is not None:
            rows = [arc.as_row() for arc in self.arcs]
            data["arcs"] = {"rows": rows, "selected": self.selected}
        return data

    def as_script(self) -> str:
        """The scene as a JavaScript value, safe inside HTML too, and without blanks."""
        return str(htmlsafe_json_dumps(self.as_data(), separators=(",", ":"), ensure_ascii=False))

    def _target(self) -> list[list[float]] | None:
        box = self.box or _around(self.symbols)
        if not self.fit or box is None:
            return None
        west, south, east, north = box
        return [[south, west], [north, east]]


def _around(symbols: pd.DataFrame) -> tuple[float, float, float, float] | None:
    if symbols.empty:
        return None
    lon, lat = symbols["lon"], symbols["lat"]
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def symbol_rows(symbols: pd.DataFrame, types: Vocabulary = TYPES) -> list[list[Any]]:
    """Symbols as rows of ``[key, name, lon, lat, [type number, count, ...]]``.

    An empty key is a cell. Three decimals are 100 metres: the middle of a town. Where some have a
    valid label, their number is behind it.
    """
    counts = symbols[list(types)].to_numpy()
    labelled = symbols["labelled"] if "labelled" in symbols else [0] * len(symbols)
    return [
        [
            key,
            name,
            round(lon, 3),
            round(lat, 3),
            [number for i, n in enumerate(row) if n for number in (i, int(n))],
            *([int(with_label)] if with_label else []),
        ]
        for key, name, lon, lat, row, with_label in zip(
            *(symbols[column] for column in ("key", "name", "lon", "lat")),
            counts,
            labelled,
            strict=True,
        )
    ]


class _Base(MacroElement):
    """Hands the map over to ``assets/map/base.js`` as soon as it exists."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "CyberValleys.start({{ this._parent.get_name() }}, {{ this.options | tojson }});"
        "{% endmacro %}"
    )

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__()
        self._name = "CyberValleysBase"
        self.options = options


class _Drawing(MacroElement):
    """Draws one scene into its feature group."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "CyberValleys.draw({{ this._parent.get_name() }}, {{ this.scene }});"
        "{% endmacro %}"
    )

    def __init__(self, scene: str) -> None:
        super().__init__()
        self._name = "CyberValleysDrawing"
        self.scene = scene


@dataclass(frozen=True)
class Base:
    """What the constant part of the map depends on.

    Attributes
    ----------
    assets : str
        Address of the site's own files, relative to the map's frame.
    geometry : str
        Address of the outlines of the current release.
    dark : bool
        Whether the visitor uses the dark theme.
    tiles : bool
        Whether the visitor switched the tile basemap on: only then a third party is asked.
    same_as_list : str
        Sentence that says where the same is as text, for whoever can't use a map; may be empty.
    list_ : str
        CSS selector of that list's first button in the page; empty if there is no list.
    types : Vocabulary
        What the symbols count.
    noun : tuple of str
        What one of them is called, and several.
    """

    assets: str
    geometry: str
    dark: bool = False
    tiles: bool = False
    same_as_list: str = ""
    list_: str = ""
    # A vocabulary can be compared and has no hash.
    types: Vocabulary = field(default_factory=lambda: TYPES, hash=False)
    noun: tuple[str, str] = ("organisation", "organisations")


def base_map(base: Base) -> folium.Map:
    """The folium map without any organisation on it.

    A new object each time: streamlit-folium writes into what it is given.
    """
    map_ = folium.Map(
        location=EUROPE,
        zoom_start=ZOOM,
        tiles=None,
        prefer_canvas=True,
        maxZoom=MAX_ZOOM,
        minZoom=3,
        zoomSnap=0.5,
        worldCopyJump=False,
    )
    # folium's own list names CDNs and packages that this map does not use.
    map_.default_js = [
        ("leaflet", f"{base.assets}leaflet/leaflet.js"),
        ("cyber-valleys", f"{base.assets}map.js"),
    ]
    map_.default_css = [
        ("leaflet", f"{base.assets}leaflet/leaflet.css"),
        ("cyber-valleys", f"{base.assets}map.css"),
    ]
    if base.tiles:
        folium.TileLayer(TILES, attr=TILES_ATTRIBUTION, max_zoom=MAX_ZOOM).add_to(map_)
    map_.add_child(
        _Base(
            {
                "types": [
                    {
                        "label": term.label,
                        "letter": term.letter,
                        "colour": term.colour,
                        "dark": term.colour in DARK_TEXT_ON,
                    }
                    for term in base.types.values()
                ],
                "noun": base.noun,
                "label": {
                    "name": NAME,
                    "seal": label_mark.SEAL,
                    "tick": label_mark.TICK,
                    "colour": label_mark.COLOUR,
                    "ink": label_mark.INK,
                },
                "attribution": ATTRIBUTION,
                "geometry": base.geometry,
                "dark": base.dark,
                "land": not base.tiles,
                "sameAsList": base.same_as_list,
                "list": base.list_,
            }
        )
    )
    return map_


def drawing(scene: str) -> folium.FeatureGroup:
    """A scene's script as the one feature group that streamlit-folium swaps."""
    group = folium.FeatureGroup()
    group.add_child(_Drawing(scene))
    return group
