"""What is in the register but not in a file that would take the register's place.

Such as suggestions that were accepted since the file was taken from the register. What the file
changes by itself is told from it by what is published: only what the register has otherwise than
the release, and otherwise than the file, would be lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ecosystem.common.settings import settings
from etl.reading import extract, register_file
from etl.register.comparable import comparable_texts
from etl.register.normalise import load_aliases, normalise
from etl.release.change import ORGANISATIONS
from etl.release.lists import as_texts, row_name
from etl.schema import Column, Schema
from etl.tuples import are_among

_CHECKED_ON, _FORMER_NAMES = "checked_on", "former_names"
# A release knows where every row is, the register says it of those that need it.
_WHERE = ("nuts2_hint", "lat", "lon")


@dataclass(frozen=True)
class Loss:
    """A row or a field of the register that a file doesn't have.

    Attributes
    ----------
    resource : str
        Which register file.
    name : str
        What the row is about, for people.
    key : str
        Its identifier; empty if its rows have none.
    column : str
        Title of the column; empty for a whole row.
    in_register, in_file : str
        The cell in the register and in the file; empty for a whole row.
    checked_on : str
        When the register's row was last changed or checked, ISO 8601; empty if it doesn't say.
    """

    resource: str
    name: str
    key: str
    column: str = ""
    in_register: str = ""
    in_file: str = ""
    checked_on: str = ""


def losses(
    files: Mapping[str, pd.DataFrame],
    register_dir: Path,
    schemas: Mapping[str, Schema],
    published: Mapping[str, pd.DataFrame],
    merged_into: Mapping[str, str],
) -> list[Loss]:
    """Rows and fields that the register has and files in its place wouldn't.

    Parameters
    ----------
    files : mapping of str to pandas.DataFrame
        From :func:`etl.release.adopt.files_from_elsewhere`.
    register_dir : Path
        Folder of the register files.
    schemas : mapping of str to Schema
        Their schemas.
    published : mapping of str to pandas.DataFrame
        Tables of the current release by resource, as far as it has them.
    merged_into : mapping of str to str
        Merged identifier -> the one that stays.

    Returns
    -------
    list of Loss
        Rows and fields that are otherwise than published; of a list that isn't published, rows.
        Of a list without identifiers, a changed row counts as a row.

    Raises
    ------
    etl.errors.RegisterError
        If a register file can't be read.
    """
    aliases = load_aliases(settings().schema_dir / "aliases.csv")
    found: list[Loss] = []
    for resource, frame in files.items():
        schema = schemas[resource]
        read = extract(register_file(register_dir, resource), schema)
        register = normalise(read.frame, schema, aliases)
        base = published.get(resource)
        if schema.primary_key:
            found += _by_key(register, frame, schema, base, merged_into)
        else:
            found += _by_content(register, frame, schema, base)
    return found


def _by_content(
    register: pd.DataFrame, file: pd.DataFrame, schema: Schema, base: pd.DataFrame | None
) -> Iterator[Loss]:
    columns = list(schema.columns)
    known = _contents(file, schema, columns)
    if base is not None:
        columns = [name for name in columns if name in base]
        known = _contents(file, schema, columns) | _contents(base, schema, columns)
    contents = as_texts(register, schema, columns).itertuples(index=False, name=None)
    for row, content in zip(register.to_dict("records"), contents, strict=True):
        if content not in known:
            yield Loss(schema.resource, row_name(row, schema, {}), "")


def _contents(frame: pd.DataFrame, schema: Schema, columns: list[str]) -> set[tuple[str, ...]]:
    return set(as_texts(frame, schema, columns).itertuples(index=False, name=None))


def _by_key(
    register: pd.DataFrame,
    file: pd.DataFrame,
    schema: Schema,
    published: pd.DataFrame | None,
    merged_into: Mapping[str, str],
) -> Iterator[Loss]:
    key, resource = schema.primary_key, schema.resource
    is_compared = published is not None or resource == ORGANISATIONS
    base = pd.DataFrame(columns=[key]) if published is None else published
    # Only organisations may be without one, and then go by their name.
    names = set(file["name"]) if resource == ORGANISATIONS else set()
    gone = register[~are_among(register[key], file[key])]
    register, file, release = (frame.drop_duplicates(key).set_index(key)
                               for frame in (register, file, base))  # fmt: skip
    title = {row_id: row_name(row, schema, {}) or str(row_id)
             for row_id, row in register.to_dict("index").items()}  # fmt: skip
    for row in gone.to_dict("records"):
        row_id, name = row[key], row_name(row, schema, {})
        # A published one that goes is listed as removed.
        is_there = row_id in release.index or merged_into.get(row_id) in file.index
        if not is_there and (row_id or name not in names):
            yield Loss(resource, name, row_id, checked_on=row.get(_CHECKED_ON, ""))
    if not is_compared:
        return
    both = register.index.intersection(file.index)
    register, file, release = register.loc[both], file.loc[both], release.reindex(both)
    fields: dict[str, list[Loss]] = {}
    for column in schema.columns.values():
        if column.name == key:
            continue
        for row_id in both[_is_lost(register, file, release, column)]:
            one = Loss(
                resource,
                title[row_id],
                row_id,
                column.title,
                str(register.at[row_id, column.name]),
                str(file.at[row_id, column.name]),
                str(register.at[row_id, _CHECKED_ON]) if _CHECKED_ON in register else "",
            )
            fields.setdefault(one.key, []).append(one)
    day = schema.columns[_CHECKED_ON].title if _CHECKED_ON in schema.columns else ""
    for found in fields.values():
        # The day follows from the other changes of the row.
        yield from [one for one in found if one.column != day] or found


def _is_lost(
    register: pd.DataFrame, file: pd.DataFrame, release: pd.DataFrame, column: Column
) -> np.ndarray:
    """Which rows of the register have another cell than the file and the release."""
    name = column.name
    in_register, in_file = (comparable_texts(frame[name], column) for frame in (register, file))
    differs = in_register != in_file
    if name == _FORMER_NAMES:
        return differs & _has_more_names(register, file, release)
    if name == "nuts2_hint" and name not in release and "nuts3" in release:
        base = comparable_texts(release["nuts3"].str[:4], column)
    elif name in release:
        base = comparable_texts(release[name], column)
    else:
        return differs
    lost: np.ndarray = differs & (in_register != base)
    return lost & (in_register != "") if name in _WHERE else lost


def _has_more_names(
    register: pd.DataFrame, file: pd.DataFrame, release: pd.DataFrame
) -> np.ndarray:
    """Rows with a former name that is neither in the file nor in the release.

    A release has former names besides, which it recorded itself.
    """
    published = release[_FORMER_NAMES] if _FORMER_NAMES in release else [None] * len(register)
    cells = zip(register[_FORMER_NAMES], file[_FORMER_NAMES], published, strict=True)
    more = [set(own.split(";")) - {*other.split(";"), *_items(base)} - {""}
            for own, other, base in cells]  # fmt: skip
    return np.array([bool(names) for names in more], dtype=bool)


def _items(cell: object) -> list[str]:
    return [str(item) for item in cell] if isinstance(cell, list | np.ndarray) else []
