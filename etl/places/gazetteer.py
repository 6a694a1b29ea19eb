"""Towns by name: exact names first, other names second, in any spelling and accent.

Abbreviations are read before names are compared: ``St-Denis`` is asked for as ``Saint-Denis``,
``Freiburg i. Br.`` as any name that its words begin.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice, product
from pathlib import Path

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from ecosystem.common.text import fold, slug

_PARTS = re.compile(r"[/()|]")
_WORD = re.compile(r"([^\W_]+)(\.?)")
# More readings than this have names of a few letters only, each of which may stand for much.
_MAX_READINGS = 64
# A town of fewer inhabitants is not known far and wide by a part of one of its other names.
_KNOWN_BY_PART = 15_000
# Names less alike than this are others: Göteborg is no misspelt Évora.
_ALIKE = 70
Names = dict[str, list[int]]


@dataclass
class Gazetteer:
    """Populated places, looked up by name and country.

    Attributes
    ----------
    places : pandas.DataFrame
        ``place_id, geoname_id, name, alternate_names, country, population, lat, lon``;
        degrees in EPSG:4326; the index counts from 0.
    words : list of (str, str)
        Folded abbreviations of place names and the words that they stand for.
    """

    places: pd.DataFrame
    words: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._rows = {
            country: group.index.to_numpy()
            for country, group in self.places.groupby("country", sort=False)
        }
        self._population = self.places["population"].to_numpy()
        self._own_names = self.places["name"].to_numpy(object)
        self._other_names = self.places["alternate_names"].to_numpy()
        self._country = self.places["country"].to_numpy()
        self._names: dict[str, Names] = {}
        self._alternates: dict[str, Names] = {}
        self._parts: dict[str, Names] = {}
        self._ordered_parts: dict[str, list[str]] = {}
        self._long: dict[str, list[str]] = defaultdict(list)
        for short, long in self.words:
            self._long[short].append(long)
            self._long[long].append(short)
        self._phrases = [words for words in self._long if " " in words]
        self._readings = lru_cache(maxsize=100_000)(self._read)

    @cached_property
    def folded_names(self) -> list[list[str]]:
        """Folded names of each place, its own one first; made once, as it takes seconds."""
        return [
            list(dict.fromkeys(filter(None, map(fold, (name, *others)))))
            for name, others in zip(
                self.places["name"], self.places["alternate_names"], strict=True
            )
        ]

    def rows_named(self, name: str, country: str) -> list[int]:
        """Rows of `places` that have a name of their own like this one.

        Parameters
        ----------
        name : str
            As people write it.
        country : str
            ISO 3166-1 code.
        """
        return self._names_in(country).get(fold(name), [])

    def rows_abbreviated_as(self, name: str, country: str) -> list[int]:
        """Rows of `places` whose own name may be abbreviated like this one.

        Parameters
        ----------
        name : str
            As people write it: ``"St. Ingbert"``, ``"Freiburg i. Br."``.
        country : str
            ISO 3166-1 code.
        """
        return self._all(self._names_in(country), self._readings(name, country)[1:])

    def rows_also_named(self, name: str, country: str) -> list[int]:
        """Rows of `places` that have this name too: in another language, abbreviated, in part.

        Parameters
        ----------
        name : str
            As people write it: ``"Donostia"``, ``"Alacant / Alicante"``.
        country : str
            ISO 3166-1 code.
        """
        readings = self._readings(name, country)
        found = self._all(self._other_names_in(country), readings)
        if found or self._all(self._names_in(country), readings):
            return found
        keys = [fold(part) for part in _PARTS.split(name)]
        parts = (self._any(key, country) for key in keys if key and key != readings[0])
        return next((rows for rows in parts if rows), [])

    def rows_begun_by(self, name: str, country: str) -> list[int]:
        """Rows of `places` whose name begins with this one and goes on, largest first.

        Of larger towns the other names count as well.

        Parameters
        ----------
        name : str
            As people write it: ``"Molenbeek"`` begins ``"Molenbeek-Saint-Jean"``.
        country : str
            ISO 3166-1 code.
        """
        parts, ordered = self._begun(country)
        rows: dict[int, None] = {}
        for key in self._readings(name, country):
            if not key:
                continue
            first, last = bisect_left(ordered, f"{key} "), bisect_left(ordered, f"{key}!")
            rows.update(dict.fromkeys(row for name in ordered[first:last] for row in parts[name]))
        return sorted(rows, key=lambda row: (-int(self._population[row]), row))

    def similar(self, name: str, country: str, limit: int = 3) -> list[str]:
        """Names of the towns of a country that a misspelt or short name may mean, best first."""
        begun = self.rows_begun_by(name, country)[:limit]
        keys = {**self._other_names_in(country), **self._names_in(country)}
        near = process.extract(fold(name), list(keys), scorer=fuzz.ratio, limit=limit * 3)
        alike = [self._largest(keys[key]) for key, score, _ in near if score >= _ALIKE]
        rows = dict.fromkeys([*begun, *alike])
        return [self.name(row) for row in rows][:limit]

    def elsewhere(self, name: str, country: str) -> str:
        """Another country, with the largest town that is called so; empty if none is large."""
        others = [row for row in self._large.get(fold(name), []) if self._country[row] != country]
        return str(self._country[self._largest(others)]) if others else ""

    def name(self, row: int) -> str:
        """Own name of a row of `places`."""
        return str(self._own_names[row])

    def inhabitants(self, rows: Iterable[int]) -> int:
        """Of the largest of the rows; 0 if there is none."""
        return max((int(self._population[row]) for row in rows), default=0)

    @cached_property
    def _large(self) -> Names:
        """Folded names of all kinds -> large towns of all countries."""
        large = self.places[self.places["population"] >= _KNOWN_BY_PART]
        named = zip(large.index, large["name"], large["alternate_names"], strict=True)
        return _index((name, row) for row, own, other in named for name in (own, *other))

    def _any(self, key: str, country: str) -> list[int]:
        named = self._names_in(country).get(key, [])
        return named or self._other_names_in(country).get(key, [])

    def _all(self, names: Names, keys: Iterable[str]) -> list[int]:
        return list(dict.fromkeys(row for key in keys for row in names.get(key, [])))

    def _read(self, name: str, country: str) -> list[str]:
        """Folded names that an abbreviated one may stand for; the first is the name as it is."""
        key = fold(name)
        keys = [
            key,
            *(" ".join(words) for words in islice(self._spelt(key.split()), _MAX_READINGS)),
        ]
        for phrase in self._phrases:
            if f" {phrase} " in f" {key} ":
                keys += [
                    f" {key} ".replace(f" {phrase} ", f" {long} ").strip()
                    for long in self._long[phrase]
                ]
        if "." in name:
            keys += self._begun_words(name, country)
        return list(dict.fromkeys(keys))

    def _spelt(self, words: list[str]) -> Iterator[tuple[str, ...]]:
        return product(*([word, *self._long.get(word, [])] for word in words))

    def _begun_words(self, name: str, country: str) -> Iterator[str]:
        """Names of a country that go on where a name has full stops after some of its words."""
        dotted: list[tuple[str, bool]] = []
        for word, stop in _WORD.findall(name):
            *whole, last = fold(word).split() or [""]
            dotted += [*((part, False) for part in whole), (last, bool(stop) and last.isalpha())]
        for words in islice(self._spelt([word for word, _ in dotted]), _MAX_READINGS):
            stops = [
                stop and word == as_written
                for word, (as_written, stop) in zip(words, dotted, strict=True)
            ]
            if True not in stops:
                continue
            pattern = re.compile(
                " ".join(f"{w}[a-z]*" if stop else w for w, stop in zip(words, stops, strict=True))
            )
            start = " ".join(words[: stops.index(True) + 1])
            ordered = self._begun(country)[1]
            at = bisect_left(ordered, start)
            while at < len(ordered) and ordered[at].startswith(start):
                if pattern.fullmatch(ordered[at]):
                    yield ordered[at]
                at += 1

    def _largest(self, rows: list[int]) -> int:
        return max(rows, key=lambda row: int(self._population[row]))

    def _names_in(self, country: str) -> Names:
        if country not in self._names:
            rows = self._rows.get(country, np.array([], dtype=int))
            self._names[country] = _index(zip(self._own_names[rows], rows, strict=True))
        return self._names[country]

    def _begun(self, country: str) -> tuple[Names, list[str]]:
        """Names that a shorter one may begin, and the same in the order of the alphabet."""
        if country not in self._parts:
            parts = {key: list(rows) for key, rows in self._names_in(country).items()}
            for key, rows in self._other_names_in(country).items():
                large = [row for row in rows if self._population[row] >= _KNOWN_BY_PART]
                if large:
                    parts[key] = [*parts.get(key, []), *large]
            self._parts[country], self._ordered_parts[country] = parts, sorted(parts)
        return self._parts[country], self._ordered_parts[country]

    def _other_names_in(self, country: str) -> Names:
        if country not in self._alternates:
            rows = self._rows.get(country, np.array([], dtype=int))
            lists = self._other_names[rows]
            self._alternates[country] = _index(
                (name, row) for names, row in zip(lists, rows, strict=True) for name in names
            )
        return self._alternates[country]


def load_gazetteer(reference_dir: Path, schema_dir: Path) -> Gazetteer:
    """Gazetteer and its supplement; read once by a process, and again when a file has changed.

    Parameters
    ----------
    reference_dir : Path
        Folder of ``gazetteer.parquet`` and ``places_supplement.csv``; rows of the latter add a
        place, or another name of the place that ``same_as_geoname_id`` names.
    schema_dir : Path
        Folder of ``place_words.csv``.
    """
    files = (
        reference_dir / "gazetteer.parquet",
        reference_dir / "places_supplement.csv",
        schema_dir / "place_words.csv",
    )
    return _read_gazetteer(*files, tuple(file.stat().st_mtime_ns for file in files))


# Its names are made when they are asked for, which takes most of the time of a small check.
@lru_cache(maxsize=1)
def _read_gazetteer(
    towns: Path, additions: Path, abbreviations: Path, times: tuple[int, ...]
) -> Gazetteer:
    del times  # another time is another gazetteer
    places = pd.read_parquet(towns)
    places = places.assign(place_id="g" + places["geoname_id"].astype("str"))
    supplement = pd.read_csv(additions, dtype={"same_as_geoname_id": "Int64"})
    is_name = supplement["same_as_geoname_id"].notna()
    places = _with_names(places, supplement[is_name])
    words = pd.read_csv(abbreviations, dtype="str")
    return Gazetteer(
        pd.concat([places, _new_places(supplement[~is_name])], ignore_index=True),
        list(zip(words["word"], words["stands_for"], strict=True)),
    )


def _with_names(places: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    more: dict[int, list[str]] = defaultdict(list)
    for geoname_id, name in zip(names["same_as_geoname_id"], names["name"], strict=True):
        more[int(geoname_id)].append(name)
    alternates = places["alternate_names"].to_numpy(copy=True)
    ids = places["geoname_id"].to_numpy()
    for row in np.flatnonzero(np.isin(ids, list(more))):
        alternates[row] = [*alternates[row], *more[int(ids[row])]]
    return places.assign(
        alternate_names=pd.Series(alternates, index=places.index, dtype=object),
        geoname_id=places["geoname_id"].astype("Int64"),
    )


def _new_places(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "place_id": [
                f"s-{country.lower()}-{slug(name)}"
                for name, country in zip(rows["name"], rows["country"], strict=True)
            ],
            "geoname_id": pd.array([pd.NA] * len(rows), dtype="Int64"),
            "name": rows["name"].to_numpy(),
            "alternate_names": [[] for _ in range(len(rows))],
            "country": rows["country"].to_numpy(),
            "population": 0,
            "lat": rows["lat"].to_numpy(),
            "lon": rows["lon"].to_numpy(),
        }
    )


def _index(pairs: Iterator[tuple[str, int]]) -> Names:
    index: Names = defaultdict(list)
    for name, row in pairs:
        rows = index[fold(name)]
        if not rows or rows[-1] != row:
            rows.append(row)
    return dict(index)
