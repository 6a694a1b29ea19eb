"""Which town a name means: never a guess in silence.

A town that isn't known, or that could be one of several, has no answer but a reason and the
candidates. So has a name that begins the name of a larger town. A town that spreads over several
regions lies in that of the hint. Coordinates are lon/lat in EPSG:4326, distances are metres in
EPSG:3035.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from ecosystem.common.homonyms import is_dominant
from ecosystem.common.text import fold
from ecosystem.common.vocabulary import COUNTRIES
from etl.model import Track, no_progress
from etl.nuts import prefixes
from etl.places.gazetteer import Gazetteer
from etl.places.regions import METRIC, Middle, Regions

# Gazetteer entries this close together are one town: a city and the municipality around it.
SAME_TOWN_M = 10_000.0
MAX_CANDIDATES = 5
# A village counts as this large where a larger town's name begins with its own: of small places
# the one with the longer name is no better known.
_VILLAGE = 5_000
# Another name of a town is in doubt if a town whose own name begins so has a twentieth of its
# inhabitants: other names are many, and some are known to nobody.
_SELDOM_MEANT = 20
# Inhabitants from which on a town may spread over several regions, and a density that is lower
# than that of any town so large: it bounds how far its regions may be.
_SPREADING, _SPARSE_PER_KM2 = 100_000, 2_500.0
# Shorter names are parts of other words.
_SHORTEST_IN_REGION = 4
_IN_NO_REGION = ", but stands for what lies in none"
# Largest towns that a name begins: more would never be told apart by people.
_MAX_BEGUN = 20


class Question(NamedTuple):
    """A town to find: what organisations of one place have in common."""

    city: str
    country: str
    hint: str


@dataclass(frozen=True)
class Answer:
    """What was found for a question.

    Attributes
    ----------
    row : int
        Row of the gazetteer; -1 if none was chosen.
    precision : str
        Code of :data:`ecosystem.common.vocabulary.LOCATION_PRECISION`; empty if none was chosen.
    nuts3 : str
        Region; empty if none was chosen.
    reason, mend : str
        Why none was chosen, and what to do.
    candidates : tuple of str
        Towns that may be meant, where none was chosen.
    note : str
        What was assumed, where it isn't plain: a sentence.
    region : str
        Region of the hint, where the town spreads over several; empty for the town's own place.
    """

    row: int = -1
    precision: str = ""
    nuts3: str = ""
    reason: str = ""
    mend: str = ""
    candidates: tuple[str, ...] = ()
    note: str = ""
    region: str = ""


@dataclass(frozen=True)
class Named:
    """Rows of the gazetteer that a name may mean.

    Attributes
    ----------
    own : list of int
        The name is their own, perhaps abbreviated.
    other : list of int
        They are called so, too.
    begun : list of int
        Their name begins with it.
    """

    own: list[int]
    other: list[int]
    begun: list[int]


def answer_questions(
    questions: Sequence[Question],
    gazetteer: Gazetteer,
    regions: Regions,
    *,
    track: Track = no_progress,
) -> dict[Question, Answer]:
    """Find the town of each question.

    Own names come before other names. Of several towns the hint decides; without a hint the
    largest one, if it is so much larger that no other can be meant: neither another of the name
    nor one whose name begins with it.

    Parameters
    ----------
    questions : sequence of Question
        Each once.
    gazetteer : Gazetteer
        Towns.
    regions : Regions
        NUTS regions.
    track : Track, optional
        Shows progress.
    """
    towns = Towns(gazetteer, regions)
    own: dict[Question, list[int]] = {}
    for q in track(questions, "Look up towns"):
        named = gazetteer.rows_named(q.city, q.country)
        own[q] = list(dict.fromkeys([*named, *gazetteer.rows_abbreviated_as(q.city, q.country)]))
    towns.place(row for rows in own.values() for row in rows)
    # Where a hint and an own name agree, other towns that are called so too can't be meant.
    is_open = {q: not (q.hint and towns.inside(own[q], q.hint)) for q in questions}
    found = {
        q: _find_named(q, own[q], gazetteer) if is_open[q] else Named(own[q], [], [])
        for q in track(questions, "Look up other names of towns")
    }
    towns.place(row for rows in found.values() for row in (*rows.other, *rows.begun))
    return {q: _choose(q, found[q], towns) for q in track(questions, "Choose among towns")}


def _find_named(question: Question, own: list[int], gazetteer: Gazetteer) -> Named:
    """All that a name may mean; of towns that it begins, those that are large enough to count."""
    asked = question.city, question.country
    other = gazetteer.rows_also_named(*asked)
    begun = [row for row in gazetteer.rows_begun_by(*asked) if row not in own and row not in other]
    if not question.hint and (own or other):
        known = gazetteer.inhabitants(own or other)
        least = max(known, _VILLAGE) if own else known / _SELDOM_MEANT
        begun = [row for row in begun if gazetteer.inhabitants([row]) >= least]
    return Named(own, other, begun[:_MAX_BEGUN])


class Towns:
    """Gazetteer entries on the map: which region each lies in, and which are one town.

    Parameters
    ----------
    gazetteer : Gazetteer
        Towns.
    regions : Regions
        NUTS regions.
    """

    def __init__(self, gazetteer: Gazetteer, regions: Regions) -> None:
        self.gazetteer = gazetteer
        self._regions = regions
        self._population = gazetteer.places["population"].to_numpy()
        self._nuts3: dict[int, str] = {}
        self._metres: dict[int, shapely.Point] = {}
        self._spread: dict[int, list[str]] = {}

    def place(self, rows: Iterable[int]) -> None:
        """Find the regions of gazetteer rows, all in one go."""
        new = sorted(set(rows) - set(self._nuts3))
        places = self.gazetteer.places.loc[new]
        lon = np.asarray(places["lon"], dtype=np.float64)
        lat = np.asarray(places["lat"], dtype=np.float64)
        ids = self._regions.locate(lon, lat, places["country"].to_numpy(object))
        self._nuts3.update(zip(new, ids, strict=True))
        metres = gpd.GeoSeries.from_xy(lon, lat, crs="EPSG:4326").to_crs(METRIC)
        self._metres.update(zip(new, metres, strict=True))

    def nuts3(self, row: int) -> str:
        """NUTS 3 region of a placed row; empty if it lies in none of its country."""
        return self._nuts3[row]

    def inside(self, rows: Iterable[int], hint: str) -> list[int]:
        """The rows that lie in a region whose id begins with the hint, or in parts of it."""
        regions = prefixes(hint)
        return [row for row in rows if self._nuts3[row] and self._nuts3[row].startswith(regions)]

    def distinct(self, rows: Iterable[int]) -> list[int]:
        """The largest entry of each town, largest first."""
        towns: list[int] = []
        for row in sorted(rows, key=lambda row: (-self._population[row], row)):
            if not any(self.are_one(row, town) for town in towns):
                towns.append(row)
        return towns

    def rivals(self, row: int, rows: Iterable[int]) -> list[int]:
        """Other towns of the rows that are too large for the first one to be meant surely."""
        return [
            other
            for other in self.distinct(rows)
            if not self.are_one(row, other)
            and not is_dominant(self._population[row], self._population[other])
        ]

    def spread(self, row: int) -> list[str]:
        """NUTS 2 regions that a large town spreads over, in their order; none if it has but one.

        They are the regions named after the town that lie no farther from its middle than a town
        of so many inhabitants reaches: sqrt(inhabitants / (pi * 2,500 per km2)), in EPSG:3035.
        """
        if row not in self._spread:
            self._spread[row] = self._spread_of(row)
        return self._spread[row]

    def _spread_of(self, row: int) -> list[str]:
        if self._population[row] < _SPREADING:
            return []
        names = {f" {fold(name)} " for name in self.gazetteer.names(row)}
        names = {name for name in names if len(name) >= _SHORTEST_IN_REGION + 2}
        reach_m = 1_000 * math.sqrt(self._population[row] / (math.pi * _SPARSE_PER_KM2))
        alike = [
            (region, shape)
            for region, name, shape in self._regions.outlines_in(self.gazetteer.country(row))
            if any(part in f" {name} " for part in names)
        ]
        if len(alike) < 2:
            return []
        shapes = gpd.GeoSeries([shape for _, shape in alike], crs="EPSG:4326").to_crs(METRIC)
        away = shapes.distance(self._metres[row])
        return [region for (region, _), m in zip(alike, away, strict=True) if m <= reach_m]

    def is_region(self, code: str) -> bool:
        """Whether there is a region of this id, or there are those that it was split into."""
        return self._regions.codes.issuperset(prefixes(code))

    def middle(self, region: str) -> Middle:
        """A point inside a NUTS 2 region, and the NUTS 3 region that it lies in."""
        return self._regions.middle(region)

    def are_one(self, a: int, b: int) -> bool:
        """Whether two placed rows are so near each other that they are one town."""
        return self._metres[a].distance(self._metres[b]) <= SAME_TOWN_M

    def describe(self, rows: Iterable[int]) -> tuple[str, ...]:
        """The towns with their NUTS 2 regions, for people to choose from."""
        shown = self.distinct(rows)[:MAX_CANDIDATES]
        return tuple(f"{self.gazetteer.name(row)} in {self._nuts3[row][:4]}" for row in shown)


def _choose(question: Question, named: Named, towns: Towns) -> Answer:
    hint = question.hint
    if not named.own and not named.other and not (hint and towns.inside(named.begun, hint)):
        return _answer_unknown(question, towns.gazetteer)
    inland = towns.inside([*named.own, *named.other], "")
    if not inland and not towns.inside(named.begun, ""):
        return Answer(
            reason=f"{question.city} lies outside the NUTS regions of "
            f"{COUNTRIES.label(question.country)}.",
            mend="Check the country, or give latitude and longitude.",
        )
    begun = towns.inside(named.begun, hint)
    for rows in (named.own, named.other):
        meant = towns.inside(rows, hint)
        if meant:
            return _largest(question, meant, inland, begun, towns)
        spread = next((row for row in rows if hint and hint[:4] in towns.spread(row)), -1)
        if spread >= 0:
            return _in_region(question, spread, towns)
    named_so = towns.gazetteer.inhabitants(inland)
    if hint and towns.gazetteer.inhabitants(begun) > named_so:
        answer = _largest(question, begun, begun, [], towns)
        if answer.row < 0:
            return answer
        name = towns.gazetteer.name(answer.row)
        note = f"{question.city} is read as {name}, which lies in {hint}."
        return replace(answer, precision="hint", note=note)
    known = towns.describe([*inland, *towns.inside(named.begun, "")])
    if not towns.is_region(hint):
        return Answer(
            reason=f"{hint} is no region of NUTS 2021{_IN_NO_REGION if hint[2:] == 'ZZ' else ''}.",
            mend=f"Correct or empty nuts2_hint; known: {', '.join(known)}.",
            candidates=known,
        )
    return Answer(
        reason=f"No {question.city} lies in {hint}.",
        mend=f"Correct the town or nuts2_hint; known: {', '.join(known)}.",
        candidates=known,
    )


def _largest(
    question: Question, meant: list[int], inland: list[int], begun: list[int], towns: Towns
) -> Answer:
    """The largest of the towns that are meant, if no other can be meant as well."""
    first, *others = towns.distinct(meant)
    literal = towns.gazetteer.rows_named(question.city, question.country)
    # With a hint only the towns in its region compete, without one all that are called so.
    rivals = towns.rivals(first, meant if question.hint else inland)
    least = towns.gazetteer.inhabitants([first]) / _SELDOM_MEANT
    rivals += [
        row
        for row in towns.distinct(begun)
        if towns.gazetteer.inhabitants([row]) >= least and not towns.are_one(row, first)
    ]
    if first not in literal:
        # How large a town is doesn't tell which of several words an abbreviation stands for.
        name = fold(towns.gazetteer.name(first))
        short = set(towns.gazetteer.rows_abbreviated_as(question.city, question.country))
        rivals += [
            row
            for row in others
            if {row, first} <= short and fold(towns.gazetteer.name(row)) != name
        ]
    if rivals:
        candidates = towns.describe(dict.fromkeys([first, *rivals]))
        return Answer(
            reason=f"{question.city} can be one of several towns.",
            mend=f"{_whole_name(question, rivals, towns)}: {', '.join(candidates)}.",
            candidates=candidates,
        )
    spread = towns.spread(first)
    if len(spread) > 1 and not question.hint:
        note = (
            f"{question.city} spreads over several regions: {', '.join(spread)}. It was placed in "
            "its middle; fill in nuts2_hint for the region."
        )
        return Answer(first, "spread", towns.nuts3(first), note=note)
    precision = "exact" if first in literal else "alternate"
    if others:
        precision = "largest"
    elif question.hint and len(towns.distinct(inland)) > 1:
        precision = "hint"
    return Answer(first, precision, towns.nuts3(first))


def _whole_name(question: Question, rivals: list[int], towns: Towns) -> str:
    """What to write where several towns are meant: more of the name, if it goes on."""
    if all(fold(towns.gazetteer.name(row)) == fold(question.city) for row in rivals):
        return "Fill in nuts2_hint, or latitude and longitude"
    return "Write the whole name, or fill in nuts2_hint, or latitude and longitude"


def _in_region(question: Question, row: int, towns: Towns) -> Answer:
    """A town in that of its regions which the hint names."""
    region = question.hint[:4]
    note = (
        f"{question.city} spreads over several regions; it was placed in the middle of {region}, "
        "as nuts2_hint says."
    )
    return Answer(row, "hint", towns.middle(region).nuts3, note=note, region=region)


def _answer_unknown(question: Question, gazetteer: Gazetteer) -> Answer:
    similar = gazetteer.similar(question.city, question.country)
    country = COUNTRIES.label(question.country)
    elsewhere = gazetteer.elsewhere(question.city, question.country)
    reason = f"No town of this name is known in {country}."
    if elsewhere:
        abroad = COUNTRIES.label(elsewhere)
        return Answer(
            reason=reason,
            mend=f"A town of this name lies in {abroad}: check the country ({elsewhere}), or give "
            "latitude and longitude.",
        )
    meant = f"Did you mean {' or '.join(similar)}? Else give" if similar else "Give"
    return Answer(
        reason=reason,
        mend=f"{meant} latitude and longitude.",
        candidates=tuple(similar),
    )
