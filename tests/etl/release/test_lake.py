"""Releases in a DuckLake: one publisher, several sites, each snapshot found by its release."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from ecosystem.common import lake
from ecosystem.common.release_address import AddressError, without_password
from ecosystem.common.settings import settings
from ecosystem.common.store import current, read_manifest, read_manifests
from ecosystem.fetch import lake as lake_source
from ecosystem.fetch.fetcher import Fetcher
from ecosystem.fetch.lake import Lake
from etl.errors import PublishError
from etl.release import shelf
from etl.release.upload import upload
from tests.ecosystem.fetch.publisher import Publisher
from tests.object_store import object_store
from tests.postgres import Postgres, postgres

pytestmark = pytest.mark.slow
_numbers = itertools.count()
NEXT = "2026-12-01T000000Z-abcdef"


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        yield running


@pytest.fixture
def publisher(changed_releases_dir: Path, tmp_path: Path) -> Path:
    """A folder with two releases, the second of which is current."""
    return Path(shutil.copytree(changed_releases_dir, tmp_path / "publisher"))


@pytest.fixture
def address(server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A lake with nothing in it, whose Parquet files are in a folder."""
    monkeypatch.setenv("CYBER_VALLEYS_LAKE_DATA", f"{tmp_path / 'parquet'}/")
    settings.cache_clear()
    yield server.lake(f"lake{next(_numbers)}")
    settings.cache_clear()


def site(address: str, folder: Path, answer_s: float = 60) -> Fetcher:
    shown = without_password(address)
    return Fetcher(Lake(address, answer_s, 120), folder, shown, look_s=60, keep=3)


def differences(one: Path, other: Path) -> list[str]:
    """Tables of two files that are made otherwise, or whose rows or their order differ."""
    with duckdb.connect() as connection:
        for name, path in (("one", one), ("other", other)):
            connection.execute(f"ATTACH '{path}' AS {name} (READ_ONLY)")
        made = connection.execute(
            "SELECT database_name, table_name, sql FROM duckdb_tables()"
        ).fetchall()
        tables = {(name, sql) for where, name, sql in made if where == "one"}
        others = {(name, sql) for where, name, sql in made if where == "other"}
        assert len(tables) > 30
        found = [name for name, _ in tables ^ others]
        for name, _ in tables & others:
            row = connection.execute(
                f"""
                SELECT count(*) FROM
                (SELECT row_number() OVER () AS n, part AS a FROM one."{name}" AS part) FULL JOIN
                (SELECT row_number() OVER () AS n, part AS b FROM other."{name}" AS part) USING (n)
                WHERE a IS DISTINCT FROM b
                """
            ).fetchone()
            found += [name] if row != (0,) else []
    return found


def test_two_sites_have_what_was_published_and_each_release_is_read_back_by_its_id(
    address: str, publisher: Path, tmp_path: Path
) -> None:
    second = shelf.current_id(publisher) or ""
    first = (shelf.previous(publisher) or shelf.releases(publisher)[0]).release_id
    done = upload(publisher, address, keep=10)
    assert done.copied.endswith(" tables")
    sites = [tmp_path / "one", tmp_path / "two"]
    for folder in sites:
        assert site(address, folder).look().trouble == ""
        assert current(folder).release_id == second
        # Rows, their order, types and keys are those of the file that was published.
        name = f"{second}.duckdb"
        assert differences(folder / name, publisher / name) == []
        published = read_manifest(publisher, second)
        manifest = read_manifest(folder, second)
        assert (manifest.created_at, manifest.organisations, manifest.number) == (
            published.created_at, published.organisations, published.number,
        )  # fmt: skip
    # Going back writes the first release, and to the second again only the pointer.
    shelf.rollback(publisher)
    assert upload(publisher, address, keep=10).copied
    for folder in sites:
        assert site(address, folder).look().trouble == ""
        assert current(folder).release_id == first
    shelf.rollback(publisher, second)
    assert upload(publisher, address, keep=10).copied == ""
    assert site(address, sites[0]).look().release_id == second
    # A site that was not there before reads an earlier release by its id.
    source, path = Lake(address, 60, 120), tmp_path / "earlier.duckdb"
    source.fetch(source.manifest(first), path)
    assert differences(path, publisher / f"{first}.duckdb") == []
    assert differences(path, publisher / f"{second}.duckdb") != []
    with pytest.raises(AddressError, match="not in the lake any more"):
        source.manifest(NEXT)


