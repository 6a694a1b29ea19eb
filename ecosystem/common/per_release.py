"""What is worked out once for each release and kept as long as it is open."""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Generic, TypeVar

import pandas as pd

from ecosystem.common.store import Database

T = TypeVar("T")
Pandas = TypeVar("Pandas", pd.DataFrame, pd.Series)


def per_release(build: Callable[[Database], T]) -> Callable[[Database], T]:
    """Remember what a function gives for a database; threads that ask at once wait for one.

    Parameters
    ----------
    build : callable
        Takes the database alone. What it gives is shared and must not be changed.
    """
    kept: weakref.WeakKeyDictionary[Database, T] = weakref.WeakKeyDictionary()
    lock = threading.Lock()

    @wraps(build)
    def remember(database: Database) -> T:
        with lock:
            if database not in kept:
                kept[database] = build(database)
            return kept[database]

    return remember


def per_release_and_level(
    build: Callable[[Database, str], Pandas],
) -> Callable[[Database, str], Pandas]:
    """Remember the tables that a function gives for a database and a level of regions.

    Parameters
    ----------
    build : callable
        Takes the database and the level. Each caller gets an object of its own, which may be
        changed; pandas copies what is in it only then.
    """

    @per_release
    def tables(database: Database) -> dict[str, Pandas]:
        return {}

    @wraps(build)
    def remember(database: Database, level: str) -> Pandas:
        of_level = tables(database)
        if level not in of_level:
            of_level[level] = build(database, level)
        return of_level[level].copy(deep=False)

    return remember


class Recent(Generic[T]):
    """The last few answers to questions of one kind; safe to share between threads.

    Parameters
    ----------
    size : int
        How many are kept.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, question: Hashable, answer: Callable[[], T]) -> T:
        """The kept answer; else what the function gives, which is kept then."""
        with self._lock:
            if question in self._kept:
                self._kept.move_to_end(question)
                return self._kept[question]
        new = answer()
        with self._lock:
            self._kept[question] = new
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return new

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._kept)

    def clear(self) -> None:
        """Forget all answers."""
        with self._lock:
            self._kept.clear()

    def drop(self, question: Hashable) -> None:
        """Forget the answer to a question."""
        with self._lock:
            self._kept.pop(question, None)
