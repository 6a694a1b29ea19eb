"""Any history of suggestions and decisions leaves inbox and register in agreement."""

from __future__ import annotations

import csv
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ecosystem.common.settings import settings as installation
from etl.inbox.check import reference
from etl.inbox.model import Draft, Refused, State
from etl.inbox.moderation import Desk, Undecidable
from etl.inbox.store import Inbox
from tests.etl.inbox.conftest import LIMES, Clock, new
from tests.examples import examples

TEXT = st.text(min_size=1, max_size=30) | st.sampled_from(
    ["=1+1", "<script>", "'; DROP TABLE suggestion;--", 'Limes, "x"', "Łódź", "мicrosoft", "a\nb"]
)
ENDS = (State.ACCEPTED, State.REJECTED)


class Histories(RuleBasedStateMachine):
    """Suggest, decide and look, in any order, with any text."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.register = Path(shutil.copytree(installation().register_dir, self.folder / "register"))
        self.clock = Clock()
        self.box = Inbox(
            self.folder / "inbox.sqlite", per_session=3, per_hour=8, max_open=6, clock=self.clock
        )
        self.desk = Desk(self.box, self.register, reference())
        self.states: dict[int, State] = {}
        self.sent: dict[str, int] = {}
        self.at_first = self.rows()
        self.made: dict[int, str] = {}

    def rows(self) -> dict[str, dict[str, str]]:
        path = self.register / "organisations.csv"
        with path.open(encoding="utf-8", newline="") as stream:
            return {row["org_id"]: row for row in csv.DictReader(stream)}

    @rule(name=TEXT, notes=TEXT, session=st.sampled_from("abc"), corrects=st.booleans())
    def suggest(self, name: str, notes: str, session: str, corrects: bool) -> None:
        draft = new(name, notes=notes)
        if corrects:
            now = self.rows()[LIMES]["notes"]
            draft = Draft(LIMES, {"notes": notes, "source_url": "https://x.eu"}, {"notes": now})
        key = draft.key(session)
        try:
            number = self.box.add(draft, session)
        except Refused:
            assert key not in self.sent, "what was acknowledged once always is"
            return
        assert self.sent.setdefault(key, number) == number
        self.states.setdefault(number, State.OPEN)

    @rule(number=st.integers(1, 12))
    def accept(self, number: int) -> None:
        try:
            org_id = self.desk.accept(number)
        except Undecidable:
            return
        assert self.states[number] is State.OPEN
        self.states[number] = State.ACCEPTED
        self.made[number] = org_id

    @rule(number=st.integers(1, 12), reason=TEXT)
    def reject(self, number: int, reason: str) -> None:
        try:
            self.desk.reject(number, reason)
        except Undecidable:
            assert self.states.get(number) is not State.OPEN or not reason.split()
            return
        assert self.states[number] is State.OPEN
        self.states[number] = State.REJECTED

    @rule(number=st.integers(1, 12))
    def undo(self, number: int) -> None:
        try:
            org_id = self.desk.undo(number)
        except Undecidable:
            return
        assert self.states[number] in ENDS
        self.states[number] = State.OPEN
        assert org_id == self.made.pop(number, "")

    @rule(hours=st.sampled_from([1, 24, 24 * 200]))
    def wait(self, hours: int) -> None:
        self.clock.now += hours * 3600 + 1

    @rule()
    def look(self) -> None:
        waiting = [suggestion.number for suggestion in self.desk.open_suggestions()]
        assert waiting == [n for n, state in self.states.items() if state is State.OPEN]
        for suggestion in self.box.suggestions(*ENDS):
            assert suggestion.contact == ""
            age = self.clock.now - suggestion.decided.timestamp()  # type: ignore[union-attr]
            assert bool(suggestion.values) == (age <= 180 * 86_400)

    @invariant()
    def inbox_agrees(self) -> None:
        if hasattr(self, "box"):
            found = {s.number: s.state for s in self.box.suggestions()}
            assert found == dict(sorted(self.states.items()))
            assert list(found) == list(range(1, len(found) + 1)), "no number is lost or given twice"

    @invariant()
    def register_agrees(self) -> None:
        if hasattr(self, "box"):
            rows = self.rows()
            made = {org_id for org_id in self.made.values() if org_id != LIMES}
            assert set(rows) == set(self.at_first) | made
            for org_id, row in self.at_first.items():
                assert org_id == LIMES or rows[org_id] == row

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)


Histories.TestCase.settings = settings(
    max_examples=examples(15),
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.usefixtures("reference_data_read_once")
class TestHistories(Histories.TestCase):  # type: ignore[misc]
    """Run by pytest."""
