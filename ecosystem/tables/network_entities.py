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
