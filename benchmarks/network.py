"""How long links and measures of a network of regions take, and how that grows.

Run `python -m benchmarks.network`. Partnerships are drawn at random: most are small, a few are of
dozens of regions, as in the register, and some regions are in far more than others. Every time is
processor time, the best of some runs in a warm process, after imports, on frames: what asks the
database isn't in it.

Links and overlaps grow with the partnerships and their sizes, the measures with the number of
links, up to all pairs of regions, and similarity with the pairs alone.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from ecosystem.common.vocabulary import DOMAINS
from ecosystem.network import graph_measures, links

# Regions and partnerships, with the milliseconds that all steps together may take.
SIZES = {(43, 43): 300.0, (400, 43): 300.0, (400, 1_000): None, (400, 5_000): None}
_SIZES = (2, 2, 2, 3, 3, 4, 5, 6, 8, 12, 27)
_ORGANISATIONS = 11  # of a region, on average, as in the register


def memberships(regions: list[str], partnerships: int, seed: int = 0) -> pd.DataFrame:
    """Which regions take part in which partnerships, at random: ``partnership_id, region``."""
    random = np.random.default_rng(seed)
    weights = 1 / np.arange(2, len(regions) + 2)
    rows = [
        (f"p{number}", regions[place])
        for number in range(partnerships)
        for place in random.choice(
            len(regions), random.choice(_SIZES), replace=False, p=weights / weights.sum()
        )
    ]
    return pd.DataFrame(rows, columns=["partnership_id", "region"])


def profiles(regions: list[str], seed: int = 0) -> tuple[pd.DataFrame, pd.Series, pd.DataFrame]:
    """Organisations by region and domain, by region, and by the set of domains they work on."""
    random = np.random.default_rng(seed)
    n = pd.Series(1 + random.poisson(_ORGANISATIONS - 1, len(regions)), index=regions)
    shares = random.uniform(0.05, 0.3, len(DOMAINS))
    counts = pd.DataFrame(
        random.binomial(n.to_numpy()[:, None], shares), index=regions, columns=list(DOMAINS)
    )
    mixes = pd.DataFrame((random.random((150, len(DOMAINS))) < shares).astype(int))
    mixes.columns = pd.Index(list(DOMAINS))
    return counts, n, mixes.assign(organisations=random.integers(1, 9, len(mixes)))


def steps(n_regions: int, partnerships: int) -> dict[str, Callable[[], Any]]:
    """Every step by name."""
    regions = [f"r{number:03}" for number in range(n_regions)]
    rows = memberships(regions, partnerships)
    counts, n, mixes = profiles(regions)
    found = links.declared_links(rows, regions)
    return {
        "links": lambda: links.declared_links(rows, regions),
        "connections, groups, bridges": lambda: graph_measures.connections(found, regions),
        "overlaps": lambda: graph_measures.overlaps(rows, regions),
        "similar profiles": lambda: links.similar_links(counts, n, mixes),
        "complementary profiles": lambda: links.complementary_links(counts, n),
        "differences beyond chance": lambda: links.clear_differences(
            counts, n, counts.sum(), int(n.sum())
        ),
    }


def best_ms(step: Callable[[], Any], repeat: int) -> float:
    """Milliseconds of processor time of a step at its fastest, whatever else the machine does."""
    times = []
    for _ in range(repeat):
        began = time.process_time()
        step()
        times.append(1e3 * (time.process_time() - began))
    return min(times)


def measure(n_regions: int, partnerships: int, repeat: int) -> float:
    """Print each step's time and return their sum, in milliseconds."""
    print(f"{n_regions:,} regions, {partnerships:,} partnerships, best of {repeat}")
    total = 0.0
    for name, step in steps(n_regions, partnerships).items():
        milliseconds = best_ms(step, repeat)
        total += milliseconds
        print(f"  {name:<32}{milliseconds:8.1f} ms")
    print(f"  {'sum':<32}{total:8.1f} ms")
    return total


def main() -> None:
    """Measure each size; exit with 1 if a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeat", type=int, default=5)
    repeat = parser.parse_args().repeat
    missed = False
    for (n_regions, partnerships), target in SIZES.items():
        total = measure(n_regions, partnerships, repeat)
        if target is not None:
            missed |= total > target
            print(f"  target {target:.0f} ms: {'missed' if total > target else 'met'}")
        print()
    raise SystemExit(missed)


if __name__ == "__main__":
    main()
