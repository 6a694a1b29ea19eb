"""Over the whole gazetteer: a short name leads to its town, a larger one of it, or a question."""

from __future__ import annotations

import re

import pytest

from etl.places.gazetteer import Gazetteer
from etl.places.regions import Regions
from etl.places.towns import Question, Towns, answer_questions

# How saints are written in short, in the languages of the map.
SHORT = {
    "Saint": ("St", "St."),
    "Saints": ("Sts",),
    "Sainte": ("Ste", "Ste."),
    "Sankt": ("St", "St."),
    "Sint": ("St", "St."),
    "San": ("S.",),
    "Santa": ("Sta.", "S."),
    "Santo": ("Sto.", "S."),
    "São": ("S.",),
    "Sveti": ("Sv.",),
    "Sveta": ("Sv.",),
}
SAINT = re.compile(rf"({'|'.join(SHORT)})([ -])(?=\S)")
LARGE = 15_000


def test_abbreviated_saints_are_asked_for_or_right(gazetteer: Gazetteer, regions: Regions) -> None:
    places = gazetteer.places
    meant: dict[Question, int] = {}
    for row, name, country in zip(places.index, places["name"], places["country"], strict=True):
        saint = SAINT.match(name)
        for short in SHORT[saint[1]] if saint else ():
            meant[Question(f"{short}{saint[2]}{name[saint.end() :]}", country, "")] = row
    written_out = {q: Question(gazetteer.name(row), q.country, "") for q, row in meant.items()}
    answers = answer_questions([*{*meant, *written_out.values()}], gazetteer, regions)
    towns = Towns(gazetteer, regions)
    towns.place([*meant.values(), *(answer.row for answer in answers.values() if answer.row >= 0)])
    wrong = []
    for question, row in meant.items():
        found, whole = answers[question].row, answers[written_out[question]].row
        right = [town for town in (row, whole) if town >= 0]
        if found >= 0 and not any(towns.are_one(found, town) for town in right):
            wrong.append((question.city, question.country, gazetteer.name(found)))
    assert len(meant) > 5_000
    assert wrong == []


@pytest.mark.slow
def test_the_beginning_of_a_larger_towns_name_is_asked_for(
    gazetteer: Gazetteer, regions: Regions
) -> None:
    """What is taken without a question is named exactly so, and at least as large."""
    places = gazetteer.places[gazetteer.places["population"] >= LARGE]
    meant: dict[Question, list[int]] = {}
    for row, name, country in zip(places.index, places["name"], places["country"], strict=True):
        for space in re.finditer("[ -]", name):
            meant.setdefault(Question(name[: space.start()], country, ""), []).append(row)
    answers = answer_questions(list(meant), gazetteer, regions)
    towns = Towns(gazetteer, regions)
    towns.place([row for rows in meant.values() for row in rows])
    towns.place([answer.row for answer in answers.values() if answer.row >= 0])
    wrong = []
    for question, rows in meant.items():
        found = answers[question].row
        if found < 0:
            continue
        largest = max(rows, key=lambda row: gazetteer.inhabitants([row]))
        is_larger = gazetteer.inhabitants([found]) >= gazetteer.inhabitants([largest])
        is_named_so = found in gazetteer.rows_named(question.city, question.country)
        if not towns.are_one(found, largest) and not (is_larger and is_named_so):
            wrong.append((question.city, question.country, gazetteer.name(found)))
    assert len(meant) > 1_500
    assert wrong == []


@pytest.mark.parametrize(
    ("city", "country", "town"),
    [
        ("Freiburg i. Br.", "DE", "Freiburg"),
        ("Frankfurt a. M.", "DE", "Frankfurt am Main"),
        ("Bad Homburg v. d. H.", "DE", "Bad Homburg vor der Höhe"),
        ("St. Gallen", "CH", "Sankt Gallen"),
        ("Wr. Neustadt", "AT", "Wiener Neustadt"),
    ],
)
def test_words_with_full_stops_are_the_beginnings_of_words(
    gazetteer: Gazetteer, regions: Regions, city: str, country: str, town: str
) -> None:
    question = Question(city, country, "")
    assert gazetteer.name(answer_questions([question], gazetteer, regions)[question].row) == town


@pytest.mark.parametrize(
    ("city", "country", "towns"),
    [
        ("St-Denis", "FR", {"Saint-Denis in FR10", "Saint-Denis in FRY4"}),
        ("Villingen", "DE", {"Villingen-Schwenningen in DE13", "Willingen in DE73"}),
        ("Gorzów", "PL", {"Gorzów Wielkopolski in PL43", "Gorzów Śląski in PL52"}),
        ("Reggio", "IT", {"Reggio Calabria in ITF6", "Reggio nell'Emilia in ITH5"}),
        ("St. Johann", "AT", {"Sankt Johann im Pongau in AT32", "Sankt Johann in Tirol in AT33"}),
    ],
)
def test_what_is_open_is_asked(
    gazetteer: Gazetteer, regions: Regions, city: str, country: str, towns: set[str]
) -> None:
    question = Question(city, country, "")
    answer = answer_questions([question], gazetteer, regions)[question]
    assert answer.row == -1
    assert towns <= set(answer.candidates)


def test_the_hint_settles_what_is_open(gazetteer: Gazetteer, regions: Regions) -> None:
    question = Question("Molenbeek", "BE", "BE10")
    answer = answer_questions([question], gazetteer, regions)[question]
    assert gazetteer.name(answer.row) == "Molenbeek-Saint-Jean"
    assert answer.note == "Molenbeek is read as Molenbeek-Saint-Jean, which lies in BE10."
