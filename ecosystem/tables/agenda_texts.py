"""What a search reads of the tables ``event`` and ``document``."""

from __future__ import annotations

import pandas as pd

from ecosystem.common.store import Database


def events(database: Database) -> pd.DataFrame:
    """Events: ``id, name, kind, start, city, country, valley_id, text``."""
    return database.frame(
        """
        SELECT event_id AS id, name, kind, start_date AS start, city, country, valley_id,
               concat_ws(' ', organiser, notes) AS text
        FROM event ORDER BY id
        """
    )


def documents(database: Database) -> pd.DataFrame:
    """Documents: ``id, name, kind, start, working_group, text``."""
    return database.frame(
        """
        SELECT doc_id AS id, title AS name, kind, date AS start, working_group,
               coalesce(summary, '') AS text
        FROM document ORDER BY id
        """
    )


def events_in_region(database: Database, nuts_id: str) -> pd.DataFrame:
    """Events in a NUTS region: ``event_id, name, kind, start_date, end_date, city``."""
    return _events(database, "starts_with(nuts3, $place)", nuts_id)


def events_of_valley(database: Database, valley_id: str) -> pd.DataFrame:
    """Events in a valley; columns as :func:`events_in_region`, the latest first."""
    return _events(database, "valley_id = $place", valley_id)


def _events(database: Database, condition: str, place: str) -> pd.DataFrame:
    return database.frame(
        f"""
        SELECT event_id, name, kind, start_date, end_date, city
        FROM event WHERE {condition} ORDER BY start_date DESC NULLS LAST, name
        """,
        {"place": place},
    )
