"""The published database: which release is current, and read-only questions to it.

Releases lie side by side in one folder. Each is a DuckDB file with a small JSON file beside
it that holds its checksum; the file ``CURRENT`` names the one to serve.
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from ecosystem.settings import settings

POINTER = "CURRENT"
# Nothing that a query does may reach another file, the network or these settings.
_CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "lock_configuration": "true",
}
_log = logging.getLogger(__name__)


class ReleaseError(Exception):
    """There is no release that can be served; the message says what to do."""


@dataclass(frozen=True)
class Release:
    """One published database file.

    Attributes
    ----------
    release_id : str
        Name of the release.
    path : Path
        Its DuckDB file.
    replaces : str
        Id of a newer release that is damaged, if this one stands in for it; else empty.
    """

    release_id: str
    path: Path
    replaces: str = ""


class Database:
    """A release, opened read-only; safe to share between threads.

    Parameters
    ----------
    release : Release
        The release to open.
    """

    def __init__(self, release: Release) -> None:
        self.release = release
        self._connection = open_read_only(release.path)

    def frame(self, sql: str, parameters: dict[str, Any] | None = None) -> pd.DataFrame:
        """Answer of a query as a frame.

        Parameters
        ----------
        sql : str
            One statement; values only as ``$name``.
        parameters : dict, optional
            Values bound to the names.
        """
        # One connection used by several threads mixes up their rows; a cursor each does not.
        with self._connection.cursor() as cursor:
            return cursor.execute(sql, parameters or {}).df()

    def value(self, sql: str, parameters: dict[str, Any] | None = None) -> Any:
        """First value of the first row of a query; None if there is no row."""
        with self._connection.cursor() as cursor:
            row = cursor.execute(sql, parameters or {}).fetchone()
        return row[0] if row else None

    def record(self, sql: str, parameters: dict[str, Any] | None = None) -> dict[str, Any] | None:
        """First row of a query as a mapping of its columns; None if there is no row."""
        rows = self.frame(sql, parameters)
        return None if rows.empty else {str(k): v for k, v in rows.iloc[0].items()}

    def close(self) -> None:
        """Close the file; questions asked later fail."""
        self._connection.close()


def open_read_only(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection to a release's file that can neither write nor reach anything else.

    Whoever opens a release opens it like this: within one process DuckDB refuses a second
    connection to a file with another configuration.
    """
    return duckdb.connect(str(path), read_only=True, config=_CLOSED)


def pointed_at(folder: Path | None = None) -> str:
    """Id of the release that the pointer names; cheap enough to ask at every rerun.

    Raises
    ------
    ReleaseError
        If nothing has been published yet.
    """
    folder = folder or settings().releases_dir
    try:
        release_id = (folder / POINTER).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ReleaseError(
            "There is no data yet. Run `cyber-valleys refresh` to build it from the register."
        ) from error
    if not release_id or Path(release_id).name != release_id:
        raise ReleaseError(
            "The pointer to the current release is damaged. "
            "Run `cyber-valleys rollback` to choose a release again."
        )
    return release_id


def current(folder: Path | None = None) -> Release:
    """The release to serve: the one pointed at, or the last good one if that is damaged.

    Raises
    ------
    ReleaseError
        If nothing has been published, or no published file passes its checksum.
    """
    folder = folder or settings().releases_dir
    wanted = pointed_at(folder)
    if is_intact(folder, wanted):
        return Release(wanted, folder / f"{wanted}.duckdb")
    for release_id in sorted((p.stem for p in folder.glob("*.duckdb")), reverse=True):
        if release_id != wanted and is_intact(folder, release_id):
            _log.error("Release %s is damaged or missing; serving %s.", wanted, release_id)
            return Release(release_id, folder / f"{release_id}.duckdb", replaces=wanted)
    raise ReleaseError(
        f"Release {wanted} is damaged and there is no other. "
        "Run `cyber-valleys refresh` to build the data again from the register."
    )


def is_intact(folder: Path, release_id: str) -> bool:
    """Whether a release's file is there, complete and as it was published."""
    try:
        manifest = json.loads((folder / f"{release_id}.json").read_text(encoding="utf-8"))
        with (folder / f"{release_id}.duckdb").open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == manifest["sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
