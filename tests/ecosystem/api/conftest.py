"""The interface over the tests' release, asked without a network."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ecosystem.common.settings import settings
from ecosystem.web import api, calendars, catalogue, feeds

BASE = "https://valleys.example"


@pytest.fixture
def client(releases_dir: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("CYBER_VALLEYS_RELEASES_DIR", str(releases_dir))
    monkeypatch.setenv("CYBER_VALLEYS_SITE_URL", BASE)
    settings.cache_clear()
    rooms = (api, calendars, catalogue, feeds)
    return TestClient(Starlette(routes=[route for room in rooms for route in room.routes()]))
