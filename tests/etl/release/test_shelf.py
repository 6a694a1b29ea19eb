"""A release is published whole or not at all, whatever moment the process dies at."""

from __future__ import annotations

import errno
import os
import shutil
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from ecosystem.common.store import current
from etl.errors import PublishError
from etl.release import shelf, workshop

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)


def add(folder: Path, number: int, content: bytes = b"database", now: datetime = NOW) -> str:
    """Publish a stand-in for a database."""
    with workshop.workshop(folder) as building:
        (building / "release.duckdb").write_bytes(content)
        release_id = shelf.new_release_id(folder, f"{number:06x}", now)
        shelf.publish(building / "release.duckdb", folder, release_id, number, now)
    return release_id


def test_a_release_is_a_file_a_manifest_and_the_pointer(tmp_path: Path) -> None:
    release_id = add(tmp_path, 1)
    assert release_id == "2026-11-23T101500Z-000001"
    assert (tmp_path / "CURRENT").read_text() == f"{release_id}\n"
    (manifest,) = shelf.releases(tmp_path)
    assert manifest.organisations == 1
    assert manifest.bytes == 8
    assert manifest.created_at == "2026-11-23T10:15:00+00:00"
    assert shelf.is_intact(tmp_path, manifest)
    assert {path.name for path in tmp_path.iterdir()} <= {
        "CURRENT", "SHOWN", ".lock", f"{release_id}.duckdb", f"{release_id}.json"
    }  # fmt: skip


def test_a_file_that_may_be_open_is_never_replaced(tmp_path: Path) -> None:
    assert [add(tmp_path, 1) for _ in range(3)] == [
        "2026-11-23T101500Z-000001",
        "2026-11-23T101501Z-000001",
        "2026-11-23T101502Z-000001",
    ]


def test_the_last_ten_and_the_current_one_are_kept(tmp_path: Path) -> None:
    ids = [add(tmp_path, number) for number in range(12)]
    assert [m.release_id for m in shelf.releases(tmp_path)] == ids[:1:-1]
    shelf.rollback(tmp_path, ids[2])
    newest = add(tmp_path, 99)
    assert [m.release_id for m in shelf.releases(tmp_path)] == [newest, *ids[:2:-1]]


def test_rollback(tmp_path: Path) -> None:
    first, second = add(tmp_path, 1), add(tmp_path, 2)
    assert shelf.rollback(tmp_path).release_id == first
    with pytest.raises(PublishError, match="no earlier release"):
        shelf.rollback(tmp_path)
    shelf.rollback(tmp_path, second)
    assert shelf.current_id(tmp_path) == second
    with pytest.raises(PublishError, match="no release x"):
        shelf.rollback(tmp_path, "x")


def test_a_release_of_a_wrong_clock_does_not_stay_on_top(tmp_path: Path) -> None:
    first, late = add(tmp_path, 1), add(tmp_path, 2, now=NOW.replace(year=2036))
    third, fourth = add(tmp_path, 3), add(tmp_path, 4)
    assert late > fourth, "by its name it would be the newest"
    order = [fourth, third, late, first]
    assert [manifest.release_id for manifest in shelf.releases(tmp_path)] == order
    (tmp_path / f"{fourth}.duckdb").write_bytes(b"damaged")
    standing_in = shelf.baseline(tmp_path)
    assert standing_in is not None
    assert standing_in.release_id == current(tmp_path).release_id == third
    shelf.prune(tmp_path, 2)
    assert [manifest.release_id for manifest in shelf.releases(tmp_path)] == [fourth, third]


def test_going_back_passes_over_what_was_taken_back_before(tmp_path: Path) -> None:
    good, wrong = add(tmp_path, 1), add(tmp_path, 2)
    shelf.rollback(tmp_path)
    mended = add(tmp_path, 3)
    assert good < wrong < mended
    assert shelf.rollback(tmp_path).release_id == good
    with pytest.raises(PublishError, match="no earlier release"):
        shelf.rollback(tmp_path)
    shelf.rollback(tmp_path, mended)
    assert shelf.rollback(tmp_path).release_id == good


