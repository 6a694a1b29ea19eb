"""The table ``partnership_member``: regions and bodies that take part in partnerships."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ecosystem.common.store import Database

# Dates are ISO 8601 days, months or years: the first four characters are the year.
_ACTIVE = """
    ($year IS NULL OR (
        (start_date IS NULL OR left(start_date, 4)::INTEGER <= $year)
        AND (end_date IS NULL OR left(end_date, 4)::INTEGER >= $year)
    ))
"""


def valleys(database: Database, kinds: Sequence[str] = (), year: int | None = None) -> pd.DataFrame:
    """Which valleys take part in which partnerships: ``partnership_id, valley_id``, each once.

    Parameters
    ----------
    kinds : sequence of str
        Kinds of partnerships; all if empty.
    year : int, optional
        Only partnerships that were active in it. One without a known start or end counts as
        active before or after what is known.
    """
    return database.frame(
        f"""
        SELECT DISTINCT partnership_id, valley_id
        FROM partnership_member JOIN partnership USING (partnership_id)
        WHERE valley_id IS NOT NULL AND (len($kinds) = 0 OR kind IN (SELECT unnest($kinds)))
          AND {_ACTIVE}
        ORDER BY ALL
        """,
        {"kinds": list(kinds), "year": year},
    )


def shared(database: Database, one: str, other: str) -> pd.DataFrame:
    """Partnerships in which two valleys both take part, those with the fewest valleys first.

    Returns
    -------
    DataFrame
        ``partnership_id, name, kind, start_date, end_date, summary, source_url``, ``valleys``
        (how many take part) and ``members_one``, ``members_other`` (names, as a list).
    """
    return database.frame(
        """
        WITH taking_part AS (
            SELECT partnership_id, count(DISTINCT valley_id) AS valleys,
                   list(member_name ORDER BY member_name)
                       FILTER (valley_id = $one) AS members_one,
                   list(member_name ORDER BY member_name)
                       FILTER (valley_id = $other) AS members_other
            FROM partnership_member GROUP BY partnership_id
        )
        SELECT partnership_id, name, kind, start_date, end_date, summary, source_url,
               valleys::INTEGER AS valleys, members_one, members_other
        FROM taking_part JOIN partnership USING (partnership_id)
        WHERE members_one IS NOT NULL AND members_other IS NOT NULL
        ORDER BY valleys, name
        """,
        {"one": one, "other": other},
    )


def years(database: Database) -> tuple[int, int] | None:
    """The first and last year that any partnership names; None if none does."""
    row = database.record(
        """
        SELECT min(left(start_date, 4)::INTEGER) AS first,
               greatest(max(left(start_date, 4)::INTEGER), max(left(end_date, 4)::INTEGER)) AS last
        FROM partnership
        """
    )
    if not row or row["first"] is None:
        return None
    return int(row["first"]), int(row["last"])


def names(database: Database) -> dict[str, str]:
    """Names of all partnerships by id."""
    found = database.frame("SELECT partnership_id, name FROM partnership ORDER BY name")
    return dict(zip(found["partnership_id"], found["name"], strict=True))
