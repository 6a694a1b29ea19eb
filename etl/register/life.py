"""How organisations live: what the status of one asks of the other cells of its row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from ecosystem.common.vocabulary import ENDED
from etl.model import Rejection

FILE = "organisations.csv"
ACTIVE = "active"
STATUS, YEAR, SUCCESSOR_ID, SUCCESSOR_NAME, SOURCE = COLUMNS = (
    "status", "status_year", "successor_id", "successor_name", "status_source_url",
)  # fmt: skip
# What has become of it must be known where it goes on in another, or under another's roof.
_SUCCEEDED = ("acquired", "merged")
_WHO = {"acquired": "the organisation that owns it", "merged": "the organisation it went into"}

_Fault = tuple[str, str, str]  # column, reason, remedy


def check_life(organisations: pd.DataFrame) -> list[Rejection]:
    """Statuses that lack their year, source or successor, or contradict the rest of the row.

    Parameters
    ----------
    organisations : pandas.DataFrame
        Normalised text rows whose cells are valid one by one; the index is the spreadsheet's row
        number. That a successor is in the register is for the check of references.
    """
    own = organisations[list(COLUMNS)]
    told = organisations[(own.drop(columns=STATUS) != "").any(axis=1) | (own[STATUS] != ACTIVE)]
    after = dict(zip(told["org_id"], told[SUCCESSOR_ID], strict=True))
    return [
        Rejection("validate", FILE, int(str(number)), row["name"], column, row[column], *said)
        for number, row in told.iterrows()
        for column, *said in _faults({str(k): str(v) for k, v in row.items()}, after)
    ]


def carry_over(frame: pd.DataFrame, published: pd.DataFrame | None) -> tuple[pd.DataFrame, str]:
    """Rows of a file that says nothing of statuses, with those that are published.

    Parameters
    ----------
    frame : pandas.DataFrame
        Normalised text rows with their identifiers.
    published : pandas.DataFrame or None
        Organisations of the current release, those that have ended among them.

    Returns
    -------
    frame : pandas.DataFrame
        The rows, and a note on how many of them that are; empty if none is.
    """
    if published is None or STATUS not in published:
        return frame, ""
    known = published[published[STATUS] != ACTIVE].set_index("org_id")
    rows = frame["org_id"].isin(known.index)
    if not rows.any():
        return frame, ""
    kept = known.reindex(frame.loc[rows, "org_id"])[list(COLUMNS)]
    cells = frame.copy()
    for name in COLUMNS:
        texts = ["" if pd.isna(v) else f"{v:.0f}" if name == YEAR else str(v) for v in kept[name]]
        cells.loc[rows, name] = texts
    n = int(rows.sum())
    were = "1 organisation keeps its" if n == 1 else f"{n:,} organisations keep their"
    return cells, f"{FILE} has no column status: {were} published status (closed or the like)."


def successions(organisations: pd.DataFrame) -> list[tuple[str, str]]:
    """Pairs of an organisation and its successor or owner in the register."""
    named = organisations[organisations[SUCCESSOR_ID] != ""]
    return list(zip(named["org_id"], named[SUCCESSOR_ID], strict=True))


def _faults(row: Mapping[str, str], after: Mapping[str, str]) -> Iterator[_Fault]:
    status = row[STATUS]
    if status == ACTIVE:
        said = next(name for name in COLUMNS[1:] if row[name])
        yield (
            STATUS,
            f"The status is active, but {said} is filled in.",
            "Write acquired, merged or closed, or empty the other cell.",
        )
        return
    # Who owns it is worth telling, even if nobody knows since when.
    if not row[YEAR] and status in ENDED:
        yield YEAR, f"The status is {status}, without a year.", "Write when it happened."
    elif row[YEAR] and row["founded"] and int(row[YEAR]) < int(row["founded"]):
        yield (
            YEAR,
            f"It would be {status} in {row[YEAR]}, before it was founded in {row['founded']}.",
            "Check both years.",
        )
    if not row[SOURCE]:
        yield (
            SOURCE,
            f"The status is {status}, without a source.",
            "Write the address of the public page that says so.",
        )
    yield from _successor_faults(row, after)


def _successor_faults(row: Mapping[str, str], after: Mapping[str, str]) -> Iterator[_Fault]:
    successor, status = row[SUCCESSOR_ID], row[STATUS]
    if successor and row[SUCCESSOR_NAME]:
        yield (
            SUCCESSOR_NAME,
            "The successor or owner is given twice, by identifier and by name.",
            "Keep the identifier if it is that organisation of the register; else keep the name.",
        )
    if status in _SUCCEEDED and not successor and not row[SUCCESSOR_NAME]:
        yield (
            SUCCESSOR_ID,
            f"The status is {status}, without saying by or into which organisation.",
            f"Write the identifier of {_WHO[status]} into {SUCCESSOR_ID}, or its name into "
            f"{SUCCESSOR_NAME} if it is not in the register.",
        )
    if successor and successor == row["org_id"]:
        yield (
            SUCCESSOR_ID,
            "The organisation is its own successor.",
            "Write the identifier of the other organisation, or empty the cell.",
        )
    elif successor and (circle := _circle(row["org_id"], after)):
        yield (
            SUCCESSOR_ID,
            f"The successors lead back to the organisation itself: {' → '.join(circle)}.",
            "Empty the cell in the row of the one that goes on.",
        )


def _circle(org_id: str, after: Mapping[str, str]) -> list[str]:
    """The way from an organisation over its successors back to it; empty if there is none."""
    way = [org_id]
    while (following := after.get(way[-1], "")) and following not in way[1:]:
        way.append(following)
        if following == org_id:
            return way
    return []
