"""A guide of ``docs/`` on the page that it is about."""

from __future__ import annotations

import re
from pathlib import Path

import streamlit as st

_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_HEADING = re.compile(r"^### (.+)$", re.MULTILINE)
_COMMENT = re.compile(r"^<!--.*?-->\n", re.MULTILINE)
_PICTURE = re.compile(r"^!\[([^\]]*)\]\(([^)]+)\)$", re.MULTILINE)


def guide(document: Path) -> None:
    """A guide in an expander, one tab per section; nothing of it is sent before it is opened.

    Parameters
    ----------
    document : Path
        Its Markdown file; what comes before the first section is left out.
    """
    box = st.expander("How this works", icon=":material/help:", on_change="rerun")
    if not box.open:
        return
    texts = sections(document)
    with box:
        for tab, text in zip(st.tabs(list(texts)), texts.values(), strict=True):
            with tab:
                _show(text, document.parent)


def sections(document: Path) -> dict[str, str]:
    """Markdown of each section by its heading; what comes before the first one is left out."""
    _, *parts = _SECTION.split(_COMMENT.sub("", document.read_text(encoding="utf-8")))
    return dict(zip(parts[::2], parts[1::2], strict=True))


def _show(text: str, folder: Path) -> None:
    """Text and pictures; a smaller heading is bold text, for the page has its own headings."""
    before, *rest = _PICTURE.split(text)
    st.markdown(_lower_headings(before))
    for alt, path, after in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        st.image(folder / path, alt=alt)
        st.markdown(_lower_headings(after))


def _lower_headings(text: str) -> str:
    return _HEADING.sub(r"**\1**", text)
