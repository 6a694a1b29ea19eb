"""Which town a name means: never a guess in silence.

A town that isn't known, or that could be one of several, has no answer but a reason and the
candidates. Coordinates are lon/lat in EPSG:4326, distances are metres in EPSG:3035.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from ecosystem.common.homonyms import is_dominant
from ecosystem.common.vocabulary import COUNTRIES
from etl.model import Track, no_progress
from etl.places.gazetteer import Gazetteer
from etl.places.regions import METRIC, Regions

# Gazetteer entries this close together are one town: a city and the municipality around it.
SAME_TOWN_M = 10_000.0
MAX_CANDIDATES = 5


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
    """

    row: int = -1
    precision: str = ""
    nuts3: str = ""
    reason: str = ""
    mend: str = ""
    candidates: tuple[str, ...] = ()


def answer_questions(
    questions: Sequence[Question],
    gazetteer: Gazetteer,
    regions: Regions,
    *,
    track: Track = no_progress,
) -> dict[Question, Answer]:
    """Find the town of each question.

    Exact names come before other names. Of several towns the hint decides; without a hint
    the largest one, if it is so much larger that no other can be meant.

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
    exact = {q: gazetteer.rows_named(q.city, q.country) for q in track(questions, "Look up towns")}
    towns.place(row for rows in exact.values() for row in rows)
    # Where a hint and an exact name agree, other towns of this name can't be meant.
    open_questions = [q for q in questions if not (q.hint and towns.inside(exact[q], q.hint))]
    other = {
        q: gazetteer.rows_also_named(q.city, q.country)
        for q in track(open_questions, "Look up other names of towns")
    }
    towns.place(row for rows in other.values() for row in rows)
    return {
        q: _choose(q, exact[q], other.get(q, []), towns)
        for q in track(questions, "Choose among towns")
    }


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
        """The rows that lie in a region whose id begins with the hint."""
        return [row for row in rows if self._nuts3[row] and self._nuts3[row].startswith(hint)]

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

    def are_one(self, a: int, b: int) -> bool:
        """Whether two placed rows are so near each other that they are one town."""
        return self._metres[a].distance(self._metres[b]) <= SAME_TOWN_M

    def describe(self, rows: Iterable[int]) -> tuple[str, ...]:
        """The towns with their NUTS 2 regions, for people to choose from."""
        names = self.gazetteer.places["name"]
        shown = self.distinct(rows)[:MAX_CANDIDATES]
        return tuple(f"{names.at[row]} in {self._nuts3[row][:4]}" for row in shown)


def _choose(question: Question, exact: list[int], other: list[int], towns: Towns) -> Answer:
    if not exact and not other:
        return _answer_unknown(question, towns.gazetteer)
    inland = towns.inside([*exact, *other], "")
    if not inland:
        return Answer(
            reason=f"{question.city} lies outside the NUTS regions of "
            f"{COUNTRIES.label(question.country)}.",
            mend="Check the country, or give latitude and longitude.",
        )
    for rows, precision in ((exact, "exact"), (other, "alternate")):
        meant = towns.inside(rows, question.hint)
        if meant:
            return _largest(question, meant, inland, precision, towns)
    known = towns.describe(inland)
    return Answer(
        reason=f"No {question.city} lies in {question.hint}.",
        mend=f"Correct the town or nuts2_hint; known: {', '.join(known)}.",
        candidates=known,
    )


def _largest(
    question: Question, meant: list[int], inland: list[int], precision: str, towns: Towns
) -> Answer:
    """The largest of the towns that are meant, if it is so by far."""
    first, *others = towns.distinct(meant)
    # With a hint only the towns in its region compete, without one all of this name.
    rivals = towns.rivals(first, meant if question.hint else inland)
    if rivals:
        candidates = towns.describe([first, *rivals])
        return Answer(
            reason=f"{question.city} can be one of several towns.",
            mend=f"Fill in nuts2_hint, or latitude and longitude: {', '.join(candidates)}.",
            candidates=candidates,
        )
    if others:
        precision = "largest"
    elif question.hint and len(towns.distinct(inland)) > 1:
        precision = "hint"
    return Answer(first, precision, towns.nuts3(first))


def _answer_unknown(question: Question, gazetteer: Gazetteer) -> Answer:
    similar = gazetteer.similar(question.city, question.country)
    meant = f"Did you mean {' or '.join(similar)}? Else give" if similar else "Give"
    return Answer(
        reason=f"No town of this name is known in {COUNTRIES.label(question.country)}.",
        mend=f"{meant} latitude and longitude.",
        candidates=tuple(similar),
    )
