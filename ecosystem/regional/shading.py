"""Choropleth classes: which colour a region gets for a measure, and what the legend says."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pandas as pd

from ecosystem.common import late
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import DOMAINS
from ecosystem.finding.filters import Filter
from ecosystem.regional import coverage, measures
from ecosystem.regional.profiles import quotients_of
from ecosystem.regional.region_counts import region_counts
from ecosystem.regional.statistics.counts import SMALL_N

# Five steps of one hue (ColorBrewer "Purples"); darker is more in the light theme, and the
# other way round in the dark one.
_STEPS = ("#dadaeb", "#bcbddc", "#9e9ac8", "#756bb1", "#54278f")
# Light and dark theme. No organisation is a number, no figure is none: they look different.
NONE = ("#f1eee6", "#262b36")
NO_DATA = ("#b9b5aa", "#5a5f6b")
NOT_COLLECTED = ("#d9d6cf", "#343a46")
_UNRANKED = (
    "No ranking: the number depends on how completely a region was collected, which is known for "
    "few regions and differs. They are in the order of their names."
)
# Measure of how much a region works on one JRC domain, compared with the whole register.
REPRESENTATION = "representation"
REPRESENTATION_METHOD = (
    "Representation quotient: share of the region's organisations that work on the domain, "
    "divided by the share in the whole register (a location quotient with the register, not an "
    "economy, as its denominator). 1 is as in the register."
)


@dataclass(frozen=True, eq=False)
class Shaded:
    """Regions of a level with a measure and its colours.

    Attributes
    ----------
    regions : DataFrame
        Indexed by region id: ``name, country, n, value`` (missing where there is none),
        ``text`` (the value in words), ``colour``, ``small`` (too few organisations to say
        much), ``is_collected``. A region that was not collected, one without an organisation
        under the filter and one without a figure have colours of their own, outside the
        classes.
    label : str
        Name of the measure.
    legend : list of tuple of str
        Colour and text of each class, lowest first.
    method : str
        How measure and classes are made, with the source.
    years : list of int
        Years of the population figures that the values use; empty if they use none.
    ranked : bool
        Whether the regions may be ranked by it; else they are in the order of their names.
    unranked : str
        Why not; empty if they may.
    """

    regions: pd.DataFrame
    label: str
    legend: list[tuple[str, str]]
    method: str
    years: list[int]
    ranked: bool
    unranked: str


def shaded(
    database: Database,
    filter_: Filter,
    level: str,
    measure: str,
    *,
    domain: str = "",
    dark: bool = False,
) -> Shaded:
    """A measure of all regions of a level, with the colour of each.

    Parameters
    ----------
    level : str
        A key of :data:`ecosystem.tables.regions.LEVELS`.
    measure : str
        A key of :func:`ecosystem.regional.measures.offered`, or :data:`REPRESENTATION`.
    domain : str
        The JRC domain of a representation quotient.
    dark : bool
        Whether the map is drawn on a dark ground.
    """
    counts = region_counts(database, filter_, level)
    table = measures.table(database, filter_, level, of=counts)
    if measure == REPRESENTATION:
        label = f"Representation of {DOMAINS.label(domain)}"
        method, needs, say = REPRESENTATION_METHOD, SMALL_N, _two_digits
        unranked = (
            "No ranking: most differences between quotients are no larger than chance makes them."
        )
        values = quotients_of(database, filter_, counts)["lq"].xs(domain, level="code")
    else:
        chosen = measures.ALL_MEASURES[measure]
        label, method, needs = chosen.label, chosen.method, chosen.needs
        say = partial(measures.in_words, measure)
        having = [str(id_) for id_ in counts.n.index[counts.n > 0]]
        verdict = coverage.comparable(database, having)
        unranked = _UNRANKED if chosen.depends_on_coverage and not verdict.comparable else ""
        values = table[measure].astype("float64")
    regions = pd.DataFrame(
        {
            "name": table["name"],
            "country": table["country"],
            "n": counts.n,
            "is_collected": table["is_collected"],
            "value": values,
            "text": [say(value) for value in values],
            "small": counts.n < needs,
        }
    )
    regions["colour"], legend = _colours(regions, say, dark)
    years = table["population_year"].dropna() if measure == "per-million" else pd.Series(dtype=int)
    span = f" Years: {years.min()} to {years.max()}." if years.nunique() > 1 else ""
    return Shaded(
        regions=regions,
        label=label,
        legend=legend,
        method=f"{method}{span} Each colour has about as many of the regions with an "
        "organisation (quantiles).",
        years=sorted({int(year) for year in years}),
        ranked=not unranked,
        unranked=unranked,
    )


def _two_digits(value: float) -> str:
    return "–" if pd.isna(value) else f"{value:.2f}"


def _colours(
    regions: pd.DataFrame, say: Callable[[float], str], dark: bool
) -> tuple[pd.Series, list[tuple[str, str]]]:
    unknown = ~regions["is_collected"]
    is_none = (regions["n"] == 0) & ~unknown
    is_gap = regions["value"].isna() & (regions["n"] > 0)
    colours, legend = _classes(
        regions["value"].where(regions["n"] > 0), say, _STEPS[::-1] if dark else _STEPS
    )
    colours[is_none] = NONE[dark]
    if is_none.any():
        legend.append((NONE[dark], "None in the register"))
    if unknown.any():
        colours[unknown] = NOT_COLLECTED[dark]
        legend.append((NOT_COLLECTED[dark], "Not collected"))
    if is_gap.any():
        colours[is_gap] = NO_DATA[dark]
        legend.append((NO_DATA[dark], "No figure"))
    return colours, legend


def _classes(
    values: pd.Series, say: Callable[[float], str], steps: tuple[str, ...]
) -> tuple[pd.Series, list[tuple[str, str]]]:
    """Quantile classes (mapclassify) of the values that there are."""
    known = values.dropna()
    colours = pd.Series("", index=values.index)
    if known.empty:
        return colours, []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # with many ties it makes fewer classes, and says so
        classes = late.load("mapclassify").Quantiles(
            known.to_numpy(), k=min(len(steps), known.nunique())
        )
    colours.update(pd.Series([steps[i] for i in classes.yb], index=known.index))
    low, legend = float(known.min()), []
    for i, high in enumerate(classes.bins):
        text = say(low) if low == high else f"{say(low)} to {say(float(high))}"
        legend.append((steps[i], text))
        above = known[known > high]
        low = float(above.min()) if len(above) else high
    return colours, legend
