"""How many idle visitors a server holds, and what the others notice of them.

``python -m benchmarks.visitors --idle 2000`` starts the site with the soft limit of open files that
a Debian server has (1,024), opens that many pages' connections from as many addresses, leaves them
idle, and asks for pages and documents meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import statistics
import time
import urllib.error
import urllib.request
from pathlib import Path

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import InvalidStatus

from benchmarks.visitor import call
from ecosystem.common.settings import settings
from tests.browser.server import serving

DEBIAN = 1_024
AT_ONCE = 50
ASKED = ("/", "/regions", "/feed.xml", "/sitemap.xml", "/assets/map.js")


async def _open(address: str, number: int) -> ClientConnection | int:
    """One more connection, from an address of its own; the status if it is refused."""
    visitor = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    try:
        return await call(address, visitor)
    except InvalidStatus as error:
        return error.response.status_code


def _ask(address: str) -> tuple[int, float]:
    begun = time.monotonic()
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310
            answer.read()
            status = answer.status
    except urllib.error.HTTPError as error:
        status = error.code
    return status, time.monotonic() - begun


async def _measure(address: str, idle: int) -> None:
    opened: list[ClientConnection] = []
    refused: dict[int, int] = {}
    for begin in range(0, idle, AT_ONCE):
        numbers = range(begin, min(begin + AT_ONCE, idle))
        for found in await asyncio.gather(*(_open(address, number) for number in numbers)):
            if isinstance(found, int):
                refused[found] = refused.get(found, 0) + 1
            else:
                opened.append(found)
    print(f"{len(opened):,} connected, refused: {refused or 'none'}")
    for path in ASKED:
        answers = [await asyncio.to_thread(_ask, address + path) for _ in range(10)]
        statuses = sorted({status for status, _ in answers})
        median = statistics.median(seconds for _, seconds in answers)
        print(f"{path:16} {statuses} {1000 * median:6.0f} ms")
    await asyncio.gather(*(connection.close() for connection in opened))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--idle", type=int, default=2_000)
    parser.add_argument("--releases", type=Path, default=settings().releases_dir)
    chosen = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # The server inherits Debian's limit; this process needs a file for each visitor itself.
    resource.setrlimit(resource.RLIMIT_NOFILE, (DEBIAN, hard))
    with serving(chosen.releases) as address:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, chosen.idle + DEBIAN), hard))
        asyncio.run(_measure(address, chosen.idle))


if __name__ == "__main__":
    main()
