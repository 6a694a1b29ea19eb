"""Which names are worth comparing, of a whole country at once.

A million names have twenty million pairs that share something rare; arrays of numbers find them,
and drop nearly all of them, without a look at any name by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_lowercase, digits

import numpy as np
import numpy.typing as npt
import pandas as pd

# One wrong letter touches at most four groups of three letters, so that two names that differ by
# one share at least one of their rarest eight.
RAREST = 8
# A group of letters, or a website, that more rows have says too little to compare them all.
MAX_BLOCK = 50

# Letters and digits of folded names, and how many of each are told apart: with two spare bits.
_LETTERS = digits + ascii_lowercase
_OF_EACH = 3
_TEXTS_AT_ONCE = 50_000

Ints = npt.NDArray[np.int64]


def pairs_sharing(names: pd.DataFrame) -> tuple[Ints, Ints]:
    """Pairs of rows that share a key, each once: ``a`` and ``b``, with ``a < b``.

    A key is one of the rarest groups of three letters of a name, or the whole name, or the
    website's host, within one country. Where too many share it, only those of one town do.

    Parameters
    ----------
    names : pandas.DataFrame
        ``org`` (number of the row), ``country, place_id, text, host``; a row may have several
        names.
    """
    org = names["org"].to_numpy(np.int64)
    country = pd.factorize(names["country"])[0].astype(np.int64)
    kinds = [
        _rare_groups(names["text"].tolist(), country),
        (np.arange(len(names)), _numbers(country, pd.factorize(names["text"])[0])),
    ]
    hosted = np.flatnonzero((names["host"] != "").to_numpy())
    hosts = pd.factorize(names["host"])[0][hosted]
    kinds.append((hosted, _numbers(country[hosted], hosts)))
    keys, rows, first = [], [], 0
    for at, key in kinds:
        keys.append(key + first)
        rows.append(org[at])
        first += int(key.max(initial=-1)) + 1
    key, row = _distinct(np.concatenate(keys), np.concatenate(rows))
    key, row = _in_one_town(key, row, _places(names, org))
    return _all_pairs(key, row)


def _rare_groups(texts: Sequence[str], country: Ints) -> tuple[Ints, Ints]:
    """For each text, and its rarest groups of three letters in the country, their numbers."""
    code, text = _characters(texts, around=" ")
    known = np.zeros(int(code.max(initial=0)) + 1, dtype=bool)
    known[code] = True
    # In the order of the characters, so that of equally rare groups the first are taken.
    letter = (np.cumsum(known) - 1)[code]
    size = int(known.sum())
    group = (letter[:-2] * size + letter[1:-1]) * size + letter[2:]
    inside = text[2:] == text[:-2]
    text = text[:-2][inside]
    text, group = _distinct(text, _numbers(country[text], group[inside]))
    often = np.bincount(group)[group] if len(group) else group
    n_often, n_groups = (int(values.max(initial=0)) + 1 for values in (often, group))
    order = np.sort((text * n_often + often) * n_groups + group)
    text, group = order // (n_often * n_groups), order % n_groups
    starts = np.flatnonzero(np.diff(text, prepend=-1))
    nth = np.arange(len(text)) - np.repeat(starts, np.diff(starts, append=len(text)))
    return text[nth < RAREST], group[nth < RAREST]


def _places(names: pd.DataFrame, org: Ints) -> Ints:
    """Number of the town by number of the row; -1 where it is unknown."""
    places = np.full(int(org.max(initial=-1)) + 1, -1, dtype=np.int64)
    places[org] = pd.factorize(names["place_id"])[0]
    return places


def _in_one_town(key: Ints, row: Ints, places: Ints) -> tuple[Ints, Ints]:
    """Keys of few rows; those of many with the town, as far as few of one town have them."""
    if not len(key):
        return key, row
    large = np.bincount(key)[key] > MAX_BLOCK
    place = places[row[large]]
    of_town = _numbers(key[large][place >= 0], place[place >= 0]) + int(key.max()) + 1
    key = np.concatenate([key[~large], of_town])
    row = np.concatenate([row[~large], row[large][place >= 0]])
    small = np.bincount(key)[key] <= MAX_BLOCK
    return _distinct(key[small], row[small])


def _all_pairs(key: Ints, row: Ints) -> tuple[Ints, Ints]:
    """Pairs of rows with one key, of rows in the order of keys and then of their numbers."""
    size = int(row.max(initial=0)) + 1
    found = [np.empty(0, dtype=np.int64)]
    at = np.arange(len(key))
    for distance in range(1, MAX_BLOCK):
        at = at[at + distance < len(key)]
        at = at[key[at] == key[at + distance]]
        found.append(row[at] * size + row[at + distance])
    return _distinct(*np.divmod(np.concatenate(found), size))


def _numbers(first: Ints, second: Ints) -> Ints:
    """One number for each distinct pair of two numbers, in their order."""
    size = int(second.max(initial=0)) + 1
    numbers: Ints = np.unique(first * size + second, return_inverse=True)[1]
    return numbers


def _distinct(first: Ints, second: Ints) -> tuple[Ints, Ints]:
    """Each pair of two numbers once, in their order."""
    size = int(second.max(initial=0)) + 1
    pairs = np.sort(first * size + second)
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]
    return pairs // size, pairs % size


def _characters(texts: Sequence[str], around: str = "") -> tuple[Ints, Ints]:
    """Code points of all texts one after the other, and the number of the text of each."""
    joined = "".join(around + text + around for text in texts)
    code = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)) + 2 * len(around)
    return code, np.repeat(np.arange(len(texts)), lengths)


class LetterCounts:
    """How often texts have which letters, to see which can't be alike, whatever their order.

    Parameters
    ----------
    texts : sequence of str
        Folded texts. Of others, what isn't a letter or a digit of ASCII isn't looked at.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        self._bits = np.concatenate(
            [
                _letter_bits(texts[start : start + _TEXTS_AT_ONCE])
                for start in range(0, max(1, len(texts)), _TEXTS_AT_ONCE)
            ]
        )

    def most(self, a: Ints, b: Ints) -> npt.NDArray[np.float64]:
        """How much two texts are alike at most, from 0 to 100, by what is not in both.

        Parameters
        ----------
        a, b : array of int
            Numbers of the texts.
        """
        # A letter that one text has more often than the other must be taken out or put in.
        least = np.bitwise_count(self._bits[a] ^ self._bits[b]).sum(axis=1, dtype=np.int64)
        both = np.maximum(self._lengths[a] + self._lengths[b], 1)
        return 100.0 * (1.0 - least / both)


def _letter_bits(texts: Sequence[str]) -> npt.NDArray[np.uint64]:
    """For each letter, whether a text has it once, twice, three times."""
    code, text = _characters(texts)
    letter_of = np.full(int(code.max(initial=0)) + 128, -1, dtype=np.int64)
    letter_of[[ord(letter) for letter in _LETTERS]] = np.arange(len(_LETTERS))
    letter = letter_of[code]
    counted = text[letter >= 0] * len(_LETTERS) + letter[letter >= 0]
    counts = np.bincount(counted, minlength=len(texts) * len(_LETTERS))
    counts = counts.reshape(len(texts), len(_LETTERS))
    bits = np.zeros((len(texts), 2 * 64), dtype=bool)
    for n in range(_OF_EACH):
        bits[:, n * len(_LETTERS) : (n + 1) * len(_LETTERS)] = counts > n
    return np.packbits(bits, axis=1).view(np.uint64)
