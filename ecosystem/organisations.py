"""The table ``organisation``: who is in the register, listed, counted and looked up.

Every function takes the database first and costs one pass over the table at most, however
many rows it returns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from ecosystem.filters import FACETS, Filter
from ecosystem.store import Database

# What a list may be sorted by, and the SQL that does it.
SORTS = {
    "name": "name_sorted",
    "type": "type",
    "city": "city",
    "country": "country",
    "valley": "valley_name",
    "founded": "founded",
}
_LISTED = """
    SELECT o.*, v.name AS valley_name, r.name AS nuts2_name,
           strip_accents(lower(o.name)) AS name_sorted
    FROM organisation o
    LEFT JOIN valley v USING (valley_id)
    LEFT JOIN region r ON r.nuts_id = o.nuts2
"""


@dataclass(frozen=True)
class Summary:
    """What a filter leaves, in a few numbers.

    Attributes
    ----------
    organisations, valleys, countries, smes : int
        How many there are of each.
    """

    organisations: int
    valleys: int
    countries: int
    smes: int

    @property
    def sme_share(self) -> float | None:
        """Share of SMEs and start-ups, 0 to 1; None if there is no organisation."""
        return self.smes / self.organisations if self.organisations else None


def summary(database: Database, filter_: Filter) -> Summary:
    """Numbers of the statistics strip."""
    where, bound = filter_.where()
    row = database.frame(
        f"""
        SELECT count(*) AS organisations, count(DISTINCT valley_id) AS valleys,
               count(DISTINCT country) AS countries, count(*) FILTER (type = 'sme') AS smes
        FROM organisation WHERE {where}
        """,
        bound,
    ).iloc[0]
    return Summary(*(int(row[name]) for name in ("organisations", "valleys", "countries", "smes")))


def facet_counts(database: Database, filter_: Filter, name: str) -> dict[str, int]:
    """How many organisations each code of a facet has under the *other* filters.

    Parameters
    ----------
    name : str
        A key of :data:`ecosystem.filters.FACETS`.

    Returns
    -------
    dict of str to int
        Codes without an organisation are not in it.
    """
    where, bound = filter_.where(leaving_out=name)
    counts = database.frame(
        f"""
        SELECT code, count(*) AS n
        FROM (SELECT unnest({FACETS[name].codes}) AS code FROM organisation WHERE {where})
        WHERE code IS NOT NULL GROUP BY code
        """,
        bound,
    )
    return dict(zip(counts["code"], counts["n"].astype(int), strict=True))


def page(
    database: Database,
    filter_: Filter,
    *,
    sort: str = "name",
    descending: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> pd.DataFrame:
    """One page of the list, sorted over the whole of it; empty values come last.

    Returns
    -------
    DataFrame
        All columns of ``organisation`` plus ``valley_name`` and ``nuts2_name``.
    """
    where, bound = filter_.where()
    direction = "DESC" if descending else "ASC"
    order = SORTS.get(sort, SORTS["name"])
    return database.frame(
        f"""
        SELECT * FROM ({_LISTED}) WHERE {where}
        ORDER BY {order} {direction} NULLS LAST, name_sorted, org_id
        LIMIT $limit OFFSET $offset
        """,
        {**bound, "limit": limit, "offset": offset},
    ).drop(columns="name_sorted")


def everything(database: Database, filter_: Filter) -> pd.DataFrame:
    """All organisations of a filter with all columns, for downloads; ordered by name."""
    where, bound = filter_.where()
    return database.frame(
        f"SELECT * FROM ({_LISTED}) WHERE {where} ORDER BY name_sorted, org_id",
        bound,
    ).drop(columns="name_sorted")


def one(database: Database, org_id: str) -> dict[str, Any] | None:
    """One organisation as a mapping of its columns; None if there is none of that id."""
    record = database.record(
        f"SELECT * FROM ({_LISTED}) WHERE org_id = $org_id", {"org_id": org_id}
    )
    if record:
        del record["name_sorted"]
    return record


def in_place(database: Database, filter_: Filter, place_id: str) -> pd.DataFrame:
    """Organisations of one town under a filter, by name."""
    where, bound = filter_.where()
    return database.frame(
        f"""
        SELECT * FROM ({_LISTED}) WHERE {where} AND place_id = $place_id
        ORDER BY name_sorted, org_id
        """,
        {**bound, "place_id": place_id},
    ).drop(columns="name_sorted")


def founding_years(database: Database) -> tuple[int, int]:
    """First and last founding year in the register; this year twice if none is known."""
    row = database.record(
        """
        SELECT coalesce(min(founded), year(today())) AS first,
               coalesce(max(founded), year(today())) AS last FROM organisation
        """
    )
    assert row is not None  # noqa: S101  (an aggregate always has a row)
    return int(row["first"]), int(row["last"])


def domain_counts(database: Database, filter_: Filter) -> pd.Series:
    """Organisations by JRC domain under a filter, most frequent first.

    An organisation counts once in each of its domains, so the counts exceed their number.
    """
    where, bound = filter_.where()
    counts = database.frame(
        f"""
        SELECT domain, count(*) AS n
        FROM (SELECT unnest(domains) AS domain FROM organisation WHERE {where})
        GROUP BY domain ORDER BY n DESC, domain
        """,
        bound,
    )
    return counts.set_index("domain")["n"].astype(int)


def evidence_counts(database: Database) -> dict[str, int]:
    """Organisations by kind of evidence, over the whole register."""
    counts = database.frame("SELECT evidence, count(*) AS n FROM organisation GROUP BY ALL")
    return dict(zip(counts["evidence"], counts["n"].astype(int), strict=True))


def precision_counts(database: Database) -> dict[str, int]:
    """Organisations by how their town was found, over the whole register."""
    counts = database.frame("SELECT location_precision, count(*) AS n FROM organisation GROUP BY 1")
    return dict(zip(counts["location_precision"], counts["n"].astype(int), strict=True))
