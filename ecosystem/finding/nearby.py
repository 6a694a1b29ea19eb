"""Near a town: which town is meant, how far organisations are from it, and who is near.

Distances are kilometres along the geodesic of WGS 84 between the points of two towns, by Karney's
algorithm (C. F. F. Karney, "Algorithms for geodesics", J. Geodesy 87, 2013), which
:class:`pyproj.Geod` implements; exact to nanometres. An organisation is where its town is,
unless the register gives its coordinates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
from pyproj import Geod

from ecosystem.common.homonyms import is_dominant
from ecosystem.common.per_release import Recent, per_release
from ecosystem.common.search_words import tolerance
from ecosystem.common.store import Database
from ecosystem.common.text import fold
from ecosystem.common.vocabulary import COUNTRIES
from ecosystem.finding.masks import pack

MAX_LENGTH = 100
# Distances that are usual; "near" is the first in which anybody is.
RADII = (25, 50, 100, 200)
_FARTHEST = 100_000  # metres from the nearest town to whoever asks for it
_KEPT = 24
# A case, so that the costly comparison is made only where it can hold.
_NEAR_SPELLING = """
    CASE WHEN abs(length(spelt) - length($key)) <= $allowed
         THEN damerau_levenshtein(spelt, $key) <= $allowed ELSE FALSE END
