"""One region in full: what the region page shows and the regional brief prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from ecosystem.common import wording
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import COUNTRIES, inside
from ecosystem.finding import made_in_europe
from ecosystem.finding.filters import Filter
from ecosystem.finding.per_filter import per_filter
from ecosystem.regional import (
    coverage,
    measures,
    outside_figures,
    region_counts,
    uncertainty,
)
from ecosystem.regional.statistics import completeness, peers, similarity, words
from ecosystem.regional.statistics.counts import SMALL_N, RegionCounts
from ecosystem.regional.statistics.ranking import rank
from ecosystem.regional.statistics.specialisation import location_quotient
from ecosystem.tables import regions, valleys

# What page, brief and workbook say of how strengths are found.
STRENGTH_RULE = (
    "over all regions and domains of the level, at most 5 % of the strengths named are expected "
    "to be chance: exact tests, Benjamini-Yekutieli"
)
SAMPLE_NOTE = (
    "The register is a sample of mature ecosystems, not a census: numbers compare what is in it."
)


# A region's level, of one region.
LEVEL_NAMES = {
    "valley": "Valley",
    "nuts0": "Country (NUTS 0)",
    "nuts1": "Major region (NUTS 1)",
    "nuts2": "Region (NUTS 2)",
    "nuts3": "Small region (NUTS 3)",
}
# As many as leave room for the organisations on the brief's two pages.
_RELATED = 3
_FEW_PEERS = (
    "Only {n} of the regions that the register was collected for is alike in structure.",
    "Only {n} of the regions that the register was collected for are alike in structure.",
)


@dataclass(frozen=True, eq=False)
class Related:
    """Regions that have something to do with one region.

    Attributes
    ----------
    heading : str
        What they are.
    regions : DataFrame
        By region id, best first: ``name``, ``reason``.
    none : str
        What to say if there is none.
    method : str
        How they are found, with the source of the figures.
    note : str
        That there are fewer than usual; empty if there are not.
    """

    heading: str
    regions: pd.DataFrame
    none: str
    method: str
    note: str = ""


@dataclass(frozen=True, eq=False)
class Profile:
    """A region with its numbers and what they mean.

    Attributes
    ----------
    region_id, level, name, country : str
        Which region it is; `level` is a key of :data:`ecosystem.tables.regions.LEVELS`, `name`
        the place's label.
    short_name : str
        What it is called inside a sentence.
    nuts_codes : tuple of str
        NUTS regions of the same outline, itself included.
    headline : DataFrame
        Indexed by measure: ``value``, ``whole`` (the register as a whole, at the
        region's size where that matters), ``rank`` (missing
        without an organisation, with fewer than the measure needs, or where the measure
        depends on how completely regions were collected), ``of``, ``tied``, ``small``, ``low``
        and ``high`` (95 % interval, missing where there is none).
    quotients : DataFrame
        Representation quotients by domain code, with interval and n.
    types, functions : Series
        Organisations by type (int); share serving each NIST CSF function (0 to 1).
    founding : DataFrame
        ``year``, ``organisations`` (cumulative), of those in the register whose year is known.
    figures : DataFrame
        Eurostat's figures, all years, as :func:`ecosystem.regional.outside_figures.figures`
        makes them of the region's parts; empty if a part is smaller than NUTS 2.
    nuts2 : str or None
        The NUTS 2 region that the region is, if it is exactly one.
    counted : DataFrame
        Outside counts, as :func:`ecosystem.regional.coverage.of_regions` gives them.
    span : Series or None
        The count to show, with its coverage, as :func:`ecosystem.regional.coverage.spans` gives
        it; None if nobody counted the region.
    is_collected : bool
        Whether the register was collected for the region; if not, nothing here is a number.
    n : int
        Organisations of the register in the region, under the filter.
    roles : Series of bool
        Which of the six roles are present.
    investors : int
        Known investors there, from a list beside the register's organisations.
    sentences : list of str
        The profile in plain English.
    nearest, partners, peers : DataFrame
        Regions alike in profile, best complements, and alike in structure, by region id,
        each with ``name`` and ``reason``; :attr:`related` says what to call them.
    valley : dict or None
        The valley's record: coordinator, priorities and so on; of the valley that covers a
        NUTS region if it is not a valley itself.
    population_year : int or None
        Year of the population that the numbers per inhabitant use.
    """

    region_id: str
    level: str
    name: str
    short_name: str
    nuts_codes: tuple[str, ...]
    country: str
    headline: pd.DataFrame
    quotients: pd.DataFrame
    types: pd.Series
    functions: pd.Series
    founding: pd.DataFrame
    figures: pd.DataFrame
    nuts2: str | None
    counted: pd.DataFrame
    span: pd.Series | None
    is_collected: bool
    n: int
    roles: pd.Series
    investors: int
    sentences: list[str]
    nearest: pd.DataFrame
    partners: pd.DataFrame
    peers: pd.DataFrame
    valley: dict[str, Any] | None
    population_year: int | None

    @property
    def related(self) -> list[Related]:
        """Regions to look at next, by kind, as the page, the brief and the workbook show them."""
        few = self.n < SMALL_N
        return [
            Related(
                "Alike in cybersecurity",
                self.nearest,
                "Too few organisations to say which regions are alike."
                if few
                else "No region is alike in what its organisations work on.",
                "How alike the mix of domains is, from 0 to 1 (cosine similarity). With so few "
                "organisations chance makes regions about as alike: whom to look at, not a "
                "finding. The network of regions says how likely chance is, valley by valley.",
            ),
            Related(
                "Would add most",
                self.partners,
                "Too few organisations to say what another region would add."
                if few
                else "No region has a strength that is rare here by more than chance.",
                "Domains in which another region has a strength that chance hardly explains "
                f"({STRENGTH_RULE}) and this one has few or none, by more than chance (Fisher's "
                "exact test).",
            ),
            Related(
                "Alike in structure",
                self.peers,
                f"The register was not collected for {self.short_name}, so it has no peers here."
                if not self.is_collected
                else "No region that the register was collected for is alike in structure."
                if self.nuts2
                else "No comparison of structure: it is made for regions of the level NUTS 2.",
                "Population, GDP per inhabitant, R&D share and tertiary education, brought to one "
                "scale; over the figures that both have, among regions with organisations in the "
                "register. Source: Eurostat.",
                wording.agree(len(self.peers), *_FEW_PEERS)
                if 0 < len(self.peers) < _RELATED
                else "",
            ),
        ]

    @property
    def founding_sentence(self) -> str:
        """What the founding years are of, and that they are no growth."""
        known = 0 if self.founding.empty else int(self.founding["organisations"].iloc[-1])
        return (
            f"The founding year is known for {known:,} of {self.n:,} organisations, those in the "
            "register today. Who closed, moved or isn't registered is missing, so this is no "
            "growth."
        )

    @property
    def kind(self) -> str:
        """Level, NUTS codes and country: ``"Valley · NUTS FRH, FRH0 · France"``."""
        codes = f"NUTS {', '.join(self.nuts_codes)}" if self.nuts_codes else ""
        parts = (LEVEL_NAMES[self.level], codes, COUNTRIES.label(self.country))
        return " · ".join(filter(None, parts))

    @property
    def rank_note(self) -> str:
        """Why most numbers have no rank, and among whom the others have theirs."""
        note = (
            "Numbers that depend on how completely a region was collected have no rank: that is "
            "known for few regions and differs. Nor have estimates, which have a 95 % interval."
        )
        if self.headline["rank"].isna().all():
            return note
        return (
            f"{note} Ranks are among the regions of the same level that have an organisation and "
            f"a value; for shares, at least {SMALL_N} organisations."
        )

    @property
    def investors_note(self) -> str:
        """Where the investors come from that no organisation of the register is; may be empty."""
        if not self.investors:
            return ""
        return (
            f"Investment counts {wording.count(self.investors, 'investor')} from a list beside the "
            "register; none of its organisations."
            if not self.types.get("investor")
            else f"Investment counts {wording.count(self.investors, 'investor')} from a list "
            "beside the register, too."
        )

    @property
    def coverage_sentences(self) -> list[str]:
        """What others count, beside the register's own number."""
        return list(self.counted["sentence"])


