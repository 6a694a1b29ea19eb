"""A search for another list leads there, narrowed to the place, the subject and the year."""

from __future__ import annotations

import pandas as pd
import pytest

from ecosystem import asked_lists, site_search
from ecosystem.asked_lists import AskedList
from ecosystem.common.settings import settings
from ecosystem.common.store import Database
from ecosystem.site_search import Kind


def rows_of(name: str) -> pd.DataFrame:
    return pd.read_csv(settings().register_dir / f"{name}.csv", dtype=str)


def asked(database: Database, text: str) -> AskedList:
    (found,) = asked_lists.asked_lists(database, text)
    return found


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("events in Ljubljana", "SI"),
        ("events Brussels", "BE"),
        ("Veranstaltungen in Koeln", "DE"),
        ("événements à Rennes", "FR"),
        ("events near Maribor", "SI"),
        ("events in Athens", "GR"),
        ("events", ""),
    ],
)
def test_events_are_those_of_the_country(database: Database, text: str, country: str) -> None:
    rows = rows_of("events")
    expected = rows[rows["country"] == country] if country else rows
    assert asked(database, text) == AskedList(Kind.EVENT, country, total=len(expected))


def test_a_year_narrows_the_events(database: Database) -> None:
    found = asked(database, "events in Belgium 2023")
    assert (found.country, found.year) == ("BE", 2023)
    everything = asked(database, "events in Belgium")
    assert 0 < found.total < everything.total


def test_documents_are_about_what_is_asked(database: Database) -> None:
    rows = rows_of("documents")
    text = rows.fillna("").agg(" ".join, axis=1).str.lower()
    found = asked(database, "documents about regions")
    assert (found.kind, found.words) == (Kind.DOCUMENT, "regions")
    assert 0 < found.total <= text.str.contains("regions").sum() < len(rows)


def test_investors_have_their_seat_in_the_country(database: Database) -> None:
    rows = rows_of("investors")
    for text, country in (("investors in Germany", "DE"), ("inversores en España", "ES")):
        found = asked(database, text)
        assert (found.kind, found.country) == (Kind.INVESTOR, country)
        assert found.total == (rows["country"] == country).sum() > 0


def test_a_region_is_the_valley_where_the_list_has_that_choice(database: Database) -> None:
    practices, network, events = (
        asked(database, f"{word} Brittany") for word in ("practices", "network", "events")
    )
    assert (practices.valley, network.valley, events.valley) == ("fr-bretagne", "fr-bretagne", "")
    assert (practices.country, network.country, events.country) == ("", "", "FR")
    rows = rows_of("practices")
    assert practices.total == (rows["valley_id"] == "fr-bretagne").sum() > 0


def test_where_nothing_is_left_the_whole_list_is_there(database: Database) -> None:
    found = asked(database, "documents about zzzzqqq")
    assert (found.total, found.is_narrowed) == (0, True)
    assert asked_lists.whole(database, found).total == len(rows_of("documents"))


@pytest.mark.parametrize("text", ["", "guardtime", "event management", "network security"])
def test_other_searches_ask_for_no_list(database: Database, text: str) -> None:
    assert asked_lists.asked_lists(database, text) == []


def test_each_list_is_asked_for_in_many_languages() -> None:
    words = site_search.load_synonyms(settings().schema_dir / "search_synonyms.csv")["question"]
    for name in site_search.OF_LIST:
        assert len(words[name]) >= 10, name


def test_what_else_is_found_is_of_the_list_that_is_asked_for(database: Database) -> None:
    assert set(site_search.find(database, "events Brussels")) == {Kind.EVENT}
    # No event there: what else the place has.
    assert Kind.EVENT not in site_search.find(database, "events in Maribor")
    assert site_search.find(database, "events in Slovenia")
