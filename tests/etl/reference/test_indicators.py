"""Figures are checked before they are believed."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from etl.reference.indicators import (
    INDICATORS,
    SCHEMA,
    build_figures,
    describe_indicators,
    describe_package,
    main,
    read_figures,
)
from etl.reference.sources import SourceError
from tests.etl.reference.conftest import REFERENCE

REGIONS = {"FRH0", "DEA5"}


def _figures(**changes: str) -> pd.DataFrame:
    row = {
        "nuts_id": "FRH0",
        "indicator": "population",
        "year": "2024",
        "value": "3444000.0",
        "unit": "persons, 1 January",
        "source": "demo_r_d2jan",
        "retrieved_from": "https://example.org/figures.csv",
    }
    return pd.DataFrame([{**row, "nuts_id": "DEA5"}, {**row, **changes}])


@pytest.fixture(scope="module")
def committed() -> pd.DataFrame:
    return pd.read_parquet(REFERENCE / "region_indicators.parquet")


def test_committed_figures_are_those_of_the_collected_file(committed: pd.DataFrame) -> None:
    collected = pd.read_csv(REFERENCE / "source" / "region_indicators.csv")
    assert list(committed.columns) == SCHEMA.names
    assert len(committed) == len(collected)
    key = ["nuts_id", "indicator", "year"]
    merged = committed.merge(collected, on=key, validate="one_to_one")
    assert (merged["value_x"] == merged["value_y"]).all()
    assert committed["year"].dtype == "int16"
    assert not committed.isna().any().any()


def test_committed_indicators_describe_exactly_the_figures(committed: pd.DataFrame) -> None:
    described = pd.read_csv(REFERENCE / "indicators.csv").set_index("indicator")
    assert set(described.index) == set(committed["indicator"])
    assert described.notna().all().all()
    assert described["higher_is_more"].dtype == bool
    assert not described.loc["unemployment_rate", "higher_is_more"]
    for indicator, years in committed.groupby("indicator")["year"].unique().items():
        assert described.loc[indicator, "years"] == ";".join(map(str, sorted(years)))


def test_committed_files_are_what_the_script_makes(tmp_path: Path) -> None:
    shutil.copy(REFERENCE / "datapackage.json", tmp_path)
    main(
        source=REFERENCE / "source" / "region_indicators.csv",
        boundaries=REFERENCE / "boundaries",
        out=tmp_path,
    )
    made = pd.read_parquet(tmp_path / "region_indicators.parquet")
    pd.testing.assert_frame_equal(made, pd.read_parquet(REFERENCE / "region_indicators.parquet"))
    for name in ("indicators.csv", "datapackage.json"):
        assert (tmp_path / name).read_text() == (REFERENCE / name).read_text()


def test_the_package_names_years_and_tables_of_the_figures_but_no_other_source() -> None:
    names = ["region-indicators", "indicators", "gazetteer"]
    stale = {"resources": [{"name": name, "attribution": "?", "edition": "?"} for name in names]}
    described = describe_package(stale, build_figures(_figures(year="2019"), REGIONS))
    region, meaning, gazetteer = described["resources"]
    assert region["edition"] == "as retrieved, figures of 2019 to 2024"
    assert meaning["edition"] == "?"
    assert "demo_r_d2jan, demo_r_d3area, " in region["attribution"]
    assert "JRC" not in meaning["attribution"]
    assert gazetteer["attribution"] == "?"


def test_figures_are_typed_and_ordered() -> None:
    table = build_figures(_figures(), REGIONS)
    assert table.schema.equals(SCHEMA)
    assert table.column("nuts_id").to_pylist() == ["DEA5", "FRH0"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"nuts_id": "FRXX"}, "1 rows have no NUTS 2021 level 2 region: FRXX population 2024"),
        ({"indicator": "happiness"}, "an undeclared indicator: FRH0 happiness"),
        ({"source": "guesswork"}, "a source its indicator does not name"),
        ({"year": "1950"}, "an implausible year"),
        ({"year": str(date.today().year + 1)}, "an implausible year"),
        ({"year": "2020.5"}, "a year that is no whole number"),
        ({"year": "recent"}, "an implausible year"),
        ({"value": ""}, "a value that is no number"),
        ({"value": "inf"}, "a value that is no number"),
        ({"value": "-3"}, "a value that is no number"),
        ({"unit": ""}, "an empty cell"),
        ({"nuts_id": "DEA5", "value": "1"}, "2 rows have another row of the same key"),
    ],
)
def test_doubtful_figures_are_refused_with_the_row(changes: dict[str, str], message: str) -> None:
    with pytest.raises(SourceError, match=message):
        build_figures(_figures(**changes), REGIONS)


def test_declared_indicator_without_figures_is_refused() -> None:
    with pytest.raises(SourceError, match="no figures of ") as error:
        describe_indicators(build_figures(_figures(), REGIONS))
    missing = str(error.value).removeprefix("no figures of ").split(", ")
    assert missing == [e.indicator for e in INDICATORS if e.indicator != "population"]


def test_indicator_codes_are_unique() -> None:
    codes = [entry.indicator for entry in INDICATORS]
    assert len(codes) == len(set(codes))


def test_missing_file_and_column_are_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        read_figures(tmp_path / "no.csv")
    path = tmp_path / "figures.csv"
    _figures().drop(columns="unit").to_csv(path, index=False)
    with pytest.raises(SourceError, match=r"figures\.csv lacks the columns unit"):
        read_figures(path)
