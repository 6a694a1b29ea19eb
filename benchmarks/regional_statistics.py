"""How long every regional statistic takes for all NUTS 2 regions, counting by DuckDB included.

Run `python -m benchmarks.regional_statistics --rows 465 1000000` (as a module: as a script it would
stand in the way of the standard library's `statistics`). Organisations are rows of the register
drawn at random and put into random regions; each count matrix is one query. Every time is the
best of some runs in a warm process, after imports: what the others took longer, other
processes took.

Counting is linear in the number of organisations; the statistics depend on the number of
regions only.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import geopandas as gpd
import numpy as np
import pandas as pd
from libpysal.graph import Graph

from ecosystem.common.settings import settings
from ecosystem.regional.statistics import (
    completeness,
    concentration,
    counts,
    diversity,
    peers,
    presence,
    ranking,
    similarity,
    specialisation,
    words,
)

BOUNDARIES = settings().reference_dir / "boundaries" / "nuts_2021_l2.parquet"
TARGETS_MS = {465: 100.0, 1_000_000: 1000.0}

_LISTED = "SELECT region, code, count(*) AS n FROM (SELECT region, unnest({column}) AS code FROM o)"
_SINGLE = "SELECT region, {column} AS code, count(*) AS n FROM o"
QUERIES = {
    "types": _SINGLE.format(column="type"),
    "evidence": _SINGLE.format(column="evidence"),
    "domains": _LISTED.format(column="domains"),
    "functions": _LISTED.format(column="functions"),
    "sectors": _LISTED.format(column="sectors"),
}
FOUNDED = "SELECT region, count(founded) AS known, median(founded) AS median FROM o"


def organisations(rows: int, register: Path, regions: pd.DataFrame) -> duckdb.DuckDBPyConnection:
    """Database with a table ``o`` of so many organisations in random regions, a few in most."""
    database = duckdb.connect()
    database.register("regions", regions)
    database.execute(
        """
        CREATE TABLE o AS
        WITH register AS (
            SELECT row_number() OVER () - 1 AS r, type, evidence,
                   TRY_CAST(founded AS SMALLINT) AS founded,
                   string_split(domains, ';') AS domains,
                   string_split(functions, ';') AS functions,
                   coalesce(string_split(sectors, ';'), []) AS sectors
            FROM read_csv($register, all_varchar = true)
        ), drawn AS (
            SELECT hash(i) % (SELECT count(*) FROM register) AS r,
                   floor(pow((hash(i + 7) % 100000) / 100000, 2) * $regions) AS g
            FROM range($rows) t(i)
        )
        SELECT register.* EXCLUDE (r), region
        FROM drawn JOIN register USING (r) JOIN regions USING (g)
        """,
        {"register": str(register), "rows": rows, "regions": len(regions)},
    )
    return database


def indicators(regions: pd.Index) -> pd.DataFrame:
    """Random indicators with gaps, for peers."""
    random = np.random.default_rng(0)
    values = random.lognormal(size=(len(regions), len(peers.STRUCTURE)))
    values[random.random(values.shape) < 0.1] = np.nan
    return pd.DataFrame(values, index=regions, columns=list(peers.STRUCTURE))


def best_ms(step: Callable[[], Any], repeat: int) -> float:
    """Milliseconds of a step at its fastest."""
    times = []
    for _ in range(repeat):
        began = time.perf_counter()
        step()
        times.append(1e3 * (time.perf_counter() - began))
    return min(times)


def tabulate(database: duckdb.DuckDBPyConnection, regions: pd.Index) -> counts.RegionCounts:
    """All count matrices, one query each."""
    groups = {name: database.execute(f"{q} GROUP BY ALL").fetchall() for name, q in QUERIES.items()}
    founded = database.execute(f"{FOUNDED} GROUP BY ALL").fetchall()
    return counts.from_groups(regions, groups, founded)


def steps(database: duckdb.DuckDBPyConnection, units: gpd.GeoDataFrame) -> dict[str, Callable]:
    """Every statistic by name."""
    regions = pd.Index(units["nuts_id"], name="region")
    countries = pd.Series(units["country"].to_numpy(), index=regions)
    weights = Graph.build_knn(units.set_index("nuts_id").to_crs(3035).representative_point(), k=6)
    structure = indicators(regions)
    inhabitants = structure["population"] * 1e6
    c = tabulate(database, regions)
    quotients = specialisation.location_quotient(c.domains, c.n)
    one, names = regions[0], dict(zip(regions, units["name"], strict=True))
    return {
        "counts: DuckDB and RegionCounts": lambda: tabulate(database, regions),
        "counts: per million": lambda: counts.per_million(c.n, inhabitants),
        "specialisation: quotients of domains": lambda: specialisation.location_quotient(
            c.domains, c.n
        ),
        "specialisation: specialised": lambda: specialisation.specialisations(quotients),
        "diversity: effective number": lambda: diversity.effective_number(c.domains),
        "diversity: HHI": lambda: diversity.herfindahl(c.domains),
        "diversity: intervals, 200 draws": lambda: diversity.intervals(c.domains, c.n),
        "diversity: at equal sample size": lambda: diversity.effective_number_at(c.domains, c.n, 5),
        "completeness: roles": lambda: completeness.roles_present(c.types),
        "completeness: functions": lambda: completeness.function_coverage(c.functions, c.n),
        "similarity: all pairs": lambda: similarity.cosine_similarity(c.domains),
        "similarity: nearest to one": lambda: similarity.nearest(c.domains, c.n, one),
        "similarity: partners of one": lambda: similarity.partners(quotients, one),
        "peers of one": lambda: peers.peers(structure, one),
        "presence of domains": lambda: presence.presence(c.domains, countries),
        "presence of types": lambda: presence.presence(c.types, countries),
        "concentration: Gini in words": lambda: concentration.in_words(c.n),
        "concentration: Moran, 999 shuffles": lambda: concentration.morans_i(c.n, weights),
        "ranking": lambda: ranking.rank(counts.per_million(c.n, inhabitants)),
        "words: comparison of four": lambda: words.comparison(
            list(regions[:4]), names, c, quotients
        ),
    }


def measure(rows: int, repeat: int) -> float:
    """Print each statistic's time and return their sum, in milliseconds."""
    units = gpd.read_parquet(BOUNDARIES)
    ids = pd.DataFrame({"region": units["nuts_id"], "g": np.arange(len(units), dtype=float)})
    database = organisations(rows, settings().register_dir / "organisations.csv", ids)
    print(f"{rows:,} organisations, {len(units)} regions, best of {repeat}")
    total = 0.0
    for name, step in steps(database, units).items():
        milliseconds = best_ms(step, repeat)
        total += milliseconds
        print(f"  {name:<38}{milliseconds:8.1f} ms")
    print(f"  {'sum':<38}{total:8.1f} ms")
    return total


def main() -> None:
    """Measure each size; exit with 1 if a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", nargs="+", type=int, default=list(TARGETS_MS))
    parser.add_argument("--repeat", type=int, default=11)
    arguments = parser.parse_args()
    missed = False
    for rows in arguments.rows:
        target = TARGETS_MS.get(rows)
        total = measure(rows, arguments.repeat)
        if target is not None:
            missed |= total > target
            print(f"  target {target:.0f} ms: {'missed' if total > target else 'met'}\n")
    raise SystemExit(missed)


if __name__ == "__main__":
    main()
