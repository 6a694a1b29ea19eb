"""Columns as texts say cell by cell what the plain writers of Python say."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecosystem.common import column_texts as texts
from ecosystem.common.spreadsheet import table_csv
from tests.examples import examples

# What CSV, JSON and spreadsheet programs treat as something else, between what they don't.
HOSTILE = st.text(
    st.sampled_from("aé€𝒳 =+-@,;\"'\\/\r\n\t\x00\x07\x0b\x0c\x1f\x7f\u2028{}"), max_size=6
)
COLUMNS = {
    "texts": (pa.string(), HOSTILE),
    "lists": (pa.list_(pa.string()), st.lists(HOSTILE, max_size=3)),
    "whole": (pa.int32(), st.integers(-(2**31), 2**31 - 1)),
    "small": (pa.int8(), st.integers(-9, 9)),
    "numbers": (pa.float64(), st.floats(allow_infinity=False) | st.sampled_from([0.0, -0.0, 5.0])),
    "truth": (pa.bool_(), st.booleans()),
    "empty": (pa.list_(pa.null()), st.just([])),
    "nothing": (pa.null(), st.none()),
    "codes": (pa.dictionary(pa.int8(), pa.string()), HOSTILE),
}
columns = st.sampled_from(sorted(COLUMNS)).flatmap(
    lambda name: st.tuples(
        st.just(COLUMNS[name][0]), st.lists(st.none() | COLUMNS[name][1], max_size=8)
    )
)


def column_of(type_: pa.DataType, values: list[Any]) -> pa.ChunkedArray:
    """A column in two chunks that is a slice of a longer one, as a piece of a table is."""
    whole = pa.chunked_array([pa.array(part, type_) for part in (values, values)])
    return whole.slice(len(values) // 2, len(values))


def rolled(values: list[Any]) -> list[Any]:
    return [*values, *values][len(values) // 2 :][: len(values)]


def is_nan(value: object) -> bool:
    return value != value


@settings(max_examples=examples(200))
@given(columns)
def test_values_are_those_of_the_plain_json_writer(column: tuple[pa.DataType, list[Any]]) -> None:
    found = texts.json_values(column_of(*column)).to_pylist()
    assert found == [
        json.dumps(None if is_nan(value) else value, ensure_ascii=False)
        for value in rolled(column[1])
    ]


@settings(max_examples=examples(200))
@given(columns)
def test_cells_are_those_of_the_plain_table_writer(column: tuple[pa.DataType, list[Any]]) -> None:
    type_, values = column
    cells = texts.csv_cells(column_of(type_, values))
    # A second column, since a row of nothing but an empty field is written in its own way.
    found = texts.join(texts.rows_of([cells, ",x\r\n"]), "")
    plain = [";".join(v) if isinstance(v, list) else v for v in rolled(values)]
    known = {pa.int32(): "Int64", pa.int8(): "Int64"}.get(type_, object)
    table = pd.DataFrame({"a": pd.Series(plain, dtype=known), "b": "x"})
    assert found == table_csv(table).partition(b"\r\n")[2]
    read = list(csv.reader(io.StringIO(found.decode(), newline="")))
    assert [row[1] for row in read] == ["x"] * len(values)
    assert not any(row[0].startswith(("=", "+", "@", "\t", "\r")) for row in read)


@pytest.mark.parametrize("between", ["", ", "])
def test_rows_of_nothing_are_nothing(between: str) -> None:
    nothing = pa.chunked_array([], pa.string())
    rows = texts.rows_of(["[", texts.json_values(nothing), "]"])
    assert texts.join(rows, between) == b""
