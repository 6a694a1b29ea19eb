"""Distances that the ETL weighs, against geodesics on the ellipsoid."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from etl.places.distance import great_circle_km

LATITUDES, LONGITUDES = st.floats(-85, 85), st.floats(-180, 180)


def test_one_point_is_held_against_many() -> None:
    paris, rennes, cayenne = (48.8566, 2.3522), (48.1173, -1.6778), (4.9224, -52.3135)
    lats, lons = np.array([rennes, cayenne]).T
    assert great_circle_km(*paris, lats, lons) == pytest.approx([308, 7068], rel=0.005)


@given(LATITUDES, LONGITUDES, LATITUDES, LONGITUDES)
def test_it_is_near_the_geodesic_and_the_same_both_ways(
    lat_a: float, lon_a: float, lat_b: float, lon_b: float
) -> None:
    km = float(great_circle_km(lat_a, lon_a, lat_b, lon_b))
    *_, metres = Geod(ellps="WGS84").inv(lon_a, lat_a, lon_b, lat_b)
    assert km == pytest.approx(metres / 1000, rel=0.006, abs=0.001)
    assert km == pytest.approx(float(great_circle_km(lat_b, lon_b, lat_a, lon_a)), abs=1e-6)
