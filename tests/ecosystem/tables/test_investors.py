"""Investors narrowed and looked up; what isn't known is neither zero nor a lack of focus."""

from __future__ import annotations

import csv
from collections.abc import Callable

import pytest

from ecosystem.common.settings import settings
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import EU_MEMBERS
from ecosystem.tables import investors
from ecosystem.tables.investors import Conditions

Row = dict[str, str]


def rows() -> list[Row]:
    with (settings().register_dir / "investors.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ids(database: Database, **conditions: object) -> set[str]:
    found = investors.selection(database, Conditions(**conditions))  # type: ignore[arg-type]
    return set(found["investor_id"])


def holds(condition: Callable[[Row], bool]) -> set[str]:
    return {row["investor_id"] for row in rows() if condition(row)}


def has_ticket(row: Row) -> bool:
    return bool(row["ticket_min_meur"] or row["ticket_max_meur"])


def covers(row: Row, amount: float) -> bool:
    low, high = row["ticket_min_meur"], row["ticket_max_meur"]
    return has_ticket(row) and float(low or 0) <= amount <= float(high or amount)


@pytest.mark.parametrize("amount", [0.05, 1, 3, 12, 50, 51])
def test_a_ticket_covers_an_amount_or_isn_t_known(database: Database, amount: float) -> None:
    known = holds(lambda row: covers(row, amount))
    unknown = holds(lambda row: not has_ticket(row))
    assert ids(database, amount_meur=amount) == known
    assert ids(database, amount_meur=amount, with_unknown=True) == known | unknown
    assert len(unknown) == 49


def test_the_focus_of_the_union_is_one_of_each_member(database: Database) -> None:
    def invests_in(row: Row, country: str) -> bool:
        focus = row["focus_countries"].split(";")
        return country in focus or (country in EU_MEMBERS and "EU" in focus)

    assert ids(database, focus=("SI",)) == holds(lambda row: invests_in(row, "SI"))
    assert ids(database, focus=("GB",)) == holds(lambda row: invests_in(row, "GB"))
    assert ids(database, focus=("SI",)) - ids(database, focus=("GB",))
    without = holds(lambda row: not row["focus_countries"])
    assert without
    assert ids(database, focus=("SI",), with_unknown=True) == without | ids(database, focus=("SI",))


def test_conditions_hold_together(database: Database) -> None:
    def fits(row: Row) -> bool:
        stages = row["stages"].split(";")
        return "seed" in stages and row["country"] in ("FR", "DE")

    found = ids(database, stages=("seed",), countries=("FR", "DE"))
    assert found == holds(fits)
    specialists = holds(lambda row: row["cyber_specialist"] == "true")
    assert ids(database, specialist=True) == specialists
    assert ids(database, specialist=False, ids=("elaia", "ecapital")) == {"elaia"}
    assert ids(database, domains=("cryptology",)) == set()
    assert len(ids(database, domains=("cryptology",), with_unknown=True)) == 54
    assert ids(database, stages=("'; DROP TABLE investor --",)) == set()
    order = ("elaia", "accel", "nobody")
    found_ = investors.selection(database, Conditions(ids=order))
    assert found_["investor_id"].tolist() == ["elaia", "accel"]


def test_choices_are_what_there_is(database: Database) -> None:
    choices = investors.choices(database)
    assert set(choices["countries"]) == {row["country"] for row in rows()} - {""}
    assert set(choices["focus"]) >= EU_MEMBERS
    assert choices["domains"] == []


def test_one_and_those_like_it(database: Database) -> None:
    record = investors.one(database, "ecapital")
    assert record is not None
    assert (record["nuts2"], record["name"]) == ("DEA3", "eCAPITAL ENTREPRENEURIAL PARTNERS")
    assert investors.one(database, "nobody") is None
    alike = investors.alike(database, "elaia")
    assert 0 < len(alike) <= 5
    assert "elaia" not in set(alike["investor_id"])
    own = {row["investor_id"]: row for row in rows()}
    for other in alike.to_dict("records"):
        stages = set(own[other["investor_id"]]["stages"].split(";"))
        assert (
            set(other["shared_stages"]) == stages & set(own["elaia"]["stages"].split(";")) != set()
        )
        assert len(other["shared_focus"]) or other["is_near"] or other["both_specialists"]
    assert investors.alike(database, "nobody").empty


def test_investors_of_a_region(database: Database) -> None:
    assert set(investors.in_region(database, "DEA3")["investor_id"]) == {"ecapital"}
    finnish = holds(lambda row: row["country"] == "FI")
    assert set(investors.in_region(database, "FI")["investor_id"]) == finnish
