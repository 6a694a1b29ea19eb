"""Matches are ranked and told as the register has them, and the same from both sides."""

from __future__ import annotations

import math
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pytest

from ecosystem.common.store import Database, Release, current
from ecosystem.matching import matches, score
from ecosystem.matching.matches import MOST, Narrowing, Order
from ecosystem.matching.register import ENOUGH_ROUNDS, facts
from ecosystem.tables import organisations

WEIGHTS = score.default_weights(score.INVESTMENT)
PROJECT = score.default_weights(score.PROJECT)
EVERYTHING = Narrowing()


def test_columns_are_what_the_register_says(database: Database) -> None:
    known = facts(database)
    assert len(known.companies) == organisations.count(database)
    assert known.companies.ordinal.tolist() == list(range(len(known.companies)))
    row = organisations.one(database, "fr-yeswehack")
    assert row is not None
    company = known.company(row["ordinal"])
    assert (company["country"], company["nuts2"]) == (row["country"], row["nuts2"])
    assert sorted(company["domains"]) == sorted(row["domains"])
    assert sorted(company["functions"]) == sorted(row["functions"])
    # Series A in 2019 and Series B in 2021: the later one counts, and growth comes after it.
    assert known.standing[row["ordinal"]].code == "series-b"
    assert known.companies.stands_at[row["ordinal"]] == score.STAGES.index("series-b")


def test_what_a_round_usually_is_comes_from_the_register_itself(database: Database) -> None:
    known = facts(database)
    amounts = database.frame(
        "SELECT amount_meur FROM funding_round WHERE round = 'seed' AND amount_meur IS NOT NULL"
    )["amount_meur"]
    seed = known.usual[score.STAGES.index("seed")]
    assert seed.rounds == len(amounts) >= ENOUGH_ROUNDS
    assert seed.median == pytest.approx(float(np.median(amounts)))


def test_both_sides_see_the_same_pair(database: Database) -> None:
    from_company = matches.investors_for(database, "fr-yeswehack", WEIGHTS, EVERYTHING).rows
    for investor in ("tikehau-capital", "wayra"):
        from_investor = matches.companies_for(database, investor, WEIGHTS, EVERYTHING).rows
        (one,) = from_company[from_company["id"] == investor].to_dict("records")
        (other,) = from_investor[from_investor["id"] == "fr-yeswehack"].to_dict("records")
        for name in set(one) - {"id", "name", "city", "country"}:
            assert one[name] == other[name] or (math.isnan(one[name]) and math.isnan(other[name]))


def test_the_order_is_what_it_is_called(database: Database) -> None:
    sure = matches.investors_for(database, "fr-yeswehack", WEIGHTS, EVERYTHING).rows
    known_to_fit = (sure["score"] * sure["confidence"]).to_numpy()
    assert (np.diff(known_to_fit) <= 1e-6).all()
    by_score = matches.investors_for(
        database, "fr-yeswehack", WEIGHTS, Narrowing(Order.SCORE)
    ).rows["score"]
    assert (np.diff(by_score) <= 1e-6).all()
    assert sorted(by_score) == sorted(sure["score"])


def test_a_list_is_narrowed_and_turned_over(database: Database) -> None:
    whole = matches.companies_for(database, "tikehau-capital", WEIGHTS, EVERYTHING)
    french = matches.companies_for(
        database, "tikehau-capital", WEIGHTS, Narrowing(countries=("FR",))
    )
    assert set(french.rows["country"]) == {"FR"}
    assert french.left == len(french.rows) == (whole.rows["country"] == "FR").sum()
    assert french.compared == whole.compared
    sure = matches.companies_for(
        database, "tikehau-capital", WEIGHTS, Narrowing(least_confidence=0.5)
    )
    assert 0 < sure.left < whole.left
    assert (sure.rows["confidence"] >= 0.495).all()
    part = matches.companies_for(
        database, "tikehau-capital", WEIGHTS, Narrowing(offset=10, limit=5)
    )
    assert part.rows["id"].tolist() == whole.rows["id"][10:15].tolist()


def test_only_smes_are_matched(database: Database) -> None:
    found = matches.companies_for(database, "tikehau-capital", WEIGHTS, EVERYTHING)
    smes = database.frame("SELECT org_id FROM organisation WHERE type = 'sme'")["org_id"]
    assert found.compared == len(smes)
    assert set(found.rows["id"]) <= set(smes)
    others = matches.partners_for(database, "fr-yeswehack", PROJECT, EVERYTHING)
    assert others.compared == len(smes) - 1
    assert "fr-yeswehack" not in set(others.rows["id"])


