"""The glossary page: every word of the site that not everybody knows."""

from __future__ import annotations

import streamlit as st

from ecosystem.common.glossary import GLOSSARY
from ecosystem.ui.escape import link, markdown


def words() -> None:
    """Each word with its meaning and where to read more; each has an address of its own."""
    for word in sorted(GLOSSARY.values(), key=lambda word: word.label.casefold()):
        st.header(markdown(word.label), anchor=word.code)
        more = f" {link(markdown(word.source.title), word.source.url)}" if word.source else ""
        st.markdown(f"{markdown(word.meaning)}{more}")
