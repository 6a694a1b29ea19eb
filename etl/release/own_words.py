"""Words of organisations' own texts (names, notes, websites), for a whole column at once.

A text a call would take minutes of the refresh of a million rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ecosystem.common.text import fold_all

# A capital within a word; sought by the capital, which is several times as quick.
_HUMP = re.compile(r"[A-ZÀ-Þ](?:(?<=[a-zß-ÿ].)|(?<=\d[A-Z]))")
# "INCIBE - Instituto Nacional de Ciberseguridad", "DIVD (Dutch Institute ...)"
_SUBTITLE = re.compile(r"(?<=\S)\s+[-–—/]\s+|(?<=\S)\s+\(")
_HOST = re.compile(r"^https?://(?:www\.)?([^/:?#]+)", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\(.*?\)")
_BEFORE_SUBTITLE = re.compile(r"\s[-–—/(]")
# What isn't the first letter of a word, in lines.
_REST = re.compile(r"(?<=\w)\w+|[^\w\n]+")
_MIN_INITIALS = 3
_TERM_BITS = 32

Ints = npt.NDArray[np.int64]


class Words(NamedTuple):
    """Words of a list of texts: for each word the number of its text, in the order of texts."""

    texts: Ints
    words: pa.StringArray


# Words of each of some texts; what a word is depends on what the texts are.
Split = Callable[[Sequence[str]], Words]


def number_words(found: Words) -> tuple[Ints, Ints, list[str]]:
    """Distinct words in the order of their first occurrence, and which text has which.

    Returns
    -------
    texts, numbers : array of int
        Pairs of a text and the number of a word in it, each once, in the order of texts.
    words : list of str
        The distinct words.
    """
    encoded = found.words.dictionary_encode()
    pairs = np.sort(_keys(found.texts, encoded.indices))
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]
    return pairs >> _TERM_BITS, pairs & (2**_TERM_BITS - 1), encoded.dictionary.to_pylist()


def words_of_names(names: Sequence[str]) -> Words:
    """Words of names, without their subtitles."""
    return _split(fold_all([_title_and_subtitles(name)[0] for name in names]))


def words_of_subtitles(names: Sequence[str]) -> Words:
    """Words of what names have after a dash or in brackets."""
    return _split(fold_all([" ".join(_title_and_subtitles(name)[1:]) for name in names]))


def parts_of_names(names: Sequence[str]) -> Words:
    """Further ways to write the words of names.

    Both halves of "CyberSchool", and "gdata" and "certee" for "G DATA" and "CERT-EE".
    """
    whole = _split(fold_all(names))
    return _without(_after(_halves(names), _neighbours_as_one(whole)), whole)


def words_of_former_names(texts: Sequence[str]) -> Words:
    """Words of names that stand in lines, and further ways to write them."""
    lines = [text.split("\n") for text in texts]
    names = list(chain.from_iterable(lines))
    text = np.repeat(np.arange(len(texts)), [len(names) for names in lines])
    found = _after(_split(fold_all(names)), parts_of_names(names))
    return Words(text[found.texts], found.words)


def initials(names: Sequence[str]) -> Words:
    """First letters of names' words: "hpi" of "Hasso-Plattner-Institut"; all, and capitals."""
    if not names:
        return _split([])
    first = _REST.sub("", _IN_BRACKETS.sub(" ", _in_lines(names)))
    small = {ord(letter): None for letter in set(first) if not letter.isupper()}
    small.pop(ord("\n"), None)
    every, large = (fold_all(text.split("\n")) for text in (first, first.translate(small)))
    both = zip(every, large, strict=True)
    words = pa.array(chain.from_iterable(both), pa.string())
    texts = np.repeat(np.arange(len(names)), 2)
    return _where(pc.greater_equal(pc.utf8_length(words), _MIN_INITIALS), texts, words)


def words_of_hosts(websites: Sequence[str]) -> Words:
    """Words of the names of websites' hosts."""
    hosts = [match[1] if (match := _HOST.match(website)) else "" for website in websites]
    return _split(fold_all(hosts))


def words_and_synonyms(words_for: Mapping[str, Sequence[str]]) -> Split:
    """Words of notes, and those that people look for in place of a phrase that they have.

    Parameters
    ----------
    words_for : mapping
        Folded phrase -> words.
    """
    longest_first = sorted(words_for, key=lambda phrase: (-len(phrase), phrase))
    known = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first)) or '(?!)'})\b")

    def split(texts: Sequence[str]) -> Words:
        folded = fold_all(texts)
        more = [
            (i, word)
            for i, text in enumerate(folded)
            for phrase in known.findall(text)
            for word in words_for[phrase]
        ]
        numbers = np.array([i for i, _ in more], dtype=np.int64)
        synonyms = Words(numbers, pa.array([word for _, word in more], pa.string()))
        return _after(_split(folded), synonyms)

    return split


def _title_and_subtitles(name: str) -> list[str]:
    return _SUBTITLE.split(name) if _BEFORE_SUBTITLE.search(name) else [name]


def _in_lines(names: Sequence[str]) -> str:
    """The names, one a line: a pattern is sought in all of them at once."""
    return "\n".join(name.replace("\n", " ") for name in names)


def _split(texts: list[str]) -> Words:
    """The words between the spaces of folded texts."""
    lists = pc.split_pattern(pa.array(texts, pa.string()), " ")
    numbers = np.repeat(np.arange(len(texts)), lists.value_lengths().to_numpy())
    words = lists.flatten()
    return _where(pc.not_equal(words, ""), numbers, words)


def _where(wanted: pa.BooleanArray, texts: Ints, words: pa.StringArray) -> Words:
    return Words(texts[wanted.to_numpy(zero_copy_only=False)], words.filter(wanted))


def _halves(names: Sequence[str]) -> Words:
    """Words of names that have a hump, parted there."""
    parted = _HUMP.sub(r" \g<0>", _in_lines(names)).split("\n")
    # Most names have no hump, and so the same words once more.
    humped = [i for i, name in enumerate(names) if len(parted[i]) > len(name)]
    texts, words = _split(fold_all([parted[i] for i in humped]))
    own = np.array(humped, dtype=np.int64)[texts]
    return _where(pc.greater(pc.utf8_length(words), 1), own, words)


def _neighbours_as_one(found: Words) -> Words:
    """Each word and the one after it as one."""
    texts, words = found
    follows = texts[1:] == texts[:-1]
    left, right = (side.filter(pa.array(follows)) for side in (words[:-1], words[1:]))
    return Words(texts[1:][follows], pc.binary_join_element_wise(left, right, ""))


def _after(first: Words, then: Words) -> Words:
    """Words of both, those of the first before the others of the same text."""
    texts = np.concatenate([first.texts, then.texts])
    order = np.argsort(texts, kind="stable")
    return Words(texts[order], pa.concat_arrays([first.words, then.words]).take(pa.array(order)))


def _without(found: Words, others: Words) -> Words:
    """The words that the same text doesn't have among others."""
    codes = pa.concat_arrays([found.words, others.words]).dictionary_encode().indices
    own, known = codes[: len(found.words)], codes[len(found.words) :]
    own_keys, known_keys = _keys(found.texts, own), np.sort(_keys(others.texts, known))
    at = np.searchsorted(known_keys, own_keys)
    is_new = known_keys.take(at, mode="clip") != own_keys if len(known_keys) else at == 0
    return _where(pa.array(is_new), *found)


def _keys(texts: Ints, codes: pa.Int32Array) -> Ints:
    """A text and the number of a word as one number."""
    return (texts << _TERM_BITS) | codes.to_numpy(zero_copy_only=False).astype(np.int64)
