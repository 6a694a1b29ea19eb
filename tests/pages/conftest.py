"""The app as Streamlit runs it, without a browser, on the real release."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest, app_test

from ecosystem.common.settings import ROOT, settings
from ecosystem.ui.streamlit_internals import PagesManager, own_the_pages

Visit = Callable[..., AppTest]


class _AsTheServerDoes(PagesManager):
    """Pages come from ``app.py``, as :func:`own_the_pages` has it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own_the_pages()


@pytest.fixture(scope="session", autouse=True)
def _reference_data_is_read_once(reference_data_read_once: None) -> None:
    """For every page that checks or locates."""


@pytest.fixture
def visit(releases_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Visit:
    """Open a page at an address: ``visit("map", {"type": ["sme"]})``."""
    use_releases(monkeypatch, releases_dir)
    monkeypatch.setattr(app_test, "PagesManager", _AsTheServerDoes)

    def visit_(page: str, params: Mapping[str, str | list[str]] | None = None) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        if page != "map":
            app.run().switch_page(f"pages/{page}.py")
        for name, value in (params or {}).items():
            app.query_params[name] = value
        return app.run()

    return visit_


def use_releases(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let the app read another folder of releases for the rest of the test."""
    monkeypatch.setenv("CYBER_VALLEYS_RELEASES_DIR", str(folder))
    settings.cache_clear()
    st.cache_data.clear()
