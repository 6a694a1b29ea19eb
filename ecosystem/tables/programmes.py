"""The table ``programme``: programmes for cybersecurity firms, and the Cyber Valleys pilot."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ecosystem.common.store import Database


def everything(database: Database) -> pd.DataFrame:
    """All programmes by name: columns of ``programme``."""
    return database.frame(
        "SELECT * FROM programme ORDER BY strip_accents(lower(name)), programme_id"
    )


def one(database: Database, programme_id: str) -> dict[str, Any] | None:
    """One programme as a mapping of its columns; None if there is none of that id."""
    return database.record("SELECT * FROM programme WHERE programme_id = $id", {"id": programme_id})


def search_texts(database: Database) -> pd.DataFrame:
    """What a search reads: ``id, name, country, start, end, text``."""
    return database.frame(
        """
        SELECT programme_id AS id, name, country, start_date AS start, end_date AS "end",
               concat_ws(' ', organiser, town, services, notes) AS text
        FROM programme ORDER BY id
        """
    )
