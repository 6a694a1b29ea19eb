"""Charts as Vega-Lite specifications: plain data, made from a frame that is also a table.

Written as dictionaries and not with Altair, whose validation takes longer than the rest of a
rerun together. The same specification is drawn by the browser on a page and turned into a
picture by :mod:`ecosystem.pictures`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from ecosystem.vocabulary import DOMAINS, FUNCTIONS

Spec = dict[str, Any]

ACCENT = {False: "#4b3f9e", True: "#8f83f0"}
INK = {False: "#14171f", True: "#eef0f6"}
# For what says little: too few organisations, or an interval that holds 1.
FAINT = {False: "#8d8aa3", True: "#8b90a3"}
# Regions compared: Okabe and Ito's palette again, with dash patterns as the second channel.
SERIES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3])
# Pixels; a chart's height on a page includes its axis.
_ROW = 22
_AXIS = 44


def bars(
    counts: pd.Series, labels: Mapping[str, str], *, dark: bool = False, title: str = ""
) -> Spec:
    """Horizontal bars with their numbers, in the order of the series.

    Parameters
    ----------
    counts : Series of int
        Indexed by code.
    labels : mapping of str to str
        Label of each code.
    dark : bool
        Whether it is drawn on a dark ground.
    title : str
        What a row is, for the tooltip.
    """
    values = [
        {"label": labels.get(str(code), str(code)), "n": int(n)} for code, n in counts.items()
    ]
    number = {"field": "n", "type": "quantitative", "format": ",", "title": "Organisations"}
    return {
        "data": {"values": values},
        "height": _ROW * max(len(values), 1),
        "encoding": {"y": _rows("label"), "x": {**number, "axis": None}},
        "layer": [
            {
                "mark": {"type": "bar", "color": ACCENT[dark], "height": 14},
                "encoding": {
                    "tooltip": [
                        {"field": "label", "type": "nominal", "title": title or " "},
                        number,
                    ]
                },
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 4, "color": INK[dark]},
                "encoding": {"text": number},
            },
        ],
    }


def quotients(frame: pd.DataFrame, *, dark: bool = False) -> Spec:
    """Representation quotients of one region as points with their 95 % intervals.

    Parameters
    ----------
    frame : DataFrame
        Indexed by domain code: ``count, n, lq, low, high, small``, as
        :func:`ecosystem.statistics.specialisation.location_quotient` gives them. Domains
        without a quotient are left out; grey where the interval holds 1 or `small`.
    """
    known = frame.dropna(subset=["lq"]).sort_values("lq", ascending=False)
    values = [
        {
            "label": DOMAINS.label(str(code)),
            "lq": round(row["lq"], 3),
            "low": round(row["low"], 3),
            "high": round(row["high"], 3),
            "n": f"{row['count']:.0f} of {row['n']:.0f}",
            "clear": bool(not row["small"] and (row["low"] > 1 or row["high"] < 1)),
        }
        for code, row in known.to_dict("index").items()
    ]
    colour = {
        "field": "clear",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": [True, False], "range": [ACCENT[dark], FAINT[dark]]},
    }
    x = {
        "field": "low",
        "type": "quantitative",
        "title": "Representation quotient, 95 % interval",
        "scale": {"domainMin": 0},
    }
    tooltip = [
        {"field": "label", "type": "nominal", "title": "JRC domain"},
        {"field": "lq", "type": "quantitative", "title": "Quotient", "format": ".2f"},
        {"field": "low", "type": "quantitative", "title": "from", "format": ".2f"},
        {"field": "high", "type": "quantitative", "title": "to", "format": ".2f"},
        {"field": "n", "type": "nominal", "title": "Organisations"},
    ]
    return {
        "data": {"values": values},
        "height": _ROW * max(len(values), 1) + _AXIS,
        "layer": [
            {
                "data": {"values": [{"one": 1}]},
                "mark": {"type": "rule", "color": INK[dark], "strokeDash": [3, 3]},
                "encoding": {"x": {"field": "one", "type": "quantitative"}},
            },
            {
                "mark": {"type": "rule", "strokeWidth": 2.5},
                "encoding": {
                    "y": _rows("label"),
                    "x": x,
                    "x2": {"field": "high"},
                    "color": colour,
                    "tooltip": tooltip,
                },
            },
            {
                "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
                "encoding": {
                    "y": _rows("label"),
                    "x": {"field": "lq", "type": "quantitative"},
                    "color": colour,
                    "tooltip": tooltip,
                },
            },
        ],
    }


def shares(values: pd.Series, labels: Mapping[str, str], *, dark: bool = False) -> Spec:
    """Horizontal bars of shares from 0 to 1, in the order of the series."""
    rows = [
        {"label": labels.get(str(code), str(code)), "share": round(float(value), 4)}
        for code, value in values.dropna().items()
    ]
    x = {
        "field": "share",
        "type": "quantitative",
        "scale": {"domain": [0, 1]},
        "axis": {"format": ".0%", "tickCount": 5},
        "title": "Share of the organisations",
    }
    return {
        "data": {"values": rows},
        "height": _ROW * max(len(rows), 1) + _AXIS,
        "mark": {"type": "bar", "color": ACCENT[dark], "height": 14},
        "encoding": {
            "y": _rows("label"),
            "x": x,
            "tooltip": [
                {"field": "label", "type": "nominal", "title": " "},
                {"field": "share", "type": "quantitative", "format": ".0%", "title": "Share"},
            ],
        },
    }


def growth(frame: pd.DataFrame, *, dark: bool = False) -> Spec:
    """Organisations by founding year, cumulative, as steps.

    Parameters
    ----------
    frame : DataFrame
        ``year``, ``organisations``.
    """
    values = frame[["year", "organisations"]].astype(int).to_dict("records")
    year = {
        "field": "year",
        "type": "quantitative",
        "title": "Founded by the end of",
        "axis": {"format": "d", "tickMinStep": 1},
        "scale": {"zero": False},
    }
    n = {"field": "organisations", "type": "quantitative", "title": "Organisations"}
    return {
        "data": {"values": values},
        "height": 190,
        "mark": {
            "type": "area",
            "interpolate": "step-after",
            "color": ACCENT[dark],
            "opacity": 0.35,
            "line": {"color": ACCENT[dark]},
        },
        "encoding": {
            "x": year,
            "y": {**n, "axis": {"tickMinStep": 1, "tickCount": 4}, "scale": {"nice": True}},
            "tooltip": [{**year, "format": "d"}, n],
        },
    }


def heat(frame: pd.DataFrame, names: Mapping[str, str], *, dark: bool = False) -> Spec:
    """Domains by region as a heat map of shares, with the shares written in the cells.

    Parameters
    ----------
    frame : DataFrame of float
        Shares from 0 to 1; rows by domain code, columns by region id.
    names : mapping of str to str
        Name of each region.
    """
    values = [
        {
            "domain": DOMAINS.label(str(code)),
            "region": names[str(region)],
            "share": None if pd.isna(value) else round(float(value), 4),
        }
        for code, row in frame.iterrows()
        for region, value in row.items()
    ]
    share = {"field": "share", "type": "quantitative", "format": ".0%", "title": "Share"}
    strongest = float(frame.max().max()) if frame.notna().any().any() else 1.0
    turn = strongest * (0.45 if dark else 0.7)
    return {
        "data": {"values": values},
        "height": _ROW * len(frame) + _AXIS,
        "encoding": {
            "y": {**_rows("domain"), "title": None},
            "x": {
                "field": "region",
                "type": "nominal",
                "sort": None,
                "title": None,
                "axis": {"orient": "top", "labelAngle": 0, "labelLimit": 170, "domain": False},
            },
        },
        "layer": [
            {
                "mark": {"type": "rect"},
                "encoding": {
                    "color": {
                        **share,
                        "legend": None,
                        "scale": {
                            "range": ["#262b36", "#8f83f0"] if dark else ["#f4f3fa", "#4b3f9e"],
                            "domainMin": 0,
                        },
                    },
                    "tooltip": [
                        {"field": "domain", "type": "nominal", "title": "JRC domain"},
                        {"field": "region", "type": "nominal", "title": "Region"},
                        share,
                    ],
                },
            },
            {
                "mark": {"type": "text"},
                "encoding": {
                    "text": share,
                    "color": {
                        "condition": {
                            "test": f"datum.share {'<' if dark else '>'} {turn:.4f}",
                            "value": "#ffffff",
                        },
                        "value": "#14171f",
                    },
                },
            },
        ],
    }


def parallel(frame: pd.DataFrame, names: Mapping[str, str], *, dark: bool = False) -> Spec:
    """NIST CSF functions of several regions as parallel coordinates.

    Parameters
    ----------
    frame : DataFrame of float
        Shares from 0 to 1; rows by function code, columns by region id.
    names : mapping of str to str
        Name of each region.
    """
    regions: Sequence[str] = [str(column) for column in frame.columns]
    values = [
        {
            "function": FUNCTIONS.label(str(code)),
            "region": names[str(region)],
            "share": round(float(value), 4),
        }
        for code, row in frame.iterrows()
        for region, value in row.items()
        if not pd.isna(value)
    ]
    domain = [names[region] for region in regions]
    legend = {"orient": "top", "labelLimit": 220, "symbolType": "stroke", "symbolSize": 300}
    return {
        "data": {"values": values},
        "height": 240,
        "mark": {"type": "line", "point": {"filled": True, "size": 60}, "strokeWidth": 2.5},
        "encoding": {
            "x": {
                "field": "function",
                "type": "ordinal",
                "sort": None,
                "title": None,
                "axis": {"labelAngle": 0},
            },
            "y": {
                "field": "share",
                "type": "quantitative",
                "scale": {"domain": [0, 1]},
                "axis": {"format": ".0%", "tickCount": 5},
                "title": "Share of the organisations",
            },
            "color": {
                "field": "region",
                "type": "nominal",
                "title": None,
                "scale": {"domain": domain, "range": list(SERIES[: len(domain)])},
                "legend": legend,
            },
            "strokeDash": {
                "field": "region",
                "type": "nominal",
                "title": None,
                "scale": {"domain": domain, "range": list(_DASHES[: len(domain)])},
                "legend": legend,
            },
            "tooltip": [
                {"field": "region", "type": "nominal", "title": "Region"},
                {"field": "function", "type": "nominal", "title": "Function"},
                {"field": "share", "type": "quantitative", "title": "Share", "format": ".0%"},
            ],
        },
    }


def choropleth(outlines: gpd.GeoDataFrame, legend: Sequence[tuple[str, str]], title: str) -> Spec:
    """A map of coloured regions with its legend, for a picture file.

    Parameters
    ----------
    outlines : GeoDataFrame
        ``region_id``, ``colour`` and geometry in EPSG:4326; drawn in EPSG:3035's projection
        (Lambert azimuthal equal area around 52 N 10 E) and clipped to Europe.
    legend : sequence of tuple of str
        Colour and text of each class.
    title : str
        Written above the map.
    """
    clipped = outlines.clip(shapely.box(-25, 34, 45, 72))
    # Vega wants exterior rings clockwise on the sphere, other than RFC 7946.
    geometry = shapely.orient_polygons(clipped.geometry.to_numpy(), exterior_cw=True)
    features = [
        {"type": "Feature", "properties": {"colour": colour}, "geometry": json.loads(text)}
        for colour, text in zip(clipped["colour"], shapely.to_geojson(geometry), strict=True)
    ]
    entries = [
        {"colour": colour, "text": text, "row": i} for i, (colour, text) in enumerate(legend)
    ]
    return {
        "title": {"text": title, "anchor": "start"},
        "hconcat": [
            {
                "width": 620,
                "height": 620,
                "data": {"values": features},
                "projection": {"type": "azimuthalEqualArea", "rotate": [-10, -52, 0]},
                "mark": {"type": "geoshape", "stroke": "#ffffff", "strokeWidth": 0.4},
                "encoding": {
                    "color": {"field": "properties.colour", "type": "nominal", "scale": None}
                },
            },
            {
                "width": 20,
                "height": 24 * len(entries),
                "data": {"values": entries},
                "mark": {"type": "square", "size": 260, "opacity": 1},
                "encoding": {
                    "y": {
                        "field": "text",
                        "type": "nominal",
                        "sort": None,
                        "title": None,
                        "axis": {
                            "orient": "right",
                            "domain": False,
                            "ticks": False,
                            "labelFontSize": 12,
                            "labelLimit": 260,
                        },
                    },
                    "color": {"field": "colour", "type": "nominal", "scale": None},
                },
            },
        ],
        "config": {"view": {"stroke": None}},
    }


def _rows(field: str) -> Spec:
    return {
        "field": field,
        "type": "nominal",
        "sort": None,
        "title": None,
        "axis": {"labelLimit": 250, "labelOverlap": False, "ticks": False, "domain": False},
    }
