"""Whether a consortium keeps the usual rules of programmes (``data/consortium_rules.toml``)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from ecosystem.common import wording
from ecosystem.common.links import web_address
from ecosystem.common.settings import ROOT
from ecosystem.common.vocabulary import COUNTRIES, TYPES

FILE = ROOT / "data" / "consortium_rules.toml"
FITS = ("exchange", "project")


@dataclass(frozen=True)
class Role:
    """A role of a consortium: its code and label, the types that can play it, and a hedge."""

    code: str
    label: str
    types: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class Rule:
    """What a programme asks of a consortium.

    Attributes
    ----------
    code, name, text : str
        Its code, what it is called, and what it says, in own words.
    least_entities, least_countries, least_members : int
        Independent entities; different eligible countries that they are from; member states among
        those.
    members, associated : frozenset of str
        Countries that count, ISO 3166-1.
    types : tuple of str
        Types of organisations that count; all if empty.
    unknown : str
        What the register can't say of it.
    source, source_is, read : str
        The page that says so, what kind of page that is, and the day on which it was read.
    """

    code: str
    name: str
    text: str
    least_entities: int
    least_countries: int
    least_members: int
    members: frozenset[str]
    associated: frozenset[str]
    types: tuple[str, ...]
    unknown: str
    source: str
    source_is: str
    read: str

    @property
    def eligible(self) -> frozenset[str]:
        """All countries that count."""
        return self.members | self.associated


@dataclass(frozen=True)
class Entity:
    """An organisation as rules look at it.

    Attributes
    ----------
    id, name, country, type : str
        Identifier, name, ISO 3166-1 code of the country, and type.
    owner : str
        Identifier or name of who acquired it; empty if nobody did, as far as is known.
    """

    id: str
    name: str
    country: str
    type: str
    owner: str = ""


@dataclass(frozen=True)
class Point:
    """One number that a rule asks for: how many there are, and whether that is enough."""

    what: str
    found: int
    least: int

    @property
    def holds(self) -> bool:
        """Whether there are enough."""
        return self.found >= self.least


@dataclass(frozen=True)
class Verdict:
    """What a rule says of a consortium.

    Attributes
    ----------
    rule : Rule
        The rule.
    points : tuple of Point
        The numbers that it asks for.
    remarks : tuple of str
        Who doesn't count, and why.
    """

    rule: Rule
    points: tuple[Point, ...]
    remarks: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether all numbers are reached."""
        return all(point.holds for point in self.points)

    @property
    def sentence(self) -> str:
        """The verdict in words, with its numbers."""
        numbers = wording.join(
            [f"{point.what}: {point.found} of at least {point.least}" for point in self.points]
        )
        said = "holds" if self.holds else "does not hold yet"
        return f"{self.rule.name}: {said} ({numbers})."


def verdict(rule: Rule, entities: Sequence[Entity]) -> Verdict:
    """Count a consortium against one rule.

    An acquired organisation and its owner are one entity: they aren't independent. Countries are
    counted so that each stands for another independent entity, as a maximum matching of entities
    and countries.

    Parameters
    ----------
    rule : Rule
        The rule.
    entities : sequence of Entity
        The organisations of the consortium.

    Examples
    --------
    >>> rule = next(rule for rule in rules() if rule.code == "horizon-europe")
    >>> three = [Entity(code, code, code, "sme") for code in ("FR", "DE", "NO")]
    >>> verdict(rule, three).holds, verdict(rule, three[:2]).holds
    (True, False)
    """
    counted = [
        entity
        for entity in entities
        if entity.country in rule.eligible and (not rule.types or entity.type in rule.types)
    ]
    groups = independent(counted)
    points = [
        Point("independent entities", len(groups), rule.least_entities),
        Point("countries", _countries(groups, rule.eligible), rule.least_countries),
        Point("EU member states", _countries(groups, rule.members), rule.least_members),
    ]
    return Verdict(rule, tuple(points), tuple(_remarks(rule, entities, groups)))


def independent(entities: Sequence[Entity]) -> list[list[Entity]]:
    """Entities grouped by who owns whom: one group is one independent entity.

    Two that the same third one acquired are one group too.
    """
    owner = {entity.id: entity.owner for entity in entities if entity.owner}
    groups: dict[str, list[Entity]] = {}
    for entity in entities:
        root, seen = entity.id, {entity.id}
        while owner.get(root) and owner[root] not in seen:
            root = owner[root]
            seen.add(root)
        groups.setdefault(root, []).append(entity)
    return list(groups.values())


def _countries(groups: Sequence[Sequence[Entity]], among: Iterable[str]) -> int:
    """How many different countries of `among` can each stand for another group."""
    codes = sorted(set(among))
    cells = [
        [int(any(entity.country == code for entity in group)) for code in codes] for group in groups
    ]
    if not cells or not codes:
        return 0
    matched = csgraph.maximum_bipartite_matching(sparse.csr_array(np.array(cells)))
    return int((matched >= 0).sum())


def _remarks(
    rule: Rule, entities: Sequence[Entity], groups: Sequence[Sequence[Entity]]
) -> Iterable[str]:
    elsewhere = [entity for entity in entities if entity.country not in rule.eligible]
    if elsewhere:
        names = wording.join(
            [f"{entity.name} ({COUNTRIES.label(entity.country)})" for entity in elsewhere]
        )
        yield f"Not from a country that counts: {names}."
    if rule.types:
        left_out = [
            f"{entity.name} ({TYPES.inside(entity.type)})"
            for entity in entities
            if entity.type not in rule.types and entity.country in rule.eligible
        ]
        if left_out:
            yield f"Not of a kind that counts: {wording.join(left_out)}."
    for group in groups:
        if len(group) > 1:
            names = wording.join([entity.name for entity in group])
            yield f"Not independent of each other, since one was acquired: {names}."


def rules() -> tuple[Rule, ...]:
    """The rules of the file, in its order."""
    content = _file()
    found = []
    for entry in content["rule"]:
        own = [row for row in content["associated"] if row["programme"] == entry["countries"]]
        found.append(
            Rule(
                **{
                    name: value
                    for name, value in entry.items()
                    if name not in ("countries", "types")
                },
                types=tuple(entry["types"]),
                members=frozenset(content["members"]["codes"]),
                associated=frozenset(code for row in own for code in row["codes"]),
            )
        )
    return tuple(found)


def roles() -> tuple[Role, ...]:
    """The roles of the file, in its order."""
    return tuple(Role(**{**entry, "types": tuple(entry["types"])}) for entry in _file()["role"])


def lead_types(fit: str) -> tuple[str, ...]:
    """Types of organisations that are asked first whether they would lead, first to last.

    Parameters
    ----------
    fit : str
        One of :data:`FITS`.
    """
    return tuple(_file()["lead"][fit])


def country_sources(rule: Rule) -> list[Mapping[str, Any]]:
    """Which associated countries count for a rule, with its source and what kind it is."""
    content = _file()
    (name,) = (entry["countries"] for entry in content["rule"] if entry["code"] == rule.code)
    return [row for row in content["associated"] if row["programme"] == name]


@cache
def _file() -> dict[str, Any]:
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    entries = [*content["rule"], *content["associated"], content["members"]]
    wrong = [entry["source"] for entry in entries if web_address(entry["source"]) is None]
    types = {code for entry in [*content["role"], *content["rule"]] for code in entry["types"]} | {
        code for order in content["lead"].values() for code in order
    }
    if wrong or types - set(TYPES):
        raise ValueError(f"{FILE.name}: no page to link to {wrong}, no such type {types}")
    return content
