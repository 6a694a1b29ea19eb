"""Seconds for a regional brief and for a comparison's, each as PDF and as workbook.

Run ``python -m benchmarks.brief``. The first brief of a process pays for starting the chart
engine and reading the fonts; the median is of the ones after it.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from ecosystem import brief
from ecosystem.common.store import Database, current
from ecosystem.finding.filters import Filter
from ecosystem.regional import comparisons, profiles

REGION = "FRH0"
COMPARED = ["FRH0", "DEA", "EE"]
TIMES = 5
# What the project promises for one click, in seconds.
PROMISED = 3.0


def region_pdf(database: Database) -> bytes:
    """One click: the profile and its brief."""
    found = profiles.profile(database, Filter(), REGION)
    assert found is not None
    return brief.region_pdf(database, Filter(), found)


def region_xlsx(database: Database) -> bytes:
    """One click: the profile and its workbook."""
    found = profiles.profile(database, Filter(), REGION)
    assert found is not None
    return brief.region_xlsx(database, Filter(), found)


def comparison_pdf(database: Database) -> bytes:
    """One click: the comparison and its brief."""
    return brief.comparison_pdf(
        database, Filter(), comparisons.compare(database, Filter(), COMPARED)
    )


def comparison_xlsx(database: Database) -> bytes:
    """One click: the comparison and its workbook."""
    return brief.comparison_xlsx(
        database, Filter(), comparisons.compare(database, Filter(), COMPARED)
    )


def main() -> None:
    """Measure and print."""
    database = Database(current())
    made: list[Callable[[Database], bytes]] = [
        region_pdf,
        region_xlsx,
        comparison_pdf,
        comparison_xlsx,
    ]
    for make in made:
        first, *later = [_seconds(make, database) for _ in range(TIMES + 1)]
        median = statistics.median(later)
        verdict = "kept" if max(first, median) < PROMISED else "NOT KEPT"
        size = len(make(database)) / 1000
        print(
            f"{make.__name__:16} first {first:.2f} s, then {median:.2f} s, {size:.0f} kB "
            f"(promised {PROMISED:.0f} s: {verdict})"
        )


def _seconds(make: Callable[[Database], bytes], database: Database) -> float:
    start = time.perf_counter()
    make(database)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
