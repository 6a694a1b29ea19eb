"""What a plan achieves, in figures that say of what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ecosystem.matching.investor_day.model import Day, Kind, Plan


@dataclass(frozen=True)
class Measures:
    """Figures of a plan.

    Attributes
    ----------
    meetings : int
        How many there are.
    total_match : float
        Sum of what each adds (:meth:`Day.value`).
    mean_score : float or None
        Mean score of those meetings whose pair has one.
    scored : int
        How many those are.
    wishes, wishes_met : int
        Wishes of one participant for another, and how many of these meet.
    mutual, mutual_met : int
        Pairs of which both wish it, and how many of these meet.
    counts : mapping of str to int
        Meetings by participant.
    fair_minimum : int
        Everybody has as many meetings as this, or as many as they could have at all.
    fairness : mapping of Kind to float
        Jain's index of the meetings of a side: 1 if all have the same, 1/n if one has all.
    gaps : mapping of str to int
        Idle stretches between two meetings of a session, by participant.
    idle : mapping of str to int
        Slots in those stretches, by participant.
    table_changes : mapping of str to int
        How often a participant goes to another table from one meeting to the next.
    """

    meetings: int
    total_match: float
    mean_score: float | None
    scored: int
    wishes: int
    wishes_met: int
    mutual: int
    mutual_met: int
    counts: Mapping[str, int]
    fair_minimum: int
    fairness: Mapping[Kind, float]
    gaps: Mapping[str, int]
    idle: Mapping[str, int]
    table_changes: Mapping[str, int]

    @property
    def gaps_in_all(self) -> int:
        """Gaps of all participants."""
        return sum(self.gaps.values())

    @property
    def most_gaps(self) -> int:
        """Gaps of the participant who has the most."""
        return max(self.gaps.values(), default=0)

    @property
    def idle_in_all(self) -> int:
        """Idle slots between meetings of all participants."""
        return sum(self.idle.values())

    @property
    def most_idle(self) -> int:
        """Idle slots of the participant who has the most."""
        return max(self.idle.values(), default=0)

    @property
    def table_changes_in_all(self) -> int:
        """Changes of table of all participants."""
        return sum(self.table_changes.values())


def measure(day: Day, plan: Plan) -> Measures:
    """Work out the figures of a plan.

    Parameters
    ----------
    day : Day
        What the organiser said; who doesn't come is left out.
    plan : Plan
        A plan of this day.
    """
    day = day.today
    ids = [one.id for one in day.participants]
    counts = {who: len(plan.of.get(who, ())) for who in ids}
    scores = [
        score for one in plan.meetings if (score := day.score(one.one, one.other)) is not None
    ]
    idle = {
        who: idle_stretches(day, who, [one.slot for one in plan.of.get(who, ())]) for who in ids
    }
    return Measures(
        meetings=len(plan.meetings),
        total_match=sum(day.value(one.one, one.other) for one in plan.meetings),
        mean_score=sum(scores) / len(scores) if scores else None,
        scored=len(scores),
        wishes=len(day.wished),
        wishes_met=sum(day.wishes_of(one.one, one.other) for one in plan.meetings),
        mutual=len(day.mutual),
        mutual_met=sum(one.key in day.mutual for one in plan.meetings),
        counts=counts,
        fair_minimum=fair_minimum(day, counts),
        fairness={
            kind: jain([counts[one.id] for one in day.participants if one.kind is kind])
            for kind in Kind
        },
        gaps={who: len(stretches) for who, stretches in idle.items()},
        idle={who: sum(stretches) for who, stretches in idle.items()},
        table_changes={
            who: sum(one.table != other.table for one, other in pairwise(plan.of.get(who, ())))
            for who in ids
        },
    )


def idle_stretches(day: Day, who: str, taken: Sequence[int]) -> list[int]:
    """Lengths in slots of each gap: free slots between two meetings of the same session.

    Slots in which somebody is kept from meetings, by a pitch or an absence, are no waiting.
    """
    found = []
    for session in dict.fromkeys(slot.session for slot in day.slots):
        mine = [n for n in taken if day.slot[n].session == session]
        for before, after in pairwise(sorted(mine)):
            waiting = sum(before < n < after for n in day.free[who])
            if waiting:
                found.append(waiting)
    return found


def reach(day: Day) -> Mapping[str, int]:
    """Meetings that each participant could have at all: by their limit and by who may meet them."""
    partners = dict.fromkeys((one.id for one in day.participants), 0)
    for pair in day.candidates:
        for who in pair:
            partners[who] += 1
    return {one.id: min(day.maximum(one), partners[one.id]) for one in day.participants}


def fair_minimum(day: Day, counts: Mapping[str, int]) -> int:
    """Meetings that everybody has at least, but for who could not have so many at all."""
    most = reach(day)
    short = [counts[who] for who in most if counts[who] < most[who]]
    return min(short, default=max(most.values(), default=0))


def jain(numbers: Sequence[int]) -> float:
    """Jain's index of fairness, (Σx)² / (n Σx²); 1 where there is nothing to share.

    Jain, Chiu and Hawe (1984), A quantitative measure of fairness and discrimination for resource
    allocation in shared computer systems, DEC Research Report TR-301.
    """
    squares = len(numbers) * sum(one * one for one in numbers)
    return sum(numbers) ** 2 / squares if squares else 1.0
