"""Which release is served, whatever happens to the files; and that nobody can write to it."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import duckdb
import pytest

from ecosystem import serving
from ecosystem.store import POINTER, Database, ReleaseError, current, is_intact, pointed_at


@pytest.fixture
def folder(releases_dir: Path, tmp_path: Path) -> Path:
    """A copy of the real release folder to break, with a second release beside the first."""
    folder = tmp_path / "releases"
    shutil.copytree(releases_dir, folder)
    release_id = pointed_at(folder)
    for ending in ("duckdb", "json"):
        shutil.copy(folder / f"{release_id}.{ending}", folder / f"2000-older.{ending}")
    return folder


def test_no_release_says_which_command_to_run(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="cyber-valleys refresh"):
        current(tmp_path)


@pytest.mark.parametrize("content", ["", "../../etc/passwd\n"])
def test_damaged_pointer_says_which_command_to_run(folder: Path, content: str) -> None:
    (folder / POINTER).write_text(content)
    with pytest.raises(ReleaseError, match="cyber-valleys rollback"):
        current(folder)


def test_damaged_release_is_replaced_by_the_last_good_one(folder: Path) -> None:
    wanted = pointed_at(folder)
    with (folder / f"{wanted}.duckdb").open("r+b") as file:
        file.seek(5000)
        file.write(b"damage")
    release = current(folder)
    assert release.release_id == "2000-older"
    assert release.replaces == wanted


@pytest.mark.parametrize("manifest", ["", "[]", "{}", "null"])
def test_unreadable_manifest_is_not_intact(folder: Path, manifest: str) -> None:
    wanted = pointed_at(folder)
    (folder / f"{wanted}.json").write_text(manifest)
    assert not is_intact(folder, wanted)


def test_nothing_good_left_says_so(folder: Path) -> None:
    for file in folder.glob("*.duckdb"):
        file.write_bytes(b"not a database")
    with pytest.raises(ReleaseError, match="damaged"):
        current(folder)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM organisation",
        "CREATE TABLE t (i INT)",
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY organisation TO 'stolen.csv'",
        "ATTACH 'other.duckdb'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
    ],
)
def test_serving_connection_can_neither_write_nor_reach_out(database: Database, sql: str) -> None:
    with pytest.raises(duckdb.Error):
        database.frame(sql)


def test_threads_get_their_own_rows(database: Database) -> None:
    wrong: list[tuple[int, object]] = []

    def ask(n: int) -> None:
        for _ in range(40):
            answer = database.value("SELECT $n + count(*) * 0 FROM organisation", {"n": n})
            if answer != n:
                wrong.append((n, answer))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_new_release_is_served_while_the_old_one_is_still_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ecosystem.settings import settings

    monkeypatch.setenv("CYBER_VALLEYS_RELEASES_DIR", str(folder))
    settings.cache_clear()
    before = serving.database()
    (folder / POINTER).write_text("2000-older\n")
    after = serving.database()
    assert after.release.release_id == "2000-older"
    assert before.value("SELECT count(*) FROM organisation") == 465
    settings.cache_clear()


def test_manifest_names_its_release(releases_dir: Path) -> None:
    release_id = pointed_at(releases_dir)
    manifest = json.loads((releases_dir / f"{release_id}.json").read_text())
    assert manifest["release_id"] == release_id
