"""Questions to the current release, answered from Streamlit's cache where possible."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import streamlit as st

from ecosystem.common.store import Database
from ecosystem.finding import made_in_europe
from ecosystem.finding.filters import Filter
from ecosystem.web import serving

T = TypeVar("T")


def database() -> Database:
    """The release that this rerun reads; see :func:`ecosystem.web.serving.database`."""
    return serving.database()


def ask(question: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Answer of a domain function of the form ``question(database, *args, **kwargs)``.

    Answers are shared by all sessions and forgotten with the release; at midnight UTC too where
    they depend on the day, as the question or its filter says.
    """
    current = database()
    name = f"{question.__module__}.{question.__qualname__}"
    day = made_in_europe.today() if _is_daily(question, *args, *kwargs.values()) else None
    answer: T = _answer(current.release.release_id, day, name, question, current, args, kwargs)
    return answer


def _is_daily(question: Callable[..., Any], *values: Any) -> bool:
    filters = [value for value in values if isinstance(value, Filter)]
    return made_in_europe.is_daily(question) or any(filter_.is_daily() for filter_ in filters)


def _filter_key(filter_: Filter) -> str:
    return json.dumps(filter_.to_params(), sort_keys=True)


@st.cache_data(max_entries=1000, show_spinner=False, hash_funcs={Filter: _filter_key})
def _answer(
    release_id: str,
    day: date | None,
    name: str,
    _question: Callable[..., Any],
    _database: Database,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    del release_id, day, name  # they are the key
    return _question(_database, *args, **kwargs)
