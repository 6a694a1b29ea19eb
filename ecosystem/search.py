"""Full-text search: which organisations some words find, in what order, and why.

An organisation is found if it has *every* word of the query: in its name, a former name, the
name of its town, region, valley or country, its website's host, the labels of its type, JRC
domains, sectors and NIST CSF functions, or its notes. A word is had if it, or a longer word that
begins with it, stands there. Only where nothing is found so are near spellings taken: first for
the words that occur nowhere, then for all. The order is by where the words stand and how well
they fit; see :data:`WEIGHTS` and :func:`found`.

The release holds the index (``search_word``, ``search_posting``); it is read into memory at the
first search.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import process
from rapidfuzz.distance import OSA

from ecosystem.masks import packed
from ecosystem.per_release import Recent, per_release
from ecosystem.store import Database
from ecosystem.text import fold

# What a word weighs by where it stands.
WEIGHTS = {
    "name": 10.0,
    "subtitle": 9.0,
    "name_part": 8.0,
    "initials": 6.0,
    "former": 7.0,
    "town": 5.0,
    "website": 4.0,
    "domain": 3.0,
    "type": 3.0,
    "sector": 3.0,
    "function": 2.0,
    "region": 2.5,
    "notes": 1.0,
}
MAX_LENGTH = 100
MAX_WORDS = 8
_IN_NAME = ("name", "subtitle", "name_part", "initials")
_KEPT = 24
_CLOSEST = 5
_MIN_PREFIX = 2
_MIN_INSIDE = 5
# How well a word fits, by how it was found.
_EXACT, _PREFIX, _INSIDE = 1.0, 0.6, 0.35
_NEAR = {1: 0.5, 2: 0.35}
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
_ADDRESS_WORDS = frozenset(("http", "https", "www"))
_WORD = re.compile(r"\w+")

Numbers = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Found:
    """What a query finds.

    Attributes
    ----------
    ordinals : array of int, shape (n,)
        ``ordinal`` of the organisations that have every word, best first.
    scores : array of float, shape (n,)
        Their scores, falling.
    bits : bytes
        One bit for each organisation of the release, by its ordinal: 1 if it is found.
    words : frozenset of str
        Folded words of the release that the query's words were found as; for :func:`marked`.
    corrections : dict of str to str
        Words of the query that were taken for others, and for which.
    closest : tuple of int
        Ordinals of organisations that have most of the words, where none has all.
    """

    ordinals: Ints
    scores: Floats
    bits: bytes
    words: frozenset[str] = frozenset()
    corrections: dict[str, str] = field(default_factory=dict)
    closest: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Slot:
    """A word of the query, or two that may be written as one, with its readings.

    Attributes
    ----------
    text : str
        As it stands in the query, folded.
    covers : tuple of int
        Which words of the query it stands for.
    readings : dict of int to float
        Words of the release, by number, and how well each fits, 0 to 1.
    """

    text: str
    covers: tuple[int, ...]
    readings: dict[int, float]


@dataclass(frozen=True)
class _Hits:
    """Where one slot's words occur.

    Attributes
    ----------
    slot : _Slot
        The slot.
    words, weights, name_fits : arrays, shape (number of terms,)
        The best way to each term: number of the word, its weight times its fit, and its fit,
        which is 0 outside names.
    ordinals, rows : array of int, shape (n,)
        Organisations, and which of the terms each has; an organisation may have several.
    """

    slot: _Slot
    words: Numbers
    weights: Floats
    name_fits: Floats
    ordinals: Ints
    rows: Numbers


class Index:
    """The index of one release, in memory: 4 bytes a posting; safe to share between threads.

    Parameters
    ----------
    database : Database
        The release.
    """

    def __init__(self, database: Database) -> None:
        links = database.frame(
            "SELECT word, term, field::VARCHAR AS field FROM search_word ORDER BY word, term"
        )
        word = links["word"].to_numpy(object)
        first = np.flatnonzero(np.append(True, word[1:] != word[:-1])[: len(word)])
        self._words: list[str] = word[first].tolist()
        self._number = {word: i for i, word in enumerate(self._words)}
        self._links_of_word = np.append(first, len(word))
        self._term = links["term"].to_numpy(np.int64)
        codes, fields = pd.factorize(links["field"])
        self._weight = np.array([WEIGHTS[f] for f in fields], dtype=np.float32)[codes]
        self._is_name = np.isin(fields, _IN_NAME)[codes]
        self._only_exact = (fields == "initials")[codes]
        postings = database.frame("SELECT term, ordinal FROM search_posting ORDER BY term, ordinal")
        terms = int(self._term.max(initial=-1)) + 1
        counts = np.bincount(postings["term"], minlength=terms)
        self._postings_of_term = np.append(0, np.cumsum(counts))
        self._ordinals: Ints = postings["ordinal"].to_numpy(np.int32)
        self.n = int(database.value("SELECT count(*) FROM organisation"))
        in_name = np.unique(self._term[(fields == "name")[codes]])
        rows, _ = _ranges(self._postings_of_term, in_name)
        lengths = np.bincount(self._ordinals[rows], minlength=self.n)
        self._name_length = np.maximum(lengths, 1).astype(np.float32)
        self.coded = {
            field: np.unique(self._term[(fields == field)[codes]])
            for field in ("type", "domain", "sector", "function")
        }
        by_length: dict[int, list[int]] = defaultdict(list)
        for i, text in enumerate(self._words):
            by_length[len(text)].append(i)
        self._of_length = {
            length: (np.array(numbers), [self._words[i] for i in numbers])
            for length, numbers in by_length.items()
        }
        self._text = "\n".join(self._words)
        self._offsets = np.append(0, np.cumsum([len(text) + 1 for text in self._words]))
        self._recent = Recent[Found](_KEPT)

    def find(self, text: str) -> Found:
        """What a query finds; see :func:`found`."""
        words = tuple(query_words(text))
        return self._recent.get(words, lambda: self._search(words))

    def postings(self, term: int) -> Ints:
        """Ordinals of the organisations that have a term, each once."""
        return self._ordinals[self._postings_of_term[term] : self._postings_of_term[term + 1]]

    def _search(self, words: tuple[str, ...]) -> Found:
        if not words or not self.n:
            return self._nothing()
        unknown = frozenset(i for i, word in enumerate(words) if not self._plain(word))
        every = frozenset(range(len(words)))
        closest = self._nothing()
        # Near spellings are a last resort: they would hide what was meant among what wasn't.
        for near in dict.fromkeys((frozenset[int](), unknown, every)):
            hits = [self._hits(slot) for slot in self._slots(words, near)]
            score, had = self._scored(hits, len(words))
            if (had == len(words)).any():
                return self._answer(score, had == len(words), hits, near)
            if not closest.closest:
                closest = self._closest(score, had, hits)
        return closest

    def _slots(self, words: tuple[str, ...], near: frozenset[int]) -> list[_Slot]:
        slots = [
            _Slot(word, (i,), (self._near(word) if i in near else {}) | self._plain(word))
            for i, word in enumerate(words)
        ]
        slots += [
            _Slot(a + b, (i, i + 1), {self._number[a + b]: _EXACT})
            for i, (a, b) in enumerate(pairwise(words))
            if a + b in self._number
        ]
        return slots

    def _plain(self, word: str) -> dict[int, float]:
        """The word itself and those that begin with it."""
        readings = {}
        if len(word) >= _MIN_PREFIX:
            first = bisect_left(self._words, word)
            last = bisect_left(self._words, word + "{")  # the character after z
            readings = {
                i: _PREFIX + 0.3 * len(word) / len(self._words[i]) for i in range(first, last)
            }
        if word in self._number:
            readings[self._number[word]] = _EXACT
        return readings

    def _near(self, word: str) -> dict[int, float]:
        """Words that may be meant: a letter or two apart, or with this word inside."""
        readings = dict.fromkeys(self._around(word), _INSIDE) if len(word) >= _MIN_INSIDE else {}
        distance = tolerance(word)
        for length in range(len(word) - distance, len(word) + distance + 1):
            if not distance or length not in self._of_length:
                continue
            numbers, texts = self._of_length[length]
            apart = process.cdist(
                [word],
                texts,
                scorer=OSA.distance,
                score_cutoff=distance,
                dtype=np.uint8,
            )[0]
            for i in np.flatnonzero((apart > 0) & (apart <= distance)):
                readings[int(numbers[i])] = _NEAR[int(apart[i])]
        return readings

    def _around(self, word: str) -> Iterator[int]:
        """Numbers of the words that a word stands inside of."""
        at = self._text.find(word)
        while at >= 0:
            number = int(np.searchsorted(self._offsets, at, "right")) - 1
            yield number
            at = self._text.find(word, int(self._offsets[number + 1]))

    def _hits(self, slot: _Slot) -> _Hits:
        numbers = np.fromiter(slot.readings, np.int64, len(slot.readings))
        fits = np.fromiter(slot.readings.values(), np.float32, len(slot.readings))
        links, reading = _ranges(self._links_of_word, numbers)
        fit, term = fits[reading], self._term[links]
        # An acronym that one made up oneself is meant letter by letter or not at all.
        weight = self._weight[links] * fit * ((fit == _EXACT) | ~self._only_exact[links])
        order = np.lexsort((weight, term))
        order = order[np.append(term[order][1:] != term[order][:-1], True)[: len(order)]]
        order = order[weight[order] > 0]
        rows, which = _ranges(self._postings_of_term, term[order])
        return _Hits(
            slot,
            numbers[reading][order],
            weight[order],
            (fit * self._is_name[links])[order],
            self._ordinals[rows],
            which,
        )

    def _scored(
        self, hits: list[_Hits], n_words: int
    ) -> tuple[Floats, npt.NDArray[np.integer[Any]]]:
        """Score of every organisation, and how many of the query's words it has."""
        by_word = np.zeros((n_words, self.n), dtype=np.float32)
        in_name = np.zeros(self.n, dtype=np.float32)
        for hit in hits:
            if not len(hit.ordinals):
                continue
            weight = np.zeros(self.n, dtype=np.float32)
            np.maximum.at(weight, hit.ordinals, hit.weights[hit.rows])
            weight *= np.float32(np.log1p(self.n / np.count_nonzero(weight)))
            for i in hit.slot.covers:
                np.maximum(by_word[i], weight, out=by_word[i])
            of_name = hit.name_fits[hit.rows] > 0
            fit = np.zeros(self.n, dtype=np.float32)
            np.maximum.at(fit, hit.ordinals[of_name], hit.name_fits[hit.rows[of_name]])
            in_name += fit * len(hit.slot.covers)
        covered = np.minimum(in_name / self._name_length, 1)
        score: Floats = by_word.sum(axis=0) * (1 + covered)
        return score, np.count_nonzero(by_word, axis=0)

    def _answer(
        self,
        score: Floats,
        has_all: npt.NDArray[np.bool_],
        hits: list[_Hits],
        near: frozenset[int],
    ) -> Found:
        ordinals = np.flatnonzero(has_all).astype(np.int32)
        # A stable sort: equals stay in the order of names, which ordinals are in.
        ordinals = ordinals[np.argsort(-score[ordinals], kind="stable")]
        return Found(
            ordinals=ordinals,
            scores=score[ordinals],
            bits=packed(has_all),
            words=self._marks(hits),
            corrections=dict(self._corrections(hits, near, int(ordinals[0]))),
        )

    def _closest(
        self, score: Floats, had: npt.NDArray[np.integer[Any]], hits: list[_Hits]
    ) -> Found:
        """Nothing, but with the organisations that have most of the words."""
        most = int(had.max(initial=0))
        if not most:
            return self._nothing()
        near = np.flatnonzero(had == most)
        best = near[np.argsort(-score[near], kind="stable")][:_CLOSEST]
        return replace(
            self._nothing(), words=self._marks(hits), closest=tuple(int(i) for i in best)
        )

    def _nothing(self) -> Found:
        return Found(
            np.empty(0, np.int32), np.empty(0, np.float32), packed(np.zeros(self.n, np.bool_))
        )

    def _marks(self, hits: list[_Hits]) -> frozenset[str]:
        return frozenset(self._words[i] for hit in hits for i in np.unique(hit.words))

    def _corrections(
        self, hits: list[_Hits], near: frozenset[int], best: int
    ) -> Iterator[tuple[str, str]]:
        """What the best organisation has in place of words that it hasn't as they are written."""
        for hit in hits:
            if len(hit.slot.covers) > 1 or hit.slot.covers[0] not in near:
                continue
            had = hit.words[hit.rows[hit.ordinals == best]].tolist()
            if had:
                word = self._words[max(had, key=hit.slot.readings.__getitem__)]
                if not word.startswith(hit.slot.text):
                    yield hit.slot.text, word


