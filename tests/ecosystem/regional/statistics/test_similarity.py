import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from ecosystem.regional.statistics.similarity import (
    complements,
    cosine_similarity,
    nearest,
    partners,
    similarity_to,
)
from ecosystem.regional.statistics.specialisation import location_quotient, specialisations
from tests.ecosystem.regional.statistics.samples import (
    PROPERTY,
    REGIONS,
    frames,
    matrices,
    tabulate,
)

PROFILES = pd.DataFrame(
    {"cryptology": [3, 6, 0, 1, 0], "legal-aspects": [4, 8, 5, 0, 0]},
    index=["A", "B", "C", "D", "E"],
)
SIZES = pd.Series({"A": 6, "B": 11, "C": 5, "D": 1, "E": 0})


def test_cosines_by_hand():
    # A (3, 4) has length 5, C (0, 5) too: 20 / 25 = 0.8. B is twice A: 1. D (1, 0): 3 / 5.
    found = cosine_similarity(PROFILES)
    assert found.loc["A"].tolist()[:4] == pytest.approx([1, 1, 0.8, 0.6])
    assert found.loc["C", "D"] == 0
    assert found.loc["E"].isna().all()
    assert found["E"].isna().all()


@PROPERTY
@given(matrices())
def test_symmetric_and_one_with_itself(counts):
    found = cosine_similarity(counts)
    assert np.array_equal(found, found.T, equal_nan=True)
    empty = counts.sum(axis=1) == 0
    assert (np.diag(found)[~empty] == 1).all()
    known = found.to_numpy()[~np.isnan(found.to_numpy())]
    assert ((known >= 0) & (known <= 1)).all()


@PROPERTY
@given(matrices())
def test_one_against_all_is_a_row_of_all_pairs(counts):
    for region in counts.index:
        row = similarity_to(counts, region)
        assert np.allclose(row, cosine_similarity(counts).loc[region], equal_nan=True)


@PROPERTY
@given(matrices())
def test_against_scikit_learn(counts):
    from sklearn.metrics.pairwise import cosine_similarity as by_scikit_learn

    there = counts[counts.sum(axis=1) > 0]
    if len(there):
        assert np.allclose(cosine_similarity(there), by_scikit_learn(there))


@PROPERTY
@given(matrices())
def test_size_does_not_matter(counts):
    assert np.allclose(cosine_similarity(counts), cosine_similarity(counts * 7), equal_nan=True)


def test_nearest_by_hand():
    # B (1.0) before C (0.8); D and E have too few to be considered.
    found = nearest(PROFILES, SIZES, "A")
    assert list(found.index) == ["B", "C"]
    # 4·8 of legal aspects weigh more than 3·6 of cryptology.
    assert found["shared"].tolist() == [["legal-aspects", "cryptology"], ["legal-aspects"]]
    assert found["n"].tolist() == [11, 5]
    assert not found["small"].any()
    with_small = nearest(PROFILES, SIZES, "A", least=1)
    assert with_small["small"].to_dict() == {"B": False, "C": False, "D": True}
    assert nearest(PROFILES, SIZES, "A", limit=1).index.tolist() == ["B"]


def test_nearest_to_a_small_region_is_said_to_be_uncertain():
    assert nearest(PROFILES, SIZES, "D")["small"].all()


def test_nearest_equals_keep_their_order():
    same = pd.DataFrame({"a": [1, 3, 7, 2]}, index=["A", "D", "C", "B"])
    assert nearest(same, same["a"] + 5, "A").index.tolist() == ["D", "C", "B"]


def test_nothing_is_near_to_nothing():
    assert nearest(PROFILES, SIZES, "E").empty


def test_unknown_regions_are_errors():
    quotients = location_quotient(PROFILES, SIZES)
    with pytest.raises(ValueError, match="unknown region: X"):
        similarity_to(PROFILES, "X")
    with pytest.raises(ValueError, match="unknown region: X"):
        complements(quotients, ["X"], ["A"])
    with pytest.raises(ValueError, match="unknown region: X"):
        partners(quotients, "X")


# The whole: 200; cryptology 40 (0.2), legal aspects 50 (0.25), identity management 40 (0.2).
#     cryptology          legal aspects       identity
# A   30/40 = LQ 3.75     2/40 = 0.2          8/40 = 1.0
# B   10/100 = 0.5        18/100 = 0.72       32/100 = 1.6
# C   0/30 = 0            28/30 = 3.73        0/30 = 0
# D   0/30 = 0            2/30 = 0.27         0/30 = 0
MIXED = pd.DataFrame(
    {
        "cryptology": [30, 10, 0, 0],
        "legal-aspects": [2, 18, 28, 2],
        "identity-management": [8, 32, 0, 0],
    },
    index=["A", "B", "C", "D"],
)
QUOTIENTS = location_quotient(MIXED, pd.Series({"A": 40, "B": 100, "C": 30, "D": 30}))


