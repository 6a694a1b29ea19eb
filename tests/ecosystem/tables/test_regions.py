"""Regions, their population and their colours."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest

from ecosystem.common.settings import settings
from ecosystem.common.store import Database
from ecosystem.finding.filters import Filter
from ecosystem.tables import regions


@pytest.mark.parametrize(
    ("level", "n"), [("valley", 43), ("nuts0", 37), ("nuts1", 125), ("nuts2", 334), ("nuts3", 1514)]
)
def test_every_level_has_its_regions(database: Database, level: str, n: int) -> None:
    assert len(regions.units(database, level)) == n
    assert len(regions.organisation_counts(database, Filter(), level)) == n


@pytest.mark.parametrize("level", list(regions.LEVELS))
def test_counts_over_the_regions_add_up_to_the_total(database: Database, level: str) -> None:
    assert regions.organisation_counts(database, Filter(), level).sum() == 465


def test_label_points_lie_inside(database: Database) -> None:
    outlines = regions.outlines(database, "nuts2")
    points = gpd.GeoSeries(gpd.points_from_xy(outlines["lon"], outlines["lat"]), crs=4326)
    metres = outlines.geometry.to_crs(3035).distance(points.to_crs(3035))
    assert metres.max() < 100


def test_population_of_a_country_is_the_sum_of_its_parts(database: Database) -> None:
    figures = pd.read_parquet(settings().reference_dir / "region_indicators.parquet")
    year = 2024
    parts = figures.query("indicator == 'population' and year == @year")
    by_hand = parts[parts["nuts_id"].str.startswith("FR")]["value"].sum()
    people = regions.population(database, "nuts0").loc["FR"]
    if people["year"] == year:
        assert people["inhabitants"] == by_hand
    assert 60e6 < people["inhabitants"] < 70e6


def test_a_valley_smaller_than_nuts_2_has_no_population(database: Database) -> None:
    people = regions.population(database, "valley")
    assert pd.isna(people.loc["fi-keski-suomi", "inhabitants"])
    assert people.loc["fr-bretagne", "inhabitants"] > 3e6
