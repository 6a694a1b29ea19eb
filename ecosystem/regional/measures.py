"""What regions are compared by: every measure with its label, unit, method and source.

To add a measure, add it to :data:`MEASURES` and a column of that name to :func:`table`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ecosystem.common import wording
from ecosystem.common.per_release import per_release_and_level
from ecosystem.common.store import Database
from ecosystem.finding import made_in_europe
from ecosystem.finding.filters import Filter
from ecosystem.finding.per_filter import per_filter
from ecosystem.regional import outside_figures, region_counts
from ecosystem.regional.statistics import completeness, counts, diversity
from ecosystem.tables import organisations, regions


@dataclass(frozen=True)
class Measure:
    """One measure of a region.

    Attributes
    ----------
    code : str
        Column of :func:`table` and value in the address.
    label : str
        What people read.
    unit : str
        Written after the value; empty for plain numbers.
    digits : int
        Decimals to show.
    method : str
        How it is computed, in one or two sentences, with the source of the figures.
    is_share : bool
        Whether the value is a share from 0 to 1, to be shown in per cent.
    needs : int
        With fewer organisations than this the value is shown grey and said to say little.
    has_best : bool
        Whether more is better in a comparison; a founding year or a concentration is neither,
        and page evidence says something of the register, not of the region.
    depends_on_coverage : bool
        Whether the value rises with how completely a region was collected. Then it has a rank,
        a star or a "most" only where :func:`ecosystem.regional.coverage.comparable` allows it:
        counts and what is made of them; roles and functions, since the more are collected the
        more are found; labels, which are collected beside the organisations. Shares within a
        region don't.
    is_estimate : bool
        Whether the value moves with how few organisations it is made from: diversity,
        concentration, a median. Such a value has an interval
        (:func:`ecosystem.regional.uncertainty.intervals`) and neither rank nor star; diversity
        is compared at equal sample size (:func:`ecosystem.regional.uncertainty.diversities`).
    """

    code: str
    label: str
    unit: str
    digits: int
    method: str
    is_share: bool = False
    needs: int = 0
    has_best: bool = True
    depends_on_coverage: bool = False
    is_estimate: bool = False


# Why regions are not ranked by an estimate.
ESTIMATE = "No ranking: the values rest on samples of different size, and most intervals overlap."
_SMALL = counts.SMALL_N

MEASURES: dict[str, Measure] = {
    measure.code: measure
    for measure in (
        Measure(
            "organisations",
            "Organisations",
            "",
            0,
            "Organisations of the register in the region, under the chosen filter. How many there "
            "are in all is another number: see what others count.",
            depends_on_coverage=True,
        ),
        Measure(
            "per-million",
            "Organisations per million inhabitants",
            "",
            1,
            "Organisations divided by inhabitants. Population: Eurostat, table demo_r_d2jan, "
            "latest year that all parts of the region have; no figure, no value.",
            depends_on_coverage=True,
        ),
        Measure(
            "per-1000-km2",
            "Organisations per 1,000 km²",
            "",
            2,
            "Organisations divided by the area of the boundaries, measured in the equal-area "
            "projection EPSG:3035. © EuroGeographics for the administrative boundaries.",
            depends_on_coverage=True,
        ),
        Measure(
            "effective-domains",
            "Effective number of JRC domains",
            "",
            1,
            "How varied the work is: the number of equally frequent domains that would be as "
            "diverse. Hill number of order 1, exp(-Σ p ln p) over the domains' shares p. JRC "
            "domains: the cybersecurity taxonomy of the Joint Research Centre. Source: Hill 1973, "
            "Jost 2006. 95 % interval: bootstrap. Compared in samples of equal size (rarefaction, "
            "Chao et al. 2014), with the whole register, too: what as many of its organisations as "
            "the region has would show.",
            needs=_SMALL,
            has_best=False,
            is_estimate=True,
        ),
        Measure(
            "concentration",
            "Concentration of domains (HHI)",
            "",
            2,
            "How much the work is about a few domains: from 1/15 (all alike) to 1 (one domain "
            "only). Herfindahl-Hirschman index (HHI), Σ p². 95 % interval: bootstrap.",
            needs=_SMALL,
            has_best=False,
            is_estimate=True,
        ),
        Measure(
            "roles",
            "Ecosystem roles present",
            "of 6",
            0,
            "How many of six roles have at least one organisation or known investor: business, "
            "research, training, public sector, support, investment.",
            depends_on_coverage=True,
        ),
        Measure(
            "nist-functions",
            "NIST CSF 1.1 functions covered",
            "of 5",
            0,
            "How many of identify, protect, detect, respond and recover at least one "
            "organisation serves: the functions of the NIST Cybersecurity Framework (CSF), "
            "version 1.1. Version 2.0 adds govern, which the register does not record.",
            depends_on_coverage=True,
        ),
        Measure(
            "median-founded",
            "Median founding year",
            "",
            0,
            "Median over the organisations whose founding year is known. 95 % interval: order "
            "statistics, from six known years on.",
            needs=_SMALL,
            has_best=False,
            is_estimate=True,
        ),
        Measure(
            "evidence-share",
            "Share of organisations confirmed",
            "",
            0,
            "Of the region's organisations in the register, the share that a public page or the "
            "organisation itself confirms; the others rest on general knowledge with their own "
            "website as source. 95 % interval: Wilson.",
            is_share=True,
            needs=_SMALL,
            has_best=False,
        ),
    )
}

# Offered only where the release holds labels: else they would look like a result.
LABEL_MEASURES: dict[str, Measure] = {
    measure.code: measure
    for measure in (
        Measure(
            "labelled",
            "Labelled organisations",
            "",
            0,
            f"Organisations whose label {made_in_europe.NAME} is valid on the day of viewing, as "
            "far as the register records labels.",
            depends_on_coverage=True,
        ),
        Measure(
            "labelled-share",
            "Share of labelled organisations",
            "",
            0,
            "Labelled organisations divided by organisations.",
            is_share=True,
            needs=_SMALL,
            depends_on_coverage=True,
        ),
    )
}
ALL_MEASURES = MEASURES | LABEL_MEASURES


def catalogue(database: Database) -> dict[str, Measure]:
    """The measures that the release has values for, by code."""
    return ALL_MEASURES if made_in_europe.is_any_recorded(database) else MEASURES


@per_filter
@made_in_europe.depends_on_today
def table(database: Database, filter_: Filter, level: str) -> pd.DataFrame:
    """All measures of all regions of a level.

    Parameters
    ----------
    level : str
        A key of :data:`ecosystem.tables.regions.LEVELS`.

    Returns
    -------
    DataFrame
        Indexed by region id: ``name``, ``country``, ``is_collected``, one column a measure that
        is :func:`catalogue` (missing where there is no value, and everywhere in a region that was
        not collected: 0 there would be a guess) and ``population_year``.
    """
    of = region_counts.region_counts(database, filter_, level)
    known = _constants(database, level)
    collected = known["is_collected"].to_numpy()
    roles = completeness.roles_present(of.types, known["investors"])
    of_each: dict[str, pd.Series | npt.NDArray[Any]] = {
        "per-million": counts.per_million(of.n, known["inhabitants"]),
        "per-1000-km2": counts.per_1000_km2(of.n, known["area_km2"]),
        "effective-domains": diversity.effective_number(of.domains),
        "concentration": diversity.herfindahl(of.domains),
        "roles": roles.to_numpy().sum(axis=1),
        "nist-functions": (of.functions.to_numpy() > 0).sum(axis=1),
        "median-founded": of.founded["median"],
        "evidence-share": counts.evidence_share(of.evidence, of.n),
    }
    frame = pd.DataFrame(
        {
            "name": known["name"],
            "country": known["country"],
            "is_collected": known["is_collected"],
            "organisations": pd.arrays.IntegerArray(of.n.to_numpy(copy=True), ~collected),
            **{
                code: values if collected.all() else np.where(collected, values, np.nan)
                for code, values in of_each.items()
            },
            "population_year": known["population_year"],
        },
        of.regions,
    )
    if made_in_europe.is_any_recorded(database):
        labelled = region_counts.labelled_counts(database, filter_, level)
        frame["labelled"] = labelled.where(collected)
        frame["labelled-share"] = frame["labelled"] / frame["organisations"].where(of.n > 0)
    return frame


@per_release_and_level
def _constants(database: Database, level: str) -> pd.DataFrame:
    """What of the measures depends on no filter, by region id."""
    index = regions.index(database, level)
    units = regions.units(database, level).set_index("region_id").reindex(index)
    people = regions.population(database, level).reindex(index)
    return pd.DataFrame(
        {
            "name": units["name"],
            "country": units["country"],
            "is_collected": regions.is_collected(database, level),
            "area_km2": units["area_km2"],
            "inhabitants": people["inhabitants"],
            "population_year": people["year"],
            "investors": outside_figures.investor_counts(database, level),
        },
        index,
    )


@per_filter
@made_in_europe.depends_on_today
def of_whole(database: Database, filter_: Filter) -> dict[str, float]:
    """The same measures of the register as a whole; beside a region's, :func:`whole_beside`.

    Numbers per inhabitant and per area are over the NUTS 2 regions that the register was
    collected for, those per inhabitant over the ones with a population figure, on both sides of
    the division: where nobody looked there is no number, and no zero either.
    """
    everyone = region_counts.whole(database, filter_)
    there = regions.is_collected(database, "nuts2")
    collected = there.index[there]
    by_region = regions.organisation_counts(database, filter_, "nuts2")[collected]
    people = regions.population(database, "nuts2")["inhabitants"][collected]
    areas = regions.units(database, "nuts2").set_index("region_id")["area_km2"][collected]
    known = people.notna()
    roles = completeness.roles_present(
        everyone.types,
        pd.Series(outside_figures.investor_counts(database, "nuts0").sum(), index=everyone.regions),
    )
    n = float(everyone.n["all"])
    labelled = float(organisations.summary(database, filter_).labelled)
    return {
        "organisations": n,
        "per-million": 1e6 * by_region[known].sum() / people[known].sum()
        if known.any()
        else float("nan"),
        "per-1000-km2": 1e3 * by_region.sum() / areas.sum() if len(areas) else float("nan"),
        "effective-domains": diversity.effective_number(everyone.domains)["all"],
        "concentration": diversity.herfindahl(everyone.domains)["all"],
        "roles": float(roles.sum(axis=1)["all"]),
        "nist-functions": float((everyone.functions > 0).sum(axis=1)["all"]),
        "median-founded": everyone.founded["median"]["all"],
        "evidence-share": counts.evidence_share(everyone.evidence, everyone.n)["all"],
        "labelled": labelled,
        "labelled-share": labelled / n if n else float("nan"),
    }


# What a larger sample shows more of, and no value at another size can stand beside.
BY_SIZE = ("effective-domains", "concentration")


def whole_beside(database: Database, filter_: Filter, n: int | None) -> dict[str, float]:
    """The register as a whole, as far as it may stand beside a region's measures.

    A few organisations show fewer domains than many, whatever they are: the effective number is
    that of `n` organisations of the whole, and their concentration has no such value.

    Parameters
    ----------
    n : int, optional
        The region's organisations; without it, beside regions of several sizes, the measures of
        :data:`BY_SIZE` are missing.
    """
    known = of_whole(database, filter_) | dict.fromkeys(BY_SIZE, float("nan"))
    if n:
        everyone = region_counts.whole(database, filter_)
        at = diversity.effective_number_at(everyone.domains, everyone.n, n)
        known["effective-domains"] = at["all"]
    return known


def in_words(code: str, value: object) -> str:
    """A value of a measure as people read it; a dash if there is none."""
    if code not in ALL_MEASURES or value is None or pd.isna(value):  # type: ignore[call-overload]
        return wording.DASH
    measure = ALL_MEASURES[code]
    number = float(value)  # type: ignore[arg-type]
    if measure.is_share:
        return wording.percent(number)
    if code == "median-founded":
        return wording.year(number)
    text = wording.number(number, measure.digits)
    return f"{text} {measure.unit}" if measure.unit else text


def with_interval(code: str, value: object, low: object, high: object) -> str:
    """A value as people read it, with its interval in brackets if it has one.

    Examples
    --------
    >>> with_interval("effective-domains", 7.13, 6.2, 8.04), with_interval("roles", 5, None, None)
    ('7.1 (6.2 to 8.0)', '5 of 6')
    """
    text, lowest, highest = (in_words(code, number) for number in (value, low, high))
    if wording.DASH in (text, lowest, highest):
        return text
    return f"{text} ({lowest} to {highest})"
