"""Metres from the north-west corner of Web Mercator, there and back."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Transformer

from ecosystem.common.web_mercator import HALF_WORLD, MAX_LATITUDE, to_degrees, to_metres

RANDOM = np.random.default_rng(7)
LON = RANDOM.uniform(-180, 180, 10_000)
LAT = RANDOM.uniform(-85, 85, 10_000)


def test_metres_agree_with_proj() -> None:
    east, north = Transformer.from_crs(4326, 3857, always_xy=True).transform(LON, LAT)
    x, y = to_metres(LON, LAT)
    np.testing.assert_allclose(x, HALF_WORLD + east, atol=1e-6, rtol=0)
    np.testing.assert_allclose(y, HALF_WORLD - north, atol=1e-6, rtol=0)


def test_degrees_are_the_way_back() -> None:
    lon, lat = to_degrees(*to_metres(LON, LAT))
    np.testing.assert_allclose(lon, LON, atol=1e-11, rtol=0)
    np.testing.assert_allclose(lat, LAT, atol=1e-11, rtol=0)


def test_the_world_is_square_and_ends_before_the_poles() -> None:
    x, y = to_metres([-180.0, 0.0, 180.0, 0.0], [90.0, 0.0, -90.0, MAX_LATITUDE])
    assert x == pytest.approx([0, HALF_WORLD, 2 * HALF_WORLD, HALF_WORLD])
    assert y == pytest.approx([0, HALF_WORLD, 2 * HALF_WORLD, 0], abs=1e-6)


def test_a_map_may_be_moved_over_the_edge() -> None:
    x, _ = to_metres([190.0], [0.0])
    assert x[0] > 2 * HALF_WORLD
