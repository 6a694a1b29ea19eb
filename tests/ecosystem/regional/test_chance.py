"""What the site would call a strength if domains had nothing to do with regions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ecosystem.common.store import Database
from ecosystem.common.vocabulary import DOMAINS
from ecosystem.finding.filters import Filter
from ecosystem.network import links
from ecosystem.regional import profiles, region_counts
from ecosystem.regional.statistics import similarity, words
from ecosystem.regional.statistics.counts import SMALL_N, RegionCounts
from ecosystem.regional.statistics.specialisation import location_quotient, specialisations
from ecosystem.tables import organisations, regions

SHUFFLES = 100


class Shuffled:
    """The register with the domains of its organisations dealt out anew."""

    def __init__(self, database: Database, level: str) -> None:
        everyone = organisations.everything(database, Filter())
        self.counts = region_counts.region_counts(database, Filter(), level)
        self._has = np.array([[d in own for d in DOMAINS] for own in everyone["domains"]])
        ids = pd.Index(self.counts.regions)
        self.whole = pd.Series(self._has.sum(axis=0), index=list(DOMAINS))
        self.whole_n = len(self._has)
        self._region = ids.get_indexer(pd.Index(everyone[regions.LEVELS[level]]))

    def deal(self, random: np.random.Generator) -> RegionCounts:
        """Counts with every organisation's set of domains given to another one."""
        dealt = self._has[random.permutation(len(self._has))]
        cells = np.zeros(self.counts.domains.shape, dtype="int64")
        inside = self._region >= 0
        np.add.at(cells, self._region[inside], dealt[inside])
        fields = self.counts.__dict__ | {
            "domains": pd.DataFrame(cells, index=self.counts.regions, columns=list(DOMAINS))
        }
        return RegionCounts(**fields)

    def quotients(self, counts: RegionCounts) -> pd.DataFrame:
        """Quotients against the whole register, as the site computes them."""
        return location_quotient(
            counts.domains, counts.n, whole_counts=self.whole, whole_n=self.whole_n
        )


@pytest.mark.slow
def test_a_shuffled_register_has_no_strengths(database: Database) -> None:
    register = Shuffled(database, "valley")
    random = np.random.default_rng(20261128)
    named, told, by_interval, advice, network_advice = 0, 0, 0, 0, 0
    whole_n = register.whole_n
    enough = register.counts.regions[register.counts.n >= SMALL_N]
    names = {str(region): str(region) for region in register.counts.regions}
    for number in range(SHUFFLES):
        counts = register.deal(random)
        quotients = register.quotients(counts)
        named += len(specialisations(quotients))
        drawn = random.choice(enough, 2)
        sentences = [words.profile(r, names, counts, quotients)[1] for r in drawn]
        told += sum("clearly stronger" in sentence for sentence in sentences)
        large = quotients[~quotients["small"] & (quotients["count"] >= 3)]
        by_interval += int(((large["low"] > 1) & (large["lq"] > 1.25)).sum())
        advice += len(similarity.complements(quotients, enough, enough))
        if number % 5 == 0:
            clear = links.clear_differences(counts.domains, counts.n, register.whole, whole_n)
            network_advice += bool(clear)
    # At most one in twenty sentences may claim a strength; of the strengths themselves, at most
    # one in twenty shuffles may name any.
    assert named <= 0.05 * SHUFFLES
    assert told <= 0.05 * SHUFFLES * 2
    assert advice <= 0.05 * SHUFFLES * len(enough)
    # What the network page and the partner finder say one valley could add to another.
    assert network_advice <= 0.05 * SHUFFLES / 5
    # What an interval above 1 alone would have claimed: the reason for all this.
    assert by_interval > 8 * SHUFFLES


def test_a_planted_strength_is_told_in_the_real_register(database: Database) -> None:
    register = Shuffled(database, "valley")
    counts = register.deal(np.random.default_rng(1))
    n = int(counts.n["fr-bretagne"])
    rarest = str(counts.domains.sum().idxmin())
    counts.domains.loc["fr-bretagne", rarest] = n // 2
    whole = counts.domains.sum()
    quotients = location_quotient(
        counts.domains, counts.n, whole_counts=whole, whole_n=int(counts.n.sum())
    )
    said = words.profile("fr-bretagne", {"fr-bretagne": "Brittany"}, counts, quotients)[1]
    assert f"Brittany is clearly stronger in {DOMAINS.label(rarest).lower()}" in said


def test_advice_needs_a_strength(database: Database) -> None:
    counts = region_counts.region_counts(database, Filter(), "nuts2")
    quotients = profiles.quotients_of(database, Filter(), counts)
    strong = set(specialisations(quotients).index)
    found = similarity.complements(quotients, counts.regions, counts.regions)
    assert {(g, c) for g, c in zip(found["giver"], found["code"], strict=True)} <= strong
