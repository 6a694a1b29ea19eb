"""What the search box finds besides organisations: regions, partnerships, practices and so on.

An entry is found if it has every word of a query that tells something: in its name, what it is
("voucher"), its place in any language, its year or its summary. A word is had if it, or a longer
word that begins with it, occurs; only where nothing begins with it are near spellings taken.
Words that say nothing of a question ("who runs") are left out, and those that all here work on
("cyber") count for the order alone, as in the search of organisations.

The index is made of the release at the first search and kept in memory: some thousand entries.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import process
from rapidfuzz.distance import OSA

from ecosystem.common import partial_dates
from ecosystem.common.per_release import Recent, per_release
from ecosystem.common.search_words import MAX_WORDS, is_telling, neighbours, tolerance
from ecosystem.common.settings import settings
from ecosystem.common.store import Database
from ecosystem.common.synonyms import load_synonyms
from ecosystem.common.text import fold
from ecosystem.common.vocabulary import (
    COUNTRIES,
    DOCUMENT_KINDS,
    ENTITY_KINDS,
    EVENT_KINDS,
    PARTNERSHIP_KINDS,
    PRACTICE_KINDS,
    SCOPES,
    STAGES,
    Vocabulary,
)
from ecosystem.finding import nearby, search
from ecosystem.regional.profiles import LEVEL_NAMES
from ecosystem.tables import (
    documents,
    events,
    investors,
    network_entities,
    partnerships,
    practices,
    programmes,
    regions,
)


class Kind(StrEnum):
    """What can be found, in the order in which it is shown."""

    REGION = "region"
    PARTNERSHIP = "partnership"
    PRACTICE = "practice"
    INVESTOR = "investor"
    PROGRAMME = "programme"
    NETWORK_ENTITY = "network_entity"
    EVENT = "event"
    DOCUMENT = "document"


# What stands in the list that a question asks for.
OF_LIST = {
    "partnerships": Kind.PARTNERSHIP,
    "practices": Kind.PRACTICE,
    "investors": Kind.INVESTOR,
    "programmes": Kind.PROGRAMME,
    "network": Kind.NETWORK_ENTITY,
    "events": Kind.EVENT,
    "documents": Kind.DOCUMENT,
}
# What a word weighs by where it occurs.
_NAME, _SUBTITLE, _JOINED, _PLACE_IN_NAME = 10.0, 8.0, 7.0, 8.0
_OWN, _YEAR, _WHAT, _PLACE, _COUNTRY = 4.0, 4.0, 3.0, 3.0, 2.5
_TEXT, _OTHERS, _GENERIC = 2.0, 1.5, 1.0
_IN_NAME = 9.0  # what weighs as much or more stands in the name, before a dash or bracket
# What "cyber" counts for the order, as a part of what another word would.
_SPARE = 0.25
# A longer word that begins so fits less where the word itself occurs elsewhere.
_EXACT, _SINGULAR, _PREFIX, _PREFIX_OF_ANOTHER = 1.0, 0.9, 0.7, 0.4
_NEAR = {1: 0.5, 2: 0.35}
_MIN_PREFIX = 3
_MIN_SINGULAR = 5
_KEPT = 256
_SUBTITLE_BEGINS = re.compile(r"(?<=\S)\s+[-–—/]\s+|(?<=\S)\s+\(")
# Words for the kind of entry itself, which only help where they are asked for.
_GENERIC_WORDS = {
    Kind.REGION: "region valley",
    Kind.PARTNERSHIP: "partnership partnerships cooperation project projects",
    Kind.PRACTICE: "practice practices good measure measures",
    Kind.INVESTOR: "investor investors investment venture capital fund funds funding money",
    Kind.PROGRAMME: "programme programmes program accelerator accelerators acceleration incubator",
    Kind.NETWORK_ENTITY: "network body bodies",
    Kind.EVENT: "event events conference meeting",
    Kind.DOCUMENT: "document documents paper publication",
}
_NUTS_COUNTRIES = {"GR": "EL", "GB": "UK"}
# Of places that are called alike the larger one is meant.
_REGION_NAME = {"valley": 12.0, "nuts0": 11.0, "nuts2": 10.0, "nuts1": 9.5, "nuts3": 9.0}

_TELLING = (search.Kind.TYPE, search.Kind.PLACE, search.Kind.WORD, search.Kind.YEAR)

Floats = npt.NDArray[np.float32]
Words = dict[str, float]


@dataclass(frozen=True)
class Entry:
    """Something that can be found.

    Attributes
    ----------
    kind : Kind
        What it is.
    id : str
        Its identifier among those of its kind.
    name : str
        As the register writes it.
    what : str
        In a few words, what it is and where: register text, to be escaped.
    """

    kind: Kind
    id: str
    name: str
    what: str


@dataclass(frozen=True)
class Group:
    """What of one kind was found.

    Attributes
    ----------
    entries : tuple of Entry
        The first ones, best first.
    total : int
        How many there are.
    """

    entries: tuple[Entry, ...]
    total: int


def find(database: Database, text: str, limit: int = 3) -> dict[Kind, Group]:
    """What a query finds besides organisations, in groups; kinds without anything are left out.

    The score of an entry is the sum over the query's words of *weight x fit x rarity*, times 1
    to 2 by the share of its name that the query covers. The weight is that of the place where a
    word occurs; the fit 1 for the word itself, less for a longer word or another spelling; the
    rarity log(1 + N/n) for a word that n of N entries have. Equals come by name. A query that
    asks for lists, "events in Brussels", finds nothing else where these have anything.

    Parameters
    ----------
    text : str
        Any text.
    limit : int
        Entries of each kind.
    """
    entries = _index(database).entries
    groups: dict[Kind, list[int]] = defaultdict(list)
    for number in _found(database, text):
        groups[entries[number].kind].append(number)
    asked = {OF_LIST[name] for name in search.understand(database, text).other_lists}
    if asked & groups.keys():
        groups = {kind: numbers for kind, numbers in groups.items() if kind in asked}
    return {
        kind: Group(tuple(entries[i] for i in groups[kind][:limit]), len(groups[kind]))
        for kind in Kind
        if kind in groups
    }


def ids(database: Database, kind: Kind, text: str) -> list[str]:
    """Identifiers of everything of one kind that a query finds, best first."""
    entries = _index(database).entries
    found = (entries[number] for number in _found(database, text))
    return [entry.id for entry in found if entry.kind is kind]


def entry(database: Database, kind: Kind, id_: str) -> Entry | None:
    """The entry of a kind with an identifier; None if there is none."""
    return _index(database).by_id.get((kind, id_))


def prepare(database: Database) -> None:
    """Make what the first search would wait for."""
    _index(database)


def _found(database: Database, text: str) -> tuple[int, ...]:
    return _recent(database).get(text, lambda: _search(database, text))


@per_release
def _recent(database: Database) -> Recent[tuple[int, ...]]:
    del database  # the answers belong to it
    return Recent(_KEPT)


def _search(database: Database, text: str) -> tuple[int, ...]:
    telling, spare = _read(database, text)
    return _index(database).find(telling, spare)


def _read(database: Database, text: str) -> tuple[list[str], list[str]]:
    """Words of a query that an entry must have, and those that count for the order alone."""
    question = search.understand(database, text)
    telling: list[str] = []
    spare: list[str] = []
    for part in question.parts:
        if part.kind is search.Kind.NEAR and part.town is not None:
            telling += _telling(part.town.label.split(",")[0])
        elif part.kind is search.Kind.SUBJECT or part.other_list:
            spare += _telling(part.text)
        elif part.kind in _TELLING:
            telling += _telling(part.text)
    if not telling:
        telling, spare = spare or _telling(text), []
    return list(dict.fromkeys(telling))[:MAX_WORDS], list(dict.fromkeys(spare))[:MAX_WORDS]


def _telling(text: str) -> list[str]:
    return [word for word in fold(text).split() if is_telling(word)]


class _Index:
    """Which entries have which words, and what these weigh there."""

    def __init__(self, entries: Iterable[tuple[Entry, Words]]) -> None:
        pairs = sorted(entries, key=lambda pair: (fold(pair[0].name), pair[0].id))
        self.entries = [entry for entry, _ in pairs]
        self.by_id = {(entry.kind, entry.id): entry for entry in self.entries}
        postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, (_, words) in enumerate(pairs):
            for word, weight in words.items():
                postings[word].append((number, weight))
        self._postings = {
            word: (
                np.array([number for number, _ in had], dtype=np.int32),
                np.array([weight for _, weight in had], dtype=np.float32),
            )
            for word, had in postings.items()
        }
        self._words = sorted(self._postings)
        self._name_length = np.array(
            [max(1, len(_telling(_main_part(entry.name)))) for entry in self.entries],
            dtype=np.float32,
        )

    def find(self, telling: list[str], spare: list[str]) -> tuple[int, ...]:
        """Numbers of the entries that have all telling words, best first."""
        n, number = len(self.entries), len(telling)
        if not n or not number:
            return ()
        words = [*telling, *spare]
        best = np.zeros((len(words), n), dtype=np.float32)
        in_name = np.zeros((len(words), n), dtype=np.bool_)
        for i, word in enumerate(words):
            self._take(best[i], in_name[i], self._readings(word))
        for pair in neighbours(len(words)):
            joined = "".join(words[i] for i in pair)
            if joined in self._postings:
                for i in pair:
                    self._take(best[i], in_name[i], {joined: _EXACT / len(pair)})
        had = (best[:number] > 0).all(axis=0)
        rarity = np.log1p(n / np.maximum((best > 0).sum(axis=1), 1)).astype(np.float32)
        share = np.array([1.0] * number + [_SPARE] * len(spare), dtype=np.float32)
        score = ((rarity * share)[:, None] * best).sum(axis=0)
        covered = np.minimum(in_name.sum(axis=0) / self._name_length, 1)
        score *= 1 + covered
        numbers = np.flatnonzero(had)
        return tuple(numbers[np.argsort(-score[numbers], kind="stable")].tolist())

    def _take(
        self, best: Floats, in_name: npt.NDArray[np.bool_], readings: Mapping[str, float]
    ) -> None:
        for word, fit in readings.items():
            numbers, weights = self._postings[word]
            np.maximum.at(best, numbers, weights * np.float32(fit))
            in_name[numbers[weights >= _IN_NAME]] = True

    def _readings(self, word: str) -> dict[str, float]:
        """Words of the index that a word of the query may mean, and how well each fits."""
        found = {word: _EXACT} if word in self._postings else {}
        if len(word) >= _MIN_SINGULAR and word.endswith("s") and word[:-1] in self._postings:
            found[word[:-1]] = _SINGULAR
        if len(word) >= _MIN_PREFIX:
            fit = _PREFIX_OF_ANOTHER if word in found else _PREFIX
            for longer in self._beginning_with(word):
                found.setdefault(longer, fit)
        return found or self._near(word)

    def _beginning_with(self, start: str) -> Iterator[str]:
        for i in range(bisect_left(self._words, start), len(self._words)):
            if not self._words[i].startswith(start):
                return
            yield self._words[i]

    def _near(self, word: str) -> dict[str, float]:
        most = tolerance(word)
        if not most:
            return {}
        alike = process.extract(
            word, self._words, scorer=OSA.distance, score_cutoff=most, limit=None
        )
        closest = min((int(distance) for _, distance, _ in alike), default=0)
        return {near: _NEAR[closest] for near, distance, _ in alike if int(distance) == closest}


@per_release
def _index(database: Database) -> _Index:
    return _Index(_Reader(database).entries())


def _main_part(name: str) -> str:
    return _SUBTITLE_BEGINS.split(name)[0]


class _Reader:
    """Reads the entries of a release with their words."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._places = regions.places(database)
        self._synonyms = load_synonyms(settings().schema_dir / "search_synonyms.csv")
        self._of_place: dict[str, list[str]] = {}

    def entries(self) -> Iterator[tuple[Entry, Words]]:
        """Every entry with what each of its words weighs."""
        yield from self._regions()
        yield from self._partnerships()
        yield from self._practices()
        yield from self._investors()
        yield from self._programmes()
        yield from self._entities()
        yield from self._events()
        yield from self._documents()

    def _regions(self) -> Iterator[tuple[Entry, Words]]:
        for place in {place.place_id: place for place in self._places.values()}.values():
            level = regions.level_of(place.place_id)
            codes = [id_ for id_ in place.ids if regions.level_of(id_) != "valley"]
            words = _words(Kind.REGION)
            for name in (*place.names, *codes, *self._region_synonyms(place.ids)):
                _put(words, _telling(name), _REGION_NAME[level])
            what = ", ".join([LEVEL_NAMES[level], *codes])
            yield Entry(Kind.REGION, place.place_id, place.label, what), words

    def _partnerships(self) -> Iterator[tuple[Entry, Words]]:
        for row in partnerships.search_texts(self._database).to_dict("records"):
            words = self._common_words(Kind.PARTNERSHIP, row)
            self._put_kind(words, PARTNERSHIP_KINDS, "partnerships", row["kind"])
            self._put_places(words, row["name"], row["valleys"], row["countries"])
            _put(words, _telling(row["others"]), _OTHERS)
            _put_year(words, row["start"])
            yield (
                Entry(
                    Kind.PARTNERSHIP, row["id"], row["name"], PARTNERSHIP_KINDS.label(row["kind"])
                ),
                words,
            )

    def _practices(self) -> Iterator[tuple[Entry, Words]]:
        names = regions.labels(self._database)
        for row in practices.search_texts(self._database).to_dict("records"):
            words = self._common_words(Kind.PRACTICE, row)
            self._put_kind(words, PRACTICE_KINDS, "practices", row["kind"])
            valley = _text(row["valley_id"])
            self._put_places(words, row["name"], [valley], [])
            if not pd.isna(row["year"]):
                _put_year(words, str(int(row["year"])))
            what = ", ".join(
                filter(None, [PRACTICE_KINDS.label(row["kind"]), names.get(valley, "")])
            )
            yield Entry(Kind.PRACTICE, row["id"], row["name"], what), words

    def _investors(self) -> Iterator[tuple[Entry, Words]]:
        rows = investors.search_texts(self._database)
        towns = nearby.names_of(self._database, _towns(rows))
        for row in rows.to_dict("records"):
            words = self._common_words(Kind.INVESTOR, row)
            for stage in row["stages"]:
                _put(words, _telling(STAGES.label(stage)), _WHAT)
            city, country = _text(row["city"]), _text(row["country"])
            self._put_places(words, row["name"], [_text(row["valley_id"])], [country])
            self._put_town(words, city, country, towns)
            what = ["Investor", city, country and COUNTRIES.label(country)]
            yield Entry(Kind.INVESTOR, row["id"], row["name"], ", ".join(filter(None, what))), words

    def _programmes(self) -> Iterator[tuple[Entry, Words]]:
        rows = programmes.search_texts(self._database)
        towns = nearby.names_of(self._database, _towns(rows))
        for row in rows.to_dict("records"):
            words = self._common_words(Kind.PROGRAMME, row)
            city, country = _text(row["city"]), _text(row["country"])
            self._put_places(words, row["name"], [], [country])
            self._put_town(words, city, country, towns)
            _put_year(words, row["start"])
            known = country in COUNTRIES
            what = ["Programme", city, COUNTRIES.label(country) if known else "several countries"]
            yield (
                Entry(Kind.PROGRAMME, row["id"], row["name"], ", ".join(filter(None, what))),
                words,
            )

    def _entities(self) -> Iterator[tuple[Entry, Words]]:
        rows = network_entities.search_texts(self._database)
        towns = nearby.names_of(self._database, _towns(rows))
        for row in rows.to_dict("records"):
            words = self._common_words(Kind.NETWORK_ENTITY, row)
            self._put_kind(words, ENTITY_KINDS, "network", row["kind"])
            _put(words, _telling(SCOPES.label(row["scope"])), _WHAT)
            city, country = _text(row["city"]), _text(row["country"])
            self._put_places(words, row["name"], [_text(row["valley_id"])], [country])
            self._put_town(words, city, country, towns)
            what = ", ".join(
                filter(
                    None,
                    [ENTITY_KINDS.label(row["kind"]), city, country and COUNTRIES.label(country)],
                )
            )
            yield Entry(Kind.NETWORK_ENTITY, row["id"], row["name"], what), words

    def _events(self) -> Iterator[tuple[Entry, Words]]:
        rows = events.search_texts(self._database)
        towns = nearby.names_of(self._database, _towns(rows))
        for row in rows.to_dict("records"):
            words = self._common_words(Kind.EVENT, row)
            self._put_kind(words, EVENT_KINDS, "events", row["kind"])
            city, country = _text(row["city"]), _text(row["country"])
            self._put_places(words, row["name"], [_text(row["valley_id"])], [country])
            self._put_town(words, city, country, towns)
            _put_year(words, row["start"])
            what = [EVENT_KINDS.label(row["kind"]), city, _date(row["start"])]
            yield Entry(Kind.EVENT, row["id"], row["name"], ", ".join(filter(None, what))), words

    def _documents(self) -> Iterator[tuple[Entry, Words]]:
        for row in documents.search_texts(self._database).to_dict("records"):
            words = self._common_words(Kind.DOCUMENT, row)
            self._put_kind(words, DOCUMENT_KINDS, "documents", row["kind"])
            group = _text(row["working_group"])
            _put(words, _telling(group), _OWN)
            _put_year(words, row["start"])
            what = [DOCUMENT_KINDS.label(row["kind"]), group, _date(row["start"])]
            yield Entry(Kind.DOCUMENT, row["id"], row["name"], ", ".join(filter(None, what))), words

    def _common_words(self, kind: Kind, row: Mapping[Any, Any]) -> Words:
        """Words of what stands in every row: its name, text and identifier, which is a name too."""
        words = _words(kind)
        main = _telling(_main_part(row["name"]))
        _put(words, main, _NAME)
        _put(words, _telling(row["name"]), _SUBTITLE)
        _put(words, _telling(f"{row['id']} {row['text']}"), _TEXT)
        _put(words, [a + b for a, b in pairwise(main)], _JOINED)
        return words

    def _put_kind(self, words: Words, kinds: Vocabulary, resource: str, code: str) -> None:
        term = kinds.get(code)
        called = [code, *([term.label, term.plural] if term else [])]
        for text in (*called, *self._synonyms[resource][code]):
            _put(words, _telling(text), _WHAT)

    def _put_places(
        self, words: Words, name: str, valleys: Iterable[str], countries: Iterable[str]
    ) -> None:
        """Names of places in all languages; more where the entry's own name has the place's."""
        folded = f" {fold(name)} "
        codes = [(valley, _PLACE) for valley in valleys]
        codes += [(_NUTS_COUNTRIES.get(code, code), _COUNTRY) for code in countries]
        for code, weight in codes:
            called = self._called(code)
            is_named = any(f" {text} " in folded for text in called)
            for text in called:
                _put(words, _telling(text), _PLACE_IN_NAME if is_named else weight)

    def _put_town(
        self,
        words: Words,
        city: str,
        country: str,
        towns: Mapping[tuple[str, str], list[str]],
    ) -> None:
        for text in (city, *towns.get((fold(city), country), ())):
            _put(words, _telling(text), _OWN)

    def _called(self, region_id: str) -> list[str]:
        if region_id not in self._of_place:
            place = self._places.get(region_id)
            names = [fold(name) for name in place.names] if place else []
            extra = self._region_synonyms(place.ids) if place else []
            self._of_place[region_id] = list(dict.fromkeys([*names, *extra]))
        return self._of_place[region_id]

    def _region_synonyms(self, ids_: Iterable[str]) -> list[str]:
        return [word for id_ in ids_ for word in self._synonyms["region"].get(id_, ())]


def _words(kind: Kind) -> Words:
    return dict.fromkeys(_GENERIC_WORDS[kind].split(), _GENERIC)


def _put(words: Words, new: Iterable[str], weight: float) -> None:
    for word in new:
        if words.get(word, 0.0) < weight:
            words[word] = weight


def _put_year(words: Words, date: Any) -> None:
    if isinstance(date, str):
        _put(words, [date[:4]], _YEAR)


def _date(text: Any) -> str:
    return partial_dates.in_words(text) if isinstance(text, str) else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _towns(rows: pd.DataFrame) -> Iterator[tuple[str, str]]:
    known = rows.dropna(subset=["city", "country"])
    for city, country in zip(known["city"], known["country"], strict=True):
        yield fold(city), country
