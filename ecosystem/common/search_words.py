"""Words of a query and of a text: folded, spelt in other ways, found again in what is shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from enum import StrEnum
from itertools import pairwise

from ecosystem.common.text import fold

MAX_LENGTH = 100
MAX_WORDS = 8
WORD = re.compile(r"\w+")
# As many words of a query may be one name: "Castilla y León" counts two.
_MAX_JOINED = 4
# Words that say nothing of an organisation, in the languages that names are written in.
_STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an and at by for from in near of on the to with "
        "au aux d de des du en et l la le les pour "
        "am auf das der die fur im mit und von zu "
        "da do dos e el los las y di del della dei per van het een",
    )
)


class Field(StrEnum):
    """Where a word of the search index occurs: the values of ``search_word.field``."""

    NAME = "name"
    SUBTITLE = "subtitle"
    NAME_PART = "name_part"
    INITIALS = "initials"
    FORMER = "former"
    TOWN = "town"
    REGION = "region"
    WEBSITE = "website"
    NOTES = "notes"
    TYPE = "type"
    TYPE_NAME = "type_name"
    DOMAIN = "domain"
    SECTOR = "sector"
    FUNCTION = "function"


# Fields of codes, and the columns of the register that hold these.
CODED = {
    Field.TYPE: "type",
    Field.DOMAIN: "domains",
    Field.SECTOR: "sectors",
    Field.FUNCTION: "functions",
}
# Other lists of the register that a question may ask for, and whether beside a subject too:
# "documents about certification", but a "wireless network" is no list.
OTHER_LISTS = {
    "events": True,
    "investors": True,
    "documents": True,
    "network": False,
    "partnerships": False,
    "practices": False,
    "programmes": False,
}
# What words do in a question, by the code that ``search_synonyms.csv`` gives them.
QUESTION_KINDS = {
    "subject": "what every organisation of the register works on",
    "alone": "the same, but only where nothing but a place or a type stands beside it",
    "asking": "says that something is asked for",
    "near": "stands before a town whose surroundings are meant",
    "vicinity": "stands behind such a town",
    "here": "means where the visitor is",
    "label": "names the label Cybersecurity Made in Europe",
    **{code: f"asks for the list of {code}" for code in OTHER_LISTS},
}
# How German and Nordic letters are written where a keyboard lacks them.
_TWO_LETTERS = str.maketrans(
    {"ä": "ae", "æ": "ae", "ö": "oe", "ø": "oe", "ü": "ue", "å": "aa"}
    | {"Ä": "Ae", "Æ": "Ae", "Ö": "Oe", "Ø": "Oe", "Ü": "Ue", "Å": "Aa"}
)
_ONE_LETTER = re.compile(r"([aou])e")
_ONE_A = re.compile("aa")
_ADDRESS_WORDS = frozenset(("http", "https", "www"))


def query_words(text: str) -> list[str]:
    """Words of a query that count, folded, each once."""
    words = list(dict.fromkeys(fold(text[:MAX_LENGTH]).split()))
    return ([word for word in words if is_telling(word)] or words)[:MAX_WORDS]


def is_telling(word: str) -> bool:
    """Whether a folded word says something; "the" and "https" don't."""
    return word not in _STOP_WORDS and word not in _ADDRESS_WORDS


def spellings(text: str) -> dict[str, tuple[str, ...]]:
    """Words of a query as :func:`query_words` gives them, with other ways to write each.

    The German "ü" is written "ue" where there is no such key, and folded to "u"; the Nordic "å"
    likewise "aa" and "a".
    """
    two_letters = {
        fold(m[0]): fold(m[0].translate(_TWO_LETTERS))
        for m in WORD.finditer(unicodedata.normalize("NFC", text[:MAX_LENGTH]))
    }
    return {word: _others(word, two_letters.get(word, word)) for word in query_words(text)}


def _others(word: str, two_letters: str) -> tuple[str, ...]:
    """Other ways to write a folded word, each once."""
    one_letter = _ONE_LETTER.sub(r"\1", word)
    ways = (two_letters, one_letter, _ONE_A.sub("a", word), _ONE_A.sub("a", one_letter))
    return tuple(way for way in dict.fromkeys(ways) if way != word)


def neighbours(number: int) -> list[tuple[int, ...]]:
    """Which words of a query are side by side: all pairs, then all threes, and so on."""
    return [
        tuple(range(first, first + length))
        for length in range(2, _MAX_JOINED + 1)
        for first in range(number - length + 1)
    ]


def tolerance(word: str) -> int:
    """How many letters a word may be wrong by: wrong, missing, too many or exchanged."""
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


def mark_words(text: str, words: Collection[str]) -> list[tuple[str, bool]]:
    """A text in pieces, with whether each is one of the words that were found.

    Parameters
    ----------
    text : str
        As it is shown; the pieces put together give it again.
    words : collection of str
        :attr:`ecosystem.finding.search.Found.words`.
    """
    spans = [(m.start(), m.end(), fold(m[0]).split()) for m in WORD.finditer(text)]
    alone = [any(word in words for word in folded) for *_, folded in spans]
    hit = list(alone)
    for i, ((*_, a), (*_, b)) in enumerate(pairwise(spans)):
        # "G DATA" was found as "gdata"; "Quantum Security" not because of "quantumsecurity".
        if a and b and a[-1] + b[0] in words and not (alone[i] or alone[i + 1]):
            hit[i] = hit[i + 1] = True
    pieces: list[tuple[str, bool]] = []
    done = 0
    for (start, end, _), is_hit in zip(spans, hit, strict=True):
        if is_hit:
            pieces += [(text[done:start], False), (text[start:end], True)]
            done = end
    pieces.append((text[done:], False))
    return [piece for piece in pieces if piece[0]]
