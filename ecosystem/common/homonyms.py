"""Towns of one name: when it goes without saying which of them is meant."""

from __future__ import annotations

# A town is meant without a doubt if no other of its name has more than a fifth of its inhabitants.
DOMINANCE = 5


def is_dominant(population: int, other: int) -> bool:
    """Whether a town is so large that another one of its name can't be meant.

    Parameters
    ----------
    population, other : int
        Inhabitants of the two; 0 where the gazetteer doesn't know.
    """
    return population >= DOMINANCE * max(other, 1)
