"""The table ``event_outcome``: what came of investor days, in sums that give no deal away.

Nothing here gives a row's own counts to a page: see :func:`ecosystem.common.small_sums.safe_sums`.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ecosystem.common.partial_dates import in_words
from ecosystem.common.small_sums import SafeSums, safe_sums
from ecosystem.common.store import Database

# What may tell of a single case, and what is as public as the event itself.
GUARDED = {"meetings": "Meetings held", "follow_ups": "Follow-ups", "deals": "Deals"}
OPEN = {"smes": "SMEs", "investors": "Investors"}


@dataclass(frozen=True)
class Outcomes:
    """What came of several events, or of the editions of one.

    Attributes
    ----------
    editions : int
        How many editions the figures are of.
    guarded : dict of str to SafeSums
        Sums by column of :data:`GUARDED`; their parts are events by id, or periods in words.
    open : dict of str to (int or None)
        Sums by column of :data:`OPEN`; None where nothing is known.
    """

    editions: int
    guarded: dict[str, SafeSums[str]]
    open: dict[str, int | None]


def overall(database: Database) -> Outcomes:
    """What came of all events, by event; :attr:`Outcomes.editions` is 0 if nothing is listed."""
    return _sums(_rows(database), "event_id")


def of_event(database: Database, event_id: str) -> Outcomes | None:
    """What came of an event or series, by year; None if nothing is listed.

    Of a column in which :func:`overall` withholds the events nothing is told.
    """
    rows = _rows(database)
    own = rows[rows["event_id"] == event_id]
    if own.empty:
        return None
    told = overall(database).guarded
    found = _sums(own, "period")
    return Outcomes(
        found.editions,
        {
            name: SafeSums(withheld=(event_id,)) if event_id in told[name].withheld else sums
            for name, sums in found.guarded.items()
        },
        found.open,
    )


def sources(database: Database) -> pd.DataFrame:
    """Where the outcomes are from, without counts: ``event_id, name, edition, source_url, notes``.

    ``name`` is the event's.
    """
    return database.frame(
        """
        SELECT event_id, e.name, o.edition, o.source_url, o.notes
        FROM event_outcome o JOIN event e USING (event_id)
        ORDER BY o.start_date DESC NULLS LAST, e.name, o.edition
        """
    )


def _rows(database: Database) -> pd.DataFrame:
    rows = database.frame("SELECT * FROM event_outcome ORDER BY start_date, end_date, edition")
    starts, ends = (rows[name].astype(object) for name in ("start_date", "end_date"))
    return rows.assign(
        period=[_period(start, end) for start, end in zip(starts, ends, strict=True)]
    )


def _period(start: object, end: object) -> str:
    """The years that a row is of, ``"2017 to 2019"``: the finest that sums are told by."""
    years = [text[:4] for text in (start, end) if isinstance(text, str) and text]
    if not years:
        return "without a date"
    first, last = in_words(years[0]), in_words(years[-1])
    return first if first == last else f"{first} to {last}"


def _sums(rows: pd.DataFrame, part: str) -> Outcomes:
    parts = list(dict.fromkeys(rows[part]))
    groups = {name: rows[rows[part] == name] for name in parts}
    return Outcomes(
        int(rows["editions"].fillna(1).sum()),
        {
            column: safe_sums({name: _sum(group[column]) for name, group in groups.items()})
            for column in GUARDED
        },
        {column: _sum(rows[column]) for column in OPEN},
    )


def _sum(cells: pd.Series) -> int | None:
    """Sum of what is known; None if nothing is."""
    known = cells.dropna()
    return int(known.sum()) if len(known) else None
