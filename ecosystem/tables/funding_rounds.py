"""The table ``funding_round``: who financed or bought whom, as far as public pages tell.

What is in it are rounds that were found, not all that took place: see :data:`LIMITS`.
"""

from __future__ import annotations

import pandas as pd

from ecosystem.common.per_release import per_release
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import NOT_RAISED
from ecosystem.tables import regions

LIMITS = (
    "These are rounds that public pages tell of, not all that took place. Two collections were "
    "read in full, of French rounds of 2025 and early 2026 and of news from December 2020 to "
    "November 2021: French firms and the year 2021 are over-represented."
)
# NUTS writes two countries otherwise than ISO 3166-1.
_NUTS = "WHEN 'GR' THEN 'EL' WHEN 'GB' THEN 'UK'"
_NEWEST_FIRST = "date DESC NULLS LAST, strip_accents(lower(name)), round, source_url"


def everything(database: Database) -> pd.DataFrame:
    """All rounds, the newest first and those without a date last: columns of ``funding_round``."""
    return database.frame(f"SELECT * FROM funding_round ORDER BY {_NEWEST_FIRST}")


def of_organisation(database: Database, org_id: str) -> pd.DataFrame:
    """Rounds of an organisation, the newest first; columns of ``funding_round``."""
    return database.frame(
        f"SELECT * FROM funding_round WHERE org_id = $id ORDER BY {_NEWEST_FIRST}", {"id": org_id}
    )


def of_investor(database: Database, investor_id: str) -> pd.DataFrame:
    """Rounds in which a source names an investor first, the newest first.

    Returns
    -------
    DataFrame
        Columns of ``funding_round``. Rounds that an investor only took part in aren't known.
    """
    return database.frame(
        f"""
        SELECT * FROM funding_round WHERE list_contains(lead_investor_ids, $id)
        ORDER BY {_NEWEST_FIRST}
        """,
        {"id": investor_id},
    )


def investor_counts(database: Database) -> dict[str, int]:
    """How many rounds each investor is named first in; those in none are left out."""
    found = database.frame(
        """
        SELECT investor_id, count(*)::INTEGER AS rounds
        FROM (SELECT unnest(lead_investor_ids) AS investor_id FROM funding_round)
        GROUP BY investor_id
        """
    )
    return dict(zip(found["investor_id"], found["rounds"], strict=True))


def is_any_in_region(database: Database, region_id: str) -> bool:
    """Whether any round of firms in a region is known; see :func:`in_region`."""
    return bool(regions.lie_in(_rounds_with_places(database), region_id).any())


def in_region(database: Database, region_id: str) -> pd.DataFrame:
    """Rounds of firms in a region, the newest first.

    Of a NUTS region or valley these are rounds of organisations of the register that are there;
    of a country those of other firms with their seat in it as well, whose region isn't known.

    Returns
    -------
    DataFrame
        Columns of ``funding_round``.
    """
    return regions.rows_in(_rounds_with_places(database), region_id).drop(
        columns=["nuts3", "valley_id"]
    )


@per_release
def _rounds_with_places(database: Database) -> pd.DataFrame:
    """All rounds, the newest first, with ``nuts3`` and ``valley_id`` of the organisation.

    Of firms outside the register the country stands for the region.
    """
    return database.frame(
        f"""
        SELECT r.*, coalesce(nuts3, CASE r.country {_NUTS} ELSE r.country END) AS nuts3, valley_id
        FROM funding_round r
        LEFT JOIN (
            SELECT org_id, nuts3, valley_id FROM organisation
            UNION ALL SELECT org_id, nuts3, valley_id FROM ended_organisation
        ) o USING (org_id)
        ORDER BY {_NEWEST_FIRST.replace("name", "r.name")}
        """
    )


def by_year(rounds: pd.DataFrame) -> pd.DataFrame:
    """Rounds counted and summed by year, the latest first and those without a year last.

    Parameters
    ----------
    rounds : DataFrame
        Columns of ``funding_round``.

    Returns
    -------
    DataFrame
        One row a year: ``year`` (None if it isn't known), ``raised`` (rounds in which money was
        raised), ``sum_meur`` (million euro of those in ``in_euro``; None if there are none),
        ``in_euro, in_other, unknown, doubtful`` (how many have an amount in euro, only in another
        or an unnamed currency, no amount, or one that is doubtful: together all that raised), and
        ``changed_hands`` (acquisitions and listings, in no sum).
    """
    columns = ["year", "raised", "sum_meur", "in_euro", "in_other", "unknown", "doubtful",
               "changed_hands"]  # fmt: skip
    found = []
    years = rounds["date"].astype(object).where(rounds["date"].notna(), "").str[:4]
    for year, group in rounds.groupby(years, sort=True):
        raised = group[~group["round"].isin(NOT_RAISED)]
        has_amount = raised["amount_meur"].notna() | raised["amount_original"].notna()
        is_doubtful = has_amount & raised["doubt"].notna()
        in_euro = raised["amount_meur"].notna() & ~is_doubtful
        found.append(
            {
                "year": int(year) if year else None,
                "raised": len(raised),
                "sum_meur": float(raised["amount_meur"][in_euro].sum()) if in_euro.any() else None,
                "in_euro": int(in_euro.sum()),
                "in_other": int((has_amount & ~is_doubtful & ~in_euro).sum()),
                "unknown": int((~has_amount).sum()),
                "doubtful": int(is_doubtful.sum()),
                "changed_hands": len(group) - len(raised),
            }
        )
    found.sort(key=lambda row: -(row["year"] or 0))
    return pd.DataFrame(found, columns=columns, dtype=object)
