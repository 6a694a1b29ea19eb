"""Files are replaced whole or not at all, and by one process at a time."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from ecosystem.common.whole_files import write_whole
from etl import files
from etl.errors import PublishError
from etl.files import lock, replace, sha256, write_folder, writing


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_file_keeps_its_permissions_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_bytes(b"old")
    path.chmod(0o640)
    replace(path, b"new")
    assert (path.read_bytes(), mode(path)) == (b"new", 0o640)
    assert [p.name for p in tmp_path.iterdir()] == ["o.csv"]


def test_a_new_file_can_be_read_by_everybody(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        replace(tmp_path / "o.csv", b"new")
    finally:
        os.umask(before)
    assert mode(tmp_path / "o.csv") == 0o644


def test_what_is_published_can_be_read_whatever_it_was(tmp_path: Path) -> None:
    path = tmp_path / "CURRENT"
    path.write_bytes(b"old")
    path.chmod(0o600)
    write_whole(path, b"new", readable=True)
    assert mode(path) == 0o644


def test_file_and_folder_are_saved_before_it_is_said_to_be_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = []
    fsync = os.fsync

    def told(descriptor: int) -> None:
        saved.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", told)
    replace(tmp_path / "o.csv", b"new")
    assert saved == [".o.csv.part", tmp_path.name]


@pytest.mark.parametrize("name", ["write_bytes", "chmod", "replace"])
def test_a_file_that_can_not_be_written_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = tmp_path / "o.csv"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, name, full)
    with pytest.raises(
        PublishError, match=r"can't be written \(No space left on device\).*space.$"
    ):
        replace(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["o.csv"]


def test_two_at_once_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LOCK_WAIT_S", 0.1)
    path = tmp_path / "o.csv"
    with (
        FileLock(tmp_path / ".o.csv.lock"),
        pytest.raises(PublishError, match=r"Somebody else is changing o\.csv"),
        lock(path),
    ):
        pass
    with lock(path):
        replace(path, b"new")
    with lock(path):
        assert path.read_bytes() == b"new"


def test_the_lock_is_let_go_of_when_something_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LOCK_WAIT_S", 0.1)
    with pytest.raises(ZeroDivisionError), lock(tmp_path / "o.csv"):
        raise ZeroDivisionError
    with lock(tmp_path / "o.csv"):
        pass


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "o.csv"
    with pytest.raises(PublishError, match="file can't be written"), lock(path):
        pass


def test_the_sentence_says_what_became_of_the_release_where_it_is_about_one(
    tmp_path: Path,
) -> None:
    with (
        pytest.raises(PublishError, match=r"The current release is as it was\.$"),
        writing(tmp_path),
    ):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))
    with pytest.raises(PublishError, match=r"free space\.$"), writing(tmp_path, then=""):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))


def test_the_hash_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    # The example of FIPS 180-4.
    assert sha256(tmp_path / "a") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )


def test_a_folder_is_replaced_by_one_of_its_kind_and_no_other(tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    assert write_folder(folder, [("a/b.html", b"one"), ("c.css", b"")], ".mark") == (2, 3)
    assert write_folder(folder, [("d.html", b"two")], ".mark") == (1, 3)
    assert sorted(path.name for path in folder.iterdir()) == [".mark", "d.html"]
    other = tmp_path / "photographs"
    other.mkdir()
    (other / "one.jpg").touch()
    with pytest.raises(PublishError, match="holds something else"):
        write_folder(other, [("d.html", b"two")], ".mark")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "photographs"]


def test_a_folder_that_fails_halfway_is_as_it_was(tmp_path: Path) -> None:
    def break_off() -> Iterator[tuple[str, bytes]]:
        yield "a.html", b"new"
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    folder = tmp_path / "copy"
    write_folder(folder, [("a.html", b"old")], ".mark")
    with pytest.raises(PublishError, match="No space left"):
        write_folder(folder, break_off(), ".mark")
    assert (folder / "a.html").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]
