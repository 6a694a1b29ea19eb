"""A DuckLake with its catalogue in PostgreSQL: releases as snapshots of one set of tables.

The snapshot of a release has ``release`` and its id as commit message, and its manifest beside it.
The table ``current_release`` names the one to show. DuckDB's extensions come with the extra
``lake``; nothing is ever installed while the site runs.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

import duckdb

from ecosystem.common.release_address import AddressError
from ecosystem.common.store import Manifest, parse_manifest

NAME = "lake"
POINTER_TABLE = "current_release"
_EXTENSIONS = ("ducklake", "postgres_scanner")
_FOR_BUCKETS = "httpfs"
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
_WAIT_S = "20"


@dataclass(frozen=True)
class Snapshot:
    """A release in a lake.

    Attributes
    ----------
    number : int
        Of the snapshot that holds its tables.
    manifest : Manifest
        What was published; its checksum is of the publisher's file.
    digests : dict of str to str
        By table, what its rows come to; see :func:`digest`.
    """

    number: int
    manifest: Manifest
    digests: dict[str, str]


@contextmanager
def opening(
    address: str, *, data: str = "", write: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with a lake attached as ``lake``.

    Parameters
    ----------
    address : str
        As ``ducklake:postgres:dbname=valleys host=db.example.org``.
    data : str
        Folder or ``s3://`` address of its Parquet files; a lake that is there knows its own.
    write : bool
        Whether tables are written.

    Raises
    ------
    AddressError
        If the extensions are missing, or the lake can't be reached or read.
    """
    options = [f"DATA_PATH {quote(data)}"] if data else []
    # Inlined rows would forbid some names of columns.
    options += ["DATA_INLINING_ROW_LIMIT 0"] if write else ["READ_ONLY"]
    credentials = _credentials()
    needed = (*_EXTENSIONS, _FOR_BUCKETS) if credentials else _EXTENSIONS
    extensions = [_extension(name) for name in needed]
    # PostgreSQL's client would wait for minutes.
    os.environ.setdefault("PGCONNECT_TIMEOUT", _WAIT_S)
    try:
        with duckdb.connect(config=_CONFIG) as connection:
            for path in extensions:
                connection.execute(f"LOAD {quote(str(path))}")
            if credentials:
                connection.execute(f"CREATE SECRET (TYPE s3, {credentials})")
            connection.execute(f"ATTACH {quote(address)} AS {NAME} ({', '.join(options)})")
            yield connection
    except duckdb.Error as error:
        # What DuckDB says may hold the address with its password.
        raise AddressError("The lake of the releases does not answer as it should.") from error


def attach_snapshot(
    connection: duckdb.DuckDBPyConnection, address: str, snapshot: Snapshot, name: str
) -> None:
    """Attach a lake as it was at a snapshot, beside the lake as it is."""
    connection.execute(
        f"ATTACH {quote(address)} AS {name} (READ_ONLY, SNAPSHOT_VERSION {snapshot.number})"
    )


def pointed(connection: duckdb.DuckDBPyConnection) -> str:
    """Id of the release to show; empty if nothing was published."""
    if POINTER_TABLE not in columns(connection, NAME):
        return ""
    row = connection.execute(f"SELECT release_id FROM {NAME}.{POINTER_TABLE}").fetchone()
    return str(row[0]) if row else ""


def snapshots(connection: duckdb.DuckDBPyConnection) -> list[Snapshot]:
    """Releases in a lake, as they were published, the latest last."""
    rows = connection.execute(
        f"SELECT snapshot_id, commit_extra_info FROM {NAME}.snapshots() "
        "WHERE starts_with(commit_message, 'release ') ORDER BY snapshot_id"
    ).fetchall()
    return [_snapshot(int(number), str(told)) for number, told in rows]


def find(connection: duckdb.DuckDBPyConnection, release_id: str) -> Snapshot | None:
    """The snapshot of a release; None if the lake has none."""
    known = [one for one in snapshots(connection) if one.manifest.release_id == release_id]
    return known[-1] if known else None


def columns(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, dict[str, str]]:
    """Types of the columns, by table, of an attached database."""
    rows = connection.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() "
        "WHERE database_name = $database ORDER BY table_name, column_index",
        {"database": database},
    ).fetchall()
    found: dict[str, dict[str, str]] = {}
    for table, column, type_ in rows:
        found.setdefault(table, {})[column] = type_
    return found


def selection(types: dict[str, str]) -> str:
    """Columns as a lake can hold them: it knows no enumerations."""
    return ", ".join(
        f'"{name}"::VARCHAR AS "{name}"' if type_.startswith("ENUM") else f'"{name}"'
        for name, type_ in types.items()
    )


def digest(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    """What rows come to, in whatever order: their number, and a sum of the hash of each."""
    row = connection.execute(
        f"SELECT count(*), sum(md5_number_lower(part::VARCHAR)) FROM ({query}) AS part"
    ).fetchone()
    return ":".join(map(str, row or ()))


def describe(manifest: Manifest, digests: dict[str, str]) -> str:
    """What is written beside the snapshot of a release."""
    return json.dumps({"manifest": json.dumps(asdict(manifest)), "digests": digests})


def quote(text: str) -> str:
    """A text as SQL writes it, where no value can be bound."""
    return "'" + text.replace("'", "''") + "'"


def _snapshot(number: int, told: str) -> Snapshot:
    try:
        content = json.loads(told)
        manifest = parse_manifest(content["manifest"], f"of snapshot {number}")
        return Snapshot(number, manifest, dict(content["digests"]))
    except (ValueError, KeyError, TypeError) as error:
        raise AddressError(f"What the lake says of its snapshot {number} is damaged.") from error


def _extension(name: str) -> Path:
    """File of an extension that fits this DuckDB, which looks at its signature itself."""
    spec = find_spec(f"duckdb_extension_{name}")
    folder = Path(spec.origin).parent if spec and spec.origin else Path("missing")
    path = folder / "extensions" / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"
    if not path.exists():
        raise AddressError(
            "A lake needs DuckDB's extensions, which are not installed here: "
            "`pip install --require-hashes -r requirements-lake.lock`."
        )
    return path


def _credentials() -> str:
    """How Parquet files in a bucket are read, from the environment; empty if it says nothing."""
    key, secret = (os.environ.get(f"AWS_{name}") for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"))
    if not key or not secret:
        return ""
    options = {"KEY_ID": key, "SECRET": secret}
    if region := os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION"):
        options["REGION"] = region
    if endpoint := os.environ.get("AWS_ENDPOINT_URL"):
        scheme, _, place = endpoint.partition("://")
        options |= {"ENDPOINT": place.rstrip("/"), "URL_STYLE": "path"}
        options["USE_SSL"] = "false" if scheme == "http" else "true"
    return ", ".join(f"{name} {quote(value)}" for name, value in options.items())
