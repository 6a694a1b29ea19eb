"""What others measure and know of a region: Eurostat's figures, outside counts, investors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ecosystem.common.per_release import per_release, per_release_and_level
from ecosystem.common.store import Database
from ecosystem.regional.statistics.peers import STRUCTURE
from ecosystem.tables import regions

# Figures that add up; all others are means, weighted by population or by what is said here.
SUMMED = ("population", "gdp_mio_eur")
WEIGHTED_BY = {"gerd_pct_gdp": "gdp_mio_eur"}
_FIGURE = ["indicator", "label", "unit", "source", "year", "value"]


@per_release
def indicators(database: Database) -> pd.DataFrame:
    """All indicators: ``indicator, label, unit, source, description``."""
    return database.frame("SELECT * FROM indicator ORDER BY label")


def figures(database: Database, region_id: str) -> pd.DataFrame:
    """Every figure of a region of any level, made from those of its NUTS 2 regions.

    Population and gross domestic product add up. GDP per inhabitant and shares are means of the
    parts' figures: those of R&D weighted by GDP, since they are shares of it, all others by
    population (of the nearest year that all parts have); an
    exact mean of an employment share would weight by employment, which Eurostat's tables here
    don't give. A year in which a part has no figure has none, and so has a region of which a
    part is smaller than NUTS 2.

    Returns
    -------
    DataFrame
        ``indicator, label, unit, source, year, value, parts`` (NUTS 2 regions that it is made
        from) and ``made`` (in words: ``"sum of 5 regions, 2024"``; empty where it is Eurostat's
        own figure of one). All years that there are, oldest first; nothing is filled in
        between.
    """
    own = regions.nuts2_within(database, region_id)
    everything, places = _figures(database)
    at = [places[code] for code in own if code in places]
    rows = everything.iloc[np.sort(np.concatenate(at))] if at else everything.head(0)
    if len(own) == 1 and len(rows):
        known = rows.loc[rows["value"].notna(), _FIGURE].reset_index(drop=True)
        return known.assign(parts=1, made="")
    made = []
    for (indicator, year), group in rows.groupby(["indicator", "year"], sort=False):
        if len(group) < len(own):
            continue
        value, how = _join(rows, str(indicator), int(str(year)), group, len(own))
        if pd.isna(value):
            continue
        made.append(group.iloc[0].to_dict() | {"value": value, "parts": len(own), "made": how})
    return pd.DataFrame(made, columns=[*_FIGURE, "parts", "made"])


def _join(
    rows: pd.DataFrame, indicator: str, year: int, group: pd.DataFrame, parts: int
) -> tuple[float, str]:
    """A figure of several regions together, and in words how it was made."""
    values = group.set_index("nuts_id")["value"]
    if indicator in SUMMED:
        return float(values.sum()), f"sum of {parts} regions, {year}"
    by = WEIGHTED_BY.get(indicator, "population")
    known = rows[rows["indicator"] == by]
    full = known.groupby("year")["nuts_id"].size().loc[lambda size: size == parts].index
    if full.empty:
        return float("nan"), ""
    of = min((int(other) for other in full), key=lambda other: (abs(other - year), -other))
    weights = known[known["year"] == of].set_index("nuts_id")["value"].reindex(values.index)
    label = {"population": "population", "gdp_mio_eur": "GDP"}[by]
    return (
        float((values * weights).sum() / weights.sum()),
        f"mean of {parts} regions, {year}, weighted by their {label} of {of}",
    )


@per_release
def _figures(database: Database) -> tuple[pd.DataFrame, Mapping[Any, Any]]:
    """The figures of all NUTS 2 regions but their areas, and the numbers of each one's rows."""
    rows = database.frame(
        """
        SELECT i.indicator, i.label, r.unit, r.source, r.year, r.value, r.nuts_id
        FROM region_indicator r JOIN indicator i USING (indicator)
        WHERE indicator <> 'area_km2' ORDER BY i.label, r.year, r.nuts_id
        """
    ).astype({"year": "int64"})
    return rows, rows.groupby("nuts_id").indices


@per_release
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


def nuts2_of(database: Database, region_id: str) -> str | None:
    """The NUTS 2 region that a region is, if it is exactly one; else None."""
    own = regions.nuts2_within(database, region_id)
    return own[0] if len(own) == 1 and len(own[0]) == len("FRH0") else None


@per_release_and_level
def investor_counts(database: Database, level: str) -> pd.Series:
    """Known investors of every region of a level, beside those that the register counts.

    They are counted whatever the filter says, which is about organisations.
    """
    rows = database.frame(
        f"""
        SELECT {regions.LEVELS[level]} AS region, count(*) AS n FROM investor
        WHERE {regions.LEVELS[level]} IS NOT NULL GROUP BY ALL
        """
    )
    return (
        rows.set_index("region")["n"]
        .reindex(regions.index(database, level), fill_value=0)
        .astype("int64")
    )
