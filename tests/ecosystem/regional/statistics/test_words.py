import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosystem.common.vocabulary import TYPES
from ecosystem.regional.statistics import words
from ecosystem.regional.statistics.completeness import roles_present
from ecosystem.regional.statistics.counts import RegionCounts
from ecosystem.regional.statistics.similarity import complements, nearest
from ecosystem.regional.statistics.specialisation import location_quotient
from tests.ecosystem.regional.statistics.samples import (
    PROPERTY,
    REGIONS,
    frames,
    organisation,
    organisations,
    tabulate,
)

NAMES = {"R1": "Bretagne", "R2": "Eesti", "R3": "Malta", "R4": "Nowhere"}
NOT_A_NUMBER = re.compile(r"\b(nan|NaN|inf|NA|None|<NA>)\b")
JARGON = re.compile(r"\b(LQ|quotient|cosine|HHI|Hill|Gini|p-value|NUTS)\b")


def example() -> tuple[RegionCounts, pd.DataFrame]:
    """R1: 12, all roles, 11 in cryptology; R2: 20, companies and a lab; R3: 3; R4: none."""
    first = [
        organisation(i, "R1", type=list(TYPES)[i % 9], domains=[_domain(i < 11)]) for i in range(12)
    ]
    second = [
        organisation(100 + i, "R2", type="research" if i == 0 else "sme", domains=[_domain(i < 2)])
        for i in range(20)
    ]
    third = [organisation(200 + i, "R3") for i in range(3)]
    counts = tabulate(organisations(*first, *second, *third), REGIONS)
    return counts, location_quotient(counts.domains, counts.n)


def _domain(cryptology: bool) -> str:
    return "cryptology" if cryptology else "legal-aspects"


def _pair() -> tuple[RegionCounts, pd.DataFrame]:
    """Six organisations each in R1 and R2, all of one kind."""
    rows = [organisation(i, f"R{1 + i % 2}") for i in range(12)]
    counts = tabulate(organisations(*rows), REGIONS)
    return counts, location_quotient(counts.domains, counts.n)


COUNTS, QUOTIENTS = example()
PER_MILLION = pd.Series({"R1": 3.5, "R2": 15.04, "R3": np.nan})


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), pd.NA])
def test_an_unknown_count_is_left_out(value):
    assert words.coverage(3, value) == "3 organisations in the register"


def test_coverage():
    assert words.coverage(9, 1234) == (
        "9 organisations in the register of about 1,234 counted elsewhere (0.7%)"
    )
    assert (
        words.coverage(1, 310, "75 start-ups among them", 2024, counts="companies")
        == "1 company in the register of about 310 counted elsewhere (0.3%; 2024, 75 "
        "start-ups among them)"
    )
    assert (
        words.coverage(9, 130, "", 2025, counts="members")
        == "9 organisations in the register of about 130 members counted elsewhere (7%; 2025)"
    )
    assert (
        words.coverage(None, 77, "", 2022, counts="companies")
        == "not collected for the register; about 77 companies counted elsewhere (2022)"
    )
    assert words.coverage(9, 310, "", float("nan")).endswith("elsewhere (3%)")


def test_profile_of_a_region():
    # The whole is 35, of which 11 + 2 + 3 = 16 work on cryptology: 11/12 / (16/35) = 2.0, with
    # a chance of 1 in 12,000.
    assert words.profile("R1", NAMES, COUNTS, QUOTIENTS, per_million=PER_MILLION) == [
        "Bretagne has 12 organisations in the register, 3.5 per million inhabitants.",
        "Compared with the register as a whole, Bretagne is clearly stronger in cryptology "
        "(11 of 12).",
        "The organisations in Bretagne work most often on cryptology (11 of 12) and legal "
        "aspects (1 of 12).",
        "In the register, Bretagne has all six roles of an ecosystem.",
    ]


def test_profile_of_a_small_region_hedges():
    assert words.profile("R3", NAMES, COUNTS, QUOTIENTS, per_million=PER_MILLION) == [
        "Malta has 3 organisations in the register.",
        "Malta (3) has too few organisations for strengths to be named.",
    ]


def test_profile_of_a_region_without_organisations():
    assert words.profile("R4", NAMES, COUNTS, QUOTIENTS) == [
        "The register holds no organisation in Nowhere."
    ]


def test_comparison_of_four():
    found = words.comparison(
        REGIONS, NAMES, COUNTS, QUOTIENTS, per_million=PER_MILLION, comparable=True
    )
    assert found == [
        "Eesti has the most organisations in the register (20), ahead of Bretagne (12), "
        "Malta (3) and Nowhere (0); per million inhabitants that is 15.0 in Eesti and 3.5 in "
        "Bretagne, and not known for Malta and Nowhere.",
        "Compared with the register as a whole, Bretagne is clearly stronger in cryptology "
        "(11 of 12); Eesti is clearly stronger in legal aspects (18 of 20); Malta (3) and "
        "Nowhere (0) have too few organisations for strengths to be named.",
        "In the register, Bretagne has all six roles of an ecosystem; Eesti has only 2 of the "
        "six roles of an ecosystem: business and research.",
    ]


def test_without_known_coverage_the_order_is_by_name():
    found = words.comparison(REGIONS, NAMES, COUNTS, QUOTIENTS, per_million=PER_MILLION)
    assert found[0] == (
        "In the register are 12 organisations in Bretagne, 20 in Eesti, 3 in Malta and 0 in "
        "Nowhere; per million inhabitants that is 3.5 in Bretagne and 15.0 in Eesti, and not "
        "known for Malta and Nowhere."
    )


