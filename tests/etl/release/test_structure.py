"""What a site that fetches releases expects of them is what this version makes."""

from __future__ import annotations

from ecosystem.fetch import structure as known
from etl.release import structure


def test_the_list_of_tables_is_that_of_a_release() -> None:
    """Run `python -m etl.release.structure` after a change of a table."""
    assert known.SQL.read_text(encoding="utf-8") == structure.statements()
    assert ("organisation", "org_id") in known.known_columns()
