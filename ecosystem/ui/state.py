"""The state of a page is its address: filter, level, selection, sorting, page.

Two things change it: a visitor's action, always in a widget's callback, which calls
:func:`update`; and the address itself (a link, back, forward), which :func:`begin` takes over.
The session only remembers what the address was, since a browser may ask for the next rerun
before it has heard of the last change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

import streamlit as st

from ecosystem.common.settings import settings
from ecosystem.common.store import ReleaseError
from ecosystem.finding.filters import PARAMS, Filter, with_town_of_search
from ecosystem.ui.data import ask

_STATE = "_address"
_CHANGED = "_address_changed_by_visitor"
# Parameters that the words of a search decide together.
_SEARCH = ("q", "near", "km")
# The map's position: assets/map/address.js reads it from the address bar and writes it there.
_POSITION = "at"


def begin() -> None:
    """Bring address and session together; call once at the start of every rerun."""
    if not st.session_state.pop(_CHANGED, False) or _STATE not in st.session_state:
        st.session_state[_STATE] = _address()


def params() -> dict[str, list[str]]:
    """All parameters of the address, each with its values."""
    state: dict[str, list[str]] = st.session_state.get(_STATE, {})
    return dict(state)


def get(name: str, default: str = "") -> str:
    """First value of a parameter."""
    values = params().get(name)
    return values[0] if values else default


def update(changes: Mapping[str, Sequence[str] | str | None]) -> None:
    """Change parameters on a visitor's behalf; None or nothing removes one.

    Call it in a widget's callback: the address then is right before the page is drawn.
    """
    state = params()
    for name, value in changes.items():
        values = [value] if isinstance(value, str) else list(value or ())
        if any(values):
            state[name] = values
        else:
            state.pop(name, None)
    st.session_state[_STATE] = state
    st.session_state[_CHANGED] = True
    _write()


def assign(key: str, value: object) -> None:
    """Give a widget the address's value, without telling the browser what it knows already."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def bind(
    name: str,
    key: str,
    value: object,
    *,
    default: object = None,
    write: Callable[[Any], Sequence[str] | str] = str,
    resets: Sequence[str] = (),
) -> Callable[[], None]:
    """Bind a widget to a parameter of the address; call it right before the widget is shown.

    Parameters
    ----------
    name : str
        Parameter of the address.
    key : str
        Key of the widget.
    value : object
        What the widget shows: the address's value, as the widget has it.
    default : object
        What the address doesn't name.
    write : callable
        Writes a widget's value as the parameter's value or values.
    resets : sequence of str
        Parameters that a choice takes away: the page of a list, for one.

    Returns
    -------
    callable
        The widget's ``on_change``.
    """
    assign(key, value)

    def take_choice() -> None:
        chosen = st.session_state[key]
        is_named = chosen is not None and chosen != default
        update({name: write(chosen) if is_named else None, **dict.fromkeys(resets)})

    return take_choice


def address(query: Mapping[str, Sequence[str]] | None = None) -> str:
    """Web address of what is shown, for citations; empty where no browser has told it.

    The page below the site's own address if a setting names that, since behind a proxy the
    browser's may be another.

    Parameters
    ----------
    query : mapping of str to sequence of str, optional
        Parameters in place of those that the page has.
    """
    shown = urlsplit(st.context.url or "")
    if not shown.netloc:
        return settings().site_url
    page = shown.path.rpartition("/")[2]
    written = urlencode(params() if query is None else query, doseq=True)
    return f"{site()}/{page}{f'?{written}' if written else ''}"


def site() -> str:
    """Web address of the site without a slash at its end; empty where no browser has told it."""
    shown = urlsplit(st.context.url or "")
    # The page's own name is the last part of the path; what is before it is the site's.
    above = shown.path.rpartition("/")[0]
    told = f"{shown.scheme}://{shown.netloc}{above}" if shown.netloc else ""
    return settings().site_url.rstrip("/") or told


def filter_() -> Filter:
    """The filter that the address holds, with the town that its search may name."""
    written = Filter.from_params(params())
    if not written.q:
        return written
    try:
        return ask(with_town_of_search, written)
    except ReleaseError:
        return written  # the page says so


def search_text() -> str:
    """The search as the visitor wrote it."""
    return Filter.from_params(params()).q


def search(text: str) -> None:
    """Replace the search; a town that it is near replaces the one that was chosen before."""
    written = Filter.from_params({**params(), "q": [text]})
    names_a_town = ask(with_town_of_search, written) != written
    town = {"near": None, "km": None} if names_a_town else {}
    update({"q": written.q, "page": None, **town})


def set_filter(new: Filter) -> None:
    """Replace the filter, keep the view, and start again at the first page of the list.

    A search stays as it was written as long as it means the same.
    """
    chosen, now = new.to_params(), filter_()
    is_same_search = (new.q, new.near, new.km) == (now.q, now.near, now.km)
    kept = _SEARCH if is_same_search else ()
    update({name: chosen.get(name) for name in PARAMS if name not in kept} | {"page": None})


def _write() -> None:
    if _address() != st.session_state[_STATE]:
        st.query_params.from_dict(st.session_state[_STATE])


def _address() -> dict[str, list[str]]:
    names = [name for name in st.query_params if name != _POSITION]
    return {name: st.query_params.get_all(name) for name in names}