@per_release
def index(database: Database) -> Index:
    """The index of a release, read at the first search."""
    return Index(database)


def found(database: Database, text: str) -> Found:
    """What a query finds, best first.

    The score is the sum over the query's words of *weight x fit x rarity*, times 1 to 2 by the
    share of the name, up to a dash or bracket, that the query covers. The weight is that of the
    place where the word stands (:data:`WEIGHTS`), the best one counts; the fit is 1 for the word
    itself, 0.6 to 0.9
    for the beginning of a longer one, by its share of it, and 0.5 or 0.35 for one that is one
    or two letters apart; the rarity is log(1 + N/n) for a word that n of N organisations have,
    as in Okapi BM25. Equals come by name.

    Parameters
    ----------
    text : str
        Any text. Accents, case, punctuation and script don't matter; words like "the" and "in"
        count only where there are no others; what is longer than :data:`MAX_LENGTH` characters
        or :data:`MAX_WORDS` words is cut off.
    """
    return index(database).find(text)


@dataclass(frozen=True)
class Reading:
    """How a query was understood: the small part of :class:`Found`; see there."""

    words: frozenset[str]
    corrections: dict[str, str]


def reading(database: Database, text: str) -> Reading:
    """How a query was understood, for showing it."""
    answer = found(database, text)
    return Reading(answer.words, answer.corrections)


