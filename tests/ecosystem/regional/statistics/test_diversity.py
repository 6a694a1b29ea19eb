import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from ecosystem.regional.statistics.diversity import effective_number, herfindahl, profile
from tests.ecosystem.regional.statistics.samples import PROPERTY, matrices

# scikit-bio 0.7.4: alpha.hill(row, order=1) and alpha.simpson_d(row), which it calls dominance.
BY_SCIKIT_BIO = [
    ([3, 1, 0, 2], 2.7494592739972052, 0.3888888888888889),
    ([5, 5, 5, 5], 4.0, 0.25),
    ([7, 0, 0, 0], 1.0, 1.0),
]


def test_by_hand():
    # 2, 1, 1 of 4: H = 0.5 ln 2 + 2 · 0.25 ln 4 = 1.5 ln 2, exp(H) = 2^1.5 = 2.8284.
    # HHI = 0.25 + 0.0625 + 0.0625 = 0.375.
    counts = pd.DataFrame([[2, 1, 1, 0], [0, 0, 0, 0]], index=["A", "B"])
    assert effective_number(counts)["A"] == pytest.approx(2**1.5)
    assert herfindahl(counts)["A"] == pytest.approx(0.375)
    assert math.isnan(effective_number(counts)["B"])
    assert math.isnan(herfindahl(counts)["B"])


@pytest.mark.parametrize(("row", "hill", "dominance"), BY_SCIKIT_BIO)
def test_against_recorded_values(row, hill, dominance):
    counts = pd.DataFrame([row])
    assert effective_number(counts).iloc[0] == pytest.approx(hill)
    assert herfindahl(counts).iloc[0] == pytest.approx(dominance)


@PROPERTY
@given(matrices())
def test_against_scikit_bio(counts):
    alpha = pytest.importorskip("skbio.diversity.alpha")
    there = counts[counts.sum(axis=1) > 0]
    for row, hill, hhi in zip(
        there.to_numpy(), effective_number(there), herfindahl(there), strict=True
    ):
        assert hill == pytest.approx(alpha.hill(row, order=1))
        assert hhi == pytest.approx(1 / alpha.inv_simpson(row))


@PROPERTY
@given(matrices())
def test_against_the_product_form(counts):
    # exp(-Σ p ln p) = Π p^-p, which needs neither logarithm nor exception for zero (0^0 = 1).
    there = counts[counts.sum(axis=1) > 0]
    p = there.to_numpy() / there.to_numpy().sum(axis=1, keepdims=True)
    product = np.prod(np.where(p > 0, p, 1.0) ** -p, axis=1)
    assert np.allclose(effective_number(there), product)


@PROPERTY
@given(matrices())
def test_bounds(counts):
    hill, hhi = effective_number(counts), herfindahl(counts)
    occurring = (counts > 0).sum(axis=1)
    empty = occurring == 0
    assert hill[empty].isna().all()
    assert hhi[empty].isna().all()
    assert (hill[~empty] >= 1 - 1e-12).all()
    assert (hill[~empty] <= occurring[~empty] + 1e-9).all()
    # Order 2 never exceeds order 1.
    assert (1 / hhi[~empty] <= hill[~empty] + 1e-9).all()


@PROPERTY
@given(matrices())
def test_the_order_of_codes_changes_nothing(counts):
    other = counts[counts.columns[::-1]]
    assert np.allclose(effective_number(counts), effective_number(other), equal_nan=True)


def test_profile_needs_counts():
    with pytest.raises(ValueError, match="not negative"):
        profile(pd.DataFrame([[1, -1]]))


def test_no_regions():
    counts = pd.DataFrame(columns=["cryptology"], dtype="int64")
    assert effective_number(counts).empty
    assert herfindahl(counts).empty
