"""Bars that need no chart library: a list with lengths, for what is above the fold."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import pandas as pd


def plain_bars(counts: pd.Series, labels: Mapping[str, str]) -> str:
    """A list of labelled bars as HTML, in the order of the series.

    The browser needs no script for it, so a page shows it at once; a screen reader reads each
    row as label and number. ``site.css`` draws the bars.

    Parameters
    ----------
    counts : Series of int
        Indexed by code; the longest bar is the largest number.
    labels : mapping of str to str
        Label of each code.

    Returns
    -------
    str
        HTML in which every text is escaped.
    """
    longest = max(counts.max(), 1) if len(counts) else 1
    rows = "".join(
        f"<li><span>{escape(labels.get(str(code), str(code)))}</span>"
        f'<i style="width:{100 * n / longest:.1f}%"></i><b>{n:,}</b></li>'
        for code, n in counts.items()
    )
    return f'<ul class="cv-bars">{rows}</ul>'
