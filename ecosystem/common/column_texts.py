"""Columns as texts, a whole column at a time: cells of a spreadsheet's CSV, and JSON.

What most cells hold needs no care and stays in Arrow, outside Python; only the others, with a
comma, a quotation mark or what a program takes for a formula, are written one by one.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from ecosystem.common.spreadsheet import BYTE_ORDER_MARK, CSV_CARE, LINE_END, csv_field

Column: TypeAlias = "pa.Array | pa.ChunkedArray"
# What JSON's own writer escapes, beside what it puts around.
_JSON_CARE = r'[\x00-\x1f"\\]'


def csv_lines(columns: Sequence[Column | str]) -> bytes:
    """Lines of CSV for spreadsheets, formulas neutralised; lists with semicolons.

    Parameters
    ----------
    columns : sequence of column or str
        Values of each row, or a text that all have.
    """
    parts: list[pa.Array | str] = []
    for column in columns:
        parts += [","] if parts else []
        parts += [csv_field(column) if isinstance(column, str) else csv_cells(column)]
    return join(rows_of([*parts, LINE_END]), "")


def csv_head(names: Iterable[str]) -> bytes:
    """The line of CSV before :func:`csv_lines`, with the names of the columns."""
    return f"{BYTE_ORDER_MARK}{','.join(names)}{LINE_END}".encode()


def json_members(columns: Mapping[str, Column]) -> list[pa.Array | str]:
    """Members of an object of JSON for each row, as parts for :func:`rows_of`."""
    parts: list[pa.Array | str] = []
    for name, column in columns.items():
        parts += [", "] if parts else []
        parts += [f"{_json_string(name)}: ", json_values(column)]
    return parts


def csv_cells(column: Column) -> pa.Array:
    """Cells of CSV for spreadsheets, formulas neutralised; lists with semicolons, gaps null."""
    cells = _whole(column)
    if pa.types.is_boolean(cells.type):
        return pc.if_else(cells, "True", "False")
    if pa.types.is_list(cells.type):
        cells = pc.binary_join(cells, ";")
    return _plain(cells, lambda texts: _with_care(texts, CSV_CARE, csv_field))


def json_values(column: Column) -> pa.Array:
    """Values of JSON, as Python's own writer has them; a gap is ``null``."""
    values = _whole(column)
    if pa.types.is_boolean(values.type):
        found = pc.if_else(values, "true", "false")
    elif pa.types.is_list(values.type):
        found = _json_lists(values)
    else:
        found = _plain(values, _json_strings)
    return pc.fill_null(found, "null")


def rows_of(parts: Sequence[pa.Array | str]) -> pa.Array:
    """Texts of each row one after the other; nothing for what is null.

    Parameters
    ----------
    parts : sequence of Array or str
        A text for each row, or one that all have.
    """
    return pc.binary_join_element_wise(*parts, "", null_handling="replace", null_replacement="")


def join(rows: pa.Array, between: str) -> bytes:
    """All rows in one, with a text between each two."""
    whole = pa.ListArray.from_arrays([0, len(rows)], rows)
    return bytes(pc.binary_join(whole, between)[0].as_buffer())


def _whole(column: Column) -> pa.Array:
    found = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_list(found.type):
        # Where all lists are empty, Arrow knows no type of what could be in them.
        return found.cast(pa.list_(pa.string()))
    return found.dictionary_decode() if pa.types.is_dictionary(found.type) else found


def _plain(values: pa.Array, of_texts: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Numbers as Python writes them, what else there is as texts."""
    if pa.types.is_floating(values.type):
        # What lies in the same town has the same coordinates.
        known = values.dictionary_encode()
        written = [
            None if math.isnan(value) else repr(value) for value in known.dictionary.to_pylist()
        ]
        return pa.array(written, pa.string()).take(known.indices)
    texts = values.cast(pa.string())
    return texts if pa.types.is_integer(values.type) else of_texts(texts)


def _json_lists(lists: pa.Array) -> pa.Array:
    # Of a slice, the values of the whole would come with it.
    lengths = pc.fill_null(pc.list_value_length(lists), 0)
    ends = pa.concat_arrays([pa.array([0], pa.int32()), pc.cumulative_sum(lengths)])
    items = _json_strings(pc.list_flatten(lists))
    joined = pc.binary_join(pa.ListArray.from_arrays(ends, items), ", ")
    found = rows_of(["[", joined, "]"])
    return pc.if_else(pc.is_valid(lists), found, None)


def _json_strings(texts: pa.Array) -> pa.Array:
    quoted = pc.binary_join_element_wise('"', texts, '"', "")
    return _with_care(texts, _JSON_CARE, _json_string, quoted)


def _json_string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _with_care(
    texts: pa.Array, care: str, write: Callable[[str], str], others: pa.Array | None = None
) -> pa.Array:
    """Texts in which a pattern is found as they are written one by one, the others as they are."""
    found = pc.fill_null(pc.match_substring_regex(texts, care), False)
    written = [write(text) for text in texts.filter(found).to_pylist()]
    return pc.replace_with_mask(
        texts if others is None else others, found, pa.array(written, pa.string())
    )
