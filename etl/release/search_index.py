"""What the full-text search reads: words, what they stand for, and where that occurs.

A *term* is something that an organisation has: a word of its name or notes, a JRC domain, a
town. ``search_posting`` says which organisations have it, ``search_word`` by which words it is
found. A town is written once, however many organisations sit in it and however many languages
name it. Regions without an organisation are terms without postings, so that the search can say
that it knows them.

What a term is called is either split, so that each of its words finds it ("incident" finds
"Incident handling and forensics"), or whole: then the words that count are one with spaces
("gran empresa"), and "gran" alone doesn't find it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from ecosystem.common.search_words import CODED, Field, query_words
from ecosystem.common.settings import settings
from ecosystem.common.synonyms import load_synonyms
from ecosystem.common.text import fold, fold_all
from ecosystem.common.vocabulary import BY_COLUMN, COUNTRIES, Vocabulary
from etl.places.gazetteer import Gazetteer
from etl.places.regions import ID_LENGTHS, Regions
from etl.release.own_words import (
    Split,
    Words,
    initials,
    number_words,
    parts_of_names,
    words_and_synonyms,
    words_of_former_names,
    words_of_hosts,
    words_of_names,
    words_of_subtitles,
)
from etl.tuples import sorted_rows

_NAME_PARTS = re.compile(r"\s*[,/(]\s*")
# Columns whose aliases are phrases with words of their own: "incident response", "data privacy".
_SPLIT_ALIASES = frozenset(("domains",))
_CITY = 50_000  # inhabitants; a village called like a region is none of its names
_PARTS_OF_COUNTRIES = frozenset(("england", "wales", "scotland", "northern ireland"))
_ORDINAL_BITS = 31
_QUESTION = "question"  # column of words that are no organisation's

Ints = npt.NDArray[np.int64]
# Column -> code -> words that people look for it by.
Synonyms = Mapping[str, Mapping[str, list[str]]]


class _Called(NamedTuple):
    """What a term is called, folded: names whose every word finds it, and others as a whole."""

    split: list[str]
    whole: list[str]


class _Part(NamedTuple):
    """One field of the index: words with the part's own term numbers, and their postings."""

    words: pd.DataFrame
    terms: Ints | npt.NDArray[np.int32]
    ordinals: Ints | npt.NDArray[np.int32]


def ordinals(names: pd.Series, ids: pd.Series) -> Ints:
    """Number of each organisation in the order of folded names, then ids; from 0, no gaps."""
    keys = np.array(fold_all(names.tolist()), dtype=object)
    numbers = np.empty(len(names), dtype=np.int64)
    numbers[sorted_rows(keys, ids)] = np.arange(len(names))
    return numbers


def search_tables(
    organisations: pd.DataFrame,
    towns: pd.DataFrame,
    regions: Regions,
    valleys: pd.DataFrame,
    aliases: Mapping[str, Mapping[str, str]],
) -> dict[str, pd.DataFrame]:
    """Rows of ``search_word`` and ``search_posting``.

    Parameters
    ----------
    organisations : pandas.DataFrame
        Typed register columns with ``ordinal``, ``valley_id`` and those of the location.
    towns : pandas.DataFrame
        What :func:`town_table` gives.
    regions : Regions
        NUTS regions, for their names.
    valleys : pandas.DataFrame
        ``valley_id`` and ``name``.
    aliases : mapping
        Column -> folded alias -> code, from :func:`etl.register.normalise.load_aliases`.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``search_word``: ``word, field, term``; ``search_posting``: ``term, ordinal``, sorted.
    """
    synonyms = load_synonyms(settings().schema_dir / "search_synonyms.csv")
    countries = aliases.get("country", {})
    named = _region_names(regions, towns, synonyms["region"])
    words_for = {phrase: [*map(_whole, words)] for phrase, words in synonyms["notes"].items()}
    own_texts: list[tuple[pd.Series, dict[Field, Split]]] = [
        (
            organisations["name"],
            {
                Field.NAME: words_of_names,
                Field.SUBTITLE: words_of_subtitles,
                Field.NAME_PART: parts_of_names,
                Field.INITIALS: initials,
            },
        ),
        (organisations["former_names"].map("\n".join), {Field.FORMER: words_of_former_names}),
        (organisations["website"], {Field.WEBSITE: words_of_hosts}),
        (organisations["notes"], {Field.NOTES: words_and_synonyms(words_for)}),
    ]
    parts = [
        *chain.from_iterable(
            _text_parts(texts, splits, organisations["ordinal"]) for texts, splits in own_texts
        ),
        _in_towns(organisations, towns),
        _in_regions(organisations, named, valleys, countries),
        _without_organisations(organisations, named, regions, countries),
        *(
            _code_part(field, organisations, BY_COLUMN[column], column, aliases, synonyms)
            for field, column in CODED.items()
        ),
        *(_part_asked_for(kind, words) for kind, words in synonyms[_QUESTION].items()),
    ]
    return _join(parts)


