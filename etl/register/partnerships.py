"""The register files of partnerships and their members: what their Table Schemas can't say."""

from __future__ import annotations

import pandas as pd

from ecosystem.common.text import fold
from etl.model import Rejection, note_rows
from etl.places.regions import Regions
from etl.register.faults import Faults
from etl.tuples import numbered_tuples

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
    faults = Faults(MEMBERS, members, "member_name")
    found = []
    first: dict[tuple[str, str], int] = {}
    rows = numbered_tuples(members, "partnership_id", "member_name", "nuts_code")
    for row, (partnership_id, name, nuts_code) in rows:
        same = first.setdefault((partnership_id, fold(name)), row)
        if same != row:
            reason = f"This member of {partnership_id} is already in row {same}."
            found.append(faults.repeated(row, "member_name", reason))
        if nuts_code and nuts_code not in known:
            found.append(
                faults.invalid(
                    row,
                    "nuts_code",
                    f"{nuts_code} is no NUTS 2021 code.",
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
