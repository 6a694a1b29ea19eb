"""What each step costs the more there is, and how many visitors that leaves room for.

``python -m benchmarks.scaling --rows 465 12000 100000 1000000`` makes a synthetic register of each
size, refreshes it, serves the release, and measures in one run

- the refresh: processor time, peak of memory, size of the release;
- the server: seconds to the first page after a start, memory before anybody comes and after all
  visits below;
- processor time of a rerun of each kind (:mod:`benchmarks.reruns`), of each of 1,000 addresses that
  a crawler asks for, and of the first download of everything;
- a crowd of few and of more (:mod:`benchmarks.crowd`): processor time a step, memory a visitor.

Costs of 10,000 organisations and more are fitted to a power of their number; below, what a step
costs anyway hides how it grows. What so many cores serve follows from the processor time of a step;
see :func:`count_visitors`.
"""

from __future__ import annotations

import argparse
import asyncio
import html
import json
import math
import os
import re
import statistics
import tempfile
import urllib.request
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urljoin

from benchmarks import crowd, reruns
from benchmarks.generate import generate
from benchmarks.refresh import time_command
from benchmarks.visitor import Meter, visiting
from ecosystem.api.published import ARCHIVE
from ecosystem.common.settings import settings
from ecosystem.common.store import current
from tests.browser.server import Server, server

# Words of synthetic names and of real ones; none is asked for twice.
_WORDS = ("cyber", "secure", "data", "trust", "cloud", "shield", "network", "institut", "lab",
          "digital", "defence", "solutions", "identity", "quantum", "university")  # fmt: skip
_LINK = re.compile(r'<a [^>]*href="([^"]+)"')
_CRAWLED = 1_000
_LARGE = 10_000
_BUSY = 0.7
_THINKS_S = 5.0


@dataclass
class Size:
    """What was measured with so many organisations.

    Attributes
    ----------
    rows : int
        Organisations.
    costs : dict of str to float
        By what costs it, with its unit.
    """

    rows: int
    costs: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Crowd:
    """What visitors cost at the register's size.

    Attributes
    ----------
    step_s : float
        Processor time of the server for each step of a visitor.
    base_mb, visitor_mb : float
        Memory of a process with nobody there, and of each visitor more.
    """

    step_s: float
    base_mb: float
    visitor_mb: float


def fit_power(rows: Sequence[int], costs: Sequence[float]) -> float:
    """Power of the number of organisations that a cost grows with, by least squares of logarithms.

    0 is a cost that stays as it is, 1 one that doubles with twice as many.
    """
    logarithms = (list(map(math.log, values)) for values in (rows, costs))
    return statistics.linear_regression(*logarithms).slope


def count_visitors(
    cores: int, step_s: float, *, thinks_s: float = _THINKS_S, busy: float = _BUSY
) -> int:
    """How many visitors can be there at once, each thinking between two steps.

    The interactive response time law (Denning and Buzen 1978, ACM Computing Surveys 10:3) with
    answers that are short beside thinking: throughput is visitors through thinking time.

    Parameters
    ----------
    cores : int
        Each serves a process of its own: Python runs one thread at a time.
    step_s : float
        Processor time of a step, in seconds.
    thinks_s : float
        Seconds between two steps.
    busy : float
        Share of the cores' time that steps may take; beyond it answers queue up.
    """
    return round(cores * busy * thinks_s / step_s)


def measure(rows: int, folder: Path, repeat: int) -> Size:
    """Refresh, serve and visit a synthetic register of that size.

    Parameters
    ----------
    rows : int
        Organisations.
    folder : Path
        An empty folder; holds the release afterwards.
    repeat : int
        Reruns of each kind, of which the median counts.
    """
    size = Size(rows)
    releases = folder / "releases"
    generate(rows, folder / "register")
    environment = os.environ | {
        "CYBER_VALLEYS_REGISTER_DIR": str(folder / "register"),
        "CYBER_VALLEYS_RELEASES_DIR": str(releases),
    }
    _, size.costs["refresh, processor s"], size.costs["refresh, peak MB"] = time_command(
        ["refresh", "--yes", "--quiet"], environment
    )
    release = next(releases.glob("*.duckdb"))
    size.costs["release, MB"] = release.stat().st_size / 1e6
    with server(releases) as running:
        asyncio.run(_visit(running, releases, size, repeat))
    return size


async def _visit(running: Server, releases: Path, size: Size, repeat: int) -> None:
    meter = Meter(running.process)
    size.costs["server before visitors, MB"] = meter.memory_mb()
    searches = tuple(urlencode({"q": word}) for word in _WORDS[:repeat])
    cases = [
        *reruns.cases(releases, repeat),
        reruns.Case("directory, new words", "/directory", searches, True, 0),
    ]
    async with visiting(running.address) as visitor:
        size.costs["first page after the start, ms"] = 1000 * (await visitor.go("/")).seconds
        for case in cases:
            await visitor.go(case.path)
        for case in cases:
            found = await reruns.measure(visitor, meter, case)
            size.costs[f"{case.name}, processor ms"] = found.processor_ms
    with meter:
        found = await asyncio.to_thread(_crawl, running.address, _CRAWLED)
    size.costs["address of a crawler, processor ms"] = 1000 * meter.seconds / found
    with meter:
        received = await asyncio.to_thread(_download, running.address, releases)
    size.costs["first download of everything, processor ms"] = 1000 * meter.seconds
    size.costs["first download of everything, MB"] = received / 1e6
    size.costs["server after all, MB"] = meter.memory_mb()


