"""Documents without a date are told with their rows."""

from __future__ import annotations

import pandas as pd

from etl.register.documents import document_notes


def test_documents_without_a_date_are_told_with_their_rows() -> None:
    documents = pd.DataFrame({"date": ["2019-04", "", "2020", ""]}, index=[2, 3, 4, 7])
    (note,) = document_notes(documents)
    assert note.startswith("documents.csv, rows 3 and 7: no date")
    assert document_notes(documents.loc[[2, 4]]) == []
