"""The index of a release in memory: which organisations words find, and in what order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import process
from rapidfuzz.distance import OSA

from ecosystem.common.per_release import Recent
from ecosystem.common.search_words import (
    CODED,
    QUESTION_KINDS,
    Field,
    neighbours,
    spellings,
    tolerance,
)
from ecosystem.common.store import Database
from ecosystem.common.text import fold
from ecosystem.common.vocabulary import BY_COLUMN, TYPES, Vocabulary
from ecosystem.finding import code_index
from ecosystem.finding.masks import pack

# What a word weighs by where it occurs.
WEIGHTS = {
    Field.NAME: 10.0,
    Field.SUBTITLE: 9.0,
    Field.NAME_PART: 8.0,
    Field.INITIALS: 6.0,
    Field.FORMER: 7.0,
    Field.TOWN: 5.0,
    Field.WEBSITE: 4.0,
    Field.DOMAIN: 3.0,
    Field.TYPE: 3.0,
    Field.TYPE_NAME: 3.0,
    Field.SECTOR: 3.0,
    Field.FUNCTION: 2.0,
    Field.REGION: 2.5,
    Field.NOTES: 2.0,
}
# An organisation in the town of the query comes before one that is only named after it.
_TOWN_FIRST = 8.0
_IN_NAME = (Field.NAME, Field.SUBTITLE, Field.NAME_PART, Field.INITIALS)
_IN_NAMES = (*_IN_NAME, Field.FORMER)
_MADE_UP = (Field.NAME_PART, Field.INITIALS)
_WRITTEN = (*_IN_NAME, Field.FORMER, Field.WEBSITE, Field.NOTES)
VOCABULARIES: dict[str, Vocabulary] = {field: BY_COLUMN[column] for field, column in CODED.items()}
# Columns of which an organisation may have several codes: the more, the less each says of it.
_SEVERAL: dict[str, str] = {
    field: column for field, column in CODED.items() if field is not Field.TYPE
}
_KEPT = 24
_CLOSEST = 5
_MIN_PREFIX = 2
_MIN_INSIDE = 5
# From how many letters on a beginning, or a near spelling, is sought outside of names and towns.
_MIN_PREFIX_ANYWHERE = 4
_MIN_NEAR_ANYWHERE = 6
# How well a word fits, by how it was found; a beginning where the word itself occurs elsewhere.
_EXACT, _PREFIX, _PREFIX_OF_ANOTHER, _INSIDE = 1.0, 0.6, 0.3, 0.35
_NEAR = {1: 0.5, 2: 0.35}

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
        Folded words of the release that the query's words were found as; for
        :func:`ecosystem.common.search_words.mark_words`.
    corrections : dict of str to str
        Words of the query that were taken for others, and for which.
    closest : tuple of int
        Ordinals of organisations that have most of the words, where none has all.
    places : tuple of tuple of str
        Words of the query, folded, that are the name of a town or region in which no
        organisation is.
    """

    ordinals: Ints
    scores: Floats
    bits: bytes
    words: frozenset[str] = frozenset()
    corrections: dict[str, str] = field(default_factory=dict)
    closest: tuple[int, ...] = ()
    places: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class TownNames:
    """Folded names of towns in all languages, without words that don't count.

    Attributes
    ----------
    all, cities : frozenset of str
        Of all but the smallest, and of those that are meant before another word is.
    """

    all: frozenset[str]
    cities: frozenset[str]


class _Reach(IntEnum):
    """Where a reading of a word counts.

    "soc" doesn't mean "société", another word for a company, but may begin a name.
    """

    ANYWHERE = 0
    NAMED = 1  # in names, towns and websites
    TYPED = 2  # in types and names: "companies" are those, whatever the notes tell of companies


class _Reading(NamedTuple):
    """How well a word of the release fits one of the query, 0 to 1, and where that counts."""

    fit: float
    reach: _Reach = _Reach.ANYWHERE


@dataclass(frozen=True)
class _Slot:
    """A word of the query, or some that may be written as one, with its readings.

    Attributes
    ----------
    texts : tuple of str
        As written in the query, folded, and in other spellings.
    covers : tuple of int
        Which words of the query it stands for.
    readings : dict of int to _Reading
        Words of the release, by number.
    """

    texts: tuple[str, ...]
    covers: tuple[int, ...]
    readings: dict[int, _Reading]


