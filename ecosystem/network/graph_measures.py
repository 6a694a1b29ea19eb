"""Measures of a network of regions: how connected, which bridge groups, what overlaps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from ecosystem.common import late
from ecosystem.network.links import incidence

# Above so many regions, shortest paths start from a sample of them, which is named.
EXACT_UP_TO = 100
_SOURCES, _SEED = 40, 0
# Groups and bridges are those of each region's strongest links: of a network in which nearly
# everybody is linked somehow, the weak links would make one group.
STRONGEST = 6


def connections(links: pd.DataFrame, regions: Sequence[str]) -> pd.DataFrame:
    """How connected each region is.

    Parameters
    ----------
    links : DataFrame
        ``one, other, partnerships, strength`` as
        :func:`ecosystem.network.links.declared_links` gives them.
    regions : sequence of str
        All regions, those without a link among them.

    Returns
    -------
    DataFrame
        Indexed by region, in order: ``partners`` (number of regions linked, the degree),
        ``strength`` (sum over its links), ``group`` (number of its group, 0 for the largest;
        missing without a link) and ``bridge`` (0 to 1, betweenness: the share of pairs of
        others whose shortest way leads over it, where a strong link is a short way).

    References
    ----------
    Freeman, L. C. (1977). A set of measures of centrality based on betweenness. Sociometry
    40(1), 35-41.

    Blondel, V. D., Guillaume, J.-L., Lambiotte, R. and Lefebvre, E. (2008). Fast unfolding of
    communities in large networks. Journal of Statistical Mechanics P10008.

    Examples
    --------
    >>> links = pd.DataFrame(
    ...     [("A", "B", 1, 1.0), ("B", "C", 1, 1.0)],
    ...     columns=["one", "other", "partnerships", "strength"],
    ... )
    >>> found = connections(links, ["A", "B", "C", "D"])
    >>> found["partners"].tolist(), found["bridge"].round(2).tolist()
    ([1, 2, 1, 0], [0.0, 1.0, 0.0, 0.0])
    """
    both = pd.concat(
        [links[["one", "other", "strength"]],
         links.rename(columns={"one": "other", "other": "one"})[["one", "other", "strength"]]]
    )  # fmt: skip
    by_region = both.groupby("one")["strength"]
    index = pd.Index(regions, name="region")
    found = pd.DataFrame(
        {
            "partners": by_region.size().reindex(index, fill_value=0).astype("int64"),
            "strength": by_region.sum().reindex(index, fill_value=0.0),
        }
    )
    group, bridge = _groups_and_bridges(backbone(links))
    return found.assign(
        group=pd.Series(group, dtype="Int64").reindex(index),
        bridge=pd.Series(bridge, dtype="float64").reindex(index, fill_value=0.0),
    )


def backbone(links: pd.DataFrame, strongest: int = STRONGEST) -> pd.DataFrame:
    """The links that are among the strongest of at least one of their two regions.

    Ties are decided by the order of the links.

    Parameters
    ----------
    links : DataFrame
        ``one, other, strength`` and more, strongest first.
    strongest : int
        How many links each region keeps.
    """
    ends = pd.concat([links["one"], links["other"]]).sort_index(kind="stable")
    rank = ends.groupby(ends).cumcount()
    kept = rank.groupby(level=0).min() < strongest
    return links[kept.reindex(links.index, fill_value=False)]


def _groups_and_bridges(links: pd.DataFrame) -> tuple[dict[str, int], dict[str, float]]:
    networkx = late.load("networkx")
    graph = networkx.Graph()
    graph.add_weighted_edges_from(
        links[["one", "other", "strength"]].itertuples(index=False, name=None)
    )
    if not graph:
        return {}, {}
    for _, _, edge in graph.edges(data=True):
        edge["length"] = 1 / edge["weight"]
    groups = networkx.community.louvain_communities(graph, weight="weight", seed=_SEED)
    groups = sorted(groups, key=lambda group: (-len(group), min(group)))
    sampled = _SOURCES if len(graph) > EXACT_UP_TO else None
    bridges: dict[str, float] = networkx.betweenness_centrality(
        graph, k=sampled, weight="length", seed=_SEED
    )
    return {region: i for i, group in enumerate(groups) for region in group}, bridges


def groups_joined(links: pd.DataFrame, found: pd.DataFrame, region: str) -> list[int]:
    """Numbers of the groups other than its own that a region has links to, smallest first.

    Parameters
    ----------
    links : DataFrame
        ``one, other``.
    found : DataFrame
        From :func:`connections`.
    region : str
        The region.
    """
    partners = [*links.loc[links["one"] == region, "other"],
                *links.loc[links["other"] == region, "one"]]  # fmt: skip
    groups = {int(number) for number in found.loc[partners, "group"].dropna()}
    own = {int(number) for number in found.loc[[region], "group"].dropna()}
    return sorted(groups - own)


def overlaps(memberships: pd.DataFrame, regions: Sequence[str], limit: int = 10) -> pd.DataFrame:
    r"""Partnerships whose regions are much the same.

    Jaccard's index: regions in both over regions in either,
    :math:`|A \cap B| / |A \cup B|`.

    Parameters
    ----------
    memberships : DataFrame
        ``partnership_id`` and the region, one row each, no row twice.
    regions : sequence of str
        Regions that count.
    limit : int
        How many pairs to return at most.

    Returns
    -------
    DataFrame
        ``one, other`` (ids of partnerships), ``both`` and ``either`` (numbers of regions) and
        ``overlap`` (0 to 1), largest first; only pairs of partnerships that have two or more
        regions in common.

    References
    ----------
    Jaccard, P. (1912). The distribution of the flora in the alpine zone. New Phytologist
    11(2), 37-50.
    """
    taking_part = incidence(memberships, regions)
    if not taking_part.shape[0]:
        return pd.DataFrame(columns=["one", "other", "both", "either", "overlap"])
    known = memberships[memberships.iloc[:, 1].isin(list(regions))]
    ids = np.array(sorted(known["partnership_id"].unique()), dtype=object)
    sizes = np.asarray(taking_part.sum(axis=1)).ravel()
    common = sparse.triu(taking_part @ taking_part.T, k=1).tocoo()
    enough = common.data > 1
    rows, columns = (numbers[enough] for numbers in common.coords)
    both = common.data[enough]
    either = sizes[rows] + sizes[columns] - both
    overlap = both / either
    # Millions of pairs are not sorted for the sake of ten.
    if len(overlap) > limit:
        least = np.partition(overlap, -limit)[-limit]
        kept = overlap >= least
        rows, columns, both, either, overlap = (
            values[kept] for values in (rows, columns, both, either, overlap)
        )
    found = pd.DataFrame(
        {
            "one": ids[rows],
            "other": ids[columns],
            "both": both.astype("int64"),
            "either": either.astype("int64"),
            "overlap": overlap,
        }
    )
    keys = ["overlap", "both", "one", "other"]
    ordered = found.sort_values(keys, ascending=[False, False, True, True])
    return ordered.head(limit).reset_index(drop=True)


def without_links(pairs: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """The pairs of regions that no link joins.

    Parameters
    ----------
    pairs, links : DataFrame
        ``one, other``; in either order.
    """
    linked = {frozenset(pair) for pair in zip(links["one"], links["other"], strict=True)}
    apart = [frozenset(pair) not in linked
             for pair in zip(pairs["one"], pairs["other"], strict=True)]  # fmt: skip
    return pairs[apart]


def density(links: pd.DataFrame, n_regions: int) -> float:
    """Share of all pairs of regions that are linked, 0 to 1."""
    pairs = n_regions * (n_regions - 1) / 2
    return len(links) / pairs if pairs else 0.0
