"""What is ready before the first visitor asks."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from ecosystem.api import snapshots
from ecosystem.common import late
from ecosystem.common.store import Database
from ecosystem.finding import search
from ecosystem.finding.search import questions
from ecosystem.matching import register
from ecosystem.tables import regions
from ecosystem.web import logs, reruns, serving, warm_up
from tests import coroutines


@pytest.fixture(autouse=True)
def first_is_over(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Whether a page was shown; here as after a start, whatever other tests have shown."""
    event = threading.Event()
    monkeypatch.setattr(reruns, "_first_is_over", event)
    return event


def test_what_matching_needs_is_read_at_the_start(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As after a start: nothing was asked of this one yet.
    opened = Database(database.release)
    monkeypatch.setattr(serving, "database", lambda: opened)
    monkeypatch.setattr(late, "LIBRARIES", ())
    monkeypatch.setattr(warm_up, "_PATIENCE_S", 0)
    warm_up._warm_up()
    # Whoever asks now finds an answer without another look at the organisations.
    monkeypatch.delattr(register, "_organisations")
    assert len(register.facts(opened).companies) == 465
    opened.close()


def test_what_the_first_page_does_not_show_waits_for_it(
    database: Database, first_is_over: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setattr(serving, "database", lambda: database)
    monkeypatch.setattr(warm_up, "_PATIENCE_S", 120)
    monkeypatch.setattr(late, "load", done.append)
    warming = threading.Thread(target=warm_up._warm_up)
    warming.start()
    time.sleep(0.2)
    assert not done
    with reruns.watching(is_part=False, page=lambda: "/"):
        assert not first_is_over.is_set()
    warming.join(120)
    assert done == [*late.LIBRARIES]


def test_a_page_without_words_does_not_read_the_index(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Database) -> None:
        raise AssertionError("read for nothing")

    opened = Database(database.release)
    monkeypatch.setattr(questions, "index", fail)
    monkeypatch.setattr(regions, "_ids_by_name", fail)
    for text in ("", "  ", "–!"):
        assert not search.understand(opened, text).has_words
        assert regions.named_in(opened, text) == []
    with pytest.raises(AssertionError, match="read for nothing"):
        search.understand(opened, "firewall")
    opened.close()


def test_files_of_releases_go_with_the_server(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warm_up, "_warm_up", lambda: None)
    monkeypatch.setattr(logs, "take_over", lambda: None)
    opened = Database(database.release)

    async def serve() -> Path:
        async with warm_up.lifespan(lambda: None, lambda: None)(None):
            folder = snapshots.archive(opened).path.parent
            assert (folder / "organisations.csv").exists()
        return folder

    assert not coroutines.run(serve()).exists()
    opened.close()
