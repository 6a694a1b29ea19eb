"""The background land: no false seas, no gaps, nothing over NUTS land."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from etl.reference.neighbours import (
    WORLD_ATLAS_MEMBER,
    build_neighbours,
    read_world,
)
from etl.reference.sources import SourceError
from tests.etl.reference.conftest import REFERENCE, write_tarball

LARGEST_FILE_BYTES = 150_000
# Rounding to 4 decimals along some 10,000 km of border.
OVERLAP_TOLERANCE_SQUARE_DEGREES = 1e-4

LAND = {
    "Kyiv": (30.52, 50.45),
    "Minsk": (27.57, 53.90),
    "Chișinău": (28.86, 47.01),
    "Sarajevo": (18.41, 43.86),
    "Pristina": (21.17, 42.67),
    "Kaliningrad": (20.60, 54.71),
    "Tbilisi": (44.79, 41.72),
    "Damascus": (36.29, 33.51),
    "Marrakesh": (-7.99, 31.63),
    "Cairo": (31.24, 30.04),
    "Andorra": (1.52, 42.52),
    "Murmansk": (33.20, 68.80),
}
SEA = {
    "Black Sea": (34.0, 43.3),
    "North Sea": (3.0, 56.0),
    "Barents Sea": (38.0, 72.0),
    "Mediterranean": (18.0, 35.5),
    "Atlantic": (-20.0, 50.0),
    "Strait of Gibraltar": (-5.6, 35.98),
}


@pytest.fixture(scope="module")
def background() -> gpd.GeoDataFrame:
    return gpd.read_parquet(REFERENCE / "boundaries" / "neighbours.parquet")


@pytest.fixture(scope="module")
def nuts_land() -> shapely.Geometry:
    countries = gpd.read_parquet(REFERENCE / "boundaries" / "nuts_2021_l0.parquet")
    return countries.union_all(method="coverage")


def test_committed_background_is_one_small_valid_shape(background: gpd.GeoDataFrame) -> None:
    assert list(background.columns) == ["name", "geometry"]
    assert len(background) == 1
    assert background.crs == "EPSG:4326"
    assert background.geometry.is_valid.all()
    size = (REFERENCE / "boundaries" / "neighbours.parquet").stat().st_size
    assert size < LARGEST_FILE_BYTES


@pytest.mark.parametrize("place", LAND)
def test_land_is_land(background: gpd.GeoDataFrame, place: str) -> None:
    assert background.contains(shapely.Point(LAND[place])).all()


@pytest.mark.parametrize("place", SEA)
def test_sea_is_sea(background: gpd.GeoDataFrame, place: str) -> None:
    assert not background.contains(shapely.Point(SEA[place])).any()


def test_background_does_not_cover_nuts_land(
    background: gpd.GeoDataFrame, nuts_land: shapely.Geometry
) -> None:
    overlap = shapely.intersection(background.geometry[0], nuts_land)
    assert shapely.area(overlap) < OVERLAP_TOLERANCE_SQUARE_DEGREES


def test_no_sliver_is_left_along_the_border(
    background: gpd.GeoDataFrame, nuts_land: shapely.Geometry
) -> None:
    union = shapely.union(background.geometry[0], nuts_land)
    holes = [shapely.Polygon(ring) for part in union.geoms for ring in part.interiors]
    on_border = [hole for hole in holes if hole.distance(background.geometry[0]) < 1e-6]
    # What remains are the two lagoons that Russia shares with Lithuania and with Poland.
    assert len(on_border) == 2


def _world(tmp_path: Path, countries: dict[str, list[list[float]]]) -> Path:
    rings = list(countries.values())
    topology = {
        "type": "Topology",
        "arcs": rings,
        "objects": {
            "countries": {
                "type": "GeometryCollection",
                "geometries": [
                    {"type": "Polygon", "arcs": [[index]], "properties": {"name": name}}
                    for index, name in enumerate(countries)
                ],
            },
            "land": {"type": "GeometryCollection", "geometries": []},
        },
    }
    return write_tarball(tmp_path / "world.tgz", {WORLD_ATLAS_MEMBER: json.dumps(topology)})


def _rectangle(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def test_gap_to_nuts_land_is_filled_and_nuts_countries_left_out(tmp_path: Path) -> None:
    nuts_land = shapely.box(0, 40, 10, 50)
    source = _world(
        tmp_path,
        {"Inside": _rectangle(0, 40, 9.95, 50), "Outside": _rectangle(10.05, 40, 20, 50)},
    )
    result = build_neighbours(read_world(source), nuts_land)
    land = result.geometry[0]
    assert land.covers(shapely.box(10.0, 40.2, 20, 49.8))
    assert shapely.area(shapely.intersection(land, nuts_land)) == pytest.approx(0)


def test_land_across_the_antimeridian_does_not_span_the_map(tmp_path: Path) -> None:
    wrapped = [[40, 50], [179, 50], [-179, 60], [-179, 65], [179, 65], [40, 65], [40, 50]]
    world = read_world(_world(tmp_path, {"Wide": wrapped}))
    assert world.total_bounds == pytest.approx([40, 50, 50, 65])


def test_package_without_land_in_the_frame_is_refused(tmp_path: Path) -> None:
    source = _world(tmp_path, {"Elsewhere": _rectangle(100, 0, 110, 10)})
    with pytest.raises(SourceError, match="no land within"):
        read_world(source)
