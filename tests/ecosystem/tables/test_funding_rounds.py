"""Rounds of organisations, investors and regions, and their sums: only of what is known in euro."""

from __future__ import annotations

import csv

import pandas as pd
import pytest

from ecosystem.common.settings import settings
from ecosystem.common.store import Database
from ecosystem.tables import funding_rounds

Row = dict[str, str]


def rows(file: str) -> list[Row]:
    with (settings().register_dir / file).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


ROUNDS = rows("funding_rounds.csv")


def sources(found: pd.DataFrame) -> list[tuple[str, str]]:
    return sorted(zip(found["name"], found["source_url"], strict=True))


def named(wanted: list[Row]) -> list[tuple[str, str]]:
    return sorted((row["name"], row["source_url"]) for row in wanted)


def test_rounds_of_an_organisation_and_an_investor(database: Database) -> None:
    found = funding_rounds.of_organisation(database, "be-aikido-security")
    assert found["date"].tolist() == ["2026-01", "2024-05", "2023-11"]
    tikehau = [row for row in ROUNDS if "tikehau-capital" in row["lead_investor_ids"].split(";")]
    assert sources(funding_rounds.of_investor(database, "tikehau-capital")) == named(tikehau)
    assert funding_rounds.investor_counts(database)["tikehau-capital"] == len(tikehau) > 2
    assert funding_rounds.of_investor(database, "nobody").empty
    assert len(funding_rounds.everything(database)) == len(ROUNDS)


def test_rounds_of_a_region_are_those_of_the_register_and_of_a_country_all(
    database: Database,
) -> None:
    regions = {row["org_id"]: row["nuts2_hint"] for row in rows("organisations.csv")}
    breton = [row for row in ROUNDS if regions.get(row["org_id"]) == "FRH0"]
    assert breton
    assert sources(funding_rounds.in_region(database, "FRH0")) == named(breton)
    assert sources(funding_rounds.in_region(database, "fr-bretagne")) == named(breton)
    for region, country in (("FR", "FR"), ("UK", "GB")):
        there = [row for row in ROUNDS if row["country"] == country]
        assert sources(funding_rounds.in_region(database, region)) == named(there)


@pytest.fixture
def rounds() -> pd.DataFrame:
    columns = ["round", "date", "amount_meur", "amount_original", "doubt"]
    cells = [
        ("seed", "2021-05", 2.5, None, None),
        ("series-a", "2021", 4.0, 4.8, None),
        ("seed", "2021-03", None, 3.0, None),
        ("grant", "2021", None, None, None),
        ("growth", "2021-12-01", 20.0, None, "One page says 20, another 10."),
        ("growth", "2021", None, None, "The year follows from the news beside it."),
        ("acquisition", "2021", 98.0, None, None),
        ("ipo", "2020", None, None, None),
        ("seed", None, None, 80.0, None),
    ]
    return pd.DataFrame(cells, columns=columns)


def test_a_year_sums_what_is_known_and_tells_the_rest(rounds: pd.DataFrame) -> None:
    table = funding_rounds.by_year(rounds)
    latest, before, undated = table.to_dict("records")
    assert latest == {
        "year": 2021,
        "raised": 6,
        "sum_meur": 6.5,
        "in_euro": 2,
        "in_other": 1,
        "unknown": 2,
        "doubtful": 1,
        "changed_hands": 1,
    }
    assert (before["year"], before["raised"], before["sum_meur"]) == (2020, 0, None)
    assert (undated["year"], undated["sum_meur"], undated["in_other"]) == (None, None, 1)
    counted = table[["in_euro", "in_other", "unknown", "doubtful"]].sum(axis=1)
    assert counted.tolist() == table["raised"].tolist()
    assert funding_rounds.by_year(rounds.head(0)).empty
