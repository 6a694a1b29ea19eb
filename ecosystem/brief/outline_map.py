"""The brief's map: regions among their neighbours and the towns that have organisations.

Drawn as SVG here and not by Vega, whose projections can't be fitted to a part of the data.
The projection is equal-area (Lambert azimuthal), centred on what is shown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from ecosystem.brief.typeset import printable
from ecosystem.common.store import Database
from ecosystem.drawing.pictures import FONT
from ecosystem.finding.filters import Filter
from ecosystem.tables import regions

_SEA, _LAND, _BORDER, _THIN = "#ffffff", "#f0eff4", "#a9a6b8", "#d3d1dd"
_ELSEWHERE, _INK = "#b3b0c2", "#14171f"
# Europe without overseas territories, which would make everything else tiny; degrees.
_EUROPE = shapely.box(-25, 34, 45, 72)
# At least this much is shown across, so that a town's region has neighbours; metres.
_LEAST_ACROSS = 120_000
_MARGIN = 0.3
_LABELS = 5
_LETTER = 5.0
_FONT_SIZE = 10


@dataclass(frozen=True)
class OutlineMap:
    """A map as SVG, with what it shows in words.

    Attributes
    ----------
    svg : str
        The drawing.
    towns : int
        Towns that have organisations in the regions.
    partly : bool
        Whether parts of the regions lie outside the frame.
    """

    svg: str
    towns: int
    partly: bool


def draw(
    database: Database,
    filter_: Filter,
    colours: Mapping[str, str],
    *,
    width: int,
    height: int,
) -> OutlineMap:
    """A map around regions.

    Parameters
    ----------
    colours : mapping of str to str
        Colour of each region to show, by region id.
    width, height : int
        Of the drawing, pixels.
    """
    levels = {id_: regions.level_of(id_) for id_ in colours}
    shapes = {
        id_: shape
        for level in set(levels.values())
        for id_, shape in _shapes(regions.outlines(database, level)).items()
        if id_ in colours
    }
    frame = _Frame.around(list(shapes.values()), width, height)
    layers = [
        _paths(frame, regions.neighbours(database).geometry, fill=_LAND),
        _paths(frame, regions.outlines(database, "nuts0").geometry, fill=_LAND),
    ]
    if len(colours) == 1 and (level := next(iter(levels.values()))) != "nuts0":
        # Valleys don't cover the land; between them are regions.
        own = regions.outlines(database, "nuts2" if level == "valley" else level)
        layers.append(_paths(frame, own.geometry, stroke=_THIN, stroke_width=0.5))
    layers.append(
        _paths(
            frame,
            regions.outlines(database, "nuts0").geometry,
            stroke=_BORDER,
            stroke_width=0.7,
        )
    )
    for id_, colour in colours.items():
        layers.append(
            _paths(
                frame,
                gpd.GeoSeries([shapes[id_]]),
                fill=colour,
                fill_opacity=0.22,
                stroke=colour,
                stroke_width=1.4,
            )
        )
    towns = _towns(database, filter_, levels)
    layers += _dots(frame, towns, colours)
    inside = towns["region"].notna()
    return OutlineMap(
        svg=(
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}">'
            f'<rect width="{width}" height="{height}" fill="{_SEA}"/>{"".join(layers)}'
            f'<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" fill="none" '
            f'stroke="{_THIN}"/></svg>'
        ),
        towns=int(towns.loc[inside, "place_id"].nunique()),
        partly=any(not frame.holds(shape) for shape in shapes.values()),
    )


@dataclass(frozen=True)
class _Frame:
    """Which part of the earth is drawn, and how it becomes pixels."""

    transformer: Transformer
    left: float
    top: float
    metres: float
    width: int
    height: int
    degrees: BaseGeometry

    @classmethod
    def around(cls, shapes: Sequence[BaseGeometry], width: int, height: int) -> _Frame:
        near = [shapely.intersection(shape, _EUROPE) for shape in shapes]
        shown = [part for part in near if not part.is_empty] or list(shapes)
        west, south, east, north = shapely.total_bounds(np.array(shown))
        transformer = Transformer.from_crs(
            "EPSG:4326",
            f"+proj=laea +lat_0={(south + north) / 2} +lon_0={(west + east) / 2} +datum=WGS84",
            always_xy=True,
        )
        corners = shapely.total_bounds(np.array([_project(part, transformer) for part in shown]))
        across = max(corners[2] - corners[0], _LEAST_ACROSS) * (1 + _MARGIN)
        along = max(corners[3] - corners[1], _LEAST_ACROSS) * (1 + _MARGIN)
        metres = max(across / width, along / height)
        left = (corners[0] + corners[2] - width * metres) / 2
        top = (corners[1] + corners[3] + height * metres) / 2
        # Degrees that surely hold the frame: far-away land need not be projected.
        tall = max(height * metres, width * metres) / 111_000
        wide = tall / max(math.cos(math.radians(min(abs(north) + tall / 2, 80))), 0.15)
        degrees = shapely.box(
            (west + east) / 2 - wide,
            max((south + north) / 2 - tall, -89),
            (west + east) / 2 + wide,
            min((south + north) / 2 + tall, 89),
        )
        return cls(transformer, left, top, metres, width, height, degrees)

    def pixels(self, shape: BaseGeometry) -> BaseGeometry:
        projected = _project(shape, self.transformer)
        return shapely.transform(
            projected,
            lambda xy: np.column_stack(
                [(xy[:, 0] - self.left) / self.metres, (self.top - xy[:, 1]) / self.metres]
            ),
        )

    def holds(self, shape: BaseGeometry) -> bool:
        whole = self.degrees.contains(shape)
        return bool(
            whole and shapely.box(0, 0, self.width, self.height).contains(self.pixels(shape))
        )


def _project(shape: BaseGeometry, transformer: Transformer) -> BaseGeometry:
    return shapely.transform(
        shape, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))
    )


def _shapes(outlines: gpd.GeoDataFrame) -> dict[str, BaseGeometry]:
    return dict(zip(outlines["region_id"], outlines.geometry, strict=True))


def _paths(frame: _Frame, shapes: gpd.GeoSeries, **style: object) -> str:
    """One path of all shapes that the frame shows."""
    near = shapes[shapes.intersects(frame.degrees)]
    parts = []
    for shape in near:
        drawn = frame.pixels(shapely.intersection(shape, frame.degrees))
        # A little beyond the edge, so that the cut itself isn't drawn as a border.
        cut = shapely.clip_by_rect(drawn, -5, -5, frame.width + 5, frame.height + 5)
        for part in shapely.get_parts(shapely.simplify(cut, 0.25)):
            if not isinstance(part, shapely.Polygon):
                continue
            for ring in (part.exterior, *part.interiors):
                points = " ".join(f"{x:.1f},{y:.1f}" for x, y in ring.coords[:-1])
                parts.append(f"M{points}Z")
    if not parts:
        return ""
    painted = {"fill": "none", "fill-rule": "evenodd", "stroke-linejoin": "round"} | {
        name.replace("_", "-"): value for name, value in style.items()
    }
    attributes = " ".join(f"{name}={quoteattr(str(value))}" for name, value in painted.items())
    return f'<path d="{"".join(parts)}" {attributes}/>'


def _towns(database: Database, filter_: Filter, levels: Mapping[str, str]) -> pd.DataFrame:
    """Towns with organisations: ``place_id, name, lon, lat, n, region``.

    ``region`` is the one of the regions shown that the organisations lie in, missing
    elsewhere; those of a town that lie in several are several rows.
    """
    where, bound = filter_.where()
    cases = " ".join(
        f"WHEN {regions.LEVELS[level]} = $shown_{i} THEN $shown_{i}"
        for i, level in enumerate(levels.values())
    )
    return database.frame(
        f"""
        SELECT place_id, p.name, p.lon, p.lat, region, n FROM (
            SELECT place_id, CASE {cases} END AS region, count(*) AS n
            FROM organisation WHERE {where} GROUP BY ALL
        ) JOIN place p USING (place_id)
        ORDER BY n DESC, p.name
        """,
        {**bound, **{f"shown_{i}": id_ for i, id_ in enumerate(levels)}},
    )


def _dots(frame: _Frame, towns: pd.DataFrame, colours: Mapping[str, str]) -> list[str]:
    x, y = frame.transformer.transform(towns["lon"].to_numpy(), towns["lat"].to_numpy())
    towns = towns.assign(
        x=(np.asarray(x) - frame.left) / frame.metres,
        y=(frame.top - np.asarray(y)) / frame.metres,
        r=np.minimum(2.2 * np.sqrt(towns["n"].to_numpy(dtype=float)), 12),
    )
    seen = towns[towns["x"].between(3, frame.width - 3) & towns["y"].between(3, frame.height - 3)]
    inside = seen[seen["region"].notna()]
    dots = [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" fill="{colour}" stroke="#fff" '
        f'stroke-width="0.6"/>'
        for part, of in ((seen[seen["region"].isna()], {}), (inside, colours))
        for x, y, r, colour in zip(
            part["x"],
            part["y"],
            part["r"],
            part["region"].map(of).fillna(_ELSEWHERE) if of else [_ELSEWHERE] * len(part),
            strict=True,
        )
    ]
    if len(colours) > 1:
        return dots
    return dots + _labels(frame, inside)


def _labels(frame: _Frame, towns: pd.DataFrame) -> list[str]:
    """Names of the largest towns, as many as fit without covering each other."""
    taken: list[BaseGeometry] = []
    labels: list[str] = []
    largest = towns.drop_duplicates("place_id").head(4 * _LABELS)
    for town in largest.to_dict("records"):
        text = f"{printable(town['name'], 24)} {town['n']:,}"
        long = _LETTER * len(text)
        x, y, r = float(town["x"]), float(town["y"]), float(town["r"])
        for anchor, start in (("start", x + r + 2), ("end", x - r - 2 - long)):
            box = shapely.box(start, y - 6, start + long, y + 6)
            fits = start > 2 and start + long < frame.width - 2 and 8 < y < frame.height - 8
            if fits and not any(box.intersects(other) for other in taken):
                taken.append(box)
                at = start if anchor == "start" else x - r - 2
                style = (
                    f'x="{at:.1f}" y="{y + 3.5:.1f}" text-anchor="{anchor}" '
                    f'font-family="{FONT}" font-size="{_FONT_SIZE}"'
                )
                labels.append(
                    f'<text {style} fill="{_INK}" stroke="#fff" stroke-width="2.4" '
                    f'stroke-linejoin="round" paint-order="stroke">{escape(text)}</text>'
                )
                break
        if len(labels) == _LABELS:
            break
    return labels
