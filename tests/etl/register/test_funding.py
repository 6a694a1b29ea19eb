"""Rounds, facts, services and outcomes: what their schemas can't say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pandas as pd
import pytest

from etl.register.deliveries import check_outcomes, check_services
from etl.register.funding import check_rounds, round_notes
from etl.register.organisation_facts import check_facts, fact_notes
from etl.register.validate import validate, validate_references
from etl.schema import Schema

NEXT_YEAR = str(datetime.now(UTC).year + 1)
SOURCE = {"evidence": "page", "source_url": "https://www.example.eu"}
ROUND = {"name": "Secure Wave", "country": "FR", "round": "seed", "date": "2021-05"} | SOURCE
FACT = {"org_id": "fr-secure-ic", "fact": "employees", "value": "120", "year": "2020"} | SOURCE
SERVICE = {
    "org_id": "fr-secure-ic",
    "service": "access-to-funding",
    "date": "2026-03",
    "notes": "Secretariat",
}
OUTCOME = {"event_id": "ecw-2016", "edition": "first", "deals": "1"} | SOURCE
BASES = {
    "funding_rounds": ROUND,
    "organisation_facts": FACT,
    "services": SERVICE,
    "event_outcomes": OUTCOME,
}


def rows(schemas: Mapping[str, Schema], resource: str, *changes: Mapping[str, str]) -> pd.DataFrame:
    columns = schemas[resource].columns
    cells = [{**dict.fromkeys(columns, ""), **BASES[resource], **change} for change in changes]
    return pd.DataFrame(cells, index=pd.RangeIndex(2, len(cells) + 2, name="row"), dtype="str")


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"date": NEXT_YEAR}, "date"),
        ({"date": f"{NEXT_YEAR}-01-01"}, "date"),
        ({"currency": "USD"}, "currency"),
    ],
)
def test_a_round_to_come_or_without_its_amount_is_refused(
    schemas: dict[str, Schema], change: dict[str, str], column: str
) -> None:
    (found,) = check_rounds(rows(schemas, "funding_rounds", {}, change))
    assert (found.row, found.column, found.value) == (3, column, change[column])
    assert found.mend


def test_a_round_twice_is_refused_and_an_earlier_one_of_the_year_is_not(
    schemas: dict[str, Schema],
) -> None:
    twice = rows(schemas, "funding_rounds", {}, {"name": "SECURE wave"}, {"date": "2021-02"})
    (found,) = check_rounds(twice)
    assert (found.row, found.step) == (3, "deduplicate")
    other = rows(schemas, "funding_rounds", {}, {"country": "BE"}, {"round": "series-a"})
    assert check_rounds(other) == []


def test_amounts_that_contradict_each_other_and_amounts_of_no_currency_are_told(
    schemas: dict[str, Schema],
) -> None:
    told = rows(
        schemas,
        "funding_rounds",
        {"amount_meur": "20"},
        {"amount_meur": "10", "date": "2021"},
        {"amount_meur": "10", "date": "2022"},
        {"name": "Other", "amount_original": "3"},
    )
    contradiction, nameless = round_notes(told)
    assert contradiction.startswith("funding_rounds.csv, rows 2 and 3: Secure Wave has several")
    assert nameless == "funding_rounds.csv, row 5: the amount has no currency, so it is in no sum."
    same = rows(schemas, "funding_rounds", {"amount_meur": "20"}, {"amount_meur": "20"})
    assert round_notes(same) == []


@pytest.mark.parametrize(
    ("resource", "column", "value"),
    [
        ("funding_rounds", "amount_meur", "0"),
        ("funding_rounds", "amount_original", "-3"),
        ("funding_rounds", "currency", "DOL"),
        ("funding_rounds", "source_url", "javascript:alert(1)"),
        ("funding_rounds", "seen_in", "ftp://www.example.eu"),
        ("funding_rounds", "evidence", "general"),
        ("funding_rounds", "round", "series-z"),
        ("services", "service", "coffee"),
        ("services", "hours", "0"),
        ("event_outcomes", "deals", "-1"),
        ("organisation_facts", "fact", "colour"),
    ],
)
def test_a_cell_that_the_schema_forbids_is_refused(
    schemas: dict[str, Schema], resource: str, column: str, value: str
) -> None:
    (found,) = validate(rows(schemas, resource, {}, {column: value}), schemas[resource])
    assert (found.row, found.column, found.value) == (3, column, value)


@pytest.mark.parametrize(
    ("resource", "column", "cell", "unknown"),
    [
        ("funding_rounds", "org_id", "fr-secure-icc", "fr-secure-icc"),
        ("funding_rounds", "lead_investor_ids", "ecapital;elaja", "elaja"),
        ("organisation_facts", "org_id", "fr-secure-icc", "fr-secure-icc"),
        ("event_outcomes", "event_id", "ecw-2061", "ecw-2061"),
        ("services", "valley_id", "fr-bretagn", "fr-bretagn"),
    ],
)
def test_an_unknown_reference_is_refused_with_the_likely_one(
    frames: dict[str, pd.DataFrame],
    schemas: dict[str, Schema],
    resource: str,
    column: str,
    cell: str,
    unknown: str,
) -> None:
    spoilt = rows(schemas, resource, {column: cell})
    (found,) = validate_references({**frames, resource: spoilt}, schemas)
    assert (found.row, found.column, found.value) == (2, column, unknown)
    assert "Did you mean" in found.mend


@pytest.mark.parametrize(
    ("fact", "good", "bad"),
    [
        ("employees", "120", "about 120"),
        ("employees", "1", "0"),
        ("employees_band", "250+", "10-50"),
        ("stage", "series-a", "Series A"),
        ("revenue_meur", "13.2", "0"),
        ("founded", "2014", NEXT_YEAR),
        ("headquarters_country_of_owner", "US", "Ireland"),
    ],
)
def test_each_kind_of_fact_has_values_of_its_own(
    schemas: dict[str, Schema], fact: str, good: str, bad: str
) -> None:
    facts = rows(
        schemas, "organisation_facts", {"fact": fact, "value": good}, {"fact": fact, "value": bad}
    )
    (found,) = check_facts(facts)
    assert (found.row, found.column, found.value) == (3, "value", bad)


def test_facts_to_come_and_facts_twice_are_refused(schemas: dict[str, Schema]) -> None:
    found = check_facts(rows(schemas, "organisation_facts", {}, {}, {"year": NEXT_YEAR}))
    assert [(one.row, one.column, one.step) for one in found] == [
        (3, "value", "deduplicate"),
        (4, "year", "validate"),
    ]


def test_facts_that_contradict_each_other_or_the_organisations_are_told(
    schemas: dict[str, Schema], frames: dict[str, pd.DataFrame]
) -> None:
    listed = frames["organisations"].set_index("org_id")["founded"]
    facts = rows(
        schemas,
        "organisation_facts",
        {},
        {"value": "130"},
        {"fact": "founded", "value": "1999"},
        {"fact": "founded", "value": listed["fr-secure-ic"], "year": ""},
    )
    year, founded = fact_notes(facts, frames["organisations"])
    assert year.startswith("organisation_facts.csv, rows 2 and 3: fr-secure-ic has 120 and 130")
    assert founded.startswith("organisation_facts.csv, row 4: fr-secure-ic was founded in 1999")


def test_services_say_where_they_are_from_and_are_past(schemas: dict[str, Schema]) -> None:
    services = rows(schemas, "services", {}, {"notes": ""}, {"date": NEXT_YEAR})
    assert {(one.row, one.column) for one in check_services(services)} == {
        (3, "notes"),
        (4, "date"),
    }


def test_outcomes_of_an_edition_are_there_once_and_past(schemas: dict[str, Schema]) -> None:
    outcomes = rows(schemas, "event_outcomes", {}, {"edition": "FIRST"}, {"start_date": NEXT_YEAR,
                    "edition": "third"}, {"event_id": "ecw-2019"})  # fmt: skip
    assert {(one.row, one.column) for one in check_outcomes(outcomes)} == {
        (3, "edition"),
        (4, "start_date"),
    }


def test_the_register_of_the_tests_is_sound(frames: dict[str, pd.DataFrame]) -> None:
    assert check_rounds(frames["funding_rounds"]) == []
    assert check_facts(frames["organisation_facts"]) == []
    assert check_services(frames["services"]) == []
    assert check_outcomes(frames["event_outcomes"]) == []
