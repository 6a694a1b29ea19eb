"""The real release, opened as the app opens it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ecosystem.common.store import Database, current


@pytest.fixture(scope="session")
def database(releases_dir: Path) -> Iterator[Database]:
    database = Database(current(releases_dir))
    yield database
    database.close()
