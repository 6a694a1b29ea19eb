"""Towns by name: exact names first, other names second, in any spelling and accent."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from ecosystem.common.text import fold, slug

_PARTS = re.compile(r"[/()|]")
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
        self._names: dict[str, Names] = {}
        self._alternates: dict[str, Names] = {}

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

    def rows_also_named(self, name: str, country: str) -> list[int]:
        """Rows of `places` that have this name too: in another language, abbreviated, in part.

        Parameters
        ----------
        name : str
            As people write it: ``"Donostia"``, ``"St. Ingbert"``, ``"Alacant / Alicante"``.
        country : str
            ISO 3166-1 code.
        """
        found = self._other_names_in(country).get(fold(name), [])
        if found or self.rows_named(name, country):
            return found
        readings = (self._any(key, country) for key in self._readings(name))
        return next((rows for rows in readings if rows), [])

    def similar(self, name: str, country: str, limit: int = 3) -> list[str]:
        """Names of the towns of a country that a misspelt name may mean, best first."""
        keys = {**self._other_names_in(country), **self._names_in(country)}
        near = process.extract(fold(name), list(keys), scorer=fuzz.ratio, limit=limit * 3)
        rows = dict.fromkeys(self._largest(keys[key]) for key, score, _ in near if score >= 60)
        return [str(self.places.at[row, "name"]) for row in rows][:limit]

    def _any(self, key: str, country: str) -> list[int]:
        named = self._names_in(country).get(key, [])
        return named or self._other_names_in(country).get(key, [])

    def _readings(self, name: str) -> Iterator[str]:
        key = fold(name)
        for short, long in self.words:
            for this, that in ((short, long), (long, short)):
                changed = re.sub(rf"\b{this}\b", that, key)
                if changed != key:
                    yield changed
        parts = [fold(part) for part in _PARTS.split(name)]
        yield from (part for part in parts if part and part != key)

    def _largest(self, rows: list[int]) -> int:
        return max(rows, key=lambda row: int(self._population[row]))

    def _names_in(self, country: str) -> Names:
        if country not in self._names:
            rows = self._rows.get(country, np.array([], dtype=int))
            names = self.places["name"].to_numpy()[rows]
            self._names[country] = _index(zip(names, rows, strict=True))
        return self._names[country]

    def _other_names_in(self, country: str) -> Names:
        if country not in self._alternates:
            rows = self._rows.get(country, np.array([], dtype=int))
            lists = self.places["alternate_names"].to_numpy()[rows]
            self._alternates[country] = _index(
                (name, row) for names, row in zip(lists, rows, strict=True) for name in names
            )
        return self._alternates[country]


def load_gazetteer(reference_dir: Path, schema_dir: Path) -> Gazetteer:
    """Gazetteer and its supplement.

    Parameters
    ----------
    reference_dir : Path
        Folder of ``gazetteer.parquet`` and ``places_supplement.csv``; rows of the latter add a
        place, or another name of the place that ``same_as_geoname_id`` names.
    schema_dir : Path
        Folder of ``place_words.csv``.
    """
    places = pd.read_parquet(reference_dir / "gazetteer.parquet")
    places = places.assign(place_id="g" + places["geoname_id"].astype("str"))
    supplement = pd.read_csv(
        reference_dir / "places_supplement.csv", dtype={"same_as_geoname_id": "Int64"}
    )
    is_name = supplement["same_as_geoname_id"].notna()
    places = _with_names(places, supplement[is_name])
    words = pd.read_csv(schema_dir / "place_words.csv", dtype="str")
    return Gazetteer(
        pd.concat([places, _new_places(supplement[~is_name])], ignore_index=True),
        list(zip(words["word"], words["stands_for"], strict=True)),
    )


def _with_names(places: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    more: dict[int, list[str]] = defaultdict(list)
    for geoname_id, name in zip(names["same_as_geoname_id"], names["name"], strict=True):
        more[int(geoname_id)].append(name)
    alternates = [
        [*known, *more.get(geoname_id, [])]
        for geoname_id, known in zip(
            places["geoname_id"].tolist(), places["alternate_names"], strict=True
        )
    ]
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
