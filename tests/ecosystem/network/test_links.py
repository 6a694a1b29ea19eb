"""What links regions, worked out by hand, and what chance makes of it."""

from __future__ import annotations

import itertools

import networkx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosystem.common.store import Database
from ecosystem.common.vocabulary import DOMAINS
from ecosystem.network import links, valley_network
from ecosystem.tables import organisations, partnerships

REGIONS = ["A", "B", "C", "D"]
CODES = list(DOMAINS)


def memberships(**partnerships: str) -> pd.DataFrame:
    rows = [(name, region) for name, regions in partnerships.items() for region in regions]
    return pd.DataFrame(rows, columns=["partnership_id", "valley_id"])


def test_a_large_network_weighs_less_than_an_agreement_of_two() -> None:
    found = links.declared_links(memberships(two="CD", hub="ABCD"), REGIONS)
    by_pair = found.set_index(["one", "other"])
    assert by_pair.loc[("C", "D")].tolist() == [2, 1 + 1 / 3]
    assert by_pair.loc[("A", "B")].tolist() == [1, 1 / 3]
    assert list(found.iloc[0][["one", "other"]]) == ["C", "D"]
    assert len(found) == 6


def test_who_is_alone_in_a_partnership_is_linked_with_nobody() -> None:
    assert links.declared_links(memberships(alone="A", elsewhere="X"), REGIONS).empty
    assert links.declared_links(memberships(), REGIONS).empty


@given(
    st.dictionaries(
        st.sampled_from("pqrstu"), st.sets(st.sampled_from(REGIONS), max_size=4), max_size=6
    )
)
def test_strengths_are_the_projection_that_networkx_makes(chosen: dict[str, set[str]]) -> None:
    """Newman's weights are networkx's own collaboration-weighted projection."""
    rows = memberships(**{name: "".join(sorted(regions)) for name, regions in chosen.items()})
    graph = networkx.Graph()
    graph.add_nodes_from(REGIONS, bipartite=1)
    graph.add_edges_from(rows.itertuples(index=False, name=None))
    expected = networkx.bipartite.collaboration_weighted_projected_graph(graph, REGIONS)
    found = links.declared_links(rows, REGIONS)
    ours = {(row.one, row.other): row.strength for row in found.itertuples()}
    theirs = {tuple(sorted((a, b))): w for a, b, w in expected.edges(data="weight")}
    assert ours == pytest.approx(theirs)


def test_give_and_lack_by_hand() -> None:
    counts = pd.DataFrame({"x": [3, 0, 1], "y": [0, 4, 2]}, index=["A", "B", "C"])
    n = pd.Series({"A": 6, "B": 10, "C": 4})
    gives, lacks = links.give_and_lack(counts, n, counts.sum() / n.sum())
    # Of 20, four work on x (0.2) and six on y (0.3): A has 0.5 of x, B 0.4 of y, C 0.5 of y.
    assert gives.to_numpy().tolist() == [[True, False], [False, True], [False, False]]
    assert lacks.to_numpy().tolist() == [[False, True], [True, False], [False, False]]
    (pair,) = links.complementary_links(counts, n, least=5).to_dict("records")
    assert pair == {"one": "A", "other": "B", "gives": 1, "gets": 1, "domains": 2}


