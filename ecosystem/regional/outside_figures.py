"""What others measure and know of a region: Eurostat's figures, outside counts, investors."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from ecosystem.common.store import Database
from ecosystem.regional.statistics.peers import STRUCTURE
from ecosystem.tables import regions


def indicators(database: Database) -> pd.DataFrame:
    """All indicators: ``indicator, label, unit, source, description``."""
    return database.frame("SELECT * FROM indicator ORDER BY label")


def figures(database: Database, nuts2: str) -> pd.DataFrame:
    """Every figure of one NUTS 2 region: ``indicator, label, unit, source, year, value``.

    All years that there are, oldest first; nothing is filled in between.
    """
    return database.frame(
        """
        SELECT i.indicator, i.label, r.unit, r.source, r.year, r.value
        FROM region_indicator r JOIN indicator i USING (indicator)
        WHERE nuts_id = $nuts2 AND indicator <> 'area_km2'
        ORDER BY i.label, r.year
        """,
        {"nuts2": nuts2},
    )


def structure(database: Database) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Latest figures of the structural indicators of all NUTS 2 regions, and their years.

    Returns
    -------
    tuple of DataFrame
        Values and years, both indexed by NUTS 2 id with a column an indicator; missing where
        Eurostat has none.
    """
    rows = database.frame(
        """
        SELECT nuts_id, indicator, year, value FROM region_indicator
        WHERE list_contains($structure, indicator)
        QUALIFY row_number() OVER (PARTITION BY nuts_id, indicator ORDER BY year DESC) = 1
        """,
        {"structure": list(STRUCTURE)},
    )
    nuts2 = regions.ids(database, "nuts2")
    values, years = (
        rows.pivot_table(index="nuts_id", columns="indicator", values=column)
        .reindex(index=nuts2, columns=list(STRUCTURE))
        .rename_axis(index="region", columns=None)
        for column in ("value", "year")
    )
    return values, years


def nuts2_of(database: Database, region_id: str, level: str) -> str | None:
    """The NUTS 2 region that a region is, if it is exactly one; else None.

    Eurostat's figures here are of NUTS 2 regions; shares and averages of other units can't be
    added up from them.
    """
    parts = regions.nuts2_parts(database, level)
    own = parts.loc[parts["region_id"] == region_id, "nuts2"]
    return str(own.iloc[0]) if len(own) == 1 and len(own.iloc[0]) == len("FRH0") else None


def counts_elsewhere(database: Database, level: str) -> pd.DataFrame:
    """Outside counts of organisations for regions of a level.

    A count belongs to a region if both cover the same NUTS codes.

    Returns
    -------
    DataFrame
        Indexed by region id: ``counted``, ``scope``, ``year`` (may be missing),
        ``source_url``; several rows a region where there are several counts.
    """
    if level == "valley":
        own = "SELECT valley_id AS region_id, list_sort(nuts_codes) AS codes FROM valley"
    else:
        own = (
            f"SELECT nuts_id AS region_id, [nuts_id] AS codes FROM region WHERE level = {level[-1]}"
        )
    rows = database.frame(
        f"""
        SELECT region_id, organisations AS counted, scope, year, source_url
        FROM coverage c JOIN ({own}) o ON list_sort(c.nuts_codes) = o.codes
        ORDER BY region_id, year DESC NULLS LAST
        """
    )
    rows["year"] = rows["year"].astype("Int64")
    return rows.set_index("region_id")


def europe_counts_elsewhere(database: Database) -> pd.DataFrame:
    """Outside counts for Europe: ``territory, counted, scope, year, source_url``."""
    return database.frame(
        """
        SELECT territory, organisations AS counted, scope, year, source_url
        FROM coverage WHERE len(nuts_codes) = 0 ORDER BY counted DESC
        """
    )


def investor_counts(database: Database, level: str, region_ids: Iterable[str]) -> pd.Series:
    """Known investors of every region of a level, from the table of investors."""
    rows = database.frame(
        f"""
        SELECT {regions.LEVELS[level]} AS region, count(*) AS n FROM investor
        WHERE {regions.LEVELS[level]} IS NOT NULL GROUP BY ALL
        """
    )
    return (
        rows.set_index("region")["n"]
        .reindex(pd.Index(region_ids, name="region"), fill_value=0)
        .astype("int64")
    )