@made_in_europe.depends_on_today
def profile(database: Database, filter_: Filter, region_id: str) -> Profile | None:
    """Everything about one region under a filter; None if there is no such region.

    Parameters
    ----------
    region_id : str
        A NUTS id of any level, or a valley id.
    """
    level = regions.level_of(region_id)
    counts = region_counts.region_counts(database, filter_, level)
    if region_id not in counts.regions:
        return None
    table = measures.table(database, filter_, level)
    labels, names = regions.labels(database), regions.names_in_text(database)
    quotients = quotients_at(database, filter_, level)
    nuts2 = outside_figures.nuts2_of(database, region_id)
    counted = coverage.of_regions(database, level)
    is_collected = bool(table["is_collected"][region_id])
    year: Any = table["population_year"][region_id]
    investors = outside_figures.investor_counts(database, level)
    all_roles = completeness.roles_present(counts.types, investors)
    spans = coverage.spans(database, [region_id])
    return Profile(
        region_id=region_id,
        level=level,
        name=labels[region_id],
        short_name=names[region_id],
        nuts_codes=tuple(
            sorted(
                id_
                for id_ in regions.places(database)[region_id].ids
                if regions.level_of(id_) != "valley"
            )
        ),
        country=str(table["country"][region_id]),
        headline=_headline(database, filter_, table, region_id),
        quotients=quotients.loc[[region_id]].droplevel("region"),
        types=counts.types.T[region_id],
        functions=completeness.function_coverage(counts.functions, counts.n).T[region_id],
        founding=region_counts.founding_years(database, filter_, region_id),
        figures=outside_figures.figures(database, region_id),
        nuts2=nuts2,
        counted=counted.loc[counted.index == region_id],
        span=None if spans.empty else spans.iloc[0],
        is_collected=is_collected,
        n=int(counts.n[region_id]),
        roles=all_roles.T[region_id],
        investors=int(investors[region_id]),
        sentences=_sentences(
            database,
            region_id,
            words.profile(
                region_id,
                names,
                counts,
                quotients,
                per_million=table["per-million"],
                roles=all_roles,
            ),
        )
        if is_collected
        else [words.not_collected(names[region_id])],
        nearest=_nearest(database, counts, region_id),
        partners=_partners(database, filter_, level, region_id),
        peers=_peers(database, nuts2) if is_collected else _peers(database, None),
        valley=_valley(database, region_id, level),
        population_year=None if pd.isna(year) else int(year),
    )


