"""Sums that give no single case away, though their parts can be subtracted from each other."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

# A sum of fewer is said to be just that.
LEAST = 3

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class SafeSums(Generic[K]):
    """What may be said of a sum and its parts.

    Attributes
    ----------
    total : int or None
        The sum; None if nothing is known, or if it is too small.
    is_few : bool
        Whether something is known, and it adds up to fewer than :data:`LEAST`.
    parts : dict
        Counts that may be said alone, in their order.
    withheld : tuple
        Parts that are known and of which only the sum of all may be said, in their order.
    unknown : tuple
        Parts of which nothing is known, in their order.
    """

    total: int | None = None
    is_few: bool = False
    parts: dict[K, int] = field(default_factory=dict)
    withheld: tuple[K, ...] = ()
    unknown: tuple[K, ...] = ()


def safe_sums(values: Mapping[K, int | None]) -> SafeSums[K]:
    """What may be said of some counts and their sum so that no small one can be worked out.

    One small part withholds all of them. Leaving out the small ones, or adding them up with a few
    others, tells more than it seems: whoever knows the rule can find, of 2, 2, 2 and 3, that the
    first three must be 2 each.

    Parameters
    ----------
    values : mapping of hashable to int or None
        Counts by part; None where one isn't known, which is never zero.

    Examples
    --------
    >>> safe_sums({2017: 5, 2018: 3}).parts
    {2017: 5, 2018: 3}
    >>> sums = safe_sums({2017: 5, 2018: 1, 2019: None})
    >>> sums.total, sums.parts, sums.withheld, sums.unknown
    (6, {}, (2017, 2018), (2019,))
    """
    known = {part: count for part, count in values.items() if count is not None}
    unknown = tuple(part for part, count in values.items() if count is None)
    total = sum(known.values())
    if total < LEAST:
        return SafeSums(is_few=bool(known), withheld=tuple(known), unknown=unknown)
    if any(count < LEAST for count in known.values()):
        return SafeSums(total=total, withheld=tuple(known), unknown=unknown)
    return SafeSums(total=total, parts=known, unknown=unknown)
