"""The release's own story: when it was made, from what, what was checked and rejected."""

from __future__ import annotations

from typing import Any

import pandas as pd

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


def citation(database: Database) -> str:
    """How to cite what is shown, with the release that it comes from."""
    record = story(database)
    return (
        f"Cyber Valleys, the open map of Europe's regional cybersecurity ecosystems, "
        f"release {record['release_id']} ({record['created_at']:%-d %B %Y}). CC BY 4.0."
    )
