"""Page load and filter change to painted symbols, and bytes per filter change, in Chromium.

Run ``python -m benchmarks.map_speed``. The site and a plain implementation
(:mod:`benchmarks.plain_app`) serve the same release on the same machine to the same browser,
in turns. "Painted" is the first animation frame in which the map holds symbols for exactly
the organisations that the filter leaves. Both ends are read in the browser, from the start of
the navigation or the click's own event, so that the driver's time is not in them.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, WebSocket, sync_playwright

from benchmarks.synthetic import synthetic_register
from ecosystem.common.settings import settings
from ecosystem.common.store import Database, current
from ecosystem.finding.filters import Filter
from ecosystem.tables import organisations
from etl import pipeline
from tests.browser.chromium import FLAGS, find
from tests.browser.server import serving

# Name -> script and address.
APPS = {
    "cyber valleys": ("app.py", "/"),
    "plain": ("benchmarks/plain_app.py", "/"),
    "markers only": ("benchmarks/plain_app.py", "/?outlines=no"),
}
MAP = 'iframe[src*="streamlit_folium"]'
# Symbols of the site carry how many organisations they stand for; a plain marker is one.
_PAINTED = """(expected) => new Promise((resolve) => {
  const look = () => {
    let n = 0;
    if (window.map) window.map.eachLayer((layer) => {
      if (layer.options && layer.options.cv) n += layer.options.cv.n;
      else if (window.L && layer instanceof L.CircleMarker) n += 1;
    });
    if (n === expected) requestAnimationFrame(() => resolve(Date.now()));
    else requestAnimationFrame(look);
  };
  look();
})"""

_NOTE_CLICK = """() => addEventListener("click", () => { window.clickedAt = Date.now(); },
  { capture: true, once: true })"""


@contextmanager
def release_of(rows: int) -> Iterator[Path]:
    """A published release of a synthetic register, in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        register = Path(folder) / "register"
        shutil.copytree(settings().register_dir, register)
        synthetic_register(rows).to_csv(register / "organisations.csv", index=False)
        releases = Path(folder) / "releases"
        outcome = pipeline.run(register, releases)
        if outcome.release_id is None:
            raise SystemExit(f"The synthetic register was not published: {outcome.status}")
        yield releases


def painted_at(page: Page, expected: int) -> float:
    """When the map showed symbols for that many organisations, in ms since 1970."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        try:
            page.locator(MAP).wait_for()
            frame = page.locator(MAP).element_handle().content_frame()
            if frame is not None:
                return float(frame.evaluate(_PAINTED, expected))
        except Error:  # the plain map is another frame after each change
            page.wait_for_timeout(10)
    raise TimeoutError("The map was not painted within two minutes.")


def visit(browser: Browser, address: str, total: int, research: int) -> tuple[float, float, int]:
    """Seconds to load, seconds to filter, and bytes received for the filter."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(120_000)
    received: list[int] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda payload: received.append(len(payload)))

    page.on("websocket", listen)
    page.goto(address)
    loaded = painted_at(page, total) - page.evaluate("performance.timeOrigin")
    page.wait_for_timeout(1500)
    received.clear()
    page.evaluate(_NOTE_CLICK)
    page.get_by_role("button", name="Research").first.click()
    filtered = painted_at(page, research) - page.evaluate("window.clickedAt")
    page.wait_for_timeout(500)
    context.close()
    return loaded / 1000, filtered / 1000, sum(received)


def main() -> None:
    """Print a table of medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[465, 5_000, 20_000])
    parser.add_argument("--repeat", type=int, default=7)
    options = parser.parse_args()
    print(f"{'rows':>7}  {'app':<14} {'load s':>7} {'filter s':>9} {'kB a filter':>12}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=list(FLAGS))
        for rows in options.rows:
            with release_of(rows) as releases:
                database = Database(current(releases))
                total = organisations.summary(database, Filter()).organisations
                research = organisations.summary(database, Filter(type=("research",)))
                for name, (script, path) in APPS.items():
                    with serving(releases, script) as root:
                        address = root + path
                        visit(browser, address, total, research.organisations)  # warms up
                        runs = [
                            visit(browser, address, total, research.organisations)
                            for _ in range(options.repeat)
                        ]
                    load, change, size = (
                        statistics.median(run[i] for run in runs) for i in range(3)
                    )
                    print(
                        f"{rows:>7,}  {name:<14} {load:>7.2f} {change:>9.2f} {size / 1000:>12.1f}",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
