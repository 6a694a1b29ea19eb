"""What the search box finds besides organisations.

``site_search.csv`` was written before the search could find any of it: what somebody types, and
the rows of one kind that must come first among those of that kind, in any order.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosystem import site_search
from ecosystem.common.settings import settings
from ecosystem.common.store import Database
from ecosystem.common.synonyms import load_synonyms

RIGHT_AT_LEAST = 42
QUERIES = Path(__file__).with_name("site_search.csv")
TABLES = {
    "region": "SELECT nuts_id FROM region UNION ALL SELECT valley_id FROM valley",
    "partnership": "SELECT partnership_id FROM partnership",
    "practice": "SELECT practice_id FROM practice",
    "investor": "SELECT investor_id FROM investor",
    "programme": "SELECT programme_id FROM programme",
    "network_entity": "SELECT entity_id FROM network_entity",
    "event": "SELECT event_id FROM event",
    "document": "SELECT doc_id FROM document",
}


@pytest.fixture(scope="module")
def queries() -> list[dict[str, str]]:
    with QUERIES.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_what_is_expected_is_in_the_register(
    database: Database, queries: list[dict[str, str]]
) -> None:
    assert len({query["query"] for query in queries}) == 46
    known = {kind: set(database.frame(sql).iloc[:, 0]) for kind, sql in TABLES.items()}
    for query in queries:
        assert set(query["expected"].split()) <= known[query["kind"]], query


@pytest.mark.slow
def test_what_people_type_finds_what_they_mean_first(
    database: Database, queries: list[dict[str, str]]
) -> None:
    wrong = []
    for query in queries:
        expected = set(query["expected"].split())
        found = site_search.ids(database, site_search.Kind(query["kind"]), query["query"])
        if set(found[: len(expected)]) != expected:
            wrong.append(f"{query['query']}: {found[:5]}")
    assert len(queries) - len(wrong) >= RIGHT_AT_LEAST, wrong


def test_groups_are_bounded_and_in_order(database: Database) -> None:
    found = site_search.find(database, "cyber", limit=2)
    assert list(found) == [kind for kind in site_search.Kind if kind in found]
    for kind, group in found.items():
        assert len(group.entries) == 2
        assert group.total == len(site_search.ids(database, kind, "cyber")) > 2
        assert all(entry.kind is kind for entry in group.entries)


@pytest.mark.parametrize("text", ["", " ", "?!", "zzzzqqq", "\x00", "'; DROP TABLE region --" * 9])
def test_nothing_is_found_for_nothing(database: Database, text: str) -> None:
    assert site_search.find(database, text) == {}


@given(st.text(max_size=120))
def test_any_text_is_answered(database: Database, text: str) -> None:
    for group in site_search.find(database, text).values():
        assert 0 < len(group.entries) <= min(group.total, 3)


def test_every_synonym_of_a_kind_finds_all_of_that_kind(database: Database) -> None:
    kinds = {
        "partnerships": (site_search.Kind.PARTNERSHIP, "partnership"),
        "practices": (site_search.Kind.PRACTICE, "practice"),
        "network": (site_search.Kind.NETWORK_ENTITY, "network_entity"),
    }
    synonyms = load_synonyms(settings().schema_dir / "search_synonyms.csv")
    for resource, (kind, table) in kinds.items():
        assert synonyms[resource]
        for code, words in synonyms[resource].items():
            meant = database.frame(
                f"SELECT * FROM {table} WHERE kind = $code", {"code": code}
            ).iloc[:, 0]
            for word in words:
                assert set(meant) <= set(site_search.ids(database, kind, word)), word


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cyber runway", "cyber-runway"),
        ("accelerator Tallinn", "cybernorth"),
        ("programmes in Estonia", "tehnopol-cyber-accelerator"),
        ("bootcamp for first ideas", "hutzero"),
    ],
)
def test_programmes_are_found_by_name_place_and_what_they_do(
    database: Database, text: str, expected: str
) -> None:
    assert expected in site_search.ids(database, site_search.Kind.PROGRAMME, text)[:4]
