"""How large a workbook really is, counted before a library that believes it opens it."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field

from etl.errors import RegisterError

MAX_UNPACKED_BYTES = 1024 * 1024 * 1024
# No register is wider; a stray cell far to the right must not fill the memory.
MAX_COLUMNS = 200
# Cells of a sheet with all gaps filled: what the reader takes memory for.
MAX_CELLS = 40_000_000
# As many rows as a spreadsheet program has.
MAX_SHEET_ROWS = 1_048_576
# Text of all cells of a sheet, in bytes; one shared text may be in very many cells.
MAX_TEXT_BYTES = 1024 * 1024 * 1024
MAX_FLAWS = 10_000
CHUNK = 1 << 20
# How the binary formats write an error: [MS-XLSB] section 2.5.98.2, [MS-XLS] section 2.5.10.
ERROR_CODES = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!",
               42: "#N/A", 43: "#GETTING_DATA"}  # fmt: skip

_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^<>]*>")
_ATTRIBUTE = re.compile(rb"""\s(Id|Target|Type)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


@dataclass
class Scan:
    """How far the cells of a sheet reach, and which have something wrong.

    Attributes
    ----------
    rows, columns : int
        Last row and column with a cell, from 1.
    flaws : dict of (int, int) to str
        As in :class:`etl.reading.model.Sheet`.
    hidden_rows, struck_rows : set of int
        Rows that the program doesn't show, and rows with a cell that is struck through.
    """

    rows: int = 0
    columns: int = 1
    flaws: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    struck_rows: set[int] = field(default_factory=set)

    @property
    def cells(self) -> int:
        """How many cells it has with the gaps between them filled."""
        return self.rows * self.columns

    @property
    def is_sparse(self) -> bool:
        """Whether filling the gaps between its cells would take too much memory."""
        return self.columns > MAX_COLUMNS or self.cells > MAX_CELLS

    def add(self, row: int, column: int, what: str) -> None:
        """Remember what is wrong in a cell, unless too many are wrong already."""
        if len(self.flaws) < MAX_FLAWS:
            self.flaws[row, column] = what


def check_size(name: str, content: bytes) -> None:
    """Unpack a ZIP file into nothing, counting: what it says of its own size may be wrong.

    Raises
    ------
    RegisterError
        If it unpacks to more than any register needs.
    """
    total = 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            with archive.open(member) as stream:
                while piece := stream.read(CHUNK):
                    total += len(piece)
                    if total > MAX_UNPACKED_BYTES:
                        raise RegisterError(
                            f"{name}: unpacks to more than {MAX_UNPACKED_BYTES // 1024**2:,} MB, "
                            "which no register needs; save the sheet as CSV UTF-8."
                        )


def check_rows(name: str, scan: Scan) -> None:
    """Refuse a sheet with more rows than a spreadsheet program has.

    Raises
    ------
    RegisterError
        If it has.
    """
    if scan.rows > MAX_SHEET_ROWS:
        raise RegisterError(
            f"{name}: the sheet has more than {MAX_SHEET_ROWS:,} rows; delete the empty rows "
            "below the last one, or save the sheet as CSV UTF-8."
        )


def too_much_text(name: str) -> RegisterError:
    """What is said of a sheet whose cells hold more text than the memory."""
    return RegisterError(
        f"{name}: its cells hold more than {MAX_TEXT_BYTES // 1024**2:,} MB of text, which no "
        "register needs; save the sheet as CSV UTF-8."
    )


def too_far_apart(name: str, scan: Scan) -> RegisterError:
    """What is said of a sheet that would fill the memory with what is between its cells."""
    from openpyxl.utils import get_column_letter  # slow to import, and seldom needed

    return RegisterError(
        f"{name}: its cells lie further apart than any register needs, down to row "
        f"{scan.rows:,} and to the right to column {get_column_letter(min(scan.columns, 18_278))}; "
        "delete those that are far from the table, or save the sheet as XLSX or CSV UTF-8."
    )


def protection_error(name: str) -> RegisterError:
    """What is said of a workbook that only a password opens."""
    return RegisterError(
        f"{name}: the workbook is protected by a password; open it, take the protection away, and "
        "save it again."
    )


def worksheet_targets(relations: bytes) -> dict[str, str]:
    """Id of each relation to a worksheet -> member of the archive."""
    targets = {}
    for tag in _RELATION.findall(relations):
        found = {key: one or other for key, one, other in _ATTRIBUTE.findall(tag)}
        if found.get(b"Type", b"").endswith(b"/worksheet"):
            target = found.get(b"Target", b"").decode()
            targets[found.get(b"Id", b"").decode()] = (
                target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            )
    return targets
