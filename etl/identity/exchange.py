"""Columns whose values stand on other rows than in the release, as if sorted alone.

A row is the published one that most of its cells agree with, whatever its identifier says, so
that a column of identifiers that was sorted alone is found like any other, and so are two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from etl.model import note_rows
from etl.register.comparable import Texts, comparable_texts, is_compared_as_written
from etl.schema import Column, Schema

# A column identifies its rows if so many of its values are on one row only.
_IDENTIFIES = 0.8
# Two rows with each other's value of such a column are enough: no two organisations swap names.
_FEWEST = 2
# In any other column, so many cells must differ, and so many of their values be the former ones
# of the same rows: codes that were really changed are others than before.
_FEWEST_OF_CODES = 6
_SAME_VALUES = 0.9
# Lists without identifiers are short; of a longer one, single columns have to do.
_MAX_WITHOUT_KEY = 2_000

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Exchange:
    """One column of a register file with the values of other rows.

    Attributes
    ----------
    resource : str
        The register file.
    column, title : str
        The column, and what people call it.
    right : mapping of int to str
        Row number -> what was published there, for all rows with the value of another one.
    strange : tuple of int
        Rows that aren't published, but have a value of the column that is.
    lost : tuple of str
        Values that nobody published: on which row they belong isn't known.
    sentence : str
        What is wrong, with the rows.
    """

    resource: str
    column: str
    title: str
    right: Mapping[int, str] = field(repr=False)
    strange: tuple[int, ...] = ()
    lost: tuple[str, ...] = ()
    sentence: str = ""


@dataclass(frozen=True)
class _Both:
    """The columns that a file and a release have, each value as a number; -1 for no value."""

    columns: list[str]
    values: dict[str, list[str]]
    file: dict[str, Numbers]
    release: dict[str, Numbers]
    n_file: int
    n_release: int


def find_exchanges(
    frame: pd.DataFrame, released: pd.DataFrame, schema: Schema
) -> tuple[list[Exchange], list[str]]:
    """Columns whose values are those of the release, but on other rows.

    Parameters
    ----------
    frame : pandas.DataFrame
        Normalised text rows of a register file; the index is the spreadsheet's row number.
    released : pandas.DataFrame
        The same list as published; columns that it lacks aren't compared.
    schema : Schema
        Schema of the file.

    Returns
    -------
    exchanges : list of Exchange
        In the order of columns; empty if all is in its place.
    swaps : list of str
        Two published rows with each other's value of another column, such as the town: perhaps
        meant, so a sentence each.
    """
    both = _compare(frame, released, schema)
    if not both.n_file or not both.n_release or _is_unchanged(both, schema.primary_key):
        return [], []
    owners = {name: _owners(both.file[name], both.release[name]) for name in both.columns}
    votes = list(owners.values())
    if not schema.primary_key and both.n_file <= _MAX_WITHOUT_KEY:
        votes += _all_but_two(both)
    row_of = _identify(both, votes, owners.get(schema.primary_key))
    found = (_exchange_of(name, frame, both, owners[name], row_of, schema) for name in both.columns)
    exchanges = [exchange for exchange in found if exchange is not None]
    told = {exchange.column for exchange in exchanges}
    swaps = [
        sentence
        for name in both.columns
        if name not in told and _is_text(schema.columns[name])
        for sentence in _swaps_of(name, frame, both, row_of, schema)
    ]
    return exchanges, swaps


def put_right(
    frame: pd.DataFrame, exchanges: Sequence[Exchange], schema: Schema
) -> tuple[pd.DataFrame, list[str]]:
    """Write the published values back to their rows, and say so.

    Parameters
    ----------
    frame : pandas.DataFrame
        The rows that the exchanges were found in.
    exchanges : sequence of Exchange
        From :func:`find_exchanges`.
    schema : Schema
        Schema of the file.

    Returns
    -------
    frame : pandas.DataFrame
        The rows with these columns put right. What stood on a row that isn't published is
        emptied there, for it belongs to another.
    notes : list of str
        What was put right, and what must be written again by hand.
    """
    columns: dict[str, pd.Series] = {}
    notes: list[str] = []
    for exchange in exchanges:
        cells = frame[exchange.column].copy()
        cells.loc[list(exchange.right)] = list(exchange.right.values())
        cells.loc[list(exchange.strange)] = ""
        columns[exchange.column] = cells
        rows = sorted(exchange.right)
        notes.append(
            note_rows(
                schema.file, rows, f"{exchange.title} was put back as published, on {len(rows):,} "
                "rows. Your own file still has it wrong."
            )
        )  # fmt: skip
        if exchange.strange:
            notes.append(
                note_rows(
                    schema.file,
                    sorted(exchange.strange),
                    f"{exchange.title} was that of another row and is empty now; fill it in.",
                )
            )
        if exchange.lost:
            shown = ", ".join(f"“{text}”" for text in exchange.lost[:10])
            notes.append(
                f"{schema.file}: on which row these values of {exchange.title} belong isn't known; "
                f"write them again where they are meant: {shown}."
            )
    return frame.assign(**columns), notes


def _compare(frame: pd.DataFrame, released: pd.DataFrame, schema: Schema) -> _Both:
    file, release, values = {}, {}, {}
    for name, column in schema.columns.items():
        if name not in released or name not in frame:
            continue
        codes, distinct = pd.factorize(_cells(released[name], frame[name], column))
        values[name] = distinct.tolist()
        nothing = np.flatnonzero(distinct == "")
        if len(nothing):
            codes = np.where(codes == nothing[0], -1, codes)
        release[name], file[name] = codes[: len(released)], codes[len(released) :]
    return _Both(list(values), values, file, release, len(frame), len(released))


def _cells(released: pd.Series, written: pd.Series, column: Column) -> Texts | pd.Series:
    """The cells of both, one after the other; equal if they say the same, empty if nothing."""
    both = (released, written)
    if is_compared_as_written(column) and all(
        isinstance(cells.dtype, pd.StringDtype) for cells in both
    ):
        # A million texts as objects take longer than all the rest.
        return pd.concat(both, ignore_index=True)
    return np.concatenate([comparable_texts(cells, column) for cells in both])


def _owners(file: Numbers, release: Numbers) -> Numbers:
    """For each row of the file, the one published row that has its value; -1 if none or several."""
    size = int(max(file.max(initial=-1), release.max(initial=-1))) + 2
    here, there = (np.bincount(codes + 1, minlength=size) for codes in (file, release))
    row = np.full(size, -1, dtype=np.int64)
    row[release + 1] = np.arange(len(release))
    row[(here != 1) | (there != 1)] = -1
    row[0] = -1
    found: Numbers = row[file + 1]
    return found


def _is_unchanged(both: _Both, key: str) -> bool:
    """Whether the file says what is published, row for row; with identifiers, in any order."""
    if both.n_file != both.n_release:
        return False
    here = there = np.arange(both.n_file)
    if key in both.columns:
        here, there = np.argsort(both.file[key]), np.argsort(both.release[key])
    return all(
        np.array_equal(both.file[name][here], both.release[name][there]) for name in both.columns
    )


def _all_but_two(both: _Both) -> list[Numbers]:
    """As :func:`_owners`, for all columns together but any two: rows that no column identifies."""
    cells = np.column_stack(
        [np.concatenate([both.release[name], both.file[name]]) for name in both.columns]
    )
    left_out = combinations(range(cells.shape[1]), 2)
    codes = [
        np.unique(np.delete(cells, pair, axis=1), axis=0, return_inverse=True)[1].ravel()
        for pair in left_out
    ]
    return [_owners(c[both.n_release :], c[: both.n_release]) for c in codes]


def _identify(both: _Both, votes: Sequence[Numbers], by_key: Numbers | None) -> Numbers:
    """For each row of the file, the published row that it is, by most of its cells; -1 if none."""
    pairs = [np.flatnonzero(v >= 0) * both.n_release + v[v >= 0] for v in votes]
    rows, candidates = np.divmod(np.unique(np.concatenate(pairs)), both.n_release)
    alike = np.zeros(len(rows))
    for name in both.columns:
        mine, theirs = both.file[name][rows], both.release[name][candidates]
        alike += (mine == theirs) & (mine >= 0)
    if by_key is not None:
        # Of two that are as much alike, it is the one that it says it is.
        alike += 0.5 * (by_key[rows] == candidates)
    best = pd.DataFrame({"row": rows, "of": candidates, "alike": alike})
    best = best.sort_values("alike", ascending=False, kind="stable")
    best = best.drop_duplicates("row").drop_duplicates("of")
    row_of = np.full(both.n_file, -1, dtype=np.int64)
    row_of[best["row"]] = best["of"]
    return row_of


def _is_text(column: Column) -> bool:
    """Whether a column holds words of its own, and not one of a few codes or a year."""
    return column.type == "string" and not column.separator and "enum" not in column.constraints


def _swaps_of(
    name: str, frame: pd.DataFrame, both: _Both, row_of: Numbers, schema: Schema
) -> Iterator[str]:
    """Pairs of rows with each other's published value, where no third row changed to or from it."""
    file, release = both.file[name], both.release[name]
    at = np.flatnonzero(row_of >= 0)
    before, now = release[row_of[at]], file[at]
    changed = (before != now) & (before >= 0) & (now >= 0)
    at, before, now = at[changed], before[changed], now[changed]
    n_before, n_now = Counter(before.tolist()), Counter(now.tolist())
    came = {code: i for i, code in zip(at.tolist(), now.tolist(), strict=True)}
    went = dict(zip(at.tolist(), before.tolist(), strict=True))
    numbers, raw = frame.index.to_numpy(), frame[name].to_numpy(object)
    for i, old, new in zip(at.tolist(), before.tolist(), now.tolist(), strict=True):
        other = came.get(old)
        is_pair = other is not None and other > i and went[other] == new
        if is_pair and n_before[old] == n_before[new] == n_now[old] == n_now[new] == 1:
            rows = sorted([int(numbers[i]), int(numbers[other])])
            yield note_rows(
                schema.file,
                rows,
                f"each has what is published as {schema.columns[name].title} of the other "
                f"(“{raw[i]}” and “{raw[other]}”); look whether they were exchanged by mistake.",
            )


