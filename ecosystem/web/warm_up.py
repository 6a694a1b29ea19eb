"""What is done around the life of the server: before the first visitor comes, and at the end."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from threading import Thread

from starlette.concurrency import run_in_threadpool

from ecosystem import site_search
from ecosystem.api import snapshots
from ecosystem.common import late
from ecosystem.common.settings import settings
from ecosystem.common.store import ReleaseError
from ecosystem.fetch import fetcher
from ecosystem.finding import search
from ecosystem.matching import register
from ecosystem.web import logs, memory, metrics, open_files, reruns, serving
from ecosystem.web.outlines import outlines_json


def lifespan(
    count_open: Callable[[], int | None], latest_copy: Callable[[], float | None]
) -> Callable[[object], AbstractAsyncContextManager[None]]:
    """What surrounds the server's life.

    Before it listens it imports what the first visitor would wait for: folium takes a second. A
    thread opens the release at once, and gets the rest ready when the first page is there: the
    index of a large release takes a second, the libraries of spatial statistics several. A site
    that fetches its releases waits for the first of all. Where the installation wants it, whoever
    watches the site is answered meanwhile.

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
        importlib.import_module("folium.plugins")
        bringer = fetcher.fetcher()
        if bringer:
            bringer.begin()
            await run_in_threadpool(bringer.wait_for_first)
        Thread(target=_warm_up, daemon=True).start()
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


# Whoever waited for the start comes within it.
_PATIENCE_S = 3.0


def _warm_up() -> None:
    with contextlib.suppress(ReleaseError):
        serving.database()
    # Python runs one thread at a time: what the first page doesn't show would hold it up.
    reruns.wait_for_first(_PATIENCE_S)
    with contextlib.suppress(ReleaseError):
        outlines_json(serving.database(), "land")
        search.prepare(serving.database())
        site_search.prepare(serving.database())
        register.facts(serving.database())
    for name in late.LIBRARIES:
        late.load(name)
