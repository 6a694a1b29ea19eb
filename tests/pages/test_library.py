"""The library, the page of Interreg Europe CYBER, and WG4 on the about page."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from ecosystem.common.store import Database
from ecosystem.tables import documents, events
from ecosystem.ui import data
from ecosystem.ui.escape import markdown
from ecosystem.ui.library import citation
from tests.pages.conftest import Visit
from tests.pages.test_pages import plain, words


def test_the_library_is_narrowed_and_searched_by_the_address(visit: Visit) -> None:
    app = visit("library", {"kind": "map", "words": "valleys"})
    assert not app.exception
    assert "Connecting European Cyber Valleys" in plain(words(app))
    assert "**1 document**" in words(app)
    assert "No public copy was found." in words(app)
    app = visit("library", {"words": "zzzzqqq", "author": "<b>nobody"})
    assert "There are no documents for which all of this holds." in words(app)
    assert "Left out, since no document has it: Group or body" in words(app)
    app = visit("library", {"id": "<script>"})
    assert "There is no document at this address." in words(app)


def test_a_citation_says_what_is_known() -> None:
    known = {
        "title": "A  title", "kind": "report", "date": "2019-04", "working_group": "ECSO WG4",
        "url": "https://example.org/a",
    }  # fmt: skip
    assert citation(known) == "ECSO WG4 (April 2019). A title [Report]. https://example.org/a"
    unknown = {**known, "date": None, "working_group": None, "url": "javascript:x"}
    assert citation(unknown) == "Author not known (n.d.). A title [Report]."


def test_interreg_cyber_says_partners_phases_results_and_what_followed(visit: Visit) -> None:
    app = visit("interreg_cyber")
    assert not app.exception
    assert "2018 to 2021" in words(app)
    links = [plain(link.label) for link in app.get("page_link")]
    assert any("CAMPUS" in label for label in links)
    assert "Cyberbreakfast" in links
    assert any("kick-off" in label for label in links)


def test_about_names_organisations_that_chair_the_working_group(visit: Visit) -> None:
    said = plain(words(visit("about")))
    assert "Sub-group on Central and Eastern Europe: RHEA." in said
    assert "No contact address of the group was found" in said


HOSTILE = '<img src=x onerror=alert(1)> ![x](http://evil.example/x) :material/bolt: =cmd|"/C" $x^2$'


def test_text_of_the_register_stays_text(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every text column of events and documents holds what nobody should: it is shown as it is."""
    event_rows, document_rows = events.selection, documents.selection

    def hostile_events(database: Database, **choice: Any) -> pd.DataFrame:
        columns = ("name", "city", "organiser", "notes")
        return event_rows(database, **choice).assign(
            **dict.fromkeys(columns, HOSTILE), source_url="javascript:alert(1)"
        )

    def hostile_documents(database: Database, **choice: Any) -> pd.DataFrame:
        columns = ("title", "working_group", "summary")
        return document_rows(database, **choice).assign(
            **dict.fromkeys(columns, HOSTILE), url="javascript:alert(1)"
        )

    monkeypatch.setattr(events, "selection", hostile_events)
    monkeypatch.setattr(documents, "selection", hostile_documents)
    data.forget()
    for page in ("events", "library"):
        app = visit(page)
        assert not app.exception
        said = [e.value for e in (*app.markdown, *app.caption) if "onerror" in e.value]
        assert said
        assert all(markdown(HOSTILE) in text for text in said)
        assert not any("javascript:" in text for text in said)
    data.forget()