def _exchange_of(
    name: str,
    frame: pd.DataFrame,
    both: _Both,
    owner: Numbers,
    row_of: Numbers,
    schema: Schema,
) -> Exchange | None:
    file, release = both.file[name], both.release[name]
    at = np.flatnonzero(row_of >= 0)
    at = at[file[at] != release[row_of[at]]]
    if len(at) < _FEWEST:
        return None
    before, now, taken = release[row_of[at]], file[at], owner[at] >= 0
    is_sorted = len(at) >= _FEWEST_OF_CODES and _share_of_same(before, now) >= _SAME_VALUES
    swaps = _identifies(release) and _swap(owner[at], row_of[at], taken) >= _FEWEST
    if not is_sorted and not swaps:
        return None
    stays = np.isin(before, file) & (before >= 0)
    # What nobody published was pushed off its row, unless it took the place of what is nowhere.
    pushed = ~np.isin(now, release) & (now >= 0) & stays
    wrong = taken | pushed | ((now < 0) & stays)
    if is_sorted:
        wrong |= np.isin(now, release)
    numbers, raw = frame.index.to_numpy(), frame[name].to_numpy(object)
    spelling = _spellings(name, both, raw)
    right = {i: spelling[code] for i, code in zip(at[wrong], before[wrong].tolist(), strict=True)}
    lost = {i: str(raw[i]) for i in at[pushed]}
    changed = at[wrong & ~np.isin(before, file)]
    if len(changed) == len(lost) == 1:
        right[changed[0]] = lost.popitem()[1]
    others = np.flatnonzero((row_of < 0) & (owner >= 0) & np.isin(owner, row_of[at[wrong]]))
    rows = sorted(int(numbers[i]) for i in right)
    title = schema.columns[name].title
    return Exchange(
        schema.resource,
        name,
        title,
        {int(numbers[i]): text for i, text in right.items()},
        tuple(int(numbers[i]) for i in others),
        tuple(lost.values()),
        note_rows(
            schema.file,
            rows,
            f"{title} is what is published of another row, as if the column {name} had been "
            "sorted alone.",
        ),
    )


def _spellings(name: str, both: _Both, raw: Texts) -> dict[int, str]:
    """Each value as the file writes it, and as published where it isn't in the file."""
    published = dict(enumerate(both.values[name]))
    written = dict(zip(both.file[name].tolist(), map(str, raw), strict=True))
    return published | written | {-1: ""}


def _identifies(codes: Numbers) -> bool:
    counts = np.bincount(codes[codes >= 0])
    filled = int((codes >= 0).sum())
    return filled > 0 and int((counts == 1).sum()) >= _IDENTIFIES * filled


def _swap(owner: Numbers, row_of: Numbers, taken: npt.NDArray[np.bool_]) -> int:
    """How many rows have the value of another one, and lent theirs to another."""
    return int((taken & np.isin(row_of, owner[taken])).sum())


def _share_of_same(before: Numbers, now: Numbers) -> float:
    """How many of the values after are those before, on other rows; from 0 to 1."""
    return (Counter(before.tolist()) & Counter(now.tolist())).total() / len(now)