def town_table(gazetteer: Gazetteer) -> pd.DataFrame:
    """Rows of ``town``: every place of the gazetteer with its folded names, the own one first."""
    places = gazetteer.places
    return pd.DataFrame(
        {
            "town_id": places["place_id"].to_numpy(),
            "name": places["name"].to_numpy(),
            "country": places["country"].to_numpy(),
            "lon": places["lon"].to_numpy(float),
            "lat": places["lat"].to_numpy(float),
            "population": places["population"].to_numpy(),
            "names": pd.Series(gazetteer.folded_names, dtype=object),
        }
    )


def _text_parts(
    texts: pd.Series, splits: Mapping[Field, Split], ordinal: pd.Series
) -> Iterator[_Part]:
    """Own words of organisations, split in several ways: each is a term that it alone finds."""
    codes, distinct = pd.factorize(texts.fillna(""))
    once = distinct.tolist()
    for field, split in splits.items():
        yield _text_part(field, split(once), codes, ordinal)


def _text_part(field: Field, found: Words, codes: Ints, ordinal: pd.Series) -> _Part:
    """Words of distinct texts as terms of the organisations that have those texts."""
    of_text, numbers, words = number_words(found)
    lengths = np.bincount(of_text, minlength=int(codes.max(initial=-1)) + 1)
    starts = np.cumsum(lengths) - lengths
    repeats = lengths[codes]
    at = np.arange(repeats.sum())
    at += np.repeat(starts[codes] - (np.cumsum(repeats) - repeats), repeats)
    terms = numbers.astype(np.int32)
    return _Part(
        pd.DataFrame(
            {"word": pd.Series(words, dtype=object), "field": field, "term": np.arange(len(words))}
        ),
        terms[at],
        np.repeat(ordinal.to_numpy(np.int32), repeats),
    )


def _code_part(
    field: Field,
    organisations: pd.DataFrame,
    vocabulary: Vocabulary,
    column: str,
    aliases: Mapping[str, Mapping[str, str]],
    synonyms: Synonyms,
) -> _Part:
    """Codes of a vocabulary: terms that the words of their labels find, and other names."""
    values = pd.Series(organisations[column].to_numpy(), index=organisations["ordinal"].to_numpy())
    exploded = values.explode().dropna()
    terms, codes = pd.factorize(exploded)
    called = {
        code: _Called(
            [fold(vocabulary.label(code)), fold(vocabulary[code].plural), fold(code)],
            list(synonyms[column].get(code, ())),
        )
        for code in codes
    }
    for alias, code in aliases.get(column, {}).items():
        if code in called:
            (called[code].split if column in _SPLIT_ALIASES else called[code].whole).append(alias)
    words = _words_of(called.values(), field)
    if field is Field.TYPE:
        words = pd.concat([words, _type_names(vocabulary, called)], ignore_index=True)
    return _Part(words, terms, exploded.index.to_numpy())


def _type_names(vocabulary: Vocabulary, called: Mapping[str, _Called]) -> pd.DataFrame:
    """What a type is called as a whole: "company", but not the "public" of "public body"."""
    names = [
        _Called([], [fold(vocabulary.label(code)), fold(vocabulary[code].plural), *of_code.whole])
        for code, of_code in called.items()
    ]
    return _words_of(names, Field.TYPE_NAME)


def _in_towns(organisations: pd.DataFrame, towns: pd.DataFrame) -> _Part:
    """Towns: terms that their names in all languages find, and what the register calls them."""
    terms, place_ids = pd.factorize(organisations["place_id"])
    known = towns["names"].to_numpy()
    row = pd.Index(towns["town_id"]).get_indexer(place_ids)
    spelt = organisations[["place_id", "city"]].drop_duplicates()
    names: list[list[str]] = [list(known[i]) if i >= 0 else [] for i in row]
    of_term = pd.Index(place_ids).get_indexer(spelt["place_id"])
    for term, city in zip(of_term, spelt["city"], strict=True):
        names[term].append(fold(city))
    called = (_Called(of_town, of_town) for of_town in names)
    return _Part(_words_of(called, Field.TOWN), terms, organisations["ordinal"].to_numpy())


def _in_regions(
    organisations: pd.DataFrame,
    named: Mapping[str, _Called],
    valleys: pd.DataFrame,
    countries: Mapping[str, str],
) -> _Part:
    """NUTS 3 regions: terms that the names of all that they lie in find, and the valley's."""
    valley = dict(zip(valleys["valley_id"], valleys["name"].map(fold), strict=True))
    country = _country_names(countries)
    columns = ["country", "valley_id", *(f"nuts{level}" for level in ID_LENGTHS)]
    terms, keys = pd.factorize(
        pd.MultiIndex.from_frame(organisations[columns].astype(object).fillna(""))
    )
    nothing = _Called([], [])
    called = [
        _Called(
            [
                *country[code].split,
                valley.get(valley_id, ""),
                *(name for i in ids for name in named.get(i, nothing).split),
            ],
            [*country[code].whole, *(name for i in ids for name in named.get(i, nothing).whole)],
        )
        for code, valley_id, *ids in keys
    ]
    return _Part(_words_of(called, Field.REGION), terms, organisations["ordinal"].to_numpy())


