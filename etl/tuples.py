"""Rows of a frame one after the other as quickly as lists, and their order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


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


def sorted_rows(*columns: pd.Series | npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Positions of rows in the order of their cells, those of the first column counting most.

    Texts are in the order of their code points, as Python sorts them; NumPy takes several times
    as long over them. Rows whose cells are all equal stay in the order that they have.

    Parameters
    ----------
    *columns : pandas.Series or array
        Texts or numbers, none missing; all of one length.
    """
    table = pa.table(
        [pa.array(column) for column in columns], names=list(map(str, range(len(columns))))
    )
    order = pc.sort_indices(table, sort_keys=[(name, "ascending") for name in table.column_names])
    return order.to_numpy().astype(np.int64)
