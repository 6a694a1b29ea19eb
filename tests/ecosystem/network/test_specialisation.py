"""Declared priorities against the register: every cell from the rows, by hand."""

from __future__ import annotations

import pytest

from ecosystem.common.store import Database
from ecosystem.common.vocabulary import DOMAINS
from ecosystem.network.specialisation import (
    LEAST,
    STATES,
    Specialisation,
    by_domain,
    specialisation,
)


@pytest.fixture(scope="module")
def found(database: Database) -> Specialisation:
    return specialisation(database)


def test_every_valley_and_priority_has_a_state(found: Specialisation, database: Database) -> None:
    assert found.states.shape == (43, 14)
    assert set(found.states.stack()) <= set(STATES)
    named = database.value("SELECT count(*) FROM (SELECT DISTINCT valley_id, code FROM s3_wording)")
    declared = found.states.isin(["both", "declared", "unseen"])
    assert declared.sum().sum() == named == (found.wordings != "").sum().sum()
    by_priority = declared.sum()
    assert by_priority.is_monotonic_decreasing
    assert by_priority.index[0] == "cybersecurity"


def test_counts_are_the_organisations_of_its_domains_and_sectors(
    found: Specialisation, database: Database
) -> None:
    defence = database.value(
        "SELECT count(*) FROM organisation WHERE valley_id = 'fr-bretagne' AND "
        "(list_contains(sectors, 'defence') OR list_contains(sectors, 'space'))"
    )
    assert found.counts.at["fr-bretagne", "defence-space"] == defence
    assert found.counts["cybersecurity"].isna().all()
    assert found.counts["digital-trust"].notna().all()


def test_states_follow_from_words_and_counts(found: Specialisation) -> None:
    for code in found.states:
        for valley_id, state in found.states[code].items():
            count, wording = found.counts.at[valley_id, code], found.wordings.at[valley_id, code]
            if found.counts[code].isna().all():
                assert state == ("unseen" if wording else "neither")
            else:
                expected = {(True, True): "both", (True, False): "declared",
                            (False, True): "there", (False, False): "neither"}  # fmt: skip
                assert state == expected[bool(wording), count >= LEAST]


def test_a_cell_explains_what_it_rests_on(found: Specialisation) -> None:
    said = found.explain("fr-bretagne", "Brittany", "digital-trust")
    count, n = found.counts.at["fr-bretagne", "digital-trust"], found.n["fr-bretagne"]
    assert said == (
        "Brittany declares Digital trust (“secure and responsible digital economy”); "
        f"{count} of its {n} organisations in the register work on it."
    )
    assert "no column of the register shows" in found.explain("fr-bretagne", "B", "cybersecurity")
    assert "as far as is known" in found.explain("fr-bretagne", "B", "smart-cities")
    small = str(found.n.idxmin())
    if found.n[small] < 5:
        assert "says little" in found.explain(small, "S", "digital-trust")
    assert found.cell("fr-bretagne", "digital-trust") == f"● {count}"
    assert found.cell("fr-bretagne", "cybersecurity") == "◌"
    assert found.cell("at-wien", "cybersecurity") == ""


def test_a_domain_is_declared_by_the_priorities_that_it_stands_for(database: Database) -> None:
    found = by_domain(database)
    assert list(found.states.columns) == list(DOMAINS)
    # "secure and responsible digital economy" is digital trust, which three domains show.
    declared = found.wordings.loc["fr-bretagne"]
    assert set(declared.index[declared != ""]) == {
        "trust-management-accountability", "identity-management", "data-security-privacy",
    }  # fmt: skip
    assert found.counts.loc["fr-bretagne", "cryptology"] == 4
    assert found.states.loc["fr-bretagne", "cryptology"] == "there"
    assert found.cell("fr-bretagne", "cryptology") == "◆ 4"
    said = found.explain("fr-bretagne", "Brittany", "identity-management")
    assert said.startswith(
        "Brittany declares “secure and responsible digital economy”, which stands for identity "
        "management among others; "
    )
    none = found.explain("fr-bretagne", "Brittany", "cryptology")
    assert none.startswith("Brittany declares no priority that stands for cryptology")
    assert not (found.states == "unseen").any().any()
