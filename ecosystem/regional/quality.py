"""How good the data of the release is, region by region: evidence, places, gaps, last checks.

Everything is counted from the release itself. Shares are from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ecosystem.common.store import Database
from ecosystem.common.vocabulary import CONFIRMING, COUNTRIES, LOCATION_PRECISION
from ecosystem.finding.checks import is_recent
from ecosystem.regional import coverage
from ecosystem.tables import regions

# Fields that may be empty, with SQL that holds where they are filled.
_FILLED = {
    "website": "website IS NOT NULL",
    "founded": "founded IS NOT NULL",
    "sectors": "len(sectors) > 0",
    "notes": "notes IS NOT NULL",
}
_IN_A_TOWN = "location_precision <> 'largest'"


@dataclass(frozen=True)
class Column:
    """A column of the table: what people read, how it is computed, whether it is a share."""

    label: str
    method: str
    is_share: bool = False


COLUMNS: dict[str, Column] = {
    "organisations": Column("Organisations", "Rows of the register in the region."),
    "confirmed": Column(
        "Confirmed",
        "Share of the rows that a public page or the organisation itself confirms. The others are "
        "general knowledge with the organisation's own website as source.",
        is_share=True,
    ),
    "recent": Column(
        "Checked within a year",
        "Share of the rows whose source somebody saw confirm them in the twelve months before "
        "the release. A row without a date was not checked.",
        is_share=True,
    ),
    "unchecked": Column("Not checked", "Rows without a date of a check."),
    "oldest": Column("Oldest check", "Earliest date of a check among the rows that have one."),
    "duplicates": Column(
        "Possible duplicates",
        "Organisations in a pair that may be one and the same, going by name, town and website. "
        "A person decides; nothing is merged by itself.",
    ),
    "counted": Column(
        "Counted elsewhere",
        "What the newest outside count gives for the same area. It counts something else "
        "(see “What was counted”): a check whether the size is plausible, not the truth.",
    ),
    "covered": Column(
        "Register / outside count",
        "Rows of the register that are like what the outside count counts (companies with "
        "companies), divided by it. It may exceed 100 %.",
        is_share=True,
    ),
    "scope": Column("What was counted", "The outside count's own words, with its year."),
    "sure_town": Column(
        "Town is certain",
        "Share of the rows whose town is settled: by coordinates in the register, by its only "
        "name in the gazetteer or by the region noted beside it. For the others the largest of "
        "several towns of that name was taken.",
        is_share=True,
    ),
    **{
        f"has_{field}": Column(
            f"Has {label}",
            "Share of the rows in which it is filled in. Empty means unknown.",
            is_share=True,
        )
        for field, label in {
            "website": "a website",
            "founded": "a founding year",
            "sectors": "sectors",
            "notes": "a note",
        }.items()
    },
    **{
        f"by_{code}": Column(
            f"Located: {term.inside}",
            "Share of the rows located that way.",
            is_share=True,
        )
        for code, term in LOCATION_PRECISION.items()
    },
}


def by_region(database: Database, level: str) -> pd.DataFrame:
    """Quality of every region of a level that has an organisation; of every valley.

    Parameters
    ----------
    level : str
        A key of :data:`ecosystem.tables.regions.LEVELS`.

    Returns
    -------
    DataFrame
        Indexed by region id, by name: ``name, country`` and :data:`COLUMNS`; missing where
        there is nothing to compute from.
    """
    units = regions.units(database, level).set_index("region_id")[["name", "country"]]
    column = regions.LEVELS[level]
    measured = database.frame(
        f"SELECT {column} AS region_id, {_measures()} FROM {_MEASURED} "
        f"WHERE {column} IS NOT NULL GROUP BY 1",
        {"released_at": _release_time(database)},
    ).set_index("region_id")
    table = units.join(measured)
    table["organisations"] = table["organisations"].fillna(0).astype("int64")
    if level != "valley":
        table = table[table["organisations"] > 0]
    for count in ("unchecked", "duplicates"):
        table[count] = table[count].astype("Int64")
    outside = coverage.of_regions(database, level)
    newest = outside[~outside.index.duplicated()].reindex(table.index)
    table["counted"] = newest["counted"].astype("Int64")
    table["covered"] = newest["coverage"].astype("Float64")
    table["scope"] = [_scope(row) for row in newest.to_dict("records")]
    table["country"] = table["country"].map(COUNTRIES.label)
    order = table["name"].str.normalize("NFKD").str.casefold().sort_values().index
    return table.loc[order, ["name", "country", *COLUMNS]]


def whole(database: Database) -> dict[str, Any]:
    """The measures of :data:`COLUMNS` that can be taken of the whole register.

    Returns
    -------
    dict
        Besides these ``old`` (rows checked longer ago than a year), ``pairs`` (of possible
        duplicates), ``rejected`` (cells that couldn't be taken), and ``no_valley`` (organisations
        outside every valley).
    """
    record = database.record(
        f"""
        SELECT {_measures()}, count(*) FILTER (valley_id IS NULL) AS no_valley,
               (SELECT count(*) FROM duplicate_candidate) AS pairs,
               (SELECT count(*) FROM rejected) AS rejected
        FROM {_MEASURED}
        """,
        {"released_at": _release_time(database)},
    )
    return record or {}


_MEASURED = """
    (SELECT o.*, d.org_id IS NOT NULL AS twice FROM organisation o LEFT JOIN (
        SELECT org_id_a AS org_id FROM duplicate_candidate
        UNION SELECT org_id_b FROM duplicate_candidate
    ) d USING (org_id))
"""


def _measures() -> str:
    shares = {
        "confirmed": f"evidence IN {CONFIRMING}",
        "recent": is_recent("checked_on", "$released_at"),
        "sure_town": _IN_A_TOWN,
        **{f"by_{code}": f"location_precision = '{code}'" for code in LOCATION_PRECISION},
        **{f"has_{field}": filled for field, filled in _FILLED.items()},
    }
    return ", ".join(
        [
            "count(*) AS organisations",
            *(f"avg(({condition})::INTEGER) AS {name}" for name, condition in shares.items()),
            "count(*) - count(checked_on) AS unchecked",
            f"count(checked_on) FILTER (NOT {shares['recent']}) AS old",
            "min(checked_on) AS oldest",
            "count(*) FILTER (twice) AS duplicates",
        ]
    )


def _release_time(database: Database) -> Any:
    return database.value("SELECT created_at FROM release")


def _scope(row: Mapping[Any, Any]) -> str | None:
    if not isinstance(row["scope"], str):
        return None
    return row["scope"] if pd.isna(row["year"]) else f"{row['scope']} ({row['year']})"
