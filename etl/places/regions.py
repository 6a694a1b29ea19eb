"""NUTS 2021 regions: what they are, and which one a point lies in.

Coordinates are lon/lat in EPSG:4326; areas and distances are measured in EPSG:3035.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from ecosystem.common.text import fold

LEVELS = range(4)
METRIC = "EPSG:3035"
# Length of a NUTS id at levels 0 to 3.
ID_LENGTHS = {level: level + 2 for level in LEVELS}
# The 1:3M coastline cuts off harbours and old towns; farther out it is no longer the coast's.
COAST_TOLERANCE_M = 2_000.0

Points = npt.NDArray[np.float64]
Ids = npt.NDArray[np.object_]


class Middle(NamedTuple):
    """A point inside a region: degrees in EPSG:4326, and the NUTS 3 region that it lies in."""

    lon: float
    lat: float
    nuts3: str


@dataclass(frozen=True)
class Regions:
    """The regions of all levels.

    Attributes
    ----------
    exact : geopandas.GeoDataFrame
        NUTS 3 regions unsimplified, for assigning points: ``nuts_id, country, geometry``.
    drawn : geopandas.GeoDataFrame
        Regions of all levels simplified as one coverage, for drawing: ``nuts_id, level, name,
        country, parent_id, geometry``.
    """

    exact: gpd.GeoDataFrame
    drawn: gpd.GeoDataFrame

    @cached_property
    def area_km2(self) -> pd.Series:
        """Area of each region in km2 by its id, of the unsimplified boundaries in EPSG:3035."""
        area = self._metric.area / 1e6
        ids = self.exact["nuts_id"]
        return pd.concat([area.groupby(ids.str[:n]).sum() for n in ID_LENGTHS.values()])

    @cached_property
    def codes(self) -> frozenset[str]:
        """The ids of the regions of all levels."""
        return frozenset(self.drawn["nuts_id"])

    def outlines_in(self, country: str) -> list[tuple[str, str, shapely.MultiPolygon]]:
        """Id, folded name and lon/lat shape of the NUTS 2 regions of a country, in order."""
        return self._named.get(country, [])

    @cached_property
    def _named(self) -> dict[str, list[tuple[str, str, shapely.MultiPolygon]]]:
        regions = self.drawn[self.drawn["level"] == 2].sort_values("nuts_id")
        named: dict[str, list[tuple[str, str, shapely.MultiPolygon]]] = {}
        for country, id_, name, shape in zip(
            regions["country"], regions["nuts_id"], regions["name"], regions.geometry, strict=True
        ):
            named.setdefault(country, []).append((id_, fold(name), shape))
        return named

    def middle(self, region: str) -> Middle:
        """A point inside the largest part of a region, by its id."""
        drawn = self.drawn[self.drawn["nuts_id"] == region]
        lon, lat = label_points(drawn.geometry.to_numpy())
        nuts3 = self.locate(lon, lat, drawn["country"].to_numpy(object))
        return Middle(float(lon[0]), float(lat[0]), str(nuts3[0]))

    def locate(self, lon: Points, lat: Points, country: Ids) -> Ids:
        """NUTS 3 region of points.

        A point lies in the region whose polygon holds it, else in the nearest region of its
        country within 2 km.

        Parameters
        ----------
        lon, lat : array of float, shape (n,)
            Degrees, EPSG:4326.
        country : array of str, shape (n,)
            ISO 3166-1 code of the country that each point must lie in.

        Returns
        -------
        array of str, shape (n,)
            NUTS 3 ids; empty where no region of the country is near enough.
        """
        points = np.asarray(shapely.points(lon, lat))
        found: Ids = np.full(len(lon), "", dtype=object)
        ids = self.exact["nuts_id"].to_numpy(dtype=object)
        countries = self.exact["country"].to_numpy(dtype=object)
        at, region = self._tree.query(points, predicate="intersects")
        same = countries[region] == country[at]
        found[at[same]] = ids[region[same]]

        uncovered = np.flatnonzero(found == "")
        if len(uncovered):
            metric = gpd.GeoSeries(points[uncovered], crs="EPSG:4326").to_crs(METRIC).to_numpy()
            near, region = self._metric_tree.query(
                metric, predicate="dwithin", distance=COAST_TOLERANCE_M
            )
            same = countries[region] == country[uncovered[near]]
            near, region = near[same], region[same]
            away = shapely.distance(metric[near], self._metric.to_numpy()[region])
            # Written from far to near, the nearest stays.
            order = np.argsort(-away, kind="stable")
            found[uncovered[near[order]]] = ids[region[order]]
        return found

    @cached_property
    def _metric(self) -> gpd.GeoSeries:
        return self.exact.geometry.to_crs(METRIC)

    @cached_property
    def _tree(self) -> shapely.STRtree:
        shapely.prepare(self.exact.geometry.to_numpy())
        return shapely.STRtree(self.exact.geometry.to_numpy())

    @cached_property
    def _metric_tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._metric.to_numpy())


def load_regions(reference_dir: Path) -> Regions:
    """Regions from the boundary files under the reference folder.

    A process reads them once, and again when a file has changed.
    """
    folder = reference_dir / "boundaries"
    drawn = tuple(folder / f"nuts_2021_l{level}.parquet" for level in LEVELS)
    exact = folder / f"nuts_2021_l{LEVELS[-1]}_full.parquet"
    return _read_regions(drawn, exact, tuple(f.stat().st_mtime_ns for f in (*drawn, exact)))


@lru_cache(maxsize=1)
def _read_regions(levels: tuple[Path, ...], full: Path, times: tuple[int, ...]) -> Regions:
    del times  # another time is other regions
    drawn = pd.concat([gpd.read_parquet(file) for file in levels], ignore_index=True)
    exact = gpd.read_parquet(full)
    return Regions(exact=exact, drawn=gpd.GeoDataFrame(drawn, crs=exact.crs))


def region_table(regions: Regions) -> pd.DataFrame:
    """Rows of the ``region`` table: one a region, with area, label point and WKB geometry."""
    drawn = regions.drawn
    lon, lat = label_points(drawn.geometry.to_numpy())
    return pd.DataFrame(drawn.drop(columns="geometry")).assign(
        area_km2=drawn["nuts_id"].map(regions.area_km2),
        lon=lon,
        lat=lat,
        geometry=shapely.to_wkb(drawn.geometry.to_numpy()),
    )


def label_points(geometries: npt.NDArray[np.object_]) -> tuple[Points, Points]:
    """Longitude and latitude of a point inside the largest part of each geometry.

    Parameters
    ----------
    geometries : array of shapely.Geometry, shape (n,)
        Polygons or multipolygons in lon/lat.
    """
    parts, owner = shapely.get_parts(geometries, return_index=True)
    # A degree of longitude shrinks towards the poles.
    area = shapely.area(parts) * np.cos(np.radians(shapely.get_y(shapely.centroid(parts))))
    largest = pd.Series(area).groupby(owner).idxmax().to_numpy(dtype=int)
    inside = shapely.point_on_surface(parts[largest])
    return shapely.get_x(inside), shapely.get_y(inside)