def test_a_planted_difference_is_clear_and_comes_first() -> None:
    counts = pd.DataFrame({"x": [19, 0, 3], "y": [0, 18, 3]}, index=["A", "B", "C"])
    n = pd.Series({"A": 20, "B": 20, "C": 20})
    clear = links.clear_differences(counts, n, counts.sum(), int(n.sum()))
    assert {("A", "B", "x"), ("B", "A", "y")} <= clear
    could_add = links.give_and_lack(counts, n, counts.sum() / n.sum())
    sizes = {str(id_): int(count) for id_, count in n.items()}
    (found,) = links.differences(counts, sizes, could_add, "A", "B", clear)
    assert (found.code, found.giver, found.receiver, found.is_clear) == (
        "x",
        (19, 20),
        (0, 20),
        True,
    )
    few = counts // 6
    assert not links.clear_differences(few, n // 6, few.sum(), int((n // 6).sum()))


def test_small_regions_are_compared_with_nobody(database: Database) -> None:
    mixes = organisations.mixes(database)
    counts = pd.DataFrame(1, index=["A", "B"], columns=CODES)
    none = links.similar_links(counts, pd.Series({"A": 4, "B": 40}), mixes)
    assert list(none.columns) == ["one", "other", "similarity", "chance"]
    assert none.empty


def test_mixes_hold_every_organisation_of_a_valley(database: Database) -> None:
    mixes = organisations.mixes(database)
    in_valleys = database.value("SELECT count(*) FROM organisation WHERE valley_id IS NOT NULL")
    assert mixes["organisations"].sum() == in_valleys
    assert not mixes.duplicated(CODES).any()
    crypto = database.value(
        "SELECT count(*) FROM organisation "
        "WHERE valley_id IS NOT NULL AND list_contains(domains, 'cryptology')"
    )
    assert (mixes["cryptology"] * mixes["organisations"]).sum() == crypto


def test_in_a_shuffled_register_about_one_pair_of_twenty_is_below_five_percent(
    database: Database,
) -> None:
    """What is said of chance is what chance does: organisations dealt out at random."""
    rows = database.frame(
        "SELECT valley_id, domains FROM organisation WHERE valley_id IS NOT NULL ORDER BY org_id"
    )
    works_on = np.array([[code in set(codes) for code in CODES] for codes in rows["domains"]])
    marks = pd.DataFrame(works_on.astype("int64"), columns=CODES)
    mixes = organisations.mixes(database)
    random, shares = np.random.default_rng(7), []
    for _ in range(20):
        dealt = random.permutation(rows["valley_id"].to_numpy())
        counts, n = marks.groupby(dealt).sum(), pd.Series(dealt).value_counts()
        found = links.similar_links(counts, n[counts.index], mixes)
        shares.append((found["chance"] < valley_network.CHANCE).mean())
    assert 0.02 < np.mean(shares) < 0.08


def test_shared_partnerships_are_those_of_the_link(database: Database) -> None:
    found = valley_network.network(database).links
    strongest = found.iloc[0]
    shared = partnerships.shared(database, strongest["one"], strongest["other"])
    assert len(shared) == strongest["partnerships"]
    assert (1 / (shared["valleys"] - 1)).sum() == pytest.approx(strongest["strength"])
    assert shared["valleys"].is_monotonic_increasing
    assert all(len(names) for names in shared["members_one"])


def test_kind_and_year_choose_partnerships(database: Database) -> None:
    every = partnerships.memberships(database)
    of_kind = [
        set(partnerships.memberships(database, [kind])["partnership_id"])
        for kind in ("pilot", "interreg-project")
    ]
    assert set.union(*of_kind) < set(every["partnership_id"])
    assert not set.intersection(*of_kind)
    # Interreg Europe CYBER ran from 2018 to May 2023; the s3 partnership has no known end.
    for year, there in ((2017, False), (2018, True), (2023, True), (2024, False)):
        found = set(partnerships.memberships(database, year=year)["partnership_id"])
        assert ("interreg-cyber" in found) == there
    late = set(partnerships.memberships(database, year=2024)["partnership_id"])
    assert "s3-cybersecurity-smart-regions" in late
    assert partnerships.years(database) == (2004, 2029)


def test_links_of_the_release_join_valleys_of_common_partnerships(database: Database) -> None:
    rows = partnerships.memberships(database)
    by_valley = rows.groupby("valley_id")["partnership_id"].agg(set)
    found = valley_network.network(database)
    pairs = {(row.one, row.other): row.partnerships for row in found.links.itertuples()}
    expected = {
        pair: len(by_valley[pair[0]] & by_valley[pair[1]])
        for pair in itertools.combinations(sorted(by_valley.index), 2)
        if by_valley[pair[0]] & by_valley[pair[1]]
    }
    assert {tuple(sorted(pair)): n for pair, n in pairs.items()} == expected
    assert {"at-wien", "de-berlin-brandenburg", "gr-attiki", "se-stockholm"} <= set(found.unlinked)
    for one in ("fr-bretagne", "at-wien"):
        assert len(found.partners_of(one)) == found.connections.at[one, "partners"]


def test_differences_are_what_the_arc_counts(database: Database) -> None:
    pair = valley_network.complementary(database).iloc[0]
    one, other = pair["one"], pair["other"]
    gives = valley_network.differences(database, one, other)
    assert len(gives) == pair["gives"]
    assert len(valley_network.differences(database, other, one)) == pair["gets"]
    for found in gives:
        assert found.giver[0] >= links.LEAST_TO_GIVE
        assert found.giver[0] / found.giver[1] > found.receiver[0] / found.receiver[1]


def test_valleys_alike_without_a_link_have_none(database: Database) -> None:
    found = valley_network.alike_without_link(database)
    linked = {
        frozenset(p) for p in valley_network.network(database).links[["one", "other"]].to_numpy()
    }
    assert found["chance"].is_monotonic_increasing
    assert not [pair for pair in found[["one", "other"]].to_numpy() if frozenset(pair) in linked]
    assert len(valley_network.in_common(database, *found.loc[0, ["one", "other"]])) == 3
