"""Towns are found in any spelling, and never by a guess."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ecosystem.common.settings import settings
from etl.places.gazetteer import Gazetteer
from etl.places.locate import locate, locate_seats, place_table
from etl.places.regions import Regions
from etl.places.towns import Answer, Question, Towns, answer_questions
from etl.schema import Schema
from tests.etl.conftest import small_frame


@pytest.fixture
def ask(gazetteer: Gazetteer, regions: Regions):
    def answer(city: str, country: str, hint: str = "") -> Answer:
        question = Question(city, country, hint)
        return answer_questions([question], gazetteer, regions)[question]

    return answer


@pytest.mark.parametrize(
    ("city", "country", "nuts3", "precision"),
    [
        ("Cesson-Sévigné", "FR", "FRH03", "exact"),
        ("CESSON SEVIGNE", "FR", "FRH03", "exact"),
        ("Hagenberg im Mühlkreis", "AT", "AT313", "exact"),
        ("Donostia", "ES", "ES212", "alternate"),
        ("Donostia / San Sebastián", "ES", "ES212", "exact"),
        ("Cheseaux-sur-Lausanne", "CH", "CH011", "alternate"),
        ("St. Ingbert", "DE", "DEC05", "alternate"),
        ("Sankt Ingbert", "DE", "DEC05", "exact"),
        ("Karlskrona", "SE", "SE221", "exact"),
        ("Valletta", "MT", "MT001", "exact"),
        ("A Coruña", "ES", "ES111", "exact"),
        ("Ceuta", "ES", "ES630", "exact"),
        ("Łódź", "PL", "PL711", "exact"),
        ("Lodz", "PL", "PL711", "exact"),
        ("Αθήνα", "GR", "EL303", "alternate"),
        ("Athens", "GR", "EL303", "exact"),
        ("Athina", "GR", "EL303", "alternate"),
        ("Kraków", "PL", "PL213", "exact"),
        ("Tromsø", "NO", "NO074", "exact"),
        ("Reykjavík", "IS", "IS001", "exact"),
        ("София", "BG", "BG411", "alternate"),
        ("Köln", "DE", "DEA23", "exact"),
        ("Londonderry", "GB", "UKN0A", "alternate"),
        ("Redu", "BE", "BE344", "exact"),
    ],
)
def test_towns(ask, city: str, country: str, nuts3: str, precision: str) -> None:
    answer = ask(city, country)
    assert (answer.nuts3, answer.precision) == (nuts3, precision), answer


def test_salamanca_needs_the_hint(ask) -> None:
    lost = ask("Salamanca", "ES")
    assert lost.row == -1
    assert "several towns" in lost.reason
    assert "ES41" in lost.mend
    assert "ES30" in lost.mend
    assert (ask("Salamanca", "ES", "ES41").nuts3, ask("Salamanca", "ES", "ES30").nuts3) == (
        "ES415",
        "ES300",
    )
    assert ask("Salamanca", "ES", "ES41").precision == "hint"


def test_the_largest_town_is_taken_only_if_no_other_can_be_meant(ask) -> None:
    assert ask("Essen", "DE").precision == "largest"
    assert ask("Saint-Denis", "FR").row == -1


def test_a_hint_that_contradicts_the_town_is_reported(ask) -> None:
    answer = ask("Rennes", "FR", "FR10")
    assert answer.row == -1
    assert answer.reason == "No Rennes lies in FR10."
    assert "Rennes in FRH0" in answer.mend


def test_unknown_towns_come_with_candidates_of_the_country(ask) -> None:
    answer = ask("Cesson-Sevinge", "FR")
    assert answer.row == -1
    assert "Cesson-Sévigné" in answer.mend
    assert ask("🎉", "FR").row == -1


def test_a_name_of_a_town_abroad_says_so_and_offers_nothing_else(ask) -> None:
    answer = ask("Göteborg", "PT")
    assert (answer.row, answer.candidates) == (-1, ())
    assert "A town of this name lies in Sweden: check the country (SE)" in answer.mend
    assert ask("Xyzzyburg", "PT").mend == "Give latitude and longitude."


def test_a_hint_of_no_region_is_named(ask) -> None:
    answer = ask("Köln", "DE", "DEZZ")
    assert answer.reason == "DEZZ is no region of NUTS 2021, but stands for what lies in none."
    assert "Köln in DEA2" in answer.mend
    assert ask("Köln", "DE", "DEX9").reason == "DEX9 is no region of NUTS 2021."


@pytest.mark.parametrize("region", ["UKI4", "UKI5", "UKI6", "UKI7"])
def test_a_town_that_spreads_over_regions_lies_in_that_of_the_hint(
    schemas: dict[str, Schema], gazetteer: Gazetteer, regions: Regions, region: str
) -> None:
    schema = schemas["organisations"]
    frame = small_frame(schema, city="London", country="GB", nuts2_hint=region)
    located, rejections, (note,) = locate(frame, gazetteer, regions)
    row = located.loc[2]
    assert rejections == []
    assert (row["nuts2"], row["town"], row["location_precision"]) == (region, "London", "hint")
    lon, lat = located["lon"].to_numpy(float), located["lat"].to_numpy(float)
    assert regions.locate(lon, lat, np.array(["GB"], object))[0] == row["nuts3"]
    assert f"placed in the middle of {region}" in note
    assert row["place_id"] == f"g2643743-{region.lower()}"


def test_a_town_that_spreads_over_regions_is_uncertain_without_a_hint(ask) -> None:
    answer = ask("London", "GB")
    assert (answer.nuts3, answer.precision) == ("UKI32", "spread")
    assert "UKI3, UKI4, UKI5, UKI6, UKI7" in answer.note
    assert (ask("London", "GB", "UKI3").precision, ask("London", "GB", "UKH2").row) == ("exact", -1)


def test_no_other_town_of_the_gazetteer_spreads(gazetteer: Gazetteer, regions: Regions) -> None:
    towns = Towns(gazetteer, regions)
    large = gazetteer.places.index[gazetteer.places["population"] >= 100_000].tolist()
    towns.place(large)
    assert {gazetteer.name(row) for row in large if len(towns.spread(row)) > 1} == {"London"}


def test_the_ending_of_the_website_settles_a_town(
    schemas: dict[str, Schema], gazetteer: Gazetteer, regions: Regions
) -> None:
    frame = small_frame(
        schemas["organisations"], city="St-Denis", country="FR", website="https://www.exemple.re/"
    )
    located, rejections, (note,) = locate(frame, gazetteer, regions)
    assert (rejections, located.at[2, "nuts2"]) == ([], "FRY4")
    assert note == (
        "organisations.csv, row 2: St-Denis can be one of several towns; it was placed in FRY4, as "
        "the ending .re of its website says."
    )


def test_another_row_of_the_organisation_settles_a_town(
    schemas: dict[str, Schema], gazetteer: Gazetteer, regions: Regions
) -> None:
    given = [
        {"name": "Reggio Uno", "city": "Reggio", "website": "https://uno.example/sedi"},
        {"name": "Uno Calabria", "city": "Catanzaro", "website": "https://www.uno.example/"},
        {"name": "Due", "city": "Reggio", "website": "https://due.example/"},
    ]
    frame = pd.concat(
        [small_frame(schemas["organisations"], country="IT", **cells) for cells in given]
    ).set_axis([2, 3, 4])
    located, (refused,), (note,) = locate(frame, gazetteer, regions)
    assert (located.at[2, "town"], located.at[2, "nuts2"]) == ("Reggio Calabria", "ITF6")
    assert (refused.row, "several towns" in refused.reason) == (4, True)
    assert "row 2: Reggio can be one of several towns" in note
    assert "where row 3 has the same organisation" in note


def test_all_of_the_register_is_located(
    frames: dict[str, pd.DataFrame], gazetteer: Gazetteer, regions: Regions
) -> None:
    organisations = frames["organisations"]
    located, rejections, notes = locate(organisations, gazetteer, regions)
    assert (rejections, notes) == ([], [])
    assert located.index.equals(organisations.index)
    agrees = [
        n.startswith(h) for n, h in zip(located["nuts3"], organisations["nuts2_hint"], strict=True)
    ]
    assert all(agrees)
    assert not (located["location_precision"] == "largest").any()


def test_seats_of_investors_and_of_the_network(
    frames: dict[str, pd.DataFrame], gazetteer: Gazetteer, regions: Regions
) -> None:
    investors = frames["investors"]
    located, notes = locate_seats(investors, "investors.csv", gazetteer, regions)
    nuts2 = dict(zip(investors["name"].loc[located.index], located["nuts2"], strict=True))
    assert nuts2["eCAPITAL ENTREPRENEURIAL PARTNERS"] == "DEA3"
    assert nuts2["TIIN Capital"] == "NL32"
    assert set(investors["name"]) - set(nuts2) == {"Insight Partners"}
    assert notes == [
        "investors.csv, row 24, Insight Partners: in no region. "
        "New York (US) lies outside the NUTS area.",
        *(note for note in notes if "London spreads over several regions" in note),
    ]
    network = frames["network"]
    located, notes = locate_seats(network, "network.csv", gazetteer, regions)
    assert (len(located), notes) == (len(network) - 1, [])  # Global EPIC has no seat


@pytest.mark.parametrize(
    ("city", "country", "hint", "words"),
    [
        ("Salamanca", "ES", "", "several towns. Candidates: Salamanca in ES30, Salamanca in ES41;"),
        ("Rennes", "FR", "FR10", "No Rennes lies in FR10. Candidates: Rennes in FRH0;"),
        ("Cesson-Sevinge", "FR", "", "Cesson-Sévigné"),
        ("Tel Aviv", "IL", "", "Tel Aviv (IL) lies outside the NUTS area."),
        ("Paris", "", "", "Paris has no country."),
        ("🎉", "FR", "", "No town of this name is known in France."),
    ],
)
def test_a_seat_is_never_guessed(
    schemas: dict[str, Schema],
    gazetteer: Gazetteer,
    regions: Regions,
    city: str,
    country: str,
    hint: str,
    words: str,
) -> None:
    frame = small_frame(schemas["investors"], name="A", city=city, country=country, nuts2_hint=hint)
    located, (note,) = locate_seats(frame, "investors.csv", gazetteer, regions)
    assert located.empty
    assert note.startswith("investors.csv, row 2, A: in no region. ")
    assert words in note


@pytest.mark.parametrize(
    ("lat", "lon", "column", "mend"),
    [
        ("-1.6033", "48.1217", "lat", "look swapped"),
        ("52.52", "13.40", "lat", "Correct them"),
        ("48.1217", "", "lon", "Fill in the missing one"),
        ("", "-1.6033", "lat", "Fill in the missing one"),
    ],
)
def test_coordinates_that_can_not_be(
    schemas: dict[str, Schema],
    gazetteer: Gazetteer,
    regions: Regions,
    lat: str,
    lon: str,
    column: str,
    mend: str,
) -> None:
    frame = small_frame(schemas["organisations"], city="Rennes", country="FR", lat=lat, lon=lon)
    located, (error,), _ = locate(frame, gazetteer, regions)
    assert located.empty
    assert (error.row, error.column) == (2, column)
    assert mend in error.mend


def test_coordinates_of_the_register_are_kept(
    schemas: dict[str, Schema], gazetteer: Gazetteer, regions: Regions
) -> None:
    frame = small_frame(
        schemas["organisations"], city="Nowhere", country="FR", lat="48.1217", lon="-1.6033"
    )
    located, rejections, notes = locate(frame, gazetteer, regions)
    row = located.loc[2]
    assert (rejections, notes) == ([], [])
    assert (row["lon"], row["lat"], row["nuts2"], row["location_precision"]) == (
        -1.6033,
        48.1217,
        "FRH0",
        "register",
    )
    assert row["place_id"] == f"c{row['x']}-{row['y']}"


def test_a_point_off_the_coast_belongs_to_the_near_region_of_its_country(regions: Regions) -> None:
    def at(lon: float, lat: float, country: str) -> str:
        return regions.locate(np.array([lon]), np.array([lat]), np.array([country], object))[0]

    assert at(15.5866, 56.1616, "SE") == "SE221"
    assert at(15.5866, 55.5, "SE") == ""  # open sea
    assert at(7.5886, 47.5596, "CH") == "CH031"
    assert at(8.54, 47.37, "FR") == ""  # Zürich


def test_a_place_is_named_as_most_organisations_write_it() -> None:
    rows = pd.DataFrame(
        {
            "place_id": ["g1", "g1", "g1", "g2"],
            "city": ["Donostia", "San Sebastián", "Donostia", "Rennes"],
            **dict.fromkeys(["country", "geoname_id", "lon", "lat", "x", "y"], 0),
            **dict.fromkeys(["nuts0", "nuts1", "nuts2", "nuts3"], ""),
        }
    )
    assert place_table(rows)["name"].tolist() == ["Donostia", "Rennes"]


def test_abbreviations_are_data() -> None:
    words = pd.read_csv(settings().schema_dir / "place_words.csv")
    assert {"sankt", "saint", "san"} <= set(words["stands_for"])
