"""Figures of regions of several parts, worked out by plain sums from the parts' figures."""

from __future__ import annotations

import pytest

from ecosystem.common.store import Database
from ecosystem.finding.filters import Filter
from ecosystem.regional import measures, outside_figures, profiles
from ecosystem.tables import regions

NRW = ("DEA1", "DEA2", "DEA3", "DEA4", "DEA5")


def value(database: Database, region_id: str, indicator: str, year: int) -> float | None:
    rows = outside_figures.figures(database, region_id)
    own = rows[(rows["indicator"] == indicator) & (rows["year"] == year)]
    return float(own["value"].iloc[0]) if len(own) else None


def test_population_and_gdp_add_up(database: Database) -> None:
    for indicator, year in (("population", 2025), ("gdp_mio_eur", 2023)):
        parts = [value(database, part, indicator, year) for part in NRW]
        assert None not in parts
        for whole in ("DEA", "de-nordrhein-westfalen"):
            assert value(database, whole, indicator, year) == pytest.approx(sum(parts))
    rows = outside_figures.figures(database, "DEA")
    # Whoever adds up the five figures of 2025 gets 18,034,454.
    assert value(database, "DEA", "population", 2025) == pytest.approx(18_034_454, abs=50)
    assert set(rows.loc[rows["indicator"] == "population", "parts"]) == {5}
    assert "sum of 5 regions, 2025" in set(rows["made"])


def test_gdp_per_inhabitant_and_shares_are_weighted_means(database: Database) -> None:
    rows = outside_figures.figures(database, "DEA")
    last = rows[rows["indicator"] == "gdp_pps_per_inhabitant"].iloc[-1]
    year = int(last["year"])
    per_head = [value(database, part, "gdp_pps_per_inhabitant", year) for part in NRW]
    people = [
        value(database, part, "population", year)
        or value(database, part, "population", int(last["made"][-4:]))
        for part in NRW
    ]
    by_hand = sum(p * g for p, g in zip(people, per_head, strict=True)) / sum(people)
    assert last["value"] == pytest.approx(by_hand)
    assert min(per_head) < last["value"] < max(per_head)
    assert last["made"].startswith(f"mean of 5 regions, {year}, weighted by their population of ")
    research = rows[rows["indicator"] == "gerd_pct_gdp"]
    assert research["made"].str.contains("weighted by their GDP of").all()


def test_one_region_has_its_own_figure(database: Database) -> None:
    for region_id in ("FRH0", "FRH", "fr-bretagne"):
        rows = outside_figures.figures(database, region_id)
        assert set(rows["parts"]) == {1}
        assert set(rows["made"]) == {""}


def test_where_a_part_is_missing_there_is_no_figure(database: Database) -> None:
    # Central Finland is a NUTS 3 region, Western Switzerland holds three of them.
    for region_id in ("fi-keski-suomi", "ch-suisse-occidentale", "FI193"):
        assert outside_figures.figures(database, region_id).empty
    # What one part lacks in a year, the whole lacks.
    whole = outside_figures.figures(database, "FR")
    parts = regions.nuts2_parts(database, "nuts0")
    own = set(parts.loc[parts["region_id"] == "FR", "nuts2"])
    for (indicator, year), _ in whole.groupby(["indicator", "year"]):
        having = database.frame(
            "SELECT nuts_id FROM region_indicator WHERE indicator = $i AND year = $y",
            {"i": indicator, "y": int(year)},
        )["nuts_id"]
        assert own <= set(having)


@pytest.mark.slow
@pytest.mark.parametrize("level", ["valley", "nuts0", "nuts1"])
def test_numbers_per_million_use_the_population_that_the_column_shows(
    database: Database, level: str
) -> None:
    table = measures.table(database, Filter(), level)
    for region_id in [*table.index[table["population_year"].notna()]][:12]:
        year = int(table["population_year"][region_id])
        people = value(database, str(region_id), "population", year)
        assert people == pytest.approx(
            regions.population(database, level)["inhabitants"][region_id]
        )
    profile = profiles.profile(database, Filter(), "DE2")
    assert profile is not None
    assert not profile.figures.empty
