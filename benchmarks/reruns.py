"""What a rerun costs the server, in processor time, and how far above an empty page it stays.

``python -m benchmarks.reruns`` serves the current release, lets one visitor of
:mod:`benchmarks.visitor` go from address to address, and reads the processor time of the server's
process around each rerun. *Cached* are filters and regions that somebody asked for before, *new*
ones are asked for the first time. The *floor* is a Streamlit page without navigation, questions or
styles that shows as many elements and containers (:mod:`benchmarks.floor_app`). Only the server's
own time counts, so other work on the machine changes little; medians.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.visitor import Answer, Meter, Visitor, visiting
from ecosystem.common.settings import settings
from ecosystem.common.store import Database, current
from ecosystem.common.vocabulary import COUNTRIES, DOMAINS, TYPES
from ecosystem.finding.filters import Filter
from ecosystem.tables import regions
from tests.browser.server import server

# What is still written to the log or collected after the last message belongs to the rerun.
_SETTLE_S = 0.08
FLOOR_APP = "benchmarks/floor_app.py"


@dataclass(frozen=True)
class Case:
    """Addresses of one kind, and what a rerun of them may cost.

    Attributes
    ----------
    name : str
        What is measured.
    path : str
        The page.
    queries : tuple of str
        Parameters of each rerun.
    is_new : bool
        Whether each is asked for the first time.
    aim_ms : float
        Processor time that the median should stay below.
    """

    name: str
    path: str
    queries: tuple[str, ...]
    is_new: bool
    aim_ms: float


@dataclass(frozen=True)
class Measured:
    """Medians of a case: processor time and time until the answer in ms, bytes, elements."""

    processor_ms: float
    answer_ms: float
    bytes: int
    elements: int
    blocks: int


def _filters() -> Iterator[str]:
    """Filters that differ, as parameters of an address; none of them leaves nothing."""
    for type_, domain in itertools.product(TYPES, DOMAINS):
        yield urlencode({"type": type_, "domain": domain})
    for country, type_ in itertools.product(COUNTRIES, TYPES):
        yield urlencode({"country": country, "type": type_})


def cases(releases: Path, repeat: int) -> list[Case]:
    """The cases of this benchmark.

    Parameters
    ----------
    releases : Path
        The folder of releases that is served.
    repeat : int
        How many reruns of each.
    """
    filters = _filters()

    def some(number: int) -> tuple[str, ...]:
        return tuple(itertools.islice(filters, number))

    database = Database(current(releases))
    counts = regions.organisation_counts(database, Filter(), "nuts2")
    there = [str(id_) for id_ in counts.sort_values(ascending=False).index]
    database.close()
    pages = tuple(urlencode({"region": id_}) for id_ in there[: 2 * repeat])
    known, known_regions = some(5), pages[:5]
    new_regions = pages[5 : 5 + repeat]
    again = tuple(itertools.islice(itertools.cycle(known), repeat))
    again_regions = tuple(itertools.islice(itertools.cycle(known_regions), repeat))
    return [
        Case("map, cached", "/", again, False, 35),
        Case("map, new filter", "/", some(repeat), True, 70),
        Case("regions, cached", "/regions", again, False, 60),
        Case("regions, new filter", "/regions", some(repeat), True, 120),
        Case("region, cached", "/region", again_regions, False, 60),
        Case("region, new", "/region", new_regions, True, 150),
        Case("directory, cached", "/directory", again, False, 60),
        Case("directory, new filter", "/directory", some(repeat), True, 100),
        Case("about", "/about", ("",) * repeat, False, 15),
    ]


async def measure(visitor: Visitor, meter: Meter, case: Case) -> Measured:
    """Visit a case's addresses one after the other."""
    if not case.is_new:
        for query in dict.fromkeys(case.queries):
            await visitor.go(case.path, query)
    else:
        await visitor.go(case.path)
    answers: list[Answer] = []
    seconds: list[float] = []
    for query in case.queries:
        await asyncio.sleep(_SETTLE_S)
        with meter:
            answers.append(await visitor.go(case.path, query))
            await asyncio.sleep(_SETTLE_S)
        seconds.append(meter.seconds)
    return Measured(
        1000 * statistics.median(seconds),
        1000 * statistics.median(answer.seconds for answer in answers),
        int(statistics.median(answer.bytes for answer in answers)),
        int(statistics.median(answer.elements for answer in answers)),
        int(statistics.median(answer.blocks for answer in answers)),
    )


async def _site(releases: Path, chosen: Sequence[Case]) -> list[Measured]:
    with server(releases) as running:
        meter = Meter(running.process)
        async with visiting(running.address) as visitor:
            # The first visit to each page loads what it needs.
            for case in chosen:
                await visitor.go(case.path)
            return [await measure(visitor, meter, case) for case in chosen]


async def _floor(releases: Path, sizes: Sequence[Measured], repeat: int) -> list[Measured]:
    with server(releases, FLOOR_APP) as running:
        meter = Meter(running.process)
        async with visiting(running.address) as visitor:
            found = []
            for size in sizes:
                query = urlencode({"elements": size.elements, "blocks": size.blocks})
                case = Case("", "/", (query,) * repeat, False, 0)
                found.append(await measure(visitor, meter, case))
            return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=15)
    parser.add_argument("--only", default="", help="cases whose name begins like this")
    parser.add_argument("--releases", type=Path, default=settings().releases_dir)
    options = parser.parse_args()
    chosen = [
        case
        for case in cases(options.releases, options.repeat)
        if case.name.startswith(options.only)
    ]
    measured = asyncio.run(_site(options.releases, chosen))
    floors = asyncio.run(_floor(options.releases, measured, options.repeat))
    print(f"medians of {options.repeat}; load of the machine {os.getloadavg()[0]:.1f}")
    print(
        f"{'':24} {'CPU ms':>7} {'floor':>6} {'above':>6} {'aim':>5} "
        f"{'answer':>7} {'kB':>6} {'elements':>9}"
    )
    for case, found, floor in zip(chosen, measured, floors, strict=True):
        print(
            f"{case.name:24} {found.processor_ms:7.0f} {floor.processor_ms:6.0f} "
            f"{found.processor_ms - floor.processor_ms:6.0f} {case.aim_ms:5.0f} "
            f"{found.answer_ms:7.0f} {found.bytes / 1000:6.1f} "
            f"{found.elements:4} + {found.blocks}"
        )


if __name__ == "__main__":
    main()
