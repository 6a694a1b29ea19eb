"""Valleys cover regions, the longest code wins, and shapes are unions of what is drawn."""

from __future__ import annotations

import pandas as pd
import pytest
import shapely

from etl.places.regions import Regions, label_points, region_table
from etl.places.valleys import assign_valleys, check_codes, valley_shapes


@pytest.fixture
def valleys() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "valley_id": ["country", "region", "town"],
            "name": ["Country", "Region", "Town"],
            "nuts_codes": ["FR", "FRH0;FRJ1", "FRH03"],
        },
        index=[2, 3, 4],
        dtype="str",
    )


def test_the_longest_code_decides(valleys: pd.DataFrame) -> None:
    nuts3 = pd.Series(["FRH03", "FRH01", "FRJ12", "FR101", "DE300"], index=[9, 8, 7, 6, 5])
    found = assign_valleys(nuts3, valleys)
    assert found.index.tolist() == [9, 8, 7, 6, 5]
    assert found.tolist()[:4] == ["town", "region", "region", "country"]
    assert found.isna().tolist() == [False] * 4 + [True]


def test_codes_must_exist_and_be_in_one_valley(valleys: pd.DataFrame, regions: Regions) -> None:
    assert check_codes(valleys, regions) == []
    wrong = check_codes(valleys.assign(nuts_codes=["FR", "FRH0;FRH9", "FRH0"]), regions)
    assert [(e.row, e.column, e.reason) for e in wrong] == [
        (3, "nuts_codes", "FRH9 is no NUTS 2021 code."),
        (4, "nuts_codes", "FRH0 is in another valley too."),
    ]


def test_shapes(valleys: pd.DataFrame, regions: Regions) -> None:
    shapes = valley_shapes(valleys, regions)
    outline = shapely.from_wkb(shapes.at[3, "geometry"])
    drawn = regions.drawn.set_index("nuts_id").geometry
    assert outline.symmetric_difference(drawn["FRH0"].union(drawn["FRJ1"])).area < 1e-9
    assert outline.contains(shapely.Point(shapes.at[3, "lon"], shapes.at[3, "lat"]))
    parts = regions.area_km2["FRH0"] + regions.area_km2["FRJ1"]
    assert shapes.at[3, "area_km2"] == pytest.approx(parts)


def test_no_valley_at_all(valleys: pd.DataFrame, regions: Regions) -> None:
    assert valley_shapes(valleys.head(0), regions).empty


@pytest.mark.parametrize(("nuts_id", "km2"), [("FRH0", 27_208), ("LU", 2_586), ("MT", 316)])
def test_areas_are_those_of_the_books(regions: Regions, nuts_id: str, km2: float) -> None:
    assert regions.area_km2[nuts_id] == pytest.approx(km2, rel=0.02)


def test_region_table(regions: Regions) -> None:
    table = region_table(regions)
    assert len(table) == 37 + 125 + 334 + 1514
    assert table["area_km2"].gt(0).all()
    inside = [
        shapely.from_wkb(row.geometry).contains(shapely.Point(row.lon, row.lat))
        for row in table.sample(100, random_state=1).itertuples()
    ]
    assert all(inside)


def test_labels_stand_on_the_largest_part() -> None:
    small, large = shapely.box(0, 0, 1, 1), shapely.box(5, 5, 8, 8)
    lon, lat = label_points(shapely.multipolygons([[small, large], [large, small]]))
    assert [large.contains(shapely.Point(*at)) for at in zip(lon, lat, strict=True)] == [True, True]
