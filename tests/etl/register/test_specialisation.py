"""Priorities of smart specialisation: every wording has a code, no pair is there twice."""

from __future__ import annotations

import pandas as pd

from etl.register.specialisation import check_wordings, wording_notes


def test_every_wording_of_the_register_has_a_code(frames: dict[str, pd.DataFrame]) -> None:
    assert check_wordings(frames["s3_wordings"]) == []
    assert wording_notes(frames["valleys"], frames["s3_wordings"]) == []


def test_a_wording_without_a_code_is_told_with_its_row(frames: dict[str, pd.DataFrame]) -> None:
    valleys = frames["valleys"].copy()
    first = valleys.index[0]
    valleys.loc[first, "s3_priorities"] += ";photonics"
    (note,) = wording_notes(valleys, frames["s3_wordings"])
    assert note.startswith(f"valleys.csv, row {first}: no code covers the priority “photonics”")


def test_a_wording_that_no_valley_has_is_told(frames: dict[str, pd.DataFrame]) -> None:
    valleys = frames["valleys"].copy()
    valleys.loc[valleys.index[0], "s3_priorities"] = ""
    (note,) = wording_notes(valleys, frames["s3_wordings"])
    assert note == (
        "s3_wordings.csv, rows 2 and 3: its valley names no such priority; it has no effect."
    )


def test_a_pair_twice_is_refused(frames: dict[str, pd.DataFrame]) -> None:
    rows = frames["s3_wordings"]
    again = pd.concat([rows, rows.tail(1).set_axis([len(rows) + 2])])
    (found,) = check_wordings(again)
    assert (found.row, found.step) == (len(rows) + 2, "deduplicate")
