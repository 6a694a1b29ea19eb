"""Text that people type in many ways, brought to one form for comparing."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Sequence

from anyascii import anyascii

# Each byte of ASCII text as it stands in a word: in lower case, or as the space between words.
# A search for what is in no word takes three times as long, and whole registers are folded.
_WORDS = bytes(
    ord(c.lower()) if (c := chr(code)) in string.ascii_letters + string.digits else ord(" ")
    for code in range(256)
)
_WORDS_IN_LINES = _WORDS[: ord("\n")] + b"\n" + _WORDS[ord("\n") + 1 :]


class _Plain(dict[int, str]):
    """Code point -> what it becomes, worked out once for each letter that is met."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        self[code] = "" if unicodedata.combining(letter) else anyascii(letter).lower()
        return self[code]


_PLAIN = _Plain()


def _plain(text: str) -> str:
    """ASCII letters and signs of a text; the ends of its lines are where they were."""
    return unicodedata.normalize("NFKD", text.casefold()).translate(_PLAIN)


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
        text = _plain(text)
    return b" ".join(text.encode("ascii").translate(_WORDS).split()).decode("ascii")


def fold_all(texts: Sequence[str]) -> list[str]:
    """What :func:`fold` makes of each text, several times as quickly where they are many."""
    if not texts:
        return []
    lines = [text.replace("\n", " ") for text in texts]
    others = [text for text in lines if not text.isascii()]
    if others:
        plain = iter(_plain("\n".join(others)).split("\n"))
        lines = [text if text.isascii() else next(plain) for text in lines]
    words = "\n".join(lines).encode("ascii").translate(_WORDS_IN_LINES)
    while b"  " in words:
        words = words.replace(b"  ", b" ")
    words = words.replace(b" \n", b"\n").replace(b"\n ", b"\n").strip(b" ")
    return words.decode("ascii").split("\n")


def slug(text: str) -> str:
    """Folded text with hyphens between its words, for identifiers and addresses."""
    return fold(text).replace(" ", "-")
