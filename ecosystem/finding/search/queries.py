"""What a query finds in a release, and how it was understood."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ecosystem.common.search_words import WORD, Field, query_words, spellings
from ecosystem.common.store import Database
from ecosystem.common.text import fold
from ecosystem.common.vocabulary import COUNTRIES
from ecosystem.finding import nearby
from ecosystem.finding.masks import pack
from ecosystem.finding.nearby import Town
from ecosystem.finding.search.engine import VOCABULARIES, Found
from ecosystem.finding.search.names import index, town_names
from ecosystem.finding.search.questions import Kind, Part, understand

_NUTS0, _NUTS3 = 2, 5  # lengths of ids


def prepare(database: Database) -> None:
    """Read into memory what the first search would wait for."""
    index(database)
    town_names(database)


def find(database: Database, text: str) -> Found:
    """What a query finds, best first.

    The score is the sum over the query's words of *weight x fit x rarity*, times 1 to 2 by the
    share of the name, up to a dash or bracket, that the query covers, and times 1 to 2 by the
    share of the query's words that the organisation's own text has: its names, website or notes.
    So "incident response" comes first where the notes say it.

    The weight is that of the place where the word occurs
    (:data:`ecosystem.finding.search.engine.WEIGHTS`), the best one counts; for one of d JRC
    domains (or sectors, or functions) it is multiplied by (1 + 1/d) / 2, since
    the only domain of an organisation says more of it than one of three. The fit is 1 for the
    word itself, 0.6 to 0.9 for the beginning of a longer one, by its share of it (0.3 less where
    the word itself occurs elsewhere), and 0.5 or 0.35 for one that is one or two letters apart.
    The rarity is log(1 + N/n) for a word that n of N organisations have, as in Okapi BM25. Equals
    come by name.

    Parameters
    ----------
    text : str
        Any text. Accents, case, punctuation and script don't matter, nor whether "ü" is written
        "ue"; words like "the" and "in" count only where there are no others; what is longer than
        ``MAX_LENGTH`` characters or ``MAX_WORDS`` words is cut off. What its words do says
        :mod:`ecosystem.finding.search.questions`: with "near Rennes" only what lies around is
        found, by distance if no other word narrows.
    """
    question = understand(database, text)
    if not question.has_words:
        return index(database).nothing()
    answer = index(database).find(question.telling, question.spare, town_names(database))
    if question.near is None or question.near.town is None:
        return answer
    return _within(database, answer, question.near.town, question.near.km, bool(question.telling))


def _within(database: Database, answer: Found, town: Town, km: int, keep_order: bool) -> Found:
    """What of an answer lies near a town; by distance if no word gave it an order."""
    apart = nearby.distances(database, town.lon, town.lat)
    ordinals = answer.ordinals[apart[answer.ordinals] <= km]
    scores = answer.scores[apart[answer.ordinals] <= km]
    if not keep_order:
        ordinals = np.sort(ordinals)
        ordinals = ordinals[np.argsort(apart[ordinals], kind="stable")]
        scores = (1 / (1 + apart[ordinals])).astype(np.float32)
    inside = np.zeros(len(apart), dtype=np.bool_)
    inside[ordinals] = True
    return replace(answer, ordinals=ordinals, scores=scores, bits=pack(inside))


@dataclass(frozen=True)
class Place:
    """A place that a query names and where no organisation is.

    Attributes
    ----------
    text : str
        As written in the query.
    words : tuple of str
        The same, folded.
    is_town : bool
        Whether a town has this name.
    region, country : str
        Name of the NUTS region of this name, and ISO 3166-1 code of its country; empty if
        only towns are, or a town and the NUTS 3 region around it.
    """

    text: str
    words: tuple[str, ...]
    is_town: bool
    region: str = ""
    country: str = ""


@dataclass(frozen=True)
class Reading:
    """How a query was understood, for showing it.

    Attributes
    ----------
    words : frozenset of str
        See :class:`Found`.
    corrections : dict of str to str
        Words as written in the query -> what they were taken for, where possible as the first
        organisation writes it.
    places : tuple of Place
        Towns and regions of the query without organisations.
    """

    words: frozenset[str]
    corrections: dict[str, str]
    places: tuple[Place, ...] = ()


def reading(database: Database, text: str) -> Reading:
    """How a query was understood, for showing it."""
    answer = find(database, text)
    return Reading(
        answer.words,
        {
            _as_typed(text, (word,)): _as_written(database, int(answer.ordinals[0]), right)
            for word, right in answer.corrections.items()
            if len(answer.ordinals)
        },
        tuple(_place(database, text, words) for words in answer.places),
    )


def _place(database: Database, text: str, words: tuple[str, ...]) -> Place:
    typed = _as_typed(text, words)
    ways = _ways_to_write(words, typed)
    towns, empty = town_names(database).all, index(database).empty_regions
    place = Place(typed, words, any(way in towns for way in ways))
    nuts_id = next((empty[way] for way in ways if way in empty), None)
    if nuts_id is None or (place.is_town and len(nuts_id) == _NUTS3):
        return place
    region = database.record(
        "SELECT name, country FROM region WHERE nuts_id = $id", {"id": nuts_id}
    )
    if not region:
        return place
    country = region["country"]
    name = COUNTRIES.label(country) if len(nuts_id) == _NUTS0 else region["name"]
    return replace(place, region=name, country=country)


def town_meant(database: Database, part: Part) -> Town | None:
    """The town that a part of a question names, in whatever spelling; None if it names none.

    A part without organisations names one as well if it is a city, or a town and nothing else.
    """
    if part.kind is Kind.NEAR:
        return part.town
    if part.kind not in (Kind.PLACE, Kind.WORD):
        return None
    ways = _ways_to_write(query_words(part.text), part.text)
    fields = frozenset().union(*(index(database).fields(way) for way in ways))
    known = town_names(database)
    meant = known.cities if fields else known.all
    if Field.TOWN not in fields and meant.isdisjoint(ways):
        return None
    towns = (nearby.likely_town(database, way) for way in (part.text, *ways[1:]))
    return next(filter(None, towns), None)


def names_region(database: Database, part: Part) -> bool:
    """Whether a part of a question is the name of a region with organisations as well."""
    ways = _ways_to_write(query_words(part.text), part.text)
    return any(Field.REGION in index(database).fields(way) for way in ways)


def _ways_to_write(words: Sequence[str], typed: str) -> tuple[str, ...]:
    """A name as it is folded; where it is one word, the other ways to write it behind it."""
    name = " ".join(words)
    return (name, *spellings(typed).get(name, ()))


def _as_typed(text: str, words: tuple[str, ...]) -> str:
    """The part of a query from one folded word to another; the words where it isn't found."""
    typed = unicodedata.normalize("NFC", text)
    spans = [(m.start(), m.end(), fold(m[0]).split()) for m in WORD.finditer(typed)]
    start = next((start for start, _, folded in spans if words[0] in folded), len(typed))
    end = next((end for _, end, folded in spans if words[-1] in folded and end > start), 0)
    return typed[start:end] or " ".join(words)


def _as_written(database: Database, ordinal: int, word: str) -> str:
    """A folded word as an organisation's texts or the labels of its codes write it."""
    row = database.record(
        "SELECT name, former_names, city, notes FROM organisation WHERE ordinal = $ordinal",
        {"ordinal": ordinal},
    )
    texts = [row["name"], row["city"], row["notes"] or "", *row["former_names"]] if row else []
    texts += [term.label for terms in VOCABULARIES.values() for term in terms.values()]
    written = (m[0] for text in texts for m in WORD.finditer(text) if fold(m[0]) == word)
    return next(written, word)


def bits(database: Database, text: str) -> bytes:
    """What a query finds as one bit for each organisation; see :class:`Found`."""
    return find(database, text).bits
