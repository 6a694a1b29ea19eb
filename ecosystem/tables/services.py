"""The table ``service``: what the Cyber Valleys programme has delivered, to whom and when."""

from __future__ import annotations

import pandas as pd

from ecosystem.common.store import Database
from ecosystem.common.vocabulary import SERVICES

_SERVED = """
    SELECT s.*, o.name, o.country, o.nuts2, coalesce(s.valley_id, o.valley_id) AS in_valley,
           left(s.date, 4)::INTEGER AS year
    FROM service s
    LEFT JOIN (
        SELECT org_id, name, country, nuts2, valley_id FROM organisation
        UNION ALL SELECT org_id, name, country, nuts2, valley_id FROM ended_organisation
    ) o USING (org_id)
"""


def everything(database: Database) -> pd.DataFrame:
    """All services delivered, the latest first.

    Returns
    -------
    DataFrame
        Columns of ``service``, ``name`` and ``country`` of who was served and their NUTS 2 region,
        ``in_valley`` (that delivered it, else of who was served) and ``year``.
    """
    return database.frame(f"SELECT * FROM ({_SERVED}) ORDER BY date DESC, name, service")


def counts(database: Database) -> pd.DataFrame:
    """Services counted by year, valley and service.

    Returns
    -------
    DataFrame
        ``year, valley_id`` (None outside the valleys), ``service, deliveries``,
        ``organisations`` (how many were served), ``hours`` (of those that tell; None if none
        does) and ``without_hours`` (how many don't); the latest year first.
    """
    return database.frame(
        f"""
        SELECT year, in_valley AS valley_id, service, count(*)::INTEGER AS deliveries,
               count(DISTINCT org_id)::INTEGER AS organisations, sum(hours) AS hours,
               count(*) FILTER (hours IS NULL)::INTEGER AS without_hours
        FROM ({_SERVED}) GROUP BY year, in_valley, service
        ORDER BY year DESC, in_valley NULLS LAST, list_position($services, service)
        """,
        {"services": list(SERVICES)},
    )


def of_organisation(database: Database, org_id: str) -> pd.DataFrame:
    """Services that an organisation received, the latest first; columns of ``service``."""
    return database.frame(
        "SELECT * FROM service WHERE org_id = $id ORDER BY date DESC, service", {"id": org_id}
    )
