"""A shortlist as PDF."""

from __future__ import annotations

import io

from pypdf import PdfReader

from ecosystem import brief
from ecosystem.common.store import Database
from ecosystem.finding.filters import Filter
from ecosystem.tables import organisations


def test_the_pdf_holds_every_organisation_and_nothing_of_others(database: Database) -> None:
    chosen = organisations.ids(database, limit=30, offset=100)
    filter_ = Filter.from_params({"orgs": chosen})
    names = set(organisations.everything(database, filter_)["name"])
    assert len(names) == 30
    reader = PdfReader(io.BytesIO(brief.collection_pdf(database, filter_)))
    # Long words are broken over lines, so spaces say nothing.
    text = "".join("".join(page.extract_text() for page in reader.pages).split())
    assert [name for name in names if "".join(name.split()) not in text.replace("\u200b", "")] == []
    assert "30organisations" in text
    assert database.release.release_id in text
    assert "LimesSecurity" not in text
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]


def test_a_list_of_nobody_is_a_page_too(database: Database) -> None:
    reader = PdfReader(
        io.BytesIO(brief.collection_pdf(database, Filter.from_params({"orgs": ["fr-nobody"]})))
    )
    assert "0 organisations" in reader.pages[0].extract_text()
