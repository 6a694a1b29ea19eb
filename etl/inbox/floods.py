"""Suggestions that came as a flood: many from one sender, or very many within an hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from etl.inbox.model import Suggestion

# From how many on there is something to reject at once.
_OF_SENDER = 5
_OF_HOUR = 50


@dataclass(frozen=True)
class Flood:
    """Suggestions that belong together by how they came.

    Attributes
    ----------
    label : str
        What they have in common, in words.
    numbers : tuple of int
        Their numbers.
    """

    label: str
    numbers: tuple[int, ...]


def floods(waiting: Iterable[Suggestion]) -> list[Flood]:
    """What may be a flood, the largest first; what organisations sent by their link is none.

    Parameters
    ----------
    waiting : iterable of Suggestion
        Open ones.
    """
    groups = defaultdict[str, list[int]](list)
    for suggestion in waiting:
        if suggestion.is_own:
            continue
        if suggestion.sender:
            groups[f"sender {suggestion.sender}"].append(suggestion.number)
        begin = suggestion.received.replace(minute=0, second=0, microsecond=0)
        end = begin + timedelta(hours=1)
        groups[f"on {begin:%-d %B %Y} from {begin:%H:%M} to {end:%H:%M} UTC"].append(
            suggestion.number
        )
    found = []
    for group, numbers in groups.items():
        is_sender = group.startswith("sender ")
        if len(numbers) >= (_OF_SENDER if is_sender else _OF_HOUR):
            came = f"from one sender, the first of them number {numbers[0]}" if is_sender else group
            found.append(Flood(f"{len(numbers):,} suggestions {came}", tuple(numbers)))
    return sorted(found, key=lambda flood: -len(flood.numbers))


def same_sender(waiting: Iterable[Suggestion], number: int) -> list[int]:
    """Numbers of all that came from the sender of one; it alone where that isn't known any more."""
    known = {suggestion.number: suggestion.sender for suggestion in waiting}
    sender = known.get(number, "")
    return [other for other, by in known.items() if sender and by == sender] or [number]
