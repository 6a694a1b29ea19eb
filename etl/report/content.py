"""What a report says, worked out once for the page and the workbooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ecosystem.common.settings import settings
from etl.model import Rejection
from etl.pipeline import Outcome, Prepared
from etl.reading import Extract
from etl.release.change import ORGANISATIONS
from etl.report import words
from etl.schema import load_schemas

# A change of these fields is shown under another name than their column's title.
_FIELD_TITLES = {"nuts3": "Region (NUTS 3)", "valley_id": "Valley", "former_names": "Former names"}


@dataclass(frozen=True)
class Cell:
    """Where a faulty cell is in the file that a person opened.

    Attributes
    ----------
    file : str
        Name of that file.
    sheet : str
        Its sheet; empty if the file has none.
    reference : str
        As its program writes it, ``C12`` or ``row 12, column “Name”``.
    row : int
        Row number.
    column : int
        Column number, from 1; 0 if the file lacks the column.
    """

    file: str
    sheet: str
    reference: str
    row: int
    column: int

    def __str__(self) -> str:
        return f"{self.sheet}, {self.reference}" if self.sheet else self.reference


@dataclass(frozen=True)
class Content:
    """A check's findings, and what a person needs to find them in the files.

    Attributes
    ----------
    outcome : Outcome
        What was checked, and what became of it.
    """

    outcome: Outcome

    @property
    def prepared(self) -> Prepared:
        """What was checked."""
        return self.outcome.prepared

    @cached_property
    def extracts(self) -> dict[str, Extract]:
        """Files as read, by the name of the register file that they stand for."""
        return {f"{name}.csv": read for name, read in self.prepared.extracts.items()}

    @cached_property
    def titles(self) -> dict[str, str]:
        """Titles of the columns of the organisations."""
        columns = load_schemas(settings().schema_dir)["organisations"].columns
        return {name: column.title for name, column in columns.items()} | _FIELD_TITLES

    def cell(self, fault: Rejection) -> Cell:
        """Where the cell of a fault is."""
        return cell_of(fault, self.extracts)

    def changes(self, kind: str) -> pd.DataFrame:
        """Changes of one kind, with the columns of :data:`words.CHANGE_COLUMNS`."""
        change = self.prepared.change
        # Columns without any text are of no type that could hold an empty one.
        own = (change["resource"] == ORGANISATIONS) & (change["kind"] == kind)
        rows = change[own].astype(object).fillna("")
        if kind == "changed":
            rows = rows.assign(field=rows["field"].map(lambda name: self.titles.get(name, name)))
            rows[["old", "new"]] = rows[["old", "new"]].replace("", words.EMPTY)
        names = {
            "Identifier": "row_id", "Organisation": "name", "Field": "field", "Before": "old",
            "Now": "new", "Merged into": "new", "In": "new", "By": "new",
        }  # fmt: skip
        columns = words.CHANGE_COLUMNS[kind]
        return rows[[names[column] for column in columns]].set_axis(list(columns), axis=1)

    @cached_property
    def list_changes(self) -> pd.DataFrame:
        """Changes of the other lists, with the columns of :data:`words.LIST_CHANGE_COLUMNS`."""
        change = self.prepared.change
        rows = change[change["resource"] != ORGANISATIONS].astype(object).fillna("")
        schemas = load_schemas(settings().schema_dir)
        is_field, sides = rows["kind"] == "changed", ["old", "new"]
        rows.loc[is_field, sides] = rows.loc[is_field, sides].replace("", words.EMPTY)
        return pd.DataFrame(
            {
                "List": rows["resource"],
                "Row": rows["name"],
                "Identifier": [
                    row_id if schemas[resource].primary_key else ""
                    for resource, row_id in zip(rows["resource"], rows["row_id"], strict=True)
                ],
                "Change": rows["kind"].map(words.LIST_CHANGES),
                "Field": [
                    schemas[resource].columns[name].title if name else ""
                    for resource, name in zip(rows["resource"], rows["field"], strict=True)
                ],
                "Before": rows["old"],
                "Now": rows["new"],
            },
            dtype=object,
        )

    def successions(self) -> list[tuple[str, str, str, str]]:
        """Organisations that may go on under another identifier, by ``SUCCESSION_COLUMNS``."""
        found = self.prepared.transformed.successions
        return [(f"{s.score:.0f} %", s.old_id, s.new_id, s.evidence) for s in found]


def cell_of(fault: Rejection, extracts: Mapping[str, Extract]) -> Cell:
    """Where the cell of a fault is in the file that was read.

    Parameters
    ----------
    fault : Rejection
        The fault.
    extracts : mapping of str to Extract
        Files as read, by the name of the register file that they stand for.
    """
    read, row = extracts[fault.file].part(fault.row)
    column, _ = read.origin.columns.get(fault.column, (0, ""))
    file = f"{read.file} of the register" if read is not extracts[fault.file] else read.file
    return Cell(file, read.origin.sheet, read.cell(row, fault.column), row, column)
