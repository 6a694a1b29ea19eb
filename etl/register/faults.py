"""Faults of rows that no single cell shows, as the checks of a list find them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from etl.model import Rejection


@dataclass(frozen=True)
class Faults:
    """Makes the rejections of one register file.

    Attributes
    ----------
    file : str
        Its name.
    frame : pandas.DataFrame
        Its rows as text; the index is the spreadsheet's row number.
    named : str
        The column that tells people which row it is.
    """

    file: str
    frame: pd.DataFrame
    named: str

    def invalid(self, row: object, column: str, reason: str, mend: str) -> Rejection:
        """A cell that can't be true."""
        return self._rejection("validate", row, column, reason, mend)

    def repeated(self, row: object, column: str, reason: str) -> Rejection:
        """A row that says what another one says."""
        return self._rejection("deduplicate", row, column, reason, "Delete one of the two rows.")

    def _rejection(self, step: str, row: object, column: str, reason: str, mend: str) -> Rejection:
        name, value = (str(self.frame.at[row, which]) for which in (self.named, column))
        return Rejection(step, self.file, int(str(row)), name, column, value, reason, mend)
