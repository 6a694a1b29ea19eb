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
from ecosystem.regional.statistics.specialisation import location_quotient
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


# The whole: 60; cryptology 12 (0.2), legal aspects 20 (0.333), identity management 12 (0.2).
#     cryptology        legal aspects      identity
# A   8/20 = LQ 2.0     2/20 = 0.3         4/20 = 1.0
# B   4/30 = 0.667      9/30 = 0.9         8/30 = 1.333
# C   0/6  = 0          6/6 = 3.0          0/6 = 0
# D   0/4  = 0          3/4 = 2.25         0/4 = 0
MIXED = pd.DataFrame(
    {
        "cryptology": [8, 4, 0, 0],
        "legal-aspects": [2, 9, 6, 3],
        "identity-management": [4, 8, 0, 0],
    },
    index=["A", "B", "C", "D"],
)
QUOTIENTS = location_quotient(MIXED, pd.Series({"A": 20, "B": 30, "C": 6, "D": 4}))


def test_complements_by_hand():
    found = complements(QUOTIENTS, ["A", "B"], ["A", "B", "C"])
    rows = found[["giver", "receiver", "code", "gap"]].to_numpy().tolist()
    # A gives cryptology to B (0.667 < 0.8) and C (none); B gives identity management to C
    # (none), but not to A, which has its fair share.
    assert rows == [
        ["A", "B", "cryptology", "thin"],
        ["A", "C", "cryptology", "absent"],
        ["B", "C", "identity-management", "absent"],
    ]
    first = found.iloc[0]
    assert first[["giver_count", "giver_n", "receiver_count", "receiver_n"]].tolist() == [
        8, 20, 4, 30,
    ]  # fmt: skip
    assert first["giver_lq"] == pytest.approx(2)
    assert first["receiver_lq"] == pytest.approx(2 / 3)
    assert not first["small"]


def test_just_below_one_is_no_lack():
    # B has 0.9 of legal aspects: C, which has 3.0, adds nothing to it there.
    assert "B" not in set(complements(QUOTIENTS, ["C"], ["A", "B"])["receiver"])


def test_small_regions_are_marked():
    assert complements(QUOTIENTS, ["D"], ["A"])["small"].all()
    assert complements(QUOTIENTS, ["A"], ["D"])["small"].all()


def test_a_region_does_not_complement_itself():
    found = complements(QUOTIENTS, ["A"], ["A"])
    assert found.empty
    assert list(found.columns)[:4] == ["giver", "receiver", "code", "gap"]


def test_a_region_without_organisations_lacks_everything():
    quotients = location_quotient(PROFILES, SIZES)
    found = complements(quotients, ["C"], ["E"])
    assert found["gap"].eq("absent").all()
    assert math.isnan(found["receiver_lq"].iloc[0])


def test_partners_by_hand():
    # C lacks cryptology and identity management. A adds the first and takes legal aspects;
    # B adds the second and takes nothing, so A comes first. D adds nothing.
    found = partners(QUOTIENTS, "C")
    assert list(found.index) == ["A", "B"]
    assert found["adds"].tolist() == [["cryptology"], ["identity-management"]]
    assert found["gets"].tolist() == [["legal-aspects"], []]
    assert found["n"].tolist() == [20, 30]
    assert partners(QUOTIENTS, "C", limit=1).index.tolist() == ["A"]


def test_nobody_to_partner_with():
    alone = location_quotient(pd.DataFrame({"cryptology": [4]}, index=["A"]), pd.Series({"A": 5}))
    found = partners(alone, "A")
    assert found.empty
    assert list(found.columns) == ["n", "adds", "gets", "small"]


@PROPERTY
@given(frames())
def test_what_complements_say_follows_from_the_quotients(frame):
    counts = tabulate(frame, REGIONS)
    quotients = location_quotient(counts.domains, counts.n)
    found = complements(quotients, REGIONS, REGIONS)
    assert (found["giver"] != found["receiver"]).all()
    assert (found["giver_lq"] > 1.25).all()
    assert (found["giver_count"] >= 3).all()
    absent = found["gap"] == "absent"
    assert (found.loc[absent, "receiver_count"] == 0).all()
    assert (found.loc[~absent, "receiver_lq"] < 0.8).all()


@PROPERTY
@given(frames())
def test_partners_are_what_complements_say(frame):
    counts = tabulate(frame, REGIONS)
    quotients = location_quotient(counts.domains, counts.n)
    for region in REGIONS:
        for partner, row in partners(quotients, region).iterrows():
            added = complements(quotients, [partner], [region])
            given = complements(quotients, [region], [partner])
            assert row["adds"] == added["code"].tolist()
            assert row["gets"] == given["code"].tolist()
            assert row["small"] == added["small"].any()
