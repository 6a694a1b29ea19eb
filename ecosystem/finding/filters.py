"""The filter: one frozen value that is an address, a SQL condition and a sentence.

To add a filter, add a field to :class:`Filter` with :func:`facet`. The address bar, the
query, the panel, its counts, the sentence and "clear all" follow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import Enum, auto
from functools import cached_property, partial
from typing import Any

import numpy as np

from ecosystem.common import wording
from ecosystem.common.store import Database
from ecosystem.common.text import fold
from ecosystem.common.vocabulary import (
    CHECKS,
    COUNTRIES,
    DOMAINS,
    FUNCTIONS,
    LABEL_STATUSES,
    SECTORS,
    TYPES,
    Vocabulary,
)
from ecosystem.finding import code_index, made_in_europe, nearby, search
from ecosystem.finding.checks import CHECK
from ecosystem.finding.masks import holds

MAX_SEARCH_LENGTH = 100
# What a condition binds the organisations to that were found in memory.
MEMBERS = "members"
MAX_VALUES = 50
FIRST_YEAR, LAST_YEAR = 1800, 2100
# What programs take into an address from the sentence around it.
_AROUND = " \t\r\n.,;:!?()[]{}<>\"'“”‘’«»…"
# Codes that others use for countries of the map.
_OTHER_CODES = {"country": {"UK": "GB", "EL": "GR"}}
_TOWN = re.compile(r"g[0-9]{1,10}|s-[a-z]{2}-[a-z0-9-]{1,60}")
_RADIUS = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)
_SPAN = re.compile(r"^(\d{4})?-(\d{4})?$")


class Names(Enum):
    """Where labels of codes come from that are data of the release, not vocabulary."""

    VALLEYS = auto()
    REGIONS = auto()
    # Too many to be named: the sentence says how many are chosen.
    NONE = auto()


class Shown(Enum):
    """Where the panel shows a facet."""

    BUTTONS = auto()
    LIST = auto()
    # A list too, but only once something is chosen, elsewhere on the site.
    LIST_IF_CHOSEN = auto()
    # As the one button that drops the choice.
    DROP_IF_CHOSEN = auto()


@dataclass(frozen=True)
class Facet:
    """How one filter field reaches the database and the page.

    Attributes
    ----------
    name : str
        Field of :class:`Filter` and parameter in the address.
    label : str
        What people read.
    condition : str
        SQL that holds for the rows to keep; ``$name`` is bound to the list of chosen codes.
        Empty where :meth:`bits` says which rows these are.
    codes : str
        SQL expression of the list of codes that one organisation has for this facet.
    pattern : re.Pattern
        What a code looks like; anything else in an address is dropped.
    labels : Vocabulary or Names
        What people read for a code: the closed set of codes, or names that are data.
    shown : Shown
        Where the panel shows it.
    joined_by : str
        How the sentence introduces the chosen values.
    lists, column : str
        The column of the table ``organisation`` that holds a list of codes, or that holds one
        code; empty if none does.
    bound : mapping of str to object
        What `condition` and `codes` bind besides the chosen codes.
    offered_if : callable or None
        Asks the release whether there is anything to choose from; always offered if None.
    """

    name: str
    label: str
    condition: str
    codes: str
    pattern: re.Pattern[str]
    labels: Vocabulary | Names
    shown: Shown
    joined_by: str
    lists: str = ""
    column: str = ""
    bound: Mapping[str, Any] = field(default_factory=dict)
    offered_if: Callable[[Database], bool] | None = None

    def accepts(self, code: str) -> bool:
        """Whether a string can be a code of this facet."""
        if not isinstance(self.labels, Names):
            return code in self.labels
        return self.pattern.fullmatch(code) is not None

    def bits(self, database: Database, chosen: Sequence[str]) -> bytes:
        """Organisations that have any of the chosen codes, where these are kept in memory."""
        if self.lists:
            return code_index.lists(database, self.lists).bits(chosen)
        return code_index.column(database, self.column).bits(chosen)

    def read(self, text: str) -> tuple[str, ...]:
        """The codes that a text in an address stands for; none if it can't be understood.

        Parameters
        ----------
        text : str
            ``"FR"``, or as people and programs write it: ``"fr"``, ``"France"``, ``"UK"``,
            ``"sme)."``, ``"FR,DE"``.
        """
        whole = self._code(text)
        if whole or "," not in text:
            return (whole,) if whole else ()
        codes = [self._code(part) for part in text.split(",")[:MAX_VALUES] if part.strip()]
        return tuple(codes) if all(codes) else ()

    def _code(self, text: str) -> str:
        if self.accepts(text):
            return text
        if not isinstance(self.labels, Names):
            return self._names.get(fold(text[:MAX_SEARCH_LENGTH]), "")
        tidy = _tidy(text)
        return next((c for c in (tidy, tidy.upper(), tidy.lower()) if self.accepts(c)), "")

    @cached_property
    def _names(self) -> dict[str, str]:
        """Folded code, label or other code in use -> code."""
        names = {fold(other): code for other, code in _OTHER_CODES.get(self.name, {}).items()}
        if not isinstance(self.labels, Names):
            for code, term in self.labels.items():
                names |= {fold(text): code for text in (term.plural, term.label, code) if text}
        return names


def facet(
    label: str,
    columns: str | tuple[str, ...],
    joined_by: str,
    *,
    labels: Vocabulary | Names,
    shown: Shown,
    many: bool = False,
    pattern: str = r"[a-z0-9-]{1,80}",
) -> Any:
    """Declare a filter field.

    Parameters
    ----------
    label, joined_by : str
        What people read, and the words that introduce the choice in a sentence.
    columns : str or tuple of str
        The column of the table ``organisation``, or those that hold a code each.
    labels : Vocabulary or Names
        What people read for a code.
    shown : Shown
        Where the panel shows it.
    many : bool
        Whether the column holds a list.
    pattern : str
        What a code looks like, where there is no vocabulary.
    """
    return field(
        default=(),
        metadata={
            "label": label,
            "columns": (columns,) if isinstance(columns, str) else columns,
            "many": many,
            "labels": labels,
            "shown": shown,
            "pattern": re.compile(pattern),
            "joined_by": joined_by,
        },
    )


@dataclass(frozen=True)
class Filter:
    """Which organisations are looked at; the empty filter is all of them.

    Values within one field widen the choice (any of them), fields narrow it (all of them).

    Attributes
    ----------
    q : str
        Words to search for; :mod:`ecosystem.finding.search` says what they find.
    near : str
        Id of a town in the gazetteer; organisations are listed by their distance from it.
    km : int or None
        How far from that town they may be; any distance if None.
    founded_from, founded_to : int or None
        First and last founding year; organisations without a year are left out if either is
        set.
    """

    valley: tuple[str, ...] = facet(
        "Valley", "valley_id", "in", labels=Names.VALLEYS, shown=Shown.LIST
    )
    country: tuple[str, ...] = facet("Country", "country", "in", labels=COUNTRIES, shown=Shown.LIST)
    nuts: tuple[str, ...] = facet(
        "NUTS region",
        ("nuts0", "nuts1", "nuts2", "nuts3"),
        "in",
        labels=Names.REGIONS,
        shown=Shown.LIST_IF_CHOSEN,
        pattern=r"[A-Z]{2}[0-9A-Z]{0,3}",
    )
    type: tuple[str, ...] = facet("Type", "type", "of type", labels=TYPES, shown=Shown.BUTTONS)
    domain: tuple[str, ...] = facet(
        "JRC domain", "domains", "working on", labels=DOMAINS, shown=Shown.LIST, many=True
    )
    sector: tuple[str, ...] = facet(
        "Sector", "sectors", "for", labels=SECTORS, shown=Shown.LIST, many=True
    )
    function: tuple[str, ...] = facet(
        "NIST CSF 1.1 function",
        "functions",
        "helping to",
        labels=FUNCTIONS,
        shown=Shown.LIST,
        many=True,
    )
    label: tuple[str, ...] = field(
        default=(),
        metadata={
            "label": f"Label {made_in_europe.NAME}",
            "condition": made_in_europe.HAS_STATUS,
            "codes": made_in_europe.CODES,
            "bound": made_in_europe.BOUND,
            "labels": LABEL_STATUSES,
            "shown": Shown.LIST,
            "joined_by": f"with the label {made_in_europe.NAME}:",
            # While none is recorded, three zeros would look like a result.
            "offered_if": made_in_europe.is_any_recorded,
        },
    )
    checked: tuple[str, ...] = facet(
        "Last check", CHECK, "last checked:", labels=CHECKS, shown=Shown.LIST_IF_CHOSEN
    )
    orgs: tuple[str, ...] = facet(
        "Chosen organisations",
        "org_id",
        "chosen organisations",
        labels=Names.NONE,
        shown=Shown.DROP_IF_CHOSEN,
        pattern=r"[a-z]{2}-[a-z0-9-]{1,257}",
    )
    founded_from: int | None = None
    founded_to: int | None = None
    q: str = ""
    near: str = ""
    km: int | None = None

    @classmethod
    def from_params(cls, params: Mapping[str, Sequence[str]]) -> Filter:
        """Read a filter from an address, as it is meant; what makes no sense is left out.

        Case, spaces and a full stop that a program took into the address don't matter, nor does
        the difference between codes and labels. :func:`left_out` names what was left out.

        Parameters
        ----------
        params : mapping of str to sequence of str
            Query parameters, each with all its values.
        """
        chosen: dict[str, Any] = {
            name: tuple(
                sorted({c for text in params.get(name, ())[:MAX_VALUES] for c in facet_.read(text)})
            )
            for name, facet_ in FACETS.items()
        }
        span = _SPAN.match(_tidy(_first(params, "founded")))
        if span:
            chosen["founded_from"], chosen["founded_to"] = _years(span[1], span[2])
        chosen["q"] = " ".join(_first(params, "q").split())[:MAX_SEARCH_LENGTH].strip()
        chosen["near"], chosen["km"] = _nearness(_first(params, "near"), _first(params, "km"))
        return cls(**chosen)

    def to_params(self) -> dict[str, list[str]]:
        """Query parameters that :meth:`from_params` reads back to the same filter."""
        params = {name: list(getattr(self, name)) for name in FACETS if getattr(self, name)}
        if self.founded_from is not None or self.founded_to is not None:
            params["founded"] = [f"{self.founded_from or ''}-{self.founded_to or ''}"]
        if self.q:
            params["q"] = [self.q]
        if self.near:
            params["near"] = [self.near]
            if self.km is not None:
                params["km"] = [str(self.km)]
        return params

    def where(self) -> tuple[str, dict[str, Any]]:
        """SQL condition on the table ``organisation`` and its bound parameters.

        Returns
        -------
        tuple of str and dict
            ``"TRUE"`` and no parameters for the empty filter.
        """
        conditions: list[str] = []
        bound: dict[str, Any] = {}
        in_memory: list[Callable[[Database], bytes]] = []
        for name, facet_ in FACETS.items():
            chosen = getattr(self, name)
            if chosen and facet_.condition:
                conditions.append(facet_.condition)
                bound |= {**facet_.bound, name: list(chosen)}
            elif chosen:
                in_memory.append(partial(facet_.bits, chosen=chosen))
        if self.founded_from is not None:
            conditions.append("founded >= $founded_from")
            bound["founded_from"] = self.founded_from
        if self.founded_to is not None:
            conditions.append("founded <= $founded_to")
            bound["founded_to"] = self.founded_to
        if self.q:
            in_memory.append(partial(search.bits, text=self.q))
        if self.near and self.km is not None:
            in_memory.append(partial(nearby.bits, town_id=self.near, km=self.km))
        if in_memory:
            conditions.append(holds(MEMBERS))
            bound[MEMBERS] = partial(_all_of, in_memory)
        return " AND ".join(conditions) or "TRUE", bound

    def is_daily(self) -> bool:
        """Whether what it leaves is other tomorrow: the status of a label depends on the day."""
        return any("today" in FACETS[name].bound and getattr(self, name) for name in FACETS)

    def sentence(self, labels: Mapping[str, Mapping[str, str]] | None = None) -> str:
        """The filter in words, without a capital or a full stop.

        Parameters
        ----------
        labels : mapping of str to mapping of str to str, optional
            Labels of the codes that are data and not vocabulary: ``{"valley": {...}}``, and of
            the town that organisations are near.
        """
        parts = []
        for name, facet_ in FACETS.items():
            codes = getattr(self, name)
            if codes and facet_.labels is Names.NONE:
                parts.append(f"{len(codes):,} {facet_.joined_by}")
            elif codes:
                words = [_label(facet_, code, (labels or {}).get(name, {})) for code in codes]
                parts.append(f"{facet_.joined_by} {wording.join(words, 'or')}")
        if self.founded_from is not None or self.founded_to is not None:
            parts.append(_founded_words(self.founded_from, self.founded_to))
        if self.q:
            parts.append(f"matching “{self.q}”")
        if self.near:
            town = (labels or {}).get("near", {}).get(self.near, self.near)
            parts.append(f"near {town}" if self.km is None else f"within {self.km:,} km of {town}")
        return ", ".join(parts) or "all organisations"

    def with_values(self, name: str, codes: Iterable[str]) -> Filter:
        """The same filter with other values of one facet."""
        changes: dict[str, Any] = {name: tuple(sorted(set(codes)))}
        return replace(self, **changes)

    def active(self) -> list[str]:
        """Names of the parameters that narrow the choice, in the order of the address."""
        return list(self.to_params())

    def without(self, param: str) -> Filter:
        """The same filter without one parameter of the address."""
        return Filter.from_params({k: v for k, v in self.to_params().items() if k != param})


def with_town_of_search(database: Database, filter_: Filter) -> Filter:
    """The same filter with the town that its search is near, "near Rennes", as its own.

    What stands in the search counts before a town that was chosen otherwise.
    """
    question = search.understand(database, filter_.q)
    part = question.near
    if part is None or part.town is None:
        return filter_
    return replace(filter_, q=question.without_near, near=part.town.town_id, km=part.km)


def _facets() -> dict[str, Facet]:
    facets = {}
    for f in fields(Filter):
        if not f.metadata:
            continue
        if "condition" in f.metadata:
            facets[f.name] = Facet(name=f.name, pattern=re.compile(""), **f.metadata)
            continue
        first, *others = f.metadata["columns"]
        many = f.metadata["many"]
        # What many organisations share is kept in memory, and neither SQL nor an identifier.
        is_shared = f.metadata["labels"] is not Names.NONE and not others and first.isidentifier()
        columns = (first, *others)
        asked = " OR ".join(f"list_contains(${f.name}, {column})" for column in columns)
        facets[f.name] = Facet(
            name=f.name,
            label=f.metadata["label"],
            condition="" if is_shared else f"({asked})",
            codes=first if many else f"[{', '.join(columns)}]",
            pattern=f.metadata["pattern"],
            labels=f.metadata["labels"],
            shown=f.metadata["shown"],
            joined_by=f.metadata["joined_by"],
            lists=first if many else "",
            column=first if is_shared and not many else "",
        )
    return facets


def _all_of(questions: Sequence[Callable[[Database], bytes]], database: Database) -> bytes:
    """Organisations that are in every set that the questions give, one bit each."""
    first, *others = (np.frombuffer(question(database), np.uint8) for question in questions)
    shortest = min(len(bits) for bits in (first, *others))
    return np.bitwise_and.reduce([bits[:shortest] for bits in (first, *others)]).tobytes()


def left_out(params: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Label and text of what an address holds for the filter that can't be understood.

    Parameters
    ----------
    params : mapping of str to sequence of str
        Query parameters, each with all its values.
    """
    read = Filter.from_params(params)
    lost = [
        (facet_.label, text)
        for name, facet_ in FACETS.items()
        for text in params.get(name, ())[:MAX_VALUES]
        if text.strip() and not facet_.read(text)
    ]
    founded, near = _first(params, "founded"), _first(params, "near")
    if founded.strip(" -") and read.founded_from is None and read.founded_to is None:
        lost.append((PARAMS["founded"], founded))
    if near and not read.near:
        lost.append((PARAMS["near"], near))
    return lost