def bits(database: Database, text: str) -> bytes:
    """What a query finds as one bit for each organisation; see :class:`Found`."""
    return found(database, text).bits


def query_words(text: str) -> list[str]:
    """Words of a query that count, folded, each once."""
    words = list(dict.fromkeys(fold(text[:MAX_LENGTH]).split()))
    telling = [word for word in words if word not in _STOP_WORDS | _ADDRESS_WORDS]
    return (telling or words)[:MAX_WORDS]


def tolerance(word: str) -> int:
    """How many letters a word may be wrong by: wrong, missing, too many or exchanged."""
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


def marked(text: str, words: Collection[str]) -> list[tuple[str, bool]]:
    """A text in pieces, with whether each is one of the words that were found.

    Parameters
    ----------
    text : str
        As it is shown; the pieces put together give it again.
    words : collection of str
        :attr:`Found.words`.
    """
    spans = [(m.start(), m.end(), fold(m[0]).split()) for m in _WORD.finditer(text)]
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


def _ranges(starts: Numbers, which: Numbers) -> tuple[Numbers, Numbers]:
    """Positions of some of the parts of an array, and the part's place in `which` for each.

    Parameters
    ----------
    starts : array of int
        Where each part starts, and where the last one ends.
    which : array of int
        Numbers of the parts.
    """
    lengths = starts[which + 1] - starts[which]
    part = np.repeat(np.arange(len(which)), lengths)
    within = np.arange(len(part)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return starts[which][part] + within, part
