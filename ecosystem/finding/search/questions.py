"""What a question asks for: which of its words narrow the search, and what they mean.

People ask "who does cybersecurity near Rennes". In a register of cybersecurity "who does
cybersecurity" says nothing, and "near Rennes" is a distance. Which words do what stands in
``data/schema/search_synonyms.csv`` under ``question``
(:data:`ecosystem.common.search_words.QUESTION_KINDS`); whatever else there is must be had.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from ecosystem.common.per_release import Recent, per_release
from ecosystem.common.search_words import (
    MAX_LENGTH,
    OTHER_LISTS,
    WORD,
    Field,
    is_telling,
    query_words,
)
from ecosystem.common.store import Database
from ecosystem.common.text import fold
from ecosystem.finding import nearby
from ecosystem.finding.nearby import Town
from ecosystem.finding.search.engine import Index
from ecosystem.finding.search.names import index, town_names

_LONGEST_PHRASE = 6
_LONGEST_NAME = 4
_MIN_MISSPELT = 4
_KEPT = 256
_YEAR = re.compile(r"(?:19|20)[0-9]{2}", re.ASCII)
_NUMBER = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)
_NUMBER_KM = re.compile(r"([1-9][0-9]{0,3})km", re.ASCII)
_UNITS = frozenset(("km", "kms", "kilometres", "kilometers", "kilometer", "kilometre"))


class Kind(StrEnum):
    """What a part of a question does."""

    SUBJECT = "subject"  # all organisations here work on that
    ASKING = "asking"
    TYPE = "type"
    NEAR = "near"
    HERE = "here"
    PLACE = "place"
    LABEL = "label"  # narrows as its words do, and has a page of its own
    LIST = "list"  # asks for another list: no organisation must have its words
    YEAR = "year"  # narrows that other list
    WORD = "word"


_NARROWING = frozenset((Kind.TYPE, Kind.PLACE, Kind.LABEL, Kind.WORD))
_SPARE = frozenset((Kind.SUBJECT, Kind.LIST, Kind.YEAR))


@dataclass(frozen=True)
class Part:
    """Some words of a question that have one meaning.

    Attributes
    ----------
    text : str
        As they stand in the question.
    kind : Kind
        What they do.
    start, end : int
        Where they stand in :attr:`Question.text`.
    types : tuple of str
        Codes of the types that they name.
    town : Town or None
        Whose surroundings are meant.
    km : int
        How far these reach.
    other_list : str
        Which of :data:`ecosystem.common.search_words.OTHER_LISTS` they ask for, also where they
        name a type: investors are organisations and a list.
    """

    text: str
    kind: Kind
    start: int
    end: int
    types: tuple[str, ...] = ()
    town: Town | None = None
    km: int = 0
    other_list: str = ""


@dataclass(frozen=True)
class Question:
    """A question, understood.

    Attributes
    ----------
    text : str
        As it was asked.
    parts : tuple of Part
        What was understood, in order; words such as "the" are in none.
    telling : str
        Words that an organisation must have.
    spare : str
        Words that count for the order alone.
    has_words : bool
        Whether there is any word in it.
    """

    text: str
    parts: tuple[Part, ...]
    telling: str
    spare: str
    has_words: bool

    @property
    def other_lists(self) -> tuple[str, ...]:
        """The other lists that it asks for, in order, each once."""
        return tuple(dict.fromkeys(part.other_list for part in self.parts if part.other_list))

    @property
    def near(self) -> Part | None:
        """The part that names a town whose surroundings are meant, if there is one."""
        return next((part for part in self.parts if part.kind is Kind.NEAR), None)

    def without(self, *parts: Part) -> str:
        """The text without some of its parts."""
        kept, at = [], 0
        for part in sorted(parts, key=lambda part: part.start):
            kept.append(self.text[at : part.start])
            at = max(at, part.end)
        kept.append(self.text[at:])
        text = " ".join(" ".join(kept).split()).strip(" ,;")
        return text if fold(text) else ""

    @property
    def without_near(self) -> str:
        """What is asked besides the surroundings of a town; empty if nothing narrows."""
        if self.near is None:
            return self.text
        return self.without(self.near) if self.telling else ""


class _Token(NamedTuple):
    folded: str
    start: int
    end: int


def understand(database: Database, text: str) -> Question:
    """Read a question.

    A phrase that the index knows is left whole, so that "cyber range" isn't about any "range"; of
    two readings of the same words the longer one counts. What only asks, "find", is looked for
    after all where there is nothing else.
    """
    return _recent(database).get(text, lambda: _Reader(database, text).question())


@per_release
def _recent(database: Database) -> Recent[Question]:
    del database  # the answers belong to it
    return Recent(_KEPT)


class _Reader:
    """Reads one question from left to right."""

    def __init__(self, database: Database, text: str) -> None:
        self.database = database
        self.text = unicodedata.normalize("NFC", text)[:MAX_LENGTH]
        self.tokens = [
            _Token(word, m.start(), m.end())
            for m in WORD.finditer(self.text)
            for word in fold(m[0]).split()
        ]

    @cached_property
    def index(self) -> Index:
        """The index of the release; it takes a second to read, and no words need none."""
        return index(self.database)

    def question(self) -> Question:
        """The question, understood."""
        parts = self._with_lists([*self._parts()])
        self._settle_alone(parts)
        if any(part.types and part.other_list for part in parts) and not self._finds(parts):
            # No organisation here is an investor: those of the other list are meant.
            parts = [replace(p, kind=Kind.LIST, types=()) if p.other_list else p for p in parts]
        telling, spare = self._words(parts)
        return Question(self.text, tuple(parts), telling, spare, bool(self.tokens))

    def _words(self, parts: list[Part]) -> tuple[str, str]:
        """Words that an organisation must have, and those that count for the order alone."""
        telling = " ".join(part.text for part in parts if part.kind in _NARROWING)
        spare = " ".join(part.text for part in parts if part.kind in _SPARE)
        asks = {Kind.NEAR, Kind.HERE, Kind.SUBJECT}
        if telling or any(part.kind in asks for part in parts):
            return telling, spare
        lists = any(part.kind is Kind.LIST for part in parts)
        # "network" alone is looked for as well, where anybody has it.
        return ("", spare) if lists and not self._has(spare) else (self.text, "")

    def _finds(self, parts: list[Part]) -> bool:
        telling, _ = self._words(parts)
        return not telling or self._has(telling)

    def _has(self, words: str) -> bool:
        return len(self.index.find(words, "", town_names(self.database)).ordinals) > 0

    def _parts(self, without: Collection[int] = ()) -> Iterator[Part]:
        """The parts, without asking for a list at some places of the text."""
        at = 0
        while at < len(self.tokens):
            is_list = self.tokens[at].start not in without
            part, at = (self._list(at) if is_list else None) or self._part(at)
            if part is not None:
                yield part

    def _part(self, at: int) -> tuple[Part | None, int]:
        """The part that begins at a token, and the token behind it."""
        here, near = self._length("here", at), self._length("near", at)
        if here > near:
            return self._slice(Kind.HERE, at, at + here), at + here
        around = self._around(at, near) or self._vicinity(at)
        if around is not None:
            return around
        if here:
            return self._slice(Kind.HERE, at, at + here), at + here
        subject, asking = self._length("subject", at), max(self._length("asking", at), near)
        known, label = self._name_length(at), self._length("label", at)
        if label > max(subject, asking) and label >= known:
            return self._slice(Kind.LABEL, at, at + label), at + label
        if subject >= max(asking, known, 1):
            return self._slice(Kind.SUBJECT, at, at + subject), at + subject
        if asking > known or (asking and asking == known == 1):
            return self._slice(Kind.ASKING, at, at + asking), at + asking
        if known:
            name = self._name(at, known)
            types, fields = self.index.types(name), self.index.fields(name)
            if types:
                part = self._slice(Kind.TYPE, at, at + known)
                asked = self._list_named(at)
                other = asked[0] if asked and asked[1] == known else ""
                return replace(part, types=types, other_list=other), at + known
            is_place = not fields.isdisjoint((Field.TOWN, Field.REGION))
            return self._slice(Kind.PLACE if is_place else Kind.WORD, at, at + known), at + known
        if self._is_stop_word(at):
            return None, at + 1
        return self._slice(Kind.WORD, at, at + 1), at + 1

    def _slice(self, kind: Kind, at: int, end: int) -> Part:
        start, stop = self.tokens[at].start, self.tokens[end - 1].end
        return Part(self.text[start:stop], kind, start, stop)

    def _length(self, kind: str, at: int) -> int:
        """How many tokens the longest phrase of a kind has that begins at one."""
        for length in range(min(_LONGEST_PHRASE, len(self.tokens) - at), 0, -1):
            if kind in self.index.question_words.get(self._phrase(at, length), ()):
                return length
        return 0

    def _name_length(self, at: int) -> int:
        """How many tokens the longest name has that begins at one and is in the index."""
        for length in range(min(_LONGEST_NAME + 1, len(self.tokens) - at), 0, -1):
            ends = (at, at + length - 1)
            if any(map(self._is_stop_word, ends)):
                continue
            if self.index.fields(self._name(at, length)):
                return length
        return 0

    def _phrase(self, at: int, length: int) -> str:
        return " ".join(token.folded for token in self.tokens[at : at + length])

    def _name(self, at: int, length: int) -> str:
        """Some tokens as the index and the names of towns write them: without "am" and "the"."""
        return " ".join(query_words(self._phrase(at, length)))

    def _is_stop_word(self, at: int) -> bool:
        return not is_telling(self.tokens[at].folded)

    # ---- surroundings ---------------------------------------------------------------------

    def _around(self, at: int, near: int) -> tuple[Part, int] | None:
        """The surroundings that "near", or a number of kilometres, begins to tell of."""
        km, behind = self._kilometres(at + near)
        if not near and not km:
            return None
        while behind < len(self.tokens) and (
            more := self._length("near", behind) or int(self._is_filling(behind))
        ):
            if self._town_length(behind):
                break
            behind += more
        found = self._town(behind, may_be_misspelt=True)
        if found is None:
            return None
        town, end = found
        return self._surroundings(at, end, town, km), end

    def _vicinity(self, at: int) -> tuple[Part, int] | None:
        """The surroundings of a town that "and surroundings" stands behind."""
        end = at + self._town_length(at)
        length = self._length("vicinity", end) if at < end < len(self.tokens) else 0
        found = self._town(at) if length else None
        if found is None:
            return None
        return self._surroundings(at, end + length, found[0], None), end + length

    def _surroundings(self, at: int, end: int, town: Town, km: int | None) -> Part:
        part = self._slice(Kind.NEAR, at, end)
        return replace(part, town=town, km=km or nearby.usual_km(self.database, town))

    def _kilometres(self, at: int) -> tuple[int | None, int]:
        words = [token.folded for token in self.tokens[at : at + 2]]
        if len(words) == 2 and _NUMBER.fullmatch(words[0]) and words[1] in _UNITS:
            return int(words[0]), at + 2
        together = _NUMBER_KM.fullmatch(words[0]) if words else None
        return (int(together[1]), at + 1) if together else (None, at)

    def _is_filling(self, at: int) -> bool:
        return self._is_stop_word(at) or self._length("asking", at) > 0

    def _town_length(self, at: int) -> int:
        """How many tokens the longest name of a town has that begins at one."""
        names = town_names(self.database).all
        for length in range(min(_LONGEST_NAME, len(self.tokens) - at), 0, -1):
            if self._is_stop_word(at + length - 1):
                continue
            if self._phrase(at, length) in names or self._name(at, length) in names:
                return length
        return 0

    def _town(self, at: int, *, may_be_misspelt: bool = False) -> tuple[Town, int] | None:
        """The town whose name begins at a token, and the token behind it."""
        length = self._town_length(at)
        if length:
            end = at + length
            town = nearby.likely_town(self.database, self._slice(Kind.NEAR, at, end).text)
            if town is None and length > 1 and self._is_stop_word(at):  # "of Leuven"
                town = nearby.likely_town(self.database, self._slice(Kind.NEAR, at + 1, end).text)
            return None if town is None else (town, end)
        if not may_be_misspelt or at >= len(self.tokens):
            return None
        word = self.tokens[at].folded
        if len(word) < _MIN_MISSPELT or self.index.fields(word) or self._is_filling(at):
            return None
        town = nearby.town_like(self.database, word)
        return None if town is None else (town, at + 1)

    # ---- other lists ----------------------------------------------------------------------

    def _list(self, at: int) -> tuple[Part, int] | None:
        """Words that ask for another list, unless they begin something that is known and longer."""
        asked = self._list_named(at)
        if asked is None:
            return None
        code, length = asked
        known = self._name_length(at)
        longest = max(known, *(self._length(kind, at) for kind in ("subject", "asking", "near")))
        if longest > length or (known == length and self.index.types(self._name(at, known))):
            return None
        part = replace(self._slice(Kind.LIST, at, at + length), other_list=code)
        return part, at + length

    def _list_named(self, at: int) -> tuple[str, int] | None:
        """The list that the longest phrase names that begins at a token, and its length."""
        found = [(code, self._length(code, at)) for code in OTHER_LISTS]
        code, length = max(found, key=lambda pair: pair[1])
        return (code, length) if length else None

    def _with_lists(self, parts: list[Part]) -> list[Part]:
        """The parts, read again where words that could ask for a list don't.

        Whatever else there is beside some of the words makes them plain ones: "network security".
        Of the others only the word right behind does, "event management"; in "events about
        management" there is one between.
        """
        words = [part for part in parts if part.kind is Kind.WORD and not self._is_year(part)]
        behind = dict(pairwise(parts))
        none = {
            part.start
            for part in parts
            if part.other_list
            and (
                self._is_right_before(part, behind.get(part))
                if OTHER_LISTS[part.other_list]
                else words
            )
        }
        if none:
            parts = [*self._parts(none)]
            parts = [replace(p, other_list="") if p.start in none else p for p in parts]
        if not any(part.other_list for part in parts):
            return parts
        return [replace(p, kind=Kind.YEAR) if self._is_year(p) else p for p in parts]

    def _is_right_before(self, part: Part, next_: Part | None) -> bool:
        if next_ is None or next_.kind is not Kind.WORD or self._is_year(next_):
            return False
        if self._is_nowhere(next_):
            return False
        return not fold(self.text[part.end : next_.start])

    def _is_year(self, part: Part) -> bool:
        return part.kind is Kind.WORD and _YEAR.fullmatch(part.text) is not None

    # ---- "security", alone ----------------------------------------------------------------

    def _settle_alone(self, parts: list[Part]) -> None:
        """Words such as "security" say nothing where no other word but places narrows."""
        alone = [i for i, part in enumerate(parts) if self._is_alone(part)]
        others = [part for i, part in enumerate(parts) if i not in alone]
        if any(part.kind is Kind.WORD and not self._is_nowhere(part) for part in others):
            return
        for i in alone:
            parts[i] = replace(parts[i], kind=Kind.SUBJECT)

    def _is_alone(self, part: Part) -> bool:
        return part.kind is Kind.WORD and "alone" in self.index.question_words.get(
            fold(part.text), ()
        )

    def _is_nowhere(self, part: Part) -> bool:
        """Whether a part is a place in which no organisation is."""
        name = " ".join(query_words(part.text))
        return name in town_names(self.database).cities or name in self.index.empty_regions
