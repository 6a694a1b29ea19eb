"""What differs between two releases."""

from __future__ import annotations

import pandas as pd

from etl.change import changes, count_kinds


def table(**rows: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame([{"org_id": key, **row} for key, row in rows.items()])


STOIK = {"name": "Stoïk", "city": "Paris", "domains": ["cryptology"], "founded": 2021}


def test_nothing_was_there_before() -> None:
    assert changes(table(a=STOIK), None).empty


def test_nothing_changed() -> None:
    assert changes(table(a=STOIK), table(a=STOIK)).empty


def test_added_removed_and_changed() -> None:
    old = table(a=STOIK, b=STOIK)
    new = table(
        a={**STOIK, "city": "Rennes", "domains": ["cryptology", "trust"], "founded": None},
        c={**STOIK, "name": "New"},
    )
    change = changes(new, old)
    assert change.fillna("").to_numpy().tolist() == [
        ["a", "Stoïk", "changed", "city", "Paris", "Rennes"],
        ["a", "Stoïk", "changed", "domains", "cryptology", "cryptology;trust"],
        ["a", "Stoïk", "changed", "founded", "2021", ""],
        ["b", "Stoïk", "removed", "", "", ""],
        ["c", "New", "added", "", "", ""],
    ]
    assert count_kinds(change) == {"changed": 1, "removed": 1, "added": 1}


def test_an_older_release_without_a_column_can_be_compared() -> None:
    old = table(a=STOIK).drop(columns="founded")
    assert changes(table(a=STOIK), old).empty
