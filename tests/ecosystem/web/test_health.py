"""What a watcher is told: alive always, ready only with a release and room."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ecosystem.common.settings import settings
from ecosystem.web import health
from ecosystem.web.visitors import Visitors


@pytest.fixture
def client(releases_dir: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("CYBER_VALLEYS_RELEASES_DIR", str(releases_dir))
    settings.cache_clear()
    return TestClient(Starlette(routes=health.routes()))


def test_with_a_release_and_room_it_is_ready(client: TestClient) -> None:
    assert client.get("/healthz").text == "ok\n"
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["ready"] is True
    assert answer.json()["release"]
    assert answer.headers["cache-control"] == "no-store"


def test_without_a_release_it_lives_and_is_not_ready(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CYBER_VALLEYS_RELEASES_DIR", str(tmp_path))
    settings.cache_clear()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "no data yet" in answer.json()["reasons"][0]


def test_when_full_it_is_not_ready(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    full = Visitors(most=1, per_address=1)
    full.come("203.0.113.1")
    monkeypatch.setattr(health, "visitors", lambda: full)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["reasons"] == ["There is no room for another visitor."]
