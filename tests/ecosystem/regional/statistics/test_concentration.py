import math
import threading

import numpy as np
import pandas as pd
import pytest
from esda.moran import Moran as EsdaMoran
from hypothesis import given
from hypothesis import strategies as st
from inequality.gini import Gini
from libpysal.graph import Graph
from libpysal.weights import W

from ecosystem.regional.statistics.concentration import (
    Moran,
    gini,
    gini_by_chance,
    in_words,
    morans_i,
    regions_for_half,
)
from tests.ecosystem.regional.statistics.samples import PROPERTY

COUNTS = st.lists(st.integers(0, 50), min_size=1, max_size=30).map(pd.Series)


def chessboard(side: int) -> tuple[W, pd.Index]:
    """Fields of a square board that share an edge are neighbours."""
    fields = [(row, column) for row in range(side) for column in range(side)]
    names = {field: f"F{field[0]}{field[1]}" for field in fields}
    pairs = [
        (names[row, column], names[row + down, column + right])
        for row, column in fields
        for down, right in ((0, 1), (1, 0), (0, -1), (-1, 0))
        if (row + down, column + right) in names
    ]
    focal, neighbour = zip(*pairs, strict=True)
    return Graph.from_arrays(focal, neighbour, [1] * len(pairs)).to_W(), pd.Index(names.values())


BOARD, FIELDS = chessboard(6)


def test_gini_by_hand():
    # 1, 2, 3: 2 · (1·1 + 2·2 + 3·3) / (3 · 6) - 4 / 3 = 28 / 18 - 4 / 3 = 2 / 9.
    assert gini(pd.Series([3, 1, 2])) == pytest.approx(2 / 9)
    assert gini(pd.Series([4, 4, 4])) == 0
    assert gini(pd.Series([7])) == 0
    assert math.isnan(gini(pd.Series([0, 0])))
    assert math.isnan(gini(pd.Series([], dtype=int)))


@PROPERTY
@given(COUNTS)
def test_gini_against_pysal(n):
    if n.sum():
        assert gini(n) == pytest.approx(Gini(n.to_numpy(float)).g, abs=1e-12)
        assert 0 <= gini(n) <= 1 - 1 / len(n) + 1e-12


@PROPERTY
@given(COUNTS, st.randoms(use_true_random=False))
def test_order_and_scale_do_not_matter(n, random):
    shuffled = n.sample(frac=1, random_state=random.randrange(2**31))
    assert gini(shuffled) == pytest.approx(gini(n), nan_ok=True)
    assert gini(n * 3) == pytest.approx(gini(n), nan_ok=True, abs=1e-12)
    assert regions_for_half(shuffled) == regions_for_half(n)


def test_chance_alone_spreads_unevenly():
    # 465 organisations on 334 regions: a Poisson of mean 1.392 has a Gini of
    # exp(-2λ)·(I0(2λ) + I1(2λ)) = 0.46 on average, far from 0.
    n = pd.Series([465] + [0] * 333)
    assert 0.45 < gini_by_chance(n) < 0.52
    assert gini_by_chance(n) == gini_by_chance(n)
    # With many per region chance evens out.
    assert gini_by_chance(n * 2000) < 0.05
    assert math.isnan(gini_by_chance(n * 0))


def test_half_by_hand():
    # 5 of 10 are half; 4 + 3 of 11 are the first to reach 5.5.
    assert regions_for_half(pd.Series([1, 5, 2, 2])) == 1
    assert regions_for_half(pd.Series([4, 3, 2, 2])) == 2
    assert regions_for_half(pd.Series([1, 1, 1])) == 2
    assert regions_for_half(pd.Series([0, 0])) == 0


def test_counts_must_be_counts():
    for function in (gini, gini_by_chance, regions_for_half):
        with pytest.raises(ValueError, match="not negative"):
            function(pd.Series([1, -1]))


def test_moran_by_hand():
    # A row of three pairs' worth: 1-2-3-4 with values 1, 1, 0, 0. Deviations 0.5, 0.5, -0.5,
    # -0.5; row-standardised lags 0.5, (0.5 - 0.5) / 2 = 0, 0, -0.5. Sum of products 0.25 + 0
    # + 0 + 0.25 = 0.5, of squares 1, weights 4: I = 4 / 4 · 0.5 / 1 = 0.5. Expected -1 / 3.
    row = Graph.from_arrays([0, 1, 1, 2, 2, 3], [1, 0, 2, 1, 3, 2], [1] * 6).to_W()
    found = morans_i(pd.Series([1, 1, 0, 0]), row)
    assert found.i == pytest.approx(0.5)
    assert found.expected == pytest.approx(-1 / 3)
    assert (found.regions, found.permutations) == (4, 999)


