"""A crowd over the websocket: everyone is answered, and what goes wrong is counted."""

from __future__ import annotations

from benchmarks.crowd import Plan, visit
from tests import coroutines
from tests.browser.server import free_port

SHORT = Plan(visitors=6, seconds=3, warm_up_s=1, thinks_s=0.3)


def test_everyone_in_a_crowd_is_answered(address: str) -> None:
    outcome = coroutines.run(visit(address, SHORT))
    assert not outcome.errors
    assert len(outcome.first_s) == SHORT.visitors
    assert list(outcome.lines())[-1].split() == ["errors", "0"]


def test_who_is_not_answered_is_counted() -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    outcome = coroutines.run(visit(nowhere, Plan(2, 0.5, warm_up_s=0.1, thinks_s=0.1)))
    assert sum(outcome.errors.values()) >= 2
    assert not outcome.first_s
