"""Chromium and the running app. A missing browser fails the run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.chromium import FLAGS, find
from tests.browser.server import serving
from tests.browser.site import PATIENCE_MS, Site, Tour

expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests with a browser."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address(releases_dir: Path) -> Iterator[str]:
    with serving(releases_dir) as address:
        yield address


@pytest.fixture
def open_site(browser: Browser, address: str) -> Iterator[Callable[..., Site]]:
    """Make visitors: ``open_site()``, ``open_site(size=PHONE, dark=True)``."""
    opened: list[Site] = []

    def open_(**options: object) -> Site:
        options.setdefault("address", address)
        site = Site(browser, **options).__enter__()  # type: ignore[arg-type]
        opened.append(site)
        return site

    yield open_
    for site in opened:
        site.__exit__(None, None, None)


@pytest.fixture(scope="module")
def tour(browser: Browser, address: str) -> Iterator[Tour[Site]]:
    """A visitor who goes through a module's tests from page to page, without motion."""
    tour = Tour(lambda: Site(browser, address, motion=False))
    yield tour
    tour.end()
