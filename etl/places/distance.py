"""Distances on the sphere, where a hundred metres more or less change nothing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

# Mean radius of the Earth (IUGG), km.
_EARTH_KM = 6371.0088

Degrees = npt.NDArray[np.float64] | float


def great_circle_km(
    lat_a: Degrees, lon_a: Degrees, lat_b: Degrees, lon_b: Degrees
) -> npt.NDArray[np.float64]:
    """Great-circle distances by the haversine formula (Sinnott 1984), on the mean sphere.

    At most 0.5 % from the geodesic on the ellipsoid, and far cheaper over many pairs.

    Parameters
    ----------
    lat_a, lon_a, lat_b, lon_b : float or array of float, shape (n,)
        Degrees, EPSG:4326; one point is held against many.

    Returns
    -------
    array of float, shape (n,)
        Kilometres.
    """
    a, b = np.radians(lat_a), np.radians(lat_b)
    across = np.sin((np.radians(lon_a) - np.radians(lon_b)) / 2) ** 2
    half = np.sin((a - b) / 2) ** 2 + np.cos(a) * np.cos(b) * across
    return np.asarray(2 * _EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0))))
