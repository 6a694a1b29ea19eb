"""Rules of consortia, against cases worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecosystem.common.vocabulary import COUNTRIES
from ecosystem.network.consortium_rules import (
    Entity,
    Rule,
    Verdict,
    country_sources,
    independent,
    lead_types,
    roles,
    rules,
    verdict,
)

HORIZON, INTERREG = rules()


def of(*codes: str, type_: str = "research") -> list[Entity]:
    """An organisation for each country, named by its place."""
    return [Entity(f"e{i}", f"E{i}", code, type_) for i, code in enumerate(codes)]


def numbers(found: Verdict) -> list[int]:
    return [point.found for point in found.points]


# Countries; independent entities, countries, member states; whether Horizon's rule holds.
@pytest.mark.parametrize(
    ("codes", "counted", "holds"),
    [
        ((), [0, 0, 0], False),
        (("FR", "DE"), [2, 2, 2], False),
        (("FR", "FR", "FR"), [3, 1, 1], False),
        (("FR", "FR", "DE"), [3, 2, 2], False),
        (("FR", "DE", "IT"), [3, 3, 3], True),
        (("FR", "NO", "GB"), [3, 3, 1], True),
        (("NO", "GB", "IS"), [3, 3, 0], False),  # nobody from a member state
        (("FR", "DE", "CH"), [3, 3, 2], True),  # associated since 2025
        (("FR", "DE", "LI"), [2, 2, 2], False),  # Liechtenstein isn't associated
        (("FR", "DE", "LI", "GR"), [3, 3, 3], True),
    ],
)
def test_horizon(codes: tuple[str, ...], counted: list[int], holds: bool) -> None:
    found = verdict(HORIZON, of(*codes))
    assert numbers(found) == counted
    assert found.holds is holds


@pytest.mark.parametrize(
    ("codes", "holds"),
    [
        (("FR", "DE", "NO"), True),
        (("FR", "NO", "CH"), False),  # one member state only
        (("FR", "DE", "GB"), False),  # the United Kingdom doesn't take part
        (("FR", "DE", "GB", "AL"), True),
    ],
)
def test_interreg(codes: tuple[str, ...], holds: bool) -> None:
    assert verdict(INTERREG, of(*codes)).holds is holds


def test_companies_do_not_count_for_interreg() -> None:
    found = verdict(INTERREG, [*of("FR", "DE"), Entity("x", "X", "IT", "sme")])
    assert numbers(found) == [2, 2, 2]
    assert found.remarks == ("Not of a kind that counts: X (SME or start-up).",)
    assert numbers(verdict(HORIZON, of("IT", type_="sme"))) == [1, 1, 1]


def test_an_acquired_company_and_its_owner_are_one_entity() -> None:
    a, b, c = of("FR", "DE", "IT")
    found = verdict(HORIZON, [a, b, replace(c, owner="e0")])
    assert numbers(found) == [2, 2, 2]
    assert not found.holds
    assert found.remarks == ("Not independent of each other, since one was acquired: E0 and E2.",)
    # A fourth that is independent mends it, from whichever country.
    assert verdict(HORIZON, [a, b, replace(c, owner="e0"), Entity("d", "D", "IT", "sme")]).holds


def test_two_of_the_same_owner_are_one_and_circles_end() -> None:
    a, b, c = of("FR", "DE", "IT")
    assert len(independent([replace(a, owner="Acme"), replace(b, owner="Acme"), c])) == 2
    assert len(independent([replace(a, owner="e1"), replace(b, owner="e2"), c])) == 1
    assert independent([replace(a, owner="e1"), replace(b, owner="e0")])


def test_a_group_of_two_countries_stands_for_one() -> None:
    """Owner in France, daughter in Germany, another in France: two countries, one each."""
    a, b, c = of("FR", "DE", "FR")
    assert numbers(verdict(HORIZON, [a, replace(b, owner="e0"), c])) == [2, 2, 2]
    assert numbers(verdict(HORIZON, [a, replace(b, owner="e0")])) == [1, 1, 1]


def test_a_verdict_says_its_numbers() -> None:
    assert verdict(HORIZON, of("FR", "DE")).sentence == (
        "Horizon Europe, research and innovation actions: does not hold yet (independent entities: "
        "2 of at least 3, countries: 2 of at least 3 and EU member states: 2 of at least 1)."
    )
    elsewhere = verdict(HORIZON, [Entity("x", "X", "LI", "sme")])
    assert elsewhere.remarks == ("Not from a country that counts: X (Liechtenstein).",)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.code)
def test_a_rule_has_its_source_and_its_countries(rule: Rule) -> None:
    assert rule.source.startswith("https://")
    assert rule.source_is
    assert all(row["source_is"] for row in country_sources(rule))
    assert len(rule.read) == len("2026-11-29")
    assert len(rule.members) == 27
    assert not rule.members & rule.associated
    assert country_sources(rule)
    assert rule.members <= set(COUNTRIES)


def test_roles_are_the_seven_of_a_consortium() -> None:
    assert [role.code for role in roles()] == [
        "research", "sme", "large-user", "cluster", "public", "csirt", "training",
    ]  # fmt: skip
    assert lead_types("exchange")[0] == "public"
    assert lead_types("project")[0] == "research"
