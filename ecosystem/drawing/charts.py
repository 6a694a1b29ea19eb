"""Charts as Vega-Lite specifications: plain data, made from a frame that is also a table.

Written as dictionaries and not with Altair, whose validation takes longer than the rest of a
rerun together. The same specification is drawn by the browser on a page and turned into a
picture by :mod:`ecosystem.drawing.pictures`.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from ecosystem.common import wording
from ecosystem.common.colours import ACCENT
from ecosystem.common.vocabulary import DOMAINS, FUNCTIONS

Spec = dict[str, Any]

INK = {False: "#14171f", True: "#eef0f6"}
# For what says little: too few organisations, or an interval that holds 1.
FAINT = {False: "#8d8aa3", True: "#8b90a3"}
# Regions compared: Okabe and Ito's palette again, with dash patterns as the second channel.
SERIES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3])
# Pixels; a chart's height on a page includes its axis.
_ROW = 22
_AXIS = 44
_HEAT_ROW = 28
# Room for the number behind the longest bar, which the scale doesn't count.
_NUMBER = {"left": 5, "top": 5, "right": 36, "bottom": 5}
# Characters of a line of a row's label and, by how many columns there are, of a column's head.
_LABEL = 22
_HEADS = {1: 24, 2: 18, 3: 12, 4: 9}
_HEAD_LINES = 4
_LONGEST_WORD = 13
# Invisible, so that tooltips and tables show the text without it.
_BREAK = "\u200b"
_LINES = f"split(datum.value, regexp(' ?{_BREAK}'))"
_LINE = 12
# Vega puts the first line, not the middle of all, beside its row.
_UP = {
    "condition": {"test": f"indexof(datum.value, '{_BREAK}') >= 0", "value": -_LINE // 2},
    "value": 0,
}


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
        "padding": _NUMBER,
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
        Indexed by domain code: ``count, n, lq, low, high, clear``, as
        :func:`ecosystem.regional.statistics.specialisation.location_quotient` gives them. Domains
        without a quotient are left out; only a ``clear`` strength has a colour.
    """
    known = frame.dropna(subset=["lq"]).sort_values("lq", ascending=False)
    values = [
        {
            "label": DOMAINS.label(str(code)),
            "lq": round(row["lq"], 3),
            "low": round(row["low"], 3),
            "high": round(row["high"], 3),
            "n": f"{row['count']:.0f} of {row['n']:.0f}",
            "clear": bool(row["clear"]),
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
        # The title is longer than the axis on a phone, and has room on its left only.
        "axis": {"titleAnchor": "end"},
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


def founding(frame: pd.DataFrame, *, dark: bool = False) -> Spec:
    """Organisations of the register by founding year, cumulative, as steps.

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


def heat(
    frame: pd.DataFrame, names: Mapping[str, str], *, dark: bool = False, wide: bool = False
) -> Spec:
    """Domains by region as a heat map of shares, with the shares written in the cells.

    Parameters
    ----------
    frame : DataFrame of float
        Shares from 0 to 1; rows by domain code, columns by region id.
    names : mapping of str to str
        Name of each region.
    dark : bool
        Whether it is drawn on a dark ground.
    wide : bool
        Whether there surely is room for the domains' names in one line.
    """
    heads = _heads({str(region): names[str(region)] for region in frame})
    labels = [DOMAINS.label(str(code)) for code in frame.index]
    if not wide:
        labels = [_wrap(label, _LABEL) for label in labels]
    values = [
        {"domain": label, "region": heads[str(region)], **_share(value)}
        for label, row in zip(labels, frame.to_dict("records"), strict=True)
        for region, value in row.items()
    ]
    share = {"field": "share", "type": "quantitative"}
    strongest = float(frame.max().max()) if frame.notna().any().any() else 1.0
    # Where white and the dark ink stand out equally from the colour (WCAG contrast, 4.2 to 1).
    turn = strongest * (0.8 if dark else 0.7)
    return {
        "data": {"values": values},
        "height": _HEAT_ROW * len(frame) + _AXIS,
        "encoding": {
            "y": _rows("domain", labelExpr=_LINES, labelOffset=_UP),
            "x": {
                "field": "region",
                "type": "nominal",
                "sort": list(heads.values()),
                "title": None,
                "axis": {
                    "orient": "top",
                    "labelAngle": 0,
                    "labelFontSize": 10,
                    "labelLimit": 170,
                    "domain": False,
                    "ticks": False,
                    # The first lines are level; the others need room below.
                    "labelPadding": 5 + _LINE * max(head.count(_BREAK) for head in heads.values()),
                    "labelExpr": _LINES,
                    "labelOverlap": False,
                    "labelFlush": False,
                },
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
                            "range": ["#262b36" if dark else "#f4f3fa", ACCENT[dark]],
                            "domainMin": 0,
                        },
                    },
                    "tooltip": [
                        {"field": "domain", "type": "nominal", "title": "JRC domain"},
                        {"field": "region", "type": "nominal", "title": "Region"},
                        {"field": "text", "type": "nominal", "title": "Share"},
                    ],
                },
            },
            {
                "mark": {"type": "text"},
                "encoding": {
                    "text": {"field": "text", "type": "nominal"},
                    "color": {
                        "condition": {
                            "test": f"datum.share {'<' if dark else '>'} {turn:.4f}",
                            "value": "#ffffff",
                        },
                        "value": INK[False],
                    },
                },
            },
        ],
    }


def _share(value: float) -> Spec:
    """A share and its words; a gap is a dash, and no colour."""
    if pd.isna(value):
        return {"share": None, "text": wording.DASH}
    return {"share": round(float(value), 4), "text": f"{value:.0%}"}


def _heads(names: Mapping[str, str]) -> dict[str, str]:
    """Names as heads of columns; the ids if shortening makes two of them alike."""
    width = _HEADS[min(len(names), max(_HEADS))]
    heads = {region: _wrap(name, width) for region, name in names.items()}
    if len(set(heads.values())) < len(heads):
        return {region: _wrap(region, width) for region in names}
    return heads


def _wrap(text: str, width: int) -> str:
    """Text with invisible marks where a line ends, shortened if it has too many lines."""
    # A word that is a little longer than the line is better whole.
    longest = max(len(word) for word in text.replace("-", "- ").split(" "))
    width = max(width, min(longest, _LONGEST_WORD))
    lines = textwrap.wrap(text, width, max_lines=_HEAD_LINES, placeholder="…")
    return "".join(
        line + ("" if line.endswith("-") else " ") + _BREAK for line in lines[:-1]
    ) + "".join(lines[-1:])


def parallel(frame: pd.DataFrame, names: Mapping[str, str], *, across: int = 1) -> Spec:
    """NIST CSF functions of several regions as parallel coordinates.

    Parameters
    ----------
    frame : DataFrame of float
        Shares from 0 to 1; rows by function code, columns by region id.
    names : mapping of str to str
        Name of each region.
    across : int
        Entries of the legend in a row; one, if the chart may be narrow.
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
    legend = {
        "orient": "top",
        "columns": across,
        "labelLimit": 220,
        "symbolType": "stroke",
        "symbolSize": 300,
    }
    return {
        "data": {"values": values},
        "height": 240 + _ROW * (len(regions) // across),
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


def timeline(
    rows: Sequence[Mapping[str, str]], kinds: Sequence[str], *, dark: bool = False
) -> Spec:
    """What happened when, a line for each kind: a dot where the day is known, else a bar.

    Parameters
    ----------
    rows : sequence of mapping
        ``name``, ``kind`` (a label), ``where``, ``when`` (in words), ``first`` and ``last``
        (ISO 8601 days) and ``day``: ``"yes"`` where both are known to the day.
    kinds : sequence of str
        Labels, from top to bottom.
    dark : bool
        Whether it is drawn on a dark ground.
    """
    tooltip = [
        {"field": field, "type": "nominal", "title": title}
        for field, title in (("name", "Event"), ("when", "When"), ("where", "Where"))
    ]
    start = {"field": "first", "type": "temporal", "title": None, "axis": {"grid": True}}
    return {
        "data": {"values": list(rows)},
        "height": max(2 * _ROW * len(kinds), 100),
        "encoding": {
            "y": {**_rows("kind"), "scale": {"domain": list(kinds)}},
            "x": start,
            "tooltip": tooltip,
        },
        "layer": [
            {
                "transform": [{"filter": "datum.day != 'yes'"}],
                "mark": {"type": "bar", "color": ACCENT[dark], "opacity": 0.3, "height": 10},
                "encoding": {"x2": {"field": "last"}},
            },
            {
                "transform": [{"filter": "datum.day == 'yes'"}],
                "mark": {"type": "point", "filled": True, "size": 70, "opacity": 0.75,
                         "color": ACCENT[dark]},
            },
        ],
    }  # fmt: skip


def _rows(field: str, **axis: Any) -> Spec:
    return {
        "field": field,
        "type": "nominal",
        "sort": None,
        "title": None,
        "axis": {
            "labelLimit": 250,
            "labelOverlap": False,
            "labelFlush": False,
            "ticks": False,
            "domain": False,
            **axis,
        },
    }
