"""Questions as people ask them, with the rows of the register that answer each.

``questions.csv`` was written before the search could read any of it. ``rows`` is a pandas query
over the table ``organisation`` and ``near`` a town and a distance in kilometres, measured here by
PROJ: neither asks the search. ``count`` is how many organisations those are. They must come
first, in any order; ``only`` says whether nothing else may be found. ``nowhere`` is a place of
which the search must say that it has no organisation.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from pyproj import Geod

from ecosystem.common.store import Database
from ecosystem.finding import nearby, search
from ecosystem.finding.filters import Filter, with_town_of_search
from ecosystem.tables import organisations

QUESTIONS = Path(__file__).with_name("questions.csv")
RIGHT_AT_LEAST = 70


@pytest.fixture(scope="module")
def register(database: Database) -> pd.DataFrame:
    return database.frame("SELECT * FROM organisation ORDER BY ordinal").set_index("ordinal")


@pytest.fixture(scope="module")
def questions() -> list[dict[str, str]]:
    with QUESTIONS.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def answers(database: Database, register: pd.DataFrame, question: dict[str, str]) -> set[str]:
    """Ids of the organisations that answer a question, without asking the search."""
    if question["nowhere"]:
        return set()
    rows = register
    if question["near"]:
        name, km = question["near"].split("; ")
        centre = nearby.towns(database, name)[0]
        assert centre.label.split(", ")[1] == name.split(", ")[1]
        geod = Geod(ellps="WGS84")
        apart = [
            geod.line_length([centre.lon, lon], [centre.lat, lat])
            for lon, lat in zip(rows["lon"], rows["lat"], strict=True)
        ]
        rows = rows[[metres <= 1000 * float(km) for metres in apart]]
    return set((rows.query(question["rows"]) if question["rows"] else rows)["org_id"])


def is_right(database: Database, register: pd.DataFrame, question: dict[str, str]) -> bool:
    found = register.loc[search.find(database, question["query"]).ordinals, "org_id"].tolist()
    if question["nowhere"]:
        places = search.reading(database, question["query"]).places
        return not found and [place.text for place in places] == [question["nowhere"]]
    expected = answers(database, register, question)
    is_nothing_else = question["only"] == "no" or len(found) == len(expected)
    return set(found[: len(expected)]) == expected and is_nothing_else


def test_counts_are_those_of_the_register(
    database: Database, register: pd.DataFrame, questions: list[dict[str, str]]
) -> None:
    assert len({question["query"] for question in questions}) == 75
    for question in questions:
        assert len(answers(database, register, question)) == int(question["count"]), question


@pytest.mark.slow
def test_questions_find_what_they_ask_for(
    database: Database, register: pd.DataFrame, questions: list[dict[str, str]]
) -> None:
    wrong = [q["query"] for q in questions if not is_right(database, register, q)]
    assert len(questions) - len(wrong) >= RIGHT_AT_LEAST, wrong


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("who does cybersecurity near Rennes", ["asking", "subject", "near"]),
        ("cyber range", ["word"]),
        ("network security", ["word", "word"]),
        ("security Bristol", ["subject", "place"]),
        ("Köln und Umgebung", ["near"]),
        ("Penetrationstest Umkreis 50 km Leuven", ["word", "near"]),
        ("near Brittany", ["asking", "place"]),
        ("companies near me", ["type", "here"]),
        ("how many companies in Europe", ["asking", "type", "asking"]),
        ("Cybersecurity Made in Europe", ["label"]),
        ("label Slovenia", ["label", "place"]),
    ],
)
def test_what_words_do_in_a_question(database: Database, text: str, kinds: list[str]) -> None:
    assert [part.kind for part in search.understand(database, text).parts] == kinds


@pytest.mark.parametrize(
    ("text", "town", "km"),
    [
        ("near Krakowa", "Kraków, Poland", 25),
        ("vicino a Roma", "Rome, Italy", 25),
        ("within 30km of Bonn", "Bonn, Germany", 30),
        ("pentest near the hague", "The Hague, Netherlands", 25),
        ("near London", "London, United Kingdom", 200),
    ],
)
def test_the_town_and_the_distance_of_a_question(
    database: Database, text: str, town: str, km: int
) -> None:
    part = search.understand(database, text).near
    assert part is not None
    assert part.town is not None
    assert (part.town.label, part.km) == (town, km)


def test_the_filter_takes_over_the_town_of_its_search(database: Database) -> None:
    asked = Filter(q="companies near Rennes", type=("sme",))
    taken = with_town_of_search(database, asked)
    assert (taken.q, taken.km, taken.type) == ("companies", 25, ("sme",))
    assert organisations.sorts(taken)[0] == organisations.DISTANCE
    one, other = (organisations.summary(database, f).organisations for f in (asked, taken))
    assert one == other > 0
    assert with_town_of_search(database, Filter(q="companies")) == Filter(q="companies")
