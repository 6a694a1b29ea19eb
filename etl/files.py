"""Put files in the place of others: whole or not at all, and one process at a time."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ecosystem.common.whole_files import write_whole
from etl.errors import PublishError

LOCK_WAIT_S = 30.0
RELEASE_KEPT = "The current release is as it was."
# Permissions of what nobody else on the machine may read, and of the folders that it lies in.
OWNER_ONLY, OWNER_ONLY_FOLDER = 0o600, 0o700


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Let one process at a time read a file, change it and write it again.

    Parameters
    ----------
    path : Path
        The file; it need not be there yet. The lock is beside it.

    Raises
    ------
    PublishError
        If another one doesn't finish, or the folder can't be written.
    """
    file_lock = FileLock(path.with_name(f".{path.name}.lock"))
    with writing(path.parent, then=""):
        try:
            file_lock.acquire(timeout=LOCK_WAIT_S)
        except Timeout as error:
            raise PublishError(
                f"Somebody else is changing {path.name}; try again in a moment."
            ) from error
    try:
        yield
    finally:
        file_lock.release()


def replace(path: Path, content: bytes) -> None:
    """Put a file in the place of another, as :func:`write_whole` does.

    Raises
    ------
    PublishError
        If it can't be written; the message says why.
    """
    with writing(path.parent, then=""):
        write_whole(path, content)


def write_folder(folder: Path, contents: Iterable[tuple[str, bytes]], mark: str) -> tuple[int, int]:
    """Write a folder of files whole or not at all, in the place of an earlier one of its kind.

    Parameters
    ----------
    folder : Path
        Where to; the folder that it is in has to be there.
    contents : iterable of (str, bytes)
        Files by their paths below it, ``/`` between the parts.
    mark : str
        Name of a file that tells that a folder is of this kind and may be replaced.

    Returns
    -------
    n_files, n_bytes : int
        What was written, without the mark.

    Raises
    ------
    PublishError
        If there is something else at that place, or it can't be written; it is as it was.
    """
    part, old = (folder.with_name(f".{folder.name}.{end}") for end in ("part", "old"))
    n_files = n_bytes = 0
    with writing(folder.parent, then=""):
        if folder.exists() and not _may_be_replaced(folder, mark):
            raise PublishError(
                f"{folder} holds something else than an earlier copy; name a new folder."
            )
        shutil.rmtree(part, ignore_errors=True)
        try:
            part.mkdir()
            (part / mark).touch()
            for path, content in contents:
                file = part / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
                n_files, n_bytes = n_files + 1, n_bytes + len(content)
            shutil.rmtree(old, ignore_errors=True)
            if folder.exists():
                folder.rename(old)
            part.rename(folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
    return n_files, n_bytes


def _may_be_replaced(folder: Path, mark: str) -> bool:
    return folder.is_dir() and ((folder / mark).exists() or not any(folder.iterdir()))


def sha256(path: Path) -> str:
    """Hash of a file's bytes, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def writing(folder: Path, then: str = RELEASE_KEPT) -> Iterator[None]:
    """Turn an error of the operating system into a sentence about a folder.

    Parameters
    ----------
    folder : Path
        What can't be written.
    then : str
        What to say after it; perhaps nothing.

    Raises
    ------
    PublishError
        In place of an OSError.
    """
    try:
        yield
    except OSError as error:
        sentence = (
            f"{folder} can't be written ({error.strerror or error}); check its permissions and "
            "the free space."
        )
        raise PublishError(f"{sentence} {then}".rstrip()) from error
