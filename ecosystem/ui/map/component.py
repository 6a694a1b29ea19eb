"""streamlit-folium's component with what folium renders kept: at each rerun only the scene is new.

folium compiles its templates anew for each map, and streamlit-folium the scene as one more
template: a fifth of what a rerun of the map page cost. What both make of a base is the same for
everybody, so it is made once, with a mark where the scene goes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import folium
import streamlit as st
import streamlit_folium

from ecosystem.ui.map.drawing import ZOOM, Base, base_map, drawing

# A base for each theme, background and page of a release, and those of the release before.
_BASES = 64
_SCENE = "CYBER_VALLEYS_SCENE"
# What the browser hasn't told yet, as st_folium says it of a map without anything on it.
_NOWHERE = {"lat": None, "lng": None}
_NOTHING = {
    "last_active_drawing": None,
    "bounds": {"_southWest": _NOWHERE, "_northEast": _NOWHERE},
    "zoom": ZOOM,
}


@dataclass(frozen=True)
class _Rendered:
    """What streamlit-folium sends of a base, and the script around a scene."""

    script: str
    header: str
    html: str
    id: str
    css_links: tuple[str, ...]
    js_links: tuple[str, ...]
    before_scene: str
    after_scene: str


@lru_cache(_BASES)
def _render(base: Base) -> _Rendered:
    map_ = base_map(base)
    map_.get_root().render()
    # As st_folium does it, in its order: the script changes what the header is made of.
    html = streamlit_folium._get_html(map_)
    header = streamlit_folium._get_header(map_)
    script = streamlit_folium._get_map_string(map_)
    id_ = streamlit_folium.get_full_id(map_)
    before, _, after = _group(drawing(_SCENE), map_).partition(_SCENE)
    return _Rendered(
        script,
        header,
        html,
        id_,
        tuple(address for _, address in map_.default_css),
        tuple(address for _, address in map_.default_js),
        before,
        after,
    )


def _group(group: folium.FeatureGroup, map_: folium.Map) -> str:
    script: str = streamlit_folium._get_feature_group_string(group, map=map_)
    return script


@lru_cache(_BASES)
def _hash(base: Base, key: str) -> str:
    """streamlit-folium's name of a map: another base is another map in the browser."""
    name: str = streamlit_folium.generate_js_hash(_render(base).script, key)
    return name


def show(
    base: Base,
    scene: str,
    *,
    key: str,
    height: int,
    returned: Sequence[str],
    on_change: Callable[[], None],
) -> None:
    """Show a scene on its base, as ``st_folium`` does with ``feature_group_to_add``.

    Parameters
    ----------
    base : Base
        The constant part.
    scene : str
        What :meth:`ecosystem.ui.map.drawing.Scene.as_script` gives.
    key : str
        Where the session keeps what the browser tells of the map.
    returned : sequence of str
        What of it the browser tells.
    on_change : callable
        Called when it does.
    """
    rendered, name = _render(base), _hash(base, key)

    def take_over() -> None:
        st.session_state[key] = st.session_state.get(name, {})
        on_change()

    streamlit_folium._component_func(
        script=rendered.script,
        header=rendered.header,
        html=rendered.html,
        id=rendered.id,
        key=name,
        height=height,
        width=None,
        returned_objects=list(returned),
        default={name: _NOTHING[name] for name in returned},
        zoom=None,
        center=None,
        feature_group=f"{rendered.before_scene}{scene}{rendered.after_scene}",
        return_on_hover=False,
        layer_control=None,
        pixelated=False,
        css_links=rendered.css_links,
        js_links=rendered.js_links,
        on_change=take_over,
        wrap_longitude=False,
    )
