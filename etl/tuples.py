"""Rows of a frame one after the other as quickly as lists, and their order."""

from __future__ import annotations

from collections.abc import Collection, Iterator
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


def are_among(texts: pd.Series, known: Collection[str] | pd.Series) -> npt.NDArray[np.bool_]:
    """Which of some texts are among others.

    Parameters
    ----------
    texts : pandas.Series of str
        What is looked for; a missing one is among nothing.
    known : collection of str, or pandas.Series of str
        Where it is looked for.
    """
    # pandas makes an Arrow scalar of each text that is looked for among, and takes it apart.
    among = pa.array(known if isinstance(known, pd.Series) else list(known), pa.string())
    return np.asarray(pc.is_in(pa.array(texts, pa.string()), among.drop_null()))


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
