"""What is done at the start of the server, so that the first visitor doesn't wait for it."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread

from ecosystem import site_search
from ecosystem.common import late
from ecosystem.common.store import ReleaseError
from ecosystem.finding import search
from ecosystem.matching import register
from ecosystem.web import open_files, serving
from ecosystem.web.outlines import outlines_json


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:
    """Do what the first visitor would wait for: imports before the server listens, the rest after.

    folium takes a second to import, the checksum of a large release as long, and the libraries
    of spatial statistics several.
    """
    del app
    open_files.raise_limit()
    importlib.import_module("folium.plugins")
    Thread(target=_warm_up, daemon=True).start()
    yield


def _warm_up() -> None:
    with contextlib.suppress(ReleaseError):
        outlines_json(serving.database(), "land")
        search.prepare(serving.database())
        site_search.prepare(serving.database())
        register.facts(serving.database())
    for name in late.LIBRARIES:
        late.load(name)
