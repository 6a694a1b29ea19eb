"""Web Mercator (EPSG:3857) as the columns ``x`` and ``y`` have it.

``x`` and ``y`` are metres east and south of the north-west corner of its square world, so that
within it neither is negative. The projection is that of a sphere with the equatorial radius of
WGS 84: easting R lon, northing R ln tan(pi/4 + lat/2) (IOGP Guidance Note 7-2, method 1024).
Longitudes beyond 180 degrees go on beyond the edge, as a map does that was moved over it.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

# Half the width of the square world, in metres.
HALF_WORLD = math.pi * 6_378_137.0
# Nearer to the poles the world would not be square.
MAX_LATITUDE = math.degrees(2 * math.atan(math.exp(math.pi)) - math.pi / 2)

Floats = npt.NDArray[np.float64]


def to_metres(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Metres east and south of the north-west corner, from degrees.

    Parameters
    ----------
    lon, lat : array of float, shape (n,)
        Degrees, EPSG:4326; a latitude nearer to a pole than the edge counts as the edge.
    """
    bounded = np.radians(np.clip(np.asarray(lat, dtype=np.float64), -MAX_LATITUDE, MAX_LATITUDE))
    east = np.asarray(lon, dtype=np.float64) / 180 * HALF_WORLD
    north = np.log(np.tan(math.pi / 4 + bounded / 2)) / math.pi * HALF_WORLD
    return HALF_WORLD + east, HALF_WORLD - north


def to_degrees(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Longitudes and latitudes in degrees (EPSG:4326), from metres as :func:`to_metres` gives.

    Parameters
    ----------
    x, y : array of float, shape (n,)
        Metres east and south of the north-west corner.
    """
    east = np.asarray(x, dtype=np.float64) / HALF_WORLD - 1
    north = 1 - np.asarray(y, dtype=np.float64) / HALF_WORLD
    return east * 180, np.degrees(2 * np.arctan(np.exp(north * math.pi)) - math.pi / 2)