@dataclass(frozen=True)
class _Hits:
    """Where one slot's words occur.

    Attributes
    ----------
    slot : _Slot
        The slot.
    words, weights, name_fits, written_fits, several, in_town : arrays, shape (number of terms,)
        The best way to each term: number of the word, its weight times its fit, its fit, which
        is 0 outside names, or what is written, the row of :attr:`Index.shares` for it, and
        whether it is a town that the word names.
    ordinals, rows : array of int, shape (n,)
        Organisations, and which of the terms each has; an organisation may have several.
    """

    slot: _Slot
    words: Numbers
    weights: Floats
    name_fits: Floats
    written_fits: Floats
    several: Numbers
    in_town: npt.NDArray[np.bool_]
    ordinals: Ints
    rows: Numbers


class Index:
    """The index of one release, in memory: 4 bytes per posting; safe to share between threads.

    Parameters
    ----------
    database : Database
        The release.
    """

    def __init__(self, database: Database) -> None:
        links = _links(database)
        term = links["term"].to_numpy()
        counts, self._ordinals = _postings(database, int(term.max(initial=-1)) + 1)
        had = counts[term] > 0
        self.empty_regions = _empty_regions(database, _some_of(links, ~had))
        of_question = _some_of(links, _is_in(links, QUESTION_KINDS))
        self.question_words = {
            word: frozenset(kinds) for word, kinds in of_question.groupby("word")["field"]
        }
        links = links.filter(pa.array(had))
        first = _first_of_each(links["word"].combine_chunks())
        words = links["word"].take(pa.array(first)).combine_chunks()
        links = links.drop_columns("word")
        texts = words.to_numpy(zero_copy_only=False)
        self._words: list[str] = texts.tolist()
        self._links_of_word = np.append(first, len(links))
        self._term = links["term"].to_numpy()
        self._field, self._fields = _fields(links)
        self._weight = np.array([WEIGHTS.get(f, 0) for f in self._fields], np.float32)[self._field]
        self._is_name = _is_in(links, _IN_NAME)
        self._is_written = _is_in(links, _WRITTEN)
        self._only_exact = _is_in(links, [Field.INITIALS])
        self._is_town = _is_in(links, [Field.TOWN])
        self._counts = np.array(
            [[_is_reached(r, f) for f in self._fields] for r in _Reach], np.bool_
        )
        self._several = np.array([_row_of_share(f) for f in self._fields], np.int8)[self._field]
        self._postings_of_term = np.append(0, np.cumsum(counts))
        self.n = code_index.size(database)
        self.shares = _shares(database)
        self._types = code_index.column(database, "type")
        is_name = np.zeros(len(counts), np.bool_)
        is_name[self._term[_is_in(links, [Field.NAME])]] = True
        lengths = np.bincount(self._ordinals[is_name.repeat(counts)], minlength=self.n)
        self._name_length = np.maximum(lengths, 1).astype(np.float32)
        self.coded = {
            field: np.unique(self._term[_is_in(links, [field])]) for field in VOCABULARIES
        }
        self._hidden = self._never_shown(~_is_in(links, VOCABULARIES))
        # Words put together from others aren't what somebody misspells.
        may_be_meant = self._anywhere(~_is_in(links, _MADE_UP))
        is_one = ~pc.match_substring(words, " ").to_numpy(zero_copy_only=False)
        alike = np.flatnonzero(may_be_meant & is_one)
        length = pc.utf8_length(words.take(pa.array(alike))).to_numpy()
        of_length = ((int(n), alike[length == n]) for n in np.unique(length))
        self._of_length = {n: (numbers, texts[numbers].tolist()) for n, numbers in of_length}
        self._text = "\n".join(texts[alike])
        self._number_in_text = alike
        self._offsets = np.append(0, np.cumsum(length + 1, dtype=np.int64))
        self._recent = Recent[Found](_KEPT)

    def find(self, telling: str, spare: str, towns: TownNames) -> Found:
        """What a query finds; see :func:`ecosystem.finding.search.find`.

        Parameters
        ----------
        telling : str
            Words that an organisation must have; empty for all organisations.
        spare : str
            Words that only count for the order.
        towns : TownNames
            What is the name of a town.
        """
        words = tuple(spellings(telling).items()) if telling else ()
        more = tuple(
            (word, others)
            for word, others in (spellings(spare).items() if spare else ())
            if word not in dict(words)
        )
        return self._recent.get((words, more), lambda: self._search(dict(words), dict(more), towns))

    def _number(self, word: str) -> int | None:
        """Place of a word among all in their order; None if nobody has it."""
        at = bisect_left(self._words, word)
        return at if self._words[at : at + 1] == [word] else None

    def fields(self, word: str) -> frozenset[str]:
        """Fields of the index in which a word stands, or some that are one name; else empty."""
        number = self._number(word)
        if number is None:
            return frozenset()
        links = slice(self._links_of_word[number], self._links_of_word[number + 1])
        return frozenset(self._fields[self._field[links]])

    def types(self, word: str) -> tuple[str, ...]:
        """Codes of the types that a word names and nothing else; none if there are none."""
        fields, number = self.fields(word), self._number(word)
        if number is None or Field.TYPE_NAME not in fields or not fields.isdisjoint(_SEVERAL):
            return ()
        links = np.arange(self._links_of_word[number], self._links_of_word[number + 1])
        terms = self._term[links[self._fields[self._field[links]] == Field.TYPE_NAME]]
        types = self._types
        codes = {types.known[types.numbers[self.postings(term)[0]]] for term in terms}
        return tuple(code for code in TYPES if code in codes)

    def _never_shown(self, is_no_code: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Whether each word is only another word for a code, and in none of their labels."""
        labels = {
            word
            for vocabulary in VOCABULARIES.values()
            for term in vocabulary.values()
            for word in fold(f"{term.label} {term.plural}").split()
        }
        hidden = ~self._anywhere(is_no_code)
        for i in np.flatnonzero(hidden):
            hidden[i] = self._words[i] not in labels
        return hidden

    def _anywhere(self, of_link: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Whether something holds for any of the links of each word."""
        starts = self._links_of_word[:-1]
        return np.logical_or.reduceat(of_link, starts) if len(starts) else np.empty(0, np.bool_)

    def postings(self, term: int) -> Ints:
        """Ordinals of the organisations that have a term, each once."""
        return self._ordinals[self._postings_of_term[term] : self._postings_of_term[term + 1]]

    def _search(
        self,
        spelt: dict[str, tuple[str, ...]],
        spare: dict[str, tuple[str, ...]],
        towns: TownNames,
    ) -> Found:
        words, n = tuple(spelt), len(spelt)
        if not self.n:
            return self.nothing()
        plain = [self._plain(word, others, towns) for word, others in spelt.items()]
        more = [self._plain(word, others, towns) for word, others in spare.items()]
        every_word = spelt | spare
        hits = [self._hits(slot) for slot in self._slots(every_word, [*plain, *more])]
        score, had = self._score_all(hits, n, len(every_word))
        if (had == n).any():
            return self._answer(score, had == n, hits, frozenset())
        named, places = self._places(spelt, plain, towns.all)
        closest = self._closest(score, had, hits, places)
        unknown = frozenset(i for i, readings in enumerate(plain) if not readings) - named
        every = frozenset(range(n)) - named
        # Near spellings are a last resort: they would hide what was meant among what wasn't.
        for near in dict.fromkeys(filter(None, (unknown, every))):
            readings = [
                (self._near(word) if i in near else {}) | plain[i] for i, word in enumerate(words)
            ]
            hits = [self._hits(slot) for slot in self._slots(every_word, [*readings, *more])]
            score, had = self._score_all(hits, n, len(every_word))
            if (had == n).any():
                return self._answer(score, had == n, hits, near)
            if not closest.closest:
                closest = self._closest(score, had, hits, places)
        return closest

    def _slots(
        self, spelt: dict[str, tuple[str, ...]], readings: list[dict[int, _Reading]]
    ) -> list[_Slot]:
        words = tuple(spelt)
        slots = [_Slot((word, *spelt[word]), (i,), readings[i]) for i, word in enumerate(words)]
        slots += [
            _Slot((name,), covers, {number: self._exact(name)})
            for covers in neighbours(len(words))
            for between in ("", " ")
            if (number := self._number(name := between.join(words[i] for i in covers))) is not None
        ]
        return slots

    def _exact(self, word: str) -> _Reading:
        return _Reading(_EXACT, _Reach.TYPED if self.types(word) else _Reach.ANYWHERE)

    def _places(
        self,
        spelt: dict[str, tuple[str, ...]],
        plain: list[dict[int, _Reading]],
        town_names: frozenset[str],
    ) -> tuple[frozenset[int], tuple[tuple[str, ...], ...]]:
        """Which words are names of places, and the names of those where no organisation is."""
        words = tuple(spelt)
        named: set[int] = set()
        nowhere: list[tuple[str, ...]] = []
        for covers in [*reversed(neighbours(len(words))), *((i,) for i in range(len(words)))]:
            name = " ".join(words[i] for i in covers)
            ways = (name, *(spelt[name] if len(covers) == 1 else ()))
            is_place = any(way in town_names or way in self.empty_regions for way in ways)
            if named & {*covers} or not is_place:
                continue
            named |= {*covers}
            if self._number(name) is None and not (len(covers) == 1 and plain[covers[0]]):
                nowhere.append(tuple(words[i] for i in covers))
        return frozenset(named), tuple(nowhere)

    def _plain(self, word: str, others: tuple[str, ...], towns: TownNames) -> dict[int, _Reading]:
        """The word itself and those that begin with it; else in its other spellings."""
        if word in towns.cities and self.fields(word).isdisjoint((Field.TOWN, Field.REGION)):
            # Of a city in which nobody is, "London", no other name is the beginning.
            own = self._number(word)
            return {} if own is None else {own: _Reading(_EXACT)}
        readings = self._beginning(word)
        for other in others:
            # "ü" is a letter that was typed; the "ue" of "blue" is only perhaps one.
            if not readings or len(other) > len(word):
                readings = self._beginning(other) | readings
        return readings

    def _beginning(self, word: str) -> dict[int, _Reading]:
        readings = {}
        own = self._number(word)
        if len(word) >= _MIN_PREFIX:
            first = bisect_left(self._words, word)
            last = bisect_left(self._words, word + "{")  # the character after z
            reach = _Reach.NAMED if len(word) < _MIN_PREFIX_ANYWHERE else _Reach.ANYWHERE
            reach = _Reach.TYPED if self.types(word) else reach
            least = _PREFIX if own is None else _PREFIX_OF_ANOTHER
            readings = {
                i: _Reading(least + 0.3 * len(word) / len(self._words[i]), reach)
                for i in range(first, last)
                if " " not in self._words[i]
            }
        if own is not None:
            readings[own] = self._exact(word)
        return readings

    def _near(self, word: str) -> dict[int, _Reading]:
        """Words that may be meant: a letter or two apart, or with this word inside.

        Words that no page shows come in only where there are no others.
        """
        is_short = len(word) < _MIN_NEAR_ANYWHERE
        reach = _Reach.NAMED if is_short else _Reach.ANYWHERE
        fits = dict.fromkeys(self._around(word), _INSIDE) if len(word) >= _MIN_INSIDE else {}
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
                if not is_short or texts[i][0] == word[0]:
                    fits[int(numbers[i])] = _NEAR[int(apart[i])]
        shown = {i: fit for i, fit in fits.items() if not self._hidden[i]}
        return {i: _Reading(fit, reach) for i, fit in (shown or fits).items()}

    def _around(self, word: str) -> Iterator[int]:
        """Numbers of the words that a word is part of."""
        at = self._text.find(word)
        while at >= 0:
            line = int(np.searchsorted(self._offsets, at, "right")) - 1
            yield int(self._number_in_text[line])
            at = self._text.find(word, int(self._offsets[line + 1]))

    def _hits(self, slot: _Slot) -> _Hits:
        numbers = np.fromiter(slot.readings, np.int64, len(slot.readings))
        fits = np.fromiter((r.fit for r in slot.readings.values()), np.float32, len(numbers))
        reach = np.fromiter((r.reach for r in slot.readings.values()), np.int8, len(numbers))
        links, reading = _ranges(self._links_of_word, numbers)
        fit, term = fits[reading], self._term[links]
        # An acronym that one made up oneself is meant letter by letter or not at all.
        counts = (fit == _EXACT) | ~self._only_exact[links]
        counts &= self._counts[reach[reading], self._field[links]]
        weight = self._weight[links] * fit * counts
        order = np.lexsort((weight, term))
        order = order[np.append(term[order][1:] != term[order][:-1], True)[: len(order)]]
        order = order[weight[order] > 0]
        rows, which = _ranges(self._postings_of_term, term[order])
        return _Hits(
            slot,
            numbers[reading][order],
            weight[order],
            (fit * self._is_name[links])[order],
            (fit * self._is_written[links])[order],
            self._several[links][order],
            ((fit == _EXACT) & self._is_town[links])[order],
            self._ordinals[rows],
            which,
        )

    def _score_all(
        self, hits: list[_Hits], n_telling: int, n_words: int
    ) -> tuple[Floats, npt.NDArray[np.integer[Any]]]:
        """Score of every organisation, and how many of the words that it must have it has."""
        by_word = np.zeros((n_words, self.n), dtype=np.float32)
        in_name = np.zeros(self.n, dtype=np.float32)
        in_town = np.zeros(self.n, dtype=np.bool_)
        written = np.zeros((n_words, self.n), dtype=np.float32)
        for hit in hits:
            if not len(hit.ordinals):
                continue
            weights = hit.weights[hit.rows]
            if hit.several.any():
                weights = weights * self.shares[hit.several[hit.rows], hit.ordinals]
            weight = self._best(hit.ordinals, weights)
            weight *= np.float32(np.log1p(self.n / np.count_nonzero(weight)))
            of_text = hit.written_fits[hit.rows] > 0
            text_fit = self._best(hit.ordinals[of_text], hit.written_fits[hit.rows[of_text]])
            for i in hit.slot.covers:
                np.maximum(by_word[i], weight, out=by_word[i])
                np.maximum(written[i], text_fit, out=written[i])
            in_town[hit.ordinals[hit.in_town[hit.rows]]] = True
            of_name = hit.name_fits[hit.rows] > 0
            name_fit = self._best(hit.ordinals[of_name], hit.name_fits[hit.rows[of_name]])
            in_name += name_fit * len(hit.slot.covers)
        covered = np.minimum(in_name / self._name_length, 1)
        said = written.sum(axis=0) / max(n_words, 1)
        score: Floats = by_word.sum(axis=0) * (1 + covered) * (1 + said)
        score[in_town] *= _TOWN_FIRST
        return score, np.count_nonzero(by_word[:n_telling], axis=0)

    def _best(self, ordinals: Ints, values: Floats) -> Floats:
        """Highest value of each organisation; 0 for the others."""
        best = np.zeros(self.n, dtype=np.float32)
        np.maximum.at(best, ordinals, values)
        return best

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
            bits=pack(has_all),
            words=self._marks(hits),
            corrections=dict(self._corrections(hits, near, int(ordinals[0]))),
        )

    def _closest(
        self,
        score: Floats,
        had: npt.NDArray[np.integer[Any]],
        hits: list[_Hits],
        places: tuple[tuple[str, ...], ...],
    ) -> Found:
        """Nothing, but with the organisations that have most of the words."""
        nothing = replace(self.nothing(), places=places)
        most = int(had.max(initial=0))
        if not most:
            return nothing
        near = np.flatnonzero(had == most)
        best = near[np.argsort(-score[near], kind="stable")][:_CLOSEST]
        return replace(nothing, words=self._marks(hits), closest=tuple(int(i) for i in best))

    def nothing(self) -> Found:
        """What a text without any word finds."""
        return Found(
            np.empty(0, np.int32), np.empty(0, np.float32), pack(np.zeros(self.n, np.bool_))
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
                # Of words that fit equally well the one that a page shows.
                best_word = max(had, key=lambda i: (hit.slot.readings[i].fit, not self._hidden[i]))
                word = self._words[best_word]
                if not word.startswith(hit.slot.texts):
                    yield hit.slot.texts[0], word


def _is_reached(reach: _Reach, field: str) -> bool:
    """Whether a reading counts where a word stands in a field."""
    if reach is _Reach.NAMED:
        return field in (*_IN_NAMES, Field.TOWN, Field.WEBSITE)
    return reach is _Reach.ANYWHERE or field in (*_IN_NAMES, Field.TYPE, Field.TYPE_NAME)


def _shares(database: Database) -> Floats:
    """What one code of several counts; see :func:`ecosystem.finding.search.find`.

    Returns
    -------
    array of float, shape (1 + number of :data:`_SEVERAL`, number of organisations)
        By ``ordinal``; the first row, for all that isn't coded, is 1.
    """
    columns = ", ".join(f"len({column}) AS {column}" for column in _SEVERAL.values())
    shares = np.ones((1 + len(_SEVERAL), code_index.size(database)), np.float32)
    for rows in database.pieces(f"SELECT ordinal, {columns} FROM organisation"):
        ordinals = rows["ordinal"].to_numpy()
        for row, column in zip(shares[1:], _SEVERAL.values(), strict=True):
            lengths = rows[column].to_numpy().astype(np.float32)
            row[ordinals] = (1 + 1 / np.maximum(lengths, 1)) / 2
    return shares


def _row_of_share(field: str) -> int:
    return [*_SEVERAL].index(field) + 1 if field in _SEVERAL else 0


def _links(database: Database) -> pa.Table:
    """Words and the terms that they name, with the field of each: by word and term."""
    links = database.arrow("SELECT word, term, field FROM search_word")
    # They are written in order. To sort those of a million organisations takes DuckDB 500 MB.
    word, term = (links[name].combine_chunks() for name in ("word", "term"))
    is_later = pc.greater(word[1:], word[:-1])
    is_same = pc.equal(word[1:], word[:-1])
    is_after = pc.or_(is_later, pc.and_(is_same, pc.greater_equal(term[1:], term[:-1])))
    if pc.all(is_after, min_count=0).as_py():
        return links
    return links.sort_by([("word", "ascending"), ("term", "ascending")])


def _fields(links: pa.Table) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.object_]]:
    """Field of each link, as a number, and what the numbers stand for."""
    field = links["field"].combine_chunks()
    return field.indices.to_numpy(), np.array(field.dictionary.to_pylist(), dtype=object)


