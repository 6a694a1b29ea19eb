"""The tables ``region`` and ``region_indicator``: NUTS regions and what is measured of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from ecosystem.common.per_release import per_release, per_release_and_level
from ecosystem.common.store import Database
from ecosystem.common.text import fold
from ecosystem.finding import chosen, code_index
from ecosystem.finding.filters import Filter

# The levels that people can look at, with the column of ``organisation`` that holds its ids.
LEVELS = {
    "valley": "valley_id",
    "nuts0": "nuts0",
    "nuts1": "nuts1",
    "nuts2": "nuts2",
    "nuts3": "nuts3",
}
LEVEL_LABELS = {
    "valley": "Valleys",
    "nuts0": "Countries (NUTS 0)",
    "nuts1": "Major regions (NUTS 1)",
    "nuts2": "Regions (NUTS 2)",
    "nuts3": "Small regions (NUTS 3)",
}

# A NUTS id is the country's two letters and one more character a level.
_COUNTRY_LETTERS = 2
# Words of the longest name of a place that is looked for in a text.
_LONGEST_NAME = 6
# How far a simplified coast may be from a town, in degrees.
_OFF_COAST = 0.1
_NUTS_ID = re.compile(r"[A-Z]{2}[0-9A-Z]{0,3}")


def level_of(region_id: str) -> str:
    """Level of a region by the form of its id: NUTS ids are capitals, valley ids are not."""
    if _NUTS_ID.fullmatch(region_id):
        return f"nuts{len(region_id) - 2}"
    return "valley"


def _units(level: str) -> str:
    """SQL of the regions of a level: ``region_id, name, country, area_km2, lon, lat, geometry``."""
    if level == "valley":
        return "SELECT valley_id AS region_id, * EXCLUDE (valley_id) FROM valley"
    return (
        "SELECT nuts_id AS region_id, * EXCLUDE (nuts_id) FROM region "
        f"WHERE level = {int(level.removeprefix('nuts'))}"
    )


def names(database: Database) -> dict[str, str]:
    """How every NUTS region is written, by its id: ``"Brittany (Bretagne)"`` for FRH0."""
    known = labels(database)
    return {id_: known[id_] for id_ in sorted(known) if level_of(id_) != "valley"}


@dataclass(frozen=True)
class Place:
    """Regions and valleys of one outline: one place, whatever it is called.

    Attributes
    ----------
    place_id : str
        The id that stands for all: the valley's if there is one, else that of the country, the
        NUTS 2, NUTS 1 or NUTS 3 region, in this order.
    ids : tuple of str
        All ids of that outline, `place_id` first.
    name : str
        In English where it has an English name, else its local one: how it is called inside a
        sentence.
    label : str
        How it is written everywhere else: ``"Brittany (Bretagne)"``, English with the local
        name in brackets, or one name where both are alike. No two places have the same.
    names : tuple of str
        Every name that it may be looked for by, English, local and the valley's, without
        repetitions.
    """

    place_id: str
    ids: tuple[str, ...]
    name: str
    label: str
    names: tuple[str, ...]


@per_release
def places(database: Database) -> dict[str, Place]:
    """The place of every region and valley, by each of its ids.

    What people choose from is :func:`choices`: North Rhine-Westphalia is there once, as valley
    and as DEA.
    """
    rows = database.rows(
        """
        SELECT valley_id, name, NULL FROM valley UNION ALL SELECT nuts_id, name, name_en FROM region
        """
    )
    local = {id_: name for id_, name, _ in rows}
    english = {id_: name for id_, _, name in rows if name}
    outlines = outlines_of(database)
    together: dict[frozenset[str], list[str]] = {}
    for id_ in sorted(local, key=lambda id_: (_FIRST.index(level_of(id_)), id_)):
        together.setdefault(outlines[id_], []).append(id_)
    found = _tell_apart([_place(ids_, local, english) for ids_ in together.values()])
    return {id_: place for place in found for id_ in place.ids}


def place(database: Database, region_id: str) -> Place | None:
    """The place of a region or valley; None if there is no such region."""
    return places(database).get(region_id)


@per_release
def labels(database: Database) -> dict[str, str]:
    """How every region and valley is written, by each of its ids; see :class:`Place`."""
    return {id_: place.label for id_, place in places(database).items()}


@per_release
def names_in_text(database: Database) -> dict[str, str]:
    """How every region and valley is called inside a sentence, by each of its ids."""
    return {id_: place.name for id_, place in places(database).items()}


@per_release
def choices(database: Database) -> dict[str, str]:
    """Places to choose from, by the id that stands for each: valleys first, then by name.

    A name that the label doesn't hold stands behind it, so that typing it finds the place. NUTS
    3 is left out unless it is a larger region too: 1,500 entries more that hardly hold an
    organisation each.
    """
    large = {
        place.place_id: place
        for place in places(database).values()
        if any(level_of(id_) != "nuts3" for id_ in place.ids)
    }
    order = sorted(
        large.values(),
        key=lambda place: (level_of(place.place_id) != "valley", fold(place.label)),
    )
    return {place.place_id: _with_other_names(place) for place in order}


def named_in(database: Database, text: str) -> list[str]:
    """Ids of the places to choose from that a text names, in order, each once.

    Where names overlap the longest one counts: "Lower Austria" isn't Austria.
    """
    words = fold(text).split()
    # Most pages are asked for without words, the first after a start among them.
    known = _ids_by_name(database) if words else {}
    found, at = [], 0
    while at < len(words):
        ends = range(min(len(words), at + _LONGEST_NAME), at, -1)
        end = next((end for end in ends if " ".join(words[at:end]) in known), None)
        if end:
            found.append(known[" ".join(words[at:end])])
        at = end or at + 1
    return list(dict.fromkeys(found))


@per_release
def _ids_by_name(database: Database) -> dict[str, str]:
    """Id of the place that is called so, for every folded name of the places to choose from.

    Of several of one name the first of :func:`choices` counts, a valley before a region.
    """
    found: dict[str, str] = {}
    known = places(database)
    for place_id in choices(database):
        for name in known[place_id].names:
            found.setdefault(fold(name), place_id)
    return found


def _with_other_names(place: Place) -> str:
    known = set(fold(place.label).split())
    others = [name for name in place.names if not set(fold(name).split()) <= known]
    return " · ".join([place.label, *others])


# Which id stands for a place.
_FIRST = ("valley", "nuts0", "nuts2", "nuts1", "nuts3")


def _place(
    ids_: list[str], local_names: Mapping[str, str], english_names: Mapping[str, str]
) -> Place:
    nuts = [id_ for id_ in ids_ if level_of(id_) != "valley"]
    valleys_ = [local_names[id_] for id_ in ids_ if level_of(id_) == "valley"]
    english = [english_names[id_] for id_ in nuts if id_ in english_names]
    local = [local_names[id_] for id_ in nuts]
    if not local:
        name, label = valleys_[0], valleys_[0]
    elif not english:
        name = label = local[0]
    else:
        name = english[0]
        # "Éire/Ireland" is local and English at once.
        parts = [part.strip() for part in local[0].split("/")]
        others = "/".join(part for part in parts if part != name)
        # An English name that has brackets of its own names the country in them.
        label = f"{name} ({others})" if others else name
    names = tuple(dict.fromkeys([name, *english, *valleys_, *local]))
    return Place(ids_[0], tuple(ids_), name, label, names)


def _tell_apart(found: list[Place]) -> list[Place]:
    """The same places; of those that are called alike, only the larger one goes without its id."""
    alike: dict[str, list[str]] = {}
    for place in found:
        alike.setdefault(place.label, []).append(level_of(place.place_id))
    kept = set()
    for place in found:
        levels = alike[place.label]
        if levels.count(level_of(place.place_id)) == 1 and level_of(place.place_id) == levels[0]:
            kept.add(place.place_id)
    return [
        place
        if place.place_id in kept
        else replace(
            place,
            name=f"{place.name} ({place.place_id})",
            label=f"{place.label} ({place.place_id})",
        )
        for place in found
    ]


def ids(database: Database, level: str) -> list[str]:
    """Ids of a level's regions, in order."""
    return list(index(database, level))


