"""The app as Streamlit runs it, without a browser, on the real release."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest, app_test
from streamlit.util import calc_hash

from ecosystem.common.settings import ROOT, settings
from ecosystem.ui import data, drawn_once
from ecosystem.ui.streamlit_internals import PagesManager, own_the_pages
from ecosystem.web.pages import PAGES

Visit = Callable[..., AppTest]


class _AsTheServerDoes(PagesManager):
    """Pages come from ``app.py``, as :func:`own_the_pages` has it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own_the_pages()


@pytest.fixture(scope="session", autouse=True)
def _reference_data_is_read_once(reference_data_read_once: None) -> None:
    """For every page that checks or locates."""


@pytest.fixture(scope="session", autouse=True)
def _components_are_sought_once() -> Iterator[None]:
    """Each visit looks through all installed packages for components: half of what it costs."""
    with pytest.MonkeyPatch.context() as patch:
        scan = cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        yield


@pytest.fixture
def visit(releases_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Visit:
    """Open a page at an address: ``visit("map", {"type": ["sme"]})``."""
    use_releases(monkeypatch, releases_dir)
    monkeypatch.setattr(app_test, "PagesManager", _AsTheServerDoes)

    def visit_(page: str, params: Mapping[str, str | list[str]] | None = None) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        # As a browser asks for an address: no other page comes first.
        app._page_hash = _hash_of(page)
        for name, value in (params or {}).items():
            app.query_params[name] = value
        return app.run()

    return visit_


def _hash_of(page: str) -> str:
    """What Streamlit knows a page by; empty for the first one."""
    (path,) = (entry.url_path for entry in PAGES if entry.name == page)
    return calc_hash(path) if path else ""


_read_last: list[Path] = []  # folder of releases whose answers are kept


def use_releases(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let the app read a folder of releases for the rest of the test.

    Answers are kept for the next test that reads the same: most read the one that all share.
    """
    monkeypatch.setenv("CYBER_VALLEYS_RELEASES_DIR", str(folder))
    settings.cache_clear()
    if _read_last != [folder]:
        _read_last[:] = [folder]
        data.forget()
        drawn_once.forget()
