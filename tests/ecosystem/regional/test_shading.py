"""Classes of a shaded map: those of the library that makes them for everybody else."""

from __future__ import annotations

import warnings

import mapclassify
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosystem.regional.shading import quantile_classes


def expected(values: np.ndarray, k: int) -> tuple[list[float], list[int]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # with many ties there are fewer classes, and it says so
        classes = mapclassify.Quantiles(values, k=k)
    return classes.bins.tolist(), classes.yb.tolist()


def classes(values: np.ndarray, k: int) -> tuple[list[float], list[int]]:
    bounds, class_of = quantile_classes(values, k)
    return bounds.tolist(), class_of.tolist()


@given(st.lists(st.one_of(st.integers(0, 9), st.floats(-1e6, 1e6)), min_size=1, max_size=60))
def test_classes_are_those_of_mapclassify(numbers: list[float]) -> None:
    values = np.array(numbers, dtype=np.float64)
    k = min(5, len(np.unique(values)))
    assert classes(values, k) == expected(values, k)


@pytest.mark.parametrize("seed", range(20))
def test_many_regions_are_classed_alike_to_the_last_bit(seed: int) -> None:
    random = np.random.default_rng(seed)
    counts = random.integers(0, 40, 300).astype(np.float64)
    for values in (counts, counts / 7, np.round(random.lognormal(1, 2, 300), 2)):
        assert classes(values, 5) == expected(values, 5)


def test_five_classes_of_ten() -> None:
    bounds, class_of = quantile_classes(np.arange(1.0, 11.0), 5)
    assert bounds == pytest.approx([2.8, 4.6, 6.4, 8.2, 10])
    assert class_of.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