def test_reasons_name_the_facts(database: Database) -> None:
    found = matches.investors_for(database, "fr-yeswehack", WEIGHTS, EVERYTHING).rows
    (row,) = found[found["id"] == "tikehau-capital"].to_dict("records")
    assert row["reason_stage"].startswith("after Series B (2021) comes growth; the investor ")
    assert row["reason_geography"].startswith("France is in its focus")
    assert row["reason_specialist"] == "invests in cybersecurity above all"
    assert re.fullmatch(r"led or named first in \d recorded rounds, .*", row["reason_record"])
    unknown = found[found["part_ticket"].isna()]
    assert set(unknown["reason_ticket"]) == {"the investor’s ticket is unknown"}


def test_a_tie_is_found_where_a_partnership_lists_both(database: Database) -> None:
    pair = database.record(
        """
        SELECT one.org_id AS one, other.org_id AS other
        FROM partnership_member one JOIN partnership_member other USING (partnership_id)
        JOIN organisation ON organisation.org_id = other.org_id AND type = 'sme'
        WHERE one.org_id IS NOT NULL AND one.org_id < other.org_id ORDER BY ALL
        """
    )
    assert pair is not None
    found = matches.partners_for(database, pair["one"], PROJECT, EVERYTHING).rows
    (row,) = found[found["id"] == pair["other"]].to_dict("records")
    assert row["part_tie"] == 1
    assert row["reason_tie"] == "one partnership lists both"


@pytest.mark.parametrize(
    "find", [matches.investors_for, matches.companies_for, matches.partners_for]
)
def test_nobody_is_no_match(database: Database, find: matches.Find) -> None:
    weights = PROJECT if find is matches.partners_for else WEIGHTS
    with pytest.raises(KeyError):
        find(database, "nobody", weights, EVERYTHING)


def test_zero_weights_are_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="All weights are zero"):
        matches.investors_for(database, "fr-yeswehack", {}, EVERYTHING)


@pytest.fixture(scope="module")
def bare(releases_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The release with an investor of whom nothing is known, and more companies than are listed."""
    release = current(releases_dir)
    path = Path(shutil.copy(release.path, tmp_path_factory.mktemp("bare") / "bare.duckdb"))
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            """
            UPDATE investor SET stages = [], focus_countries = [], country = NULL,
                ticket_min_meur = NULL, ticket_max_meur = NULL, cyber_specialist = NULL
            WHERE investor_id = 'ecapital';
            DELETE FROM funding_round WHERE list_contains(lead_investor_ids, 'ecapital');
            CREATE OR REPLACE TABLE organisation AS
            SELECT * REPLACE (org_id || i AS org_id, 'sme' AS type,
                (row_number() OVER (ORDER BY i, ordinal) - 1)::INTEGER AS ordinal)
            FROM organisation, range(2) copies(i)
            """
        )
    database = Database(Release(release.release_id, path))
    yield database
    database.close()


def test_an_investor_without_a_fact_has_no_match(bare: Database) -> None:
    found = matches.companies_for(bare, "ecapital", WEIGHTS, EVERYTHING)
    assert found.left == 0
    assert found.rows.empty
    assert found.compared > 0
    known = matches.investors_for(bare, "fr-yeswehack0", WEIGHTS, EVERYTHING)
    assert "ecapital" not in set(known.rows["id"])


def test_of_many_equals_the_first_by_name_are_listed(bare: Database) -> None:
    found = matches.companies_for(bare, "tikehau-capital", WEIGHTS, EVERYTHING)
    assert found.left > MOST == len(found.rows)
    scores = score.investment(facts(bare).companies, facts(bare).investors, WEIGHTS)
    at = facts(bare).number_of("tikehau-capital")
    sure = np.round((scores.score * scores.confidence)[:, at].astype(float), 6)
    best = np.lexsort((np.arange(len(sure)), -scores.score[:, at], -sure))[:MOST]
    names = bare.frame("SELECT org_id FROM organisation ORDER BY ordinal")["org_id"]
    assert found.rows["id"].tolist() == names.iloc[best].tolist()
