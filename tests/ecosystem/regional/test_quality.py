"""Figures of data quality, against counts worked out with pandas."""

from __future__ import annotations

import pandas as pd
import pytest

from ecosystem.common.store import Database
from ecosystem.common.vocabulary import LOCATION_PRECISION
from ecosystem.finding.checks import is_recent
from ecosystem.regional import quality
from ecosystem.tables.regions import LEVELS

BRITTANY_COUNTED = 160


@pytest.fixture(scope="module")
def rows(database: Database) -> pd.DataFrame:
    return database.frame("SELECT * FROM organisation")


@pytest.mark.parametrize("level", list(LEVELS))
def test_every_organisation_is_in_one_region(
    database: Database, rows: pd.DataFrame, level: str
) -> None:
    table = quality.by_region(database, level)
    expected = rows.groupby(LEVELS[level]).size()
    counts = table["organisations"]
    assert counts[counts > 0].sort_index().to_dict() == expected.to_dict()
    assert table.index.is_unique


def test_every_valley_is_listed(database: Database) -> None:
    assert len(quality.by_region(database, "valley")) == 43


def test_shares_are_those_of_the_rows(database: Database, rows: pd.DataFrame) -> None:
    table = quality.by_region(database, "valley")
    groups = rows.groupby("valley_id")
    expected: dict[str, pd.Series] = {
        "confirmed": groups["evidence"].agg(lambda cells: (cells != "general").mean()),
        "has_founded": groups["founded"].agg(lambda cells: cells.notna().mean()),
        "has_website": groups["website"].agg(lambda cells: cells.notna().mean()),
        "has_sectors": groups["sectors"].agg(lambda cells: (cells.map(len) > 0).mean()),
        "unchecked": groups["checked_on"].agg(lambda cells: cells.isna().sum()),
        "by_exact": groups["location_precision"].agg(lambda cells: (cells == "exact").mean()),
    }
    for name, values in expected.items():
        assert table[name].to_dict() == pytest.approx(values.to_dict()), name


def test_ways_of_locating_add_up(database: Database) -> None:
    table = quality.by_region(database, "nuts2")
    ways = [f"by_{code}" for code in LOCATION_PRECISION]
    assert table[ways].sum(axis=1).to_list() == pytest.approx([1.0] * len(table))
    assert (table["sure_town"] + table["by_largest"]).to_list() == pytest.approx([1.0] * len(table))


def test_rows_that_only_general_knowledge_supports_are_not_checked(
    rows: pd.DataFrame,
) -> None:
    assert set(rows.loc[rows["evidence"] == "page", "checked_on"]) == {"2026-11"}
    assert rows.loc[rows["evidence"] == "general", "checked_on"].isna().all()


def test_only_a_check_of_the_last_twelve_months_counts_as_recent(database: Database) -> None:
    days = ["2026-11", "2026-11-25", "2025-11-25", "2025-11-26", "2025-11", "2025-12", None]
    condition = is_recent("day", "TIMESTAMP '2026-11-25 08:00:00'")
    found = database.frame(
        f"SELECT day, {condition} AS recent FROM (SELECT unnest($days::VARCHAR[]) AS day)",
        {"days": days},
    )
    assert found["recent"].to_list() == [True, True, False, True, False, True, False]


def test_an_outside_count_is_shown_with_what_it_counts(database: Database) -> None:
    brittany = quality.by_region(database, "nuts2").loc["FRH0"]
    assert brittany["counted"] == BRITTANY_COUNTED
    # 13 of the 29 are companies, and companies are what is counted.
    assert brittany["covered"] == pytest.approx(13 / BRITTANY_COUNTED)
    assert brittany["scope"] == "companies; 8,000 jobs (2024)"


def test_no_outside_count_is_no_value(database: Database) -> None:
    table = quality.by_region(database, "valley")
    none = table[table["counted"].isna()]
    assert len(none) > 20
    assert none["covered"].isna().all()
    assert none["scope"].isna().all()


def test_the_whole_is_the_register(database: Database, rows: pd.DataFrame) -> None:
    whole = quality.whole(database)
    assert whole["organisations"] == 465
    assert whole["confirmed"] == pytest.approx((rows["evidence"] == "page").mean())
    assert whole["unchecked"] == 72
    assert whole["old"] == 0
    assert whole["rejected"] == 0
    assert whole["pairs"] == len(database.frame("SELECT * FROM duplicate_candidate"))
