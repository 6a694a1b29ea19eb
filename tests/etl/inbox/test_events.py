"""What has happened to an organisation, from the suggestion to the row of the register."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from etl.inbox.events import event
from etl.inbox.model import LIFE, Draft
from etl.inbox.moderation import Desk, Undecidable
from etl.register.rows import RegisterFile
from tests.etl.inbox.conftest import LIMES, cells_of, correction

SOURCE = "https://limessecurity.com"
CLOSED = {"status": "closed", "status_year": "2025", "status_source_url": "https://example.org/n"}


def fate(**cells: str) -> Draft:
    """A suggestion of what became of Limes Security."""
    values = CLOSED | cells
    before = dict.fromkeys(values, "") | {"status": "active"}
    return Draft(LIMES, {**values, "source_url": SOURCE}, before)


@pytest.mark.parametrize(
    ("values", "before", "said"),
    [
        ({"status": "closed"}, {"status": "active"}, "has closed"),
        ({"status": "acquired"}, {"status": "active"}, "was acquired"),
        ({"status": "merged"}, {"status": "active"}, "has merged"),
        ({"status": "active"}, {"status": "closed"}, "is active again"),
        ({"city": "Linz"}, {"city": "Wien"}, "has moved"),
        ({"city": "Évora"}, {"city": "Evora"}, ""),
        ({"founded": "2011"}, {"founded": "2012"}, ""),
        ({"status": "active", "name": "New"}, {}, ""),
    ],
)
def test_what_has_happened(values: dict[str, str], before: dict[str, str], said: str) -> None:
    assert event(values, before) == said


def test_an_accepted_closure_is_in_the_row_and_the_columns_come_with_it(
    desk: Desk, register: Path
) -> None:
    path = register / "organisations.csv"
    before = path.read_bytes()
    assert b"status_year" not in before
    number = desk.inbox.add(fate(successor_id="fr-secure-ic"), "session")
    review = desk.review(number)
    assert review.faults == []
    assert [change.column for change in review.changes] == [
        "status", "status_year", "successor_id", "status_source_url"
    ]  # fmt: skip
    assert desk.accept(number) == LIMES
    row = cells_of(path, LIMES)
    assert [row[name] for name in LIFE] == [
        "closed", "2025", "fr-secure-ic", "", "https://example.org/n"
    ]  # fmt: skip
    assert row["source_url"] == SOURCE
    assert row["evidence"] == "general"
    other = cells_of(path, "fr-secure-ic")
    assert [other[name] for name in LIFE] == [""] * 5
    assert len(path.read_bytes().splitlines()) == len(before.splitlines())
    assert desk.open_suggestions() == []


def test_a_correction_adds_no_columns(
    desk: Desk, lines: Callable[[], list[bytes]], register: Path
) -> None:
    before = lines()
    desk.accept(desk.inbox.add(correction(), "session"))
    assert [a for a, b in zip(before, lines(), strict=True) if a != b] == [
        line for line in before if line.startswith(LIMES.encode())
    ]


@pytest.mark.slow
def test_a_moderator_mends_what_is_missing(desk: Desk, register: Path) -> None:
    number = desk.inbox.add(fate(status="merged"), "session")
    review = desk.review(number)
    assert [fault.column for fault in review.faults] == ["successor_id"]
    assert {change.column for change in review.offered} >= set(LIFE)
    with pytest.raises(Undecidable, match="without saying by or into which organisation"):
        desk.accept(number)
    with pytest.raises(Undecidable, match="no such organisation in the register: fr-nobody"):
        desk.accept(number, edits={"successor_id": "fr-nobody"})
    desk.accept(number, edits={"successor_name": "cyan AG"})
    assert cells_of(register / "organisations.csv", LIMES)["successor_name"] == "cyan AG"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("org_id,name\na,b\n", "org_id,name,x,y\na,b,,\n"),
        ("org_id;name\r\na;b", "org_id;name;x;y\r\na;b;;"),
        ('"org_id","name"\n"a","b"\n', '"org_id","name","x","y"\n"a","b","",""\n'),
        ("org_id,name\na\n\nb,c\n", "org_id,name,x,y\na,,,\n\nb,c,,\n"),
        ("org_id,x,name\na,1,b\n", "org_id,x,name,y\na,1,b,\n"),
        ("org_id,x,y\na,1,2\n", "org_id,x,y\na,1,2\n"),
    ],
)
def test_columns_are_added_behind_the_others(text: str, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "organisations.csv"
    path.write_bytes(text.encode())
    assert RegisterFile(path).with_columns(["x", "y"]).decode() == expected
