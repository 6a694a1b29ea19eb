"""Figures of the network of valleys, and funding by region and year, as tables."""

from __future__ import annotations

import pandas as pd

from ecosystem.api.tables import (
    NO_VALUE,
    Choice,
    Column,
    Figure,
    Table,
    make_table,
    region_labels,
    rows_of,
)
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import inside
from ecosystem.network import valley_network, words
from ecosystem.tables import funding_rounds, regions

_REGISTER = ("register",)
_VALLEY = (valley_network.LEVEL,)
_NO_YEAR = "unknown"
_INCOMPLETE = "Member lists are often incomplete, so a missing link may be one nobody published."


def catalogue() -> dict[str, Figure]:
    """The figures by code."""
    return {figure.code: figure for figure in _FIGURES}


def _links(database: Database, of: Choice) -> Table:
    found = valley_network.network(database, of.kinds, of.year).links
    columns = (
        Column("value", "Partnerships that both are in", "partnerships"),
        Column("strength", "Strength of the link", "1", 2),
    )
    return _of_pairs(database, of, found.rename(columns={"partnerships": "value"}), columns)


def _similar(database: Database, of: Choice) -> Table:
    found = valley_network.similar(database).rename(columns={"similarity": "value"})
    columns = (
        Column("value", "Cosine of the two mixes of JRC domains", "1", 2),
        Column("chance", "Share of random pairs of this size as alike", "1", 2),
    )
    return _of_pairs(database, of, found, columns)


def _complementary(database: Database, of: Choice) -> Table:
    found = valley_network.complementary(database).rename(columns={"domains": "value"})
    columns = (
        Column("value", "Domains of which one has more and the other little", "domains"),
        Column("gives", "Domains of which the first has more", "domains"),
        Column("gets", "Domains of which the other has more", "domains"),
        Column("clear", "Of these beyond what chance makes", "domains"),
    )
    return _of_pairs(database, of, found, columns)


def _of_pairs(
    database: Database, of: Choice, found: pd.DataFrame, columns: tuple[Column, ...]
) -> Table:
    rows = found.rename(columns={"one": "region"})
    if of.region_ids:
        wanted = set(of.region_ids)
        rows = rows[rows["region"].isin(wanted) | rows["other"].isin(wanted)]
    rows = rows.astype({column.name: "Float64" for column in columns}).assign(status="")
    return make_table(
        rows,
        {
            "region": region_labels(database, rows["region"]),
            "other": region_labels(database, rows["other"]),
        },
        columns,
    )


def _connections(database: Database, of: Choice) -> Table:
    network = valley_network.network(database, of.kinds, of.year)
    found = rows_of(network.connections, of.region_ids)
    rows = found.rename(columns={"partners": "value"}).rename_axis("region").reset_index()
    numbers = ("value", "strength", "bridge", "group")
    rows = rows.astype(dict.fromkeys(numbers, "Float64")).assign(status="")
    return make_table(
        rows,
        {"region": region_labels(database, rows["region"])},
        (
            Column("value", "Valleys that a partnership joins it with", "valleys"),
            Column("strength", "Strength of its links together", "1", 2),
            Column("bridge", "Share of the shortest ways of others that lead over it", "1", 2),
            Column("group", "Number of its group, 0 of the largest", "1"),
        ),
    )


def _funding(database: Database, of: Choice) -> Table:
    parts = [
        funding_rounds.by_year(funding_rounds.in_region(database, id_)).assign(region=id_)
        for id_ in of.region_ids
    ]
    rows = pd.concat(parts).rename(columns={"raised": "value"})
    rows["year"] = [str(year) if year else _NO_YEAR for year in rows["year"]]
    counts = ("value", "in_euro", "in_other", "unknown", "doubtful", "changed_hands")
    rows = rows.astype(dict.fromkeys((*counts, "sum_meur"), "Float64"))
    rows["status"] = ["" if known else NO_VALUE for known in rows["sum_meur"].notna()]
    return make_table(
        rows,
        {
            "region": region_labels(database, of.region_ids),
            "year": {year: year for year in sorted(set(rows["year"]))},
        },
        (
            Column("value", "Rounds in which money was raised", "rounds"),
            Column("sum_meur", "Sum of those in euro", "EUR million", 2),
            Column("in_euro", "Amount in euro", "rounds"),
            Column("in_other", "Amount in another or an unnamed currency only", "rounds"),
            Column("unknown", "Amount not known", "rounds"),
            Column("doubtful", "Amount doubtful", "rounds"),
            Column("changed_hands", "Acquisitions and listings, in no sum", "rounds"),
        ),
    )


_FIGURES = (
    Figure(
        "links",
        "Valleys joined by partnerships",
        f"{words.STRENGTH_NOTE} {_INCOMPLETE}",
        "partnerships of the kinds and the year asked for",
        "",
        _REGISTER,
        _VALLEY,
        _links,
        takes_filter=False,
        takes_partnerships=True,
    ),
    Figure(
        "connections",
        "How connected the valleys are",
        f"{words.BRIDGE_NOTE} {_INCOMPLETE}",
        "all valleys of the register",
        "",
        _REGISTER,
        _VALLEY,
        _connections,
        takes_filter=False,
        takes_partnerships=True,
    ),
    Figure(
        "similar-profiles",
        "Valleys with similar profiles",
        f"{words.SIMILARITY_NOTE} Chance, drawn from the register: {inside(words.CHANCE_NOTE)}",
        "organisations of the register in the two valleys",
        "",
        _REGISTER,
        _VALLEY,
        _similar,
        takes_filter=False,
    ),
    Figure(
        "complementary-profiles",
        "Valleys that complement each other in the register",
        words.COMPLEMENT_NOTE,
        "organisations of the register in the two valleys",
        "",
        _REGISTER,
        _VALLEY,
        _complementary,
        takes_filter=False,
    ),
    Figure(
        "funding-rounds",
        "Funding rounds by year",
        "Rounds of the register's organisations in the region; of a country those of other firms "
        "with their seat in it as well. The sum is that of the rounds in euro alone: no currency "
        "is converted, and doubtful amounts, acquisitions and listings are left out. "
        f"{funding_rounds.LIMITS}",
        "rounds that public sources tell of",
        "",
        _REGISTER,
        ("nuts0", *(level for level in regions.LEVELS if level != "nuts0")),
        _funding,
        takes_filter=False,
        needs_region=True,
    ),
)
