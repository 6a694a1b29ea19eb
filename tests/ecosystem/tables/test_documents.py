"""Documents: narrowed as a loop does it, those without a date last."""

from __future__ import annotations

from ecosystem.common.store import Database
from ecosystem.tables import documents


def test_choices_leave_what_a_loop_leaves(database: Database) -> None:
    everything = documents.selection(database).to_dict("records")
    there = documents.choices(database)
    assert len(everything) > 10
    for kind in there.kinds:
        expected = [r["doc_id"] for r in everything if r["kind"] == kind]
        assert list(documents.selection(database, kinds=[kind])["doc_id"]) == expected
    for year in there.years:
        expected = [r["doc_id"] for r in everything if str(r["date"]).startswith(str(year))]
        assert list(documents.selection(database, year=year)["doc_id"]) == expected
    for author in there.authors:
        expected = [r["doc_id"] for r in everything if r["working_group"] == author]
        assert list(documents.selection(database, authors=[author])["doc_id"]) == expected


def test_documents_without_a_date_come_last(database: Database) -> None:
    dates = list(documents.selection(database)["date"])
    known = [date for date in dates if isinstance(date, str)]
    assert known == dates[: len(known)] == sorted(known, reverse=True)


def test_words_are_found_in_any_spelling_and_all_of_them(database: Database) -> None:
    found = documents.selection(database, words="CYBER valléys Map")
    assert "cyber-valleys-map-2019" in set(found["doc_id"])
    assert documents.selection(database, words="valleys zzzz").empty
    assert len(documents.selection(database, words=" .,")) == len(documents.selection(database))
