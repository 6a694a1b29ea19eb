"""The register file of documents: what its Table Schema can't say."""

from __future__ import annotations

import pandas as pd

from etl.model import note_rows

FILE = "documents.csv"


def document_notes(documents: pd.DataFrame) -> list[str]:
    """Documents without a date, which no year of the library has.

    Parameters
    ----------
    documents : pandas.DataFrame
        Valid rows of the register file; the index is the spreadsheet's row number.
    """
    rows = [int(str(row)) for row in documents.index[documents["date"] == ""]]
    sentence = "no date, so the library lists it last; add the year if a page names it."
    return [note_rows(FILE, rows, sentence)] if rows else []
