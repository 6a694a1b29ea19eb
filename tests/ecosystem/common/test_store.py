"""Which release is served, whatever happens to the files; and that nobody can write to it."""

from __future__ import annotations

import errno
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from ecosystem.common.settings import settings
from ecosystem.common.store import (
    POINTER,
    Database,
    Release,
    ReleaseError,
    current,
    is_intact,
    nearest,
    pointed_at,
)
from ecosystem.web import serving


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


def _spoil(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(5000)
        file.write(b"damage")


Damage = Callable[[Path, str], object]
DAMAGES: dict[str, tuple[Damage, str]] = {
    "spoilt": (lambda f, id_: _spoil(f / f"{id_}.duckdb"), "is damaged on disk"),
    "cut to nothing": (lambda f, id_: os.truncate(f / f"{id_}.duckdb", 0), "is damaged on disk"),
    "gone": (lambda f, id_: (f / f"{id_}.duckdb").unlink(), "is missing on disk"),
    "no sidecar": (lambda f, id_: (f / f"{id_}.json").unlink(), "is missing on disk"),
    "empty sidecar": (lambda f, id_: (f / f"{id_}.json").write_text(""), "checksum of release"),
    "a folder instead": (
        lambda f, id_: ((f / f"{id_}.duckdb").unlink(), (f / f"{id_}.duckdb").mkdir()),
        "can't be read from the disk",
    ),
    "points to nothing": (lambda f, _: (f / POINTER).write_text("9999-x\n"), "9999-x is missing"),
    "no pointer": (lambda f, _: (f / POINTER).unlink(), "missing or damaged"),
    "empty pointer": (lambda f, _: (f / POINTER).write_text(""), "missing or damaged"),
    "binary pointer": (lambda f, _: (f / POINTER).write_bytes(b"\xff\xfe"), "missing or damaged"),
    "hostile pointer": (lambda f, _: (f / POINTER).write_text("../../etc/passwd"), "damaged"),
    "markup in the pointer": (lambda f, _: (f / POINTER).write_text("<b>**x**"), "damaged"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_whatever_is_damaged_the_last_good_one_is_served_and_the_log_says_so(
    folder: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    wanted = pointed_at(folder)
    spoil, words = DAMAGES[damage]
    spoil(folder, wanted)
    release = current(folder)
    pointer_only = "pointer" in damage or damage == "points to nothing"
    assert release.release_id == (wanted if pointer_only else "2000-older")
    assert words in release.trouble
    assert f"{release.trouble} Serving {release.release_id}." in caplog.text
    opened = Database(release)
    assert opened.value("SELECT count(*) FROM organisation") == 465
    opened.close()


@pytest.mark.parametrize("name", [POINTER, "{id}.duckdb", "{id}.json"])
def test_a_file_without_permission_is_a_sentence(
    folder: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    denied = folder / name.format(id=pointed_at(folder))

    def guarded(function: Callable[..., object]) -> Callable[..., object]:
        def call(path: Path, *args: object, **kwargs: object) -> object:
            if path == denied:
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return function(path, *args, **kwargs)

        return call

    for method in ("open", "read_text"):
        monkeypatch.setattr(Path, method, guarded(getattr(Path, method)))
    assert current(folder).trouble.startswith(("Release ", "The file that names"))


def test_a_later_release_is_the_last_to_stand_in() -> None:
    """Whoever rolled back from it had a reason."""
    known = ["2026-01", "2026-02", "2026-03", "2026-04"]
    assert nearest(known, "2026-03") == ["2026-02", "2026-01", "2026-04"]
    assert nearest(known, "") == ["2026-04", "2026-03", "2026-02", "2026-01"]
    assert nearest(known, "2025-12") == ["2026-01", "2026-02", "2026-03", "2026-04"]


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


@pytest.fixture
def served(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder, served by this process."""
    monkeypatch.setenv("CYBER_VALLEYS_RELEASES_DIR", str(folder))
    settings.cache_clear()
    yield folder
    settings.cache_clear()


def test_a_new_release_is_served_while_the_old_one_is_still_read(served: Path) -> None:
    before = serving.database()
    assert serving.database() is before
    (served / POINTER).write_text("2000-older\n")
    after = serving.database()
    assert after.release.release_id == "2000-older"
    assert before.value("SELECT count(*) FROM organisation") == 465


def _overwrite(path: Path) -> None:
    """Spoil all of a database but the header, which DuckDB has read already."""
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(3 * 4096)
        file.write(os.urandom(size - 3 * 4096))


@pytest.mark.parametrize("damage", [_overwrite, lambda path: os.truncate(path, 0)])
def test_a_file_damaged_while_it_is_served_is_left_and_taken_up_again_when_mended(
    served: Path, damage: Callable[[Path], None]
) -> None:
    before = serving.database()
    path, wanted = before.release.path, before.release.release_id
    whole = path.read_bytes()
    damage(path)
    with pytest.raises(ReleaseError, match=r"can't be read any more\. Load the page again"):
        before.frame("SELECT * FROM organisation, region")
    standing_in = serving.database()
    assert standing_in.release.release_id == "2000-older"
    assert "is damaged on disk" in standing_in.release.trouble
    assert standing_in.value("SELECT count(*) FROM organisation") == 465
    path.write_bytes(whole)
    mended = serving.database()
    assert (mended.release.release_id, mended.release.trouble) == (wanted, "")
    assert mended.value("SELECT count(*) FROM organisation") == 465


def test_damage_that_the_file_system_does_not_show_is_found_by_the_next_question(
    served: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "stamp", lambda folder: ("as it was", folder))
    before = serving.database()
    _overwrite(before.release.path)
    with pytest.raises(ReleaseError):
        before.frame("SELECT * FROM organisation, region")
    assert serving.database().release.release_id == "2000-older"


def test_damage_is_found_while_an_answer_is_read_in_pieces(served: Path) -> None:
    before = serving.database()
    _overwrite(before.release.path)
    with pytest.raises(ReleaseError, match=r"can't be read any more\. Load the page again"):
        list(before.pieces("SELECT * FROM organisation, region"))
    assert serving.database().release.release_id == "2000-older"


def test_pieces_are_the_whole_answer(database: Database) -> None:
    asked = "SELECT ordinal, more FROM organisation, range($n) t(more) ORDER BY ordinal, more"
    pieces = list(database.pieces(asked, {"n": 2_000}))
    assert len(pieces) > 1
    pd.testing.assert_frame_equal(
        pd.concat(pieces, ignore_index=True), database.frame(asked, {"n": 2_000})
    )
    assert list(database.pieces("SELECT 1 WHERE false")) == []


def test_a_file_that_duckdb_does_not_open_is_a_sentence(folder: Path) -> None:
    other = folder / "other.duckdb"
    other.write_bytes(b"of another version of DuckDB")
    with pytest.raises(ReleaseError, match="other can't be opened"):
        Database(Release("other", other))


def test_manifest_names_its_release(releases_dir: Path) -> None:
    release_id = pointed_at(releases_dir)
    manifest = json.loads((releases_dir / f"{release_id}.json").read_text())
    assert manifest["release_id"] == release_id
