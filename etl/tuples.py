"""Rows of a frame one after the other, as quickly as lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd


def tuples(frame: pd.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    """The cells of some columns, row by row.

    Parameters
    ----------
    frame : pandas.DataFrame
        The rows.
    *columns : str
        Which cells of them, in this order.
    """
    # pandas fetches texts one by one where a column is iterated over, which takes ten times as
    # long as to make a list of it.
    return zip(*(frame[column].tolist() for column in columns), strict=True)


def numbered_tuples(frame: pd.DataFrame, *columns: str) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """The rows of :func:`tuples`, each behind its number: the index, as a spreadsheet counts."""
    return zip(frame.index.tolist(), tuples(frame, *columns), strict=True)
