"""How organisations live: the table ``ended_organisation``, and what became of an organisation.

Organisations that closed or merged are in a table of their own, with the columns of
``organisation``. Nothing that is counted, listed or found knows of them; their pages do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ecosystem.common.per_release import per_release
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import ENDED

TABLE = "ended_organisation"
_CLOSED = "It closed."
_CLOSED_IN = "It closed in {year}."
_CARRIED_ON = "{successor} carries on its work."
# By whether the successor is known, and the year.
_MERGED = {
    (False, False): "It merged into another organisation.",
    (False, True): "It merged into another organisation in {year}.",
    (True, False): "It merged into {successor}.",
    (True, True): "It merged into {successor} in {year}.",
}
_ACQUIRED = {
    (False, False): "It was acquired by another organisation.",
    (False, True): "It was acquired by another organisation in {year}.",
    (True, False): "It was acquired by {successor}.",
    (True, True): "It was acquired by {successor} in {year}.",
}


@dataclass(frozen=True)
class Fate:
    """What became of an organisation.

    Attributes
    ----------
    status : str
        A code of :data:`ecosystem.common.vocabulary.STATUSES`, but not ``active``.
    year : str
        Since when; empty if it isn't known.
    successor : str
        Name of who owns it, took it in or carries on its work; may be empty.
    successor_id : str
        The same one's identifier, if it is in the register; may be empty.
    source_url : str
        The page that says so; may be empty.
    """

    status: str
    year: str
    successor: str
    successor_id: str
    source_url: str

    @property
    def has_ended(self) -> bool:
        """Whether it works no more under its own name."""
        return self.status in ENDED

    def sentence(self, successor: str = "") -> str:
        """What became of it, for people: ``"It merged into cyan AG in 2018."``.

        Parameters
        ----------
        successor : str, optional
            The successor's name as it is to be shown, escaped or as a link; by default as it is.
        """
        successor = successor or self.successor
        data = {"successor": successor, "year": self.year}
        if self.status != "closed":
            said = _MERGED if self.status == "merged" else _ACQUIRED
            return said[bool(successor), bool(self.year)].format(**data)
        closed = (_CLOSED_IN if self.year else _CLOSED).format(**data)
        return f"{closed} {_CARRIED_ON.format(**data)}" if successor else closed


def fate(record: Mapping[str, Any]) -> Fate | None:
    """What became of an organisation; None if it is active.

    Parameters
    ----------
    record : mapping
        As :func:`ecosystem.tables.organisations.one` gives it.
    """
    status = _text(record.get("status"))
    if status in ("", "active"):
        return None
    year = record.get("status_year")
    return Fate(
        status,
        "" if year is None or pd.isna(year) else f"{int(year)}",
        _text(record.get("successor")) or _text(record.get("successor_name")),
        _text(record.get("successor_id")),
        _text(record.get("status_source_url")),
    )


def has_ended(record: Mapping[str, Any]) -> bool:
    """Whether an organisation closed or merged; see :func:`fate`."""
    return record.get("status") in ENDED


@per_release
def tables(database: Database) -> tuple[str, ...]:
    """The tables of organisations that a release has; up to November 2026 none had ended."""
    has_ended = database.value(
        "SELECT count(*) FROM information_schema.tables WHERE table_name = $table", {"table": TABLE}
    )
    return ("organisation", TABLE) if has_ended else ("organisation",)


def everyone(database: Database) -> str:
    """SQL of ``org_id, name`` of all organisations, those that have ended among them."""
    parts = [f"SELECT org_id, name FROM {table}" for table in tables(database)]
    return f"({' UNION ALL '.join(parts)})"


def name(database: Database, org_id: str) -> str:
    """Name of an organisation, whether it has ended or not; empty if there is none such."""
    found = database.value(
        f"SELECT name FROM {everyone(database)} WHERE org_id = $org_id", {"org_id": org_id}
    )
    return str(found or "")


def ended(database: Database, org_ids: Sequence[str]) -> dict[str, str]:
    """Identifier -> name of those of some organisations that have ended."""
    if TABLE not in tables(database):
        return {}
    found = database.frame(
        f"SELECT org_id, name FROM {TABLE} WHERE list_contains($org_ids, org_id)",
        {"org_ids": list(org_ids)},
    )
    return dict(zip(found["org_id"], found["name"], strict=True))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
