import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from ecosystem.regional.statistics.specialisation import (
    adjusted_chances,
    location_quotient,
    ratio_interval,
    specialisations,
    upper_tail,
    wilson_interval,
)
from tests.ecosystem.regional.statistics.samples import (
    PROPERTY,
    REGIONS,
    frames,
    organisations,
    tabulate,
)

COUNTS = pd.DataFrame(
    {"cryptology": [4, 2, 0, 0], "legal-aspects": [2, 9, 3, 0], "steganography": [0, 0, 0, 0]},
    index=["A", "B", "C", "D"],
)
N = pd.Series({"A": 10, "B": 17, "C": 3, "D": 0})


def test_quotients_by_hand():
    # Whole: 30 organisations; cryptology 6 (0.2), legal aspects 14 (0.4667).
    # A: 4/10 / 0.2 = 2;            2/10 / 0.4667 = 0.4286
    # B: 2/17 / 0.2 = 0.5882;       9/17 / 0.4667 = 1.1345
    # C: 0/3 = 0;                   3/3 / 0.4667 = 2.1429
    found = location_quotient(COUNTS, N)["lq"].unstack().loc[COUNTS.index]
    assert found["cryptology"].tolist()[:3] == pytest.approx([2, 0.588235, 0], abs=1e-6)
    assert found["legal-aspects"].tolist()[:3] == pytest.approx(
        [0.428571, 1.134454, 2.142857], abs=1e-6
    )
    # Nobody in D, and nobody anywhere on steganography: no value.
    assert found.loc["D"].isna().all()
    assert found["steganography"].isna().all()


def test_the_columns_beside_the_quotient():
    row = location_quotient(COUNTS, N).loc[("A", "cryptology")]
    assert row[["count", "n"]].tolist() == [4, 10]
    assert row["share"] == 0.4
    assert row["whole_share"] == 0.2
    assert not row["small"]
    assert location_quotient(COUNTS, N).loc["C", "small"].all()
    assert location_quotient(COUNTS, N)["count"].dtype == "int64"


def test_wilson_interval_by_hand():
    # 0 of 10: centre z²/20 = 0.19207, half width z·sqrt(z²/400) = 0.19207, both / (1 + z²/10)
    # = 1.38415: from 0 to 0.2775. The same from the other end for 10 of 10.
    low, high = wilson_interval([0, 10, 0], [10, 10, 0])
    assert low[:2] == pytest.approx([0, 0.72247], abs=1e-5)
    assert high[:2] == pytest.approx([0.27753, 1], abs=1e-5)
    assert np.isnan(low[2])
    assert np.isnan(high[2])


def test_ratio_interval_against_published_ones():
    # R package contingencytables (Fagerland, Lydersen and Laake), Perondi and others' trial.
    low, high = ratio_interval(7, 34, 1, 34)
    assert float(low) == pytest.approx(1.1537, abs=5e-5)
    assert float(high) == pytest.approx(41.9763, abs=5e-5)


def test_ratio_interval_nears_the_textbook_one_with_many_rows():
    # Katz's log interval: ln R ± z·sqrt(1/k1 - 1/m1 + 1/k2 - 1/m2), good where counts are large.
    k_1, m_1, k_2, m_2 = 4000, 10_000, 3000, 12_000
    error = 1.959964 * math.sqrt(1 / k_1 - 1 / m_1 + 1 / k_2 - 1 / m_2)
    ratio = (k_1 / m_1) / (k_2 / m_2)
    low, high = ratio_interval(k_1, m_1, k_2, m_2)
    assert float(low) == pytest.approx(ratio * math.exp(-error), rel=1e-3)
    assert float(high) == pytest.approx(ratio * math.exp(error), rel=1e-3)


def test_ratio_interval_with_nothing_on_a_side():
    low, high = ratio_interval([0, 5, 0, 1], [10, 10, 10, 0], [5, 0, 0, 1], [10, 10, 10, 10])
    assert low[0] == 0
    assert 0 < high[0] < 1
    assert low[1] > 1
    assert high[1] == np.inf
    assert (low[2], high[2]) == (0, np.inf)
    assert np.isnan([low[3], high[3]]).all()


def test_interval_of_a_quotient_by_hand():
    # The trial again, as a region of 34 in a whole of 68: w = 0.5, LQ = R / (0.5 R + 0.5).
    # 7/34 / (8/68) = 1.75; 1.1537 / 1.07685 = 1.0714; 41.9763 / 21.48815 = 1.9535.
    counts = pd.DataFrame({"cryptology": [7, 1]}, index=["A", "B"])
    row = location_quotient(counts, pd.Series({"A": 34, "B": 34})).loc[("A", "cryptology")]
    assert row["lq"] == pytest.approx(1.75)
    assert row["low"] == pytest.approx(1.07137, abs=1e-4)
    assert row["high"] == pytest.approx(1.95346, abs=1e-4)


