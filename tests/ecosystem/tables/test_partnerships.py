"""Partnerships and their members, narrowed and looked up, against the register's own rows."""

from __future__ import annotations

import csv

import pytest

from ecosystem.common.settings import settings
from ecosystem.common.store import Database
from ecosystem.tables import partnerships


def rows_of(name: str) -> list[dict[str, str]]:
    with (settings().register_dir / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


MEMBERS = rows_of("partnership_members.csv")
PARTNERSHIPS = rows_of("partnerships.csv")


def ids_with(column: str, values: set[str]) -> set[str]:
    return {row["partnership_id"] for row in MEMBERS if row[column] in values}


def listed(database: Database, **conditions: object) -> set[str]:
    return set(partnerships.selection(database, **conditions)["partnership_id"])  # type: ignore[arg-type]


def test_every_partnership_is_listed_with_how_many_members_are(database: Database) -> None:
    found = partnerships.selection(database).set_index("partnership_id")
    assert set(found.index) == {row["partnership_id"] for row in PARTNERSHIPS}
    for id_, members in found["members"].items():
        own = [row for row in MEMBERS if row["partnership_id"] == id_]
        assert members == len(own)
        for column, name in (("countries", "country"), ("valleys", "valley_id")):
            there = {row[name] for row in own if row[name]}
            assert found.at[id_, column].tolist() == sorted(there), "what is not known is no place"


def test_a_list_is_narrowed_by_kind_country_and_valley(database: Database) -> None:
    pilots = {row["partnership_id"] for row in PARTNERSHIPS if row["kind"] == "pilot"}
    assert listed(database, kinds=["pilot"]) == pilots
    assert listed(database, countries=["SI", "CY"]) == ids_with("country", {"SI", "CY"})
    assert listed(database, valleys=["fr-bretagne"]) == ids_with("valley_id", {"fr-bretagne"})
    both = ids_with("valley_id", {"fr-bretagne"}) & pilots
    assert listed(database, kinds=["pilot"], valleys=["fr-bretagne"]) == both
    assert listed(database, kinds=["'; DROP TABLE partnership --"]) == set()


@pytest.mark.parametrize(
    ("partnership", "year", "is_active"),
    [
        ("interreg-cyber", 2017, False),  # 2018 to 2023-05
        ("interreg-cyber", 2018, True),
        ("interreg-cyber", 2023, True),
        ("interreg-cyber", 2024, False),
        ("global-epic", 2030, True),  # no end is known
        ("global-epic", 2016, False),
        ("ecip-study", 2000, True),  # no start is known, ended in 2022
        ("ecip-study", 2023, False),
        ("cyssme", 1990, True),  # nothing is known
    ],
)
def test_what_is_not_known_of_a_period_leaves_nothing_out(
    database: Database, partnership: str, year: int, is_active: bool
) -> None:
    assert (partnership in listed(database, year=year)) == is_active


def test_an_order_from_elsewhere_is_kept(database: Database) -> None:
    order = ["sparta", "concordia", "nobody", "echo"]
    found = partnerships.selection(database, ids=order)
    assert found["partnership_id"].tolist() == ["sparta", "concordia", "echo"]
    assert partnerships.selection(database, ids=[]).empty


def test_one_names_what_came_before_and_after(database: Database) -> None:
    record = partnerships.one(database, "interreg-cyber")
    assert record is not None
    assert record["followed_by"] == "interreg-campus"
    assert record["next_name"].startswith("Interreg Europe CAMPUS")
    before = partnerships.before(database, "interreg-campus")
    assert before["partnership_id"].tolist() == ["interreg-cyber"]
    assert partnerships.one(database, "nobody") is None


def test_members_are_where_they_surely_are(database: Database) -> None:
    members = partnerships.members(database, "concordia").set_index("member_name")
    assert members["role"].iloc[0] == "lead"
    place = database.record(
        "SELECT lon, lat FROM organisation WHERE org_id = $id",
        {"id": members.at["Bitdefender", "org_id"]},
    )
    assert place is not None
    assert (members.at["Bitdefender", "lon"], members.at["Bitdefender", "lat"]) == (
        place["lon"], place["lat"],
    )  # fmt: skip
    twente = database.record("SELECT lon, lat FROM region WHERE nuts_id = 'NL21'")
    assert twente is not None
    assert members.at["Universiteit Twente", "lat"] == twente["lat"]
    assert members.loc["Telefónica (TID)", ["lon", "lat"]].isna().all()
    assert partnerships.members(database, "nobody").empty


def test_an_organisations_partnerships_with_its_part(database: Database) -> None:
    org_id = next(row["org_id"] for row in MEMBERS if row["org_id"] and row["role"] == "lead")
    found = partnerships.of_organisation(database, org_id)
    assert set(found["partnership_id"]) == ids_with("org_id", {org_id})
    assert "lead" in set(found["role"])
    assert partnerships.of_organisation(database, "nobody").empty


def test_a_places_partnerships_with_its_members(database: Database) -> None:
    found = partnerships.in_region(database, "sk-kosice").set_index("partnership_id")
    assert set(found.index) == ids_with("valley_id", {"sk-kosice"})
    assert found.at["interreg-cyber", "members"] == ["Košice IT Valley"]
    inside = partnerships.in_region(database, "NL2")
    assert set(inside["partnership_id"]) == {
        row["partnership_id"] for row in MEMBERS if row["nuts_code"].startswith("NL2")
    }


def test_choices_are_what_there_is(database: Database) -> None:
    choices = partnerships.choices(database)
    assert set(choices["kinds"]) == {row["kind"] for row in PARTNERSHIPS}
    assert set(choices["countries"]) == {row["country"] for row in MEMBERS} - {""}
    years = [int(row[end][:4]) for row in PARTNERSHIPS for end in ("start_date", "end_date")
             if row[end]]  # fmt: skip
    assert choices["years"] == list(range(min(years), max(years) + 1))
