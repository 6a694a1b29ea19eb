"""What is counted in memory is what the table says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecosystem.common.store import Database
from ecosystem.finding import chosen, code_index
from ecosystem.finding.filters import Filter
from ecosystem.finding.masks import pack, unpack
from ecosystem.tables import organisations
from tests.ecosystem.finding.test_filters import filters
from tests.examples import examples


@settings(max_examples=examples(60), deadline=None)
@given(filter_=filters())
def test_counts_are_those_of_the_rows(database: Database, filter_: Filter) -> None:
    found = organisations.everything(database, filter_)
    flags = chosen.flags(database, filter_)
    assert set(np.flatnonzero(flags)) == set(found["ordinal"])
    for name in ("domains", "sectors", "functions"):
        expected = found[name].explode().dropna().value_counts().to_dict()
        assert code_index.lists(database, name).count(flags) == expected
    for name in ("country", "type", "valley_id", "nuts2", "place_id"):
        expected = found[name].dropna().value_counts().to_dict()
        assert code_index.column(database, name).count(flags) == expected


@settings(max_examples=examples(60), deadline=None)
@given(filter_=filters())
def test_the_condition_finds_the_same_as_the_flags(database: Database, filter_: Filter) -> None:
    where, bound = filter_.where()
    rows = database.rows(f"SELECT ordinal FROM organisation WHERE {where}", bound)
    assert {ordinal for (ordinal,) in rows} == set(
        np.flatnonzero(chosen.flags(database, filter_)).tolist()
    )


@given(st.lists(st.booleans()))
def test_bits_come_back_as_they_went(flags: list[bool]) -> None:
    assert unpack(pack(np.array(flags, dtype=np.bool_)), len(flags)).tolist() == flags


@pytest.mark.parametrize("sort", [s for s in organisations.SORTS if s != "valley"])
@pytest.mark.parametrize("descending", [False, True])
def test_pages_of_a_sorted_list_are_the_whole(
    database: Database, sort: str, descending: bool
) -> None:
    pages = [
        organisations.page(
            database, Filter(), sort=sort, descending=descending, limit=50, offset=offset
        )
        for offset in range(0, 500, 50)
    ]
    every = pd.concat(pages)
    assert every["org_id"].is_unique
    assert len(every) == 465
    by = every["ordinal" if sort == "name" else sort]
    missing = by.isna().to_numpy()
    assert not missing[: (~missing).sum()].any()
    there = by[~missing].tolist()
    assert there == sorted(there, reverse=descending)