def test_interval_ends_where_it_must():
    quotients = location_quotient(COUNTS, N)
    # None in C: from 0 to something finite. A hundred percent of C: not above 30 / 14.
    none = quotients.loc[("C", "cryptology")]
    assert none["low"] == 0
    assert 0 < none["high"] < 30 / 3
    # Only A has it: the upper end is the largest quotient possible, n / n_r = 3.
    only = location_quotient(
        pd.DataFrame({"a": [2, 0]}, index=["A", "B"]), pd.Series({"A": 10, "B": 20})
    )
    assert only.loc[("A", "a"), ["lq", "high"]].tolist() == pytest.approx([3, 3])
    assert quotients.loc["D", ["low", "high"]].isna().to_numpy().all()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("region_n", "region_share", "rest_n", "rest_share"),
    [(29, 0.3, 436, 0.2), (10, 0.1, 455, 0.15), (60, 0.05, 405, 0.1), (12, 0.5, 40, 0.4)],
)
def test_the_interval_holds_the_truth_as_often_as_it_says(
    region_n, region_share, rest_n, rest_share
):
    draws = 4000
    random = np.random.default_rng(1)
    members = random.binomial(region_n, region_share, draws)
    rest = random.binomial(rest_n, rest_share, draws)
    weight = region_n / (region_n + rest_n)
    truth = region_share / (weight * region_share + (1 - weight) * rest_share)
    found = [
        location_quotient(
            pd.DataFrame({"a": [k]}, index=["R"]),
            pd.Series({"R": region_n}),
            whole_counts=pd.Series({"a": k + other}),
            whole_n=region_n + rest_n,
        ).iloc[0]
        for k, other in zip(members[:300], rest[:300], strict=True)
    ]
    covered = np.mean([row["low"] <= truth <= row["high"] for row in found])
    assert covered >= 0.92
    # The ratio to the rest, from which it is made, over all draws.
    low, high = ratio_interval(members, region_n, rest, rest_n)
    ratio = region_share / rest_share
    assert np.mean((low <= ratio) & (ratio <= high)) >= 0.94


@PROPERTY
@given(frames(outside=False))
def test_the_whole_has_a_quotient_of_one(frame):
    whole = tabulate(frame.assign(region="all"), ["all"])
    quotients = location_quotient(whole.domains, whole.n)
    there = quotients["count"] > 0
    assert (quotients.loc[there, ["lq", "low", "high"]] == 1).to_numpy().all()
    assert quotients.loc[~there, ["lq", "low", "high"]].isna().to_numpy().all()


@PROPERTY
@given(frames())
def test_a_quotient_lies_in_its_interval_and_below_the_largest_possible(frame):
    counts = tabulate(frame, REGIONS)
    quotients = location_quotient(counts.domains, counts.n).dropna(subset=["lq"])
    within = 1e-9
    assert (quotients["low"] <= quotients["lq"] + within).all()
    assert (quotients["lq"] <= quotients["high"] + within).all()
    assert (quotients["low"] >= 0).all()
    assert (quotients["high"] <= counts.n.sum() / quotients["n"] + within).all()


@PROPERTY
@given(frames(outside=False))
def test_quotients_average_to_one(frame):
    # Weighted by n_r / n, the quotients of a domain add up to 1: its parts make the whole.
    counts = tabulate(frame, REGIONS)
    quotients = location_quotient(counts.domains, counts.n).dropna(subset=["lq"])
    weighted = (quotients["lq"] * quotients["n"] / max(counts.n.sum(), 1)).groupby("code").sum()
    assert np.allclose(weighted, 1)


def test_a_whole_beyond_the_regions():
    # 40 more outside, 14 of them in cryptology: 0.4 / (20 / 70) = 1.4.
    outside = pd.Series({"cryptology": 14, "legal-aspects": 0, "steganography": 0})
    found = location_quotient(COUNTS, N, whole_counts=COUNTS.sum() + outside, whole_n=70)
    assert found.loc[("A", "cryptology"), "lq"] == pytest.approx(1.4)


@pytest.mark.parametrize(
    ("whole", "message"),
    [
        ({"whole_n": 30}, "both"),
        ({"whole_counts": COUNTS.sum()}, "both"),
        ({"whole_counts": COUNTS.sum(), "whole_n": 9}, "part of the whole"),
        ({"whole_counts": COUNTS.sum() * 0, "whole_n": 30}, "part of the whole"),
        ({"whole_counts": pd.Series({"cryptology": 6}), "whole_n": 30}, "part of the whole"),
    ],
)
def test_a_whole_that_is_none_is_an_error(whole, message):
    with pytest.raises(ValueError, match=message):
        location_quotient(COUNTS, N, **whole)


@pytest.mark.parametrize("counts", [COUNTS - 1, COUNTS.astype(float).replace(4, np.nan)])
def test_counts_that_are_none_are_an_error(counts):
    with pytest.raises(ValueError, match="not negative"):
        location_quotient(counts, N)


def test_more_with_a_code_than_there_are_is_an_error():
    with pytest.raises(ValueError, match="more organisations than there are"):
        location_quotient(COUNTS, N.replace(10, 3))


