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
        ("events in Ljubljana", ["list", "place"]),
        ("Veranstaltungen in Köln", ["list", "place"]),
        ("dogodki Ljubljana", ["list", "place"]),
        ("cyber events 2024", ["subject", "list", "year"]),
        ("security events", ["subject", "list"]),
        ("documents about certification", ["list", "asking", "word"]),
        ("network Slovenia", ["list", "place"]),
        ("EU projects in Slovenia", ["list", "place"]),
        ("investors in Slovenia", ["list", "place"]),
        ("investors in Brno", ["type", "place"]),
        # The same words, where they are none of a list.
        ("event management", ["word", "word"]),
        ("wireless network", ["word", "word"]),
        ("projects on awareness", ["word", "word"]),
        ("Brno 2024", ["place", "word"]),
    ],
)
def test_what_words_do_in_a_question(database: Database, text: str, kinds: list[str]) -> None:
    assert [part.kind for part in search.understand(database, text).parts] == kinds


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("events in Ljubljana", "Ljubljana"),
        ("investors in Slovenia", "Slovenia"),
        ("events Brussels", "Brussels"),
        ("documents about certification", "certification"),
        ("network Slovenia", "Slovenia"),
        ("Veranstaltungen 2024 Koeln", "Köln"),
        ("conferences near Rennes", "near Rennes"),
        ("library", ""),
    ],
)
def test_a_word_for_another_list_narrows_no_organisations(
    database: Database, text: str, same: str
) -> None:
    found = search.find(database, text).ordinals
    expected = search.find(database, same).ordinals if same else range(465)
    assert set(found) == set(expected)
    assert len(found) > 0


def test_a_word_for_a_list_alone_finds_organisations_that_have_it(database: Database) -> None:
    found = search.find(database, "network")
    assert 0 < len(found.ordinals) < 465


@pytest.mark.parametrize(
    ("text", "town"),
    [
        ("Koeln", "Köln, Germany"),
        ("Muenchen", "Munich, Germany"),
        ("Goeteborg", "Gothenburg, Sweden"),
        ("Praha", "Prague, Czechia"),
        ("Hilleroed", "Hillerød, Denmark"),
        ("near Goeteborg", "Gothenburg, Sweden"),
        ("Brittany", None),
        ("guardtime", None),
    ],
)
def test_the_town_that_is_meant(database: Database, text: str, town: str | None) -> None:
    part = search.understand(database, text).parts[-1]
    found = search.town_meant(database, part)
    assert (found.label if found else None) == town


@pytest.mark.parametrize(
    ("text", "same"), [("Koeln", "Köln"), ("Muenchen", "München"), ("Aarhus", "Århus")]
)
def test_a_town_in_another_spelling_finds_the_same(
    database: Database, text: str, same: str
) -> None:
    found, expected = (search.find(database, name).ordinals for name in (text, same))
    assert set(found) == set(expected)
    assert len(found) > 0


@pytest.mark.parametrize("text", ["Goeteborg", "Hilleroed", "Luebeck", "Aalesund"])
def test_a_town_without_organisations_is_known_in_another_spelling(
    database: Database, text: str
) -> None:
    reading = search.reading(database, text)
    assert [(place.text, place.is_town) for place in reading.places] == [(text, True)]


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
