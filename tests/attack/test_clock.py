"""The machine's clock jumps: nothing is lost, nobody is locked out, no limit is lifted for good."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.inbox.model import Refused
from etl.inbox.store import Inbox
from tests.etl.inbox.conftest import Clock, file_of, new

YEAR_S = 365 * 86_400.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def box(tmp_path: Path, clock: Clock) -> Inbox:
    return Inbox(tmp_path / "inbox" / "inbox.sqlite", clock=clock)


@pytest.mark.parametrize("jump", [-YEAR_S, -86_400.0, -1.0, 86_400.0, YEAR_S])
def test_nobody_is_locked_out_and_nothing_is_lost(box: Inbox, clock: Clock, jump: float) -> None:
    for number in range(5):
        box.add(new(str(number)), "form", "sender")
    clock.now += jump
    assert box.add(new("later"), "form", "sender") == 6
    assert [s.values["name"] for s in box.suggestions()] == ["0", "1", "2", "3", "4", "later"]
    assert box.count_open() == 6


def test_the_limit_holds_after_the_jump(box: Inbox, clock: Clock) -> None:
    clock.now -= YEAR_S
    for number in range(5):
        box.add(new(str(number)), "form")
    with pytest.raises(Refused, match="within the hour"):
        box.add(new("6"), "form")


def test_whom_a_wrong_clock_dated_in_the_future_is_forgotten_too(box: Inbox, clock: Clock) -> None:
    box.add(new(), "a session", "a sender")
    clock.now -= YEAR_S
    box.forget()
    kept = b"".join(path.read_bytes() for path in file_of(box).parent.iterdir())
    assert b"a session" not in kept
    assert b"a sender" not in kept