def test_complements_by_hand():
    found = complements(QUOTIENTS, ["A", "B"], ["A", "B", "C"])
    rows = found[["giver", "receiver", "code", "gap"]].to_numpy().tolist()
    # A gives cryptology to B (0.5 < 0.8) and C (none); B gives identity management to C
    # (none), but not to A, which has its fair share.
    assert rows == [
        ["A", "B", "cryptology", "thin"],
        ["A", "C", "cryptology", "absent"],
        ["B", "C", "identity-management", "absent"],
    ]
    first = found.iloc[0]
    assert first[["giver_count", "giver_n", "receiver_count", "receiver_n"]].tolist() == [
        30, 40, 10, 100,
    ]  # fmt: skip
    assert first["giver_lq"] == pytest.approx(3.75)
    assert first["receiver_lq"] == pytest.approx(0.5)
    # Of 40 in cryptology among 140, 30 or more in A, for each of the three strengths.
    ways = sum(math.comb(40, k) * math.comb(100, 40 - k) for k in range(30, 41))
    assert first["chance"] == pytest.approx(3 * ways / math.comb(140, 40))


def test_a_lack_that_may_be_chance_is_none():
    # Nobody in a region of three works on cryptology: nobody need, with one in five.
    few = MIXED.assign(cryptology=[30, 10, 0, 0])
    quotients = location_quotient(few, pd.Series({"A": 40, "B": 100, "C": 30, "D": 2}))
    assert complements(quotients, ["A"], ["C"])["code"].tolist() == ["cryptology"]
    assert complements(quotients, ["A"], ["D"]).empty


def test_what_is_no_strength_is_no_advice():
    # 3 of 11 where the other has 3 of 29, in a register like that around them.
    counts = pd.DataFrame({"cryptology": [3, 3, 60]}, index=["Köln", "Bretagne", "rest"])
    quotients = location_quotient(counts, pd.Series({"Köln": 11, "Bretagne": 29, "rest": 425}))
    assert quotients.loc[("Köln", "cryptology"), "lq"] > 1.25
    assert quotients.loc[("Bretagne", "cryptology"), "lq"] < 0.8
    assert complements(quotients, ["Köln"], ["Bretagne"]).empty
    assert partners(quotients, "Bretagne").empty


def test_just_below_one_is_no_lack():
    counts = pd.DataFrame({"cryptology": [40, 45, 15]}, index=["A", "B", "C"])
    quotients = location_quotient(counts, pd.Series({"A": 50, "B": 150, "C": 100}))
    # The whole has 100 of 300; B 0.9 of that, C 0.45.
    found = complements(quotients, ["A"], ["B", "C"])
    assert found["receiver"].tolist() == ["C"]


def test_a_region_does_not_complement_itself():
    found = complements(QUOTIENTS, ["A"], ["A"])
    assert found.empty
    assert list(found.columns)[:4] == ["giver", "receiver", "code", "gap"]


def test_a_region_without_organisations_lacks_nothing_that_could_be_told():
    assert complements(location_quotient(PROFILES, SIZES), ["C"], ["E"]).empty


def test_partners_by_hand():
    # C lacks cryptology and identity management. A adds the first and takes legal aspects;
    # B adds the second and takes legal aspects (0.72) too, and is larger. D adds nothing.
    found = partners(QUOTIENTS, "C")
    assert list(found.index) == ["B", "A"]
    assert found["adds"].tolist() == [["identity-management"], ["cryptology"]]
    assert found["gets"].tolist() == [["legal-aspects"], ["legal-aspects"]]
    assert found["n"].tolist() == [100, 40]
    assert partners(QUOTIENTS, "C", limit=1).index.tolist() == ["B"]


def test_nobody_to_partner_with():
    alone = location_quotient(pd.DataFrame({"cryptology": [4]}, index=["A"]), pd.Series({"A": 5}))
    found = partners(alone, "A")
    assert found.empty
    assert list(found.columns) == ["n", "adds", "gets"]


@PROPERTY
@given(frames())
def test_what_complements_say_follows_from_the_quotients(frame):
    counts = tabulate(frame, REGIONS)
    quotients = location_quotient(counts.domains, counts.n)
    found = complements(quotients, REGIONS, REGIONS)
    strong = set(specialisations(quotients).index)
    assert all(pair in strong for pair in zip(found["giver"], found["code"], strict=True))
    assert (found["giver"] != found["receiver"]).all()
    assert (found["giver_count"] >= 3).all()
    absent = found["gap"] == "absent"
    assert (found.loc[absent, "receiver_count"] == 0).all()
    assert (found.loc[~absent, "receiver_lq"] < 0.8).all()


@pytest.mark.parametrize("region", ["A", "B", "C", "D"])
def test_partners_are_what_complements_say(region):
    found = partners(QUOTIENTS, region)
    for partner, row in found.iterrows():
        assert row["adds"] == complements(QUOTIENTS, [partner], [region])["code"].tolist()
        assert row["gets"] == complements(QUOTIENTS, [region], [partner])["code"].tolist()
    givers = set(complements(QUOTIENTS, MIXED.index, [region])["giver"])
    assert set(found.index) == givers
