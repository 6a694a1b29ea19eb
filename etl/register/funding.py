"""The register file of funding rounds: what its Table Schema can't say."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ecosystem.common.text import fold
from etl.model import Rejection, note_rows
from etl.register.dates import future_dates
from etl.register.faults import Faults

FILE = "funding_rounds.csv"
_AMOUNTS = ["amount_meur", "amount_original", "currency"]


def check_rounds(rounds: pd.DataFrame) -> list[Rejection]:
    """Rounds to come, rounds that are there twice, and currencies without an amount.

    Parameters
    ----------
    rounds : pandas.DataFrame
        Valid rows of the register file; the index is the spreadsheet's row number.
    """
    faults = Faults(FILE, rounds, "name")
    found = [
        faults.invalid(
            row,
            "date",
            "The round lies in the future.",
            "Check the date: a round is listed once it has taken place or been announced.",
        )
        for row in future_dates(rounds["date"])
    ]
    found += [
        faults.invalid(
            row,
            "currency",
            "There is a currency, but no amount in it.",
            "Write the amount in millions beside it, or empty the cell.",
        )
        for row in rounds.index[(rounds["currency"] != "") & (rounds["amount_original"] == "")]
    ]
    found += [
        faults.repeated(row, "round", f"This round is already in row {first}.")
        for first, rows in _alike(rounds, ["round", "date", *_AMOUNTS])
        for row in rows
    ]
    return found


def round_notes(rounds: pd.DataFrame) -> list[str]:
    """Rounds of which two rows say different amounts, and amounts in no known currency.

    Parameters
    ----------
    rounds : pandas.DataFrame
        Valid rows of the register file; the index is the spreadsheet's row number.
    """
    notes = []
    dated = rounds[rounds["date"] != ""]
    for first, rows in _alike(dated.assign(year=dated["date"].str[:4]), ["round", "year"]):
        both = rounds.loc[[first, *rows]]
        if len(both[_AMOUNTS].drop_duplicates()) > 1:
            name, year = both["name"].iloc[0], both["date"].iloc[0][:4]
            sentence = (
                f"{name} has several rounds of one kind in {year}, with different amounts: if they "
                "are one round, say in the column doubt that the sources contradict each other."
            )
            notes.append(note_rows(FILE, [first, *rows], sentence))
    nameless = rounds.index[(rounds["amount_original"] != "") & (rounds["currency"] == "")]
    if len(nameless):
        sentence = "the amount has no currency, so it is in no sum."
        notes.append(note_rows(FILE, [int(row) for row in nameless], sentence))
    return notes


def _alike(rounds: pd.DataFrame, columns: list[str]) -> Iterator[tuple[int, list[int]]]:
    """First row and further rows of what one organisation has alike in some columns."""
    who = rounds["org_id"].where(
        rounds["org_id"] != "", rounds["country"] + " " + rounds["name"].map(fold)
    )
    for _, group in rounds.groupby([who.rename("who"), *columns], sort=False):
        if len(group) > 1:
            first, *rest = (int(row) for row in group.index)
            yield first, rest
