"""How quick the site stays for many visitors at once, and what it takes.

``python -m benchmarks.crowd --visitors 100 --minutes 5`` serves the current release, lets that many
visitors of :mod:`benchmarks.visitor` go from page to page over the websocket, each thinking between
two steps, and prints the times of reruns, errors, reruns a second, and the memory of each process
after the warm-up and at the end. ``--processes 2`` puts nginx before two sites, which hands each
visitor's requests to the same one. Visitors, nginx and sites share this machine's cores.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from websockets.exceptions import ConnectionClosed, InvalidStatus

from benchmarks.visitor import Meter, PageError, visiting
from ecosystem.common.settings import settings
from ecosystem.common.vocabulary import COUNTRIES, DOMAINS, TYPES
from tests.browser import nginx
from tests.browser.server import Server, free_port, server

# What a visit goes through: mostly the map, as visitors do.
_PATHS = ("/", "/", "/", "/directory", "/directory", "/regions", "/network", "/about")
_FILTERS = (
    "",
    *(urlencode({"type": code}) for code in TYPES),
    *(urlencode({"domain": code}) for code in DOMAINS),
    *(urlencode({"country": code}) for code in list(COUNTRIES)[:20]),
)
# An address each: a server takes so many connections from one.
_ADDRESS = "10.{}.{}.{}"


@dataclass(frozen=True)
class Plan:
    """What a crowd does.

    Attributes
    ----------
    visitors : int
        How many are there at once.
    seconds : float
        How long they are measured.
    warm_up_s : float
        How long they visit before.
    thinks_s : float
        Seconds between an answer and the next step, on average.
    seed : int
        The same seed gives the same visits.
    """

    visitors: int
    seconds: float
    warm_up_s: float = 30.0
    thinks_s: float = 5.0
    seed: int = 0


@dataclass
class Outcome:
    """What a crowd noticed.

    Attributes
    ----------
    reruns_s, first_s : list of float
        Seconds until the answer of each rerun after the warm-up, and of each first page.
    errors : Counter of str
        What went wrong, and how often.
    begun_mb, ended_mb : list of float
        Memory of each process after the warm-up and at the end.
    processor_s : float
        Processor time of all processes after the warm-up.
    seconds : float
        How long that was.
    """

    reruns_s: list[float] = field(default_factory=list)
    first_s: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    begun_mb: list[float] = field(default_factory=list)
    ended_mb: list[float] = field(default_factory=list)
    processor_s: float = 0.0
    seconds: float = 0.0

    def lines(self) -> Iterator[str]:
        """The outcome in words."""
        for name, times in (("first page", self.first_s), ("rerun", self.reruns_s)):
            yield f"{name:12} {len(times):7,} times, {_spread(times)}"
        yield f"reruns       {len(self.reruns_s) / self.seconds:7.1f} a second"
        yield f"processor    {100 * self.processor_s / self.seconds:7.0f} % of one core"
        for i, (begun, ended) in enumerate(zip(self.begun_mb, self.ended_mb, strict=True)):
            yield f"process {i + 1}    {begun:7.0f} MB after the warm-up, {ended:.0f} at the end"
        wrong = "; ".join(f"{n} x {what}" for what, n in self.errors.most_common())
        yield f"errors       {sum(self.errors.values()):7,} {wrong}"


def _spread(times: Sequence[float]) -> str:
    if len(times) < 2:
        return "too few to say"
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return f"p50 {1000 * cuts[49]:,.0f} ms, p95 {1000 * cuts[94]:,.0f} ms"


async def visit(address: str, plan: Plan, measured: asyncio.Event | None = None) -> Outcome:
    """Let a crowd visit a site until the plan's time is over.

    Parameters
    ----------
    address : str
        The site's address.
    measured : Event, optional
        Set when the warm-up is over.
    """
    outcome = Outcome()
    begin = time.monotonic() + plan.warm_up_s
    end = begin + plan.seconds
    visits = [_visitor(address, plan, i, begin, end, outcome) for i in range(plan.visitors)]
    crowd = asyncio.gather(*visits)
    await asyncio.sleep(plan.warm_up_s)
    if measured:
        measured.set()
    await crowd
    outcome.seconds = plan.seconds
    return outcome


async def _visitor(
    address: str, plan: Plan, number: int, begin: float, end: float, outcome: Outcome
) -> None:
    """One visitor after another with the same address; a new one comes where one met an error."""
    chance = random.Random(f"{plan.seed} {number}")  # noqa: S311
    client = _ADDRESS.format(number >> 16 & 255, number >> 8 & 255, number & 255)
    # They don't come all at once.
    await asyncio.sleep(chance.uniform(0, min(2 * plan.thinks_s, plan.warm_up_s)))
    while True:
        try:
            async with visiting(address, client) as visitor:
                for step in itertools.count():
                    asked = chance.choice(_PATHS), chance.choice(_FILTERS)
                    answer = await visitor.go(*asked)
                    times = outcome.reruns_s if step else outcome.first_s
                    if step == 0 or time.monotonic() - answer.seconds >= begin:
                        times.append(answer.seconds)
                    await asyncio.sleep(chance.expovariate(1 / plan.thinks_s))
                    if time.monotonic() >= end:
                        return
        except (PageError, TimeoutError, ConnectionClosed, InvalidStatus, OSError) as error:
            outcome.errors[f"{type(error).__name__}: {error}"[:80]] += 1
            await asyncio.sleep(plan.thinks_s)
            if time.monotonic() >= end:
                return


async def measure(sites: Sequence[Server], address: str, plan: Plan) -> Outcome:
    """Let a crowd visit and read memory and processor time of the sites.

    Parameters
    ----------
    sites : sequence of Server
        The processes behind the address.
    """
    meters = [Meter(site.process) for site in sites]
    measured = asyncio.Event()
    visits = asyncio.create_task(visit(address, plan, measured))
    await measured.wait()
    memory = [meter.memory_mb() for meter in meters]
    spent = sum(meter.processor_s() for meter in meters)
    outcome = await visits
    outcome.begun_mb, outcome.ended_mb = memory, [meter.memory_mb() for meter in meters]
    outcome.processor_s = sum(meter.processor_s() for meter in meters) - spent
    return outcome


@contextmanager
def sites(releases: Path, processes: int) -> Iterator[tuple[list[Server], str]]:
    """So many processes of the site, and the address that visitors go to."""
    with ExitStack() as stack:
        running = [stack.enter_context(server(releases)) for _ in range(processes)]
        if processes == 1:
            yield running, running[0].address
            return
        port = free_port()
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        members = "\n".join(f"server {site.address.removeprefix('http://')};" for site in running)
        # Files are uploaded, and reruns asked for, where the session is.
        config = (
            f"upstream sites {{ hash $http_x_forwarded_for consistent; {members} }}\n"
            f"server {{ listen 127.0.0.1:{port};\n"
            "location / { proxy_pass http://sites; proxy_buffering off; proxy_read_timeout 1h; } }"
        )
        stack.enter_context(nginx.proxying(folder, config, f"http://127.0.0.1:{port}"))
        yield running, f"http://127.0.0.1:{port}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--warm-up", type=float, default=30, help="seconds")
    parser.add_argument("--thinks", type=float, default=5, help="seconds between two steps")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--releases", type=Path, default=settings().releases_dir)
    options = parser.parse_args()
    plan = Plan(options.visitors, 60 * options.minutes, options.warm_up, options.thinks)
    with sites(options.releases, options.processes) as (running, address):
        outcome = asyncio.run(measure(running, address, plan))
    print(
        f"{plan.visitors} visitors, thinking {plan.thinks_s:g} s, {options.processes} process(es), "
        f"{os.cpu_count()} cores, load of the machine {os.getloadavg()[0]:.1f}"
    )
    print("\n".join(outcome.lines()))


if __name__ == "__main__":
    main()
