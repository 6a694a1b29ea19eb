"""What somebody should look at again: what nobody checked lately, and whose page is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path

import pandas as pd

from ecosystem.common.settings import settings
from ecosystem.common.text import fold
from ecosystem.common.vocabulary import COUNTRIES, ENDED
from etl.freshness.report import Result
from etl.register.edit import Edit, read_rows, save
from etl.register.normalise import clean, normalise_url
from etl.schema import Schema, load_schemas

RESOURCE = "organisations"
_DAYS_OF_A_YEAR = 365
_ADDRESSES = {"website": "Website", "source_url": "Source"}


class Reason(StrEnum):
    """Why an organisation is on the list."""

    NEVER = "never checked"
    OLD = "checked more than a year ago"
    WEBSITE = "website does not answer"
    SOURCE = "source does not answer"


_OF_COLUMN = {"website": Reason.WEBSITE, "source_url": Reason.SOURCE}


@dataclass(frozen=True)
class Task:
    """An organisation to look at.

    Attributes
    ----------
    row : dict of str to str
        Its cells as the register has them.
    reasons : tuple of Reason
        Why, the heaviest first.
    details : tuple of str
        What its addresses said, as phrases.
    """

    row: Mapping[str, str]
    reasons: tuple[Reason, ...]
    details: tuple[str, ...]

    @property
    def org_id(self) -> str:
        """Its identifier."""
        return self.row["org_id"]

    @property
    def checked_on(self) -> str:
        """When somebody last checked it; empty if nobody did."""
        return self.row.get("checked_on", "")


def work_list(
    register_dir: Path | None = None,
    results: Mapping[str, Result] | None = None,
    today: date | None = None,
) -> list[Task]:
    """Organisations that somebody should look at, the most urgent first.

    Those with an address that doesn't answer come first, then those that nobody checked, then the
    others by the day of their check. Organisations that closed or merged are left out.

    Parameters
    ----------
    register_dir : Path, optional
        Folder of the register; the installation's own by default.
    results : mapping of str to Result, optional
        What the addresses said when they were asked, from :func:`etl.freshness.report.read`.
    today : date, optional
        The day from which the year is counted back; UTC.

    Raises
    ------
    etl.errors.RegisterError
        If the register can't be read.
    """
    today = today or datetime.now(UTC).date()
    tasks = [
        task
        for row in read_rows(register_dir or settings().register_dir, _schema())
        if row.get("org_id") and row.get("status", "").strip() not in ENDED
        for task in [_task(row, results or {}, today)]
        if task.reasons
    ]
    return sorted(tasks, key=_urgency)


def confirm_today(task: Task, register_dir: Path | None = None, today: date | None = None) -> None:
    """Write into the register that somebody has seen today that its row is right.

    Raises
    ------
    etl.register.edit.RowChangedError
        If the row isn't there any more as it was read. Nothing was changed.
    etl.errors.RegisterError
        If the file can't be written so.
    etl.errors.PublishError
        If it can't be written, or somebody else changes it for too long.
    """
    day = today or datetime.now(UTC).date()
    after = {**task.row, "checked_on": day.isoformat()}
    save(register_dir or settings().register_dir, Edit(_schema(), dict(task.row), after))


def table(tasks: Sequence[Task]) -> pd.DataFrame:
    """The list as a table for people, with a column for what the addresses said."""
    rows = [
        {
            "Identifier": task.org_id,
            "Organisation": task.row.get("name", ""),
            "Town": task.row.get("city", ""),
            "Country": COUNTRIES.label(task.row.get("country", "")),
            "Why": "; ".join(task.reasons),
            "Last checked": task.checked_on,
            "Found": "; ".join(task.details),
            "Website": task.row.get("website", ""),
            "Source": task.row.get("source_url", ""),
        }
        for task in tasks
    ]
    columns = ["Identifier", "Organisation", "Town", "Country", "Why", "Last checked", "Found",
               *_ADDRESSES.values()]  # fmt: skip
    return pd.DataFrame(rows, columns=columns, dtype="str")


def _task(row: Mapping[str, str], results: Mapping[str, Result], today: date) -> Task:
    reasons: list[Reason] = []
    details: list[str] = []
    for column, title in _ADDRESSES.items():
        # The report has addresses as a refresh reads them.
        result = results.get(normalise_url(clean(row.get(column, ""))))
        if result is None:
            continue
        if result.is_wrong:
            reasons.append(_OF_COLUMN[column])
            since = f", since {result.wrong_since[:10]}" if result.wrong_since else ""
            details.append(f"{title}: {result.detail}{since}")
        elif result.final:
            details.append(f"{title}: now at {result.final}")
    day = row.get("checked_on", "").strip()
    if not day:
        reasons.append(Reason.NEVER)
    elif (today - _day(day, today)).days > _DAYS_OF_A_YEAR:
        reasons.append(Reason.OLD)
    return Task(row, tuple(reasons), tuple(details))


def _day(text: str, today: date) -> date:
    """The day of a check; a month counts from its first day. What can't be read is long ago."""
    try:
        return date.fromisoformat(text if len(text) > len("2026-11") else f"{text}-01")
    except ValueError:
        return today.replace(year=today.year - 2, day=1)


def _urgency(task: Task) -> tuple[bool, str, str]:
    is_wrong = bool({Reason.WEBSITE, Reason.SOURCE} & set(task.reasons))
    return not is_wrong, task.checked_on, fold(task.row.get("name", ""))


def _schema() -> Schema:
    return load_schemas(settings().schema_dir)[RESOURCE]
