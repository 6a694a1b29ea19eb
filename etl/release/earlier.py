"""What earlier releases hold, read from their files."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from ecosystem.common.store import open_read_only
from etl.release.change import COLUMNS, HISTORY_COLUMNS, stamp


def published_organisations(path: Path) -> pd.DataFrame:
    """The ``organisation`` table of a release file.

    Raises
    ------
    duckdb.Error
        If the file is damaged.
    """
    with open_read_only(path) as connection:
        return connection.table("organisation").df()


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
        known = connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'change'"
        ).fetchall()
        if not {*HISTORY_COLUMNS} <= {name for (name,) in known}:
            return nothing
        return connection.table("change").select(*HISTORY_COLUMNS).df()
