"""A plain map of Europe with a few places on it, as SVG for a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape, unescape

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from ecosystem.common.colours import ACCENT
from ecosystem.common.per_release import per_release
from ecosystem.common.store import Database
from ecosystem.drawing.pictures import FONT
from ecosystem.tables import regions

# ETRS89-LAEA Europe: equal areas, metres.
_CRS = 3035
# What the map can show: the continent with Iceland and Cyprus, without overseas territories.
_EUROPE = (2_500_000, 1_350_000, 7_400_000, 5_500_000)
_LEAST_ACROSS = 1_100_000
_MARGIN = 0.12
_HEIGHT_OF_WIDTH = 0.72
_WIDTH = 720
# Letters of a picture shown as wide as it is drawn, and of one that a phone shows smaller: those
# of the last are as large on a screen of 320 px as those of the first.
WIDE_FONT, NARROW_FONT, NARROW_BELOW = 13, 28, 620
_LETTER_OF_FONT = 0.51
_LABELS, _LONGEST = 16, 30
_QUOTED, _QUOTES = {'"': "&quot;"}, {"&quot;": '"'}
# Text of the register is escaped, so that no "<" of it can begin such a tag.
_ADDRESS = re.compile('<a href="([^"]*)">')


def draw(
    database: Database,
    points: pd.DataFrame,
    areas: Sequence[str],
    *,
    dark: bool = False,
) -> str:
    """A map around some places.

    Parameters
    ----------
    points : DataFrame
        ``lon, lat`` (degrees, EPSG:4326), ``label`` (what is there) and ``leads``, whether it is
        drawn full; those outside Europe are left out. With a column ``address``, each leads
        there; :func:`with_addresses` fits them to where the map is shown.
    areas : sequence of str
        Ids of regions and valleys that are tinted.
    dark : bool
        For a dark page.

    Returns
    -------
    str
        SVG; empty if nothing of it lies in Europe.
    """
    there = _inside(points)
    shapes = _areas(database, areas)
    if there.empty and not len(shapes):
        return ""
    frame = _frame(there, shapes)
    land, line = ("#3a3844", "#57546a") if dark else ("#efedf5", "#c3bfd4")
    ink, halo = ("#f3f2f8", "#1b1a22") if dark else ("#1d1a2e", "#ffffff")
    accent = ACCENT[dark]
    around, countries = _land(database)
    layers = [
        # Without a border, which would draw where the data ends.
        _path(around, frame, f'fill="{land}" fill-opacity="0.5"'),
        _path(countries, frame, f'fill="{land}" stroke="{line}" stroke-width="0.8"'),
        _path(shapes, frame, f'fill="{accent}" fill-opacity="0.22" stroke="{accent}"'),
    ]
    x, y = _pixels(there["x"].to_numpy(), there["y"].to_numpy(), frame)
    marks = list(zip(x, y, there["label"], there["leads"], strict=True))
    for (left, top, label, leads), address in zip(marks, there["address"], strict=True):
        fill = accent if leads else halo
        circle = (
            f'<circle cx="{left:.1f}" cy="{top:.1f}" r="5.5" fill="{fill}" stroke="{accent}" '
            f'stroke-width="2.2"/>'
        )
        layers.append(_link(circle, label, address) if address else circle)
    layers += [
        # The picture's own width decides, or the page's where it stands in its text.
        f"<style>.cv-narrow-names{{display:none}}@media(max-width:{NARROW_BELOW}px)"
        "{.cv-wide-names{display:none}.cv-narrow-names{display:inline}}</style>",
        f'<g class="cv-wide-names">{"".join(_labels(marks, ink, halo, WIDE_FONT))}</g>',
        f'<g class="cv-narrow-names">{"".join(_labels(marks, ink, halo, NARROW_FONT))}</g>',
    ]
    height = round(_WIDTH * _HEIGHT_OF_WIDTH)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" '
        f'height="{height}" viewBox="0 0 {_WIDTH} {height}">{"".join(layers)}</svg>'
    )


def with_addresses(svg: str, rewrite: Callable[[str], str]) -> str:
    """A map whose marks lead where `rewrite` says, for pages that aren't at the site's root.

    Parameters
    ----------
    svg : str
        As :func:`draw` makes it.
    rewrite : callable
        Takes an address of ``address`` and gives the one to follow; empty if there is none.
    """
    return _ADDRESS.sub(lambda found: _opening(rewrite(unescape(found[1], _QUOTES))), svg)


def _link(mark: str, label: str, address: str) -> str:
    return f"{_opening(address)}<title>{escape(label)}</title>{mark}</a>"


def _opening(address: str) -> str:
    return f'<a href="{escape(address, _QUOTED)}">' if address else "<a>"


def _inside(points: pd.DataFrame) -> pd.DataFrame:
    """Points in metres, one for each place: the first name there, and how many more."""
    known = points.dropna(subset=["lon", "lat"]).assign(address=points.get("address", ""))
    projected = gpd.GeoSeries.from_xy(known["lon"], known["lat"], crs=4326).to_crs(_CRS)
    placed = known.assign(x=projected.x.round(-3), y=projected.y.round(-3))
    west, south, east, north = _EUROPE
    seen = placed[placed["x"].between(west, east) & placed["y"].between(south, north)]
    there = seen.groupby(["x", "y"], sort=False).agg(
        label=("label", "first"),
        more=("label", "size"),
        leads=("leads", "any"),
        address=("address", "first"),
    )
    there["label"] = [
        _short(label) + (f" +{more - 1}" if more > 1 else "")
        for label, more in zip(there["label"], there["more"], strict=True)
    ]
    return there.reset_index()


def _short(label: str) -> str:
    shown = "".join(letter for letter in label if letter.isprintable())
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"


@per_release
def _land(database: Database) -> tuple[gpd.GeoSeries, gpd.GeoSeries]:
    """Land around and the countries themselves, which may overlap, in metres."""
    west, south, east, north = _EUROPE
    box = (west - 1e6, south - 1e6, east + 1e6, north + 1e6)
    around, countries = (
        shapely.intersection(shapes.to_crs(_CRS).make_valid().to_numpy(), shapely.box(*box))
        for shapes in (
            regions.neighbours(database).geometry,
            regions.outlines(database, "nuts0").geometry,
        )
    )
    return (
        gpd.GeoSeries(shapely.simplify(around, 2_000), crs=_CRS),
        gpd.GeoSeries(shapely.simplify(countries, 1_500), crs=_CRS),
    )


def _areas(database: Database, ids: Sequence[str]) -> gpd.GeoSeries:
    wanted = set(ids)
    shapes: list[BaseGeometry] = []
    for level in {regions.level_of(id_) for id_ in wanted}:
        rows = regions.outlines(database, level)
        shapes += list(rows.geometry[rows["region_id"].isin(wanted)])
    projected = gpd.GeoSeries(shapes, crs=4326).to_crs(_CRS)
    cut = shapely.intersection(projected.make_valid().to_numpy(), shapely.box(*_EUROPE))
    return gpd.GeoSeries([shape for shape in cut if not shape.is_empty], crs=_CRS)


def _frame(points: pd.DataFrame, shapes: gpd.GeoSeries) -> tuple[float, float, float]:
    """West and north edge, metres, and how many of them a pixel is."""
    boxes = [shapes.total_bounds] if len(shapes) else []
    if len(points):
        boxes.append(
            np.array([points["x"].min(), points["y"].min(), points["x"].max(), points["y"].max()])
        )
    together = np.array(boxes)
    west, south = together[:, :2].min(axis=0)
    east, north = together[:, 2:].max(axis=0)
    wide = max((east - west) * (1 + 2 * _MARGIN), _LEAST_ACROSS)
    tall = max((north - south) * (1 + 2 * _MARGIN), _LEAST_ACROSS * _HEIGHT_OF_WIDTH)
    metres = max(wide / _WIDTH, tall / (_WIDTH * _HEIGHT_OF_WIDTH))
    left = (west + east - _WIDTH * metres) / 2
    top = (south + north + _WIDTH * _HEIGHT_OF_WIDTH * metres) / 2
    return left, top, metres


def _pixels(
    x: np.typing.NDArray[np.float64],
    y: np.typing.NDArray[np.float64],
    frame: tuple[float, float, float],
) -> tuple[np.typing.NDArray[np.float64], np.typing.NDArray[np.float64]]:
    left, top, metres = frame
    return (x - left) / metres, (top - y) / metres


def _path(shapes: gpd.GeoSeries, frame: tuple[float, float, float], style: str) -> str:
    height = _WIDTH * _HEIGHT_OF_WIDTH
    drawn = shapely.transform(
        shapes.to_numpy(), lambda xy: np.column_stack(_pixels(xy[:, 0], xy[:, 1], frame))
    )
    cut = shapely.intersection(drawn, shapely.box(-4, -4, _WIDTH + 4, height + 4))
    rings = []
    for part in shapely.get_parts(shapely.simplify(cut, 0.5)):
        if isinstance(part, shapely.Polygon) and part.area > 1:
            for ring in (part.exterior, *part.interiors):
                rings.append("M" + " ".join(f"{x:.0f},{y:.0f}" for x, y in ring.coords[:-1]) + "Z")
    return f'<path d="{"".join(rings)}" {style} stroke-linejoin="round" fill-rule="evenodd"/>'


def _labels(
    marks: Sequence[tuple[float, float, str, bool]], ink: str, halo: str, size: int
) -> list[str]:
    """Names beside the points, as many as fit without covering each other."""
    height = _WIDTH * _HEIGHT_OF_WIDTH
    taken: list[BaseGeometry] = [shapely.box(x - 6, y - 6, x + 6, y + 6) for x, y, *_ in marks]
    labels: list[str] = []
    for x, y, text, _ in marks:
        long = _LETTER_OF_FONT * size * len(text)
        for anchor, at, start in (("start", x + 9, x + 9), ("end", x - 9, x - 9 - long)):
            box = shapely.box(start, y - 0.6 * size, start + long, y + 0.6 * size)
            fits = (
                start > 2 and start + long < _WIDTH - 2 and 0.75 * size < y < height - 0.75 * size
            )
            if fits and not any(box.intersects(other) for other in taken):
                taken.append(box)
                labels.append(
                    f'<text x="{at:.1f}" y="{y + 0.35 * size:.1f}" text-anchor="{anchor}" '
                    f'font-family="{FONT}" font-size="{size}" '
                    f'fill="{ink}" stroke="{halo}" stroke-width="3" '
                    f'stroke-linejoin="round" paint-order="stroke">{escape(text)}</text>'
                )
                break
        if len(labels) == _LABELS:
            break
    return labels
