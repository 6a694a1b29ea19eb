"""What is counted in memory is what the table says."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecosystem.common.store import Database, Release
from ecosystem.drawing import symbols
from ecosystem.finding import chosen, code_index
from ecosystem.finding.filters import Filter
from ecosystem.finding.masks import pack, unpack
from ecosystem.regional import region_counts
from ecosystem.tables import organisations, regions
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
def test_a_list_is_sorted_and_what_is_unknown_comes_last(
    database: Database, sort: str, descending: bool
) -> None:
    every = organisations.page(database, Filter(), sort=sort, descending=descending, limit=500)
    by = every["ordinal" if sort == "name" else sort]
    missing = by.isna().to_numpy()
    assert not missing[: (~missing).sum()].any()
    there = by[~missing].tolist()
    assert there == sorted(there, reverse=descending)


@pytest.fixture
def nobody(database: Database, tmp_path: Path) -> Iterator[Database]:
    """A release without an organisation."""
    path = tmp_path / "nobody.duckdb"
    shutil.copyfile(database.release.path, path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("DELETE FROM organisation")
    opened = Database(Release("nobody", path))
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "filter_",
    [
        Filter(),
        Filter(domain=("cryptology",)),
        Filter(country=("FR",), type=("sme",), founded_from=2000),
        Filter(q="cyber", near="g2983990", km=50),
    ],
)
def test_a_release_without_organisations_has_none_of_anything(
    nobody: Database, filter_: Filter
) -> None:
    assert organisations.summary(nobody, filter_).organisations == 0
    assert organisations.short_page(nobody, filter_, sort="name", limit=9, offset=0) == []
    assert organisations.page(nobody, filter_, sort="city").empty
    assert organisations.facet_counts(nobody, filter_, "domain") == {}
    assert organisations.domain_counts(nobody, filter_).empty
    assert symbols.symbols(nobody, filter_).empty
    assert symbols.of_valleys(nobody, filter_).empty
    assert regions.organisation_counts(nobody, filter_, "nuts2").sum() == 0
    assert region_counts.region_counts(nobody, filter_, "nuts2").n.sum() == 0