def test_going_back_works_in_a_folder_that_does_not_say_what_was_shown(tmp_path: Path) -> None:
    first, second, third = (add(tmp_path, number) for number in range(3))
    (tmp_path / "SHOWN").unlink()
    assert shelf.rollback(tmp_path).release_id == second
    # The pointer was moved by hand.
    (tmp_path / "CURRENT").write_text(f"{third}\n")
    assert shelf.rollback(tmp_path).release_id == second
    assert shelf.rollback(tmp_path).release_id == first


def test_a_damaged_release_is_not_chosen(tmp_path: Path) -> None:
    first, second, third = (add(tmp_path, number) for number in range(3))
    (tmp_path / f"{second}.duckdb").write_bytes(b"rot")
    with pytest.raises(PublishError, match="is damaged"):
        shelf.rollback(tmp_path, second)
    assert shelf.rollback(tmp_path).release_id == first
    shelf.rollback(tmp_path, third)
    (tmp_path / f"{third}.duckdb").write_bytes(b"rot")
    baseline = shelf.baseline(tmp_path)
    assert baseline is not None
    assert baseline.release_id == first


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[]", b"{", b'{"release_id": 1}'])
def test_damaged_manifests_are_left_out(tmp_path: Path, content: bytes) -> None:
    release_id = add(tmp_path, 1)
    (tmp_path / f"{release_id}.json").write_bytes(content)
    assert shelf.releases(tmp_path) == []
    assert shelf.baseline(tmp_path) is None


def test_left_overs_are_swept(tmp_path: Path) -> None:
    release_id = add(tmp_path, 1)
    (tmp_path / ".building-1").mkdir()
    (tmp_path / ".building-1" / "release.duckdb").write_bytes(b"half")
    (tmp_path / ".CURRENT.part").write_text("half")
    (tmp_path / "orphan.duckdb").write_bytes(b"whole, but never announced")
    with workshop.workshop(tmp_path):
        pass
    assert {path.name for path in tmp_path.iterdir()} == {
        "CURRENT", "SHOWN", ".lock", f"{release_id}.duckdb", f"{release_id}.json"
    }  # fmt: skip


def test_a_second_refresh_is_told_that_one_is_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workshop, "LOCK_WAIT_S", 0.1)
    with (
        FileLock(tmp_path / workshop.LOCK),
        pytest.raises(PublishError, match=r"Another process is writing to .*Gave up after 0\.1"),
        workshop.workshop(tmp_path),
    ):
        pass


def test_a_folder_that_can_not_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(PublishError, match="can't be written"),
        workshop.workshop(tmp_path / "file" / "releases"),
    ):
        pass


TOUCHES = (
    (os, "fsync"), (Path, "replace"), (Path, "write_text"), (Path, "mkdir"), (Path, "chmod"),
    (Path, "unlink"), (shutil, "rmtree"),
)  # fmt: skip


def _die_at(step: int, folder: Path) -> None:
    """In a forked process: publish, and die by the n-th touch of the file system."""
    left = step

    def dying(function: Any) -> Any:
        def touch(*args: Any, **kwargs: Any) -> Any:
            nonlocal left
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1
            return function(*args, **kwargs)

        return touch

    for owner, name in TOUCHES:
        setattr(owner, name, dying(getattr(owner, name)))
    add(folder, 2, b"new database")


