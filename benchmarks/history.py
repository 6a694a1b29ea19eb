"""Time and memory of comparing two releases in which every organisation changed.

Run with ``python -m benchmarks.history``.
"""

from __future__ import annotations

import resource
import time

import numpy as np
import pandas as pd

from benchmarks.synthetic import synthetic_register
from etl.release.change import changes

ROWS = 100_000


def main() -> None:
    """Print the figures."""
    register = synthetic_register(ROWS)
    lists = {name: register[name].str.split(";") for name in ("domains", "sectors", "functions")}
    random = np.random.default_rng(0)
    old = register.assign(
        **lists,
        former_names=pd.Series([["Former"]] * ROWS, register.index),
        lon=random.uniform(-10, 30, ROWS),
        lat=random.uniform(35, 65, ROWS),
        nuts3="AT313",
        valley_id="at-oberoesterreich",
        founded=pd.to_numeric(register["founded"]),
    )
    new = old.assign(
        **{name: old[name] + " x" for name in ("name", "city", "website", "source_url", "notes")},
        **{name: old[name].map(lambda codes: [*codes, "x"]) for name in lists},
        lat=old["lat"] + 1,
        founded=old["founded"].fillna(1999) + 1,
        nuts3="FRH03",
        valley_id="fr-bretagne",
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    found = changes(new, old)
    seconds = time.perf_counter() - start
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{ROWS:,} organisations, {len(found):,} changes: {seconds:.1f} s, {more:.0f} MB more")


if __name__ == "__main__":
    main()