def _tidy(text: str) -> str:
    """A text without the spaces, brackets and full stops that stood around the address."""
    return text[:MAX_SEARCH_LENGTH].strip(_AROUND)


def _first(params: Mapping[str, Sequence[str]], name: str) -> str:
    values = params.get(name, ())
    return values[0] if values else ""


def _years(first: str | None, last: str | None) -> tuple[int | None, int | None]:
    start, end = int(first) if first else None, int(last) if last else None
    inside = [y is None or FIRST_YEAR <= y <= LAST_YEAR for y in (start, end)]
    if not all(inside) or (start and end and start > end):
        return None, None
    return start, end


def _nearness(near: str, km: str) -> tuple[str, int | None]:
    """A town and a radius; without the town the radius means nothing."""
    if not _TOWN.fullmatch(near):
        return "", None
    return near, int(km) if _RADIUS.fullmatch(km) else None


def _label(facet_: Facet, code: str, labels: Mapping[str, str]) -> str:
    if isinstance(facet_.labels, Names):
        return labels.get(code, code)
    return facet_.labels.label(code)


def _founded_words(start: int | None, end: int | None) -> str:
    if start is not None and end is not None:
        return f"founded {start} to {end}"
    return f"founded {start} or later" if start is not None else f"founded {end} or earlier"


FACETS: dict[str, Facet] = _facets()

# Every parameter that a filter has in the address, with its label.
PARAMS: dict[str, str] = {
    **{name: facet_.label for name, facet_ in FACETS.items()},
    "founded": "Founded",
    "q": "Search",
    "near": "Near a town",
    "km": "Distance",
}
