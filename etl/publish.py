"""Publish releases: whole or not at all, and reversible.

A release is a DuckDB file with a JSON file beside it that holds its checksum. The file
``CURRENT`` names the release that is served. Whatever moment a refresh is killed at, that file
names a whole release: everything new is written elsewhere first, and the pointer moves last.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from etl.errors import PublishError

POINTER = "CURRENT"
LOCK = ".lock"
BUILDING = ".building-"
KEEP = 10
LOCK_WAIT_S = 30.0


@dataclass(frozen=True)
class Manifest:
    """What stands beside a release's database file.

    Attributes
    ----------
    release_id : str
        Time and input hash; also the file's name.
    sha256 : str
        Hash of the database file, hexadecimal.
    bytes : int
        Its size.
    created_at : str
        ISO 8601, UTC.
    organisations : int
        Number of organisations in it.
    """

    release_id: str
    sha256: str
    bytes: int
    created_at: str
    organisations: int


@contextmanager
def workshop(folder: Path) -> Iterator[Path]:
    """A folder to build in, held by one process at a time and gone afterwards.

    What killed builds left behind is removed first.

    Parameters
    ----------
    folder : Path
        Folder of the releases; made if it isn't there.

    Raises
    ------
    PublishError
        If the folder can't be written, or another refresh is at work.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / LOCK)
        try:
            lock.acquire(timeout=LOCK_WAIT_S)
        except Timeout as error:
            raise PublishError(
                f"Another refresh is writing to {folder}; wait until it has finished."
            ) from error
        building = folder / f"{BUILDING}{os.getpid()}"
        try:
            _sweep(folder)
            building.mkdir()
            yield building
        finally:
            shutil.rmtree(building, ignore_errors=True)
            lock.release()


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn an error of the operating system into a sentence about the folder."""
    try:
        yield
    except OSError as error:
        raise PublishError(
            f"{folder} can't be written ({error.strerror or error}); check its permissions and "
            "the free space. The current release is as it was."
        ) from error


def new_release_id(folder: Path, input_hash: str, now: datetime | None = None) -> str:
    """An id that no release has: a file that may be open is never replaced.

    Parameters
    ----------
    folder : Path
        Folder of the releases.
    input_hash : str
        Hash of all inputs, hexadecimal.
    now : datetime, optional
        UTC; the present by default.
    """
    moment = now or datetime.now(UTC)
    while True:
        release_id = f"{moment:%Y-%m-%dT%H%M%SZ}-{input_hash[:6]}"
        if not (folder / f"{release_id}.duckdb").exists():
            return release_id
        moment += timedelta(seconds=1)


def publish(
    built: Path, folder: Path, release_id: str, organisations: int, created_at: datetime
) -> Manifest:
    """Make a built database the current release.

    Parameters
    ----------
    built : Path
        Closed database file on the same file system as `folder`.
    folder : Path
        Folder of the releases.
    release_id : str
        From :func:`new_release_id`.
    organisations : int
        Number of organisations in it.
    created_at : datetime
        UTC.

    Raises
    ------
    OSError
        If the folder can't be written; the current release is as it was.
    """
    _sync(built)
    manifest = Manifest(
        release_id, _sha256(built), built.stat().st_size, created_at.isoformat(), organisations
    )
    built.replace(folder / f"{release_id}.duckdb")
    _write(folder / f"{release_id}.json", json.dumps(asdict(manifest), indent=2) + "\n")
    point_to(folder, release_id)
    _prune(folder)
    return manifest


def point_to(folder: Path, release_id: str) -> None:
    """Make a release the current one, in one step that can't be seen half done."""
    _write(folder / POINTER, f"{release_id}\n")


def releases(folder: Path) -> list[Manifest]:
    """Releases in a folder by their manifests, newest first; unreadable ones are left out."""
    found = []
    for path in sorted(folder.glob("*.json"), reverse=True):
        manifest = _manifest(path)
        if manifest and path.with_suffix(".duckdb").is_file():
            found.append(manifest)
    return found


def is_intact(folder: Path, manifest: Manifest) -> bool:
    """Whether a release's database file is as it was published."""
    try:
        return _sha256(folder / f"{manifest.release_id}.duckdb") == manifest.sha256
    except OSError:
        return False


def current_id(folder: Path) -> str | None:
    """Id that the pointer names; None if there is no readable pointer."""
    try:
        return (folder / POINTER).read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def baseline(folder: Path) -> Manifest | None:
    """The release to compare with: the current one, or the newest whole one if that is damaged."""
    now = current_id(folder)
    candidates = sorted(releases(folder), key=lambda m: m.release_id != now)
    return next((m for m in candidates if is_intact(folder, m)), None)


def rollback(folder: Path, release_id: str | None = None) -> Manifest:
    """Make an earlier release the current one.

    Parameters
    ----------
    folder : Path
        Folder of the releases.
    release_id : str, optional
        Which one; the newest whole one before the current one by default.

    Raises
    ------
    PublishError
        If there is no such release, or its file is damaged.
    """
    known = releases(folder)
    if release_id is None:
        now = current_id(folder) or "~"
        known = [m for m in known if m.release_id < now and is_intact(folder, m)]
        if not known:
            raise PublishError("There is no earlier release to go back to.")
        chosen = known[0]
    else:
        match = [m for m in known if m.release_id == release_id]
        if not match:
            raise PublishError(f"There is no release {release_id}; see `cyber-valleys releases`.")
        chosen = match[0]
        if not is_intact(folder, chosen):
            raise PublishError(f"Release {release_id} is damaged; choose another one.")
    with writing(folder):
        point_to(folder, chosen.release_id)
    return chosen


def _manifest(path: Path) -> Manifest | None:
    try:
        return Manifest(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _write(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    _sync(part)
    part.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sweep(folder: Path) -> None:
    """Remove what killed refreshes left: build folders, parts, and files without their pair."""
    for left in folder.glob(f"{BUILDING}*"):
        shutil.rmtree(left, ignore_errors=True)
    for left in (*folder.glob(".*.part"), *folder.glob("*.duckdb.wal")):
        left.unlink(missing_ok=True)
    for database in folder.glob("*.duckdb"):
        if not database.with_suffix(".json").exists():
            database.unlink()


def _prune(folder: Path) -> None:
    """Keep the newest releases, and the current one whatever its age."""
    keep = {m.release_id for m in releases(folder)[:KEEP]} | {current_id(folder)}
    for path in (*folder.glob("*.duckdb"), *folder.glob("*.json")):
        if path.stem not in keep:
            path.unlink(missing_ok=True)
