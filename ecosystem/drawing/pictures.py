"""Charts as picture files: a Vega-Lite specification drawn as SVG, without a network."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

# The typeface of the site, in the static files that typst and vl-convert both draw with (of a
# variable font they draw the thinnest). Where it is missing, each takes another.
FONT = "Source Sans Pro"
_FONT_PACKAGE = "font_source_sans_pro"
_INK, _LINE = "#14171f", "#dcdae6"
_CONFIG: dict[str, Any] = {
    "font": f"{FONT}, sans-serif",
    "background": "#ffffff",
    "view": {"stroke": None},
    "axis": {
        "labelColor": _INK,
        "titleColor": _INK,
        "titleFontWeight": "normal",
        "gridColor": _LINE,
        "domainColor": _LINE,
        "tickColor": _LINE,
    },
    "legend": {"labelColor": _INK, "titleColor": _INK},
    "title": {"color": _INK},
}
_WIDTH = 480
_COMPOSED = ("hconcat", "vconcat", "concat", "repeat", "facet", "spec")


def svg(spec: dict[str, Any]) -> str:
    """A chart as SVG with real text, on white.

    Parameters
    ----------
    spec : dict
        Vega-Lite specification in light colours, with its data in it; addresses of data are
        refused. What its own ``config`` says goes before the settings here.
    """
    return str(_converter().vegalite_to_svg(_dress(spec), allowed_base_urls=[]))


def png(picture: str) -> bytes:
    """A picture in SVG as PNG, at its own size.

    Parameters
    ----------
    picture : str
        SVG without anything to load.
    """
    drawn: bytes = _converter().svg_to_png(picture)
    return drawn


@cache
def font_folder() -> Path | None:
    """Folder of the font's files; None if its package is not installed."""
    found = find_spec(_FONT_PACKAGE)
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / "files"


@cache
def _converter() -> Any:
    # Its engine takes half a second to start: only who makes a picture pays for it.
    import vl_convert

    folder = font_folder()
    if folder is not None:
        vl_convert.register_font_directory(str(folder))
    return vl_convert


def _dress(spec: dict[str, Any]) -> dict[str, Any]:
    config = dict(_CONFIG)
    for name, own in spec.get("config", {}).items():
        base = config.get(name)
        config[name] = {**base, **own} if isinstance(base, dict) and own is not None else own
    dressed = {**spec, "config": config}
    if not any(name in spec for name in _COMPOSED):
        dressed.setdefault("width", _WIDTH)
    return dressed
