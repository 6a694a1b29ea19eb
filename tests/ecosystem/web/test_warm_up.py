"""What is ready before the first visitor asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ecosystem.api import snapshots
from ecosystem.common import late
from ecosystem.common.store import Database, ReleaseError
from ecosystem.drawing import symbols
from ecosystem.finding import code_index, search
from ecosystem.finding.filters import Filter
from ecosystem.finding.search import questions
from ecosystem.matching import register
from ecosystem.tables import organisations, regions
from ecosystem.web import logs, memory, reruns, serving, warm_up
from tests import coroutines


@pytest.fixture(autouse=True)
def first_is_over(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Whether a page was shown; here as after a start, whatever other tests have shown."""
    event = threading.Event()
    monkeypatch.setattr(reruns, "_first_has_begun", threading.Event())
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
    warm_up._warm_up(threading.Event())
    # Whoever asks now finds an answer without another look at the organisations.
    monkeypatch.delattr(register, "_acquired")
    assert len(register.facts(opened).companies) == 465
    opened.close()


def test_what_the_first_page_shows_is_counted_before_the_server_listens(
    database: Database, first_is_over: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Database(database.release)
    done: list[str] = []
    monkeypatch.setattr(serving, "database", lambda: opened)
    monkeypatch.setattr(warm_up, "_PATIENCE_S", 120)
    monkeypatch.setattr(late, "load", done.append)
    monkeypatch.setattr(logs, "take_over", lambda: None)
    monkeypatch.setattr(memory, "keep_for_good", lambda: None)

    async def start() -> None:
        async with warm_up.lifespan(lambda: None, lambda: None)(None):
            with monkeypatch.context() as patch:
                # What is counted needs no other look at the codes of organisations.
                patch.delattr(code_index, "_holders")
                assert organisations.summary(opened, Filter()).organisations == 465
                assert len(organisations.facet_counts(opened, Filter(), "domain")) > 5
                assert symbols.symbols(opened, Filter())["n"].sum() == 465
            assert not done
            with reruns.watching(is_part=False, page=lambda: "/"):
                assert not first_is_over.is_set()

    coroutines.run(start())
    _wait_for(lambda: done == [*late.LIBRARIES])
    opened.close()


@pytest.mark.parametrize("error", [ReleaseError("There is no data yet."), RuntimeError("Broken.")])
def test_a_server_goes_on_though_nothing_can_be_counted(
    error: Exception, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Database) -> None:
        raise error

    done: list[str] = []
    monkeypatch.setattr(serving, "database", lambda: database)
    monkeypatch.setattr(warm_up, "_count_first_page", fail)
    monkeypatch.setattr(warm_up, "_PATIENCE_S", 0)
    monkeypatch.setattr(late, "load", done.append)
    is_counted = threading.Event()
    warm_up._warm_up(is_counted)
    assert is_counted.is_set()
    assert done == [*late.LIBRARIES]


def test_what_the_first_page_does_not_show_waits_for_it_however_long_it_takes(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setattr(serving, "database", lambda: database)
    monkeypatch.setattr(warm_up, "_PATIENCE_S", 0.01)
    monkeypatch.setattr(late, "load", done.append)
    is_counted = threading.Event()
    warming = threading.Thread(target=warm_up._warm_up, args=(is_counted,))
    with reruns.watching(is_part=False, page=lambda: "/"):
        warming.start()
        is_counted.wait(120)
        time.sleep(0.2)
        assert not done
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
    monkeypatch.setattr(warm_up, "_warm_up", threading.Event.set)
    monkeypatch.setattr(logs, "take_over", lambda: None)
    monkeypatch.setattr(memory, "keep_for_good", lambda: None)
    opened = Database(database.release)

    async def serve() -> Path:
        async with warm_up.lifespan(lambda: None, lambda: None)(None):
            folder = snapshots.archive(opened).path.parent
            assert (folder / "organisations.csv").exists()
        return folder

    assert not coroutines.run(serve()).exists()
    opened.close()


def _wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
