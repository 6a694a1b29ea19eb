"""Choropleth classes: which colour a region gets for a measure, and what the legend says."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import pandas as pd

from ecosystem import regions
from ecosystem.filters import Filter
from ecosystem.store import Database

# Five steps of one hue (ColorBrewer "Purples"); darker is more in the light theme, and the
# other way round in the dark one.
_STEPS = ("#dadaeb", "#bcbddc", "#9e9ac8", "#756bb1", "#54278f")
NONE = ("#f1eee6", "#262b36")
NO_DATA = ("#b9b5aa", "#5a5f6b")


@dataclass(frozen=True)
class Shaded:
    """Regions with their colours.

    Attributes
    ----------
    regions : DataFrame
        ``region_id, n, text, colour``. A region without an organisation and one without a
        figure have colours of their own, outside the classes.
    legend : list of tuple of str
        Colour and text of each class, lowest first.
    note : str
        Method and source, to be shown under the map.
    """

    regions: pd.DataFrame
    legend: list[tuple[str, str]]
    note: str


def shaded(
    database: Database, filter_: Filter, level: str, measure: str, dark: bool = False
) -> Shaded:
    """Colours of a level's regions by number of organisations or by number per million.

    Parameters
    ----------
    level : str
        A key of :data:`ecosystem.regions.LEVELS`.
    measure : str
        ``"count"`` or ``"per-million"`` (organisations per million inhabitants).
    dark : bool
        Whether the map is drawn on a dark ground.
    """
    counts = regions.organisation_counts(database, filter_, level)
    if measure == "count":
        values = counts.astype(float)
        note = "Quantile classes of the regions that have an organisation."
        texts = [f"{n:,} organisation{'' if n == 1 else 's'}" for n in counts]
        digits = 0
    else:
        people = regions.population(database, level).reindex(counts.index)
        values = regions.per_million(counts, people["inhabitants"])
        years = people["year"].dropna()
        span = f"{years.min()} to {years.max()}" if len(years) else "no year"
        note = (
            "Quantile classes. Population: Eurostat, demo_r_d2jan, latest year of each region "
            f"({span}); grey without a figure."
        )
        texts = [
            "no population figure" if pd.isna(v) else f"{v:.1f} per million inhabitants ({n:,})"
            for v, n in zip(values, counts, strict=True)
        ]
        digits = 1
    colours, legend = _classes(values.where(counts > 0), digits, dark)
    colours[counts == 0] = NONE[dark]
    legend.append((NONE[dark], "No organisation"))
    if values.isna().any():
        colours[values.isna()] = NO_DATA[dark]
        legend.append((NO_DATA[dark], "No population figure"))
    frame = pd.DataFrame(
        {
            "region_id": counts.index,
            "n": counts.to_numpy(),
            "text": texts,
            "colour": colours.to_numpy(),
        }
    )
    return Shaded(frame, legend, note)


def _classes(values: pd.Series, digits: int, dark: bool) -> tuple[pd.Series, list[tuple[str, str]]]:
    """Quantile classes (mapclassify) of the values that there are."""
    known = values.dropna()
    steps = tuple(reversed(_STEPS)) if dark else _STEPS
    colours = pd.Series("", index=values.index)
    if known.empty:
        return colours, []
    # mapclassify brings scipy and scikit-learn along: not before it is needed.
    from mapclassify import Quantiles

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # with many ties it makes fewer classes, and says so
        classes = Quantiles(known.to_numpy(), k=min(len(steps), known.nunique()))
    colours.update(pd.Series([steps[i] for i in classes.yb], index=known.index))
    low = float(known.min())
    legend = []
    for i, high in enumerate(classes.bins):
        text = f"{low:,.{digits}f}" if low == high else f"{low:,.{digits}f} to {high:,.{digits}f}"
        legend.append((steps[i], text))
        above = known[known > high]
        low = float(above.min()) if len(above) else high
    return colours, legend
