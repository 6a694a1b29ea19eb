"""What differs between two releases in the lists besides the organisations.

Which lists there are, what identifies their rows and what the columns are follows from the Table
Schemas. Rows without an identifier are recognised by their content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from etl.register.comparable import comparable_texts
from etl.release.change import COLUMNS
from etl.schema import Schema

# Two rows without identifier are one that was changed if they agree in so much of what they say.
_ALIKE = 0.5
# Above this many pairs only rows that are about the same thing are compared.
_MAX_PAIRS = 1_000_000
_ID_LENGTH = 12

Lists = Mapping[str, pd.DataFrame]
Pairs = list[tuple[int, int]]


def list_changes(
    new: Lists, old: Lists, schemas: Mapping[str, Schema], names: Mapping[str, str]
) -> pd.DataFrame:
    """What differs between two releases in their other lists, cell by cell.

    Parameters
    ----------
    new, old : mapping of str to pandas.DataFrame
        Tables of the two releases by resource. A resource that `old` lacks isn't compared, and
        neither is a column that one of the two lacks.
    schemas : mapping of str to Schema
        Their schemas.
    names : mapping of str to str
        Identifier -> name of organisations, for rows that are about one.

    Returns
    -------
    pandas.DataFrame
        Columns and rows as :func:`etl.release.change.changes` gives them, of the kinds added,
        removed and changed, list by list.
    """
    rows = [
        row
        for resource, schema in schemas.items()
        if resource in new and resource in old
        for row in _list(new[resource], old[resource], schema, names)
    ]
    return pd.DataFrame(rows, columns=COLUMNS, dtype=object)


def row_name(row: Mapping[Any, Any], schema: Schema, names: Mapping[str, str]) -> str:
    """What a row is about, for people."""
    cells = [str(row[name]) for name in schema.naming_columns if row.get(name)]
    return " and ".join(names.get(cell, cell) for cell in cells) or str(
        row.get(schema.primary_key, "")
    )


def match_rows(new: pd.DataFrame, old: pd.DataFrame, schema: Schema) -> Pairs:
    """Which row of the one frame is which of the other: pairs of positions.

    By the identifier, or, where a list has none, first by equal content, then by likeness: of two
    rows that agree in half of what they say, the more alike go together first.

    Parameters
    ----------
    new, old : pandas.DataFrame
        Cells as :func:`etl.register.comparable.comparable_texts` gives them, of the same columns.
    schema : Schema
        Their schema.
    """
    if schema.primary_key:
        where = {key: i for i, key in enumerate(old[schema.primary_key])}
        return [(i, where[k]) for i, k in enumerate(new[schema.primary_key]) if k in where]
    free: dict[tuple[str, ...], list[int]] = {}
    for i, row in enumerate(old.itertuples(index=False, name=None)):
        free.setdefault(row, []).append(i)
    pairs = [
        (i, free[row].pop(0))
        for i, row in enumerate(new.itertuples(index=False, name=None))
        if free.get(row)
    ]
    left_new = sorted(set(range(len(new))) - {i for i, _ in pairs})
    left_old = sorted(set(range(len(old))) - {j for _, j in pairs})
    return pairs + _alike(new, old, left_new, left_old, schema.naming_columns)


def as_texts(frame: pd.DataFrame, schema: Schema, columns: Sequence[str]) -> pd.DataFrame:
    """Some columns of a table or a register file, as texts that can be compared."""
    cells = {name: comparable_texts(frame[name], schema.columns[name]) for name in columns}
    return pd.DataFrame(cells, columns=list(columns), dtype=object)


def _list(
    new: pd.DataFrame, old: pd.DataFrame, schema: Schema, names: Mapping[str, str]
) -> Iterator[dict[str, str | None]]:
    columns = [name for name in schema.columns if name in new and name in old]
    after, before = as_texts(new, schema, columns), as_texts(old, schema, columns)
    if after.equals(before):
        return
    pairs = match_rows(after, before, schema)
    is_there, was_there = {i for i, _ in pairs}, {j for _, j in pairs}
    rows, rows_before = after.to_dict("records"), before.to_dict("records")
    entries: list[tuple[str, dict[str, str | None]]] = []
    for kind, found, frame, known in (
        ("added", rows, new, is_there),
        ("removed", rows_before, old, was_there),
    ):
        for at, row in enumerate(found):
            if at not in known:
                about = _about(row, frame, at, schema, names)
                entries.append((str(about["row_id"]), {**about, "kind": kind}))
    for at, at_before in pairs:
        row, row_before = rows[at], rows_before[at_before]
        differing = [name for name in columns if row[name] != row_before[name]]
        about = _about(row, new, at, schema, names) if differing else {}
        for name in differing:
            cells = {"field": name, "old": row_before[name], "new": row[name]}
            entries.append((str(about["row_id"]), {**about, "kind": "changed", **cells}))
    entries.sort(key=lambda entry: entry[0])
    yield from (entry for _, entry in entries)


def _about(
    row: Mapping[Any, str], frame: pd.DataFrame, at: int, schema: Schema, names: Mapping[str, str]
) -> dict[str, str | None]:
    """What every change of a row says of it."""
    content = "\0".join(row.values())
    row_id = row.get(schema.primary_key) or _digest(content)
    return {
        "resource": schema.resource,
        "row_id": row_id,
        "name": row_name(row, schema, names),
        "nuts3": _region(row, frame, at),
        "valley_id": row.get("valley_id") or _cell(frame, at, "valley_id"),
    }


def _region(row: Mapping[Any, str], frame: pd.DataFrame, at: int) -> str | None:
    """The smallest region that a row is known to be in; a country has two letters."""
    found = _cell(frame, at, "nuts3")
    if found is None and row.get("nuts_codes"):
        found = _common_start(row["nuts_codes"].split(";"))
    if not found and row.get("country"):
        found = {"GR": "EL", "GB": "UK"}.get(row["country"], row["country"])
    return found or None


def _common_start(codes: Sequence[str]) -> str:
    """The smallest NUTS region that several are in: what their codes begin with alike."""
    first, last = min(codes), max(codes)
    return first[: next((i for i, c in enumerate(first) if last[i : i + 1] != c), len(first))]


def _cell(frame: pd.DataFrame, at: int, name: str) -> str | None:
    cell = frame[name].iloc[at] if name in frame else None
    return cell if isinstance(cell, str) and cell else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_ID_LENGTH]


def _alike(
    new: pd.DataFrame,
    old: pd.DataFrame,
    left_new: list[int],
    left_old: list[int],
    naming: Sequence[str],
) -> Pairs:
    """Pairs of changed rows, the likest first, each row once."""
    if not left_new or not left_old:
        return []
    after, before = new.iloc[left_new], old.iloc[left_old]
    if len(left_new) * len(left_old) <= _MAX_PAIRS:
        a, b = (axis.ravel() for axis in np.indices((len(left_new), len(left_old))))
    else:
        named = after[naming].assign(a=range(len(after))).merge(
            before[naming].assign(b=range(len(before))), on=list(naming)
        )  # fmt: skip
        a, b = (named[side].to_numpy(dtype=np.int64)[:_MAX_PAIRS] for side in "ab")
    equal, said = np.zeros(len(a)), np.zeros(len(a))
    for name in new:
        codes = pd.factorize(pd.concat([after[name], before[name]]))[0]
        one, other = codes[: len(after)][a], codes[len(after) :][b]
        filled = (after[name] != "").to_numpy()[a] | (before[name] != "").to_numpy()[b]
        said += filled
        equal += filled & (one == other)
    share = equal / np.maximum(said, 1)
    found: Pairs = []
    used_new: set[int] = set()
    used_old: set[int] = set()
    for k in np.lexsort((b, a, -share)):
        if share[k] < _ALIKE:
            break
        if a[k] not in used_new and b[k] not in used_old:
            used_new.add(a[k])
            used_old.add(b[k])
            found.append((left_new[a[k]], left_old[b[k]]))
    return found
