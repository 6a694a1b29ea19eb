"""Where a visitor is: a card that was asked for comes into view, and closing it leads back.

Streamlit moves neither the page nor the keyboard's focus. The script brings the card of a new
selection into view, gives its heading the focus and says what was selected; when the card is
closed it leads back to the row or the map that it was opened from. Escape closes it.
"""

from __future__ import annotations

import streamlit as st

from ecosystem.web.routes import ASSETS

_KEY = "card_focus"
_CHOICES = "_cards_asked_for"
_BY_MAP = "_card_asked_for_on_map"
_mount = st.components.v2.component(
    _KEY,
    html='<p role="status"></p>',
    js=(ASSETS / "card_focus.js").read_text(encoding="utf-8"),
)


def count_choice(*, by_map: bool) -> None:
    """Note that a visitor asked for a card, though it may be the one that is shown already."""
    st.session_state[_CHOICES] = st.session_state.get(_CHOICES, 0) + 1
    st.session_state[_BY_MAP] = by_map


def follow(selected: str) -> None:
    """Mount the script, always at the same place of a page, with a card or without.

    Parameters
    ----------
    selected : str
        What the card shows; empty where there is none.
    """
    told = {
        "selected": selected,
        "choice": st.session_state.get(_CHOICES, 0),
        "byMap": st.session_state.get(_BY_MAP, False),
    }
    _mount(key=_KEY, data=told)
