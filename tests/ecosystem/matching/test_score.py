"""A score is what somebody would work out by hand, from whichever side it is asked."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosystem.matching import score
from tests.ecosystem.matching.pairs import CODES, companies, investors

WEIGHTS = score.default_weights(score.INVESTMENT)
_PROJECT_WEIGHTS = score.default_weights(score.PROJECT)


def _parts(company: dict[str, Any], investor: dict[str, Any]) -> dict[str, float]:
    found = score.investment(companies(company), investors(investor), WEIGHTS)
    return {code: float(part[0, 0]) for code, part in found.parts.items()}


def test_a_pair_worked_out_by_hand() -> None:
    company = {
        "country": "FR",
        "domains": ["cryptology", "identity-management", "human-aspects", "legal-aspects"],
        "stage": "seed",
        "need": 10,
    }
    investor = {
        "stages": ["series-b"],
        "least": 1,
        "most": 4,
        "focus": ["cryptology"],
        "countries": ["EU"],
        "specialist": 0,
        "rounds": [["cryptology"], ["steganography"], []],
    }
    assert _parts(company, investor) == {
        "domain": 0.25,  # one of four
        "stage": 0.5,  # after seed comes Series A, next to Series B
        "ticket": pytest.approx(0.4),  # 4 of 10 million
        "geography": 1,
        "specialist": 0,
        "record": pytest.approx(0.5 + 0.5 / 3),  # one of three rounds shares a domain
    }
    found = score.investment(companies(company), investors(investor), WEIGHTS)
    by_hand = (2 * 0.25 + 3 * 0.5 + 2 * 0.4 + 3 * 1 + 1 * 0 + 1 * (2 / 3)) / 12
    assert found.score[0, 0] == pytest.approx(by_hand)
    assert found.confidence[0, 0] == 1


def test_what_is_missing_lowers_the_confidence_and_not_the_score() -> None:
    investor = {"stages": ["series-a"], "countries": ["EU"], "specialist": 1}
    whole = score.investment(
        companies({"country": "FR", "stage": "seed"}), investors(investor), WEIGHTS
    )
    missing = score.investment(companies({"country": "FR"}), investors(investor), WEIGHTS)
    assert whole.score[0, 0] == missing.score[0, 0] == 1
    assert whole.confidence[0, 0] == pytest.approx(7 / 12)
    assert missing.confidence[0, 0] == pytest.approx(4 / 12)


def test_an_investor_with_no_facts_has_no_score() -> None:
    found = score.investment(companies({"country": "FR", "stage": "seed"}), investors({}), WEIGHTS)
    assert math.isnan(found.score[0, 0])
    assert found.confidence[0, 0] == 0
    assert all(math.isnan(part[0, 0]) for part in found.parts.values())


@pytest.mark.parametrize(
    ("stands_at", "financed", "part"),
    [
        ("pre-seed", ["seed"], 1),
        ("seed", ["seed"], 0.5),
        ("seed", ["growth"], 0),
        ("seed", ["pre-seed", "series-b"], 0.5),
        ("series-b", ["growth"], 1),
        ("series-c", ["growth"], 1),
        ("growth", ["growth", "seed"], 1),
        ("ipo", ["growth"], 0),
        ("acquired", ["growth"], 0),
    ],
)
def test_the_stage_after_the_last_round_counts(
    stands_at: str, financed: list[str], part: float
) -> None:
    assert _parts({"stage": stands_at}, {"stages": financed})["stage"] == part


@pytest.mark.parametrize(
    ("need", "least", "most", "part"),
    [
        (5, 1, 10, 1),
        (5, 10, 20, 0.5),
        (5, None, 1, 0.2),
        (5, None, 10, 1),
        (5, 1, None, 1),
        (5, 20, None, 0.25),
        (5, 0, 10, 1),
        (5, 0, 0, 0),
    ],
)
def test_a_limit_that_is_not_stated_excludes_nothing(
    need: float, least: float | None, most: float | None, part: float
) -> None:
    limits = {"least": least, "most": most}
    stated = {name: value for name, value in limits.items() if value is not None}
    assert _parts({"need": need}, stated)["ticket"] == pytest.approx(part)


def test_no_ticket_at_all_is_unknown_and_never_zero() -> None:
    assert math.isnan(_parts({"need": 5}, {})["ticket"])
    assert math.isnan(_parts({}, {"least": 1, "most": 2})["ticket"])


@pytest.mark.parametrize(
    ("country", "focus", "seat", "part"),
    [
        ("FR", ["FR"], "DE", 1),
        ("FR", ["EU"], "US", 1),
        ("CH", ["EU"], "US", 0.5),
        ("GB", ["EU", "GB"], "US", 1),
        ("DE", ["FR"], "DE", 0),
        ("DE", [], "DE", 1),
        ("FR", [], "DE", None),
        ("FR", [], None, None),
        (None, ["EU"], "DE", None),
    ],
)
def test_geography(country: str | None, focus: list[str], seat: str, part: float | None) -> None:
    found = _parts({"country": country}, {"countries": focus, "seat": seat})["geography"]
    assert math.isnan(found) if part is None else found == part


def test_no_round_on_record_is_no_zero() -> None:
    assert math.isnan(_parts({"domains": ["cryptology"]}, {"rounds": []})["record"])
    assert _parts({"domains": ["cryptology"]}, {"rounds": [["steganography"]]})["record"] == 0.5
    four = {"rounds": [["cryptology"]] * 4}
    assert _parts({"domains": ["cryptology"]}, four)["record"] == 1


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        (dict.fromkeys(WEIGHTS, 0), "All weights are zero"),
        ({}, "All weights are zero"),
        ({"stage": -1}, "“Stage” must be a number from 0 up"),
        ({"stage": math.nan}, "“Stage” must be a number from 0 up"),
        ({"stage": math.inf}, "“Stage” must be a number from 0 up"),
        ({"charm": 1}, "no part “charm”"),
    ],
)
def test_weights_that_mean_nothing_are_refused(weights: dict[str, float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        score.investment(companies({}), investors({}), weights)


def _some(values: list[str], most: int = 4) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), max_size=most, unique=True)


def _maybe(**columns: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=columns)


_AMOUNT = st.floats(0, 1000, width=32)
_COMPANY = _maybe(
    country=st.sampled_from(CODES["countries"]),
    region=st.integers(0, 3),
    domains=_some(CODES["domains"]),
    functions=_some(CODES["functions"]),
    stage=st.sampled_from(list(score.STANDS_AT)),
    need=_AMOUNT,
)
_INVESTOR = _maybe(
    stages=_some(list(score.STAGES)),
    least=_AMOUNT,
    most=_AMOUNT,
    focus=_some(CODES["domains"]),
    countries=_some(["EU", *CODES["countries"]]),
    seat=st.sampled_from([*CODES["countries"], "US"]),
    specialist=st.sampled_from([0, 1]),
    rounds=st.lists(_some(CODES["domains"]), max_size=4),
)
_WEIGHT = st.floats(0, 10, width=32)


@given(
    st.lists(_COMPANY, min_size=1, max_size=4),
    st.lists(_INVESTOR, min_size=1, max_size=4),
    st.fixed_dictionaries(dict.fromkeys(WEIGHTS, _WEIGHT)).filter(lambda w: any(w.values())),
)
def test_a_pair_has_one_score_whoever_asks(
    some: list[dict[str, Any]], others: list[dict[str, Any]], weights: dict[str, float]
) -> None:
    a, b = companies(*some), investors(*others)
    together = score.investment(a, b, weights)
    shape = (len(some), len(others))
    assert together.score.shape == together.confidence.shape == shape
    for i in range(len(some)):
        from_company = score.investment(a.take(np.array([i])), b, weights)
        np.testing.assert_array_equal(from_company.score[0], together.score[i])
    for j in range(len(others)):
        from_investor = score.investment(a, b.take([j]), weights)
        np.testing.assert_array_equal(from_investor.score[:, 0], together.score[:, j])
        np.testing.assert_array_equal(from_investor.confidence[:, 0], together.confidence[:, j])
    known = ~np.isnan(together.score)
    assert ((together.score[known] >= 0) & (together.score[known] <= 1)).all()
    assert ((together.confidence >= 0) & (together.confidence <= 1)).all()


_PART = st.one_of(st.none(), st.floats(0, 1, width=32))


@given(
    st.fixed_dictionaries(dict.fromkeys(WEIGHTS, _PART)),
    st.fixed_dictionaries(dict.fromkeys(WEIGHTS, _WEIGHT)).filter(lambda w: any(w.values())),
    st.sampled_from(list(WEIGHTS)),
    st.floats(0, 1, width=32),
)
def test_the_score_rises_with_each_part(
    parts: dict[str, float | None], weights: dict[str, float], code: str, higher: float
) -> None:
    arrays = {c: np.array([math.nan if p is None else p], np.float32) for c, p in parts.items()}
    now = parts[code]
    if now is None:
        return
    before = score.combine(arrays, weights)
    after = score.combine({**arrays, code: np.array([max(now, higher)], np.float32)}, weights)
    np.testing.assert_array_equal(before.confidence, after.confidence)
    if not np.isnan(before.score[0]):
        assert after.score[0] >= before.score[0] - 1e-6


@given(
    _COMPANY,
    _COMPANY,
    st.booleans(),
    st.booleans(),
    st.fixed_dictionaries(dict.fromkeys(_PROJECT_WEIGHTS, _WEIGHT)).filter(
        lambda w: any(w.values())
    ),
)
def test_a_project_is_the_same_from_both_sides(
    one: dict[str, Any],
    other: dict[str, Any],
    members: bool,
    valleys: bool,
    weights: dict[str, float],
) -> None:
    ties = {"members": np.array([members]), "valleys": np.array([valleys])}
    ab = score.project(companies(one), companies(other), weights, **ties)
    ba = score.project(companies(other), companies(one), weights, **ties)
    np.testing.assert_array_equal(ab.score, ba.score)
    np.testing.assert_array_equal(ab.confidence, ba.confidence)


def test_a_project_worked_out_by_hand() -> None:
    one = {
        "country": "FR",
        "region": 1,
        "domains": ["cryptology", "human-aspects"],
        "functions": ["identify", "protect"],
    }
    others = companies(
        {**one, "region": 2, "domains": ["cryptology", "steganography"], "functions": ["detect"]},
        {**one, "country": "DE", "domains": ["legal-aspects", "steganography"]},
        {"country": "FR", "region": 1},
    )
    found = score.project(
        companies(one),
        others,
        _PROJECT_WEIGHTS,
        members=np.array([True, False, False]),
        valleys=np.array([True, True, False]),
    )
    assert found.parts["domain"][:2] == pytest.approx([2 * 1 / 3, 1])
    assert found.parts["function"][:2] == pytest.approx([3 / 5, 2 / 5])
    assert found.parts["region"] == pytest.approx([0.5, 1, 0])
    assert found.parts["tie"][:2] == pytest.approx([1, 0.5])
    assert [math.isnan(part[2]) for part in found.parts.values()] == [True, True, False, True]
    assert found.score[0] == pytest.approx((3 * 2 / 3 + 2 * 3 / 5 + 2 * 0.5 + 1) / 8)
    assert found.confidence == pytest.approx([1, 1, 2 / 8])
