"""Events: narrowed as a loop over their rows does it, past and coming by what is certain."""

from __future__ import annotations

from datetime import date

import pytest

from ecosystem.common.partial_dates import Span, span
from ecosystem.common.store import Database
from ecosystem.tables import events


def test_choices_leave_what_a_loop_leaves(database: Database) -> None:
    everything = events.selection(database).to_dict("records")
    there = events.choices(database)
    assert len(everything) > 20
    for kind in there.kinds:
        found = events.selection(database, kinds=[kind])
        assert list(found["event_id"]) == [r["event_id"] for r in everything if r["kind"] == kind]
    for country in there.countries:
        found = events.selection(database, countries=[country])
        expected = [r["event_id"] for r in everything if r["country"] == country]
        assert list(found["event_id"]) == expected
    for year in there.years:
        found = events.selection(database, year=year)
        assert set(found["event_id"]) == {
            r["event_id"]
            for r in everything
            if r["first"] is not None and r["first"].year <= year <= r["last"].year
        }
    assert "ecso-investor-days-2017-2019" in set(events.selection(database, year=2018)["event_id"])


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2018-07-03", "2018-07-04", Span(date(2018, 7, 3), date(2018, 7, 4), True)),
        ("2018-07-03", None, Span(date(2018, 7, 3), date(2018, 7, 3), True)),
        ("2024-02", "2024-02", Span(date(2024, 2, 1), date(2024, 2, 29), False)),
        ("2023", "2023", Span(date(2023, 1, 1), date(2023, 12, 31), False)),
        ("2017-10-31", "2017-11", Span(date(2017, 10, 31), date(2017, 11, 30), False)),
        ("2019-12-30", "2019", Span(date(2019, 12, 30), date(2019, 12, 31), False)),
        (None, "2019-05", Span(date(2019, 5, 1), date(2019, 5, 31), False)),
        (None, None, None),
    ],
)
def test_partial_dates_span_all_days_that_are_possible(
    start: str | None, end: str | None, expected: Span | None
) -> None:
    assert span(start, end) == expected


def test_past_and_coming_are_said_of_what_is_certain_only() -> None:
    month = span("2026-11", "2026-11")
    assert month is not None
    assert events.is_coming(month.first, date(2026, 10, 31))
    assert not events.is_coming(month.first, date(2026, 11, 1))
    assert not events.is_past(month.last, date(2026, 11, 30))
    assert events.is_past(month.last, date(2026, 12, 1))
    assert not events.is_coming(None, date(2026, 1, 1))
    assert not events.is_past(None, date(2026, 1, 1))