def _is_in(links: pa.Table, fields: Iterable[str]) -> npt.NDArray[np.bool_]:
    """Whether each link is of any of some fields."""
    numbers, known = _fields(links)
    return np.isin(known, list(fields))[numbers]


def _first_of_each(values: pa.Array) -> Numbers:
    """Where each value stands first among equal ones next to each other."""
    is_new = pc.not_equal(values[1:], values[:-1]).to_numpy(zero_copy_only=False)
    return np.flatnonzero(np.append(True, is_new)[: len(values)])


def _some_of(links: pa.Table, is_chosen: npt.NDArray[np.bool_]) -> pd.DataFrame:
    return links.filter(pa.array(is_chosen)).to_pandas()


def _postings(database: Database, terms: int) -> tuple[Numbers, Ints]:
    """How many organisations have each of so many terms, and which, by term and ordinal."""
    asked = "SELECT term, ordinal FROM search_posting"
    size = int(database.value("SELECT count(*) FROM search_posting"))
    found, is_in_order = _gather(database.pieces(asked), size, terms)
    if not is_in_order:
        # They are written in order. To sort 35 million takes DuckDB a gigabyte.
        found, _ = _gather(database.pieces(f"{asked} ORDER BY term, ordinal"), size, terms)
    return found


def _gather(
    pieces: Iterable[pd.DataFrame], size: int, terms: int
) -> tuple[tuple[Numbers, Ints], bool]:
    """What :func:`_postings` gives of pieces that are in order, and whether they are."""
    counts, ordinals = np.zeros(terms, np.int64), np.empty(size, np.int32)
    last, end = -1, 0
    for rows in pieces:
        term, ordinal = (rows[name].to_numpy() for name in ("term", "ordinal"))
        both = term.astype(np.int64) << 32 | ordinal
        if (np.diff(both, prepend=last) < 0).any():
            return (counts, ordinals), False
        own = np.bincount(term - term[0])
        counts[term[0] : term[0] + len(own)] += own
        begin, end, last = end, end + len(rows), both[-1]
        ordinals[begin:end] = ordinal
    return (counts, ordinals), True


def _empty_regions(database: Database, links: pd.DataFrame) -> dict[str, str]:
    """Names of NUTS regions without organisations, and the region's id.

    The id is one of the words that name its term; of several regions the largest counts.
    """
    ids = database.frame("SELECT nuts_id FROM region")["nuts_id"]
    of_word = dict(zip(ids.str.lower(), ids, strict=True))
    own = links.assign(nuts_id=links["word"].map(of_word)).dropna(subset=["nuts_id"])
    of_term = dict(zip(own["term"], own["nuts_id"], strict=True))
    named = links.assign(nuts_id=links["term"].map(of_term)).dropna(subset=["nuts_id"])
    smallest_first = named.iloc[named["nuts_id"].str.len().argsort(kind="stable")[::-1]]
    return dict(zip(smallest_first["word"], smallest_first["nuts_id"], strict=True))


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
