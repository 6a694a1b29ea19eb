"""Two to four regions side by side, of any level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import pandas as pd

from ecosystem.common import wording
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import DOMAINS
from ecosystem.finding import made_in_europe
from ecosystem.finding.filters import Filter
from ecosystem.regional import (
    coverage,
    measures,
    outside_figures,
    profiles,
    region_counts,
    uncertainty,
)
from ecosystem.regional.statistics import completeness, words
from ecosystem.regional.statistics.counts import RegionCounts
from ecosystem.tables import regions

LEAST, MOST = 2, 4


@dataclass(frozen=True, eq=False)
class Comparison:
    """Regions compared.

    Attributes
    ----------
    region_ids : list of str
        The regions, in the order chosen.
    names : dict of str to str
        Their labels, each unlike the others.
    table : DataFrame
        Measures (rows, by code) of the regions (columns, by id); missing where unknown.
    best : DataFrame of bool
        Where a region has the best value of a measure that has one, shaped as `table`; nowhere
        for measures that depend on coverage unless coverages are comparable.
    intervals : DataFrame
        95 % intervals by (region, measure), as
        :func:`ecosystem.regional.uncertainty.intervals` gives them.
    diversity : Diversities
        How varied the regions are at equal sample size; only those collected.
    small : Series of bool
        Which regions have too few organisations to say much.
    shares : DataFrame
        Share of each region's organisations that work on each domain (rows by code).
    quotients : DataFrame
        Representation quotients by (region, domain).
    functions : DataFrame
        Share serving each NIST CSF function (rows by code).
    sentences : list of str
        The comparison in plain English.
    remarks : list of str
        What to keep in mind: overlaps, different years, unknown regions.
    coverage : Verdict
        Whether the regions were collected comparably, and the sentence that says so.
    counted : DataFrame
        Outside counts of the regions, as :func:`ecosystem.regional.coverage.of_regions` gives
        them, in the regions' order.
    spans : DataFrame
        The count to show of each region that has one, with its coverage, as
        :func:`ecosystem.regional.coverage.spans` gives it.
    """

    region_ids: list[str]
    names: dict[str, str]
    table: pd.DataFrame
    best: pd.DataFrame
    intervals: pd.DataFrame
    diversity: uncertainty.Diversities
    small: pd.Series
    shares: pd.DataFrame
    quotients: pd.DataFrame
    functions: pd.DataFrame
    sentences: list[str]
    remarks: list[str]
    coverage: coverage.Verdict
    counted: pd.DataFrame
    spans: pd.DataFrame

    def in_words(self, code: str, region_id: str) -> str:
        """A region's value of a measure as people read it, with its interval if it has one."""
        low, high = (
            self.intervals.loc[(region_id, code), ["low", "high"]]
            if (region_id, code) in self.intervals.index
            else (None, None)
        )
        return measures.with_interval(code, self.table[region_id][code], low, high)


@made_in_europe.depends_on_today
def compare(database: Database, filter_: Filter, region_ids: Sequence[str]) -> Comparison:
    """Compare regions under a filter.

    Parameters
    ----------
    region_ids : sequence of str
        Two to four different places of the release, of the same or different levels. Of several
        ids of one place only the first counts.

    Raises
    ------
    ValueError
        If they are fewer, more, repeated or unknown; the message can be shown.
    """
    ids = _different_places(database, region_ids)
    if not LEAST <= len(ids) <= MOST:
        raise ValueError(f"Choose {LEAST} to {MOST} different regions.")
    tables = [
        measures.table(database, filter_, level)
        for level in sorted({regions.level_of(id_) for id_ in ids})
    ]
    table = pd.concat(tables)
    unknown = [id_ for id_ in ids if id_ not in table.index]
    if unknown:
        raise ValueError(f"There is no region {wording.join(unknown)} in this release.")
    table = table.loc[ids]
    counts = region_counts.counts_of(database, filter_, ids)
    quotients = _quotients(database, filter_, ids)
    names = {str(id_): str(name) for id_, name in table["name"].items()}
    there = [id_ for id_ in ids if id_ in regions.collected_ids(database)]
    diversity = uncertainty.diversities(database, filter_, there)
    numbers = table[list(measures.catalogue(database))].astype("float64").T
    investors = pd.concat(
        [
            outside_figures.investor_counts(database, level)
            for level in {regions.level_of(id_) for id_ in ids}
        ]
    ).loc[ids]
    verdict = coverage.comparable(database, ids)
    every = pd.concat(
        [
            coverage.of_regions(database, level)
            for level in sorted({regions.level_of(id_) for id_ in ids})
        ]
    )
    return Comparison(
        region_ids=ids,
        names=names,
        table=numbers,
        best=_best(numbers, counts.n, verdict.comparable),
        intervals=uncertainty.intervals(database, filter_, ids),
        diversity=diversity,
        small=counts.small,
        shares=quotients["share"].unstack("region")[ids],
        quotients=quotients,
        functions=completeness.function_coverage(counts.functions, counts.n).T,
        sentences=_sentences(
            database,
            ids,
            counts,
            quotients,
            diversity,
            verdict,
            per_million=table["per-million"].astype("float64"),
            roles=completeness.roles_present(counts.types, investors),
        ),
        remarks=_remarks(database, ids, table),
        coverage=verdict,
        counted=pd.concat([every[every.index == id_] for id_ in ids]),
        spans=coverage.spans(database, ids),
    )


