"""How concentrated the map is: the statistics with their spatial weights from the boundaries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd

from ecosystem.common import late
from ecosystem.common.per_release import per_release
from ecosystem.common.store import Database
from ecosystem.finding.filters import Filter
from ecosystem.regional.region_counts import region_counts
from ecosystem.regional.statistics import concentration
from ecosystem.tables import regions

if TYPE_CHECKING:
    from libpysal.weights import W

NEIGHBOURS = 6


@dataclass(frozen=True)
class Concentration:
    """Spatial concentration of organisations over the NUTS 2 regions that were collected.

    Attributes
    ----------
    regions : int
        How many regions these are.
    gini : float
        Gini coefficient over these regions, 0 (even) to 1; NaN if there is no organisation.
    moran_i, moran_p : float
        Moran's I and its permutation p-value; NaN if not defined.
    sentence : str
        What they mean, for people who don't do statistics.
    """

    regions: int
    gini: float
    moran_i: float
    moran_p: float
    sentence: str


def over_nuts2(database: Database, filter_: Filter) -> Concentration:
    """Concentration of what a filter leaves over the NUTS 2 regions that were collected.

    Where nobody looked there is no number, so such a region is neither empty nor a neighbour.
    Neighbours are each region's six nearest by the distance of label points in EPSG:3035,
    since islands have none by a common border.
    """
    there = regions.is_collected(database, "nuts2")
    counts = region_counts(database, filter_, "nuts2").n[there]
    moran = concentration.morans_i(counts.astype("float64"), _neighbours(database))
    return Concentration(
        regions=len(counts),
        gini=concentration.gini(counts),
        moran_i=moran.i,
        moran_p=moran.p,
        sentence=concentration.in_words(counts, moran),
    )


@per_release
def _neighbours(database: Database) -> W:
    """Who is whose neighbour among the NUTS 2 regions that were collected, ordered by id."""
    there = regions.is_collected(database, "nuts2")
    ids = there.index[there].sort_values()
    units = regions.units(database, "nuts2").set_index("region_id").loc[ids]
    points = gpd.GeoSeries(
        gpd.points_from_xy(units["lon"], units["lat"]), index=units.index, crs=4326
    ).to_crs(3035)
    weights: W = late.load("libpysal.graph").Graph.build_knn(points, k=NEIGHBOURS).to_W()
    return weights