def index(database: Database, level: str) -> pd.Index:
    """Ids of a level's regions, in order, as an index named ``region``: the same each time.

    Frames that share it are put together without comparing their ids.
    """
    return _indexes(database)[level]


@per_release_and_level
def units(database: Database, level: str) -> pd.DataFrame:
    """Regions of a level without geometry.

    Parameters
    ----------
    level : str
        A key of :data:`LEVELS`.

    Returns
    -------
    DataFrame
        ``region_id, name`` (see :func:`labels`), ``country, area_km2`` (km2, measured in
        EPSG:3035), ``lon, lat`` (a point inside, degrees), by id.
    """
    rows = database.frame(
        f"SELECT region_id, country, area_km2, lon, lat FROM ({_units(level)}) ORDER BY region_id"
    )
    rows.insert(1, "name", rows["region_id"].map(labels(database)))
    return rows


def outlines(database: Database, level: str) -> gpd.GeoDataFrame:
    """Simplified outlines of a level's regions for drawing, in EPSG:4326.

    Returns
    -------
    GeoDataFrame
        ``region_id, name`` (short, as :func:`names_in_text` has it), ``lon, lat`` (label point)
        and ``geometry``, by id.
    """
    rows = database.frame(
        f"SELECT region_id, lon, lat, geometry FROM ({_units(level)}) ORDER BY region_id"
    )
    rows.insert(1, "name", rows["region_id"].map(names_in_text(database)))
    geometry = shapely.from_wkb(rows.pop("geometry").map(bytes).to_numpy())
    return gpd.GeoDataFrame(rows, geometry=geometry, crs=4326)


