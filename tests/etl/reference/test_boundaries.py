"""The boundary script on small inputs, and the files that it made."""

from __future__ import annotations

import json
import zipfile
from functools import cache
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
import typer
from typer.testing import CliRunner

from etl.reference.boundaries import (
    ATLAS_MEMBER,
    GISCO_ALL_LEVELS_FILE,
    GISCO_LEVEL_FILE,
    build_drawing,
    build_full,
    main,
    read_regions,
)
from etl.reference.sources import SourceError
from tests.etl.reference.conftest import REFERENCE, SHARED_EDGE, geojson, write_tarball

COUNTS = {0: 37, 1: 125, 2: 334, 3: 1514}
SUFFIXES = ["", "_full"]
DECIMALS = {"": 4, "_full": 6}
OUTPUT_FILES = sorted(
    f"nuts_2021_l{level}{suffix}.parquet" for level in COUNTS for suffix in SUFFIXES
)

CITIES = {
    "Rennes": (-1.6743, 48.1120, "FRH0"),
    "Bochum": (7.2167, 51.4833, "DEA5"),
    "Darmstadt": (8.6503, 49.8706, "DE71"),
    "León": (-5.5700, 42.6000, "ES41"),
    "Bilbao": (-2.9253, 43.2627, "ES21"),
    "Brno": (16.6080, 49.1952, "CZ06"),
    "Kraków": (19.9366, 50.0614, "PL21"),
    "Tallinn": (24.7535, 59.4370, "EE00"),
    "Jyväskylä": (25.7333, 62.2415, "FI19"),
    "Aarhus": (10.2108, 56.1567, "DK04"),
    "Gjøvik": (10.6915, 60.7957, "NO02"),
    "Athens": (23.7278, 37.9838, "EL30"),
    "Sofia": (23.3242, 42.6975, "BG41"),
    "Nicosia": (33.3667, 35.1750, "CY00"),
    "Belfast": (-5.9254, 54.5968, "UKN0"),
    "Cardiff": (-3.1800, 51.4800, "UKL2"),
    "Zürich": (8.5500, 47.3667, "CH04"),
    "Ljubljana": (14.5051, 46.0511, "SI04"),
    "Reykjavík": (-21.8954, 64.1355, "IS00"),
    "Istanbul": (28.9497, 41.0138, "TR10"),
    "Funchal": (-16.9254, 32.6657, "PT30"),
}


@cache
def committed(level: int, suffix: str) -> gpd.GeoDataFrame:
    return gpd.read_parquet(REFERENCE / "boundaries" / f"nuts_2021_l{level}{suffix}.parquet")


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("level", COUNTS)
def test_committed_level_is_complete_and_valid(level: int, suffix: str) -> None:
    regions = committed(level, suffix)
    geometry = regions.geometry
    assert list(regions.columns) == ["nuts_id", "level", "country", "name", "parent_id", "geometry"]
    assert len(regions) == COUNTS[level]
    assert regions["nuts_id"].is_unique
    assert regions["nuts_id"].is_monotonic_increasing
    assert (regions["level"] == level).all()
    assert (regions["nuts_id"].str.len() == level + 2).all()
    assert regions["name"].str.strip().eq(regions["name"]).all()
    assert (regions["name"] != "").all()
    assert regions.crs == "EPSG:4326"
    assert set(geometry.geom_type) == {"MultiPolygon"}
    assert geometry.is_valid.all()
    assert not geometry.is_empty.any()
    assert shapely.coverage_is_valid(geometry.to_numpy())


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_committed_coordinates_have_the_promised_decimals(suffix: str) -> None:
    coordinates = shapely.get_coordinates(committed(3, suffix).geometry.to_numpy())
    assert (coordinates == coordinates.round(DECIMALS[suffix])).all()


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("level", [1, 2, 3])
def test_committed_levels_nest_without_slivers(level: int, suffix: str) -> None:
    children = committed(level, suffix)
    parents = committed(level - 1, suffix).set_index("nuts_id").geometry
    union = children.dissolve("parent_id", method="coverage").geometry
    assert list(union.index) == list(parents.index)
    assert union.normalize().geom_equals(parents.normalize()).all()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_country_is_iso_while_ids_keep_the_eurostat_code(suffix: str) -> None:
    countries = committed(0, suffix).set_index("nuts_id")["country"]
    assert countries["EL"] == "GR"
    assert countries["UK"] == "GB"
    assert countries["FR"] == "FR"
    assert committed(0, suffix)["parent_id"].isna().all()


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("city", CITIES)
def test_known_cities_lie_in_their_region(city: str, suffix: str) -> None:
    lon, lat, expected = CITIES[city]
    regions = committed(2, suffix)
    hits = regions.loc[regions.contains(shapely.Point(lon, lat)), "nuts_id"]
    assert list(hits) == [expected]


def test_drawing_stays_close_to_the_full_boundaries_and_is_smaller() -> None:
    full, drawing = committed(2, "_full"), committed(2, "")
    vertices = [shapely.get_num_coordinates(g.geometry.to_numpy()).sum() for g in (full, drawing)]
    assert vertices[1] < 0.9 * vertices[0]
    area_full, area_drawing = (g.to_crs(3035).area.to_numpy() for g in (full, drawing))
    assert (abs(area_drawing / area_full - 1) < 0.15).all()