def test_no_regions_no_quotients():
    counts = tabulate(organisations(), [])
    quotients = location_quotient(counts.domains, counts.n)
    assert quotients.empty
    assert specialisations(quotients).empty


def test_upper_tail_by_hand():
    # Of 10, 5 marked, 3 drawn: all three marked in C(5, 3) of C(10, 3) draws, 10 / 120; at least
    # two in (C(5, 2) * 5 + 10) / 120 = 60 / 120.
    assert upper_tail([3, 2, 0], 3, 5, 10) == pytest.approx([10 / 120, 60 / 120, 1])


@pytest.mark.parametrize(("k", "drawn", "marked", "size"), [(8, 12, 13, 35), (3, 11, 15, 465)])
def test_upper_tail_is_a_sum_of_binomial_coefficients(k, drawn, marked, size):
    ways = sum(
        math.comb(marked, i) * math.comb(size - marked, drawn - i)
        for i in range(k, min(drawn, marked) + 1)
    )
    assert float(upper_tail(k, drawn, marked, size)) == pytest.approx(ways / math.comb(size, drawn))


def test_chances_are_adjusted_over_all_cells_tested():
    # Benjamini-Yekutieli: the i-th smallest of m times m / i * (1 + 1/2 + ... + 1/m).
    members = np.array([[9.0, 1], [5, 5], [1, 9]])
    own, total = np.full((3, 2), 10.0), np.array([[15.0, 15]] * 3)
    tested = np.ones((3, 2), dtype=bool)
    raw = np.sort(upper_tail(members, own, total, 30).ravel())
    harmonic = sum(1 / i for i in range(1, 7))
    by_hand = np.minimum.accumulate((raw * 6 * harmonic / np.arange(1, 7))[::-1])[::-1]
    found = np.sort(adjusted_chances(members, own, total, 30, tested).ravel())
    assert found == pytest.approx(np.minimum(by_hand, 1))
    # Fewer cells looked at, less to allow for; what isn't tested has no chance.
    tested[1:] = False
    fewer = adjusted_chances(members, own, total, 30, tested)
    assert fewer[0, 0] < found[0]
    assert np.isnan(fewer[1:]).all()


def test_quotients_are_drawn_towards_one_by_what_they_rest_on():
    # The mean squared distance from 1 is what chance gives: nothing is left between regions.
    rows = pd.DataFrame({"cryptology": [3, 1, 2, 2]}, index=list("ABCD"))
    alike = location_quotient(rows, pd.Series(10, index=rows.index))
    assert (alike["shrunk"] == 1).all()
    # Three regions with half, and one with none: large and small ones with the same quotient.
    rows = pd.DataFrame({"cryptology": [50, 50, 5, 0]}, index=list("ABCD"))
    sizes = pd.Series({"A": 50, "B": 50, "C": 5, "D": 105})
    found = location_quotient(rows, sizes)
    assert found["lq"].tolist() == pytest.approx([2, 2, 2, 0])
    large, _, small, _ = found["shrunk"]
    assert 1 < small < large < 2


def test_a_strength_is_more_than_an_interval_beside_one():
    # A: 4 of 10 where the whole has 1 in 5: twice as much, and no wonder among three regions.
    quotients = location_quotient(COUNTS, N)
    assert quotients.loc[("A", "cryptology"), "lq"] == pytest.approx(2)
    assert specialisations(quotients).empty
    # Three of three are too few to be looked at at all.
    assert np.isnan(quotients.loc[("C", "legal-aspects"), "q"])
    # Nobody in steganography, nobody in D: nothing to test.
    assert quotients.xs("steganography", level="code")["q"].isna().all()
    assert quotients.loc["D", "q"].isna().all()


def test_what_is_planted_is_found():
    random = np.random.default_rng(7)
    counts = pd.DataFrame(
        random.binomial(12, 0.2, size=(40, 15)), index=[f"R{i}" for i in range(40)]
    )
    counts.loc["R3", 5] = 11
    quotients = location_quotient(counts, pd.Series(12, index=counts.index))
    strong = specialisations(quotients)
    assert list(strong.index) == [("R3", 5)]
    assert strong["shrunk"].iloc[0] < strong["lq"].iloc[0]


def test_strengths_are_sorted_by_region_and_quotient():
    counts = pd.DataFrame(
        {"cryptology": [18, 20, 2], "legal-aspects": [30, 0, 2]}, index=["Z", "A", "M"]
    )
    strong = specialisations(location_quotient(counts, pd.Series({"Z": 30, "A": 20, "M": 150})))
    # Z: 18/30 / (40/200) = 3 and 30/30 / (32/200) = 6.25; A: 20/20 / 0.2 = 5.
    assert list(strong.index) == [
        ("Z", "legal-aspects"), ("Z", "cryptology"), ("A", "cryptology"),
    ]  # fmt: skip


def test_the_whole_has_no_strength():
    whole = location_quotient(pd.DataFrame({"a": [30]}, index=["R"]), pd.Series({"R": 60}))
    assert whole["q"].isna().all()
    assert not whole["clear"].any()