def nuts3_at(database: Database, lon: float, lat: float) -> str | None:
    """Id of the NUTS 3 region at a point (degrees, EPSG:4326); None if it is far from all.

    By the outlines for drawing, so a point near a border may get the neighbour, and one just off
    a simplified coast gets the land.
    """
    drawn = outlines(database, "nuts3").set_index("region_id")
    apart = shapely.distance(drawn.geometry.to_numpy(), shapely.Point(lon, lat))
    nearest = int(apart.argmin())
    return str(drawn.index[nearest]) if apart[nearest] <= _OFF_COAST else None


def box(database: Database, region_id: str) -> tuple[float, float, float, float]:
    """West, south, east and north edge of a region or valley, in degrees (EPSG:4326).

    Raises
    ------
    KeyError
        If there is no such region.
    """
    geometry = database.value(
        """
        SELECT geometry FROM region WHERE nuts_id = $region_id
        UNION ALL SELECT geometry FROM valley WHERE valley_id = $region_id
        """,
        {"region_id": region_id},
    )
    if geometry is None:
        raise KeyError(region_id)
    west, south, east, north = shapely.from_wkb(bytes(geometry)).bounds
    return west, south, east, north


def neighbours(database: Database) -> gpd.GeoDataFrame:
    """Land next to the NUTS area, so that the map shows no false sea; EPSG:4326."""
    rows = database.frame("SELECT geometry FROM neighbour ORDER BY name")
    return gpd.GeoDataFrame(
        geometry=shapely.from_wkb(rows["geometry"].map(bytes).to_numpy()), crs=4326
    )


def one(database: Database, nuts_id: str) -> dict[str, Any] | None:
    """One NUTS region as a mapping of its columns, without geometry; None if there is none."""
    return database.record(
        "SELECT * EXCLUDE (geometry) FROM region WHERE nuts_id = $nuts_id", {"nuts_id": nuts_id}
    )


def organisation_counts(database: Database, filter_: Filter, level: str) -> pd.Series:
    """Organisations of every region of a level under a filter.

    Returns
    -------
    Series of int
        Indexed by region id; regions without an organisation hold 0.
    """
    there = code_index.column(database, LEVELS[level]).count(chosen.flags(database, filter_))
    ids_ = index(database, level)
    return pd.Series([there.get(id_, 0) for id_ in ids_], ids_, name="n", dtype="int64")


@per_release
def _indexes(database: Database) -> dict[str, pd.Index]:
    """Ids of the regions of each level, in order."""
    return {
        level: pd.Index(
            database.frame(f"SELECT region_id FROM ({_units(level)}) ORDER BY region_id")[
                "region_id"
            ],
            name="region",
        )
        for level in LEVELS
    }


@per_release_and_level
def population(database: Database, level: str) -> pd.DataFrame:
    """Inhabitants of every region of a level: the latest year that all its NUTS 2 parts have.

    Eurostat gives the figure for NUTS 2. Larger units are sums of their parts and have a
    value only if every part has one for the same year; units smaller than NUTS 2 have none.

    Returns
    -------
    DataFrame
        Indexed by region id: ``inhabitants`` (persons on 1 January) and ``year``; both
        missing where there is no figure.
    """
    parts = _nuts2_parts(level)
    rows = database.frame(
        f"""
        WITH parts AS ({parts}),
        size AS (SELECT region_id, count(*) AS parts FROM parts GROUP BY region_id),
        summed AS (
            SELECT region_id, year, sum(value) AS inhabitants, count(*) AS parts
            FROM parts JOIN region_indicator i ON i.nuts_id = parts.nuts2
            WHERE indicator = 'population' GROUP BY region_id, year
        )
        SELECT u.region_id, s.inhabitants, s.year
        FROM ({_units(level)}) u
        LEFT JOIN (
            SELECT summed.* FROM summed JOIN size USING (region_id, parts)
            QUALIFY row_number() OVER (PARTITION BY region_id ORDER BY year DESC) = 1
        ) s USING (region_id)
        ORDER BY u.region_id
        """
    )
    rows["year"] = rows["year"].astype("Int64")
    return rows.set_index("region_id")


