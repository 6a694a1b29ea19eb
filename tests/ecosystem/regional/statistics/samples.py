"""Small frames that several test modules share, and what hypothesis draws."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
from hypothesis import settings
from hypothesis import strategies as st

from ecosystem.common.vocabulary import DOMAINS, EVIDENCE, FUNCTIONS, SECTORS, TYPES
from ecosystem.regional.statistics._checks import require_columns
from ecosystem.regional.statistics.counts import Group, RegionCounts, from_groups
from tests.examples import examples

# Times vary with the machine; what is tested here is numbers.
PROPERTY = settings(deadline=None, max_examples=examples(25))

REGIONS = ["R1", "R2", "R3", "R4"]
COLUMNS = [
    "org_id", "region", "type", "domains", "functions", "sectors", "founded", "evidence",
]  # fmt: skip


def organisations(*rows: tuple) -> pd.DataFrame:
    """Organisations from tuples in the order of COLUMNS."""
    return pd.DataFrame(rows, columns=COLUMNS)


def organisation(number: int, region: str | None, **other: object) -> tuple:
    """One row of :func:`organisations`, with defaults for what a test doesn't care about."""
    row = {
        "org_id": f"org-{number}",
        "region": region,
        "type": "sme",
        "domains": ["cryptology"],
        "functions": ["protect"],
        "sectors": [],
        "founded": None,
        "evidence": "page",
    }
    return tuple((row | other).values())


def _some(vocabulary, least: int, most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(list(vocabulary)), min_size=least, max_size=most, unique=True)


def frames(max_size: int = 40, outside: bool = True) -> st.SearchStrategy[pd.DataFrame]:
    """Frames of organisations in REGIONS (and outside of them)."""
    row = st.tuples(
        st.sampled_from([*REGIONS[:-1], *([None] if outside else [])]),
        st.sampled_from(list(TYPES)),
        _some(DOMAINS, 1, 4),
        _some(FUNCTIONS, 1, 5),
        _some(SECTORS, 0, 4),
        st.none() | st.integers(1900, 2026),
        st.sampled_from(list(EVIDENCE)),
    )
    return st.lists(row, max_size=max_size).map(
        lambda rows: pd.DataFrame(
            [(f"org-{i}", *row) for i, row in enumerate(rows)], columns=COLUMNS
        )
    )


def matrices(max_count: int = 12) -> st.SearchStrategy[pd.DataFrame]:
    """Count matrices of one to six regions by one to five codes."""
    shapes = st.tuples(st.integers(1, 6), st.integers(1, 5))
    return shapes.flatmap(
        lambda shape: st.lists(
            st.lists(st.integers(0, max_count), min_size=shape[1], max_size=shape[1]),
            min_size=shape[0],
            max_size=shape[0],
        )
    ).map(
        lambda rows: pd.DataFrame(
            rows,
            index=pd.Index([f"R{i}" for i in range(len(rows))], name="region"),
            columns=list(DOMAINS)[: len(rows[0])],
        )
    )


def tabulate(organisations: pd.DataFrame, regions: Iterable[str]) -> RegionCounts:
    """Count organisations by region and kind, as the queries of the domain do in SQL.

    Parameters
    ----------
    organisations : DataFrame
        One row an organisation: ``org_id``, ``region`` (id at the chosen level; missing if it
        lies in none, as many lie in no valley), ``type``, ``domains``, ``functions``,
        ``sectors`` (lists of codes), ``founded`` (calendar year or missing), ``evidence``.
    regions : iterable of str
        All regions of the level, with or without an organisation.

    Returns
    -------
    RegionCounts
        In the order of `regions`.

    Raises
    ------
    ValueError
        A repeated ``org_id``, a missing type or evidence, an unknown code or region.
    """
    columns = {"types": "type"} | {
        name: name for name in ("domains", "functions", "sectors", "evidence")
    }
    require_columns(organisations, ["org_id", "region", *columns.values(), "founded"])
    if organisations["org_id"].duplicated().any():
        raise ValueError("an org_id is repeated")
    if organisations[[columns[name] for name in ("types", "evidence")]].isna().to_numpy().any():
        raise ValueError("every organisation needs a type and a kind of evidence")
    return from_groups(
        regions,
        {name: _grouped(organisations, column) for name, column in columns.items()},
        _founded(organisations),
    )


def _grouped(organisations: pd.DataFrame, column: str) -> list[Group]:
    codes = organisations[["org_id", "region", column]].explode(column).dropna(subset=[column])
    # A code that is written twice in a list still is one organisation's.
    codes = codes.drop_duplicates().rename(columns={column: "code"})
    groups = codes.groupby(["region", "code"], dropna=False).size().reset_index(name="n")
    return _plain(groups)


def _founded(organisations: pd.DataFrame) -> list[tuple[str | None, int, float | None]]:
    years = organisations.assign(founded=organisations["founded"].astype("float64"))
    summary = years.groupby("region")["founded"].agg(["count", "median"])
    return _plain(summary.reset_index())


def _plain(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Rows as a database gives them."""
    there = frame.astype(object).where(frame.notna(), None)
    return list(there.itertuples(index=False, name=None))
