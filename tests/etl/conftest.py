"""The register of the tests, its schemas and reference data, and one release built from them."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

import etl.places.gazetteer
import etl.places.regions
from benchmarks import synthetic
from ecosystem.common.settings import settings
from etl import pipeline
from etl.places.gazetteer import Gazetteer, load_gazetteer
from etl.places.regions import Regions, load_regions
from etl.reading import extract
from etl.register.normalise import load_aliases, normalise
from etl.schema import Schema, load_schemas

Row = dict[str, str]
Edit = Callable[[list[Row]], None]


@pytest.fixture(scope="session")
def release_dir(_load_reference_data_once: None, releases_dir: Path) -> Path:
    """Folder with one release of the tests' register, shared by all tests: never written to."""
    return releases_dir


@pytest.fixture
def releases(release_dir: Path, tmp_path: Path) -> Path:
    """A copy of the folder that a test may publish to."""
    return Path(shutil.copytree(release_dir, tmp_path / "releases"))


@pytest.fixture(scope="session")
def database(release_dir: Path) -> Path:
    return next(release_dir.glob("*.duckdb"))


@pytest.fixture(scope="session")
def schemas() -> dict[str, Schema]:
    return load_schemas(settings().schema_dir)


@pytest.fixture(scope="session")
def aliases() -> dict[str, dict[str, str]]:
    return load_aliases(settings().schema_dir / "aliases.csv")


@cache
def _regions() -> Regions:
    return load_regions(settings().reference_dir)


@cache
def _gazetteer() -> Gazetteer:
    return load_gazetteer(settings().reference_dir, settings().schema_dir)


@pytest.fixture(scope="session")
def regions() -> Regions:
    return _regions()


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    return _gazetteer()


@pytest.fixture(scope="session", autouse=True)
def _load_reference_data_once() -> Iterator[None]:
    """Reading them again for every refresh would take most of the tests' time."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (pipeline, synthetic, etl.places.gazetteer):
            patch.setattr(module, "load_gazetteer", lambda *_: _gazetteer())
        for module in (pipeline, synthetic, etl.places.regions):
            patch.setattr(module, "load_regions", lambda *_: _regions())
        yield


@pytest.fixture(scope="session")
def frames(
    schemas: dict[str, Schema], aliases: dict[str, dict[str, str]]
) -> dict[str, pd.DataFrame]:
    """The register files, normalised."""
    return {
        name: normalise(
            extract(settings().register_dir / schema.file, schema).frame, schema, aliases
        )
        for name, schema in schemas.items()
    }


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """A copy of the register that a test may spoil."""
    return Path(shutil.copytree(settings().register_dir, tmp_path / "register"))


@pytest.fixture
def edit(register: Path) -> Callable[..., Path]:
    """Change the rows of a register file of the copy; gives the copy's folder."""

    def change(how: Edit, file: str = "organisations.csv") -> Path:
        path = register / file
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        how(rows)
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return register

    return change


@pytest.fixture
def own_releases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty releases folder that the settings name, for the command line."""
    folder = tmp_path / "releases"
    monkeypatch.setenv("CYBER_VALLEYS_RELEASES_DIR", str(folder))
    settings.cache_clear()
    yield folder
    settings.cache_clear()


def small_frame(schema: Schema, **cells: str) -> pd.DataFrame:
    """One row of a register file, as in a spreadsheet's row 2."""
    return pd.DataFrame(
        [{name: cells.get(name, "") for name in schema.columns}],
        index=pd.Index([2], name="row"),
        dtype="str",
    )