def _sentences(database: Database, region_id: str, said: list[str]) -> list[str]:
    """The profile in words, with what its first number leaves out right behind it."""
    in_part = coverage.collected_in_part(database, region_id)
    return [said[0], *([in_part] if in_part else []), *said[1:]]


@per_filter
def quotients_at(database: Database, filter_: Filter, level: str) -> pd.DataFrame:
    """:func:`quotients_of` all regions of a level, which the pages of all of them need."""
    return quotients_of(database, filter_, region_counts.region_counts(database, filter_, level))


def quotients_of(database: Database, filter_: Filter, counts: RegionCounts) -> pd.DataFrame:
    """Representation quotients by domain, against all organisations that a filter leaves.

    They are location quotients over the register, whose denominator is the register and not
    an economy: hence their name.
    """
    everyone = region_counts.whole(database, filter_)
    return location_quotient(
        counts.domains,
        counts.n,
        whole_counts=everyone.domains.T["all"],
        whole_n=int(everyone.n["all"]),
    )


def _headline(
    database: Database, filter_: Filter, table: pd.DataFrame, region_id: str
) -> pd.DataFrame:
    intervals = uncertainty.intervals(database, filter_, [region_id]).droplevel("region")
    low, high = intervals["low"].to_dict(), intervals["high"].to_dict()
    own: dict[Any, Any] = table.loc[region_id].to_dict()
    n = 0 if pd.isna(own["organisations"]) else int(own["organisations"])
    whole = measures.whole_beside(database, filter_, n)
    ranks = _ranks(database, filter_, regions.level_of(region_id))
    rows = {}
    for code, measure in measures.catalogue(database).items():
        ranked = ranks[code]
        rows[code] = {
            "value": own[code],
            "whole": whole.get(code),
            "rank": ranked.at[region_id, "rank"] if measure.has_best else pd.NA,
            "of": ranked.at[region_id, "of"],
            "tied": ranked.at[region_id, "tied"],
            "small": n < measure.needs,
            "low": low.get(code),
            "high": high.get(code),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


@per_filter
@made_in_europe.depends_on_today
def _ranks(database: Database, filter_: Filter, level: str) -> dict[str, pd.DataFrame]:
    """Places of all regions of a level by each measure, as :func:`rank` gives them."""
    table, found = measures.table(database, filter_, level), {}
    for code, measure in measures.catalogue(database).items():
        # Nothing is not a place, and a share of one organisation would be the first of all.
        values = table[code].where(table["organisations"] >= max(measure.needs, 1))
        years = table["population_year"] if code == "per-million" else None
        if measure.depends_on_coverage and not _may_be_ranked(database, values):
            values = values.where(values.isna())
        found[code] = rank(
            values,
            years=None if years is None else years.where(values.notna()),
            across_years=True,
        )
    return found


def _may_be_ranked(database: Database, values: pd.Series) -> bool:
    """Whether all regions with a value were collected comparably; see the rule of coverage."""
    having = [str(id_) for id_ in values.dropna().index]
    return len(having) > 1 and coverage.comparable(database, having).comparable


def _nearest(database: Database, counts: RegionCounts, region_id: str) -> pd.DataFrame:
    names = regions.names_in_text(database)
    found = similarity.nearest(counts.domains, counts.n, region_id, limit=_RELATED)
    reasons = [
        words.similar_reason(region_id, str(other), names, row) for other, row in found.iterrows()
    ]
    return _with_names(database, found, reasons)


def _partners(database: Database, filter_: Filter, level: str, region_id: str) -> pd.DataFrame:
    names = regions.names_in_text(database)
    pairs = _complements(database, filter_, level)
    found = similarity.partners(
        quotients_at(database, filter_, level), region_id, limit=_RELATED, pairs=pairs
    )
    first = pairs[pairs["receiver"] == region_id].drop_duplicates("giver")
    first = first.set_index("giver", drop=False).loc[found.index]
    reasons = [words.complement_reason(names, pair) for _, pair in first.iterrows()]
    return _with_names(database, found, reasons)


@per_filter
def _complements(database: Database, filter_: Filter, level: str) -> pd.DataFrame:
    """What any region of a level is specialised in and any other lacks."""
    quotients = quotients_at(database, filter_, level)
    every = regions.index(database, level)
    return similarity.complements(quotients, every, every)


def _peers(database: Database, nuts2: str | None) -> pd.DataFrame:
    values, years = outside_figures.structure(database)
    if nuts2 is None or nuts2 not in values.index:
        return pd.DataFrame({"distance": [], "name": [], "reason": []})
    there = regions.organisation_counts(database, Filter(), "nuts2").reindex(values.index) > 0
    # Scales are those of all regions; only who is in the register can be a peer.
    found = peers.peers(values, nuts2, years=years, limit=_RELATED, among=there.index[there])
    found = found[found["distance"] <= peers.ALIKE]
    labels = outside_figures.indicators(database).set_index("indicator")["label"]
    reasons = []
    for _, row in found.iterrows():
        alike = wording.join([_indicator(labels, code) for code in row["used"]])
        other = [_indicator(labels, code) for code in row["other_year"]]
        reasons.append(
            f"Alike in {alike}; of another year: {wording.join(other)}."
            if other
            else f"Alike in {alike}."
        )
    return _with_names(database, found, reasons)


def _indicator(labels: pd.Series, code: str) -> str:
    return inside(str(labels.get(code, code)))


def _with_names(database: Database, found: pd.DataFrame, reasons: list[str]) -> pd.DataFrame:
    labels = regions.labels(database)
    return found.assign(name=[labels[str(id_)] for id_ in found.index], reason=reasons)


def _valley(database: Database, region_id: str, level: str) -> dict[str, Any] | None:
    if level == "valley":
        return valleys.one(database, region_id)
    covering = valleys.valley_around(database, region_id)
    return valleys.one(database, covering) if covering else None
