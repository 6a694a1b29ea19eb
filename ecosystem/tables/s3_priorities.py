"""The tables ``s3_priority`` and ``s3_wording``: priorities of smart specialisation."""

from __future__ import annotations

import pandas as pd

from ecosystem.common.store import Database


def vocabulary(database: Database) -> pd.DataFrame:
    """Priorities with what counts as each: ``code, label, description, domains, sectors``.

    Those that most valleys name come first.
    """
    return database.frame(
        """
        SELECT s3_priority.* FROM s3_priority LEFT JOIN s3_wording USING (code)
        GROUP BY ALL ORDER BY count(DISTINCT valley_id) DESC, label
        """
    )


def wordings(database: Database) -> pd.DataFrame:
    """What valleys declare: ``valley_id, code`` and ``wording``, their own words for it."""
    return database.frame(
        """
        SELECT valley_id, code, string_agg(original_wording, '; ' ORDER BY original_wording)
               AS wording
        FROM s3_wording GROUP BY ALL ORDER BY ALL
        """
    )


def organisations_by_priority(database: Database) -> pd.DataFrame:
    """Organisations of valleys that count as each priority: ``valley_id, code, n``.

    An organisation counts if it works on one of the priority's domains or serves one of its
    sectors. Priorities with neither are left out, since the register can't show them.
    """
    return database.frame(
        """
        SELECT valley_id, code, count(*)::INTEGER AS n
        FROM organisation JOIN s3_priority
          ON list_has_any(organisation.domains, s3_priority.domains)
          OR list_has_any(organisation.sectors, s3_priority.sectors)
        WHERE valley_id IS NOT NULL GROUP BY ALL ORDER BY ALL
        """
    )
