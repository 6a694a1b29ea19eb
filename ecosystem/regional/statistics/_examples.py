"""Two small regions for the examples in docstrings."""

from __future__ import annotations

import pandas as pd

from ecosystem.regional.statistics.counts import RegionCounts, from_groups
from ecosystem.regional.statistics.specialisation import location_quotient


def two_regions() -> tuple[RegionCounts, pd.DataFrame]:
    """Counts of A (9 of 10 SMEs work on cryptology) and B (30 on legal aspects), and quotients."""
    counts = from_groups(
        ["A", "B"],
        {
            "types": [("A", "sme", 10), ("B", "sme", 30)],
            "domains": [("A", "cryptology", 9), ("B", "legal-aspects", 30)],
            "functions": [],
            "sectors": [],
            "evidence": [("A", "page", 10), ("B", "page", 30)],
        },
        [],
    )
    return counts, location_quotient(counts.domains, counts.n)
