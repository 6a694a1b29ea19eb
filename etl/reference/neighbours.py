"""Land around the NUTS regions, as plain background so that a map of Europe shows no false seas.

Run `python -m etl.reference.neighbours --source world-atlas-2.0.2.tgz`, with the npm package as
`npm pack world-atlas@2.0.2` leaves it (Natural Earth 1:50 million as TopoJSON). Coordinates are
EPSG:4326 in lon/lat order.

The result is one shape without inner borders: a background takes no side in a disputed one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import geopandas as gpd
import numpy as np
import shapely
import typer
from shapely.geometry.base import BaseGeometry

from etl.reference.sources import (
    CRS,
    SourceError,
    read_tar_member,
    read_vector,
    write_geoparquet,
)

WORLD_ATLAS_MEMBER = "package/countries-50m.json"
WORLD_ATLAS_LAYER = "countries"
NUTS_COUNTRIES_FILE = "nuts_2021_l0.parquet"

# Wider than any view of Europe, so that the edge of the land is never seen.
FRAME = (-30.0, 28.0, 50.0, 74.0)
BACKGROUND_NAME = "Land outside NUTS 2021"

# Natural Earth's 1:50 million borders stray up to about this far from GISCO's 1:3 million ones.
GAP_WIDTH_DEGREES = 0.12
SIMPLIFY_TOLERANCE_DEGREES = 0.02
SMALLEST_PART_SQUARE_DEGREES = 0.0001
GRID_DEGREES = 0.0001
# A country of Natural Earth is a NUTS country when NUTS covers most of it. Codes would not do:
# Aland and Northern Cyprus are countries of their own there and parts of one here.
COVERED_SHARE = 0.5
HALF_TURN_DEGREES = 180
FULL_TURN_DEGREES = 360


def read_world(source: Path) -> gpd.GeoDataFrame:
    """Read Natural Earth's countries within the frame.

    Parameters
    ----------
    source : Path
        The `world-atlas` tarball.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns `name, geometry`; valid geometry clipped to the frame, EPSG:4326 (lon/lat).

    Raises
    ------
    SourceError
        If the tarball is another package or holds no land within the frame.
    """
    content = read_tar_member(source, WORLD_ATLAS_MEMBER)
    countries = read_vector(content, WORLD_ATLAS_MEMBER, layer=WORLD_ATLAS_LAYER)
    parts = countries[["name", "geometry"]].explode(ignore_index=True)
    unwrapped = gpd.GeoSeries([_unwrap(part) for part in parts.geometry], crs=CRS)
    clipped = unwrapped.make_valid().intersection(shapely.box(*FRAME))
    inside = parts.set_geometry(clipped)[~clipped.is_empty].dissolve("name").reset_index()
    if inside.empty:
        raise SourceError(f"{source.name} has no land within {FRAME}")
    return inside


def build_neighbours(world: gpd.GeoDataFrame, nuts_land: BaseGeometry) -> gpd.GeoDataFrame:
    """Return the land that is not NUTS land, without gaps along the border between the two.

    Parameters
    ----------
    world : geopandas.GeoDataFrame
        What `read_world` returns.
    nuts_land : shapely geometry
        Union of all NUTS regions as they are drawn, EPSG:4326 (lon/lat).

    Returns
    -------
    geopandas.GeoDataFrame
        One row, columns `name, geometry`, EPSG:4326 (lon/lat), 4 decimals; it touches `nuts_land`
        and overlaps it by rounding only.
    """
    outside = world[~_is_covered(world, nuts_land)]
    land = outside.union_all().simplify(SIMPLIFY_TOLERANCE_DEGREES)
    filled = shapely.union(land, _border_gaps(land, nuts_land))
    background = shapely.difference(filled, nuts_land, grid_size=GRID_DEGREES)
    return gpd.GeoDataFrame(
        {"name": [BACKGROUND_NAME]}, geometry=[_without_crumbs(background)], crs=CRS
    )


def _unwrap(part: BaseGeometry) -> BaseGeometry:
    # A ring across the antimeridian (Russia) would otherwise span the whole map.
    west, _, east, _ = part.bounds
    if east - west <= HALF_TURN_DEGREES:
        return part
    return shapely.transform(
        part, lambda lonlat: lonlat + np.where(lonlat < 0, [FULL_TURN_DEGREES, 0], 0)
    )


def _is_covered(world: gpd.GeoDataFrame, nuts_land: BaseGeometry) -> np.ndarray:
    shapes = world.geometry.to_numpy()
    shared = shapely.area(shapely.intersection(shapes, nuts_land))
    return shared / shapely.area(shapes) > COVERED_SHARE


def _border_gaps(land: BaseGeometry, nuts_land: BaseGeometry) -> BaseGeometry:
    # Closing (grow, then shrink) fills what is narrow; only near both sides, so fjords stay open.
    reach = land.buffer(GAP_WIDTH_DEGREES).intersection(nuts_land.buffer(GAP_WIDTH_DEGREES))
    near = shapely.union(land, nuts_land).intersection(reach.buffer(GAP_WIDTH_DEGREES))
    half = GAP_WIDTH_DEGREES / 2
    return near.buffer(half).buffer(-half).intersection(reach)


def _without_crumbs(geometry: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(geometry)
    is_land = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    return shapely.multipolygons(
        parts[is_land & (shapely.area(parts) >= SMALLEST_PART_SQUARE_DEGREES)]
    )


def main(
    source: Annotated[Path, typer.Option(help="Tarball of the npm package world-atlas 2.0.2")],
    boundaries: Annotated[Path, typer.Option(help="Folder of the NUTS boundary files")] = Path(
        "data/reference/boundaries"
    ),
    out: Annotated[Path, typer.Option(help="Folder to write neighbours.parquet to")] = Path(
        "data/reference/boundaries"
    ),
) -> None:
    """Build the background land."""
    nuts_land = gpd.read_parquet(boundaries / NUTS_COUNTRIES_FILE).union_all(method="coverage")
    try:
        neighbours = build_neighbours(read_world(source), nuts_land)
    except SourceError as error:
        raise typer.BadParameter(str(error), param_hint="--source") from error
    path = out / "neighbours.parquet"
    write_geoparquet(neighbours, path)
    typer.echo(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    typer.run(main)
