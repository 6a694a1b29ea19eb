"""Every row of every list of the register reaches a page, and every link of it can be followed.

What a page shows is asked where the page asks it; a sample is looked at in Chromium
(``tests/browser/test_every_row.py``).
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import pytest

from ecosystem import site_search
from ecosystem.common.links import web_address
from ecosystem.common.per_release import per_release
from ecosystem.common.register_lists import register_lists
from ecosystem.common.settings import settings
from ecosystem.common.store import Database, current
from ecosystem.finding.filters import Filter
from ecosystem.regional import coverage
from ecosystem.site_search import Kind
from ecosystem.tables import (
    event_outcomes,
    funding_rounds,
    organisation_facts,
    organisations,
    partnerships,
    practices,
    regions,
    services,
    valleys,
)
from ecosystem.ui import found_elsewhere
from ecosystem.web.pages import PAGES

Row = dict[str, str]


@pytest.fixture(scope="module")
def database(releases_dir: Path) -> Iterator[Database]:
    database = Database(current(releases_dir))
    yield database
    database.close()


def rows_of(resource: str) -> list[Row]:
    path = settings().register_dir / f"{resource}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@per_release
def names_in_lists(database: Database) -> dict[str, str]:
    return organisations.everything(database, Filter()).set_index("org_id")["name"].to_dict()


@per_release
def members_listed(database: Database) -> set[tuple[str, str, str]]:
    ids = partnerships.selection(database)["partnership_id"]
    return {
        (id_, row.member_name, row.role)
        for id_ in ids
        for row in partnerships.members(database, id_).itertuples()
    }


def is_organisation_shown(database: Database, row: Row) -> bool:
    return names_in_lists(database).get(row["org_id"]) == row["name"]


def is_valley_shown(database: Database, row: Row) -> bool:
    place = regions.place(database, row["valley_id"])
    return place is not None and place.place_id == row["valley_id"]


def is_partnership_shown(database: Database, row: Row) -> bool:
    record = partnerships.one(database, row["partnership_id"])
    return record is not None and record["name"] == row["name"]


def is_member_shown(database: Database, row: Row) -> bool:
    key = (row["partnership_id"], row["member_name"], row["role"])
    return key in members_listed(database)


def is_practice_shown(database: Database, row: Row) -> bool:
    record = practices.one(database, row["practice_id"])
    return record is not None and record["name"] == row["name"]


def is_found(kind: Kind, key: str) -> Callable[[Database, Row], bool]:
    """Whether the search knows a row, under its name and identifier."""

    def ask(database: Database, row: Row) -> bool:
        entry = site_search.entry(database, kind, row[key])
        return entry is not None and entry.name == row.get("name", row.get("title"))

    return ask


@per_release
def counts_shown(database: Database) -> set[str]:
    """Sources of the outside counts: of regions, and of Europe as a whole."""
    levels = [coverage.of_regions(database, level) for level in regions.LEVELS]
    return set(pd.concat([*levels, coverage.of_europe(database)])["source_url"])


def is_count_shown(database: Database, row: Row) -> bool:
    return row["source_url"] in counts_shown(database)


def is_wording_shown(database: Database, row: Row) -> bool:
    record = valleys.one(database, row["valley_id"])
    return record is not None and row["original_wording"] in list(record["s3_priorities"])


@per_release
def rounds_shown(database: Database) -> set[tuple[str, str, str]]:
    """Rounds on the pages of organisations, of investors and of countries."""
    countries = regions.ids(database, "nuts0")
    frames = [funding_rounds.in_region(database, id_) for id_ in countries]
    found = pd.concat(frames)
    return set(zip(found["name"], found["round"], found["source_url"], strict=True))


def is_round_shown(database: Database, row: Row) -> bool:
    if row["org_id"]:
        own = funding_rounds.of_organisation(database, row["org_id"])
        assert row["source_url"] in set(own["source_url"])
    return (row["name"], row["round"], row["source_url"]) in rounds_shown(database)


def is_fact_shown(database: Database, row: Row) -> bool:
    facts = organisation_facts.of_organisation(database, row["org_id"])
    return (row["fact"], row["value"]) in set(zip(facts["fact"], facts["value"], strict=True))


def is_outcome_shown(database: Database, row: Row) -> bool:
    sources = event_outcomes.sources(database)
    key = (row["event_id"], row["edition"])
    return key in set(zip(sources["event_id"], sources["edition"], strict=True))


def is_service_shown(database: Database, row: Row) -> bool:
    return row["org_id"] in set(services.everything(database)["org_id"])


SHOWN: dict[str, Callable[[Database, Row], bool]] = {
    "organisations": is_organisation_shown,
    "valleys": is_valley_shown,
    "partnerships": is_partnership_shown,
    "partnership_members": is_member_shown,
    "practices": is_practice_shown,
    "network": is_found(Kind.NETWORK_ENTITY, "entity_id"),
    "events": is_found(Kind.EVENT, "event_id"),
    "documents": is_found(Kind.DOCUMENT, "doc_id"),
    "coverage": is_count_shown,
    "labels": is_organisation_shown,
    "s3_wordings": is_wording_shown,
    "investors": is_found(Kind.INVESTOR, "investor_id"),
    "programmes": is_found(Kind.PROGRAMME, "programme_id"),
    "funding_rounds": is_round_shown,
    "organisation_facts": is_fact_shown,
    "event_outcomes": is_outcome_shown,
    "services": is_service_shown,
}
# Lists that the register of the tests has no row of.
EMPTY = ("labels", "services")
# Lists that no page shows row by row, and why.
NOT_SHOWN = {
    "duplicate_decisions": "the secretariat's own",
    "s3_priorities": "the vocabulary of s3_wordings",
}


def test_each_list_is_walked_or_known_not_to_be() -> None:
    assert set(SHOWN) | set(NOT_SHOWN) == set(register_lists())
    assert not set(SHOWN) & set(NOT_SHOWN)


@pytest.mark.parametrize("resource", SHOWN)
def test_every_row_reaches_a_page(database: Database, resource: str) -> None:
    rows = rows_of(resource)
    assert rows or resource in EMPTY
    missing = [row for row in rows if not SHOWN[resource](database, row)]
    assert not missing, [list(row.values())[:3] for row in missing]


def test_everything_that_a_search_finds_is_at_an_address_of_its_own(database: Database) -> None:
    there = {entry.path for entry in PAGES}
    kinds = {"partnerships": (Kind.PARTNERSHIP, "partnership_id"),
             "practices": (Kind.PRACTICE, "practice_id"),
             "investors": (Kind.INVESTOR, "investor_id")}  # fmt: skip
    for resource, (kind, key) in kinds.items():
        addresses = set()
        for row in rows_of(resource):
            entry = site_search.entry(database, kind, row[key])
            assert entry is not None
            page, params = found_elsewhere.address(entry)
            assert page in there
            addresses.add((page, *params.items()))
        assert len(addresses) == len(rows_of(resource))


def test_every_link_of_the_register_can_be_followed() -> None:
    for resource in register_lists():
        for row in rows_of(resource):
            for column in ("website", "source_url", "url", "seen_in"):
                if address := row.get(column):
                    parts = urlsplit(address)
                    assert parts.scheme in ("http", "https"), row
                    assert parts.hostname, row
                    assert web_address(address) == address, row
