"""The register file of facts on organisations: each kind of fact has values of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pandas as pd

from ecosystem.common.vocabulary import COMPANY_STAGES, EMPLOYEE_BANDS
from etl.model import Rejection, note_rows
from etl.register.faults import Faults
from etl.tuples import numbered_tuples

FILE = "organisation_facts.csv"
_KEY = ["org_id", "fact"]


def _is_year(text: str) -> bool:
    return re.fullmatch(r"[12][0-9]{3}", text) is not None and not _is_to_come(text)


def _is_to_come(year: str) -> bool:
    return int(year) > datetime.now(UTC).year


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]{1,3})?", text) is not None and float(text) > 0


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda text: compiled.fullmatch(text) is not None


# Whether a value is one of its kind, and what is; kinds that aren't here take any text.
_VALUES: dict[str, tuple[Callable[[str], bool], str]] = {
    "stage": (COMPANY_STAGES.__contains__, f"one of {', '.join(COMPANY_STAGES)}"),
    "employees": (_matches("[1-9][0-9]{0,6}"), "a whole number of employees"),
    "employees_band": (EMPLOYEE_BANDS.__contains__, f"one of {', '.join(EMPLOYEE_BANDS)}"),
    "revenue_meur": (_is_number, "a number of million euro above zero, such as 13.2"),
    "founded": (_is_year, "a year of four digits that isn't to come"),
    "headquarters_country_of_owner": (
        _matches("[A-Z]{2}"),
        "the country's code of two letters, such as FR",
    ),
}


def check_facts(facts: pd.DataFrame) -> list[Rejection]:
    """Values that are none of their kind, years to come, and facts that are there twice.

    Parameters
    ----------
    facts : pandas.DataFrame
        Valid rows of the register file; the index is the spreadsheet's row number.
    """
    faults = Faults(FILE, facts, "org_id")
    found = []
    first: dict[tuple[str, ...], int] = {}
    for row, known in numbered_tuples(facts, *_KEY, "value", "year"):
        _, fact, value, year = known
        is_value, wanted = _VALUES.get(fact, (bool, "a text"))
        if not is_value(value):
            reason = f"This is no value of the fact {fact}."
            found.append(faults.invalid(row, "value", reason, f"Write {wanted}."))
        if year and _is_to_come(year):
            mend = "Check the year: it is the one that the fact is of."
            found.append(faults.invalid(row, "year", "The year lies in the future.", mend))
        same = first.setdefault(known, row)
        if same != row:
            found.append(faults.repeated(row, "value", f"This fact is already in row {same}."))
    return found


def fact_notes(facts: pd.DataFrame, organisations: pd.DataFrame) -> list[str]:
    """Facts of one year that contradict each other, and years of foundation that differ.

    Parameters
    ----------
    facts, organisations : pandas.DataFrame
        Valid rows of the register files; the index is the spreadsheet's row number.
    """
    notes = []
    for (org_id, fact, year), group in facts.groupby([*_KEY, "year"], sort=False):
        if year and len(group) > 1:
            values = " and ".join(group["value"])
            sentence = f"{org_id} has {values} as {fact} of {year}; both are shown."
            notes.append(note_rows(FILE, [int(row) for row in group.index], sentence))
    listed = organisations.drop_duplicates("org_id").set_index("org_id")["founded"]
    founded = facts[facts["fact"] == "founded"]
    for row, org_id, year in founded[["org_id", "value"]].itertuples(name=None):
        known = listed.get(org_id, "")
        if known and known != year:
            sentence = (
                f"{org_id} was founded in {year} by this row, in {known} by organisations.csv; "
                "the list of organisations counts."
            )
            notes.append(note_rows(FILE, [int(row)], sentence))
    return notes
