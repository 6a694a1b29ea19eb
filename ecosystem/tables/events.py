"""The table ``event``: what took place or will, as precisely as public pages date it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from ecosystem.common.partial_dates import span
from ecosystem.common.per_release import per_release
from ecosystem.common.store import Database
from ecosystem.tables import regions

# An event is in every year that it touches, as far as its dates say.
_IN_YEAR = """
    left(start_date, 4)::INTEGER <= $year
    AND left(coalesce(end_date, start_date), 4)::INTEGER >= $year
"""
# Figures that a page may have published, as labels.
FIGURES = {
    "participants_smes": "SMEs",
    "participants_investors": "Investors",
    "b2b_meetings": "B2B meetings",
}


def selection(
    database: Database,
    *,
    kinds: Sequence[str] = (),
    year: int | None = None,
    countries: Sequence[str] = (),
) -> pd.DataFrame:
    """Events for which all conditions hold, the latest first; those without a date are last.

    Parameters
    ----------
    kinds : sequence of str
        Codes of :data:`ecosystem.common.vocabulary.EVENT_KINDS`; all if empty.
    year : int, optional
        Touched by the event; one without a date touches none.
    countries : sequence of str
        ISO 3166-1 alpha-2 codes of where it takes place; all if empty.

    Returns
    -------
    DataFrame
        Columns of ``event``, ``first`` and ``last``: the days between which it takes place, None
        if no date is known, and ``is_day_known``, whether both are more than bounds.
    """
    conditions = {
        "kind IN (SELECT unnest($kinds))": bool(kinds),
        "country IN (SELECT unnest($countries))": bool(countries),
        _IN_YEAR: year is not None,
    }
    where = " AND ".join(f"({text})" for text, holds in conditions.items() if holds) or "TRUE"
    values = {"kinds": list(kinds), "countries": list(countries), "year": year}
    found = database.frame(
        f"""
        SELECT * FROM event WHERE {where}
        ORDER BY start_date IS NULL AND end_date IS NULL, coalesce(start_date, end_date) DESC,
                 strip_accents(lower(name)), event_id
        """,
        {name: value for name, value in values.items() if f"${name}" in where},
    )
    spans = [
        span(_text(start), _text(end))
        for start, end in zip(found["start_date"], found["end_date"], strict=True)
    ]
    return found.assign(
        first=pd.Series([found_.first if found_ else None for found_ in spans], dtype=object),
        last=pd.Series([found_.last if found_ else None for found_ in spans], dtype=object),
        is_day_known=[bool(found_ and found_.is_exact) for found_ in spans],
    )


def is_coming(first: date | None, today: date) -> bool:
    """Whether an event lies ahead for certain: its earliest day does."""
    return first is not None and first > today


def is_past(last: date | None, today: date) -> bool:
    """Whether an event is over for certain: its latest day is."""
    return last is not None and last < today


@dataclass(frozen=True)
class Choices:
    """What there is to narrow by: kinds and countries (codes), and years, each in order."""

    kinds: tuple[str, ...]
    countries: tuple[str, ...]
    years: tuple[int, ...]


def choices(database: Database) -> Choices:
    """What the events can be narrowed by."""
    found = selection(database)
    known = found.dropna(subset=["first"])
    years = {
        year
        for first, last in zip(known["first"], known["last"], strict=True)
        for year in range(first.year, last.year + 1)
    }
    return Choices(
        tuple(sorted(set(found["kind"]))),
        tuple(sorted(set(found["country"].dropna()))),
        tuple(sorted(years)),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def search_texts(database: Database) -> pd.DataFrame:
    """What a search reads: ``id, name, kind, start, city, country, valley_id, text``."""
    return database.frame(
        """
        SELECT event_id AS id, name, kind, start_date AS start, city, country, valley_id,
               concat_ws(' ', organiser, notes) AS text
        FROM event ORDER BY id
        """
    )


def in_region(database: Database, region_id: str) -> pd.DataFrame:
    """Events in a NUTS region or valley, the latest first.

    Returns
    -------
    DataFrame
        ``event_id, name, kind, start_date, end_date, city``.
    """
    return regions.rows_in(_every(database), region_id).drop(columns=["nuts3", "valley_id"])


@per_release
def _every(database: Database) -> pd.DataFrame:
    return database.frame(
        """
        SELECT event_id, name, kind, start_date, end_date, city, nuts3, valley_id
        FROM event ORDER BY start_date DESC NULLS LAST, name
        """
    )
