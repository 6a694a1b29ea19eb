"""What the open data interface holds: made-up requests without a fault, and pages a second.

``python -m benchmarks.open_data`` serves the current release and

- sends requests that schemathesis makes of the OpenAPI document, 5,000 by default, and counts
  answers by status: none may be 5xx;
- asks for one page of ten items over and over, by several connections at once: 200 a second on two
  cores is the aim, the client's own work included. What a page costs the server in processor time
  tells it also of a machine that has other things to do.
"""

from __future__ import annotations

import argparse
import http.client
import os
import threading
import time
from collections import Counter
from urllib.parse import urlsplit

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from benchmarks.visitor import Meter
from ecosystem.common.settings import settings as own_settings
from tests.browser.server import server

PAGE = "/api/collections/organisations/items?limit=10&country=FR"
_CONNECTIONS = 4


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--requests", type=int, default=5_000)
    parser.add_argument("--seconds", type=float, default=10)
    asked = parser.parse_args()
    with server(own_settings().releases_dir) as site:
        address, meter = site.address, Meter(site.process)
        print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        pages_a_second(address, asked.seconds / 4, keeps_tag=False)  # what is made but once
        for keeps in (True, False):
            spent = meter.processor_s()
            rate = pages_a_second(address, asked.seconds, keeps_tag=keeps)
            cost = (meter.processor_s() - spent) / (rate * asked.seconds)
            what = "304, known already" if keeps else "200, whole"
            print(
                f"a cached page of ten items ({what}): {rate:,.0f} requests a second, "
                f"{cost * 1e3:.2f} ms of the server's processor time each"
            )
        found = made_up_requests(address, asked.requests)
        for status, count in sorted(found.items()):
            print(f"status {status}: {count:,}")
        broken = sum(count for status, count in found.items() if status >= 500)
        print(f"{sum(found.values()):,} requests, {broken} answered with 5xx")


def made_up_requests(address: str, count: int) -> Counter[int]:
    """Statuses of the answers to requests that the OpenAPI document allows.

    Parameters
    ----------
    address : str
        Of the site.
    count : int
        How many requests.
    """
    session, found = requests.Session(), Counter[int]()
    document = session.get(f"{address}/api/openapi.json", timeout=60).json()
    cases = schemathesis.openapi.from_dict(document).as_strategy()

    @settings(
        max_examples=count,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
        deadline=None,
        database=None,
    )
    @given(case=cases)
    def ask(case: schemathesis.Case) -> None:
        url = f"{address}/api{case.formatted_path}"
        found[session.get(url, params=case.query or None, timeout=300).status_code] += 1

    ask()
    return found


def pages_a_second(address: str, seconds: float, *, keeps_tag: bool) -> float:
    """How many pages are answered in a second.

    Parameters
    ----------
    address : str
        Of the site.
    seconds : float
        How long to ask.
    keeps_tag : bool
        Whether the client says which page it has, as browsers do.
    """
    host = urlsplit(address).netloc
    counts = [0] * _CONNECTIONS
    end = time.monotonic() + seconds

    def ask(which: int) -> None:
        connection = http.client.HTTPConnection(host, timeout=60)
        headers: dict[str, str] = {}
        while time.monotonic() < end:
            connection.request("GET", PAGE, headers=headers)
            answer = connection.getresponse()
            answer.read()
            if keeps_tag:
                headers = {"if-none-match": answer.headers["etag"]}
            counts[which] += 1

    threads = [threading.Thread(target=ask, args=(which,)) for which in range(_CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


if __name__ == "__main__":
    main()
