"""The table ``programme``: programmes for cybersecurity firms, and the Cyber Valleys pilot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ecosystem.common.store import Database


def everything(database: Database) -> pd.DataFrame:
    """All programmes by name: columns of ``programme``."""
    return selection(database)


def selection(
    database: Database, *, ids: Sequence[str] | None = None, countries: Sequence[str] = ()
) -> pd.DataFrame:
    """Programmes: columns of ``programme``.

    Parameters
    ----------
    ids : sequence of str, optional
        Those of a search, in the order in which they are shown; all by name without it.
    countries : sequence of str
        Codes of countries; all if empty.
    """
    return database.frame(
        """
        SELECT * FROM programme
        WHERE ($ids IS NULL OR list_contains($ids, programme_id))
            AND (len($countries) = 0 OR list_contains($countries, country))
        ORDER BY list_position($ids, programme_id), strip_accents(lower(name)), programme_id
        """,
        {"ids": None if ids is None else list(ids), "countries": list(countries)},
    )


def one(database: Database, programme_id: str) -> dict[str, Any] | None:
    """One programme as a mapping of its columns; None if there is none of that id."""
    return database.record("SELECT * FROM programme WHERE programme_id = $id", {"id": programme_id})


def search_texts(database: Database) -> pd.DataFrame:
    """What a search reads: ``id, name, country, city, start, text``."""
    return database.frame(
        """
        SELECT programme_id AS id, name, country, town AS city, start_date AS start,
               concat_ws(' ', organiser, services, notes) AS text
        FROM programme ORDER BY id
        """
    )
