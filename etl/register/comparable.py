"""Cells of the register and of a release as texts that are equal if they say the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from etl.schema import Column

Texts = npt.NDArray[np.object_]


def is_compared_as_written(column: Column) -> bool:
    """Whether cells of a column are equal only if their texts are."""
    return not column.separator and column.type not in ("integer", "number", "boolean")


def comparable_texts(cells: pd.Series, column: Column) -> Texts:
    """One text a cell, empty where there is nothing; the order of a list means nothing.

    Parameters
    ----------
    cells : pandas.Series
        Cells of one column: text as in a register file, or values as in a release.
    column : Column
        The column.
    """
    values = cells.to_numpy(dtype=object, na_value="")
    if not is_compared_as_written(column):
        return once_each(values, lambda value: _worked_out(value, column))
    if pd.api.types.infer_dtype(values, skipna=False) == "string":
        return values
    return np.fromiter((_plain(v) for v in values), object, len(values))


def once_each(values: Texts, function: Callable[[Any], str]) -> Texts:
    """What a function says of each value, worked out once for equal values, or the same list."""
    cells = values.tolist()
    try:
        distinct = dict(zip(cells, cells, strict=True))
    except TypeError:
        # Lists have no hash; those of equal cells are mostly one object.
        keys = list(map(id, cells))
        distinct = dict(zip(keys, cells, strict=True))
    else:
        keys = cells
    known = {key: function(value) for key, value in distinct.items()}
    return np.fromiter(map(known.__getitem__, keys), dtype=object, count=len(keys))


def _worked_out(value: object, column: Column) -> str:
    if isinstance(value, list | np.ndarray):
        return column.separator.join(sorted(map(str, value)))
    if column.separator:
        return column.separator.join(sorted(str(value).split(column.separator)))
    if value is None or value is pd.NA or value == "" or value != value:
        return ""
    if column.type == "boolean":
        return str(value).lower()
    try:
        return f"{float(str(value)):.10g}"
    except ValueError:
        return str(value)


def _plain(value: object) -> str:
    if value is None or value is pd.NA or value != value:
        return ""
    # A day as a release holds it.
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)
