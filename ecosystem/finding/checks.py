"""When somebody last saw a source confirm its entry, as SQL on the table ``organisation``."""

from __future__ import annotations


def is_recent(day: str, moment: str) -> str:
    """SQL that holds if a check was made in the twelve months before a moment.

    Parameters
    ----------
    day : str
        SQL of the check's day or month as ISO 8601. A month counts from its first day, so that
        a check is never taken for younger than it is.
    moment : str
        SQL of a timestamp.
    """
    since = f"{moment}::TIMESTAMP::DATE - INTERVAL 1 YEAR"
    # The pattern of the column lets the 31st of every month pass.
    return f"coalesce(TRY_CAST(rpad({day}, 10, '-01') AS DATE) > {since}, FALSE)"


# A code of ecosystem.common.vocabulary.CHECKS. The year is counted back from the release, so that
# what a release says of itself doesn't change with the day on which somebody reads it.
CHECK = f"""
    CASE WHEN checked_on IS NULL THEN 'never'
         WHEN {is_recent("checked_on", "(SELECT created_at FROM release)")} THEN 'recent'
         ELSE 'old' END
"""
