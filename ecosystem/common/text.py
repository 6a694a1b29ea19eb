"""Text that people type in many ways, brought to one form for comparing."""

from __future__ import annotations

import string
import unicodedata

from anyascii import anyascii

# Each byte of ASCII text as it stands in a word: in lower case, or as the space between words.
# A search for what is in no word takes three times as long, and whole registers are folded.
_WORDS = bytes(
    ord(c.lower()) if (c := chr(code)) in string.ascii_letters + string.digits else ord(" ")
    for code in range(256)
)


class _Plain(dict[int, str]):
    """Code point -> what it becomes, worked out once for each letter that is met."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        self[code] = "" if unicodedata.combining(letter) else anyascii(letter).lower()
        return self[code]


_PLAIN = _Plain()


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
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.casefold()).translate(_PLAIN)
    return b" ".join(text.encode("ascii").translate(_WORDS).split()).decode("ascii")


def slug(text: str) -> str:
    """Folded text with hyphens between its words, for identifiers and addresses."""
    return fold(text).replace(" ", "-")
