"""The published database: which release is current, and read-only questions to it.

Releases lie side by side in one folder. Each is a DuckDB file with a small JSON file beside
it that holds its checksum; the file ``CURRENT`` names the one to serve.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from ecosystem.common import fetch_state
from ecosystem.common.settings import settings

POINTER = "CURRENT"
# Nothing that a query does may reach another file, the network or these settings.
_CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "lock_configuration": "true",
}
# A damaged block, what DuckDB says after it, and that another thread has closed the file since.
_UNREADABLE = (
    duckdb.IOException,
    duckdb.FatalException,
    duckdb.InternalException,
    duckdb.ConnectionException,
)
# DuckDB's vectors in each piece of an answer, of 2,048 rows each: half a million.
_VECTORS_OF_PIECE = 256
_RELEASE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
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
    trouble : str
        A sentence on why this one stands in for the release that should be served; else empty.
    """

    release_id: str
    path: Path
    trouble: str = ""


@dataclass(frozen=True)
class Manifest:
    """What lies beside a release's database file.

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
    number : int
        How many releases had been published in this folder, this one included, whatever the
        clock said of each; 0 of releases from before this was counted.
    """

    release_id: str
    sha256: str
    bytes: int
    created_at: str
    organisations: int
    number: int = 0

    @property
    def created(self) -> datetime:
        """When it was made, as a moment in UTC."""
        made = datetime.fromisoformat(self.created_at)
        return made.astimezone(UTC) if made.tzinfo else made.replace(tzinfo=UTC)


