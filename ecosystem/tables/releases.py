"""The release's own story: when it was made, from what, what was checked and rejected."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd

from ecosystem.common.publisher import publisher
from ecosystem.common.settings import settings
from ecosystem.common.store import Database


def story(database: Database) -> dict[str, Any]:
    """The row of ``release``: id, time (UTC), input hashes, tool versions and counts."""
    return database.record("SELECT * FROM release") or {}


def gates(database: Database) -> pd.DataFrame:
    """What had to hold before publication: ``gate, label, value, bound, passed, waived``."""
    return database.frame("SELECT * FROM gate ORDER BY gate")


def rejections(database: Database) -> pd.DataFrame:
    """Cells that could not be taken: ``file, row, name, column, value, reason, mend``."""
    return database.frame('SELECT * FROM rejected ORDER BY file, "row", "column"')


def sources(database: Database) -> pd.DataFrame:
    """Where the data comes from, with licence and the attribution that must be shown."""
    return database.frame("SELECT * FROM source ORDER BY rowid")


def attribution(database: Database, of: Collection[str] | None = None) -> str:
    """What must be said of the sources, each with its licence, as one text for a file.

    Parameters
    ----------
    of : collection of str, optional
        Names of the sources that something is made of; all by default.
    """
    rows = sources(database)
    wanted = rows if of is None else rows[rows["source"].isin(list(of))]
    said = zip(wanted["attribution"], wanted["licence"], strict=True)
    return "; ".join(text if licence in text else f"{text} ({licence})" for text, licence in said)


def citation(database: Database, address: str = "") -> str:
    """How to cite what is shown, with the release and the address that it comes from.

    Parameters
    ----------
    address : str
        Web address of what is cited; that of the site by default, if a setting names it.
    """
    record, own = story(database), publisher()
    parts = [
        "Cyber Valleys, the open map of Europe's regional cybersecurity ecosystems, "
        f"release {record['release_id']} ({record['created_at']:%-d %B %Y}).",
        f"Published by {own.name}." if own.is_named else "",
        "CC BY 4.0.",
        address or settings().site_url,
    ]
    return " ".join(filter(None, parts))
