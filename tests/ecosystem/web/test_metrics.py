"""What the site counts is read on a port of this machine's own, and says nothing of a visitor."""

from __future__ import annotations

import logging
import socket
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ecosystem.common.settings import settings
from ecosystem.web import metrics, reruns, routes
from ecosystem.web.visitors import Visitors
from tests.browser.server import free_port

Read = Callable[[], dict[str, float]]


@pytest.fixture
def read(releases_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Read]:
    """Read all samples, by name and labels."""
    monkeypatch.setenv("CYBER_VALLEYS_RELEASES_DIR", str(releases_dir))
    settings.cache_clear()
    port = free_port()
    end = metrics.serve(port, lambda: 7, lambda: None)
    yield lambda: samples(port)
    end()


def samples(port: int) -> dict[str, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
        text = answer.read().decode()
    return {
        sample.name + "".join(f" {value}" for _, value in sorted(sample.labels.items())): (
            sample.value
        )
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_visitors_release_and_inbox_are_told(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    known = Visitors(most=2, per_address=2)
    known.come("203.0.113.1")
    monkeypatch.setattr(metrics, "visitors", lambda: known)
    found = read()
    assert found["cyber_valleys_sessions"] == 1
    assert found["cyber_valleys_sessions_limit"] == settings().max_sessions
    assert found["cyber_valleys_refused_total full"] == 0
    assert found["cyber_valleys_inbox_open"] == 7
    assert found["cyber_valleys_inbox_limit"] == settings().inbox_max_open
    assert found["cyber_valleys_release_fine"] == 1
    assert found["cyber_valleys_release_organisations"] > 100
    assert found["cyber_valleys_release_age_seconds"] >= 0
    assert found["process_open_fds"] > 0
    assert "cyber_valleys_backup_age_seconds" not in found


def test_runs_of_a_page_are_counted_with_their_time_and_end(read: Read) -> None:
    before = read()
    with reruns.watching(is_part=False, page=lambda: "regions"):
        pass
    with reruns.watching(is_part=True, page=lambda: ""):
        reruns.note_failure(ValueError("q=anna@example.org"))
    with reruns.watching(is_part=False, page=lambda: "../anna@example.org"):
        pass
    after = read()
    grown = {name for name, value in after.items() if value > before.get(name, 0)}
    assert {name for name in grown if name.startswith("cyber_valleys_reruns_total")} == {
        "cyber_valleys_reruns_total done regions whole",
        "cyber_valleys_reruns_total error start part",
        "cyber_valleys_reruns_total done other whole",
    }
    whole = "cyber_valleys_rerun_seconds_count whole"
    assert after[whole] == before.get(whole, 0) + 2
    assert not [name for name in after if "@" in name]


def test_without_a_release_the_watcher_is_told(
    read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CYBER_VALLEYS_RELEASES_DIR", str(tmp_path))
    settings.cache_clear()
    found = read()
    assert found["cyber_valleys_release_fine"] == 0
    assert "cyber_valleys_release_age_seconds" not in found


def test_an_inbox_that_cannot_be_read_is_a_gap_and_no_zero(releases_dir: Path) -> None:
    names = {metric.name for metric in metrics.Site(lambda: None, lambda: 0.0).collect()}
    assert "cyber_valleys_inbox_open" not in names
    assert "cyber_valleys_backup_age_seconds" in names


def test_nobody_else_on_the_network_is_answered(read: Read) -> None:
    assert metrics.HOST == "127.0.0.1"
    assert read()


def test_the_public_port_has_no_metrics() -> None:
    assert "/metrics" not in {vars(route).get("path") for route in routes.routes()}


def test_a_port_that_is_taken_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as other, caplog.at_level(logging.ERROR):
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        threads = threading.active_count()
        metrics.serve(port, lambda: 0, lambda: None)()
    assert threading.active_count() == threads
    assert f"port {port}" in caplog.text
