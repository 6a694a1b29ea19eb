"""The soak finds what it is for, and the site comes through a small one."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.soak import Outcome, Plan, Soak, as_json, tell
from etl.inbox.model import FIELDS, Draft
from etl.inbox.store import Inbox
from tests import coroutines

SMALL = Plan(visitors=3, seconds=12, thinks_s=1, refresh_s=4, suggesters=1, restarts=1)


@pytest.mark.slow
@pytest.mark.kill
def test_nothing_is_lost_and_no_visitor_sees_an_error(releases_dir: Path, tmp_path: Path) -> None:
    outcome = coroutines.run(Soak(SMALL, releases_dir, tmp_path).run())
    assert outcome.errors == {}
    assert outcome.acknowledged
    assert outcome.lost == []
    assert outcome.restarts == 1
    assert (outcome.refreshes >= 1, outcome.failed_refreshes) == (True, 0)
    assert outcome.steps >= SMALL.visitors
    # The server that came last counts for itself, and was asked before it ended.
    assert set(outcome.counted) == {"done"}
    assert outcome.is_fine()


def test_a_suggestion_that_is_missing_or_another_is_lost(
    releases_dir: Path, tmp_path: Path
) -> None:
    soak = Soak(replace(SMALL, visitors=0), releases_dir, tmp_path)
    inbox = Inbox(tmp_path / "inbox" / "inbox.sqlite")
    names = ("kept", "overwritten")
    kept, other = (
        inbox.add(Draft("", dict.fromkeys(FIELDS, "") | {"name": name}), "form") for name in names
    )
    soak.outcome.acknowledged = {kept: "kept", other: "what was acknowledged", 99: "gone"}
    soak._compare_with_inbox()
    assert soak.outcome.lost == [other, 99]
    assert not soak.outcome.is_fine()


def test_memory_that_grows_is_told() -> None:
    outcome = Outcome(memory=[(float(at), 0, 400 + at / 6) for at in range(0, 600, 10)])
    assert outcome.slope_mb_min(0, 60) == pytest.approx(10)
    assert outcome.slope_mb_min(1, 60) is None
    lines: list[str] = []
    tell(SMALL, outcome, lines.append)
    said = "+10.0 MB a minute between refreshes after the first fifth"
    assert f"memory of process 1: 400 to 498 MB, {said}" in lines


def test_a_release_that_is_open_beside_the_next_is_no_growth() -> None:
    memory = [(float(at), 0, 400.0 + 40 * (at % 60 < 20) * (at > 400)) for at in range(0, 600, 5)]
    assert Outcome(memory=memory).slope_mb_min(0, 60) == pytest.approx(0)


def test_what_was_measured_can_be_written() -> None:
    outcome = Outcome(errors=Counter(TimeoutError=2), releases={"b", "a"})
    found = json.loads(as_json(SMALL, outcome))
    assert found["errors"] == {"TimeoutError": 2}
    assert found["releases"] == ["a", "b"]
    assert found["plan"]["visitors"] == SMALL.visitors
