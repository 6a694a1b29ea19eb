"""Small frames that several test modules share, and what hypothesis draws."""

from __future__ import annotations

import pandas as pd
from hypothesis import settings
from hypothesis import strategies as st

from ecosystem.common.vocabulary import DOMAINS, EVIDENCE, FUNCTIONS, SECTORS, TYPES
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
