"""Ask a DuckLake one question: ``python -m ecosystem.fetch.lake_reader``, for ``lake.py``.

The question is a JSON list on standard input, the answer a JSON object on standard output.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import duckdb

from ecosystem.common import lake
from ecosystem.common.lake import Snapshot
from ecosystem.common.release_address import AddressError, cause
from ecosystem.common.store import Manifest
from ecosystem.fetch import structure

_THEN, _MADE = "then_published", "made"


def pointed(address: str) -> dict[str, str]:
    """Id of the release to show, empty if there is none, and what was published with it."""
    with lake.opening(address) as connection:
        release_id = lake.pointed(connection)
        found = lake.find(connection, release_id)
    manifest = json.dumps(asdict(found.manifest)) if found else ""
    return {"release_id": release_id, "manifest": manifest}


def manifest(address: str, release_id: str) -> str:
    """What was published with a release."""
    with lake.opening(address) as connection:
        return json.dumps(asdict(_find(connection, release_id).manifest))


def fetch(address: str, release_id: str, path: str) -> str:
    """Make a database file of a release; gives the manifest of that file."""
    part = Path(path)
    with lake.opening(address) as connection:
        found = _find(connection, release_id)
        lake.attach_snapshot(connection, address, found, _THEN)
        there = lake.columns(connection, _THEN)
        by_column = {(table, name): there[table][name] for table in there for name in there[table]}
        structure.require_columns(by_column, release_id, lake=True)
        connection.execute(f"ATTACH {lake.quote(path)} AS {_MADE}")
        connection.execute(f"USE {_MADE}")
        connection.execute(structure.SQL.read_text(encoding="utf-8"))
        for table, types in lake.columns(connection, _MADE).items():
            _copy(connection, table, types, there[table], found)
        connection.execute("CHECKPOINT")
        connection.execute("USE memory")
        connection.execute(f"DETACH {_MADE}")
    return json.dumps(asdict(_of_file(found.manifest, part)))


def _find(connection: duckdb.DuckDBPyConnection, release_id: str) -> Snapshot:
    found = lake.find(connection, release_id)
    if found is None:
        raise AddressError(f"Release {release_id} is not in the lake any more.")
    return found


def _copy(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    types: dict[str, str],
    there: dict[str, str],
    found: Snapshot,
) -> None:
    """Rows of one table, with the types of this version, and whether all of them arrived."""
    names = ", ".join(f'"{name}"' for name in types)
    source, made = f'{_THEN}."{table}"', f'{_MADE}."{table}"'
    connection.execute(f"INSERT INTO {made} BY NAME SELECT {names} FROM {source}")
    # What was published is compared as it was: a later version may have more columns than this.
    same = list(types) == list(there)
    query = f"SELECT {lake.selection(types)} FROM {made}" if same else f"FROM {source}"
    if lake.digest(connection, query) != found.digests.get(table):
        raise AddressError(
            f"Release {found.manifest.release_id} did not arrive as it was published: the table "
            f"{table} is another."
        )


def _of_file(published: Manifest, path: Path) -> Manifest:
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return replace(published, sha256=sha256, bytes=path.stat().st_size)


_QUESTIONS: dict[str, Callable[..., object]] = {
    "pointed": pointed,
    "manifest": manifest,
    "fetch": fetch,
}

if __name__ == "__main__":
    given, question, *arguments = json.load(sys.stdin)
    try:
        told = {"answer": _QUESTIONS[question](given, *arguments)}
    except AddressError as error:
        told = {"error": str(error), "cause": cause(error)}
    json.dump(told, sys.stdout)
