"""The register of the tests, its schemas and reference data, and one release built from them."""

from __future__ import annotations

import csv
import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from ecosystem.common.settings import settings
from etl.places.gazetteer import Gazetteer
from etl.places.regions import Regions
from etl.reading import extract
from etl.register.normalise import load_aliases, normalise
from etl.schema import Schema, load_schemas
from tests import reference
from tests.postgres import Postgres, postgres

Row = dict[str, str]
_numbers = itertools.count()
Edit = Callable[[list[Row]], None]


@pytest.fixture(scope="session", autouse=True)
def _reference_data_is_read_once(reference_data_read_once: None) -> None:
    """For every test of the ETL."""


@pytest.fixture(scope="session")
def release_dir(releases_dir: Path) -> Path:
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


@pytest.fixture(scope="session")
def regions() -> Regions:
    return reference.regions()


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    return reference.gazetteer()


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


@pytest.fixture(scope="session")
def database_server() -> Iterator[Postgres]:
    """A PostgreSQL for all tests of a worker."""
    with postgres() as running:
        yield running


@pytest.fixture
def address(database_server: Postgres) -> str:
    """A database of PostgreSQL with nothing in it."""
    return database_server.database(f"inbox{next(_numbers)}")
