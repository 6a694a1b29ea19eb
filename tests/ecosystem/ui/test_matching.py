"""What the matching page gives away as files."""

from __future__ import annotations

import io

from openpyxl import load_workbook

from ecosystem import export
from ecosystem.common.store import Database
from ecosystem.matching import matches, score
from ecosystem.ui import matching


def test_names_in_a_file_are_no_formulas(database: Database) -> None:
    found = matches.investors_for(
        database, "fr-yeswehack", score.default_weights(score.INVESTMENT), matches.Narrowing()
    )
    mode = matching.MODES["investors"]
    hostile = found.rows.head(1).assign(name='=HYPERLINK("http://evil.example","x")')
    sheets = {"Matches": matching.file_table(mode, hostile)}
    book = load_workbook(io.BytesIO(export.tables_xlsx(database, sheets)))
    assert book["Matches"]["B2"].value == '\'=HYPERLINK("http://evil.example","x")'
    text = export.table(database, sheets["Matches"]).decode("utf-8-sig")
    assert "\"'=HYPERLINK(" in text