@pytest.mark.kill
def test_death_at_every_step_leaves_a_whole_release(tmp_path: Path) -> None:
    outcomes = []
    for step in range(100):
        folder = tmp_path / str(step)
        old = add(folder, 1, b"old database")
        child = os.fork()
        if child == 0:
            try:
                _die_at(step, folder)
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        current = shelf.current_id(folder)
        manifests = {m.release_id: m for m in shelf.releases(folder)}
        assert current in manifests, step
        assert shelf.is_intact(folder, manifests[current]), step
        outcomes.append(current == old)
        if not os.WIFSIGNALED(status):
            break
        add(folder, 3)
        assert not list(folder.glob(".building*")), step
        assert not list(folder.glob("*.part")), step
    # Before the pointer moved the old release is served, afterwards the new one.
    assert outcomes == sorted(outcomes, reverse=True)
    assert len(outcomes) > 8
    assert {True, False} == set(outcomes)


def test_a_disk_that_is_full_at_any_step_leaves_the_current_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = []
    for step in range(100):
        folder = tmp_path / str(step)
        old = add(folder, 1, b"old database")
        left = step

        def full(function: Any) -> Any:
            def touch(*args: Any, **kwargs: Any) -> Any:
                nonlocal left
                left -= 1
                if left == -1:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                return function(*args, **kwargs)

            return touch

        with monkeypatch.context() as patch:
            for owner, name in TOUCHES[:-2]:
                patch.setattr(owner, name, full(getattr(owner, name)))
            try:
                new = add(folder, 2, b"new database")
            except PublishError as error:
                said.append(str(error))
                new = old
                if "is published, but" in said[-1]:
                    new = shelf.releases(folder)[0].release_id
        assert shelf.current_id(folder) == new, step
        known = {m.release_id: m for m in shelf.releases(folder)}
        assert shelf.is_intact(folder, known[new])
        assert {path.name for path in folder.iterdir()} == {
            "CURRENT", "SHOWN", ".lock",
            *(f"{id_}.{end}" for id_ in {old, new} for end in ("duckdb", "json")),
        }, step  # fmt: skip
        add(folder, 3)
        if left >= 0:
            break
    assert len(said) > 8
    assert all("No space left on device" in sentence for sentence in said)
    assert sum("The current release is as it was" in sentence for sentence in said) == len(said) - 1


def test_a_database_that_kept_a_log_is_not_whole(tmp_path: Path) -> None:
    old = add(tmp_path, 1)
    with workshop.workshop(tmp_path) as building:
        (building / "release.duckdb").write_bytes(b"database")
        (building / "release.duckdb.wal").write_bytes(b"what did not fit")
        with pytest.raises(PublishError, match="could not be completed"):
            shelf.publish(building / "release.duckdb", tmp_path, "3000", 1, NOW)
    assert [m.release_id for m in shelf.releases(tmp_path)] == [old]


