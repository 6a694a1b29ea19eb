"""Files of an installation that its own user alone may read, and the folders that they lie in."""

from __future__ import annotations

import logging
import stat
from collections.abc import Iterable
from pathlib import Path

from ecosystem.common.settings import Settings, settings
from etl.inbox.invitation import secret_file
from etl.sign_ins import list_of_ended

_OTHERS_READ = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH

_log = logging.getLogger(__name__)


def complaints(own: Settings | None = None, secrets: Iterable[Path] = ()) -> list[str]:
    """A sentence with the way out for each file or folder that is open to others.

    Parameters
    ----------
    own : Settings, optional
        Of the installation; those of this process by default.
    secrets : iterable of Path
        Files with the secrets of the sign-in, where there are any.
    """
    own = own or settings()
    inbox, key, ended, log = own.inbox_file, secret_file(own), list_of_ended(own), own.log_file
    copies = [own.backup_dir] if own.backup_dir else []
    journals = [inbox.with_name(f"{inbox.name}{end}") for end in ("-wal", "-shm")]
    archives = [file for folder in copies for file in sorted(folder.glob("*.zip"))]
    files = [inbox, *journals, key, ended, log, *archives, *secrets]
    return [
        *_open(files, _OTHERS_READ, "read", "600"),
        *_open([own.secretariat_file], _OTHERS_WRITE, "write", "600"),
        *_open(dict.fromkeys([inbox.parent, log.parent, *copies]), _OTHERS_READ, "enter", "700"),
    ]


def warn(secrets: Iterable[Path]) -> None:
    """Write the complaints into the log, at the start of the site."""
    for sentence in complaints(secrets=secrets):
        _log.warning("%s", sentence)


def _open(paths: Iterable[Path], modes: int, may: str, mode: str) -> list[str]:
    return [
        f"Others on this machine may {may} {path}. Run `chmod {mode} {path}`."
        for path in paths
        if _mode(path) & modes
    ]


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except OSError:
        return 0
