"""An inbox and a copy of the register, checked against the installation's reference data."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from ecosystem.finding.filters import Filter
from ecosystem.tables.organisations import everything
from ecosystem.web.serving import database
from etl.inbox.check import Reference, reference
from etl.inbox.ground import File
from etl.inbox.model import FIELDS, Draft
from etl.inbox.moderation import Desk
from etl.inbox.store import Inbox

LIMES = "at-limes-security-gmbh"


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def box(tmp_path: Path, clock: Clock) -> Inbox:
    return Inbox(tmp_path / "inbox" / "inbox.sqlite", clock=clock)


def file_of(box: Inbox) -> Path:
    """The file that an inbox is."""
    assert isinstance(box.ground, File)
    return box.ground.path


@pytest.fixture(scope="session")
def against() -> Reference:
    return reference()


@pytest.fixture
def desk(box: Inbox, register: Path, against: Reference) -> Desk:
    return Desk(box, register, against)


@pytest.fixture
def known(_use_test_release: None) -> pd.DataFrame:
    return everything(database(), Filter())


@pytest.fixture
def lines(register: Path) -> Callable[[], list[bytes]]:
    """The lines of the copy's file of organisations."""
    return lambda: (register / "organisations.csv").read_bytes().splitlines(keepends=True)


def new(name: str = "Armor Test Lab", **cells: str) -> Draft:
    """A new organisation, as a sound form gives it."""
    sound = {
        "name": name, "type": "sme", "city": "Cesson-Sévigné", "country": "FR",
        "domains": "cryptology", "functions": "protect", "source_url": "https://example.org/about",
        "status": "active",
    }  # fmt: skip
    return Draft("", {**dict.fromkeys(FIELDS, ""), **sound, **cells})


def correction(
    before: str = "2012", after: str = "2011", column: str = "founded", contact: str = ""
) -> Draft:
    """A correction of a real row, Limes Security, which was founded in 2012."""
    values = {column: after, "source_url": "https://limessecurity.com/about"}
    seen = {column: before, "source_url": "https://limessecurity.com"}
    return Draft(LIMES, values, seen, contact=contact)


def confirmation(register: Path, link: str = "a link") -> Draft:
    """That all is right in the row of Limes Security, as the organisation itself says it."""
    row = cells_of(register / "organisations.csv", LIMES)
    seen = {name: row.get(name, "") for name in FIELDS if name != "nuts2_hint"}
    return Draft(LIMES, {}, {**seen, "status": "active"}, link=link)


def cells_of(path: Path, org_id: str) -> dict[str, str]:
    """A row of a register file, read by Python's own reader."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return next(row for row in csv.DictReader(stream) if row["org_id"] == org_id)
