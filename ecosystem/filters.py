"""The filter: one frozen value that is an address, a SQL condition and a sentence.

To add a filter, add a field to :class:`Filter` with :func:`facet`. The address bar, the
query, the panel, its counts, the sentence and "clear all" follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from ecosystem.text import fold
from ecosystem.vocabulary import COUNTRIES, DOMAINS, FUNCTIONS, SECTORS, TYPES, Vocabulary

MAX_SEARCH_LENGTH = 100
MAX_VALUES = 50
FIRST_YEAR, LAST_YEAR = 1800, 2100
_SPAN = re.compile(r"^(\d{4})?-(\d{4})?$")


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
    codes : str
        SQL expression of the list of codes that one organisation has for this facet.
    pattern : re.Pattern
        What a code looks like; anything else in an address is dropped.
    vocabulary : Vocabulary or None
        The closed set of codes, where there is one; a valley's and a region's are data.
    joined_by : str
        How the sentence introduces the chosen values.
    """

    name: str
    label: str
    condition: str
    codes: str
    pattern: re.Pattern[str]
    vocabulary: Vocabulary | None
    joined_by: str

    def accepts(self, code: str) -> bool:
        """Whether a string can be a code of this facet."""
        if self.vocabulary is not None:
            return code in self.vocabulary
        return self.pattern.fullmatch(code) is not None


def facet(
    label: str,
    column: str,
    joined_by: str,
    *,
    vocabulary: Vocabulary | None = None,
    many: bool = False,
    pattern: str = r"[a-z0-9-]{1,80}",
) -> Any:
    """Declare a filter field: its column, whether the column is a list, and its words."""
    return field(
        default=(),
        metadata={
            "label": label,
            "column": column,
            "many": many,
            "vocabulary": vocabulary,
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
        Words that the name, former names, town or notes must contain, accents and case aside.
    founded_from, founded_to : int or None
        First and last founding year; organisations without a year are left out if either is
        set.
    """

    valley: tuple[str, ...] = facet("Valley", "valley_id", "in")
    country: tuple[str, ...] = facet("Country", "country", "in", vocabulary=COUNTRIES)
    nuts: tuple[str, ...] = facet(
        "NUTS region",
        "[nuts0, nuts1, nuts2, nuts3]",
        "in",
        many=True,
        pattern=r"[A-Z]{2}[0-9A-Z]{0,3}",
    )
    type: tuple[str, ...] = facet("Type", "type", "of type", vocabulary=TYPES)
    domain: tuple[str, ...] = facet(
        "JRC domain", "domains", "working on", vocabulary=DOMAINS, many=True
    )
    sector: tuple[str, ...] = facet("Sector", "sectors", "for", vocabulary=SECTORS, many=True)
    function: tuple[str, ...] = facet(
        "NIST CSF function", "functions", "helping to", vocabulary=FUNCTIONS, many=True
    )
    founded_from: int | None = None
    founded_to: int | None = None
    q: str = ""

    @classmethod
    def from_params(cls, params: Mapping[str, Sequence[str]]) -> Filter:
        """Read a filter from an address; whatever makes no sense there is left out.

        Parameters
        ----------
        params : mapping of str to sequence of str
            Query parameters, each with all its values.
        """
        chosen: dict[str, Any] = {
            name: tuple(sorted({c for c in params.get(name, ())[:MAX_VALUES] if facet_.accepts(c)}))
            for name, facet_ in FACETS.items()
        }
        span = _SPAN.match(_first(params, "founded"))
        if span:
            chosen["founded_from"], chosen["founded_to"] = _years(span[1], span[2])
        chosen["q"] = " ".join(_first(params, "q").split())[:MAX_SEARCH_LENGTH].strip()
        return cls(**chosen)

    def to_params(self) -> dict[str, list[str]]:
        """Query parameters that :meth:`from_params` reads back to the same filter."""
        params = {name: list(getattr(self, name)) for name in FACETS if getattr(self, name)}
        if self.founded_from is not None or self.founded_to is not None:
            params["founded"] = [f"{self.founded_from or ''}-{self.founded_to or ''}"]
        if self.q:
            params["q"] = [self.q]
        return params

    def where(self, leaving_out: str = "") -> tuple[str, dict[str, Any]]:
        """SQL condition on the table ``organisation`` and its bound parameters.

        Parameters
        ----------
        leaving_out : str
            Name of a facet to ignore, for counting its options under the other filters.

        Returns
        -------
        tuple of str and dict
            ``"TRUE"`` and no parameters for the empty filter.
        """
        conditions: list[str] = []
        bound: dict[str, Any] = {}
        for name, facet_ in FACETS.items():
            if getattr(self, name) and name != leaving_out:
                conditions.append(facet_.condition)
                bound[name] = list(getattr(self, name))
        if self.founded_from is not None:
            conditions.append("founded >= $founded_from")
            bound["founded_from"] = self.founded_from
        if self.founded_to is not None:
            conditions.append("founded <= $founded_to")
            bound["founded_to"] = self.founded_to
        for i, word in enumerate(self._search_words()):
            conditions.append(f"contains(search_text, $q{i})")
            bound[f"q{i}"] = word
        return " AND ".join(conditions) or "TRUE", bound

    def _search_words(self) -> list[str]:
        # A search that holds no letter or digit finds nothing rather than everything.
        return fold(self.q).split() or ([self.q] if self.q else [])

    def sentence(self, labels: Mapping[str, Mapping[str, str]] | None = None) -> str:
        """The filter in words, without a capital or a full stop.

        Parameters
        ----------
        labels : mapping of str to mapping of str to str, optional
            Labels of the codes that are data and not vocabulary: ``{"valley": {...}}``.
        """
        parts = []
        for name, facet_ in FACETS.items():
            codes = getattr(self, name)
            if codes:
                words = [_label(facet_, code, (labels or {}).get(name, {})) for code in codes]
                parts.append(f"{facet_.joined_by} {_listed(words)}")
        if self.founded_from is not None or self.founded_to is not None:
            parts.append(_founded_words(self.founded_from, self.founded_to))
        if self.q:
            parts.append(f"matching “{self.q}”")
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


def _facets() -> dict[str, Facet]:
    facets = {}
    for f in fields(Filter):
        if not f.metadata:
            continue
        column, many = f.metadata["column"], f.metadata["many"]
        facets[f.name] = Facet(
            name=f.name,
            label=f.metadata["label"],
            condition=(
                f"list_has_any({column}, ${f.name})"
                if many
                else f"list_contains(${f.name}, {column})"
            ),
            codes=column if many else f"[{column}]",
            pattern=f.metadata["pattern"],
            vocabulary=f.metadata["vocabulary"],
            joined_by=f.metadata["joined_by"],
        )
    return facets


def _first(params: Mapping[str, Sequence[str]], name: str) -> str:
    values = params.get(name, ())
    return values[0] if values else ""


def _years(first: str | None, last: str | None) -> tuple[int | None, int | None]:
    start, end = int(first) if first else None, int(last) if last else None
    inside = [y is None or FIRST_YEAR <= y <= LAST_YEAR for y in (start, end)]
    if not all(inside) or (start and end and start > end):
        return None, None
    return start, end


def _label(facet_: Facet, code: str, labels: Mapping[str, str]) -> str:
    if facet_.vocabulary is not None:
        return facet_.vocabulary.label(code)
    return labels.get(code, code)


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


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
}