def test_moran_against_esda():
    values = pd.Series(np.random.default_rng(0).poisson(2, 36), index=FIELDS, dtype=float)
    np.random.seed(5)
    expected = EsdaMoran(values[BOARD.id_order].to_numpy(), BOARD, permutations=499)
    found = morans_i(values, BOARD, permutations=499, seed=5)
    assert (found.i, found.expected, found.p) == (expected.I, expected.EI, expected.p_sim)


def test_patterns_that_everybody_sees():
    west = pd.Series([int(field[2] < "3") for field in FIELDS], index=FIELDS)
    alike = morans_i(west, BOARD)
    assert alike.i > 0.5
    assert alike.p < 0.01
    black = pd.Series([(int(f[1]) + int(f[2])) % 2 for f in FIELDS], index=FIELDS)
    unlike = morans_i(black, BOARD)
    assert unlike.i == pytest.approx(-1)
    assert unlike.p < 0.01


def test_the_order_of_rows_changes_nothing():
    values = pd.Series(np.random.default_rng(1).poisson(2, 36), index=FIELDS)
    assert morans_i(values.iloc[::-1], BOARD) == morans_i(values, BOARD)


def test_a_seed_is_kept_and_leaves_no_trace():
    values = pd.Series(np.random.default_rng(2).poisson(2, 36), index=FIELDS)
    np.random.seed(7)
    before = np.random.get_state()[1].copy()
    first, again, other = (morans_i(values, BOARD, seed=seed) for seed in (0, 0, 1))
    assert first == again
    assert first.i == other.i
    assert (np.random.get_state()[1] == before).all()


def test_threads_do_not_disturb_one_another():
    values = pd.Series(np.random.default_rng(2).poisson(2, 36), index=FIELDS)
    expected, found = morans_i(values, BOARD), []
    threads = [
        threading.Thread(target=lambda: found.append(morans_i(values, BOARD))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


def test_regions_with_a_gap_are_left_out():
    values = pd.Series(np.random.default_rng(3).poisson(2, 36), index=FIELDS, dtype=float)
    values.iloc[:6] = np.nan
    found = morans_i(values, BOARD)
    assert found.regions == 30
    assert found.i == morans_i(values.dropna(), BOARD).i


@pytest.mark.parametrize(
    "values",
    [
        pd.Series([1, 2, 3], index=["F00", "F01", "F02"]),
        pd.Series(5, index=FIELDS),
        pd.Series(np.nan, index=FIELDS),
        # No two of these fields touch.
        pd.Series([1, 2, 3, 4], index=["F00", "F02", "F04", "F20"]),
        pd.Series(dtype=float),
    ],
)
def test_where_it_is_not_defined_there_is_no_number(values):
    found = morans_i(values, BOARD)
    assert math.isnan(found.i)
    assert math.isnan(found.p)
    assert found.regions == values.notna().sum()
    assert "nan" not in in_words(pd.Series([9, 0, 0]), found)


def test_a_region_that_is_not_on_the_map_is_an_error():
    with pytest.raises(ValueError, match="unknown region: F99"):
        morans_i(pd.Series({"F99": 1.0}), BOARD)


@pytest.mark.parametrize(
    ("n", "moran", "words"),
    [
        ([0, 0], None, "no organisation"),
        ([3, 2, 4, 3, 2, 3], None, "no more unevenly than chance alone"),
        ([400, 300, 200, 200, 200, 200], None, "somewhat unevenly spread"),
        ([60, 5, 10, 8, 5, 4], None, "are unevenly spread"),
        ([90, 1, 0, 0, 0, 0], None, "very unevenly spread: half of them are in 1 of 6 regions"),
        ([90, 1], Moran(0.3, -0.1, 0.004, 999, 9), "neighbours with many (chance alone would"),
        ([90, 1], Moran(0.3, -0.1, 0.004, 999, 9), "about 4 times in 1,000"),
        ([90, 1], Moran(-0.6, -0.1, 0.01, 999, 9), "neighbours with few"),
        ([90, 1], Moran(0.0, -0.1, 0.4, 999, 9), "no sign, beyond what chance would show"),
    ],
)
def test_in_words(n, moran, words):
    sentence = in_words(pd.Series(n), moran)
    assert words in sentence
    assert sentence.endswith(".")
    assert sentence.count(". ") == 0
    assert sentence == in_words(pd.Series(n), moran)
