"""What a browser works out before a suggestion is sent, so that a flood costs its sender."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ecosystem.common.settings import settings
from ecosystem.ui import streamlit_internals, style
from ecosystem.web import visitors
from ecosystem.web.routes import ASSETS
from etl.errors import PublishError
from etl.inbox.senders import sender_of
from etl.inbox.store import inbox
from etl.inbox.work import bits_done, bits_needed, new_challenge

_CHALLENGE, _ANSWER, _KEY = "_work_challenge", "_work_answer", "browser_work"
_mount = st.components.v2.component("work", js=(ASSETS / "work.js").read_text(encoding="utf-8"))


def sender() -> str:
    """Who sends, as a hash; empty where an address tells nobody apart."""
    address = streamlit_internals.client_address()
    return "" if visitors.is_shared(address) else sender_of(visitors.share_of(address))


def is_done() -> bool:
    """Whether the browser has worked as much as is asked of this sender at this moment."""
    answer = st.session_state.get(_ANSWER)
    return bits_done(st.session_state.get(_CHALLENGE, ""), answer) >= _bits()


def ask(on_done: Callable[[], None], *, wanted: bool) -> None:
    """Let the browser work, without a word to the visitor.

    Parameters
    ----------
    on_done : callable
        Called, as a widget's callback, when the browser tells its answer.
    wanted : bool
        Whether it is to tell its answer as soon as it has one.
    """
    bits = _bits()
    if not bits:
        return
    if _CHALLENGE not in st.session_state:
        st.session_state[_CHALLENGE] = new_challenge()

    def take() -> None:
        st.session_state[_ANSWER] = st.session_state[_KEY].get("solved")
        on_done()

    with style.unseen(f"{_KEY}_frame"):
        _mount(
            key=_KEY,
            data={"challenge": st.session_state[_CHALLENGE], "bits": bits, "wanted": wanted},
            on_solved_change=take,
        )


def begin_anew() -> None:
    """Forget an answer that has served: each is good for one suggestion."""
    st.session_state.pop(_CHALLENGE, None)
    st.session_state.pop(_ANSWER, None)


def _bits() -> int:
    usual = settings().inbox_work_bits
    if not usual:
        return 0
    try:
        return bits_needed(usual, *inbox().count_recent(sender()))
    except PublishError:
        # Sending says what is the matter.
        return usual