def test_another_user_can_read_what_is_published(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "for" / "it"
    before = os.umask(0o077)
    try:
        add(folder, 1)
    finally:
        os.umask(before)
    for path in (*folder.iterdir(), folder, *folder.parents[:2]):
        wanted = 0o555 if path.is_dir() else 0o444
        if path.name != workshop.LOCK:
            assert path.stat().st_mode & wanted == wanted, path


def test_a_release_is_found_by_the_beginning_of_its_id(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="no release yet"):
        shelf.find(tmp_path, "2026")
    first, second = add(tmp_path, 1), add(tmp_path, 2)
    assert shelf.find(tmp_path, second[:-1] + "2").release_id == second
    (tmp_path / f"{first}.json").rename(tmp_path / f"{first[:-2]}.json")
    (tmp_path / f"{first}.duckdb").rename(tmp_path / f"{first[:-2]}.duckdb")
    with pytest.raises(PublishError, match=f"2 releases begin with 2026: {second}, {first}"):
        shelf.find(tmp_path, "2026")
    for wrong in ("x", "", "2026-11-23T101500Z-000003"):
        with pytest.raises(PublishError, match="There is no release"):
            shelf.find(tmp_path, wrong)
    assert shelf.rollback(tmp_path, second[:-1] + "2").release_id == second


def test_prune_keeps_the_newest_and_what_is_served(tmp_path: Path) -> None:
    ids = [add(tmp_path, number) for number in range(6)]
    shelf.rollback(tmp_path, ids[1])
    assert [m.release_id for m in shelf.prune(tmp_path, 2)] == [ids[3], ids[2], ids[0]]
    assert [m.release_id for m in shelf.releases(tmp_path)] == [ids[5], ids[4], ids[1]]
    shelf.rollback(tmp_path, ids[5])
    (tmp_path / f"{ids[5]}.duckdb").write_bytes(b"rot")
    assert [m.release_id for m in shelf.prune(tmp_path, 0)] == [ids[1]]
    standing_in = shelf.baseline(tmp_path)
    assert standing_in is not None
    assert standing_in.release_id == ids[4]
    with pytest.raises(PublishError, match="from 0"):
        shelf.prune(tmp_path, -1)
    with pytest.raises(PublishError, match="no release yet"):
        shelf.prune(tmp_path / "nowhere", 1)
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("files", range(1, 8))
def test_death_while_old_releases_go_leaves_nothing_for_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: int
) -> None:
    class Killed(BaseException):
        pass

    ids = [add(tmp_path, number) for number in range(6)]
    removed: list[Path] = []

    def remove(path: Path) -> None:
        if len(removed) == files:
            raise Killed
        removed.append(path)
        path.unlink()

    monkeypatch.setattr(shelf, "remove", remove)
    with pytest.raises(Killed):
        shelf.prune(tmp_path, 2)
    known = {manifest.release_id for manifest in shelf.releases(tmp_path)}
    assert set(ids[4:]) <= known
    with workshop.workshop(tmp_path):
        there = {path.name for path in tmp_path.iterdir() if path.suffix in (".json", ".duckdb")}
    assert there == {f"{id_}{ending}" for id_ in known for ending in (".json", ".duckdb")}


def test_nothing_is_published_against_another_release_than_was_checked(tmp_path: Path) -> None:
    def attempt(expected: str | None, number: int) -> shelf.Manifest:
        with workshop.workshop(tmp_path) as building:
            (building / "release.duckdb").write_bytes(b"database")
            return shelf.publish(
                building / "release.duckdb", tmp_path,
                shelf.new_release_id(tmp_path, f"{number:06x}", NOW), number, NOW,
                expected_baseline=expected,
            )  # fmt: skip

    first = attempt(None, 1).release_id
    second = attempt(first, 2).release_id
    with pytest.raises(shelf.BaselineMovedError, match=f"{first}, but now release {second}"):
        attempt(first, 3)
    with pytest.raises(shelf.BaselineMovedError, match=f"no release, but now release {second}"):
        attempt(None, 3)
    assert [m.release_id for m in shelf.releases(tmp_path)] == [second, first]


@pytest.mark.kill
def test_scratch_of_the_killed_is_swept_and_that_of_the_living_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workshop.tempfile, "tempdir", str(tmp_path))
    child = os.fork()
    if child == 0:
        kept = workshop.scratch()
        assert kept.name
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(f"cyber-valleys-{child}-")
    with workshop.scratch() as first, workshop.scratch() as second:
        assert {str(path) for path in tmp_path.iterdir()} == {first, second}
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("pointer", ["../elsewhere", "<b>", "two words"])
def test_a_pointer_to_what_can_be_no_release_points_nowhere(tmp_path: Path, pointer: str) -> None:
    release_id = add(tmp_path, 1)
    (tmp_path / "CURRENT").write_text(pointer)
    assert shelf.current_id(tmp_path) is None
    baseline = shelf.baseline(tmp_path)
    assert baseline is not None
    assert baseline.release_id == release_id


def test_a_manifest_of_what_can_be_no_release_is_left_out(tmp_path: Path) -> None:
    release_id = add(tmp_path, 1)
    path = tmp_path / f"{release_id}.json"
    path.write_text(path.read_text().replace(release_id, "../elsewhere"))
    assert shelf.releases(tmp_path) == []
