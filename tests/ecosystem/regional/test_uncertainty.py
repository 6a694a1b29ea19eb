"""Intervals of what is made from few, and diversity at equal sample size."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from ecosystem.common.store import Database
from ecosystem.finding.filters import Filter
from ecosystem.regional import measures, uncertainty
from ecosystem.regional.statistics import diversity


def test_rarefaction_is_the_mean_over_all_samples() -> None:
    # Incidence of three codes in five organisations; every sample of three, and the expected
    # numbers of codes that occur once, twice and three times in it.
    has = np.array([[1, 0, 0], [1, 1, 0], [1, 0, 0], [0, 1, 1], [1, 0, 0]])
    counts = pd.DataFrame([has.sum(axis=0)])
    size, mentions = 3, has.sum() * 3 / 5
    entropy = 0.0
    samples = list(itertools.combinations(range(5), size))
    for sample in samples:
        for k in has[list(sample)].sum(axis=0):
            if k:
                entropy -= k / mentions * math.log(k / mentions) / len(samples)
    found = diversity.effective_number_at(counts, pd.Series([5]), size)
    assert found[0] == pytest.approx(math.exp(entropy))


def test_at_its_own_size_a_region_is_as_varied_as_it_is() -> None:
    counts = pd.DataFrame({"a": [4, 1], "b": [3, 1], "c": [1, 0]})
    n = pd.Series([6, 2])
    own = diversity.effective_number_at(counts, n, 6)
    assert own[0] == pytest.approx(diversity.effective_number(counts)[0])
    assert np.isnan(own[1])
    with pytest.raises(ValueError, match="at least one"):
        diversity.effective_number_at(counts, n, 0)


def test_a_larger_sample_shows_more() -> None:
    counts = pd.DataFrame({code: [3] for code in "abcdefgh"})
    found = [diversity.effective_number_at(counts, pd.Series([24]), t)[0] for t in (2, 5, 10, 24)]
    assert found == sorted(found)
    assert found[-1] == pytest.approx(8)


def test_intervals_hold_the_value_and_narrow_with_size() -> None:
    counts = pd.DataFrame({"a": [6, 600, 0, 3], "b": [3, 300, 0, 0], "c": [1, 100, 0, 0]})
    n = pd.Series([10, 1000, 0, 3])
    found = diversity.intervals(counts, n)
    value = diversity.effective_number(counts)
    assert (found["effective_low"] <= value)[:2].all()
    assert (found["effective_high"] >= value)[:2].all()
    width = found["effective_high"] - found["effective_low"]
    # A hundred times as many: a tenth of the width.
    assert width[1] < width[0] / 5
    assert found.loc[2].isna().all()
    assert found.loc[3].tolist() == [1, 1, 1, 1]
    pd.testing.assert_frame_equal(found, diversity.intervals(counts, n))


def test_the_interval_is_as_wide_as_other_samples_differ() -> None:
    random = np.random.default_rng(3)
    shares = np.array([0.5, 0.3, 0.2, 0.1])
    drawn = pd.DataFrame(random.binomial(40, shares, (400, 4)))
    spread = diversity.effective_number(drawn).std()
    one = pd.DataFrame([np.round(40 * shares).astype(int)])
    found = diversity.intervals(one, pd.Series([40])).loc[0]
    margin = (found["effective_high"] - found["effective_low"]) / 2
    assert margin <= 1.96 * spread * 1.25
    assert margin >= 1.96 * spread * 0.6


def test_median_interval_by_hand() -> None:
    # Of 10 values: P(X < 2) = 11 / 1024, twice that 2 %; P(X < 3) = 56 / 1024, twice that 11 %.
    assert uncertainty.median_interval(list(range(1, 11))) == (2.0, 9.0)
    # Of 6: 2 / 64 = 3 %. Of 5: 2 / 32 = 6 %, too much.
    assert uncertainty.median_interval([6, 5, 4, 3, 2, 1]) == (1.0, 6.0)
    assert all(math.isnan(end) for end in uncertainty.median_interval([1, 2, 3, 4, 5]))
    assert all(math.isnan(end) for end in uncertainty.median_interval([]))


def test_intervals_of_real_regions_hold_their_values(database: Database) -> None:
    ids = ["FRH0", "DEA", "fr-bretagne", "CZ01"]
    found = uncertainty.intervals(database, Filter(), ids)
    table = pd.concat([measures.table(database, Filter(), x) for x in ("nuts1", "nuts2", "valley")])
    for (id_, code), row in found.iterrows():
        value = table[code][id_]
        if id_ == "CZ01":
            assert row[["low", "high"]].isna().all()
        else:
            assert row["low"] <= value <= row["high"]
    # The year is known of 14 of the 29 in Brittany.
    assert found.loc[("FRH0", "median-founded"), "of"] == 14


def test_diversity_is_compared_at_equal_size_or_not_at_all(database: Database) -> None:
    found = uncertainty.diversities(database, Filter(), ["FRH0", "ES51"])
    assert found.size == 9
    assert (
        found.values["FRH0"]
        < measures.table(database, Filter(), "nuts2").at["FRH0", "effective-domains"]
    )
    assert "(9 each)" in found.sentence
    nobody = uncertainty.diversities(database, Filter(), ["FRH0", "CZ01"])
    assert (nobody.size, nobody.most) == (0, "")
    assert "not compared" in nobody.sentence


def test_the_median_of_very_many_has_an_interval() -> None:
    low, high = uncertainty.median_interval(range(100_000))
    # The normal approximation: half the values, give or take 1.96 times half their root.
    assert (low, high) == pytest.approx((50_000 - 310, 50_000 + 310), abs=3)