"""
_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True)
class Town:
    """A town of the gazetteer.

    Attributes
    ----------
    town_id, name, country : str
        Its id, its name as the gazetteer has it, and its ISO 3166-1 code.
    lon, lat : float
        Degrees, EPSG:4326.
    population : int
        Inhabitants; 0 where the gazetteer does not know.
    """

    town_id: str
    name: str
    country: str
    lon: float
    lat: float
    population: int

    @property
    def label(self) -> str:
        """Name and country: ``"Rennes, France"``."""
        return f"{self.name}, {COUNTRIES.label(self.country)}"


def towns(database: Database, text: str, limit: int = 8) -> list[Town]:
    """Towns that a text may mean, the likeliest first.

    Parameters
    ----------
    text : str
        A name in any language and spelling, with the country behind a comma if one likes:
        ``"Munich"``, ``"München"``, ``"Valencia, Spain"``.
    limit : int
        How many at most.

    Returns
    -------
    list of Town
        Those of this name; else those whose name begins with it; else those whose name is one
        or two letters apart. First those with this name at home, then the larger ones. Empty
        if there is none.
    """
    name, _, country = text[:MAX_LENGTH].partition(",")
    key = fold(name)
    if not key:
        return []
    bound = {"key": key, "limit": limit, **_country_codes(country)}
    for reading in ("spelt = $key", "starts_with(spelt, $key)"):
        found = _read_as(database, reading, country, bound)
        if found:
            return found
    bound["allowed"] = tolerance(key)
    return _read_as(database, _NEAR_SPELLING, country, bound) if bound["allowed"] else []


def certain_town(candidates: list[Town]) -> Town | None:
    """The first of the candidates, if it is so large that no other can be meant; else None."""
    if not candidates:
        return None
    first, *others = candidates
    is_sure = all(is_dominant(first.population, other.population) for other in others)
    return first if is_sure else None


def likely_town(database: Database, text: str) -> Town | None:
    """The town that a text most likely means; None if no town is called so.

    The one that is called so at home, unless another is so much larger that it is better known
    by the name: "Roma" is Rome, and "León" not Lyon.
    """
    candidates = towns(database, text)
    if not candidates:
        return None
    first, largest = candidates[0], max(candidates, key=lambda town: town.population)
    return largest if is_dominant(largest.population, first.population) else first


def town_like(database: Database, word: str) -> Town | None:
    """The largest town with a name that is a letter or two from a folded word; None if none is."""
    bound = {"key": word, "limit": 1, "allowed": tolerance(word)}
    found = _read_as(database, _NEAR_SPELLING, "", bound) if bound["allowed"] else []
    return found[0] if found else None


def usual_km(database: Database, centre: Town) -> int:
    """The smallest of :data:`RADII` within which anybody is; the largest where nobody is."""
    closest = distances(database, centre.lon, centre.lat).min(initial=np.inf)
    return next((km for km in RADII if closest <= km), RADII[-1])


def box(centre: Town, km: float) -> tuple[float, float, float, float]:
    """West, south, east and north, in degrees, of all that is within a distance of a town."""
    lon, lat, _ = _GEOD.fwd([centre.lon] * 4, [centre.lat] * 4, [0, 90, 180, 270], [1000 * km] * 4)
    return float(min(lon)), float(min(lat)), float(max(lon)), float(max(lat))


def nearest_town(database: Database, lon: float, lat: float) -> Town | None:
    """The town of the gazetteer that is nearest to a point; None if none is in 100 km.

    Parameters
    ----------
    lon, lat : float
        Degrees, EPSG:4326.
    """
    rows = database.frame(
        """
        SELECT town_id, name, country, lon, lat, population FROM town
        WHERE abs(lat - $lat) < 1 AND abs(lon - $lon) < 1 / greatest(0.1, cos(radians($lat)))
        """,
        {"lon": lon, "lat": lat},
    )
    if rows.empty:
        return None
    *_, metres = _GEOD.inv(
        np.full(len(rows), lon),
        np.full(len(rows), lat),
        rows["lon"].to_numpy(),
        rows["lat"].to_numpy(),
    )
    first = int(np.argmin(metres))
    return _town(rows.iloc[first].to_dict()) if metres[first] <= _FARTHEST else None


def town(database: Database, town_id: str) -> Town | None:
    """The town of an id; None if there is none."""
    row = database.record(
        "SELECT town_id, name, country, lon, lat, population FROM town WHERE town_id = $id",
        {"id": town_id},
    )
    return _town(row) if row else None


def distances(database: Database, lon: float, lat: float) -> npt.NDArray[np.float32]:
    """Distance of every organisation from a point, in km along the geodesic.

    Returns
    -------
    array of float, shape (number of organisations,)
        By ``ordinal``.
    """
    return _points(database).recent.get((lon, lat), lambda: _distances(database, lon, lat))


def within_km(database: Database, lon: float, lat: float, km: float) -> npt.NDArray[np.bool_]:
    """Whether every organisation lies within a distance of a point, by ``ordinal``."""
    return distances(database, lon, lat) <= km


def bits(database: Database, town_id: str, km: float) -> bytes:
    """Organisations within a distance of a town, one bit each by ``ordinal``; none if unknown."""
    centre = town(database, town_id)
    if centre is None:
        return pack(np.zeros(len(_points(database).of_organisation), dtype=np.bool_))
    return pack(within_km(database, centre.lon, centre.lat, km))


def _read_as(database: Database, reading: str, country: str, bound: dict[str, Any]) -> list[Town]:
    """Towns with a name that a condition on ``spelt`` holds for."""
    found = database.frame(
        f"""
        WITH meant AS (
            SELECT town_id FROM (
                SELECT town_id, unnest(names) AS spelt FROM town WHERE {_in_country(country)}
            )
            WHERE {reading} GROUP BY ALL
        )
        SELECT town_id, name, country, lon, lat, population
        FROM town SEMI JOIN meant USING (town_id)
        ORDER BY names[1] = $key DESC, population DESC, name, town_id LIMIT $limit
        """,
        bound,
    )
    return [_town(row) for row in found.to_dict("records")]


@dataclass(frozen=True)
class _Points:
    """Where organisations are: distinct points, and which each organisation has."""

    lon: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]
    of_organisation: npt.NDArray[np.integer[Any]]
    recent: Recent[npt.NDArray[np.float32]]


def _distances(database: Database, lon: float, lat: float) -> npt.NDArray[np.float32]:
    points = _points(database)
    *_, metres = _GEOD.inv(
        np.full_like(points.lon, lon), np.full_like(points.lat, lat), points.lon, points.lat
    )
    return (np.asarray(metres) / 1000).astype(np.float32)[points.of_organisation]


@per_release
def _points(database: Database) -> _Points:
    rows = database.frame("SELECT lon, lat FROM organisation ORDER BY ordinal")
    number = rows.groupby(["lon", "lat"], sort=False).ngroup().to_numpy()
    points = rows.drop_duplicates()
    return _Points(points["lon"].to_numpy(), points["lat"].to_numpy(), number, Recent(_KEPT))


def _town(row: Mapping[Any, Any]) -> Town:
    return Town(**{f.name: row[f.name] for f in fields(Town)})


def _in_country(text: str) -> str:
    return "list_contains($countries, country)" if _country_codes(text) else "TRUE"


def _country_codes(text: str) -> dict[str, list[str]]:
    """Countries that the words behind a comma begin the name of; none given, none bound."""
    key = fold(text)
    codes = [
        code
        for code, term in COUNTRIES.items()
        if key and (key == code.lower() or fold(term.label).startswith(key))
    ]
    return {"countries": codes} if codes else {}


def names_of(
    database: Database, places: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], list[str]]:
    """Names of towns in all languages, by what they are called in the register.

    Parameters
    ----------
    places : iterable of tuple of str
        Folded name and ISO 3166-1 code of the country of each.

    Returns
    -------
    dict of tuple of str to list of str
        Folded names of the largest town of that name in that country; without those that nobody
        knows.
    """
    asked = set(places)
    rows = database.frame(
        """
        SELECT spelt, country, arg_max(names, population) AS names
        FROM (SELECT unnest(names) AS spelt, country, names, population FROM town)
        WHERE spelt IN (SELECT unnest($names)) GROUP BY spelt, country
        """,
        {"names": sorted({name for name, _ in asked})},
    )
    found = zip(zip(rows["spelt"], rows["country"], strict=True), rows["names"], strict=True)
    return {place: list(names) for place, names in found if place in asked}