def _crawl(site: str, number: int) -> int:
    """Follow links from the first page on, each once; how many addresses that were."""
    known, waits = {site}, deque([site])
    for asked in range(number):
        if not waits:
            return asked
        address = waits.popleft()
        with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310
            text = answer.read().decode()
        for link in _LINK.findall(text):
            found = urljoin(address, html.unescape(link)).partition("#")[0]
            if found.startswith(site) and found not in known:
                known.add(found)
                waits.append(found)
    return number


def _download(site: str, releases: Path) -> int:
    """Bytes of the archive of the current release."""
    address = f"{site}/releases/{current(releases).release_id}/{ARCHIVE}"
    received = 0
    with urllib.request.urlopen(address, timeout=1_200) as answer:  # noqa: S310
        while piece := answer.read(1 << 16):
            received += len(piece)
    return received


def measure_crowd(releases: Path, few: int, more: int, seconds: float) -> Crowd:
    """Let a small crowd come to a server, and a larger one to another.

    Parameters
    ----------
    releases : Path
        What is served.
    few, more : int
        Visitors.
    seconds : float
        How long each crowd is measured after its warm-up.
    """
    of_few, of_more = (_crowd(releases, visitors, seconds) for visitors in (few, more))
    of_each = (of_more.ended_mb[0] - of_few.ended_mb[0]) / (more - few)
    steps = len(of_few.reruns_s) + len(of_more.reruns_s)
    return Crowd(
        (of_few.processor_s + of_more.processor_s) / steps,
        of_few.ended_mb[0] - few * of_each,
        of_each,
    )


def _crowd(releases: Path, visitors: int, seconds: float) -> crowd.Outcome:
    plan = crowd.Plan(visitors, seconds, thinks_s=_THINKS_S)
    with crowd.sites(releases, 1) as (running, address):
        return asyncio.run(crowd.measure(running, address, plan))


def as_table(sizes: Sequence[Size]) -> str:
    """Costs by number of organisations, and the power that they grow with, as Markdown."""
    rows = [size.rows for size in sizes]
    large = [size for size in sizes if size.rows >= _LARGE] or sizes
    lines = [
        f"| organisations | {' | '.join(f'{number:,}' for number in rows)} | grows with N to the |",
        "|---" * (len(rows) + 2) + "|",
    ]
    for name in sizes[0].costs:
        costs = [size.costs[name] for size in sizes]
        power = "–"
        if len(large) > 1:
            fitted = fit_power([size.rows for size in large], [size.costs[name] for size in large])
            # A little less than nothing is nothing, too.
            power = f"{round(fitted, 1) + 0:.1f}"
        lines.append(f"| {name} | {' | '.join(map(_short, costs))} | {power} |")
    return "\n".join(lines)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 20 else f"{value:.1f}"


def tell_capacity(found: Crowd) -> str:
    """What so many cores serve, by the processor time of a step, as Markdown."""
    lines = [
        f"A step costs {1000 * found.step_s:.0f} ms of processor time, a process "
        f"{found.base_mb:.0f} MB and each visitor {found.visitor_mb:.1f} MB more.",
        "",
        f"| cores | steps a second | visitors who think {_THINKS_S:g} s | memory, GB |",
        "|---|---|---|---|",
    ]
    for cores in (2, 8, 32):
        visitors = count_visitors(cores, found.step_s)
        memory = (cores * found.base_mb + visitors * found.visitor_mb) / 1000
        steps = cores * _BUSY / found.step_s
        lines.append(f"| {cores} | {steps:,.0f} | {visitors:,} | {memory:.1f} |")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[465, 12_000, 100_000])
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--crowd", type=int, nargs=2, default=[5, 25], metavar="VISITORS")
    parser.add_argument("--seconds", type=float, default=120, help="of each crowd")
    parser.add_argument("--releases", type=Path, default=settings().releases_dir)
    parser.add_argument("--json", type=Path, help="write everything that was measured")
    chosen = parser.parse_args()
    sizes = []
    for rows in chosen.rows:
        with tempfile.TemporaryDirectory() as folder:
            sizes.append(measure(rows, Path(folder), chosen.repeat))
        print(json.dumps(vars(sizes[-1])), flush=True)
    found = measure_crowd(chosen.releases, *chosen.crowd, chosen.seconds)
    print(f"\n{as_table(sizes)}\n\n{tell_capacity(found)}")
    print(f"\nLoad of the machine at the end: {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores.")
    if chosen.json:
        values = {"sizes": [vars(size) for size in sizes], "crowd": vars(found)}
        chosen.json.write_text(json.dumps(values, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
