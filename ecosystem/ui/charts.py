"""Charts as Vega-Lite specifications: plain data, made from a frame that is also a table.

Written as dictionaries and not with Altair, whose validation takes longer than the rest of a
rerun together.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

Spec = dict[str, Any]

_BAR = {False: "#4b3f9e", True: "#8f83f0"}
_INK = {False: "#14171f", True: "#eef0f6"}


def bars(counts: pd.Series, labels: dict[str, str], *, dark: bool) -> Spec:
    """Horizontal bars with their numbers, in the order of the series.

    Parameters
    ----------
    counts : Series of int
        Indexed by code.
    labels : dict
        Label of each code.
    dark : bool
        Whether the visitor uses the dark theme.
    """
    values = [
        {"label": labels.get(str(code), str(code)), "organisations": int(n)}
        for code, n in counts.items()
    ]
    y = {
        "field": "label",
        "type": "nominal",
        "sort": None,
        "title": None,
        "axis": {"labelLimit": 240, "labelOverlap": False, "ticks": False, "domain": False},
    }
    x = {"field": "organisations", "type": "quantitative", "axis": None}
    number = {"field": "organisations", "type": "quantitative", "format": ",", "title": "n"}
    return {
        "data": {"values": values},
        "height": 22 * len(values),
        "encoding": {"y": y, "x": x},
        "layer": [
            {
                "mark": {"type": "bar", "color": _BAR[dark], "height": 14},
                "encoding": {
                    "tooltip": [{"field": "label", "type": "nominal", "title": "Domain"}, number]
                },
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 4, "color": _INK[dark]},
                "encoding": {"text": number},
            },
        ],
    }