@per_release
def outlines_of(database: Database) -> dict[str, frozenset[str]]:
    """NUTS 3 regions that every NUTS region and valley consists of, by its id.

    Places with the same ones have the same outline, whatever they are called and whichever
    level they belong to.
    """
    smallest = ids(database, "nuts3")
    within: dict[str, set[str]] = {}
    for nuts3 in smallest:
        for length in range(_COUNTRY_LETTERS, len(nuts3) + 1):
            within.setdefault(nuts3[:length], set()).add(nuts3)
    found = {code: frozenset(parts) for code, parts in within.items()}
    rows = database.frame("SELECT valley_id, nuts_codes FROM valley")
    for valley_id, codes in zip(rows["valley_id"], rows["nuts_codes"], strict=True):
        found[valley_id] = outline_of(found, codes)
    return found


def outline_of(outlines: Mapping[str, frozenset[str]], codes: Iterable[str]) -> frozenset[str]:
    """NUTS 3 regions of several NUTS codes together, from :func:`outlines_of`."""
    return frozenset[str]().union(*(outlines.get(code, frozenset()) for code in codes))


@per_release
def collected_ids(database: Database) -> frozenset[str]:
    """Ids of the regions and valleys that the register was collected for.

    Those that hold an organisation of the register, whatever the filter, and those that lie
    whole in a valley: there somebody looked, and 0 is a number. Everywhere else nobody did,
    and there is no number.
    """
    columns = " UNION ".join(
        f"SELECT DISTINCT {column} AS region FROM organisation WHERE {column} IS NOT NULL"
        for column in LEVELS.values()
    )
    rows = database.frame(f"SELECT DISTINCT region FROM ({columns})")
    outlines = outlines_of(database)
    in_valleys = frozenset[str]().union(
        *(parts for id_, parts in outlines.items() if level_of(id_) == "valley")
    )
    inside = (id_ for id_, parts in outlines.items() if parts <= in_valleys)
    return frozenset(rows["region"]).union(inside)


@per_release_and_level
def is_collected(database: Database, level: str) -> pd.Series:
    """Whether each region of a level was collected, by id; see :func:`collected_ids`."""
    index = pd.Index(ids(database, level), name="region_id")
    return pd.Series(index.isin(list(collected_ids(database))), index=index, name="is_collected")


def codes_of(database: Database, region_id: str) -> list[str]:
    """NUTS codes that a region covers: its own, or those of a valley."""
    codes = database.value(
        "SELECT nuts_codes FROM valley WHERE valley_id = $region_id", {"region_id": region_id}
    )
    return list(codes) if codes else [region_id]


def rows_in(rows: pd.DataFrame, region_id: str) -> pd.DataFrame:
    """Rows that surely lie in a NUTS region or valley, in their order.

    Parameters
    ----------
    rows : DataFrame
        With ``nuts3`` and ``valley_id``, either of which may be missing.
    region_id : str
        A NUTS id of any level, or a valley id.
    """
    return rows[lie_in(rows, region_id)].reset_index(drop=True)


def lie_in(rows: pd.DataFrame, region_id: str) -> pd.Series:
    """Whether each row lies in a region; parameters as of :func:`rows_in`."""
    if level_of(region_id) == "valley":
        return rows["valley_id"] == region_id
    return rows["nuts3"].str.startswith(region_id, na=False)


@per_release_and_level
def nuts2_parts(database: Database, level: str) -> pd.DataFrame:
    """The NUTS 2 regions that make up each region of a level: ``region_id, nuts2``.

    A part smaller than NUTS 2 is listed under its own code.
    """
    return database.frame(f"SELECT * FROM ({_nuts2_parts(level)}) ORDER BY ALL")


def nuts2_within(database: Database, region_id: str) -> list[str]:
    """The NUTS 2 regions that make up a region of any level, as :func:`nuts2_parts` has them."""
    return _nuts2_of_each(database).get(region_id, [])


@per_release
def _nuts2_of_each(database: Database) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for level in LEVELS:
        parts = nuts2_parts(database, level)
        for region_id, nuts2 in zip(parts["region_id"], parts["nuts2"], strict=True):
            found.setdefault(region_id, []).append(nuts2)
    return found


def _nuts2_parts(level: str) -> str:
    if level == "valley":
        # A code below NUTS 2 covers only a part of a NUTS 2 region: the valley then has a part
        # without a figure, and so none itself.
        return """
            SELECT valley_id AS region_id, coalesce(r.nuts_id, code) AS nuts2
            FROM (SELECT valley_id, unnest(nuts_codes) AS code FROM valley) v
            LEFT JOIN region r ON r.level = 2 AND starts_with(r.nuts_id, v.code)
        """
    if level == "nuts3":
        return "SELECT nuts_id AS region_id, nuts_id AS nuts2 FROM region WHERE level = 3"
    return (
        f"SELECT left(nuts_id, {_COUNTRY_LETTERS + int(level[-1])}) AS region_id, "
        "nuts_id AS nuts2 FROM region WHERE level = 2"
    )
