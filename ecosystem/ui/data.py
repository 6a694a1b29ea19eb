"""Questions to the current release, answered from memory where they were asked before."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

from ecosystem.common.per_release import Recent
from ecosystem.common.store import Database
from ecosystem.finding import made_in_europe
from ecosystem.finding.filters import Filter
from ecosystem.ui import streamlit_internals
from ecosystem.web import serving

T = TypeVar("T")
_KEPT = 1000
_run = threading.local()
# Streamlit's own cache does the same, but writes each argument of each question into a hash, and
# a page asks thirty. As there, an answer is kept as bytes: who gets one may change it.
_answers: Recent[bytes] = Recent(_KEPT)


def begin() -> None:
    """Look for a new release at the next question; call once at the start of every rerun."""
    _run.database = None


def database() -> Database:
    """The release that this rerun reads; see :func:`ecosystem.web.serving.database`."""
    known: Database | None = getattr(_run, "database", None)
    if known is not None and not known.failed and streamlit_internals.is_script_run():
        return known
    _run.database = found = serving.database()
    return found


def forget() -> None:
    """Forget all answers."""
    _answers.clear()


def ask(question: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Answer of a domain function of the form ``question(database, *args, **kwargs)``.

    Answers are shared by all sessions and not asked for any more with another release; at midnight
    UTC too where they depend on the day, as the question or its filter says. The last thousand
    are kept.
    """
    current = database()
    day = made_in_europe.today() if _is_daily(question, *args, *kwargs.values()) else None
    name = f"{question.__module__}.{question.__qualname__}"

    def answer() -> bytes:
        return pickle.dumps(question(current, *args, **kwargs), pickle.HIGHEST_PROTOCOL)

    key = (current.release.release_id, day, name, _key(args), _key(kwargs))
    known: T = pickle.loads(_answers.get(key, answer))  # noqa: S301
    return known


def _is_daily(question: Callable[..., Any], *values: Any) -> bool:
    filters = [value for value in values if isinstance(value, Filter)]
    return made_in_europe.is_daily(question) or any(filter_.is_daily() for filter_ in filters)


def _key(value: Any) -> Hashable:
    """What tells a value from others; the type is part of it, since ``1 == True``."""
    if isinstance(value, list | tuple):
        return type(value), *(_key(part) for part in value)
    if isinstance(value, Mapping):
        return type(value), *((_key(name), _key(part)) for name, part in value.items())
    try:
        hash(value)
    except TypeError:
        return type(value), pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return type(value), value
