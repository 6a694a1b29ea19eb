"""Publish releases in a DuckLake: each is a snapshot, and tables that didn't change are shared."""

from __future__ import annotations

from pathlib import Path

import duckdb

from ecosystem.common import lake
from ecosystem.common.lake import Snapshot
from ecosystem.common.store import Manifest

_AUTHOR = "cyber-valleys"
_RELEASE = "published"
# Whoever reads a snapshot that goes has this long to finish.
_GRACE = "1 day"


def publish(folder: Path, manifest: Manifest, address: str, data: str) -> tuple[str, int]:
    """Make a release of a folder the current one of a lake, in one transaction.

    Parameters
    ----------
    folder : Path
        Folder of the releases.
    manifest : Manifest
        Of the release.
    address : str
        Of the lake.
    data : str
        Where the Parquet files of a new lake go; empty for one that is there.

    Returns
    -------
    before : str
        Which release was current there; empty if none was.
    n_tables : int
        How many tables were written; 0 if the release was there.

    Raises
    ------
    ecosystem.common.release_address.AddressError
        If the lake can't be reached or written; it is as it was.
    """
    with lake.opening(address, data=data, write=True) as connection:
        before, known = lake.pointed(connection), lake.snapshots(connection)
        there = any(one.manifest.release_id == manifest.release_id for one in known)
        if there and before == manifest.release_id:
            return before, 0
        path = folder / f"{manifest.release_id}.duckdb"
        connection.execute(f"ATTACH {lake.quote(str(path))} AS {_RELEASE} (READ_ONLY)")
        connection.begin()
        digests, n_tables = ({}, 0) if there else _write(connection, known[-1:])
        connection.execute(
            f"CREATE OR REPLACE TABLE {lake.NAME}.{lake.POINTER_TABLE} AS "
            f"SELECT {lake.quote(manifest.release_id)} AS release_id"
        )
        kind = "show" if there else "release"
        beside = "{}" if there else lake.describe(manifest, digests)
        connection.execute(
            f"CALL {lake.NAME}.set_commit_message({lake.quote(_AUTHOR)}, "
            f"{lake.quote(f'{kind} {manifest.release_id}')}, extra_info => {lake.quote(beside)})"
        )
        connection.commit()
    return before, n_tables


def prune(address: str, keep: int) -> int:
    """Let go of the oldest releases of a lake; gives how many went.

    Parameters
    ----------
    address : str
        Of the lake.
    keep : int
        How many of the newest stay; the current one always does.
    """
    with lake.opening(address, write=True) as connection:
        known = lake.snapshots(connection)
        shown = lake.pointed(connection)
        kept = [
            one.number
            for number, one in enumerate(reversed(known))
            if number < keep or one.manifest.release_id == shown
        ]
        going = [one for one in known if one.number not in kept]
        if going:
            rows = connection.execute(
                f"SELECT snapshot_id FROM {lake.NAME}.snapshots() WHERE snapshot_id < $newest",
                {"newest": max(kept)},
            ).fetchall()
            expired = ", ".join(str(int(n)) for (n,) in rows if n not in kept)
            connection.execute(
                f"CALL ducklake_expire_snapshots({lake.quote(lake.NAME)}, versions => [{expired}])"
            )
            connection.execute(
                f"CALL ducklake_cleanup_old_files({lake.quote(lake.NAME)}, "
                f"older_than => now() - INTERVAL {lake.quote(_GRACE)})"
            )
    return len(going)


def _write(
    connection: duckdb.DuckDBPyConnection, before: list[Snapshot]
) -> tuple[dict[str, str], int]:
    """Bring the lake's tables to the release's; gives what each comes to, and how many changed."""
    there = lake.columns(connection, lake.NAME)
    known = before[0].digests if before else {}
    digests, n_tables = {}, 0
    for table, types in lake.columns(connection, _RELEASE).items():
        query = f'SELECT {lake.selection(types)} FROM {_RELEASE}."{table}"'
        digests[table] = lake.digest(connection, query)
        if digests[table] == known.get(table) and list(there.get(table, {})) == list(types):
            continue
        connection.execute(f'CREATE OR REPLACE TABLE {lake.NAME}."{table}" AS {query}')
        n_tables += 1
    for table in set(there) - set(digests) - {lake.POINTER_TABLE}:
        connection.execute(f'DROP TABLE {lake.NAME}."{table}"')
    return digests, n_tables
