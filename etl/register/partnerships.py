"""The register files of partnerships and their members: what their Table Schemas can't say."""

from __future__ import annotations

import pandas as pd

from ecosystem.common.text import fold
from etl.model import Rejection, note_rows
from etl.places.regions import Regions

FILE = "partnerships.csv"
MEMBERS = "partnership_members.csv"


def check_members(members: pd.DataFrame, regions: Regions) -> list[Rejection]:
    """Members that are there twice, and regions that don't exist.

    Parameters
    ----------
    members : pandas.DataFrame
        Valid rows of the register file; the index is the spreadsheet's row number.
    regions : Regions
        NUTS regions.
    """
    known = set(regions.drawn["nuts_id"])
    found = []
    first: dict[tuple[str, str], int] = {}
    for row, cells in members.iterrows():
        number = int(str(row))
        same = first.setdefault((cells["partnership_id"], fold(cells["member_name"])), number)
        if same != number:
            found.append(
                _rejection(
                    "deduplicate",
                    number,
                    cells,
                    "member_name",
                    f"This member of {cells['partnership_id']} is already in row {same}.",
                    "Delete one of the two rows.",
                )
            )
        if cells["nuts_code"] and cells["nuts_code"] not in known:
            found.append(
                _rejection(
                    "validate",
                    number,
                    cells,
                    "nuts_code",
                    f"{cells['nuts_code']} is no NUTS 2021 code.",
                    "Correct it, see the NUTS 2021 list, or empty the cell.",
                )
            )
    return found


def partnership_notes(partnerships: pd.DataFrame, members: pd.DataFrame) -> list[str]:
    """Partnerships that connect nobody, for fewer than two members are listed.

    Parameters
    ----------
    partnerships, members : pandas.DataFrame
        Valid rows of the register files; the index is the spreadsheet's row number.
    """
    sizes = partnerships["partnership_id"].map(members["partnership_id"].value_counts()).fillna(0)
    sentences = {
        0: "no member is listed, so it connects nobody.",
        1: "only one member is listed, so it connects nobody.",
    }
    rows = {size: [int(row) for row in sizes.index[sizes == size]] for size in sentences}
    return [note_rows(FILE, rows[n], text) for n, text in sentences.items() if rows[n]]


def _rejection(
    step: str, row: int, cells: pd.Series, column: str, reason: str, mend: str
) -> Rejection:
    return Rejection(step, MEMBERS, row, cells["member_name"], column, cells[column], reason, mend)