def test_both_publishers_give_the_same_bytes(
    atlas_tarball: Path, gisco_folder: Path, tmp_path: Path
) -> None:
    main(atlas_tarball, tmp_path / "from-atlas")
    main(gisco_folder, tmp_path / "from-gisco")
    assert sorted(path.name for path in (tmp_path / "from-atlas").iterdir()) == OUTPUT_FILES
    for name in OUTPUT_FILES:
        first, second = ((tmp_path / d / name).read_bytes() for d in ("from-atlas", "from-gisco"))
        assert first == second


def test_gisco_zip_and_all_level_file_give_the_same_as_the_folder(
    gisco_folder: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "ref-nuts-2021-03m.zip"
    with zipfile.ZipFile(archive, "w") as bundle:
        for path in gisco_folder.iterdir():
            bundle.write(path, f"geojson/{path.name}")
    single = tmp_path / GISCO_ALL_LEVELS_FILE
    collection = geojson(0)
    for level in (1, 2, 3):
        collection["features"] += geojson(level)["features"]
    single.write_text(json.dumps(collection))

    expected = read_regions(gisco_folder)
    for source in (archive, single):
        regions = read_regions(source)
        for level in COUNTS:
            assert regions[level].equals(expected[level])


def test_levels_are_dissolved_from_the_finest_and_names_trimmed(atlas_tarball: Path) -> None:
    full = build_full(read_regions(atlas_tarball))
    assert list(full[3]["nuts_id"]) == ["EL111", "EL121"]
    assert list(full[2]["nuts_id"]) == ["EL11", "EL12"]
    assert list(full[0]["country"]) == ["GR"]
    assert list(full[0]["name"]) == ["Elláda"]
    assert full[0].geometry[0].equals(shapely.box(0, 0, 2, 1))


def test_drawing_drops_the_small_bend_on_both_sides(atlas_tarball: Path) -> None:
    full = build_full(read_regions(atlas_tarball))
    drawing = build_drawing(full)
    bend = shapely.Point(SHARED_EDGE[1])
    assert full[3].geometry.touches(bend).all()
    assert drawing[3].geometry[0].equals(shapely.box(0, 0, 1, 1))
    assert drawing[3].geometry[1].equals(shapely.box(1, 0, 2, 1))


def test_missing_source_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"nothing\.tgz does not exist"):
        read_regions(tmp_path / "nothing.tgz")


def test_tarball_of_another_package_is_refused(tmp_path: Path) -> None:
    other = write_tarball(tmp_path / "other.tgz", {"package/package.json": "{}"})
    with pytest.raises(SourceError, match=r"other\.tgz has no package/data.*wrong package"):
        read_regions(other)


@pytest.mark.parametrize("name", ["broken.tgz", "broken.zip"])
def test_broken_archive_is_refused(tmp_path: Path, name: str) -> None:
    broken = tmp_path / name
    broken.write_bytes(b"no archive")
    with pytest.raises(SourceError, match="cannot be read as a"):
        read_regions(broken)


def test_unreadable_geometry_file_is_refused(tmp_path: Path) -> None:
    broken = write_tarball(
        tmp_path / "broken.tgz", {ATLAS_MEMBER.format(level=0): "export default 42;"}
    )
    with pytest.raises(SourceError, match="neither GeoJSON nor TopoJSON"):
        read_regions(broken)


def test_folder_without_a_level_is_refused(gisco_folder: Path) -> None:
    (gisco_folder / GISCO_LEVEL_FILE.format(level=2)).unlink()
    with pytest.raises(SourceError, match=r"missing: NUTS_RG_03M_2021_4326_LEVL_2\.geojson"):
        read_regions(gisco_folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"NUTS_ID": "EL11"}, "repeats EL11"),
        ({"LEVL_CODE": 3}, "another level: EL12"),
        ({"NUTS_ID": "EL21"}, "do not nest: EL2"),
    ],
)
def test_inconsistent_level_is_refused(
    gisco_folder: Path, change: dict[str, object], message: str
) -> None:
    path = gisco_folder / GISCO_LEVEL_FILE.format(level=2)
    collection = json.loads(path.read_text())
    collection["features"][1]["properties"].update(change)
    path.write_text(json.dumps(collection))
    with pytest.raises(SourceError, match=message):
        read_regions(gisco_folder)


def test_missing_property_is_named(gisco_folder: Path) -> None:
    path = gisco_folder / GISCO_LEVEL_FILE.format(level=1)
    collection = json.loads(path.read_text())
    del collection["features"][0]["properties"]["NAME_LATN"]
    path.write_text(json.dumps(collection))
    with pytest.raises(SourceError, match="NUTS level 1 lacks the properties NAME_LATN"):
        read_regions(gisco_folder)


def test_points_are_refused(gisco_folder: Path) -> None:
    path = gisco_folder / GISCO_LEVEL_FILE.format(level=3)
    collection = json.loads(path.read_text())
    collection["features"][0]["geometry"] = {"type": "Point", "coordinates": [0, 0]}
    path.write_text(json.dumps(collection))
    with pytest.raises(SourceError, match="not polygons"):
        read_regions(gisco_folder)


def test_command_line_says_what_is_wrong_without_a_traceback(tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(main)
    result = CliRunner().invoke(app, ["--source", str(tmp_path / "no.tgz"), "--out", str(tmp_path)])
    assert result.exit_code == 2
    words = " ".join(result.output.replace("│", " ").split())
    assert "does not exist" in words
    assert "Traceback" not in words
