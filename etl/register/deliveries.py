"""The register files of what the programme and events have brought: what schemas can't say."""

from __future__ import annotations

import pandas as pd

from etl.model import Rejection
from etl.register.dates import future_dates
from etl.register.faults import Faults

SERVICES = "services.csv"
OUTCOMES = "event_outcomes.csv"


def check_services(services: pd.DataFrame) -> list[Rejection]:
    """Services that are still to come, and rows of which nothing says where they are from.

    Parameters
    ----------
    services : pandas.DataFrame
        Valid rows of the register file; the index is the spreadsheet's row number.
    """
    faults = Faults(SERVICES, services, "org_id")
    found = [
        faults.invalid(
            row, "date", "The service lies in the future.", "List it once it has been delivered."
        )
        for row in future_dates(services["date"])
    ]
    return found + [
        faults.invalid(
            row,
            "notes",
            "Nothing says where this row is from.",
            "Name the public page in source_url, or in notes who recorded it.",
        )
        for row in services.index[(services["source_url"] == "") & (services["notes"] == "")]
    ]


def check_outcomes(outcomes: pd.DataFrame) -> list[Rejection]:
    """Outcomes of one edition that are there twice, and of editions that are still to come.

    Parameters
    ----------
    outcomes : pandas.DataFrame
        Valid rows of the register file; the index is the spreadsheet's row number.
    """
    faults = Faults(OUTCOMES, outcomes, "edition")
    found = [
        faults.invalid(
            row,
            "start_date",
            "The edition lies in the future.",
            "List its outcomes once it is over.",
        )
        for row in future_dates(outcomes["start_date"])
    ]
    first: dict[tuple[str, str], int] = {}
    for row, event_id, edition in outcomes[["event_id", "edition"]].itertuples(name=None):
        same = first.setdefault((event_id, edition.casefold()), int(row))
        if same != row:
            reason = f"This edition of {event_id} is already in row {same}."
            found.append(faults.repeated(row, "edition", reason))
    return found