def test_only_tables_that_changed_are_written_and_old_releases_go(
    address: str, publisher: Path, tmp_path: Path
) -> None:
    upload(publisher, address, keep=10)
    second = shelf.current_id(publisher) or ""
    published = Publisher(publisher)
    published.add(NEXT, "UPDATE organisation SET notes = 'new' WHERE org_id = 'fr-secure-ic'")
    assert upload(publisher, address, keep=10).copied == "1 table"
    assert upload(publisher, address, keep=1).removed == 1
    with lake.opening(address) as connection:
        assert [s.manifest.release_id for s in lake.snapshots(connection)] == [NEXT]
    assert site(address, tmp_path / "site").look().trouble == ""
    name = f"{NEXT}.duckdb"
    assert differences(tmp_path / "site" / name, publisher / name) == []
    assert second not in read_manifests(tmp_path / "site")


def test_parquet_files_may_lie_in_an_object_store(
    server: Postgres, publisher: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with object_store(tmp_path / "objects") as store:
        store.make_bucket("valleys")
        for name, value in store.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("CYBER_VALLEYS_LAKE_DATA", "s3://valleys/lake/")
        settings.cache_clear()
        try:
            address = server.lake("inbucket")
            upload(publisher, address, keep=10)
            folder = tmp_path / "site"
            assert site(address, folder).look().trouble == ""
        finally:
            settings.cache_clear()
        name = f"{shelf.current_id(publisher)}.duckdb"
        assert differences(folder / name, publisher / name) == []


def test_a_lake_that_hangs_or_is_down_changes_nothing_and_is_taken_up_again(
    server: Postgres, address: str, publisher: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(publisher, address, keep=10)
    folder = tmp_path / "site"
    assert site(address, folder).look().trouble == ""
    second = current(folder).release_id
    with server.hang(), monkeypatch.context() as soon:
        soon.setattr(lake_source, "_START_S", 2.0)
        state = site(address, folder, answer_s=1).look()
    assert "did not answer within 1 seconds" in state.trouble
    assert current(folder).release_id == second
    down = site(address.replace(f"port={server.port}", "port=9"), folder)
    assert "does not answer as it should" in down.look().trouble
    assert current(folder).release_id == second
    with pytest.raises(PublishError, match="What was current there is current still"):
        upload(publisher, address.replace(f"port={server.port}", "port=9"), keep=10)
    shelf.rollback(publisher)
    upload(publisher, address, keep=10)
    assert site(address, folder).look().trouble == ""
    assert current(folder).release_id == shelf.current_id(publisher)


def test_what_was_changed_in_the_lake_is_not_taken(
    address: str, publisher: Path, tmp_path: Path
) -> None:
    upload(publisher, address, keep=10)
    # Another Parquet file in the place of the one that was published, with one value changed.
    table = tmp_path / "parquet" / "main" / "valley"
    (path,) = table.glob("*.parquet")
    other = tmp_path / "other.parquet"
    with duckdb.connect() as connection:
        schema = connection.execute(f"SELECT * FROM parquet_schema('{path}')").fetchall()
        assert schema
        content = path.read_bytes()
        other.write_bytes(content.replace(b"Rennes", b"Nantes"))
    assert other.read_bytes() != content
    shutil.copy(other, path)
    folder = tmp_path / "site"
    state = site(address, folder).look()
    assert state.trouble
    assert read_manifests(folder) == {}
    path.unlink()
    assert site(address, folder).look().trouble
    path.write_bytes(content)
    assert site(address, folder).look().trouble == ""


def test_a_release_of_another_version_is_refused(
    address: str, publisher: Path, tmp_path: Path
) -> None:
    Publisher(publisher).add(NEXT, "ALTER TABLE town DROP COLUMN population")
    upload(publisher, address, keep=10)
    folder = tmp_path / "site"
    state = site(address, folder).look()
    assert "another version of Cyber Valleys: town.population" in state.trouble
    assert not [path for path in folder.iterdir() if path.suffix in (".part", ".wal")]


def test_an_empty_lake_has_nothing_to_show(address: str, tmp_path: Path) -> None:
    with lake.opening(address, data=f"{tmp_path}/parquet/", write=True):
        pass
    assert "names none" in site(address, tmp_path / "site").look().trouble


def test_a_lake_without_the_extensions_says_what_to_install(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lake, "find_spec", lambda _: None)
    with pytest.raises(AddressError, match=r"requirements-lake\.lock"), lake.opening(address):
        pass
