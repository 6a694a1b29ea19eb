"""Towns by name: exact names first, other names second, in any spelling and accent.

Abbreviations are read before names are compared: ``St-Denis`` is asked for as ``Saint-Denis``,
``Freiburg i. Br.`` as any name that its words begin.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice, product
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.parquet as pq
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
# Key of the metadata by which a file of folded names says what gazetteer it is of, as SHA-256.
NAMES_OF = b"gazetteer_sha256"


class Names:
    """Rows by folded name, looked up in order: a dictionary of all names takes seconds to make.

    Parameters
    ----------
    names : list of str
        Folded, in their order; one that several rows have stands there for each.
    rows : list of int
        The row of each; those of one name in their order.
    """

    def __init__(self, names: list[str], rows: list[int]) -> None:
        self.names = names
        self.rows = rows

    @classmethod
    def of(cls, named: Iterable[tuple[str, int]]) -> Names:
        """Names as they are written, each with a row."""
        ordered = sorted({(fold(name), int(row)) for name, row in named})
        return cls([name for name, _ in ordered], [row for _, row in ordered])

    def add(self, name: str, row: int) -> None:
        """Take in one more name, as it is written; its row is not below those that have it."""
        folded = fold(name)
        if row not in self.get(folded):
            at = bisect_right(self.names, folded)
            self.names.insert(at, folded)
            self.rows.insert(at, row)

    def get(self, name: str) -> list[int]:
        """Rows that have a folded name; none if no row has it."""
        first = bisect_left(self.names, name)
        return self.rows[first : bisect_right(self.names, name, lo=first)]

    def begun_by(self, start: str) -> Iterator[tuple[str, int]]:
        """Folded names that begin so, in their order, each with a row that has it."""
        at = bisect_left(self.names, start)
        while at < len(self.names) and self.names[at].startswith(start):
            yield self.names[at], self.rows[at]
            at += 1


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
    own_names, other_names : dict of str to Names
        Names of the places of a country; those of countries that aren't there are made when they
        are asked for.
    """

    places: pd.DataFrame
    words: list[tuple[str, str]] = field(default_factory=list)
    own_names: dict[str, Names] = field(default_factory=dict, repr=False)
    other_names: dict[str, Names] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._rows = {
            str(country): group.index.to_numpy()
            for country, group in self.places.groupby("country", sort=False)
        }
        self._population = self.places["population"].to_numpy()
        self._written = self.places["name"].to_numpy(object)
        self._written_too = self.places["alternate_names"].to_numpy()
        self._country = self.places["country"].to_numpy()
        self._long: dict[str, list[str]] = defaultdict(list)
        for short, long in self.words:
            self._long[short].append(long)
            self._long[long].append(short)
        self._phrases = [words for words in self._long if " " in words]
        self._readings = lru_cache(maxsize=100_000)(self._read)

    @cached_property
    def folded_names(self) -> list[list[str]]:
        """Folded names of each place, its own one first; made once."""
        of_places: list[dict[str, None]] = [{} for _ in range(len(self.places))]
        for country in self._rows:
            for named in (self._names_in(country), self._other_names_in(country)):
                for name, row in zip(named.names, named.rows, strict=True):
                    of_places[row][name] = None
        return [[name for name in names if name] for names in of_places]

    def rows_named(self, name: str, country: str) -> list[int]:
        """Rows of `places` that have a name of their own like this one.

        Parameters
        ----------
        name : str
            As people write it.
        country : str
            ISO 3166-1 code.
        """
        return self._names_in(country).get(fold(name))

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

    def knows(self, name: str, country: str) -> bool:
        """Whether a town of a country is called so, in whatever way."""
        lookups = (self.rows_named, self.rows_abbreviated_as, self.rows_also_named)
        return any(find(name, country) for find in lookups)

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
        rows = {
            row
            for key in filter(None, self._readings(name, country))
            for _, row in self._begun(f"{key} ", country)
        }
        return sorted(rows, key=lambda row: (-int(self._population[row]), row))

    def similar(self, name: str, country: str, limit: int = 3) -> list[str]:
        """Names of the towns of a country that a misspelt or short name may mean, best first."""
        begun = self.rows_begun_by(name, country)[:limit]
        others, own = self._other_names_in(country), self._names_in(country)
        keys = list(dict.fromkeys([*others.names, *own.names]))
        near = process.extract(fold(name), keys, scorer=fuzz.ratio, limit=limit * 3)
        alike = [
            (-score, -int(self._population[row]), row)
            for key, score, _ in near
            if score >= _ALIKE
            for row in [self._largest(own.get(key) or others.get(key))]
        ]
        # Of those that are as much alike, a larger town is the likelier one.
        rows = dict.fromkeys([*begun, *(row for *_, row in sorted(alike))])
        return [self.name(row) for row in rows][:limit]

    def elsewhere(self, name: str, country: str) -> str:
        """Another country, with the largest town that is called so; empty if none is large."""
        key = fold(name)
        others = [
            row
            for other in self._rows
            if other != country
            for names in (self._names_in(other), self._other_names_in(other))
            for row in names.get(key)
            if self._population[row] >= _KNOWN_BY_PART
        ]
        return str(self._country[self._largest(others)]) if others else ""

    def name(self, row: int) -> str:
        """Own name of a row of `places`."""
        return str(self._written[row])

    def names(self, row: int) -> list[str]:
        """All names of a row of `places`, its own one first."""
        return [self.name(row), *self._written_too[row]]

    def country(self, row: int) -> str:
        """ISO 3166-1 code of a row of `places`."""
        return str(self._country[row])

    def inhabitants(self, rows: Iterable[int]) -> int:
        """Of the largest of the rows; 0 if there is none."""
        return max((int(self._population[row]) for row in rows), default=0)

    def _any(self, key: str, country: str) -> list[int]:
        return self._names_in(country).get(key) or self._other_names_in(country).get(key)

    def _all(self, names: Names, keys: Iterable[str]) -> list[int]:
        return list(dict.fromkeys(row for key in keys for row in names.get(key)))

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
            begun = {name for name, _ in self._begun(start, country)}
            yield from filter(pattern.fullmatch, sorted(begun))

    def _largest(self, rows: list[int]) -> int:
        return max(rows, key=lambda row: int(self._population[row]))

    def _names_in(self, country: str) -> Names:
        if country not in self.own_names:
            rows = self._rows_in(country)
            self.own_names[country] = Names.of(zip(self._written[rows], rows, strict=True))
        return self.own_names[country]

    def _other_names_in(self, country: str) -> Names:
        if country not in self.other_names:
            rows = self._rows_in(country)
            lists = zip(self._written_too[rows], rows, strict=True)
            self.other_names[country] = Names.of((name, row) for names, row in lists
                                                 for name in names)  # fmt: skip
        return self.other_names[country]

    def _rows_in(self, country: str) -> npt.NDArray[np.int64]:
        return self._rows.get(country, np.array([], dtype=np.int64))

    def _begun(self, start: str, country: str) -> Iterator[tuple[str, int]]:
        """Names that begin so, with their rows: own names, and other names of larger towns."""
        yield from self._names_in(country).begun_by(start)
        for name, row in self._other_names_in(country).begun_by(start):
            if self._population[row] >= _KNOWN_BY_PART:
                yield name, row


