"""What the planner's process is told and tells: one line of JSON each."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import TypeAdapter

from ecosystem.matching.investor_day.model import Day, Plan
from ecosystem.matching.investor_day.solver import Outcome, Progress

STOP = "stop"


@dataclass(frozen=True)
class Order:
    """What is to be planned: the first line that the process reads.

    Attributes
    ----------
    day, previous, seconds
        As for :func:`ecosystem.matching.investor_day.solver.solve`.
    megabytes : int
        Memory that the process may take.
    queue : str
        File whose lock the process waits for, so that one plans after the other.
    """

    day: Day
    seconds: float
    previous: Plan | None
    megabytes: int
    queue: str


@dataclass(frozen=True)
class Message:
    """What the process says: that its turn has come, how far it is, or what came of it."""

    progress: Progress | None = None
    outcome: Outcome | None = None


ORDER: TypeAdapter[Order] = TypeAdapter(Order)
MESSAGE: TypeAdapter[Message] = TypeAdapter(Message)