def test_equals_are_named_as_equals():
    found = words.comparison(["R1", "R2"], NAMES, *_pair(), comparable=True)
    assert found[0] == "Bretagne and Eesti have 6 organisations each in the register."
    assert "Bretagne and Eesti have no strength that stands out from chance" in found[1]
    with_third = words.comparison(["R3", "R1", "R2"], NAMES, *_pair(), comparable=True)
    assert with_third[0].startswith(
        "Bretagne and Eesti have the most organisations in the register (6 each), ahead of"
    )


def test_what_may_be_chance_is_no_strength():
    # 5 of 6 against 12 of 30: a quotient of 2.1 whose interval lies above 1.
    rows = [organisation(i, "R1", domains=[_domain(i < 5)]) for i in range(6)]
    rows += [organisation(50 + i, "R2", domains=[_domain(i < 7)]) for i in range(24)]
    counts = tabulate(organisations(*rows), REGIONS)
    quotients = location_quotient(counts.domains, counts.n)
    assert quotients.loc[("R1", "cryptology"), "low"] > 1
    found = words.profile("R1", NAMES, counts, quotients)
    assert found[1] == (
        "Compared with the register as a whole, Bretagne has no strength that stands out from "
        "chance."
    )
    assert found[2] == (
        "The organisations in Bretagne work most often on cryptology (5 of 6) and legal aspects "
        "(1 of 6)."
    )


def test_missing_roles_are_named():
    rows = [
        organisation(i, "R1", type=code)
        for i, code in enumerate(["sme", "research", "training", "public", "support"])
    ]
    counts = tabulate(organisations(*rows), REGIONS)
    found = words.profile("R1", NAMES, counts, location_quotient(counts.domains, counts.n))
    assert found[-1] == (
        "In the register, Bretagne has 5 of the six roles of an ecosystem (not investment)."
    )
    investors = roles_present(counts.types, pd.Series([1, 0, 0, 0], index=REGIONS))
    quotients = location_quotient(counts.domains, counts.n)
    assert words.profile("R1", NAMES, counts, quotients, roles=investors)[-1] == (
        "In the register and its list of investors, Bretagne has all six roles of an ecosystem."
    )


def test_regions_with_the_same_roles_are_named_together():
    assert words.comparison(["R1", "R2"], NAMES, *_pair())[2] == (
        "In the register, Bretagne and Eesti have only 1 of the six roles of an ecosystem: "
        "business."
    )


def test_nothing_to_compare():
    counts = tabulate(organisations(), REGIONS)
    found = words.comparison(
        ["R1", "R2", "R3"], NAMES, counts, location_quotient(counts.domains, counts.n)
    )
    assert found == ["The register holds no organisation in Bretagne, Eesti or Malta."]


def test_a_region_without_a_name_is_called_by_its_id():
    assert "R1 has 12" in words.profile("R1", {}, COUNTS, QUOTIENTS)[0]


@pytest.mark.parametrize("regions", [[], ["R1"], ["R1", "R1"], [*REGIONS, "R5"]])
def test_a_comparison_is_of_two_to_four_different_regions(regions):
    with pytest.raises(ValueError, match="two to four"):
        words.comparison(regions, NAMES, COUNTS, QUOTIENTS)


def test_an_unknown_region_is_an_error():
    with pytest.raises(ValueError, match="unknown region: X"):
        words.comparison(["R1", "X"], NAMES, COUNTS, QUOTIENTS)
    with pytest.raises(ValueError, match="unknown region: X"):
        words.profile("X", NAMES, COUNTS, QUOTIENTS)


def test_reasons():
    near = nearest(COUNTS.domains, COUNTS.n, "R1", least=1)
    assert words.similar_reason("R1", "R3", NAMES, near.loc["R3"]) == (
        "Malta has a similar mix to Bretagne (1.00 of 1): both have much of cryptology, "
        "though with so few organisations that may be chance."
    )
    added = complements(QUOTIENTS, ["R1"], ["R2"]).iloc[0]
    assert words.complement_reason(NAMES, added) == (
        "Bretagne could add cryptology: 11 of its 12 organisations work on it, in Eesti 2 of 20."
    )


@PROPERTY
@given(
    frames(),
    st.permutations(REGIONS),
    st.integers(2, 4),
    st.lists(st.none() | st.floats(allow_nan=True), min_size=4, max_size=4),
)
def test_no_sentence_holds_a_nan_or_jargon(frame, order, many, densities):
    counts = tabulate(frame, REGIONS)
    quotients = location_quotient(counts.domains, counts.n)
    per_million = pd.Series(densities, index=REGIONS, dtype=float)
    chosen = order[:many]
    arguments = (NAMES, counts, quotients)
    found = words.comparison(chosen, *arguments, per_million=per_million)
    found += [s for r in chosen for s in words.profile(r, *arguments, per_million=per_million)]
    found += [
        words.similar_reason(chosen[0], other, NAMES, row)
        for other, row in nearest(counts.domains, counts.n, chosen[0], least=1).iterrows()
    ]
    found += [
        words.complement_reason(NAMES, row)
        for _, row in complements(quotients, REGIONS, REGIONS).iterrows()
    ]
    for sentence in found:
        assert not NOT_A_NUMBER.search(sentence), sentence
        assert not JARGON.search(sentence), sentence
        assert sentence.endswith(".")
        assert sentence[0].isupper()
        assert "  " not in sentence
    again = words.comparison(chosen, *arguments, per_million=per_million)
    assert len(again) <= 3
    assert found[: len(again)] == again