def load_gazetteer(reference_dir: Path, schema_dir: Path) -> Gazetteer:
    """Gazetteer and its supplement; read once by a process, and again when a file has changed.

    Parameters
    ----------
    reference_dir : Path
        Folder of ``gazetteer.parquet``, its folded names in ``gazetteer_names.parquet`` (without
        them, or with those of another gazetteer, they are folded here, which takes longer), and
        ``places_supplement.csv``; rows of the latter add a place, or another name of the place
        that ``same_as_geoname_id`` names.
    schema_dir : Path
        Folder of ``place_words.csv``.
    """
    names = reference_dir / "gazetteer_names.parquet"
    files = (
        reference_dir / "gazetteer.parquet",
        *([names] if names.is_file() else []),
        reference_dir / "places_supplement.csv",
        schema_dir / "place_words.csv",
    )
    return _read_gazetteer(files, tuple(file.stat().st_mtime_ns for file in files))


@lru_cache(maxsize=1)
def _read_gazetteer(files: tuple[Path, ...], times: tuple[int, ...]) -> Gazetteer:
    del times  # another time is another gazetteer
    towns, *names, additions, abbreviations = files
    places = pd.read_parquet(towns)
    places = places.assign(place_id="g" + places["geoname_id"].astype("str"))
    supplement = pd.read_csv(additions, dtype={"same_as_geoname_id": "Int64"})
    is_name = supplement["same_as_geoname_id"].notna()
    new = _new_places(supplement[~is_name])
    countries, ids = places["country"].to_numpy(object), places["geoname_id"].to_numpy()
    own, other = _read_names(names, towns, countries)
    for row, (name, country) in enumerate(zip(new["name"], new["country"], strict=True)):
        if country in own:
            own[country].add(name, len(places) + row)
    more = supplement[is_name]
    for name, geoname_id in zip(more["name"], more["same_as_geoname_id"], strict=True):
        for at in np.flatnonzero(ids == int(geoname_id)):
            if countries[at] in other:
                other[countries[at]].add(name, int(at))
    words = pd.read_csv(abbreviations, dtype="str")
    return Gazetteer(
        pd.concat([_with_names(places, more), new], ignore_index=True),
        list(zip(words["word"], words["stands_for"], strict=True)),
        own,
        other,
    )


def _read_names(
    files: list[Path], towns: Path, country: npt.NDArray[np.object_]
) -> tuple[dict[str, Names], dict[str, Names]]:
    """Folded own names and other names by country, if there is a file of them for these towns."""
    tables = [pq.read_table(file) for file in files]
    table = next(
        (t for t in tables if (t.schema.metadata or {}).get(NAMES_OF) == _hash(towns)), None
    )
    if table is None:
        return {}, {}
    names, rows = table["name"].to_pylist(), table["place"].to_numpy()
    codes, countries = pd.factorize(country)
    kind = 2 * codes[rows] + ~table["is_own"].to_numpy()
    kinds = np.arange(2 * len(countries))
    first, end = np.searchsorted(kind, kinds), np.searchsorted(kind, kinds, side="right")
    own, other = (
        {
            name: Names(names[first[i] : end[i]], rows[first[i] : end[i]].tolist())
            for name, i in zip(countries, range(is_other, len(first), 2), strict=True)
        }
        for is_other in (0, 1)
    )
    return own, other


def _hash(file: Path) -> bytes:
    return hashlib.sha256(file.read_bytes()).hexdigest().encode()


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
