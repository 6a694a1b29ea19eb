"""First words and first symbols of the map on a slow line, and the bytes before them.

Run ``python -m benchmarks.slow_line``. Chromium visits the map with nothing kept from before, on
a line of 400 kbit/s that its own network emulation makes, websocket included. "Words" is the
first paint of text, "symbols" the first animation frame in which the map holds symbols for all
organisations; ``--files`` lists what came over the line until then, the largest first.
"""

from __future__ import annotations

import argparse
import statistics
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

from benchmarks.peers.measure import SITE, note_paintings, painted_at
from ecosystem.common.settings import settings
from ecosystem.common.store import Database, current
from ecosystem.finding.filters import Filter
from ecosystem.tables import organisations
from tests.browser.chromium import FLAGS, find
from tests.browser.server import serving

SIZES = {"desk": (1440, 900), "phone": (390, 844)}
_WEBSOCKET = "websocket"
_FIRST_PAINT = """() => performance.getEntriesByName("first-contentful-paint")[0].startTime"""


@dataclass(frozen=True)
class Visit:
    """One visit.

    Attributes
    ----------
    words, symbols : float
        Seconds from the start of the navigation.
    files : dict of str to int
        Bytes over the line until the symbols, by the address without its query.
    """

    words: float
    symbols: float
    files: dict[str, int]


def visit(
    browser: Browser, address: str, total: int, size: tuple[int, int], kbit: float, latency: float
) -> Visit:
    """Visit the map once, with an empty cache."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    note_paintings(context, SITE)
    page = context.new_page()
    page.set_default_timeout(120_000)
    session = context.new_cdp_session(page)
    parts: dict[str, int] = defaultdict(int)
    names: dict[str, str] = {_WEBSOCKET: _WEBSOCKET}

    def note_name(event: dict[str, Any]) -> None:
        names[event["requestId"]] = urlsplit(event["request"]["url"]).path

    def note_part(event: dict[str, Any]) -> None:
        # Also of a file that is only begun: it has had its share of the line.
        parts[event["requestId"]] += int(event["encodedDataLength"])

    def note_whole(event: dict[str, Any]) -> None:
        parts[event["requestId"]] = int(event["encodedDataLength"])  # with its headers

    def note_message(event: dict[str, Any]) -> None:
        parts[_WEBSOCKET] += len(event["response"]["payloadData"]) * 3 // 4  # it is base64

    session.on("Network.requestWillBeSent", note_name)
    session.on("Network.dataReceived", note_part)
    session.on("Network.loadingFinished", note_whole)
    session.on("Network.webSocketFrameReceived", note_message)
    session.send("Network.enable")
    bytes_a_second = 1000 * kbit / 8
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": latency,
            "downloadThroughput": bytes_a_second,
            "uploadThroughput": bytes_a_second,
        },
    )
    page.goto(address, wait_until="commit")
    symbols = painted_at(page, total) - page.evaluate("performance.timeOrigin")
    words = page.evaluate(_FIRST_PAINT)
    files: dict[str, int] = defaultdict(int)
    for request, size_of_it in parts.items():
        files[names.get(request, "others")] += size_of_it
    context.close()
    return Visit(words / 1000, symbols / 1000, files)


def main() -> None:
    """Print a table of medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--releases", type=Path, default=settings().releases_dir)
    parser.add_argument("--size", choices=SIZES, default="desk")
    parser.add_argument("--kbit", type=float, default=400, help="kbit/s, both ways")
    parser.add_argument("--latency", type=float, default=0, help="ms that each answer takes more")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--files", action="store_true", help="list what was loaded")
    options = parser.parse_args()
    database = Database(current(options.releases))
    total = organisations.summary(database, Filter()).organisations
    database.close()
    with (
        sync_playwright() as playwright,
        serving(options.releases) as address,
    ):
        browser = playwright.chromium.launch(executable_path=find(), args=list(FLAGS))
        asked = (SIZES[options.size], options.kbit, options.latency)
        visit(browser, address, total, SIZES[options.size], 100_000, 0)  # warms up
        visits = [visit(browser, address, total, *asked) for _ in range(options.repeat)]
        browser.close()
    words = statistics.median(one.words for one in visits)
    symbols = statistics.median(one.symbols for one in visits)
    loaded = statistics.median(sum(one.files.values()) for one in visits)
    line = f"{options.kbit:g} kbit/s, {options.latency:g} ms, {options.size}"
    print(f"{line}: median of {len(visits)}")
    print(f"words {words:.1f} s, symbols {symbols:.1f} s, {loaded / 1000:,.0f} kB until then")
    if options.files:
        for name, size in sorted(visits[-1].files.items(), key=lambda pair: -pair[1]):
            print(f"{size / 1000:>8.1f} kB  {name}")


if __name__ == "__main__":
    main()
