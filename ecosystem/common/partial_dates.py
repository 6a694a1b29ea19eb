"""Dates of which only the year, or the month, may be known, as people read them."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

_DAY, _MONTH = len("2026-05-28"), len("2026-05")


def in_words(text: str) -> str:
    """A day, month or year (ISO 8601) in words.

    Examples
    --------
    >>> in_words("2023-05-02"), in_words("2023-05"), in_words("2023")
    ('2 May 2023', 'May 2023', '2023')
    """
    if len(text) == _DAY:
        return f"{date.fromisoformat(text):%-d %B %Y}"
    return f"{date.fromisoformat(f'{text}-01'):%B %Y}" if len(text) == _MONTH else text


def period(start: str | None, end: str | None) -> str:
    """From when to when, in words that claim no more than is known.

    Parameters
    ----------
    start, end : str or None
        ISO 8601 days, months or years; None if unknown. Without an end it may go on or not.

    Examples
    --------
    >>> period("2018", "2023-05"), period("2018", None), period(None, "2022-10")
    ('2018 to May 2023', 'from 2018, no end known', 'until October 2022, start not known')
    >>> period(None, None), period("2021", "2021")
    ('dates not known', '2021')
    """
    if start and end:
        return in_words(start) if start == end else f"{in_words(start)} to {in_words(end)}"
    if start:
        return f"from {in_words(start)}, no end known"
    return f"until {in_words(end)}, start not known" if end else "dates not known"


def of_event(start: str | None, end: str | None) -> str:
    """When something took place that lasts days, not years; without an end, on its start.

    Parameters
    ----------
    start, end : str or None
        As for :func:`period`.

    Examples
    --------
    >>> of_event("2019-05-08", None), of_event("2025-11-18", "2025-11-19"), of_event(None, None)
    ('8 May 2019', '18 to 19 November 2025', 'date not published')
    >>> of_event("2024-09-30", "2024-10-04"), of_event("2025-11", "2025-11-28")
    ('30 September to 4 October 2024', 'November to 28 November 2025')
    >>> of_event("2024-12-30", "2025-01-03"), of_event("2025", "2025-03")
    ('30 December 2024 to 3 January 2025', '2025 to March 2025')
    """
    if not start or not end or start == end:
        return in_words(start or end or "") or "date not published"
    first, last = in_words(start), in_words(end)
    if len(start) == len(end) == _DAY and start[:_MONTH] == end[:_MONTH]:
        return f"{first.split()[0]} to {last}"
    if len(start) >= _MONTH and start[:4] == end[:4]:
        return f"{first.removesuffix(start[:4]).rstrip()} to {last}"
    return f"{first} to {last}"


@dataclass(frozen=True)
class Span:
    """The days between which something happens.

    Attributes
    ----------
    first, last : date
        The earliest and the latest day that the dates allow, both included.
    is_exact : bool
        Whether both are known to the day; else the thing itself may be shorter.
    """

    first: date
    last: date
    is_exact: bool


def span(start: str | None, end: str | None) -> Span | None:
    """The days that two partial dates allow; without an end it ends as it starts.

    Parameters
    ----------
    start, end : str or None
        ISO 8601 days, months or years; None if unknown.

    Returns
    -------
    Span or None
        None if neither is known.

    Examples
    --------
    >>> span("2024-02", None)
    Span(first=datetime.date(2024, 2, 1), last=datetime.date(2024, 2, 29), is_exact=False)
    """
    earliest, latest = start or end, end or start
    if not earliest or not latest:
        return None
    (first, _), (_, last) = _bounds(earliest), _bounds(latest)
    is_exact = len(earliest) == len(latest) == _DAY
    return Span(first, max(first, last), is_exact)


def _bounds(text: str) -> tuple[date, date]:
    """First and last day of a day, month or year."""
    if len(text) == _DAY:
        return date.fromisoformat(text), date.fromisoformat(text)
    year, month = int(text[:4]), text[5:7]
    last = int(month or 12)
    return (
        date(year, int(month or 1), 1),
        date(year, last, calendar.monthrange(year, last)[1]),
    )
