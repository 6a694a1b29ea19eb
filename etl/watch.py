"""What the site tells whoever watches it of the data that only the ETL knows."""

from __future__ import annotations

from ecosystem.common.settings import Settings, settings
from etl.errors import PublishError
from etl.inbox.store import inbox


def open_suggestions() -> int | None:
    """How many suggestions wait for a decision; None if the inbox can't be read."""
    try:
        return inbox().count_open()
    except PublishError:
        return None


def latest_copy(own: Settings | None = None) -> float | None:
    """When the latest copy of the data was made, in seconds since 1970.

    None if the installation keeps no copies by itself, has none yet, or its folder can't be read.

    Parameters
    ----------
    own : Settings, optional
        Of the installation; those of this process by default.
    """
    folder = (own or settings()).backup_dir
    if folder is None:
        return None
    try:
        return max((path.stat().st_mtime for path in folder.glob("*.zip")), default=None)
    except OSError:
        return None
