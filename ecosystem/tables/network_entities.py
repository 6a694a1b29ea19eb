"""The table ``network_entity``: bodies of the communication network for SMEs."""

from __future__ import annotations

import pandas as pd

from ecosystem.common.store import Database


def near(database: Database, org_id: str, valley_id: str) -> pd.DataFrame:
    """Bodies that an organisation is or whose valley it is in: ``entity_id, name, website, same``.

    Parameters
    ----------
    org_id : str
        The organisation.
    valley_id : str
        Its valley; empty if it is in none.

    Returns
    -------
    DataFrame
        ``same`` says that the body is the organisation itself; such a one comes first.
    """
    return database.frame(
        """
        SELECT entity_id, name, website, coalesce(org_id = $org_id, false) AS same
        FROM network_entity
        WHERE org_id = $org_id OR (valley_id = $valley_id AND $valley_id != '')
        ORDER BY same DESC, name
        """,
        {"org_id": org_id, "valley_id": valley_id},
    )


def of_valley(database: Database, valley_id: str) -> pd.DataFrame:
    """Bodies of a valley; columns as :func:`in_region`."""
    return _in_place(database, "valley_id = $place", valley_id)


def in_region(database: Database, nuts_id: str) -> pd.DataFrame:
    """Bodies with their seat in a NUTS region: all columns, by name; none without a known town."""
    return _in_place(database, "starts_with(nuts3, $place)", nuts_id)


def _in_place(database: Database, condition: str, place: str) -> pd.DataFrame:
    return database.frame(
        f"""
        SELECT * FROM network_entity WHERE {condition} ORDER BY strip_accents(lower(name))
        """,
        {"place": place},
    )


def search_texts(database: Database) -> pd.DataFrame:
    """What a search reads: ``id, name, kind, scope, city, country, valley_id, website, text``."""
    return database.frame(
        """
        SELECT entity_id AS id, name, kind, scope, city, country, valley_id, website,
               coalesce(notes, '') AS text
        FROM network_entity ORDER BY id
        """
    )
