"""The glossary page: every word of the site that not everybody knows."""

from __future__ import annotations

import streamlit as st

from ecosystem.common.glossary import GLOSSARY, Word
from ecosystem.ui import state, tab_title
from ecosystem.ui.escape import link, markdown


def words() -> None:
    """Each word with its meaning and where to read more; first the one that was asked for.

    The address names that one, so that a link to it answers on the first screen of a phone.
    """
    asked = GLOSSARY.get(state.get("word"))
    if asked:
        tab_title.show(asked.label)
        with st.container(border=True):
            _word(asked)
    for word in sorted(GLOSSARY.values(), key=lambda word: word.label.casefold()):
        if word != asked:
            _word(word)


def _word(word: Word) -> None:
    st.header(markdown(word.label), anchor=word.code)
    more = [link(markdown(word.source.title), word.source.url)] if word.source else []
    st.markdown(" ".join([markdown(word.meaning), *more]))
