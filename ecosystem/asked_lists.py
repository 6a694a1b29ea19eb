"""Which other lists of the register a search asks for, and what it narrows them to.

"Events in Ljubljana" asks for no organisation: the list of events is meant, of which the page can
show one country. What a list is narrowed to is what its page has a choice for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from ecosystem import site_search
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import COUNTRIES
from ecosystem.finding import search
from ecosystem.finding.search import Part, Question
from ecosystem.site_search import Kind
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

# What the page of each list can be narrowed by.
_CHOICES = {
    Kind.EVENT: frozenset(("country", "year")),
    Kind.INVESTOR: frozenset(("country", "words")),
    Kind.DOCUMENT: frozenset(("words", "year")),
    Kind.NETWORK_ENTITY: frozenset(("country", "valley")),
    Kind.PARTNERSHIP: frozenset(("country", "valley", "year")),
    Kind.PRACTICE: frozenset(("valley",)),
    Kind.PROGRAMME: frozenset(("country",)),
}


@dataclass(frozen=True)
class AskedList:
    """A list that a search asks for.

    Attributes
    ----------
    kind : Kind
        What stands in it.
    country, valley : str
        Where: an ISO 3166-1 code, or the identifier of a valley; one of them or neither.
    words : str
        What it is about; empty for anything.
    year : int or None
        Of when.
    total : int
        How many rows of the list all of this holds for.
    """

    kind: Kind
    country: str = ""
    valley: str = ""
    words: str = ""
    year: int | None = None
    total: int = 0

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out of the list."""
        return bool(self.country or self.valley or self.words or self.year)


def asked_lists(database: Database, text: str) -> list[AskedList]:
    """The other lists that a search asks for, in its order, each as its page can be narrowed."""
    question = search.understand(database, text)
    return [
        _with_total(database, _as_its_page_narrows(database, question, site_search.OF_LIST[name]))
        for name in question.other_lists
    ]


def whole(database: Database, asked: AskedList) -> AskedList:
    """The same list with nothing left out."""
    return _with_total(database, AskedList(asked.kind))


def _with_total(database: Database, asked: AskedList) -> AskedList:
    return replace(asked, total=_total(database, asked))


def _as_its_page_narrows(database: Database, question: Question, kind: Kind) -> AskedList:
    choices = _CHOICES[kind]
    country, valley = _place(database, question)
    years = [int(part.text) for part in question.parts if part.kind is search.Kind.YEAR]
    # A country is all of its valley, if that is one.
    of_valley = valley if "valley" in choices and not _is_country(database, valley) else ""
    return AskedList(
        kind,
        country=country if "country" in choices and not of_valley else "",
        valley=of_valley or (valley if "country" not in choices and "valley" in choices else ""),
        words=_words(database, question) if "words" in choices else "",
        year=years[0] if years and "year" in choices else None,
    )


def _words(database: Database, question: Question) -> str:
    parts = [part for part in question.parts if part.kind is search.Kind.WORD]
    return " ".join(part.text for part in parts if not any(_of_part(database, part)))


def _place(database: Database, question: Question) -> tuple[str, str]:
    """Country and valley of the first place that a question names; empty without any."""
    places = (search.Kind.PLACE, search.Kind.NEAR, search.Kind.WORD)
    found = (_of_part(database, part) for part in question.parts if part.kind in places)
    return next((where for where in found if any(where)), ("", ""))


def _of_part(database: Database, part: Part) -> tuple[str, str]:
    named = regions.named_in(database, part.text)
    if not named:
        town = search.town_meant(database, part)
        return (town.country, "") if town is not None else ("", "")
    units = regions.units(database, regions.level_of(named[0])).set_index("region_id")
    is_valley = regions.level_of(named[0]) == "valley"
    return str(units["country"][named[0]]), named[0] if is_valley else ""


def _is_country(database: Database, region_id: str) -> bool:
    place = regions.place(database, region_id) if region_id else None
    return place is not None and any(regions.level_of(id_) == "nuts0" for id_ in place.ids)


def _total(database: Database, asked: AskedList) -> int:
    count = {
        Kind.EVENT: _events,
        Kind.INVESTOR: _investors,
        Kind.DOCUMENT: _documents,
        Kind.NETWORK_ENTITY: _bodies,
        Kind.PARTNERSHIP: _partnerships,
        Kind.PRACTICE: _practices,
        Kind.PROGRAMME: _programmes,
    }
    return len(count[asked.kind](database, asked))


def _events(database: Database, asked: AskedList) -> pd.DataFrame:
    return events.selection(database, year=asked.year, countries=_codes(asked.country))


def _investors(database: Database, asked: AskedList) -> pd.DataFrame:
    ids = site_search.ids(database, Kind.INVESTOR, asked.words) if asked.words else None
    conditions = investors.Conditions(
        ids=None if ids is None else tuple(ids), countries=tuple(_codes(asked.country))
    )
    return investors.selection(database, conditions)


def _documents(database: Database, asked: AskedList) -> pd.DataFrame:
    return documents.selection(database, words=asked.words, year=asked.year)


def _bodies(database: Database, asked: AskedList) -> pd.DataFrame:
    return network_entities.search(database, country=asked.country, valley=asked.valley)


def _partnerships(database: Database, asked: AskedList) -> pd.DataFrame:
    return partnerships.selection(
        database,
        year=asked.year,
        countries=_codes(asked.country),
        valleys=_codes(asked.valley),
    )


def _practices(database: Database, asked: AskedList) -> pd.DataFrame:
    return practices.selection(database, valleys=_codes(asked.valley))


def _programmes(database: Database, asked: AskedList) -> pd.DataFrame:
    return programmes.selection(database, countries=_codes(asked.country))


def _codes(code: str) -> list[str]:
    return [code] if code else []


def where(database: Database, asked: AskedList) -> str:
    """The place that a list is narrowed to, as people call it; empty for everywhere."""
    if asked.valley:
        return regions.labels(database)[asked.valley]
    return COUNTRIES.label(asked.country) if asked.country else ""
