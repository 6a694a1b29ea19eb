"""The table of links for a mail merge: which organisations to ask, and what each gets."""

from __future__ import annotations

from datetime import date

import pandas as pd
from openpyxl import Workbook

from ecosystem.common.links import web_address
from ecosystem.common.spreadsheet import header, table_csv, text_cell, workbook_bytes
from ecosystem.common.vocabulary import COUNTRIES, TYPES
from etl.inbox.invitation import invite

COLUMNS = ["Organisation", "Town", "Country", "Type", "Website", "Source", "Last checked",
           "Link", "Valid until", "Identifier"]  # fmt: skip
MAX_DAYS = 366
MONTH_DAYS = 30.44


def merge_table(organisations: pd.DataFrame, site: str, until: date) -> pd.DataFrame:
    """A row for each organisation, with the link by which it confirms its entry.

    Parameters
    ----------
    organisations : pandas.DataFrame
        Rows of the table ``organisation``.
    site : str
        Web address of the site.
    until : date
        The last day on which the links are valid, UTC.

    Returns
    -------
    pandas.DataFrame
        The columns :data:`COLUMNS`, all text.

    Raises
    ------
    etl.errors.PublishError
        If there is no secret to sign with, and none can be written.
    """
    rows = [
        [
            row["name"],
            row["city"],
            COUNTRIES.label(row["country"]),
            TYPES.label(row["type"]),
            web_address(row["website"]) or "",
            web_address(row["source_url"]) or "",
            row["checked_on"] if isinstance(row["checked_on"], str) else "",
            invite(site, row["org_id"], until),
            f"{until:%-d %B %Y}",
            row["org_id"],
        ]
        for row in organisations.to_dict("records")
    ]
    return pd.DataFrame(rows, columns=COLUMNS, dtype="str")


def before(organisations: pd.DataFrame, day: date) -> pd.DataFrame:
    """Those whose source nobody has seen confirm them since a day.

    Parameters
    ----------
    organisations : pandas.DataFrame
        Rows of the table ``organisation``; a month counts from its first day.
    day : date
        The day.
    """
    checked = organisations["checked_on"].fillna("").astype("str").str.pad(10, "right", "~")
    # "2026-11~~~" stands for the whole month, which began on its first day.
    since = checked.str.replace("~~~", "-01").str.replace("~", "")
    return organisations[since < day.isoformat()]


def as_csv(table: pd.DataFrame) -> bytes:
    """For mail programs: CSV in UTF-8 with a byte order mark; no cell can be a formula."""
    return table_csv(table)


def as_xlsx(table: pd.DataFrame) -> bytes:
    """For word processors: one sheet, every cell text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Links")
    header(sheet, table.columns)
    for row in table.itertuples(index=False, name=None):
        sheet.append([text_cell(sheet, text) for text in row])
    return workbook_bytes(book)
