"""Smart specialisation in the register: the wordings of valleys and the codes they stand for."""

from __future__ import annotations

import pandas as pd

from etl.model import Rejection, note_rows

FILE = "s3_wordings.csv"
_KEY = ["valley_id", "original_wording", "code"]


def check_wordings(wordings: pd.DataFrame) -> list[Rejection]:
    """Wordings that have the same priority twice.

    Parameters
    ----------
    wordings : pandas.DataFrame
        Valid rows of the register file; the index is the spreadsheet's row number.
    """
    again = wordings[wordings.duplicated(_KEY)]
    return [
        Rejection(
            "deduplicate",
            FILE,
            int(str(row)),
            cells["original_wording"],
            "original_wording",
            cells["original_wording"],
            f"This wording of {cells['valley_id']} already has the priority {cells['code']}.",
            "Delete one of the two rows.",
        )
        for row, cells in again.iterrows()
    ]


def wording_notes(valleys: pd.DataFrame, wordings: pd.DataFrame) -> list[str]:
    """Priorities of valleys that no code covers, and wordings that no valley has.

    Parameters
    ----------
    valleys, wordings : pandas.DataFrame
        Valid rows of the register files; the index is the spreadsheet's row number.
    """
    said = [
        (int(str(row)), valley_id, text)
        for row, valley_id, cell in valleys[["valley_id", "s3_priorities"]].itertuples(name=None)
        for text in filter(None, cell.split(";"))
    ]
    covered = set(zip(wordings["valley_id"], wordings["original_wording"], strict=True))
    notes = [
        note_rows(
            "valleys.csv",
            [row],
            f"no code covers the priority “{text}” of {valley_id}; add a row for it in {FILE}, or "
            "it is left out of the comparison of priorities.",
        )
        for row, valley_id, text in said
        if (valley_id, text) not in covered
    ]
    known = {(valley_id, text) for _, valley_id, text in said}
    stale = [
        int(row)
        for row, valley_id, text in wordings[_KEY[:2]].itertuples(name=None)
        if (valley_id, text) not in known
    ]
    if stale:
        notes.append(note_rows(FILE, stale, "its valley names no such priority; it has no effect."))
    return notes