class Database:
    """A release, opened read-only; safe to share between threads.

    Parameters
    ----------
    release : Release
        The release to open.

    Raises
    ------
    ReleaseError
        If DuckDB can't open the file, or, asked something, can't read it any more.
    """

    def __init__(self, release: Release) -> None:
        self.release = release
        self.failed = False
        try:
            self._connection = open_read_only(release.path)
        except duckdb.Error as error:
            _log.exception("Release %s can't be opened.", release.release_id)
            raise ReleaseError(
                f"Release {release.release_id} can't be opened. {_way_out()}"
            ) from error

    def frame(self, sql: str, parameters: dict[str, Any] | None = None) -> pd.DataFrame:
        """Answer of a query as a frame.

        Parameters
        ----------
        sql : str
            One statement; values only as ``$name``.
        parameters : dict, optional
            Values bound to the names. What can be called is a question to this database, and
            its answer is bound: what the words of a search find, for one.
        """
        # One connection used by several threads mixes up their rows; a cursor each does not.
        bound = self._bound(parameters)
        with self._reading(), self._connection.cursor() as cursor:
            return cursor.execute(sql, bound).df()

    def arrow(self, sql: str, parameters: dict[str, Any] | None = None) -> pa.Table:
        """Answer of a query as columns of Arrow, with no object of Python for each of its texts.

        Parameters as of :meth:`frame`.
        """
        bound = self._bound(parameters)
        with self._reading(), self._connection.cursor() as cursor:
            return cursor.execute(sql, bound).to_arrow_table()

    def pieces(self, sql: str, parameters: dict[str, Any] | None = None) -> Iterator[pd.DataFrame]:
        """Answer of a query as frames of some rows each, read one after the other.

        Parameters as of :meth:`frame`.
        """
        bound = self._bound(parameters)
        with self._reading(), self._connection.cursor() as cursor:
            cursor.execute(sql, bound)
            # Arrow's reader would do as well, but says of a damaged file what it says of all else.
            while len(rows := cursor.fetch_df_chunk(_VECTORS_OF_PIECE)):
                yield rows

    def value(self, sql: str, parameters: dict[str, Any] | None = None) -> Any:
        """First value of the first row of a query; None if there is no row."""
        bound = self._bound(parameters)
        with self._reading(), self._connection.cursor() as cursor:
            row = cursor.execute(sql, bound).fetchone()
        return row[0] if row else None

    def rows(self, sql: str, parameters: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Answer of a query as rows of plain values: for a few, a frame costs more than they."""
        bound = self._bound(parameters)
        with self._reading(), self._connection.cursor() as cursor:
            return cursor.execute(sql, bound).fetchall()

    def column(self, sql: str, parameters: dict[str, Any] | None = None) -> npt.NDArray[Any]:
        """First column of a query's answer, for numbers without gaps."""
        bound = self._bound(parameters)
        with self._reading(), self._connection.cursor() as cursor:
            columns = cursor.execute(sql, bound).fetchnumpy()
        return np.asarray(next(iter(columns.values())))

    def record(self, sql: str, parameters: dict[str, Any] | None = None) -> dict[str, Any] | None:
        """First row of a query as a mapping of its columns; None if there is no row."""
        rows = self.frame(sql, parameters)
        return None if rows.empty else {str(k): v for k, v in rows.iloc[0].items()}

    def _bound(self, parameters: dict[str, Any] | None) -> dict[str, Any]:
        return {
            name: value(self) if callable(value) else value
            for name, value in (parameters or {}).items()
        }

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Tell a file that was damaged after it was opened from a wrong question."""
        try:
            yield
        except _UNREADABLE as error:
            self.failed = True
            _log.exception("Release %s can't be read any more.", self.release.release_id)
            raise ReleaseError(
                f"Release {self.release.release_id} can't be read any more. Load the page again: "
                "the last good release takes its place."
            ) from error

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
    """Id of the release that the pointer names; empty if there is no readable pointer."""
    folder = folder or settings().releases_dir
    try:
        release_id = (folder / POINTER).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return release_id if is_release_id(release_id) else ""


def is_release_id(text: object) -> bool:
    """Whether it is a name and nothing else: no path out of the folder, no markup on a page."""
    return isinstance(text, str) and _RELEASE_ID.fullmatch(text) is not None


def read_manifest(folder: Path, release_id: str) -> Manifest:
    """What lies beside a release's database file.

    Raises
    ------
    OSError
        If there is no such file, or it can't be read.
    ValueError
        If it isn't what was written at publication.
    """
    return parse_manifest((folder / f"{release_id}.json").read_text(encoding="utf-8"), release_id)


def parse_manifest(text: str, release_id: str) -> Manifest:
    """What is written beside the database file of a release.

    Raises
    ------
    ValueError
        If it isn't what was written at publication.
    """
    try:
        content = json.loads(text)
        known = {field.name: content[field.name] for field in fields(Manifest)[:-1]}
        manifest = Manifest(**known, number=int(content.get("number", 0)))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"The manifest of release {release_id} is damaged.") from error
    if not is_release_id(manifest.release_id):
        raise ValueError(f"The manifest of release {release_id} names no release.")
    return manifest


def stamp(folder: Path) -> tuple[object, ...]:
    """What changes when another release is current, or when the files of this one are touched.

    Costs one small read and three looks at the file system, so it can be asked at every rerun.
    """
    wanted = pointed_at(folder)
    names = (POINTER, f"{wanted}.duckdb", f"{wanted}.json")
    return (wanted, *(_file_state(folder / name) for name in names))


def current(folder: Path | None = None) -> Release:
    """The release to serve: the one pointed at, or the last good one if that is damaged.

    Raises
    ------
    ReleaseError
        If nothing has been published, or no published file passes its checksum.
    """
    folder = folder or settings().releases_dir
    wanted = pointed_at(folder)
    trouble = fault(folder, wanted)
    if not trouble:
        return Release(wanted, folder / f"{wanted}.duckdb")
    known = in_order(read_manifests(folder))
    for release_id in nearest(known, wanted):
        if is_intact(folder, release_id):
            _log.error("%s: %s Serving %s.", folder, trouble, release_id)
            return Release(release_id, folder / f"{release_id}.duckdb", trouble)
    if folder.exists() and not os.access(folder, os.R_OK | os.X_OK):
        _log.error("%s can't be read by this user.", folder)
        raise ReleaseError("The folder of the releases can't be read; check its permissions.")
    if not known and not wanted and settings().database:
        raise ReleaseError(f"There is no data yet. {_way_out()}")
    if not known and not wanted:
        raise ReleaseError(
            "There is no data yet. Run `cyber-valleys refresh` to build it from the register, or "
            "check and publish it on the secretariat's page."
        )
    raise ReleaseError(f"{trouble} There is no other release. {_way_out()}")


def _way_out() -> str:
    """What helps where no release can be served."""
    if not settings().database:
        return "Run `cyber-valleys refresh` to build the data again from the register."
    state = fetch_state.read(settings().releases_dir)
    fetched = "It is fetched from where it is published as soon as that can be had."
    return f"{state.trouble} {fetched}" if state and state.trouble else fetched


def read_manifests(folder: Path) -> dict[str, Manifest | None]:
    """What lies beside each database file of a folder; None where it is missing or damaged."""
    found: dict[str, Manifest | None] = {}
    for path in folder.glob("*.duckdb"):
        try:
            found[path.stem] = read_manifest(folder, path.stem)
        except (OSError, ValueError):
            found[path.stem] = None
    return found


def in_order(manifests: Mapping[str, Manifest | None]) -> list[str]:
    """Ids of releases as they were published, the oldest first.

    A clock that was wrong for a day changes nothing in it: releases count themselves. Those from
    before they did, and damaged ones, come first, by their ids.

    Parameters
    ----------
    manifests : mapping of str to Manifest or None
        From :func:`read_manifests`.
    """
    number = {id_: manifest.number if manifest else 0 for id_, manifest in manifests.items()}
    return sorted(number, key=lambda release_id: (number[release_id], release_id))


def nearest(release_ids: Sequence[str], wanted: str) -> list[str]:
    """Which releases may stand in for another: earlier ones first, the nearest first.

    A later one comes after them, because whoever rolled back had a reason to leave it.

    Parameters
    ----------
    release_ids : sequence of str
        As :func:`in_order` gives them.
    wanted : str
        The one that can't be served; empty if nobody knows which.
    """
    if wanted in release_ids:
        at = release_ids.index(wanted)
        return [*release_ids[:at][::-1], *release_ids[at + 1 :]]
    earlier = [release_id for release_id in release_ids if release_id < wanted or not wanted]
    return earlier[::-1] + [release_id for release_id in release_ids if release_id not in earlier]


def is_intact(folder: Path, release_id: str) -> bool:
    """Whether a release's file is there, complete and as it was published."""
    return not fault(folder, release_id)


def fault(folder: Path, release_id: str) -> str:
    """What is wrong with a release on disk, as a sentence; empty if it is as it was published."""
    if not release_id:
        return "The file that names the current release is missing or damaged."
    try:
        manifest = read_manifest(folder, release_id)
        with (folder / f"{release_id}.duckdb").open("rb") as file:
            whole = hashlib.file_digest(file, "sha256").hexdigest() == manifest.sha256
    except FileNotFoundError:
        return f"Release {release_id} is missing on disk."
    except OSError:
        return f"Release {release_id} can't be read from the disk."
    except ValueError:
        return f"The checksum of release {release_id} is damaged."
    return "" if whole else f"Release {release_id} is damaged on disk."


def _file_state(path: Path) -> tuple[int, ...]:
    try:
        status = path.stat()
    except OSError:
        return ()
    # The time of the last change of mode is among them: permission may be given back.
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
