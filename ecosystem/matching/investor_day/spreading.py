"""Spread meetings over like slots, as the colours of the edges of a bipartite graph.

After König (1916): as many colours suffice as the busiest participant has meetings. Two colours
make paths and circles; exchanging them along one frees a colour at its end, and evens out how many
meetings are in a slot, so that tables suffice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from ecosystem.matching.investor_day.model import Key
from ecosystem.matching.investor_day.problem import Group, Problem

Node = tuple[str, str]


class UnevenError(Exception):
    """Both sides stay at tables, and exchanging slots leaves one with more meetings than tables."""


class _Colours:
    """Meetings of a group of slots, each with its slot."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self.at: dict[Node, dict[int, Key]] = defaultdict(dict)
        self.of: dict[Key, int] = {}

    def nodes(self, pair: Key) -> tuple[Node, Node]:
        """Both ends of a meeting: who stays at a shared table is one with the table."""
        return self._node(pair[0]), self._node(pair[1])

    def _node(self, who: str) -> Node:
        table = self._problem.day.by_id[who].table
        return ("table", table) if table in self._problem.shared_tables else ("who", who)

    def put(self, pair: Key, slot: int) -> None:
        for node in self.nodes(pair):
            self.at[node][slot] = pair
        self.of[pair] = slot

    def path(self, node: Node, slot: int, other: int) -> list[Key]:
        """Meetings that follow each other from a node, in two slots by turns."""
        found: list[Key] = []
        while (pair := self.at[node].get(slot)) is not None and pair not in found[:1]:
            found.append(pair)
            one, two = self.nodes(pair)
            node, slot, other = (two if node == one else one), other, slot
        return found

    def exchange(self, pairs: list[Key], slot: int, other: int) -> None:
        """Move meetings from each of two slots to the other."""
        moves = [(pair, other if self.of[pair] == slot else slot) for pair in pairs]
        for pair, _ in moves:
            for node in self.nodes(pair):
                del self.at[node][self.of[pair]]
        for pair, to in moves:
            self.put(pair, to)


def spread(problem: Problem, chosen: Mapping[Key, Group]) -> dict[Key, int]:
    """A slot for each chosen meeting: nobody twice in one, and no more than there are tables.

    Parameters
    ----------
    problem : Problem
        A two-sided problem (:attr:`Problem.is_two_sided`), or one whose groups are single slots.
    chosen : mapping of pair to group
        The group of like slots in which each pair meets.

    Raises
    ------
    UnevenError
        If tables don't suffice, which can be only where both sides stay at some.
    """
    found: dict[Key, int] = {}
    by_group: dict[Group, list[Key]] = defaultdict(list)
    for pair, group in chosen.items():
        by_group[group].append(pair)
    for group, pairs in by_group.items():
        if len(group) == 1:
            found |= dict.fromkeys(pairs, group[0])
            continue
        colours = _Colours(problem)
        for pair in pairs:
            _colour(colours, pair, group)
        _even_out(problem, colours, group)
        found |= colours.of
    return found


def _colour(colours: _Colours, pair: Key, group: Group) -> None:
    one, two = colours.nodes(pair)
    first = next(slot for slot in group if slot not in colours.at[one])
    second = next(slot for slot in group if slot not in colours.at[two])
    if first in colours.at[two]:
        # The path can't come back to the other end, which has no meeting in that slot.
        colours.exchange(colours.path(two, first, second), first, second)
    colours.put(pair, first)


def _even_out(problem: Problem, colours: _Colours, group: Group) -> None:
    """Move meetings of who walks from slots with more than there are tables."""
    walks = {pair: not problem.day.table_of(*pair) for pair in colours.of}
    seats = problem.seats[group[0]]

    def load(slot: int) -> int:
        return sum(walks[pair] for pair, at in colours.of.items() if at == slot)

    while (full := max(group, key=load)) is not None and load(full) > seats:
        spare = min(group, key=load)
        seen: set[Key] = set()
        for pair, at in list(colours.of.items()):
            if at != full or pair in seen:
                continue
            part = _part(colours, pair, full, spare)
            seen |= set(part)
            moved = sum((1 if colours.of[one] == full else -1) for one in part if walks[one])
            if moved > 0:
                colours.exchange(part, full, spare)
                break
        else:
            raise UnevenError


def _part(colours: _Colours, pair: Key, slot: int, other: int) -> list[Key]:
    """All meetings that two slots join with one of them."""
    one, two = colours.nodes(pair)
    forth = colours.path(one, slot, other)
    back = colours.path(two, slot, other)
    return list(dict.fromkeys([*forth, *back]))
