"""What differs from the release before, organisation by organisation and field by field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ecosystem.store import open_read_only

# The fields that mean something to a reader, in the order of an organisation's page.
FIELDS = (
    "name", "former_names", "type", "city", "country", "lon", "lat", "nuts3", "valley_id",
    "website", "founded", "domains", "sectors", "functions", "evidence", "source_url", "notes",
)  # fmt: skip
COLUMNS = ["org_id", "name", "kind", "field", "old", "new"]


def changes(new: pd.DataFrame, old: pd.DataFrame | None) -> pd.DataFrame:
    """Rows of the ``change`` table.

    Parameters
    ----------
    new, old : pandas.DataFrame
        Rows of the ``organisation`` table; `old` is None if nothing was published before, and
        then nothing has changed.

    Returns
    -------
    pandas.DataFrame
        ``org_id, name, kind`` (added, removed, changed), ``field, old, new``; ordered by
        identifier and field.
    """
    if old is None:
        return pd.DataFrame(columns=COLUMNS, dtype="str")
    after, before = _as_text(new), _as_text(old)
    added = after.loc[after.index.difference(before.index)]
    removed = before.loc[before.index.difference(after.index)]
    both = after.index.intersection(before.index)
    fields = [field for field in FIELDS if field in after and field in before]
    cells = pd.DataFrame(
        {
            "new": after.loc[both, fields].stack(),
            "old": before.loc[both, fields].stack(),
        }
    )
    changed = cells[cells["new"] != cells["old"]].rename_axis(["org_id", "field"]).reset_index()
    return pd.concat(
        [
            pd.DataFrame({"org_id": added.index, "name": added["name"], "kind": "added"}),
            pd.DataFrame({"org_id": removed.index, "name": removed["name"], "kind": "removed"}),
            changed.assign(kind="changed", name=changed["org_id"].map(after["name"])),
        ],
        ignore_index=True,
    ).sort_values(["org_id", "field"], ignore_index=True)[COLUMNS]


def count_kinds(change: pd.DataFrame) -> dict[str, int]:
    """Number of organisations added, removed and changed."""
    organisations = change.drop_duplicates(["org_id", "kind"])
    return {str(kind): int(n) for kind, n in organisations["kind"].value_counts().items()}


def published_organisations(path: Path) -> pd.DataFrame:
    """The ``organisation`` table of a release file.

    Raises
    ------
    duckdb.Error
        If the file is damaged.
    """
    with open_read_only(path) as connection:
        return connection.table("organisation").df()


def _as_text(organisations: pd.DataFrame) -> pd.DataFrame:
    fields = [field for field in FIELDS if field in organisations]
    return organisations.set_index("org_id")[fields].map(_text)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list | np.ndarray):
        return ";".join(map(str, value))
    return "" if pd.isna(value) else f"{value:.10g}"
