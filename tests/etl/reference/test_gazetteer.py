"""Places are found by the names that people write, in the country that they belong to."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely

from etl.reference.gazetteer import build_gazetteer, fold_names, useful_alternate_names
from tests.etl.reference.conftest import REFERENCE

LARGEST_FILE_BYTES = 6_000_000
OCEAN_LIMIT_DEGREES = 0.05

LOOKUPS = [
    ("Göteborg", "SE", 2711537),
    ("Gothenburg", "SE", 2711537),
    ("Århus", "DK", 2624652),
    ("København", "DK", 2618425),
    ("Tromsø", "NO", 3133895),
    ("Helsingfors", "FI", 658225),
    ("Mariehamn", "FI", 3041732),
    ("Łódź", "PL", 3093133),
    ("Košice", "SK", 724443),
    ("София", "BG", 727011),
    ("Београд", "RS", 792680),
    ("Скопје", "MK", 785842),
    ("Αθήνα", "GR", 264371),
    ("Λευκωσία", "CY", 146268),
    ("Donostia", "ES", 3110044),
    ("Bilbo", "ES", 3128026),
    ("Gasteiz", "ES", 3104499),
    ("Den Haag", "NL", 2747373),
    ("Wien", "AT", 2761369),
    ("Hagenberg im Mühlkreis", "AT", 2777066),
    ("Cesson-Sévigné", "FR", 3027767),
    ("Cheseaux-sur-Lausanne", "CH", 2661187),
    ("Sankt Ingbert", "DE", 2841590),
    ("Saint-Denis", "FR", 935264),
]


def _folded(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@pytest.fixture(scope="module")
def gazetteer() -> pd.DataFrame:
    return pd.read_parquet(REFERENCE / "gazetteer.parquet")


@pytest.fixture(scope="module")
def ids_by_name(gazetteer: pd.DataFrame) -> dict[tuple[str, str], set[int]]:
    index: dict[tuple[str, str], set[int]] = defaultdict(set)
    for row in gazetteer.itertuples():
        for name in (row.name, *row.alternate_names):
            index[_folded(name), row.country].add(row.geoname_id)
    return index


@pytest.fixture(scope="module")
def supplement() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "places_supplement.csv", dtype={"same_as_geoname_id": "Int64"})


def test_committed_gazetteer_covers_every_country_in_order(gazetteer: pd.DataFrame) -> None:
    countries = pd.read_parquet(
        REFERENCE / "boundaries" / "nuts_2021_l0.parquet", columns=["country"]
    )["country"]
    assert set(gazetteer["country"]) == set(countries)
    assert gazetteer["geoname_id"].is_unique
    keys = list(zip(gazetteer["country"], gazetteer["geoname_id"], strict=True))
    assert keys == sorted(keys)
    assert gazetteer["lat"].between(-25, 80).all()
    assert gazetteer["lon"].between(-65, 60).all()
    assert (REFERENCE / "gazetteer.parquet").stat().st_size < LARGEST_FILE_BYTES


@pytest.mark.parametrize(("name", "country", "geoname_id"), LOOKUPS)
def test_place_is_found_by_name(
    ids_by_name: dict[tuple[str, str], set[int]], name: str, country: str, geoname_id: int
) -> None:
    assert geoname_id in ids_by_name[_folded(name), country]


def test_alternate_names_are_useful_ones() -> None:
    alternates = ["RENNES", "Roazhon", "Ренн", "Ρεν", "レンヌ", "ren'nu", "RNS", "FRRNS", "Rènes"]
    assert useful_alternate_names("Rennes", alternates) == ["Roazhon", "Rènes", "Ρεν", "Ренн"]


def _city(**changes: Any) -> dict[str, Any]:
    return {
        "geonameid": 1,
        "name": "Town",
        "alternatenames": [],
        "countrycode": "FR",
        "admin1code": "53",
        "population": 600,
        "latitude": 48.0,
        "longitude": -1.5,
        **changes,
    }


def test_places_are_selected_ordered_and_filed_under_their_state() -> None:
    cities = [
        _city(geonameid=3, countrycode="US"),
        _city(geonameid=9),
        _city(geonameid=2, countrycode="MQ"),
        _city(geonameid=5, countrycode="DE"),
    ]
    table = build_gazetteer(cities, ["FR", "DE"])
    assert table.column("country").to_pylist() == ["DE", "FR", "FR"]
    assert table.column("geoname_id").to_pylist() == [5, 2, 9]
    assert table.column("lon").to_pylist() == [-1.5, -1.5, -1.5]


def test_country_without_places_is_refused() -> None:
    with pytest.raises(ValueError, match="no place in IS, LI"):
        build_gazetteer([_city()], ["FR", "LI", "IS"])


def test_repeated_ids_are_refused() -> None:
    with pytest.raises(ValueError, match="not unique"):
        build_gazetteer([_city(), _city()], ["FR"])


def test_supplement_adds_only_what_the_gazetteer_lacks(
    supplement: pd.DataFrame,
    gazetteer: pd.DataFrame,
    ids_by_name: dict[tuple[str, str], set[int]],
) -> None:
    located = supplement["lat"].notna() & supplement["lon"].notna()
    alias = supplement["same_as_geoname_id"].notna()
    assert (located ^ alias).all()
    assert not supplement.duplicated(["name", "country"]).any()
    assert supplement["same_as_geoname_id"].dropna().isin(gazetteer["geoname_id"]).all()
    for row in supplement.itertuples():
        assert not ids_by_name.get((_folded(row.name), row.country)), row.name


def test_supplement_lies_in_the_country_that_it_names(supplement: pd.DataFrame) -> None:
    countries = gpd.read_parquet(REFERENCE / "boundaries" / "nuts_2021_l0_full.parquet")
    outlines = countries.set_index("country").geometry
    for row in supplement.dropna(subset=["lat", "lon"]).itertuples():
        distance = outlines[row.country].distance(shapely.Point(row.lon, row.lat))
        assert distance < OCEAN_LIMIT_DEGREES, row.name


def test_committed_names_are_those_of_the_gazetteer() -> None:
    committed = pq.read_table(REFERENCE / "gazetteer_names.parquet")
    assert committed.equals(fold_names(pq.read_table(REFERENCE / "gazetteer.parquet")))
