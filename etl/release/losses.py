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
from etl.register.normalise import load_aliases, normalise
from etl.schema import Column, Schema

ORGANISATIONS = "organisations"
_CHECKED_ON, _FORMER_NAMES = "checked_on", "former_names"
# A release has these of every organisation, the register of those that need them.
_WHERE = ("nuts2_hint", "lat", "lon")
_TITLES = ("name", "title", "territory")


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
    published: pd.DataFrame | None,
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
    published : pandas.DataFrame or None
        Table ``organisation`` of the current release; None if there is none.
    merged_into : mapping of str to str
        Merged identifier -> the one that stays.

    Returns
    -------
    list of Loss
        Of organisations, rows and fields that are otherwise than published; of other lists,
        rows only.

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
        if resource == ORGANISATIONS:
            found += _organisations(register, frame, schema, published, merged_into)
        else:
            found += _rows(register, frame, schema)
    return found


def _rows(register: pd.DataFrame, file: pd.DataFrame, schema: Schema) -> Iterator[Loss]:
    """Rows by their identifier, or by all cells where they have none."""
    columns = [schema.primary_key] if schema.primary_key else list(schema.columns)
    known = set(file[columns].itertuples(index=False, name=None))
    title = next((name for name in _TITLES if name in schema.columns), "")
    for row in register.to_dict("records"):
        if tuple(row[name] for name in columns) not in known:
            key = row.get(schema.primary_key, "")
            name = row[title] if title else " and ".join(filter(None, map(row.get, _ids(schema))))
            yield Loss(schema.resource, name, key)


def _ids(schema: Schema) -> list[str]:
    return [name for name in schema.columns if name.startswith("org_id")]


def _organisations(
    register: pd.DataFrame,
    file: pd.DataFrame,
    schema: Schema,
    published: pd.DataFrame | None,
    merged_into: Mapping[str, str],
) -> Iterator[Loss]:
    base = pd.DataFrame(columns=["org_id"]) if published is None else published
    names = set(file["name"])
    gone = register[~register["org_id"].isin(file["org_id"])]
    register, file, release = (frame.drop_duplicates("org_id").set_index("org_id")
                               for frame in (register, file, base))  # fmt: skip
    for row in gone.to_dict("records"):
        org_id = row["org_id"]
        # A published one that goes is listed as removed; one without identifier goes by its name.
        is_there = org_id in release.index or merged_into.get(org_id) in file.index
        if not is_there and (org_id or row["name"] not in names):
            yield Loss(ORGANISATIONS, row["name"], org_id, checked_on=row[_CHECKED_ON])
    both = register.index.intersection(file.index)
    register, file, release = register.loc[both], file.loc[both], release.reindex(both)
    fields: dict[str, list[Loss]] = {}
    for column in schema.columns.values():
        if column.name == "org_id":
            continue
        for org_id in both[_is_lost(register, file, release, column)]:
            row = register.loc[org_id]
            one = Loss(
                ORGANISATIONS,
                row["name"],
                org_id,
                column.title,
                row[column.name],
                str(file.at[org_id, column.name]),
                row[_CHECKED_ON],
            )
            fields.setdefault(one.key, []).append(one)
    title = schema.columns[_CHECKED_ON].title
    for found in fields.values():
        # The day follows from the other changes of the row.
        yield from [one for one in found if one.column != title] or found


def _is_lost(
    register: pd.DataFrame, file: pd.DataFrame, release: pd.DataFrame, column: Column
) -> np.ndarray:
    """Which rows of the register have another cell than the file and the release."""
    name = column.name
    in_register, in_file = (_texts(frame[name], column) for frame in (register, file))
    differs = in_register != in_file
    if name == _FORMER_NAMES:
        return differs & _has_more_names(register, file, release)
    if name == "nuts2_hint" and "nuts3" in release:
        base = _texts(release["nuts3"].str[:4], column)
    elif name in release:
        base = _texts(release[name], column)
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


def _texts(cells: pd.Series, column: Column) -> np.ndarray:
    """Cells as texts that are equal if they say the same."""
    return np.array([_text(cell, column) for cell in cells], dtype=object)


def _text(cell: object, column: Column) -> str:
    if column.separator:
        items = cell.split(column.separator) if isinstance(cell, str) else _items(cell)
        return column.separator.join(sorted(items))
    if cell is None or cell is pd.NA or cell != cell:
        return ""
    if column.type in ("integer", "number"):
        try:
            return f"{float(str(cell)):.10g}"
        except ValueError:
            return str(cell)
    return str(cell)
