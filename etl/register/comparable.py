"""Cells of the register and of a release as texts that are equal if they say the same."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from etl.schema import Column

Texts = npt.NDArray[np.object_]


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
    if column.separator or column.type in ("integer", "number", "boolean"):
        known: dict[object, str] = {}
        return np.fromiter((_text(v, column, known) for v in values), object, len(values))
    if pd.api.types.infer_dtype(values, skipna=False) == "string":
        return values
    return np.fromiter((_plain(v) for v in values), object, len(values))


def _text(value: object, column: Column, known: dict[object, str]) -> str:
    """The text of a value, worked out once."""
    if isinstance(value, list | np.ndarray):
        value = tuple(value)
    if value not in known:
        known[value] = _worked_out(value, column)
    return known[value]


def _worked_out(value: object, column: Column) -> str:
    if isinstance(value, tuple):
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
