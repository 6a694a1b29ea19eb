"""A sketch of a consortium: roles covered and missing, rules, what links its regions."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecosystem.common.store import Database, current
from ecosystem.network import consortium
from ecosystem.network.consortium import MOST_MEMBERS, Plan
from ecosystem.tables import organisations, partnerships

PLAN = Plan(
    ("fr-bretagne", "EE", "DEA2"),
    ("fr-secure-ic", "ee-cybernetica"),
    own="fr-bretagne",
    need_id="domain:cryptology",
)


def test_roles_rules_and_links_are_those_of_the_choice(database: Database) -> None:
    found = consortium.sketch(database, PLAN)
    assert list(found.regions.index) == ["fr-bretagne", "ee-estonia", "DEA2"]
    assert found.regions["members"].tolist() == [1, 1, 0]
    assert found.regions["country"].tolist() == ["FR", "EE", "DE"]
    assert list(found.members["name"]) == ["Secure-IC", "Cybernetica"]
    played = {role.label: names for role, names in found.roles.items()}
    assert played["SME"] == ["Cybernetica"]
    assert played["Large user"] == ["Secure-IC"]
    assert found.missing == ["Research", "Cluster", "Public body", "CSIRT", "Training"]
    horizon, interreg = found.verdicts
    assert [point.found for point in horizon.points] == [2, 2, 2]
    assert not horizon.holds
    assert not interreg.holds
    first = found.pairs.iloc[0]
    assert first["partnerships"] == list(
        partnerships.shared(database, "fr-bretagne", "ee-estonia")["name"]
    )
    assert first["km"] == pytest.approx(2180, abs=5)


def test_who_could_play_an_open_role_is_of_the_regions_and_meets_the_need_first(
    database: Database,
) -> None:
    found = consortium.sketch(database, PLAN)
    rows = found.candidates
    assert set(rows["role"]) <= set(found.missing)
    assert rows["role"].value_counts().max() <= 3
    research = rows[rows["role"] == "Research"]
    codes = {
        row["org_id"]: row["domains"]
        for id_ in found.regions.index
        for row in organisations.of_region(database, str(id_)).to_dict("records")
    }
    meets = ["cryptology" in codes[id_] for id_ in research["org_id"]]
    assert meets[0]
    assert meets == sorted(meets, reverse=True)


def test_open_roles_are_offered_to_each_region_in_turn(database: Database) -> None:
    plan = Plan(("fr-bretagne", "de-bayern", "nl-zuid-holland"))
    rows = consortium.sketch(database, plan).candidates
    research = rows[rows["role"] == "Research"]
    assert list(research["region"]) == ["Brittany", "Bavaria", "South Holland"]


@pytest.mark.slow
def test_unknown_and_ended_ones_are_told_and_merged_ones_followed(
    ended_releases_dir: Path,
) -> None:
    database = Database(current(ended_releases_dir))
    try:
        plan = Plan(
            ("nowhere", "EE"), ("nobody", "at-limes-security-gmbh", "be-a6k", "ee-cybernetica")
        )
        found = consortium.sketch(database, plan)
        assert "nowhere" in found.unknown
        assert "nobody" in found.unknown
        assert "at-limes-security-gmbh" in found.unknown, "it has closed"
        assert "ee-cybernetica" in set(found.members["org_id"])
    finally:
        database.close()


def test_nothing_chosen_is_an_empty_sketch(database: Database) -> None:
    found = consortium.sketch(database, Plan())
    assert found.is_empty
    assert found.countries == []
    assert not any(verdict.holds for verdict in found.verdicts)
    assert consortium.reasons(database, Plan(("EE",))) == []


def test_too_many_are_cut_and_counted(database: Database) -> None:
    ids = organisations.ids(database, limit=MOST_MEMBERS + 5)
    found = consortium.sketch(database, Plan((), tuple(ids)))
    assert list(found.members["org_id"]) == ids[:MOST_MEMBERS]
    assert found.cut == 5
    assert found.unknown == ()


def test_reasons_are_of_the_valleys_beside_the_own_one(database: Database) -> None:
    ((region, why),) = consortium.reasons(database, PLAN)
    assert region == "Estonia (Eesti)"
    assert why[0].startswith("Estonia: 4 of its 18 organisations in the register work on")
