"""What reading gives: cells as text, and where each is in the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pandas as pd

# Longer lists of names in a message help nobody.
MAX_NAMES_LISTED = 20
MAX_NAME = 60

# What a cell says whose formula was saved without its result.
NO_RESULT = "#NO RESULT!"
_ERROR = re.compile(
    r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!"
    r"|UNKNOWN!|EXTERNAL!|PYTHON!|GETTING_DATA|DATA!)|Err:[0-9]{3}"
)

# Where rows are added to the register's, its own have numbers that no file reaches.
REGISTER_ROWS = 10_000_000
_REGISTER_ROW = re.compile(r"\b1(?:[0-9]{7}|[0-9],[0-9]{3},[0-9]{3})\b")
_ROWS_OF_NOTE = re.compile(r"[^:]*, rows? ([0-9, and]+?)(?: and [0-9,]+ more)?:")

Row = tuple[int, list[str]]  # number as the file counts, and the cells


class Area(NamedTuple):
    """Cells of one column from a row to another, both counted from 1."""

    column: int
    first: int
    last: int


@dataclass(frozen=True)
class Sheet:
    """One table of a file, before anybody knows which register file it is.

    Attributes
    ----------
    name : str
        Name of the sheet; empty for a file that has none.
    rows : list of (int, list of str)
        Rows with at least one cell that isn't blank, with their numbers. The first cell of
        each is in the file's column A.
    flaws : mapping of (int, int) to str
        Cells that hold an error or a formula without its result: (row, column from 1) -> what
        is there instead, ``"#REF!"`` or :data:`NO_RESULT`.
    kind : str
        ``csv``, ``xlsx``, ``xlsb``, ``xls``, ``ods`` or ``geojson``.
    delimiter, encoding : str
        What separates the cells of a text file, and Python's name of its encoding; empty for
        others.
    hidden : bool
        Whether the spreadsheet program doesn't show it.
    hidden_rows, struck_rows : frozenset of int
        Rows that the program doesn't show, and rows with a cell that is struck through.
    merged : tuple of Area
        Cells that were merged into one, from their first row to their last.
    """

    name: str
    rows: list[Row]
    flaws: Mapping[tuple[int, int], str] = field(default_factory=dict)
    kind: str = "csv"
    delimiter: str = ""
    encoding: str = ""
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    struck_rows: frozenset[int] = frozenset()
    merged: tuple[Area, ...] = ()


@dataclass(frozen=True)
class Origin:
    """Where the columns of a register file are in the file that was read.

    Attributes
    ----------
    path : Path
        The file.
    kind : str
        As in :class:`Sheet`.
    sheet : str
        Its sheet; empty if the file has none.
    header_row : int
        Row number of the header.
    columns : mapping of str to (int, str)
        Column of the schema -> column number from 1, and the header as it is written.
    delimiter, encoding : str
        As in :class:`Sheet`.
    """

    path: Path
    kind: str
    sheet: str
    header_row: int
    columns: Mapping[str, tuple[int, str]]
    delimiter: str = ""
    encoding: str = ""


@dataclass(frozen=True)
class Extract:
    """A register file as read.

    Attributes
    ----------
    file : str
        File name without folder.
    sha256 : str
        Hash of the file's bytes, hexadecimal.
    frame : pandas.DataFrame
        All columns of the schema as text, empty where the file has nothing. The index
        ``row`` is the row number that the file's own program shows.
    origin : Origin
        Where the columns are in the file.
    notes : list of str
        What was assumed or left out, as sentences.
    added_to : Extract or None
        The register's own file, if the rows are to be added to those; None if they are all.
    """

    file: str
    sha256: str
    frame: pd.DataFrame
    origin: Origin
    notes: list[str] = field(default_factory=list)
    added_to: Extract | None = None

    @property
    def whole(self) -> pd.DataFrame:
        """All rows of the list: those of the register that the file adds to, then its own.

        The number of a row of the register is higher by :data:`REGISTER_ROWS`.
        """
        if self.added_to is None:
            return self.frame
        own = self.added_to.frame
        return pd.concat([own.set_axis(own.index + REGISTER_ROWS), self.frame])

    def part(self, row: int) -> tuple[Extract, int]:
        """The file that a row of the whole list is in, and its number there."""
        if self.added_to is not None and row >= REGISTER_ROWS:
            return self.added_to, row - REGISTER_ROWS
        return self, row

    def cell(self, row: int, column: str) -> str:
        """Where a cell is, as the file's own program writes it.

        Parameters
        ----------
        row : int
            Row number.
        column : str
            Column of the schema.

        Returns
        -------
        str
            ``"C12"`` in a spreadsheet, ``"row 12, column “Name”"`` in a text file,
            ``"feature 11, “name”"`` in GeoJSON; the row alone if the file lacks the column.
        """
        number, header = self.origin.columns.get(column, (0, ""))
        if self.origin.kind == "geojson":
            return f"feature {row - 1}" + (f", “{header}”" if number else "")
        if not number:
            return f"row {row}"
        if self.origin.kind == "csv":
            return f"row {row}, column “{header}”"
        from openpyxl.utils import get_column_letter  # slow to import, and seldom needed

        return f"{get_column_letter(number)}{row}"


def name_register_rows(text: str) -> str:
    """A sentence in which rows of the register that a file adds to have their own numbers."""
    return _REGISTER_ROW.sub(
        lambda found: f"{int(found[0].replace(',', '')) - REGISTER_ROWS:,} of the register", text
    )


def names_register_rows_only(note: str) -> bool:
    """Whether all rows that a note begins with are of the register that a file adds to."""
    rows = _ROWS_OF_NOTE.match(note)
    return rows is not None and not re.search("[0-9]", _REGISTER_ROW.sub("", rows[1]))


def is_error(text: str) -> bool:
    """Whether a cell holds what a spreadsheet program shows in place of a result."""
    return text == NO_RESULT or _ERROR.fullmatch(text) is not None


def list_names(names: list[str]) -> str:
    """Names as a list in a sentence, not too many and none too long."""
    more = len(names) - MAX_NAMES_LISTED
    shown = ", ".join(name[:MAX_NAME] for name in names[:MAX_NAMES_LISTED])
    return f"{shown} and {more:,} more" if more > 0 else shown
