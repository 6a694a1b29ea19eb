"""The table ``organisation_fact``: what public pages tell of organisations, each of its year."""

from __future__ import annotations

import pandas as pd

from ecosystem.common.store import Database
from ecosystem.common.vocabulary import FACTS


def of_organisation(database: Database, org_id: str) -> pd.DataFrame:
    """Facts on an organisation: columns of ``organisation_fact``, by kind, the latest first."""
    return database.frame(
        """
        SELECT * FROM organisation_fact WHERE org_id = $id
        ORDER BY list_position($kinds, fact), year DESC NULLS LAST, value
        """,
        {"id": org_id, "kinds": list(FACTS)},
    )


def latest(database: Database, fact: str) -> pd.DataFrame:
    """The latest value of one kind of fact for each organisation of which there is one.

    Parameters
    ----------
    fact : str
        A code of :data:`ecosystem.common.vocabulary.FACTS`.

    Returns
    -------
    DataFrame
        Columns of ``organisation_fact``, one row an organisation, by ``org_id``. A value without a
        year counts as the oldest.
    """
    return database.frame(
        """
        SELECT * FROM organisation_fact WHERE fact = $fact
        QUALIFY row_number() OVER (PARTITION BY org_id ORDER BY year DESC NULLS LAST, value) = 1
        ORDER BY org_id
        """,
        {"fact": fact},
    )
