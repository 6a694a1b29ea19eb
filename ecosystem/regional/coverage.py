"""How completely a region was collected, as far as somebody else has counted it.

**The rule, in this one place.** The coverage of a region is the number of organisations in the
register that are *like* what an outside count counts (companies against companies), divided by
that count. Coverages of regions are *known and comparable* if each region has a count of the
same kind with a year, these years lie within :data:`YEARS_APART`, and the largest coverage is at
most :data:`FACTOR` times the smallest and none is zero. Only then may regions be ranked, starred
or called the most by a measure that depends on how completely they were collected
(:attr:`ecosystem.regional.measures.Measure.depends_on_coverage`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ecosystem.common import wording
from ecosystem.common.per_release import per_release
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import COUNTED, TYPES_COUNTED
from ecosystem.regional.statistics import words
from ecosystem.tables import regions

YEARS_APART = 3
FACTOR = 1.5
# Kinds that say how many there are of something; a part of it or a club's members don't.
_COMPARABLE = ("companies", "organisations", "vendors")
RULE = (
    "Coverage: organisations of the register that are like what somebody else counted, divided "
    "by that count. Regions are ranked by numbers that depend on it only if all have a count of "
    f"the same kind, of years at most {YEARS_APART} apart, and the largest coverage is at most "
    f"{FACTOR:g} times the smallest."
)
_YEARS_APART = (
    "No ranking: how completely each region was collected can't be compared, since others counted "
    f"in years more than {YEARS_APART} apart."
)
_COUNTS_DIFFER = (
    "No ranking: how completely each region was collected can't be compared, since others count "
    "different things or name no year."
)
# What others count, by whether it differs what they count, and in which year.
_OTHERS = {
    (False, False): "Others count {counts}.",
    (False, True): "Others count {counts}; the years differ.",
    (True, False): "Others count {counts}; what they count differs.",
    (True, True): "Others count {counts}; what they count and the years differ.",
}
_NO_YEAR = "no year"
UNCOUNTED = "No count by others is known for this territory."
UNRANKED = (
    "No ranking: the number depends on how completely a region was collected, which is known for "
    "few regions and differs."
)


@dataclass(frozen=True)
class Verdict:
    """Whether the coverages of some regions are known and comparable.

    Attributes
    ----------
    comparable : bool
        Whether ranks, stars and "most" are allowed.
    sentence : str
        Why, for people.
    """

    comparable: bool
    sentence: str


def _counts_elsewhere(database: Database) -> pd.DataFrame:
    """All outside counts: ``territory, nuts_codes, counts, counted, scope, year, source_url``.

    Latest first; those of Europe have no codes.
    """
    rows = database.frame(
        """
        SELECT territory, nuts_codes, counts, organisations AS counted, scope, year, source_url
        FROM coverage ORDER BY year DESC NULLS LAST, counted DESC
        """
    )
    rows["year"] = rows["year"].astype("Int64")
    return rows


def of_regions(database: Database, level: str) -> pd.DataFrame:
    """Every outside count of the regions of a level, with the register's number beside it.

    A count belongs to a region if both have the same outline, whatever their codes. The
    register's number is of all its organisations, under no filter: coverage says how completely
    a region was collected, and a filter collects nothing.

    Parameters
    ----------
    level : str
        A key of :data:`ecosystem.tables.regions.LEVELS`.

    Returns
    -------
    DataFrame
        Indexed by ``region_id``, several rows a region where there are several counts: ``n``
        (organisations of the register that are like what is counted; missing where the region
        was not collected), ``counts`` (a code of
        :data:`ecosystem.common.vocabulary.COUNTED`), ``counted``, ``coverage`` (n / counted),
        ``scope``, ``year`` (may be missing), ``source_url``, ``sentence``. The first row of a
        region is the one to show: companies before other kinds, the latest first.
    """
    return _every(database)[level]


@per_release
def _every(database: Database) -> dict[str, pd.DataFrame]:
    # Asked for at every turn, and the same as long as the release is.
    counts = _counts_elsewhere(database)
    return {level: _of_level(database, level, counts) for level in regions.LEVELS}


def of_europe(database: Database) -> pd.DataFrame:
    """Outside counts for Europe as a whole, the largest first.

    Returns
    -------
    DataFrame
        ``territory``, and the columns of :func:`of_regions`.
    """
    counts = _counts_elsewhere(database)
    rows = database.frame("SELECT type, count(*) AS n FROM organisation GROUP BY type")
    registered = {str(type_): int(n) for type_, n in zip(rows["type"], rows["n"], strict=True)}
    found = [
        {
            "territory": row["territory"],
            **_beside(row, sum(registered.get(type_, 0) for type_ in TYPES_COUNTED[row["counts"]])),
        }
        for row in counts.to_dict("records")
        if not len(row["nuts_codes"])
    ]
    frame = _frame(found, "territory")
    return frame.sort_values("counted", ascending=False, kind="stable", ignore_index=True)


def _of_level(database: Database, level: str, counts: pd.DataFrame) -> pd.DataFrame:
    outlines = regions.outlines_of(database)
    of_outline: dict[frozenset[str], list[str]] = {}
    for region_id in regions.ids(database, level):
        of_outline.setdefault(outlines[region_id], []).append(region_id)
    registered = _types(database, level)
    there = regions.collected_ids(database)
    found = []
    for row in counts.to_dict("records"):
        outline = regions.outline_of(outlines, row["nuts_codes"])
        for region_id in of_outline.get(outline, []) if outline else []:
            like = TYPES_COUNTED[row["counts"]]
            n = (
                sum(registered.get((region_id, type_), 0) for type_ in like)
                if region_id in there
                else None
            )
            found.append({"region_id": region_id, **_beside(row, n)})
    frame = _frame(found, "region_id")
    kind = frame["counts"].map(list(COUNTED).index)
    order = frame.assign(kind=kind).sort_values(["region_id", "kind"], kind="stable").index
    return frame.loc[order].set_index("region_id")


def _beside(row: dict[Any, Any], n: int | None) -> dict[str, Any]:
    """An outside count with what the register has of the same beside it."""
    counted = int(row["counted"])
    return {
        "n": n,
        "counts": row["counts"],
        "counted": counted,
        "coverage": n / counted if n is not None and counted else math.nan,
        "scope": row["scope"],
        "year": row["year"],
        "source_url": row["source_url"],
        "sentence": words.coverage(
            n,
            float(counted),
            row["scope"],
            None if pd.isna(row["year"]) else float(row["year"]),
            counts=row["counts"],
        ),
    }


def _frame(found: list[dict[str, Any]], key: str) -> pd.DataFrame:
    columns = [
        key, "n", "counts", "counted", "coverage", "scope", "year", "source_url", "sentence",
    ]  # fmt: skip
    frame = pd.DataFrame(found, columns=columns)
    frame[["n", "year"]] = frame[["n", "year"]].astype("Int64")
    return frame


def _types(database: Database, level: str) -> dict[tuple[str, str], int]:
    """Organisations by region of a level and type, under no filter."""
    column = regions.LEVELS[level]
    rows = database.frame(
        f"SELECT {column} AS region, type, count(*) AS n FROM organisation "
        f"WHERE {column} IS NOT NULL GROUP BY ALL"
    )
    return {
        (str(region), str(type_)): int(n)
        for region, type_, n in zip(rows["region"], rows["type"], rows["n"], strict=True)
    }


def spans(database: Database, region_ids: Sequence[str]) -> pd.DataFrame:
    """What others count in regions, of any levels, and the coverage of it, in one row each.

    Returns
    -------
    DataFrame
        Indexed by ``region_id``, of those that somebody has counted, in the order given: ``n``,
        ``counts``, ``counted``, ``coverage`` and ``year`` of the count to show; ``low`` and
        ``high``, the least and the largest coverage over its counts of the same kind; ``of`` (how
        many these are); in words ``elsewhere`` (``"about 160 companies (2024)"``) and ``share``
        (``"8% (8% to 10%)"``, or that the region was not collected), and ``text``, all together.
    """
    known = _every_span(database)
    return known.loc[[id_ for id_ in dict.fromkeys(region_ids) if id_ in known.index]]


@per_release
def _every_span(database: Database) -> pd.DataFrame:
    """:func:`spans` of all regions of all levels."""
    every = pd.concat(_every(database).values())
    first = every[~every.index.duplicated()].copy()
    same = every[every["counts"] == first["counts"].reindex(every.index)]
    grouped = same.groupby(level=0)["coverage"]
    first["low"], first["high"], first["of"] = grouped.min(), grouped.max(), grouped.size()
    rows = first.to_dict("records")
    texts = {
        "elsewhere": [_elsewhere(row) for row in rows],
        "share": [_share(row) for row in rows],
        "text": [_in_words(row) for row in rows],
    }
    # Text also where nobody was counted: a column of nothing would be one of numbers.
    first[list(texts)] = pd.DataFrame(texts, index=first.index, dtype="object")
    columns = ["n", "counts", "counted", "coverage", "year", "low", "high", "of"]
    return first[[*columns, *texts]]


def _elsewhere(row: dict[Any, Any]) -> str:
    year = wording.year(row["year"], gap=_NO_YEAR)
    return f"about {wording.number(row['counted'])} {COUNTED.label(row['counts'])} ({year})"


def _share(row: dict[Any, Any], several: str = "{share} ({span})") -> str:
    if pd.isna(row["coverage"]):
        return "not collected for the register"
    low, high = (words.coverage_percent(row[end]) for end in ("low", "high"))
    span = low if low == high else f"{low} to {high}"
    share = words.coverage_percent(row["coverage"])
    return several.format(share=share, span=span, of=row["of"]) if row["of"] > 1 else share


def _in_words(row: dict[Any, Any]) -> str:
    share = _share(row, "{share} ({span} over {of} counts)")
    if pd.isna(row["n"]):
        return f"{_elsewhere(row)} counted by others: {share}"
    return f"{wording.number(row['n'])} of {_elsewhere(row)} counted by others: {share}"


def comparable(database: Database, region_ids: Sequence[str]) -> Verdict:
    """Whether coverages of regions, of any levels, are known and comparable; see above."""
    if len(set(region_ids)) < 2:
        return Verdict(False, "No ranking: there is nothing to compare.")
    every = _coverages(database)
    names = regions.names_in_text(database)
    uncounted = [names[id_] for id_ in region_ids if id_ not in every.index]
    if uncounted:
        return Verdict(
            False,
            "No ranking: how completely each region was collected is not known, for want of a "
            f"count by others for {wording.join(uncounted)}.",
        )
    every = every[every.index.isin(list(region_ids))]
    apart = False
    for kind in _COMPARABLE:
        dated = every[(every["counts"] == kind) & every["year"].notna()]
        latest = dated[~dated.index.duplicated()]
        if len(latest) < len(set(region_ids)):
            continue
        if int(latest["year"].max()) - int(latest["year"].min()) > YEARS_APART:
            apart = True
            continue
        shares = latest["coverage"]
        if shares.min() > 0 and shares.max() <= FACTOR * shares.min():
            return Verdict(
                True,
                f"About as completely collected: {_shares(latest, names)} of the "
                f"{COUNTED.label(kind)} counted elsewhere are in the register.",
            )
        return Verdict(
            False,
            "No ranking: the regions were not collected equally completely. In the register are "
            f"{_shares(latest, names)} of the {COUNTED.label(kind)} counted elsewhere.",
        )
    return Verdict(False, _YEARS_APART if apart else _COUNTS_DIFFER)


def elsewhere(database: Database, region_ids: Sequence[str]) -> str:
    """What others count in regions, as a sentence of figures of their own; empty if nobody does.

    Parameters
    ----------
    region_ids : sequence of str
        At least one; of each, the count that :func:`of_regions` shows first is told.
    """
    found = spans(database, region_ids).sort_values("counted", ascending=False, kind="stable")
    if found.empty:
        return ""
    names = regions.names_in_text(database)
    clauses = [
        f"about {wording.number(row['counted'])} {COUNTED.label(row['counts'])} in "
        f"{names[str(id_)]} ({wording.year(row['year'], gap=_NO_YEAR)})"
        for id_, row in found.iterrows()
    ]
    what, year = (found[column].nunique(dropna=False) > 1 for column in ("counts", "year"))
    return _OTHERS[what, year].format(counts=wording.join(clauses))


def collected_in_part(database: Database, region_id: str) -> str:
    """That the register was collected for only some of a place's regions; empty if for all.

    Its numbers per inhabitant and per area are then over more people and land than anybody
    looked at.

    Parameters
    ----------
    region_id : str
        A NUTS region or valley.
    """
    own = regions.nuts2_within(database, region_id)
    known = regions.collected_ids(database)
    there = sum(code in known for code in own)
    if not there or there == len(own):
        return ""
    name = regions.names_in_text(database)[region_id]
    return (
        f"The register was collected for {there} of the {len(own)} NUTS 2 regions of {name}; its "
        "numbers per inhabitant and per area are over all of them."
    )


@per_release
def _coverages(database: Database) -> pd.DataFrame:
    """:func:`of_regions` of all levels, as far as the coverage is known."""
    return pd.concat(_every(database).values()).dropna(subset=["coverage"])


def _shares(latest: pd.DataFrame, names: Mapping[str, str]) -> str:
    return wording.join(
        [
            f"{wording.number(row['n'])} of about {wording.number(row['counted'])} in "
            f"{names[str(id_)]}"
            for id_, row in latest.iterrows()
        ]
    )
