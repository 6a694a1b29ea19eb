"""Change, add or take off one row of a register file, and nothing else in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from ecosystem.common.text import slug
from etl import actions
from etl.actions import Action
from etl.errors import RegisterError
from etl.reading import register_file
from etl.register.mint import MAX_SLUG, possible_ids
from etl.register.rows import KEY, RegisterFile
from etl.schema import Schema
from etl.shared_lock import register_lock

_WRITABLE = (".csv", ".tsv")


class RowChangedError(RegisterError):
    """Somebody else has changed or removed the row meanwhile; the message says so."""


@dataclass(frozen=True)
class Edit:
    """What becomes of one row.

    Attributes
    ----------
    schema : Schema
        Of the register file.
    before : dict of str to str
        The row's cells by column as they were read; empty for a new row.
    after : dict of str to str
        Cells as they shall be; empty if the row goes.
    """

    schema: Schema
    before: Mapping[str, str]
    after: Mapping[str, str]

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change."""
        names = {*self.before, *self.after}
        return all(self.before.get(name, "") == self.after.get(name, "") for name in names)

    @property
    def subject(self) -> str:
        """Which row of which list it is, for people."""
        row = self.after or self.before
        named = [self.schema.primary_key, *self.schema.naming_columns]
        words = " ".join(filter(None, (row.get(name, "") for name in named)))
        return f"{self.schema.resource}: {words}"


def read_rows(register_dir: Path, schema: Schema) -> list[dict[str, str]]:
    """Rows of a register file as cells by column, in the order of the file.

    Raises
    ------
    RegisterError
        If it can't be read, or isn't a CSV file.
    """
    return _file(register_dir, schema).rows()


def changed_file(register_dir: Path, edit: Edit) -> bytes:
    """The register file as it would be; every other byte stays.

    Raises
    ------
    RowChangedError
        If the row isn't there any more as it was read.
    RegisterError
        If the file can't be read or written so.
    """
    return _change(_file(register_dir, edit.schema), edit)


def new_id(
    register_dir: Path, schema: Schema, cells: Mapping[str, str], used: Collection[str] = ()
) -> str:
    """An identifier for a new row that no other row has.

    An organisation's is made as `cyber-valleys mint` makes it, another one's of its name.

    Parameters
    ----------
    register_dir : Path
        Folder of the register files.
    schema : Schema
        Of the file.
    cells : mapping of str to str
        The new row.
    used : collection of str
        Identifiers of former rows, which no other gets.
    """
    taken = {row.get(schema.primary_key, "") for row in read_rows(register_dir, schema)} | {*used}
    name = next((cells[column] for column in schema.naming_columns if cells.get(column)), "")
    if schema.primary_key == KEY:
        candidates = possible_ids(name, cells.get("city", ""), cells.get("country", ""))
    else:
        base = slug(name)[:MAX_SLUG].strip("-") or schema.resource
        candidates = chain([base], (f"{base}-{number}" for number in count(2)))
    return next(candidate for candidate in candidates if candidate not in taken)


def row_number(content: bytes, edit: Edit) -> int:
    """Which row of the changed file it is, as a spreadsheet counts; 0 if it was taken off."""
    file = RegisterFile(Path(edit.schema.file), key="", content=content)
    return max(_numbers(file, edit.after), default=0) if edit.after else 0


def save(register_dir: Path, edit: Edit) -> None:
    """Write one row into the register; the next refresh publishes it.

    Raises
    ------
    RowChangedError
        If the row isn't there any more as it was read. Nothing was changed.
    RegisterError
        If the file can't be read or written so.
    etl.errors.PublishError
        If it can't be written, or somebody else changes it for too long.
    """
    actions.require_ready()
    path = _path(register_dir, edit.schema)
    with register_lock(path):
        done = actions.entry_of_change(Action.EDIT, edit.subject, edit.before, edit.after)
        actions.replace_file(path, _change(_file(register_dir, edit.schema), edit), done)


def _change(file: RegisterFile, edit: Edit) -> bytes:
    missing = [n for n in edit.schema.columns if edit.after.get(n) and n not in file.columns]
    if missing:
        # A column that a register may lack comes with its first cell.
        file = RegisterFile(file.path, key="", content=file.with_columns(missing))
    if not edit.before:
        return file.with_new_row(edit.after)
    number = _number(file, edit)
    return file.with_changed_row(number, edit.after) if edit.after else file.without_row(number)


def _number(file: RegisterFile, edit: Edit) -> int:
    """Where the row is now; rows before it may have come or gone."""
    for number in _numbers(file, edit.before):
        return number
    raise RowChangedError(
        f"{edit.subject}: somebody else has changed or removed this row of {file.path.name} "
        "meanwhile. Nothing was changed; choose it again and look at it as it is now."
    )


def _numbers(file: RegisterFile, cells: Mapping[str, str]) -> Iterator[int]:
    """Rows with exactly these cells, as a spreadsheet counts."""
    for number, row in file.numbered_rows():
        if all(row.get(column, "") == cells.get(column, "") for column in file.columns):
            yield number


def _file(register_dir: Path, schema: Schema) -> RegisterFile:
    return RegisterFile(_path(register_dir, schema), key="")


def _path(register_dir: Path, schema: Schema) -> Path:
    path = register_file(register_dir, schema.resource)
    if path.suffix.lower() not in _WRITABLE:
        raise RegisterError(
            f"{path.name}: single rows are written into CSV files only; save the sheet as CSV "
            "UTF-8."
        )
    return path
