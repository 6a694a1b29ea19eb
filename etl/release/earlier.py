"""What earlier releases hold, read from their files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from ecosystem.common.store import open_read_only
from etl.release.change import COLUMNS, HISTORY_COLUMNS, ORGANISATIONS, stamp
from etl.schema import Schema

# Releases up to November 2026 tell of organisations only.
_OF_ORGANISATIONS = {"resource": f"'{ORGANISATIONS}'", "row_id": "org_id"}
# Stands in no text: the unit separator.
_BETWEEN = "\x1f"
# Where a row of a list is, if that was looked for.
_WHERE = ("lon", "lat", "nuts0", "nuts1", "nuts2", "nuts3", "valley_id")


def published_organisations(path: Path) -> pd.DataFrame:
    """The organisations of a release file: those that are shown, and those that have ended.

    Raises
    ------
    duckdb.Error
        If the file is damaged.
    """
    with open_read_only(path) as connection:
        tables = {name for (name,) in connection.execute("SHOW TABLES").fetchall()}
        # Up to November 2026 none had ended.
        ended = [f"UNION ALL BY NAME FROM {name}" for name in tables & {"ended_organisation"}]
        rows = connection.sql(" ".join(["FROM organisation", *ended]))
        # Column by column, for a whole table of new texts takes gigabytes where it is large.
        return pd.DataFrame({name: _column(rows, name) for name in rows.columns})


def _column(rows: duckdb.DuckDBPyRelation, name: str) -> pd.Series:
    """One column in which equal cells are one object, and lists are lists."""
    is_list = str(rows.types[rows.columns.index(name)]) == "VARCHAR[]"
    wanted = f"array_to_string(\"{name}\", '{_BETWEEN}')" if is_list else f'"{name}"'
    cells = rows.project(f'{wanted} AS "{name}"')
    if str(cells.types[0]) != "VARCHAR":
        return cells.df()[name]
    encoded = cells.to_arrow_table()[name].combine_chunks().dictionary_encode()
    distinct = encoded.dictionary.to_pylist()
    codes = encoded.indices.fill_null(len(distinct)).to_numpy()
    if not is_list:
        return pd.Series(pd.array([*distinct, None], dtype="str").take(codes))
    lists = np.empty(len(distinct) + 1, dtype=object)
    lists[:-1] = [text.split(_BETWEEN) if text else [] for text in distinct]
    return pd.Series(lists[codes])


def published_lists(path: Path, schemas: Mapping[str, Schema]) -> dict[str, pd.DataFrame]:
    """The tables of the other lists of a release file, by resource.

    Parameters
    ----------
    path : Path
        Database file of the release.
    schemas : mapping of str to Schema
        Schemas of the register files.

    Returns
    -------
    dict of str to pandas.DataFrame
        Columns of the schema that the release has, and those of where a row is. A list that the
        release was made with but doesn't hold isn't there; one that it didn't know of is empty.

    Raises
    ------
    duckdb.Error
        If the file is damaged.
    """
    with open_read_only(path) as connection:
        columns: dict[str, list[str]] = {}
        for table, column in connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
        ).fetchall():
            columns.setdefault(table, []).append(column)
        row = connection.execute("SELECT input_hashes FROM release").fetchone()
        inputs = row[0] if row else {}
        found = {}
        for resource, schema in schemas.items():
            wanted = [*schema.columns, *_WHERE]
            known = [
                name for name in dict.fromkeys(wanted) if name in columns.get(schema.table, ())
            ]
            if known:
                listed = ", ".join(f'"{name}"' for name in known)
                found[resource] = connection.table(schema.table).project(listed).df()
            elif schema.table and f"schema/{resource}.json" not in inputs:
                found[resource] = pd.DataFrame(columns=wanted, dtype="str")
        return found


def history(previous: Path | None) -> pd.DataFrame:
    """The ``change`` table of the release before, for the next one to hand on.

    Parameters
    ----------
    previous : Path or None
        Database file of that release; None if there is none.

    Returns
    -------
    pandas.DataFrame
        Columns :data:`HISTORY_COLUMNS`, in the table's order; no rows if that release is of a
        version of the database without a history.

    Raises
    ------
    duckdb.Error
        If the file is damaged.
    """
    nothing = stamp(pd.DataFrame(columns=COLUMNS, dtype="str"), "", datetime.now(UTC))
    if previous is None:
        return nothing
    with open_read_only(previous) as connection:
        selection = _history_columns(connection)
        if not selection:
            return nothing
        return connection.table("change").project(selection).df()


def kinds_of(path: Path) -> tuple[str | None, pd.DataFrame]:
    """The release that a release was compared with, and ``resource, row_id, kind`` of its changes.

    Raises
    ------
    duckdb.Error
        If the file is damaged, or has no history.
    """
    with open_read_only(path) as connection:
        row = connection.execute("SELECT release_id, previous_id FROM release").fetchone()
        own, previous = row or ("", None)
        selection = _history_columns(connection) or "*"
        changes = connection.execute(
            f"SELECT resource, row_id, kind FROM (SELECT {selection} FROM change) "
            "WHERE release_id = ?",
            [own],
        )
        return previous, changes.df()


def _history_columns(connection: duckdb.DuckDBPyConnection) -> str:
    """SQL of the columns of the history as this version has them; empty if they can't be had."""
    rows = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'change'"
    ).fetchall()
    known = {name for (name,) in rows}
    if "row_id" not in known:
        known -= _OF_ORGANISATIONS.keys()
        known |= _OF_ORGANISATIONS.keys() if "org_id" in known else set()
        written = _OF_ORGANISATIONS
    else:
        written = {}
    if not {*HISTORY_COLUMNS} <= known:
        return ""
    return ", ".join(
        f"{written[name]} AS {name}" if name in written else name for name in HISTORY_COLUMNS
    )
