"""Measures of hand-made graphs, and of a release against networkx."""

from __future__ import annotations

from itertools import combinations

import networkx
import numpy as np
import pandas as pd
import pytest

from ecosystem.common.store import Database
from ecosystem.network import graph_measures, valley_network
from ecosystem.network.links import declared_links


def links(*pairs: tuple[str, str, float]) -> pd.DataFrame:
    rows = [(one, other, 1, strength) for one, other, strength in pairs]
    found = pd.DataFrame(rows, columns=["one", "other", "partnerships", "strength"])
    return found.sort_values("strength", ascending=False, kind="stable").reset_index(drop=True)


TRIANGLES = links(*((a, b, 2.0) for a, b in ("AB", "AC", "BC", "DE", "DF", "EF")), ("C", "D", 0.5))


def test_two_triangles_are_two_groups_and_their_link_is_the_bridge() -> None:
    found = graph_measures.connections(TRIANGLES, list("ABCDEFG"))
    assert found["partners"].tolist() == [2, 2, 3, 3, 2, 2, 0]
    assert found["strength"].tolist() == [4, 4, 4.5, 4.5, 4, 4, 0]
    assert found["group"].tolist()[:6] == [0, 0, 0, 1, 1, 1]
    assert found["group"].isna().tolist() == [False] * 6 + [True]
    # Six of the ten pairs of the others go over C: A or B with D, E or F.
    assert found["bridge"].tolist() == pytest.approx([0, 0, 0.6, 0.6, 0, 0, 0])
    assert graph_measures.groups_joined(TRIANGLES, found, "C") == [1]
    assert graph_measures.groups_joined(TRIANGLES, found, "A") == []
    assert graph_measures.groups_joined(TRIANGLES, found, "G") == []


def test_the_backbone_keeps_what_is_strong_for_one_end() -> None:
    star = links(("H", "A", 4), ("H", "B", 3), ("H", "C", 2), ("A", "B", 1))
    kept = graph_measures.backbone(star, strongest=1)
    assert kept[["one", "other"]].to_numpy().tolist() == [["H", "A"], ["H", "B"], ["H", "C"]]
    assert len(graph_measures.backbone(star, strongest=3)) == 4
    assert graph_measures.backbone(star.iloc[:0]).empty


def test_a_network_without_links_has_measures_too() -> None:
    found = graph_measures.connections(TRIANGLES.iloc[:0], ["A", "B"])
    assert found["partners"].tolist() == [0, 0]
    assert found["bridge"].tolist() == [0, 0]
    assert found["group"].isna().all()


def test_overlaps_are_jaccards_index() -> None:
    rows = [("p", r) for r in "ABC"] + [("q", r) for r in "BCD"] + [("r", r) for r in "DA"]
    memberships = pd.DataFrame(rows, columns=["partnership_id", "valley_id"])
    found = graph_measures.overlaps(memberships, list("ABCD"))
    assert found.to_dict("records") == [
        {"one": "p", "other": "q", "both": 2, "either": 4, "overlap": 0.5}
    ]
    assert graph_measures.overlaps(memberships.iloc[:0], list("ABCD")).empty


def test_measures_of_the_release_are_networkxs(database: Database) -> None:
    found = valley_network.network(database)
    graph = networkx.Graph()
    graph.add_weighted_edges_from(
        found.links[["one", "other", "strength"]].itertuples(index=False, name=None)
    )
    degrees = dict(graph.degree())
    strengths = dict(graph.degree(weight="weight"))
    for region, row in found.connections.iterrows():
        assert row["partners"] == degrees.get(region, 0)
        assert row["strength"] == pytest.approx(strengths.get(region, 0))
    kept = graph.edge_subgraph(
        graph_measures.backbone(found.links)[["one", "other"]].itertuples(index=False, name=None)
    )
    for *_, edge in kept.edges(data=True):
        edge["length"] = 1 / edge["weight"]
    between = networkx.betweenness_centrality(kept, weight="length")
    assert found.connections["bridge"].to_dict() == pytest.approx(
        {region: between.get(region, 0) for region in found.connections.index}
    )


def test_density_is_the_share_of_pairs() -> None:
    some = declared_links(
        pd.DataFrame([("p", "A"), ("p", "B")], columns=["partnership_id", "valley_id"]), list("ABC")
    )
    assert graph_measures.density(some, 3) == pytest.approx(1 / 3)
    assert graph_measures.density(some.iloc[:0], 1) == 0


def test_the_first_overlaps_of_many_are_the_first_of_all() -> None:
    random = np.random.default_rng(1)
    members = {f"p{i:02}": set(random.choice(30, 8, replace=False)) for i in range(60)}
    rows = [(id_, f"r{place:02}") for id_, places in members.items() for place in places]
    memberships = pd.DataFrame(rows, columns=["partnership_id", "valley_id"])
    found = graph_measures.overlaps(memberships, [f"r{place:02}" for place in range(30)], limit=7)
    every = sorted(
        (
            (len(members[a] & members[b]) / len(members[a] | members[b]), a, b)
            for a, b in combinations(sorted(members), 2)
            if len(members[a] & members[b]) > 1
        ),
        key=lambda pair: (-pair[0], -len(members[pair[1]] & members[pair[2]]), *pair[1:]),
    )
    assert found[["overlap", "one", "other"]].to_numpy().tolist() == [list(p) for p in every[:7]]
