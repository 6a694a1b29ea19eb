"""Put a file in the place of another: whole or not at all, and onto the disk."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

_NEW_FILE, READABLE = 0o644, 0o444


def write_whole(path: Path, content: bytes, *, readable: bool = False) -> None:
    """Write a file whole or not at all, and onto the disk.

    It has the permissions of the file that it replaces; a new one can be read by everybody.

    Parameters
    ----------
    path : Path
        The file; it need not be there yet.
    content : bytes
        All of it.
    readable : bool
        Let everybody read it, whatever the file before allowed.

    Raises
    ------
    OSError
        If it can't be written. The file is as it was, unless nothing but the entry in its folder
        could not be saved.
    """
    mode = path.stat().st_mode if path.exists() else _NEW_FILE
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        part.chmod(mode | READABLE if readable else mode)
        sync(part)
        part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(path: Path) -> None:
    """Have the system save a file, or the entries of a folder, onto the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
