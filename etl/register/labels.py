"""The register file of labels: what its Table Schema can't say."""

from __future__ import annotations

import pandas as pd

from etl.model import Rejection
from etl.register.dates import NOT_IN_CALENDAR, day

FILE = "labels.csv"


def check_labels(labels: pd.DataFrame) -> list[Rejection]:
    """Days that don't exist, labels that end before they begin, and awards that are there twice.

    Parameters
    ----------
    labels : pandas.DataFrame
        Valid rows of the register file; the index is the spreadsheet's row number.
    """
    found = []
    first: dict[tuple[str, str], int] = {}
    for number, row in labels.iterrows():
        column, reason, mend, step = _fault(row, first.setdefault(_award(row), int(str(number))))
        if reason:
            found.append(
                Rejection(
                    step, FILE, int(str(number)), row["org_id"], column, row[column], reason, mend
                )
            )
    return found


def _award(row: pd.Series) -> tuple[str, str]:
    return str(row["org_id"]), str(row["awarded"])


def _fault(row: pd.Series, first: int) -> tuple[str, str, str, str]:
    """Column, reason, remedy and step of what is wrong with a row; no reason if it is sound."""
    for column in ("awarded", "valid_until"):
        if day(row[column]) is None:
            return column, *NOT_IN_CALENDAR, "validate"
    # Both are ISO 8601, so their texts are in the order of the days.
    if row["valid_until"] <= row["awarded"]:
        return (
            "valid_until",
            f"The label ends before it is awarded or on the same day ({row['awarded']}).",
            "Check both days: the last day must come after the award.",
            "validate",
        )
    if first != row.name:
        return (
            "awarded",
            f"This organisation's award of {row['awarded']} is already in row {first}.",
            "Delete one of the two rows. A renewed label is a new row with its own day of award.",
            "deduplicate",
        )
    return "", "", "", ""
