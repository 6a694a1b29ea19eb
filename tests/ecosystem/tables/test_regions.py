"""Regions, their population and their colours."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest

from ecosystem.common.settings import settings
from ecosystem.common.store import Database
from ecosystem.common.text import fold
from ecosystem.finding.filters import Filter
from ecosystem.tables import regions, valleys


@pytest.mark.parametrize(
    ("level", "n"), [("valley", 43), ("nuts0", 37), ("nuts1", 125), ("nuts2", 334), ("nuts3", 1514)]
)
def test_every_level_has_its_regions(database: Database, level: str, n: int) -> None:
    assert len(regions.units(database, level)) == n
    assert len(regions.organisation_counts(database, Filter(), level)) == n


@pytest.mark.parametrize("level", list(regions.LEVELS))
def test_counts_over_the_regions_add_up_to_the_total(database: Database, level: str) -> None:
    assert regions.organisation_counts(database, Filter(), level).sum() == 465


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("companies in Nordrhein-Westfalen", ["de-nordrhein-westfalen"]),
        ("bretagne or BRITTANY, and Lower Austria", ["fr-bretagne", "AT12"]),
        ("cryptology", []),
        ("", []),
    ],
)
def test_places_that_a_text_names(database: Database, text: str, ids: list[str]) -> None:
    assert regions.named_in(database, text) == ids


def test_nuts3_at_a_point(database: Database) -> None:
    assert regions.nuts3_at(database, 16.61, 49.20) == "CZ064"
    # Off the coast of Brest, and in the middle of the Atlantic.
    assert regions.nuts3_at(database, -4.80, 48.35) == "FRH02"
    assert regions.nuts3_at(database, -30.0, 45.0) is None


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


def test_places_of_one_outline_are_one(database: Database) -> None:
    brittany = regions.place(database, "FRH0")
    assert brittany is not None
    assert brittany.place_id == "fr-bretagne"
    assert set(brittany.ids) == {"fr-bretagne", "FRH", "FRH0"}
    assert brittany.label == "Brittany (Bretagne)"
    assert set(brittany.names) == {"Brittany", "Bretagne"}
    for region_id in brittany.ids:
        assert regions.place(database, region_id) is brittany
    nrw = regions.place(database, "DEA")
    assert nrw is regions.place(database, "de-nordrhein-westfalen")
    assert nrw is not None
    assert nrw.label == "North Rhine-Westphalia (Nordrhein-Westfalen)"
    assert regions.place(database, "nowhere") is None


def test_every_region_has_one_place_and_every_label_is_another(database: Database) -> None:
    known = regions.places(database)
    every = {id_ for level in regions.LEVELS for id_ in regions.ids(database, level)}
    assert set(known) == every
    shown = {place.place_id: place for place in known.values()}
    large = [p for p in shown.values() if any(regions.level_of(i) != "nuts3" for i in p.ids)]
    assert len({place.label for place in shown.values()}) == len(shown)
    offered = regions.choices(database)
    assert set(offered) == {place.place_id for place in large}
    assert len(set(offered.values())) == len(offered)
    outlines = regions.outlines_of(database)
    assert len({outlines[id_] for id_ in shown}) == len(shown)


@pytest.mark.parametrize(
    ("region_id", "label"),
    [
        ("IE", "Ireland (Éire)"),
        ("FI", "Finland (Suomi)"),
        ("BE10", "Brussels-Capital Region (Région de Bruxelles-Capitale/Brussels Hoofdstedelijk "
                 "Gewest)"),
        ("UKL", "Wales"),
        ("ES51", "Catalonia (Cataluña)"),
        ("FRE2", "Picardy (Picardie)"),
        ("DEA1", "Düsseldorf"),
        ("cz-jihomoravsky", "South Moravia (Jihomoravský kraj)"),
        # A smaller region that is called the same, but isn't: Gozo is not in it.
        ("MT001", "Malta (MT001)"),
        # No NUTS region has its outline.
        ("ch-suisse-occidentale", "Western Switzerland"),
    ],
)  # fmt: skip
def test_names_are_english_with_the_local_one_in_brackets(
    database: Database, region_id: str, label: str
) -> None:
    place = regions.place(database, region_id)
    assert place is not None
    assert place.label == label


def test_a_place_is_offered_once_and_found_by_any_of_its_names(database: Database) -> None:
    offered = regions.choices(database)
    for place in regions.places(database).values():
        assert sum(id_ in offered for id_ in place.ids) <= 1
        if place.place_id in offered:
            words = set(fold(offered[place.place_id]).split())
            assert all(set(fold(name).split()) <= words for name in place.names)
    assert [label for label in offered.values() if "Westfalen" in label] == [
        "North Rhine-Westphalia (Nordrhein-Westfalen)"
    ]
    assert offered["ie-cork"] == "Ireland (Éire) · Ireland (Cork)"


def test_every_list_of_regions_has_the_same_names(database: Database) -> None:
    labels = regions.labels(database)
    for level in regions.LEVELS:
        units = regions.units(database, level).set_index("region_id")["name"]
        assert units.to_dict() == {id_: labels[id_] for id_ in units.index}
    assert regions.names(database)["FRH0"] == valleys.names(database)["fr-bretagne"]
    assert regions.names_in_text(database)["FRH0"] == "Brittany"


def test_every_english_name_is_of_a_region(database: Database) -> None:
    rows = pd.read_csv(settings().reference_dir / "region_names.csv")
    known = {id_ for level in regions.LEVELS for id_ in regions.ids(database, level)}
    assert set(rows["nuts_id"]) <= known
    assert rows["nuts_id"].is_unique


def test_what_one_caller_changes_no_other_sees(database: Database) -> None:
    units = regions.units(database, "nuts2")
    collected = regions.is_collected(database, "nuts2")
    units["name"] = "changed"
    collected[:] = False
    assert set(units["name"]) == {"changed"}
    assert not collected.any()
    assert "changed" not in set(regions.units(database, "nuts2")["name"])
    assert regions.is_collected(database, "nuts2").any()


def test_rows_lie_in_every_region_around_them_and_in_their_valley() -> None:
    rows = pd.DataFrame(
        {
            "name": ["in Rennes", "in France, nobody knows where", "nowhere"],
            "nuts3": ["FRH03", "FR", None],
            "valley_id": ["fr-bretagne", None, None],
        }
    )
    for region_id in ("FRH03", "FRH0", "FRH", "fr-bretagne"):
        assert list(regions.rows_in(rows, region_id)["name"]) == ["in Rennes"]
    assert len(regions.rows_in(rows, "FR")) == 2
    assert regions.rows_in(rows, "DE").empty
