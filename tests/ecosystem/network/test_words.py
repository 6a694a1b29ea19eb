"""Sentences on the network say of what, and how sure."""

from __future__ import annotations

import pandas as pd

from ecosystem.network import words
from ecosystem.network.links import Difference
from ecosystem.network.valley_network import Network

NAMES = {"a": "Aland", "b": "Beland", "c": "Celand"}


def network() -> Network:
    links = pd.DataFrame(
        [("a", "b", 2, 1.5), ("b", "c", 1, 0.5)],
        columns=["one", "other", "partnerships", "strength"],
    )
    connections = pd.DataFrame(
        {
            "partners": [1, 2, 1],
            "strength": [1.5, 2.0, 0.5],
            "group": [0, 0, 1],
            "bridge": [0.0, 1.0, 0.0],
        },
        index=["a", "b", "c"],
    )
    memberships = pd.DataFrame(
        [("p", "a"), ("p", "b"), ("q", "a"), ("q", "b"), ("q", "c"), ("r", "c")],
        columns=["partnership_id", "valley_id"],
    )
    return Network(links, connections, memberships)


def test_size_counts_partnerships_that_join() -> None:
    assert words.size(network()).startswith(
        "**3 of 3** valleys are in a partnership with another one: 2 partnerships join 2 pairs, 67%"
    )


def test_a_national_body_is_said_to_count_where_it_has_its_seat() -> None:
    assert words.size(network()).endswith("its seat, an authority of the whole country too.")


def test_what_is_not_drawn_is_told() -> None:
    said = words.drawing_note(2, 2, "partnerships")
    assert said == "All 2 links by partnerships are drawn."
    assert words.drawing_note(60, 209, "similar").startswith(
        "The 60 strongest of 209 pairs that chance makes less than once in twenty are drawn"
    )


def test_a_bridge_names_the_groups_that_it_joins() -> None:
    said = words.connections_of(network(), NAMES, "b")
    assert "in partnerships with 2 of the 2 other valleys, by the members with their seat" in said
    assert "half of all valleys are with at least 1." in said
    assert said.endswith("100% of the pairs of others and links its group with that of Celand.")
    (bridge,) = words.bridges(network(), NAMES)
    assert bridge.startswith("**Beland**: lies on the shortest way")
    assert words.groups(network(), NAMES) == ["Beland and Aland", "Celand"]


def test_alike_says_how_many_and_how_likely() -> None:
    row = {"one": "a", "other": "b", "similarity": 0.914, "chance": 0.004}
    said = words.alike(NAMES, row, {"a": 11, "b": 7}, ["cryptology", "legal-aspects"])
    assert "Aland (11 organisations in the register) and Beland (7)" in said
    assert "similarity 0.91 of 1" in said
    assert "0.4% are at least as alike" in said


def test_as_alike_as_chance_makes_is_not_much_the_same() -> None:
    row = {"one": "a", "other": "b", "similarity": 0.84, "chance": 0.746}
    assert words.alike(NAMES, row, {"a": 15, "b": 28}, ["cryptology"]) == (
        "Aland (15 organisations in the register) and Beland (28) are no more alike than chance "
        "makes them: similarity 0.84 of 1, and 74.6% of pairs of this size drawn at random are at "
        "least as alike. What they have in common is above all cryptology."
    )


def test_as_many_as_chance_makes_is_no_finding() -> None:
    few = pd.DataFrame({"chance": [0.01] * 5 + [0.5] * 95})
    assert "5 are so alike" in words.how_much_is_chance(few)
    assert "not a finding" in words.how_much_is_chance(few)
    many = pd.DataFrame({"chance": [0.01] * 40 + [0.5] * 60})
    assert "not a finding" not in words.how_much_is_chance(many)


def test_no_draw_of_many_is_not_never() -> None:
    assert words.share_drawn(0.00015) == "fewer than 0.1%"
    assert words.share_drawn(0.004) == "0.4%"


def test_only_what_chance_hardly_makes_could_be_added() -> None:
    clear = Difference("cryptology", (16, 20), (0, 11), is_clear=True)
    chance = Difference("legal-aspects", (3, 11), (3, 29))
    assert words.gives(NAMES, "a", "b", [clear]) == (
        "Aland could add cryptology (16 of 20 organisations, Beland 0 of 11)."
    )
    said = words.gives(NAMES, "a", "b", [chance])
    assert "could add" not in said
    assert (
        "In the register Aland has more of legal aspects (3 of 11 organisations, Beland 3 of 29)"
        in (said)
    )
    both = words.gives(NAMES, "a", "b", [clear, chance])
    assert both.startswith("Aland could add cryptology (16 of 20")
    assert both.endswith("so few organisations differ as much by chance.")
    assert words.gives(NAMES, "a", "b", []) == ""


def test_how_many_differences_are_clear_is_told() -> None:
    pairs = pd.DataFrame({"domains": [3, 2], "clear": [0, 0]})
    assert words.how_many_are_clear(pairs).startswith(
        "Of 5 such differences in 2 pairs, none is larger than chance makes"
    )
    assert "2 pairs, 1 is larger than" in words.how_many_are_clear(pairs.assign(clear=[1, 0]))
