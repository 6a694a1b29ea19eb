"""Questions to the current release, answered from memory where they were asked before."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, TypeVar

from ecosystem.common.per_release import Recent
from ecosystem.common.store import Database
from ecosystem.finding import made_in_europe
from ecosystem.finding.filters import Filter
from ecosystem.ui import streamlit_internals
from ecosystem.web import serving

T = TypeVar("T")
_KEPT = 1000
_CONSTANTS = (str, bytes, int, float, bool, date, datetime, type(None))
_run = threading.local()
# Streamlit's own cache does the same, but writes each argument of each question into a hash, and
# a page asks thirty. Who gets an answer may change it: each asker gets a copy.
_answers: Recent[Callable[[], Any]] = Recent(_KEPT)


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

    def answer() -> Callable[[], T]:
        return copies(question(current, *args, **kwargs))

    asked = (current.release.release_id, day, name, key(args), key(kwargs))
    copy: Callable[[], T] = _answers.get(asked, answer)
    return copy()


def copies(value: T) -> Callable[[], T]:
    """Something that gives copies of a value: whoever changes one changes no other.

    What can't be changed is its own copy, and a mapping of that is copied at once; of all else
    bytes are kept, which are read each time.
    """
    if _is_constant(value):
        return lambda: value
    whole: Any = value
    if type(whole) is dict and all(map(_is_constant, whole.values())):
        return whole.copy  # type: ignore[return-value]
    if type(whole) is list and all(map(_is_constant, whole)):
        return whole.copy  # type: ignore[return-value]
    content = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return lambda: pickle.loads(content)  # noqa: S301


def _is_constant(value: Any) -> bool:
    if type(value) in (tuple, frozenset):
        return all(map(_is_constant, value))
    if is_dataclass(value) and not isinstance(value, type):
        is_frozen = value.__dataclass_params__.frozen  # type: ignore[attr-defined]
        return is_frozen and all(_is_constant(getattr(value, f.name)) for f in fields(value))
    return isinstance(value, Enum) or type(value) in _CONSTANTS


def _is_daily(question: Callable[..., Any], *values: Any) -> bool:
    filters = [value for value in values if isinstance(value, Filter)]
    return made_in_europe.is_daily(question) or any(filter_.is_daily() for filter_ in filters)


def key(value: Any) -> Hashable:
    """What tells a value from others; the type is part of it, since ``1 == True``."""
    if isinstance(value, list | tuple):
        return type(value), *(key(part) for part in value)
    if isinstance(value, Mapping):
        return type(value), *((key(name), key(part)) for name, part in value.items())
    try:
        hash(value)
    except TypeError:
        return type(value), pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return type(value), value
