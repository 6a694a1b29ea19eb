"""Texts that say nothing, or that a program has spoilt on the way."""

from __future__ import annotations

import html
import re

from ecosystem.common.text import fold
from etl.register.cells import is_month_name

# What people and programs write where they have nothing to write.
_PLACEHOLDERS = frozenset(
    fold(text)
    for text in (
        "null", "nan", "none", "nil", "na", "n/a", "n.a.", "k.A.", "s/o", "n.d.", "tbd", "tba",
        "tbc", "todo", "to be defined", "to be determined", "to be confirmed", "to be announced",
        "unknown", "not known", "unbekannt", "nicht bekannt", "inconnu", "non disponible",
        "desconocido", "sconosciuto", "xx", "xxx", "undefined", "not available",
        "not applicable", "unnamed", "dummy", "placeholder", "lorem ipsum",
    )
)  # fmt: skip
# What comes along with text that is copied from a page or an editor.
_MARKUP = re.compile(
    r"</?(?:a|b|big|br|div|del|em|font|h[1-6]|i|ins|li|mark|ol|p|s|small|span|strong|sub|sup|table"
    r"|td|th|tr|tt|u|ul)(?:\s[^<>]{0,200})?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_DATE = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
    r"|\d{1,2}([./-])\d{1,2}\1\d{2}(?:\d{2})?"
)
_DATE_WITH_MONTH = re.compile(
    r"\d{1,2}[-.] ?([^\W\d_]{3,4})\.?(?:[- ]\d{2,4})?|([^\W\d_]{3,4})-\d{2}"
)
LOST = "\ufffd"
# Two bytes of a letter in UTF-8, the first and one that follows, each as Windows-1252 reads it.
_TWO_LETTERS_OF_ONE = re.compile(
    f"[\u00c2-\u00f4][\u0080-\u00bf{bytes(range(0x80, 0xA0)).decode('cp1252', 'ignore')}]"
)
_QUESTION_MARK_INSIDE = re.compile(r"[^\W\d_]\?[^\W\d_]")


def is_placeholder(text: str) -> bool:
    """Whether a text only stands in the place of a name: ``NULL``, ``N/A``, ``-``, ``???``."""
    words = fold(text)
    return not words or words in _PLACEHOLDERS


def has_markup(text: str) -> bool:
    """Whether a text holds tags of HTML that format it."""
    return _MARKUP.search(text) is not None


def without_entities(text: str) -> str:
    """Text with the characters that entities of HTML stand for: ``M&uuml;ller``."""
    return html.unescape(text) if _ENTITY.search(text) else text


def is_date(text: str) -> bool:
    """Whether a text is nothing but a date, as spreadsheet programs make of a name."""
    match = _DATE_WITH_MONTH.fullmatch(text)
    is_month = match is not None and is_month_name(match[1] or match[2])
    return is_month or _DATE.fullmatch(text) is not None


def repair(text: str) -> str:
    """``Müller`` of ``MÃ¼ller``: UTF-8 that was read as Windows-1252; other text as it is."""
    if not _TWO_LETTERS_OF_ONE.search(text):
        return text
    words = [_word(word) for word in text.split(" ")]
    return " ".join(words)


def _word(word: str) -> str:
    if word.isascii():
        return word
    try:
        # Five bytes are no letters of Windows-1252, and pass through it as control characters.
        raw = b"".join(
            c.encode("latin-1") if "\x80" <= c <= "\x9f" else c.encode("cp1252") for c in word
        )
        return raw.decode("utf-8")
    except UnicodeError:
        return word


def lost_letters(text: str) -> bool:
    """Whether a question mark stands inside a word, where a letter was lost."""
    return _QUESTION_MARK_INSIDE.search(text) is not None and "://" not in text
