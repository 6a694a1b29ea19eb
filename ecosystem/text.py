"""Text that people type in many ways, brought to one form for comparing."""

from __future__ import annotations

import re
import unicodedata

from anyascii import anyascii

_NOT_WORD = re.compile(r"[^0-9a-z]+")


def fold(text: str) -> str:
    """Lower-case ASCII words of a text, for comparing and searching.

    Accents, case, punctuation and script don't matter: ``"Cesson-Sévigné"`` becomes
    ``"cesson sevigne"``, ``"Łódź"`` ``"lodz"``, ``"Αθήνα"`` ``"athina"``. Folding twice
    changes nothing more.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        Words of ``[0-9a-z]`` separated by single spaces; empty if there is none.
    """
    if text.isascii():
        return _NOT_WORD.sub(" ", text.lower()).strip()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", anyascii(plain).lower()).strip()


def slug(text: str) -> str:
    """Folded text with hyphens between its words, for identifiers and addresses."""
    return fold(text).replace(" ", "-")
