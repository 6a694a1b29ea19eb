"""What the search box finds besides organisations.

``site_search.csv`` was written before the search could find any of it: what somebody types, and
the rows of one kind that must come first among those of that kind, in any order.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ecosystem.common.store import Database

QUERIES = Path(__file__).with_name("site_search.csv")
TABLES = {
    "region": "SELECT nuts_id FROM region UNION ALL SELECT valley_id FROM valley",
    "partnership": "SELECT partnership_id FROM partnership",
    "practice": "SELECT practice_id FROM practice",
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
    assert len({query["query"] for query in queries}) == 40
    known = {kind: set(database.frame(sql).iloc[:, 0]) for kind, sql in TABLES.items()}
    for query in queries:
        assert set(query["expected"].split()) <= known[query["kind"]], query
