"""What is worked out once for a release and a filter, though many parts of a page ask for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from ecosystem.common.per_release import Recent, per_release
from ecosystem.common.store import Database
from ecosystem.finding import made_in_europe
from ecosystem.finding.filters import Filter

T = TypeVar("T")
# As many filters as a crowd looks at at once; of each only what parts of one page share.
_KEPT = 32


def per_filter(work: Callable[..., T]) -> Callable[..., T]:
    """Remember what a function gives for a release, a filter and what else it is told.

    Parameters
    ----------
    work : callable
        Takes a database, a filter and values that have a hash. What it gives is shared and must
        not be changed.
    """

    @per_release
    def recent(database: Database) -> Recent[T]:
        del database
        return Recent(_KEPT)

    @wraps(work)
    def remember(database: Database, filter_: Filter, *more: object) -> T:
        is_daily = made_in_europe.is_daily(work) or filter_.is_daily()
        day = made_in_europe.today() if is_daily else None
        return recent(database).get((day, filter_, *more), lambda: work(database, filter_, *more))

    return remember
