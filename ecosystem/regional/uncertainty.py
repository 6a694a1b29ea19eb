"""How far the measures of regions may be off for being made from few organisations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ecosystem.common import late
from ecosystem.common.store import Database
from ecosystem.finding.filters import Filter
from ecosystem.regional import region_counts
from ecosystem.regional.statistics import diversity
from ecosystem.regional.statistics.counts import SMALL_N, count_confirmed
from ecosystem.regional.statistics.specialisation import CONFIDENCE, wilson_interval
from ecosystem.tables import regions

# Measures that have an interval, in the order of :func:`intervals`.
MEASURES = ("effective-domains", "concentration", "median-founded", "evidence-share")


def intervals(database: Database, filter_: Filter, region_ids: Sequence[str]) -> pd.DataFrame:
    """95 % intervals of the measures that are made from a sample, for regions of any levels.

    Diversity and concentration by a bootstrap
    (:func:`ecosystem.regional.statistics.diversity.intervals`), the median founding year by order
    statistics (:func:`median_interval`), shares by Wilson's interval.

    Returns
    -------
    DataFrame
        Indexed by (``region``, ``measure``): ``low``, ``high``, ``of`` (organisations that it
        rests on); missing where there is no value or too few for an interval.
    """
    counts = region_counts.counts_of(database, filter_, region_ids)
    mix = diversity.intervals(counts.domains, counts.n)
    low, high = wilson_interval(count_confirmed(counts.evidence), counts.n)
    years = region_counts.known_years(database, filter_, region_ids)
    rows = []
    for i, (id_, of_mix, n) in enumerate(
        zip(region_ids, mix.to_numpy().tolist(), counts.n.tolist(), strict=True)
    ):
        own = years[id_].tolist()
        effective, herfindahl = of_mix[:2], of_mix[2:]
        rows += [
            (*effective, n),
            (*herfindahl, n),
            (*median_interval(own), len(own)),
            (low[i], high[i], n),
        ]
    index = pd.MultiIndex.from_product([region_ids, MEASURES], names=["region", "measure"])
    return pd.DataFrame(rows, index, ["low", "high", "of"])


def intervals_of(
    database: Database, filter_: Filter, region_ids: Sequence[str], measure: str
) -> pd.DataFrame:
    """Intervals of one measure, as :func:`intervals` gives them; none if it has no interval.

    Returns
    -------
    DataFrame
        Indexed by region: ``low``, ``high``, ``of``.
    """
    if measure not in MEASURES or not region_ids:
        return pd.DataFrame({"low": [], "high": [], "of": []})
    found = intervals(database, filter_, region_ids)
    return found[found.index.get_level_values("measure") == measure].droplevel("measure")


def median_interval(values: Sequence[float]) -> tuple[float, float]:
    """95 % interval of a median, whatever the values are distributed like.

    The k-th smallest and the k-th largest value, k the largest with
    ``2 * P(X < k) <= 0.05`` for X binomial over the values with p = 1/2.

    Returns
    -------
    tuple of float
        Both NaN for fewer than six values: no two of them enclose the median surely enough.

    References
    ----------
    Conover, W. J. (1999). Practical nonparametric statistics, 3rd edition, section 3.2. Wiley.

    Examples
    --------
    >>> median_interval([2001, 2003, 2004, 2010, 2015, 2020])
    (2001.0, 2020.0)
    >>> median_interval([2001, 2003])
    (nan, nan)
    """
    ordered, n = sorted(values), len(values)
    k = int(late.load("scipy.stats").binom.ppf((1 - CONFIDENCE) / 2, n, 0.5)) if n else 0
    if k < 1:
        return math.nan, math.nan
    return float(ordered[k - 1]), float(ordered[n - k])


@dataclass(frozen=True, eq=False)
class Diversities:
    """How varied regions are, compared at equal sample size.

    Attributes
    ----------
    size : int
        Organisations of the samples: those of the smallest region; 0 if it has too few.
    values : Series of float
        Effective number of domains at that size, by region; empty if `size` is 0.
    most : str
        Id of the region that is clearly more varied than all others; empty if none is.
    sentence : str
        What that means, for people.
    """

    size: int
    values: pd.Series
    most: str
    sentence: str


def diversities(database: Database, filter_: Filter, region_ids: Sequence[str]) -> Diversities:
    """Effective numbers of domains of regions at the size of the smallest, or not at all.

    One region is clearly more varied only if its interval, drawn round the value at the common
    size, lies above all others'. Fewer than two regions are no comparison and have no sentence.
    """
    if len(region_ids) < 2:
        return Diversities(0, pd.Series(dtype="float64"), "", "")
    counts = region_counts.counts_of(database, filter_, region_ids)
    size = int(counts.n.min())
    if size < SMALL_N:
        return Diversities(
            0,
            pd.Series(dtype="float64"),
            "",
            f"How varied the regions are is not compared: one has fewer than {SMALL_N} "
            "organisations.",
        )
    values = diversity.effective_number_at(counts.domains, counts.n, size)
    # The margin of a sample as small as the smallest, which is wider than a large region's own.
    scaled = (counts.domains.mul(size / counts.n, axis=0)).round().astype("int64")
    equal = pd.Series(size, index=counts.n.index, name="n")
    ends = diversity.intervals(scaled, equal)
    margin = (ends["effective_high"] - ends["effective_low"]) / 2
    low, high = values - margin, values + margin
    first = str(values.idxmax())
    clear = all(low[first] > high[id_] for id_ in region_ids if id_ != first)
    names = regions.names_in_text(database)
    told = (
        f"At the same number of organisations ({size} each), {names[first]} is the most varied: "
        f"as if in {values[first]:.1f} equally frequent domains."
        if clear
        else f"At the same number of organisations ({size} each) the regions are not clearly "
        f"different in how varied they are: {values.min():.1f} to {values.max():.1f} domains."
    )
    return Diversities(size, values, first if clear else "", told)
