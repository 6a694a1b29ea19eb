"""The table ``practice``: what regions do, by kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ecosystem.common.per_release import per_release
from ecosystem.common.store import Database


def selection(
    database: Database,
    *,
    ids: Sequence[str] | None = None,
    kinds: Sequence[str] = (),
    valleys: Sequence[str] = (),
) -> pd.DataFrame:
    """Practices for which all conditions hold; several values of one are alternatives.

    Parameters
    ----------
    ids : sequence of str, optional
        Only these, in this order; else all, by kind and name.
    kinds : sequence of str
        Codes of :data:`ecosystem.common.vocabulary.PRACTICE_KINDS`; all if empty.
    valleys : sequence of str
        Who runs it; all if empty.

    Returns
    -------
    DataFrame
        Columns of ``practice``.
    """
    conditions = {
        "practice_id IN (SELECT unnest($ids))": ids is not None,
        "kind IN (SELECT unnest($kinds))": bool(kinds),
        "valley_id IN (SELECT unnest($valleys))": bool(valleys),
    }
    where = " AND ".join(text for text, holds in conditions.items() if holds) or "TRUE"
    values = {"ids": list(ids or ()), "kinds": list(kinds), "valleys": list(valleys)}
    rows = database.frame(
        f"SELECT * FROM practice WHERE {where} ORDER BY kind, strip_accents(lower(name))",
        {name: value for name, value in values.items() if f"${name}" in where},
    )
    if ids is None:
        return rows
    place = {id_: i for i, id_ in enumerate(ids)}
    order = rows["practice_id"].map(place).sort_values(kind="stable").index
    return rows.loc[order].reset_index(drop=True)


def of_valley(database: Database, valley_id: str) -> pd.DataFrame:
    """Practices of a valley, by kind and name: columns of ``practice``."""
    everything = _every(database)
    return everything[everything["valley_id"] == valley_id].reset_index(drop=True)


@per_release
def _every(database: Database) -> pd.DataFrame:
    return selection(database)


def one(database: Database, practice_id: str) -> dict[str, Any] | None:
    """One practice as a mapping of its columns; None if there is none of that id."""
    return database.record("SELECT * FROM practice WHERE practice_id = $id", {"id": practice_id})


def alike(database: Database, practice_id: str) -> pd.DataFrame:
    """Other practices of the same kind: columns of ``practice``, by name."""
    return database.frame(
        """
        SELECT * FROM practice
        WHERE practice_id != $id
          AND kind = (SELECT kind FROM practice WHERE practice_id = $id)
        ORDER BY strip_accents(lower(name))
        """,
        {"id": practice_id},
    )


def choices(database: Database) -> dict[str, list[str]]:
    """What a list can be narrowed to: the ``kinds`` and ``valleys`` that there are."""
    rows = database.frame("SELECT DISTINCT kind, valley_id FROM practice")
    return {
        "kinds": sorted(set(rows["kind"])),
        "valleys": sorted(set(rows["valley_id"].dropna())),
    }


def search_texts(database: Database) -> pd.DataFrame:
    """What a search reads: ``id, name, kind, year, text, valley_id``."""
    return database.frame(
        """
        SELECT practice_id AS id, name, kind, year, summary AS text, valley_id
        FROM practice ORDER BY id
        """
    )
