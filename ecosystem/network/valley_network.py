"""The network of valleys as a release has it: declared and computed links, and what they say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ecosystem.common.per_release import per_release
from ecosystem.common.store import Database
from ecosystem.finding.filters import Filter
from ecosystem.network import graph_measures, links
from ecosystem.network.links import Difference, Gap
from ecosystem.regional import region_counts
from ecosystem.regional.statistics.counts import RegionCounts
from ecosystem.tables import organisations, partnerships, regions

LEVEL = "valley"
# What is said of a pair is likely to be chance above this, as everywhere on the site.
CHANCE = 0.05


@dataclass(frozen=True, eq=False)
class Network:
    """Valleys and the partnerships that join them.

    Attributes
    ----------
    links : DataFrame
        ``one, other, partnerships, strength``, strongest first; see
        :func:`ecosystem.network.links.declared_links`.
    connections : DataFrame
        ``partners, strength, group, bridge`` by valley; see
        :func:`ecosystem.network.graph_measures.connections`.
    memberships : DataFrame
        ``partnership_id, valley_id`` of the partnerships chosen.
    """

    links: pd.DataFrame
    connections: pd.DataFrame
    memberships: pd.DataFrame

    @property
    def partnerships(self) -> int:
        """How many partnerships join at least two valleys."""
        return int((self.memberships["partnership_id"].value_counts() > 1).sum())

    @property
    def unlinked(self) -> list[str]:
        """Valleys that no partnership joins with another, in order."""
        partners = self.connections["partners"]
        return [str(id_) for id_ in partners.index[partners == 0]]

    def partners_of(self, valley_id: str) -> pd.DataFrame:
        """A valley's links: ``valley_id`` (the other one), ``partnerships, strength``."""
        return links.of_region(self.links, valley_id).rename(columns={"region": "valley_id"})


def network(database: Database, kinds: Sequence[str] = (), year: int | None = None) -> Network:
    """The network that partnerships make.

    Parameters
    ----------
    kinds, year
        As for :func:`ecosystem.tables.partnerships.memberships`.
    """
    valleys = regions.ids(database, LEVEL)
    memberships = partnerships.memberships(database, kinds, year)
    found = links.declared_links(memberships, valleys)
    return Network(found, graph_measures.connections(found, valleys), memberships)


def overlaps(
    database: Database, kinds: Sequence[str] = (), year: int | None = None
) -> pd.DataFrame:
    """Partnerships whose valleys are much the same; see the function of the same name there."""
    memberships = partnerships.memberships(database, kinds, year)
    return graph_measures.overlaps(memberships, regions.ids(database, LEVEL))


@per_release
def counts(database: Database) -> RegionCounts:
    """Organisations of every valley, counted by kind."""
    return region_counts.region_counts(database, Filter(), LEVEL)


@per_release
def similar(database: Database) -> pd.DataFrame:
    """Pairs of valleys by how alike their JRC domains are; see :func:`links.similar_links`."""
    counted = counts(database)
    return links.similar_links(counted.domains, counted.n, organisations.mixes(database))


def complementary(database: Database) -> pd.DataFrame:
    """Pairs of valleys that complement each other; see :func:`links.complementary_links`.

    Returns
    -------
    DataFrame
        As there, and ``clear``: how many of the differences chance hardly makes. Pairs with most
        of those come first.
    """
    counted = counts(database)
    found = links.complementary_links(counted.domains, counted.n)
    of_pair = Counter(frozenset(gap[:2]) for gap in clear_differences(database))
    pairs = zip(found["one"], found["other"], strict=True)
    found = found.assign(clear=[of_pair[frozenset(pair)] for pair in pairs])
    return found.sort_values("clear", ascending=False, kind="stable").reset_index(drop=True)


@per_release
def clear_differences(database: Database) -> frozenset[Gap]:
    """Differences between valleys that chance hardly makes; see the function there."""
    counted = counts(database)
    return clear_among(database, counted.domains, counted.n)


def clear_among(database: Database, domains: pd.DataFrame, n: pd.Series) -> frozenset[Gap]:
    """Differences between regions that chance hardly makes; see :func:`links.clear_differences`.

    Parameters
    ----------
    domains : DataFrame of int
        Organisations by region and domain.
    n : Series of int
        Organisations by region.
    """
    everyone = region_counts.whole(database, Filter())
    return links.clear_differences(domains, n, everyone.domains.T["all"], int(everyone.n["all"]))


def alike_without_link(
    database: Database, kinds: Sequence[str] = (), year: int | None = None
) -> pd.DataFrame:
    """Valleys with matching profiles that no partnership joins: where a link might be missing.

    Returns
    -------
    DataFrame
        ``one, other, similarity, chance``, least likely to be chance first.
    """
    apart = graph_measures.without_links(similar(database), network(database, kinds, year).links)
    return apart.sort_values("chance", kind="stable").reset_index(drop=True)


def sizes(database: Database) -> dict[str, int]:
    """Organisations of the register in each valley."""
    n = counts(database).n
    return {str(id_): int(count) for id_, count in n.items()}


def in_common(database: Database, one: str, other: str) -> list[str]:
    """The JRC domains that make two valleys alike, at most three, strongest first."""
    return links.in_common(counts(database).domains, one, other)


def differences(database: Database, giver: str, receiver: str) -> list[Difference]:
    """What one valley could give another; see :func:`links.differences`."""
    counted = counts(database)
    could_add = links.give_and_lack(counted.domains, counted.n, shares(database))
    clear = clear_differences(database)
    return links.differences(counted.domains, sizes(database), could_add, giver, receiver, clear)


def shares(database: Database) -> pd.Series:
    """Share of all organisations of valleys that work on each JRC domain, 0 to 1."""
    counted = counts(database)
    return counted.domains.sum() / max(int(counted.n.sum()), 1)