def _without_organisations(
    organisations: pd.DataFrame,
    named: Mapping[str, _Called],
    regions: Regions,
    countries: Mapping[str, str],
) -> _Part:
    """NUTS regions where no organisation is: terms without postings, by whole names and id."""
    drawn = regions.drawn
    country = _country_names(countries)
    had = {i for level in ID_LENGTHS for i in organisations[f"nuts{level}"].unique()}
    called = []
    for nuts_id, code in zip(drawn["nuts_id"], drawn["country"], strict=True):
        if nuts_id not in had:
            names = [*named[nuts_id].split, *named[nuts_id].whole, fold(nuts_id)]
            if len(nuts_id) == ID_LENGTHS[0]:
                names += [*country[code].split, *country[code].whole]
            called.append(_Called([], names))
    nothing = np.empty(0, np.int64)
    return _Part(_words_of(called, Field.REGION), nothing, nothing)


def _part_asked_for(kind: str, words: list[str]) -> _Part:
    """Words that do something in a question: one term of their kind, which nobody has."""
    nothing = np.empty(0, np.int64)
    return _Part(pd.DataFrame({"word": words, "field": kind, "term": 0}), nothing, nothing)


def _country_names(aliases: Mapping[str, str]) -> dict[str, _Called]:
    """Folded names of each country, by its ISO 3166-1 code."""
    country = {code: _Called([fold(term.label)], []) for code, term in COUNTRIES.items()}
    for alias, code in aliases.items():
        # Codes such as "it" and "no" are words, too; a part's name isn't one of the whole.
        if (len(alias) > 2 or alias == "uk") and alias not in _PARTS_OF_COUNTRIES:
            country[code].whole.append(alias)
    return country


def _region_names(
    regions: Regions, towns: pd.DataFrame, synonyms: Mapping[str, list[str]]
) -> dict[str, _Called]:
    """Folded names of each region: its own, those of a city that shares it, in other languages.

    The NUTS names are those of the country: "Genève" and "München, Landkreis".
    """
    drawn = regions.drawn
    own = {
        nuts_id: [fold(name), *map(fold, _NAME_PARTS.split(name))]
        for nuts_id, name in zip(drawn["nuts_id"], drawn["name"], strict=True)
    }
    cities = towns[towns["population"] >= _CITY].sort_values("population")
    others = {
        (country, name): list(names)
        for country, names in zip(cities["country"], cities["names"], strict=True)
        for name in names
    }
    return {
        nuts_id: _Called(
            [
                *own[nuts_id],
                *(other for name in own[nuts_id] for other in others.get((country, name), ())),
            ],
            # Two letters are a country's, and often a word.
            [*synonyms.get(nuts_id, ()), *([fold(nuts_id)] if len(nuts_id) > 2 else [])],
        )
        for nuts_id, country in zip(drawn["nuts_id"], drawn["country"], strict=True)
    }


def _words_of(called: Iterable[_Called], field: str) -> pd.DataFrame:
    """Words that find each term, by what it is called; pairs of split ones also without space."""
    pairs = [
        (word, term)
        for term, names in enumerate(called)
        for word in {
            *(w for name in names.split for ws in [name.split()] for w in (*ws, *_pairs(ws))),
            *filter(None, map(_whole, names.whole)),
        }
    ]
    words, terms = zip(*pairs, strict=True) if pairs else ((), ())
    return pd.DataFrame(
        {"word": pd.Series(words, dtype=object), "field": field, "term": np.array(terms, np.int64)}
    )


def _whole(name: str) -> str:
    """The words of a name that count in a query."""
    return " ".join(query_words(name))


def _join(parts: list[_Part]) -> dict[str, pd.DataFrame]:
    """The parts with term numbers of one series; postings sorted for fast ranges.

    Takes the parts out of the list: those of a million organisations are hundreds of megabytes
    that sorting needs.
    """
    # Term and ordinal as one number: a million organisations have 35 million, sorted in place.
    postings = np.empty(sum(len(part.terms) for part in parts), dtype=np.int64)
    words, first, at = [], 0, 0
    while parts:
        part = parts.pop(0)
        words.append(part.words.assign(term=part.words["term"] + first))
        own = postings[at : (at := at + len(part.terms))]
        own[:] = part.terms
        own += first
        own <<= _ORDINAL_BITS
        own |= part.ordinals
        of_words = part.words["term"].to_numpy(np.int64)
        first += 1 + int(max(part.terms.max(initial=-1), of_words.max(initial=-1)))
        del part, of_words
    postings.sort()
    term = (postings >> _ORDINAL_BITS).astype(np.int32)
    postings &= 2**_ORDINAL_BITS - 1
    every = pd.concat(words, ignore_index=True)
    return {
        "search_word": every.iloc[sorted_rows(every["word"], every["term"])],
        "search_posting": pd.DataFrame({"term": term, "ordinal": postings.astype(np.int32)}),
    }


def _pairs(words: list[str]) -> list[str]:
    return [a + b for a, b in pairwise(words)]
