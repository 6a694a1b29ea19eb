"""What the site found when it last looked for releases on another machine.

It lies beside the fetched releases, so that each process of the site, the command line and who
watches them read the same. A disk without room for it still leaves the process its own.
"""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from ecosystem.common.settings import settings
from ecosystem.common.whole_files import write_whole

FILE = ".fetched.json"
_log = logging.getLogger(__name__)
_lock = threading.Lock()
_latest: dict[Path, FetchState] = {}


@dataclass(frozen=True)
class FetchState:
    """What the last look found.

    Attributes
    ----------
    address : str
        Where, without a password.
    looked_at : str
        When, ISO 8601 in UTC.
    found_at : str
        When a look last went well; empty if none did.
    release_id : str
        What is current there, as of then; empty if none did.
    trouble : str
        Why the last look did not go well, as a sentence; else empty.
    """

    address: str
    looked_at: str
    found_at: str = ""
    release_id: str = ""
    trouble: str = ""

    @property
    def sentences(self) -> str:
        """The trouble, and since when what is shown may be out of date."""
        if not self.trouble:
            return ""
        if not self.found_at:
            return self.trouble
        since = datetime.fromisoformat(self.found_at).astimezone(UTC)
        return f"{self.trouble} The last look that went well was on {since:%Y-%m-%d %H:%M} UTC."


def write(folder: Path, state: FetchState) -> None:
    """Keep what a look found."""
    with _lock:
        _latest[folder] = state
    try:
        content = json.dumps(asdict(state), indent=2) + "\n"
        write_whole(folder / FILE, content.encode("utf-8"), readable=True)
    except OSError as error:
        _log.warning("%s can't be written (%s).", folder / FILE, error.strerror or error)


def trouble() -> str:
    """Why this installation can't fetch releases, as sentences; empty if it can or need not."""
    own = settings()
    state = read(own.releases_dir) if own.database else None
    return state.sentences if state else ""


def read(folder: Path) -> FetchState | None:
    """What the last look found, by any process that told of it; None if nobody looked."""
    with _lock:
        own = _latest.get(folder)
    try:
        told = FetchState(**json.loads((folder / FILE).read_text(encoding="utf-8")))
        datetime.fromisoformat(told.looked_at)
    except (OSError, ValueError, TypeError):
        return own
    return own if own and own.looked_at > told.looked_at else told
