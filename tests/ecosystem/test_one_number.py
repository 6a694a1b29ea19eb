"""One number everywhere: header, map, list and downloads agree after any filters."""

from __future__ import annotations

import csv
import io
import json
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from ecosystem import export
from ecosystem.common.store import Database
from ecosystem.drawing import symbols
from ecosystem.finding.filters import Filter
from ecosystem.plain import explore
from ecosystem.tables import organisations, regions
from tests.ecosystem.finding.test_filters import filters
from tests.examples import examples


@st.composite
def sequences(draw: st.DrawFn) -> Filter:
    """What is left after a visitor sets filters, clears some, and sets others."""
    filter_ = Filter()
    for step in draw(st.lists(filters(), min_size=1, max_size=4)):
        chosen = draw(st.lists(st.sampled_from(sorted(step.to_params()) or ["q"]), max_size=2))
        params = filter_.to_params() | {
            name: values for name, values in step.to_params().items() if name in chosen
        }
        filter_ = Filter.from_params(params)
        if filter_.active() and draw(st.booleans()):
            filter_ = filter_.without(draw(st.sampled_from(filter_.active())))
    return filter_


@pytest.mark.slow
@settings(max_examples=examples(40), deadline=None)
@given(filter_=sequences())
def test_one_number_everywhere(database: Database, filter_: Filter) -> None:
    compare_all(database, filter_)


@cache  # every second sequence leaves no filter at all
def compare_all(database: Database, filter_: Filter) -> None:
    """Header, map, list and downloads have as many organisations."""
    n = organisations.summary(database, filter_).organisations
    assert int(symbols.symbols(database, filter_)["n"].sum()) == n
    assert list_length(database, filter_) == n
    assert int(regions.organisation_counts(database, filter_, "nuts2").sum()) == n
    text = export.csv(database, filter_).decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(text)))) == n
    sheet = load_workbook(io.BytesIO(export.xlsx(database, filter_)))["Organisations"]
    assert sheet.max_row - 1 == n
    assert len(json.loads(export.geojson(database, filter_))["features"]) == n
    for page in (explore.map_page, explore.directory_page):
        assert dict(page(database, filter_.to_params()).facts)["Organisations"] == f"{n:,}"


def list_length(database: Database, filter_: Filter) -> int:
    """Rows of all pages of the list, turned one by one."""
    total = 0
    while len(page := organisations.page(database, filter_, limit=50, offset=total)):
        total += len(page)
    return total


@settings(max_examples=examples(40), deadline=None)
@given(filter_=filters())
def test_an_option_holds_what_choosing_it_gives(database: Database, filter_: Filter) -> None:
    for name in ("type", "country", "domain", "valley"):
        counts = organisations.facet_counts(database, filter_, name)
        for code, n in list(counts.items())[:3]:
            chosen = filter_.with_values(name, [code])
            assert organisations.summary(database, chosen).organisations == n
