"""Choropleth classes: which colour a region gets for a measure, and what the legend says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from ecosystem.common import wording
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import DOMAINS
from ecosystem.finding import made_in_europe
from ecosystem.finding.filters import Filter
from ecosystem.regional import coverage, measures, uncertainty
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
FEW = ("#b7cbc6", "#40595a")
_BY_NAME = "They are in the order of their names."
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
        ``text`` (the value in words, with its interval if it has one), ``colour``, ``small``
        (too few organisations to say much), ``is_collected``, and what others count, in words:
        ``elsewhere`` and ``coverage``, empty where nobody counted. A region that was not
        collected, one without an organisation under the filter, one with too few and one
        without a figure have colours of their own, outside the classes.
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


@made_in_europe.depends_on_today
def shade(
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
        A key of :func:`ecosystem.regional.measures.catalogue`, or :data:`REPRESENTATION`.
    domain : str
        The JRC domain of a representation quotient.
    dark : bool
        Whether the map is drawn on a dark ground.
    """
    counts = region_counts(database, filter_, level)
    table = measures.table(database, filter_, level)
    if measure == REPRESENTATION:
        label = f"Representation of {DOMAINS.label(domain)}"
        method, needs, say = (
            REPRESENTATION_METHOD,
            SMALL_N,
            partial(wording.number, digits=2, gap=wording.DASH),
        )
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
        unranked = _why_unranked(chosen, verdict)
        values = table[measure].astype("float64")
    regions = pd.DataFrame(
        {
            "name": table["name"],
            "country": table["country"],
            "n": counts.n,
            "is_collected": table["is_collected"],
            "value": values,
            "text": _texts(database, filter_, measure, values)
            if measure in measures.ALL_MEASURES
            else [say(value) for value in values],
            "small": counts.n < needs,
        }
    )
    counted = coverage.spans(database, list(counts.regions)).reindex(regions.index)
    regions["elsewhere"] = counted["elsewhere"].fillna("")
    regions["coverage"] = counted["share"].fillna("")
    regions["colour"], legend = _colours(regions, needs, say, dark)
    years = table["population_year"].dropna() if measure == "per-million" else pd.Series(dtype=int)
    span = f" Years: {years.min()} to {years.max()}." if years.nunique() > 1 else ""
    return Shaded(
        regions=regions,
        label=label,
        legend=legend,
        method=f"{method}{span} Each class of the values has about as many regions (quantiles).",
        years=sorted({int(year) for year in years}),
        ranked=not unranked,
        unranked=f"{unranked} {_BY_NAME}" if unranked else "",
    )


def _why_unranked(measure: measures.Measure, verdict: coverage.Verdict) -> str:
    if measure.is_estimate:
        return measures.ESTIMATE
    if measure.depends_on_coverage and not verdict.comparable:
        return coverage.UNRANKED
    return ""


def _texts(database: Database, filter_: Filter, measure: str, values: pd.Series) -> list[str]:
    """Values in words, with the intervals that they have."""
    if measure not in uncertainty.MEASURES:
        return [measures.in_words(measure, value) for value in values]
    known = [str(id_) for id_ in values.dropna().index]
    found = uncertainty.intervals_of(database, filter_, known, measure).reindex(values.index)
    return [
        measures.with_interval(measure, value, low, high)
        for value, low, high in zip(values, found["low"], found["high"], strict=True)
    ]


def quantile_classes(
    values: npt.NDArray[np.float64], k: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]:
    """Classes with about as many values each, as ``mapclassify.Quantiles`` makes them.

    A bound is interpolated linearly between the two nearest ranks (definition 7 of R. J. Hyndman
    and Y. Fan, "Sample quantiles in statistical packages", The American Statistician 50, 1996).

    Parameters
    ----------
    values : array of float, shape (n,)
        At least one; none missing.
    k : int
        How many classes at most; with many ties there are fewer.

    Returns
    -------
    bounds : array of float, shape (at most k,)
        The highest value that each class may have, lowest first.
    class_of : array of int, shape (n,)
        Number of each value's class, from 0.
    """
    # Percent, and the weights below as they are: numpy's own quantiles differ in the last bit,
    # which puts a value that is a bound itself into another class.
    step = 100 / k
    percent = np.minimum(np.arange(step, 100 + step, step), 100.0)
    ordered, rank = np.sort(values), percent / 100 * (len(values) - 1)
    below = np.floor(rank).astype(np.intp)
    above = np.minimum(below + 1, len(values) - 1)
    bounds = np.unique(ordered[below] * (below + 1 - rank) + ordered[above] * (rank - below))
    return bounds, np.searchsorted(bounds, values)


def _colours(
    regions: pd.DataFrame, needs: int, say: Callable[[float], str], dark: bool
) -> tuple[pd.Series, list[tuple[str, str]]]:
    n, value = regions["n"].to_numpy(), regions["value"].to_numpy()
    unknown = ~regions["is_collected"].to_numpy()
    is_none = (n == 0) & ~unknown
    is_gap = np.isnan(value) & (n > 0)
    # One of two is twice the share of a quarter: the darkest colour would be chance.
    is_few = regions["small"].to_numpy() & (n > 0) & ~is_gap
    in_classes = np.where((n > 0) & ~is_few, value, np.nan)
    colours, legend = _classes(in_classes, say, _STEPS[::-1] if dark else _STEPS)
    for of_them, colour, text in (
        (is_few, FEW, f"Fewer than {needs} organisations"),
        (is_none, NONE, "None in the register"),
        (unknown, NOT_COLLECTED, "Not collected"),
        (is_gap, NO_DATA, "No figure"),
    ):
        colours[of_them] = colour[dark]
        if of_them.any():
            legend.append((colour[dark], text))
    return pd.Series(colours, regions.index), legend


def _classes(
    values: npt.NDArray[np.float64], say: Callable[[float], str], steps: tuple[str, ...]
) -> tuple[npt.NDArray[np.object_], list[tuple[str, str]]]:
    """Colours and legend of the quantile classes of the values that there are."""
    colours = np.full(len(values), "", dtype=object)
    known = values[~np.isnan(values)]
    if not len(known):
        return colours, []
    bounds, class_of = quantile_classes(known, min(len(steps), len(np.unique(known))))
    colours[~np.isnan(values)] = np.array(steps, dtype=object)[class_of]
    low, legend = float(known.min()), []
    for step, high in zip(steps, bounds, strict=False):
        text = say(low) if low == high else f"{say(low)} to {say(float(high))}"
        legend.append((step, text))
        above = known[known > high]
        low = float(above.min()) if len(above) else high
    return colours, legend
