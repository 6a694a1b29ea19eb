"""Whether a release has the tables and columns that this version of the site asks for.

``release.sql`` lists them as a release of this version has them; ``python -m
etl.release.structure`` writes it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import duckdb

from ecosystem.common.release_address import AddressError
from ecosystem.common.store import open_read_only

SQL = Path(__file__).with_name("release.sql")
_COLUMNS = """
SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal
"""

Columns = dict[tuple[str, str], str]


@cache
def known_columns() -> Columns:
    """Type of each column that a release of this version has."""
    with duckdb.connect() as connection:
        connection.execute(SQL.read_text(encoding="utf-8"))
        return _columns(connection)


def require(path: Path, release_id: str) -> None:
    """Refuse a release that lacks what this version of the site asks for; more does no harm.

    Raises
    ------
    AddressError
        With one thing that it lacks.
    """
    try:
        with open_read_only(path) as connection:
            found = _columns(connection)
    except duckdb.Error as error:
        raise AddressError(
            f"Release {release_id} can't be opened: another version of DuckDB wrote it."
        ) from error
    require_columns(found, release_id)


def require_columns(found: Columns, release_id: str, *, lake: bool = False) -> None:
    """Refuse columns among which one is missing that this version of the site asks for.

    Parameters
    ----------
    found : dict of (str, str) to str
        Type of each column by its table and its name.
    release_id : str
        The release, for the message.
    lake : bool
        Whether they are those of a lake, which has text in the place of an enumeration.

    Raises
    ------
    AddressError
        With one thing that is missing.
    """
    for (table, column), type_ in known_columns().items():
        wanted = "VARCHAR" if lake and type_.startswith("ENUM") else type_
        if found.get((table, column)) != wanted:
            raise AddressError(
                f"Release {release_id} was made by another version of Cyber Valleys: "
                f"{table}.{column} is missing or of another type. Run the same version here and "
                "where releases are made."
            )


def _columns(connection: duckdb.DuckDBPyConnection) -> Columns:
    rows = connection.execute(_COLUMNS).fetchall()
    return {(table, column): type_ for table, column, type_ in rows}
