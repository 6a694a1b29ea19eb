"""The table ``document``: papers, reports and maps on regional cybersecurity ecosystems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ecosystem.common.store import Database
from ecosystem.common.text import fold


@dataclass(frozen=True)
class Choices:
    """What there is to narrow by: kinds (codes), years, and who wrote, each in order."""

    kinds: tuple[str, ...]
    years: tuple[int, ...]
    authors: tuple[str, ...]


def selection(
    database: Database,
    *,
    words: str = "",
    kinds: Sequence[str] = (),
    year: int | None = None,
    authors: Sequence[str] = (),
) -> pd.DataFrame:
    """Documents for which all conditions hold, the latest first; those without a date are last.

    Parameters
    ----------
    words : str
        Each must occur in title, summary or group, in any spelling of accents and capitals.
    kinds : sequence of str
        Codes of :data:`ecosystem.common.vocabulary.DOCUMENT_KINDS`; all if empty.
    year : int, optional
        Of the date; a document without a date has none.
    authors : sequence of str
        Groups or bodies, as the register writes them; all if empty.
    """
    conditions = {
        "kind IN (SELECT unnest($kinds))": bool(kinds),
        "working_group IN (SELECT unnest($authors))": bool(authors),
        "left(date, 4)::INTEGER = $year": year is not None,
    }
    where = " AND ".join(f"({text})" for text, holds in conditions.items() if holds) or "TRUE"
    values = {"kinds": list(kinds), "authors": list(authors), "year": year}
    found = database.frame(
        f"""
        SELECT * FROM document WHERE {where}
        ORDER BY date DESC NULLS LAST, strip_accents(lower(title)), doc_id
        """,
        {name: value for name, value in values.items() if f"${name}" in where},
    )
    wanted = fold(words).split()
    texts = found[["title", "summary", "working_group"]].fillna("").agg(" ".join, axis=1)
    has_all = [all(word in fold(text) for word in wanted) for text in texts]
    return found[pd.Series(has_all, index=found.index, dtype=bool)].reset_index(drop=True)


def choices(database: Database) -> Choices:
    """What the documents can be narrowed by."""
    found = selection(database)
    return Choices(
        tuple(sorted(set(found["kind"]))),
        tuple(sorted({int(text[:4]) for text in found["date"].dropna()})),
        tuple(sorted(set(found["working_group"].dropna()), key=fold)),
    )


def search_texts(database: Database) -> pd.DataFrame:
    """What a search reads: ``id, name, kind, start, working_group, text``."""
    return database.frame(
        """
        SELECT doc_id AS id, title AS name, kind, date AS start, working_group,
               coalesce(summary, '') AS text
        FROM document ORDER BY id
        """
    )
