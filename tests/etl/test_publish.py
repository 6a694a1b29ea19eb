"""A release is published whole or not at all, whatever moment the process dies at."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from etl import publish
from etl.errors import PublishError

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)


def add(folder: Path, number: int, content: bytes = b"database") -> str:
    """Publish a stand-in for a database."""
    with publish.workshop(folder) as building:
        (building / "release.duckdb").write_bytes(content)
        release_id = publish.new_release_id(folder, f"{number:06x}", NOW)
        publish.publish(building / "release.duckdb", folder, release_id, number, NOW)
    return release_id


def test_a_release_is_a_file_a_manifest_and_the_pointer(tmp_path: Path) -> None:
    release_id = add(tmp_path, 1)
    assert release_id == "2026-11-23T101500Z-000001"
    assert (tmp_path / "CURRENT").read_text() == f"{release_id}\n"
    (manifest,) = publish.releases(tmp_path)
    assert manifest.organisations == 1
    assert manifest.bytes == 8
    assert manifest.created_at == "2026-11-23T10:15:00+00:00"
    assert publish.is_intact(tmp_path, manifest)
    assert {path.name for path in tmp_path.iterdir()} <= {
        "CURRENT", ".lock", f"{release_id}.duckdb", f"{release_id}.json"
    }  # fmt: skip


def test_a_file_that_may_be_open_is_never_replaced(tmp_path: Path) -> None:
    assert [add(tmp_path, 1) for _ in range(3)] == [
        "2026-11-23T101500Z-000001",
        "2026-11-23T101501Z-000001",
        "2026-11-23T101502Z-000001",
    ]


def test_the_last_ten_and_the_current_one_are_kept(tmp_path: Path) -> None:
    ids = [add(tmp_path, number) for number in range(12)]
    assert [m.release_id for m in publish.releases(tmp_path)] == ids[:1:-1]
    publish.rollback(tmp_path, ids[2])
    newest = add(tmp_path, 99)
    assert [m.release_id for m in publish.releases(tmp_path)] == [newest, *ids[:2:-1]]


def test_rollback(tmp_path: Path) -> None:
    first, second = add(tmp_path, 1), add(tmp_path, 2)
    assert publish.rollback(tmp_path).release_id == first
    with pytest.raises(PublishError, match="no earlier release"):
        publish.rollback(tmp_path)
    publish.rollback(tmp_path, second)
    assert publish.current_id(tmp_path) == second
    with pytest.raises(PublishError, match="no release x"):
        publish.rollback(tmp_path, "x")


def test_a_damaged_release_is_not_chosen(tmp_path: Path) -> None:
    first, second, third = (add(tmp_path, number) for number in range(3))
    (tmp_path / f"{second}.duckdb").write_bytes(b"rot")
    with pytest.raises(PublishError, match="is damaged"):
        publish.rollback(tmp_path, second)
    assert publish.rollback(tmp_path).release_id == first
    publish.rollback(tmp_path, third)
    (tmp_path / f"{third}.duckdb").write_bytes(b"rot")
    baseline = publish.baseline(tmp_path)
    assert baseline is not None
    assert baseline.release_id == first


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[]", b"{", b'{"release_id": 1}'])
def test_damaged_manifests_are_left_out(tmp_path: Path, content: bytes) -> None:
    release_id = add(tmp_path, 1)
    (tmp_path / f"{release_id}.json").write_bytes(content)
    assert publish.releases(tmp_path) == []
    assert publish.baseline(tmp_path) is None


def test_left_overs_are_swept(tmp_path: Path) -> None:
    release_id = add(tmp_path, 1)
    (tmp_path / ".building-1").mkdir()
    (tmp_path / ".building-1" / "release.duckdb").write_bytes(b"half")
    (tmp_path / ".CURRENT.part").write_text("half")
    (tmp_path / "orphan.duckdb").write_bytes(b"whole, but never announced")
    with publish.workshop(tmp_path):
        pass
    assert {path.name for path in tmp_path.iterdir()} == {
        "CURRENT", ".lock", f"{release_id}.duckdb", f"{release_id}.json"
    }  # fmt: skip


def test_a_second_refresh_is_told_that_one_is_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish, "LOCK_WAIT_S", 0.1)
    with (
        FileLock(tmp_path / publish.LOCK),
        pytest.raises(PublishError, match="Another refresh"),
        publish.workshop(tmp_path),
    ):
        pass


def test_a_folder_that_can_not_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(PublishError, match="can't be written"),
        publish.workshop(tmp_path / "file" / "releases"),
    ):
        pass


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

    for owner, name in (
        (os, "fsync"), (Path, "replace"), (Path, "write_text"), (Path, "mkdir"), (Path, "unlink"),
        (publish.shutil, "rmtree"),
    ):  # fmt: skip
        setattr(owner, name, dying(getattr(owner, name)))
    add(folder, 2, b"new database")


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
        current = publish.current_id(folder)
        manifests = {m.release_id: m for m in publish.releases(folder)}
        assert current in manifests, step
        assert publish.is_intact(folder, manifests[current]), step
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
