"""Services delivered, counted by year, valley and service; and facts, each the latest."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from ecosystem.common.store import Database, Release
from ecosystem.tables import organisation_facts, programmes, services

DELIVERED = [
    ("fr-secure-ic", "access-to-funding", "2027-03", 4.5, None),
    ("fr-secure-ic", "access-to-funding", "2027", None, None),
    ("fr-secure-ic", "training-mentoring", "2026-12-01", 8, "ee-estonia"),
    ("es-scytl", "training-mentoring", "2026", 2, None),
]


@pytest.fixture
def served(database: Database, tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "served.duckdb"
    shutil.copy(database.release.path, path)
    path.chmod(0o644)
    with duckdb.connect(str(path)) as connection:
        for row in DELIVERED:
            connection.execute(
                "INSERT INTO service (org_id, service, date, hours, valley_id) "
                "VALUES (?, ?, ?, ?, ?)",
                list(row),
            )
    opened = Database(Release("served", path))
    yield opened
    opened.close()


def test_nothing_was_delivered_yet(database: Database) -> None:
    assert services.everything(database).empty
    assert services.counts(database).empty


def test_services_are_counted_where_and_when_they_were_delivered(served: Database) -> None:
    found = services.counts(served).astype(object)
    rows = [tuple(None if cell != cell else cell for cell in row) for row in found.to_numpy()]
    assert rows == [
        (2027, "fr-bretagne", "access-to-funding", 2, 1, 4.5, 1),
        (2026, "ee-estonia", "training-mentoring", 1, 1, 8.0, 0),
        (2026, "es-cataluna", "training-mentoring", 1, 1, 2.0, 0),
    ]
    everything = services.everything(served)
    assert everything["name"].tolist() == ["Secure-IC", "Secure-IC", "Secure-IC", "Scytl"]
    assert len(services.of_organisation(served, "fr-secure-ic")) == 3


def test_facts_in_their_order_and_the_latest(database: Database) -> None:
    found = organisation_facts.of_organisation(database, "fr-stoik")
    assert found["fact"].tolist() == ["stage", "employees_band", "founded"]
    stages = organisation_facts.latest(database, "stage").set_index("org_id")["value"]
    assert stages["fr-stoik"] == "growth"
    assert stages.index.is_unique
    assert organisation_facts.of_organisation(database, "nobody").empty


def test_programmes_are_there(database: Database) -> None:
    record = programmes.one(database, "cyber-runway")
    assert record is not None
    assert (record["country"], record["start_date"]) == ("GB", "2021")
    assert programmes.one(database, "nobody") is None
    everything = programmes.everything(database)
    assert len(everything) == len(programmes.search_texts(database)) == 33
    some = ["hutzero", "tehnopol-cyber-accelerator", "cyber-runway", "nobody"]
    assert list(programmes.selection(database, ids=some)["programme_id"]) == some[:3]
    british = programmes.selection(database, ids=some, countries=["GB"])
    assert list(british["programme_id"]) == ["hutzero", "cyber-runway"]
    assert programmes.selection(database, ids=[]).empty