@dataclass(frozen=True)
class Row:
    """A row of a comparison's table: a measure, or what others count, in words.

    Attributes
    ----------
    label : str
        What it is.
    cells : dict of str to str
        Text by region id.
    best, small : frozenset of str
        Regions that are the best, and those with too few organisations to say much.
    code : str
        Of the measure; empty if it is none.
    """

    label: str
    cells: dict[str, str]
    best: frozenset[str] = frozenset()
    small: frozenset[str] = frozenset()
    code: str = ""


def side_by_side(found: Comparison) -> list[Row]:
    """The table of a comparison, as page and brief show it: coverage first."""
    counted = found.spans.reindex(found.region_ids)
    rows = [
        _row("Counted by others", counted["elsewhere"]),
        _row("Of these in the register", counted["share"]),
    ]
    for code in map(str, found.table.index):
        measure, values = measures.ALL_MEASURES[code], found.table.T[code]
        few = (found.table.T["organisations"] < measure.needs) & values.notna()
        rows.append(
            Row(
                measure.label,
                {id_: found.in_words(code, id_) for id_ in found.region_ids},
                best=_where(found.best.T[code]),
                small=_where(few),
                code=code,
            )
        )
        if code == "effective-domains" and found.diversity.size:
            rows.append(_at_equal_size(found))
    return rows


def _at_equal_size(found: Comparison) -> Row:
    diversity = found.diversity
    values = diversity.values.reindex(found.region_ids)
    return _row(
        f"The same in samples of {diversity.size} organisations",
        values.map(partial(wording.number, digits=1, gap=wording.DASH)),
        best=frozenset({diversity.most} - {""}),
    )


def _row(label: str, texts: pd.Series, best: frozenset[str] = frozenset()) -> Row:
    cells = {str(id_): text for id_, text in texts.fillna(wording.DASH).items()}
    return Row(label, cells, best)


def _where(marked: pd.Series) -> frozenset[str]:
    return frozenset(map(str, marked.index[marked.astype(bool)]))


def _different_places(database: Database, region_ids: Sequence[str]) -> list[str]:
    """The first id of each place."""
    known = regions.places(database)
    first: dict[str, str] = {}
    for id_ in region_ids:
        first.setdefault(known[id_].place_id if id_ in known else id_, id_)
    return list(first.values())


def _sentences(
    database: Database,
    ids: list[str],
    counts: RegionCounts,
    quotients: pd.DataFrame,
    diversity: uncertainty.Diversities,
    verdict: coverage.Verdict,
    *,
    per_million: pd.Series,
    roles: pd.DataFrame,
) -> list[str]:
    """The comparison of those that the register was collected for; the others are named."""
    names = regions.names_in_text(database)
    there = [id_ for id_ in ids if id_ in regions.collected_ids(database)]
    others = [id_ for id_ in ids if id_ not in there]
    said = [words.not_collected(names[id_]) for id_ in others]
    if len(there) == 1:
        said = [
            *words.profile(
                there[0], names, counts, quotients, per_million=per_million, roles=roles
            ),
            *said,
        ]
    elif there:
        said = [
            *words.comparison(
                there,
                names,
                counts,
                quotients,
                per_million=per_million,
                roles=roles,
                comparable=verdict.comparable,
            ),
            *([diversity.sentence] if diversity.sentence else []),
            *said,
        ]
    figures = coverage.elsewhere(database, ids)
    # Coverage first: right behind the numbers that it puts in their place.
    size, *others = said
    return [size, *([figures] if figures else []), verdict.sentence, *others]


def _quotients(database: Database, filter_: Filter, ids: list[str]) -> pd.DataFrame:
    """Quotients of the regions compared, made with all regions of their levels."""
    by_level = [
        profiles.quotients_of(
            database, filter_, region_counts.region_counts(database, filter_, level)
        )
        for level in sorted({regions.level_of(id_) for id_ in ids})
    ]
    found = pd.concat(by_level)
    return found.reindex(pd.MultiIndex.from_product([ids, DOMAINS], names=found.index.names))


def _best(numbers: pd.DataFrame, n: pd.Series, comparable: bool) -> pd.DataFrame:
    marked = numbers.eq(numbers.max(axis=1), axis=0) & numbers.notna()
    for code in numbers.index:
        measure = measures.ALL_MEASURES[str(code)]
        alike = numbers.loc[code].nunique() < 2
        if not measure.has_best or alike or (measure.depends_on_coverage and not comparable):
            marked.loc[code] = False
        marked.loc[code] &= n >= measure.needs
    return marked


def _remarks(database: Database, ids: list[str], table: pd.DataFrame) -> list[str]:
    names, remarks = regions.names_in_text(database), []
    covered = {id_: regions.codes_of(database, id_) for id_ in ids}
    for one, other in combinations(ids, 2):
        if any(a.startswith(b) or b.startswith(a) for a in covered[one] for b in covered[other]):
            remarks.append(
                f"{names[one]} and {names[other]} overlap: organisations in both count in each."
            )
    remarks += filter(None, (coverage.collected_in_part(database, id_) for id_ in ids))
    years = table["population_year"].dropna()
    if years.nunique() > 1:
        of = wording.join([f"{names[str(id_)]} {year}" for id_, year in years.items()])
        remarks.append(f"Population figures are of different years: {of}.")
    without = table.index[table["population_year"].isna()]
    if len(without):
        which = wording.join([names[str(id_)] for id_ in without])
        remarks.append(f"No population figure for {which}, so no number per million inhabitants.")
    return remarks
