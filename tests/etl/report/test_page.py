"""The page says what is wrong and where, to people, and runs nothing."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from etl.pipeline import Outcome, Prepared, prepare
from etl.report import page as page_module
from etl.report.content import Content
from etl.report.page import page
from tests.etl.report.conftest import FORMULA, MARKUP, with_rejections


class Parsed(HTMLParser):
    """Tags, attributes, and the cells of each row of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.rows: list[list[str]] = []
        self.text = ""
        self._in_cell = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag == "tr":
            self.rows.append([])
        if tag == "td":
            self._in_cell = True
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._in_cell:
            self.rows[-1][-1] += data


@pytest.fixture(scope="module")
def parsed(prepared: Prepared, outcome: Outcome) -> Parsed:
    return Parsed(page(Content(outcome)))


@pytest.mark.slow
def test_every_fault_has_its_cell_its_value_and_its_mend(parsed: Parsed) -> None:
    rows = {row[1]: row for row in parsed.rows if len(row) == 6}
    type_cell = "row 4, column “type”"
    assert set(rows) == {
        "row 2, column “type”", "row 3, column “website”", type_cell, "row 5, column “city”",
        "row 6, column “name”", "row 8, column “notes”",
    }  # fmt: skip
    assert rows[type_cell][:4] == ["organisations.csv", type_cell, MARKUP, "smee"]
    assert "Did you mean sme" in rows[type_cell][5]
    assert rows["row 6, column “name”"][3] == "(empty)"
    assert rows["row 2, column “type”"][3] == FORMULA


def test_the_verdict_comes_first(parsed: Parsed, outcome: Outcome) -> None:
    verdict = (
        f"This would not be published: {len(outcome.rejections)} cells must be corrected first."
    )
    assert verdict in parsed.text
    assert parsed.text.index(verdict) < parsed.text.index("What to correct")


def test_changes_are_shown_from_old_to_new(parsed: Parsed) -> None:
    moved = [row for row in parsed.rows if len(row) == 4 and "km away" in row[3]]
    assert len(moved) == 1
    changed = {tuple(row[2:]) for row in parsed.rows if len(row) == 5}
    assert ("Town", moved[0][2].split(" (")[0], "Linz") in changed


def test_nothing_runs_and_nothing_comes_from_elsewhere(parsed: Parsed) -> None:
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(parsed.tags)
    addresses = [v for name, v in parsed.attributes if name in ("href", "src", "action")]
    assert all(address.startswith("#") for address in addresses)
    assert not [name for name, _ in parsed.attributes if name.startswith("on")]
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in parsed.attributes


def test_long_lists_are_cut_and_say_so(prepared: Prepared, outcome: Outcome) -> None:
    many = with_rejections(outcome, outcome.rejections * 500)
    parsed = Parsed(page(Content(many)))
    assert len([row for row in parsed.rows if len(row) == 6]) == page_module.MAX_ROWS
    assert "more rows, not shown here" in parsed.text


@pytest.mark.slow
def test_a_sound_register_reads_as_such(release_dir: object) -> None:
    with prepare(releases_dir=release_dir) as ready:  # type: ignore[arg-type]
        text = Parsed(page(Content(ready.verdict()))).text
    assert "This would be published." in text
    assert "no change" in text
    assert "What to correct" not in text
