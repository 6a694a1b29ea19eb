import pytest

from ecosystem.common.vocabulary import (
    CHANGES,
    COUNTRIES,
    DOMAINS,
    LOCATION_PRECISION,
    ROLES,
    TYPES,
    Vocabulary,
    inside,
)


@pytest.mark.parametrize(
    ("vocabulary", "code", "label"),
    [
        (DOMAINS, "cryptology", "cryptology"),
        (DOMAINS, "data-security-privacy", "data security and privacy"),
        (TYPES, "sme", "SME or start-up"),
        (TYPES, "csirt", "CSIRT"),
        (TYPES, "large", "large company"),
        (COUNTRIES, "MT", "Malta"),
        (ROLES, "support", "support and clusters"),
        (CHANGES, "moved", "moved on the map"),
        (LOCATION_PRECISION, "hint", "town name, settled by the NUTS 2 hint"),
        (TYPES, "unknown-code", "unknown-code"),
    ],
)
def test_inside_a_sentence_only_names_and_abbreviations_keep_their_capitals(
    vocabulary: Vocabulary, code: str, label: str
):
    assert vocabulary.inside(code) == label


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("GDP per inhabitant, EU = 100", "GDP per inhabitant, EU = 100"),
        ("R&D expenditure", "R&D expenditure"),
        ("High-technology employment", "high-technology employment"),
        ("A public page confirms it", "a public page confirms it"),
        ("", ""),
    ],
)
def test_labels_that_are_no_terms_follow_the_same_rule(label: str, expected: str):
    assert inside(label) == expected


def test_a_country_beside_the_map_has_a_name_and_is_no_choice() -> None:
    assert (COUNTRIES.label("US"), COUNTRIES.inside("IL")) == ("United States", "Israel")
    assert "US" not in COUNTRIES
    assert COUNTRIES.label("ZZ") == "ZZ"
