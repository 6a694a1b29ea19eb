"""What is typed into a form, kept by the browser as long as its tab lives.

A page that is loaded again, left and come back to, or whose connection was lost for long begins a
new session on the server, which knows nothing of what was typed. The browser's storage of the tab
does, and gives it back. The server keeps none of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import streamlit as st

from ecosystem.ui import style
from ecosystem.web.routes import ASSETS

_mount = st.components.v2.component("draft", js=(ASSETS / "draft.js").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Field:
    """One widget of a form.

    Attributes
    ----------
    initial : object
        Its value before anybody has touched it.
    accepts : callable
        Whether a value that the browser gives back can be the widget's. It may be anything.
    is_text : bool
        Whether it is typed letter by letter.
    write : callable
        Gives for a value what the browser keeps of it: text, a number, a list or a truth value.
    read : callable
        Gives for what the browser kept, if it is accepted, the value.
    """

    initial: object
    accepts: Callable[[object], bool]
    is_text: bool = False
    write: Callable[[Any], object] = lambda value: value
    read: Callable[[Any], object] = lambda told: told


def text(longest: int, initial: str = "") -> Field:
    """A field for text of at most so many characters."""
    return Field(initial, lambda told: isinstance(told, str) and len(told) <= longest, True)


def choice(options: Sequence[str] | Mapping[str, str], initial: str | None = None) -> Field:
    """A choice of one of some options."""
    return Field(initial, lambda told: isinstance(told, str) and told in options)


def choices(
    options: Sequence[str] | Mapping[str, str], most: int, initial: Sequence[str] = ()
) -> Field:
    """A choice of at most so many of some options."""

    def accepts(told: object) -> bool:
        return (
            isinstance(told, list)
            and len(told) <= most
            and all(isinstance(code, str) and code in options for code in told)
        )

    return Field(list(initial), accepts)


def number(lowest: int, highest: int, initial: int) -> Field:
    """A field for a whole number."""
    return Field(
        initial,
        lambda told: type(told) is int and lowest <= told <= highest,
    )


def day(initial: date) -> Field:
    """A field for a day of the calendar."""
    return Field(initial, lambda told: _is_written(date, told), False, _iso, date.fromisoformat)


def clock(initial: time) -> Field:
    """A field for a time of the day."""
    return Field(initial, lambda told: _is_written(time, told), False, _iso, time.fromisoformat)


def _iso(value: date | time | None) -> str:
    return value.isoformat() if value else ""


def _is_written(kind: type[date] | type[time], told: object) -> bool:
    """Whether what the browser kept is a day or a time; it may be anything."""
    if not isinstance(told, str):
        return False
    try:
        return getattr(kind.fromisoformat(told), "tzinfo", None) is None
    except ValueError:
        return False


def tick() -> Field:
    """A box to tick."""
    return Field(False, lambda told: isinstance(told, bool))


@contextmanager
def keep(name: str, fields: Mapping[str, Field]) -> Iterator[None]:
    """Keep what is typed into the widgets that are shown in the block.

    A value that comes back is in the session before the block is entered again. So a widget may
    have a value of its own only where its key is not in the session. One of them takes text.

    Parameters
    ----------
    name : str
        Name of the form in the browser's storage.
    fields : mapping of str to Field
        By key of the widget.
    """
    opened = f"_draft_{name}"
    texts = [key for key, field in fields.items() if field.is_text]
    # Without a text nothing would tell the next rerun from the first.
    if texts and not any(key in st.session_state for key in texts):
        # The server knows nothing of this form: it is opened for the first time, or once more.
        st.session_state[opened] = secrets.token_hex(8)
    yield
    typed = {
        key: field.write(st.session_state[key])
        for key, field in fields.items()
        if key in st.session_state and st.session_state[key] != field.initial
    }
    data = {"opened": st.session_state.get(opened, ""), "typed": typed}
    _connect(name, {**data, "texts": texts},
             lambda told: take_over(fields, told))  # fmt: skip


def forget(name: str) -> None:
    """Let the browser forget a form that is done with."""
    _connect(name, {"opened": "", "typed": {}, "texts": []}, lambda _: None)


def take_over(fields: Mapping[str, Field], told: object) -> None:
    """Give widgets what the browser kept, but for those that were touched since.

    Parameters
    ----------
    told : object
        Values by key, as the script tells them. It may be anything.
    """
    values = told if isinstance(told, Mapping) else {}
    for key, field in fields.items():
        is_untouched = st.session_state.get(key, field.initial) == field.initial
        if key in values and is_untouched and field.accepts(values[key]):
            st.session_state[key] = field.read(values[key])


def _connect(name: str, data: Mapping[str, object], tell: Callable[[object], None]) -> None:
    key = f"browser_draft_{name}"
    with style.unseen(f"{key}_frame"):
        _mount(
            key=key,
            data={"name": name, **data},
            on_told_change=lambda: tell(st.session_state[key].get("told")),
        )
