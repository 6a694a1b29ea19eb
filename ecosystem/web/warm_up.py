"""What is done around the life of the server: before the first visitor comes, and at the end."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from threading import Event, Thread

from starlette.concurrency import run_in_threadpool

from ecosystem import site_search
from ecosystem.api import snapshots
from ecosystem.common import late
from ecosystem.common.settings import settings
from ecosystem.common.store import Database, ReleaseError
from ecosystem.drawing import symbols
from ecosystem.fetch import fetcher
from ecosystem.finding import code_index, search
from ecosystem.finding.filters import FACETS, Filter
from ecosystem.matching import register
from ecosystem.plain import explore
from ecosystem.tables import regions
from ecosystem.web import logs, memory, metrics, open_files, reruns, serving
from ecosystem.web.outlines import outlines_json


def lifespan(
    count_open: Callable[[], int | None], latest_copy: Callable[[], float | None]
) -> Callable[[object], AbstractAsyncContextManager[None]]:
    """What surrounds the server's life.

    Before it listens it imports what the first visitor would wait for, which takes a second, while
    a thread opens the release and counts what the first page shows. The same thread gets the rest
    ready when that page is there: the index of a large release takes a second, the libraries of
    spatial statistics several. A site that fetches its releases waits for the first of all. Where
    the installation wants it, whoever watches the site is answered meanwhile.

    Parameters
    ----------
    count_open, latest_copy : callable
        As in :class:`ecosystem.web.metrics.Site`.
    """

    @asynccontextmanager
    async def around(app: object) -> AsyncIterator[None]:
        del app
        # The server has put up its handlers since this process began.
        logs.take_over()
        open_files.raise_limit()
        memory.share_arena()
        memory.return_large_blocks()
        memory.share_with_arrow()
        bringer = fetcher.fetcher()
        if bringer:
            bringer.begin()
            await run_in_threadpool(bringer.wait_for_first)
        is_counted = Event()
        Thread(target=_warm_up, args=(is_counted,), daemon=True).start()
        importlib.import_module("folium.plugins")
        # With its first element and component Streamlit asks which file called it. Python then
        # looks at all modules, 0.2 s, and knows them from there on.
        inspect.stack()
        await run_in_threadpool(is_counted.wait, _COUNTING_S)
        memory.keep_for_good()
        port = settings().metrics_port
        end = metrics.serve(port, count_open, latest_copy) if port else None
        try:
            yield
        finally:
            if bringer:
                bringer.end()
            if end:
                end()
            snapshots.remove_files()

    return around


_log = logging.getLogger(__name__)

# A million organisations are counted in three seconds where nothing else is done.
_COUNTING_S = 5.0
# Whoever waited for the start comes within it.
_PATIENCE_S = 3.0


def _warm_up(is_counted: Event) -> None:
    try:
        _count_first_page(serving.database())
    except ReleaseError:
        # Whoever comes is told.
        pass
    except Exception:
        _log.exception("What the first page shows can't be counted before somebody asks for it.")
    finally:
        is_counted.set()
    # Python runs one thread at a time: what the first page doesn't show would hold it up.
    reruns.wait_for_first(_PATIENCE_S)
    with contextlib.suppress(ReleaseError):
        outlines_json(serving.database(), "land")
        search.prepare(serving.database())
        site_search.prepare(serving.database())
        register.facts(serving.database())
    for name in late.LIBRARIES:
        late.load(name)


def _count_first_page(database: Database) -> None:
    for facet in FACETS.values():
        if facet.lists:
            code_index.lists(database, facet.lists)
        elif facet.column:
            code_index.column(database, facet.column)
    regions.collected_ids(database)
    symbols.symbols(database, Filter())
    explore.map_page(database, {})
