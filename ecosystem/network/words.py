"""What the network says, in sentences with their numbers and how sure they are."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from ecosystem.common import wording
from ecosystem.common.vocabulary import DOMAINS
from ecosystem.network import graph_measures
from ecosystem.network.links import Difference
from ecosystem.network.valley_network import CHANCE, Network

Names = Mapping[str, str]

_JOINED = (
    "**{linked} of {every}** valleys are in a partnership with another one: {n} partnership joins "
    "{pairs}, {share} of all pairs.",
    "**{linked} of {every}** valleys are in a partnership with another one: {n} partnerships join "
    "{pairs}, {share} of all pairs.",
)
_INCOMPLETE = (
    "Member lists are often incomplete, so a missing link may be one that nobody published. A "
    "member counts for the valley in which it has its seat, an authority of the whole country too."
)
# What is drawn of the links, by their kind.
_ALL_DRAWN = {
    "partnerships": "All {every} links by partnerships are drawn.",
    "similar": "All {every} pairs that chance makes less than once in twenty are drawn.",
    "complementary": "All {every} pairs each of which has more of what the other has little of are "
    "drawn.",
}
_STRONGEST_DRAWN = {
    "partnerships": "The {shown} strongest of {every} links by partnerships are drawn; the table "
    "has all.",
    "similar": "The {shown} strongest of {every} pairs that chance makes less than once in twenty "
    "are drawn; the table has all.",
    "complementary": "The {shown} strongest of {every} pairs each of which has more of what the "
    "other has little of are drawn; the table has all.",
}
# What a valley joins, by whether it joins groups; in a sentence of its own, and in a list.
_BRIDGE = {
    False: "It lies on the shortest way between {share} of the pairs of others.",
    True: "It lies on the shortest way between {share} of the pairs of others and links its group "
    "with {groups}.",
}
_LISTED_BRIDGE = {
    False: "**{name}**: lies on the shortest way between {share} of the pairs of others.",
    True: "**{name}**: lies on the shortest way between {share} of the pairs of others and links "
    "its group with {groups}.",
}
_NO_FINDING = (
    "Of {pairs} of valleys with enough organisations, {n} is so alike that chance makes fewer than "
    "one in twenty so; chance alone would make about {expected}, so the list is a place to start "
    "asking and not a finding.",
    "Of {pairs} of valleys with enough organisations, {n} are so alike that chance makes fewer "
    "than one in twenty so; chance alone would make about {expected}, so the list is a place to "
    "start asking and not a finding.",
)
_MORE_THAN_CHANCE = (
    "Of {pairs} of valleys with enough organisations, {n} is so alike that chance makes fewer than "
    "one in twenty so; chance alone would make about {expected}, so about as many as go beyond "
    "that are more than chance.",
    "Of {pairs} of valleys with enough organisations, {n} are so alike that chance makes fewer "
    "than one in twenty so; chance alone would make about {expected}, so about as many as go "
    "beyond that are more than chance.",
)
_NONE_CLEAR = (
    "Of {every} in {pairs}, none is larger than chance makes among so many: the links say whom one "
    "might ask, not who is strong."
)
_CLEAR = (
    "Of {every} in {pairs}, {n} is larger than chance makes among so many; the others say whom one "
    "might ask, not who is strong.",
    "Of {every} in {pairs}, {n} are larger than chance makes among so many; the others say whom "
    "one might ask, not who is strong.",
)


def size(network: Network) -> str:
    """How many valleys are linked by how many partnerships."""
    partners = network.connections["partners"]
    linked, every = int((partners > 0).sum()), len(partners)
    pairs = wording.percent(graph_measures.density(network.links, every), every)
    said = wording.agree(
        network.partnerships,
        *_JOINED,
        linked=linked,
        every=every,
        pairs=wording.count(len(network.links), "pair"),
        share=pairs,
    )
    return f"{said} {_INCOMPLETE}"


def drawing_note(shown: int, every: int, kind: str) -> str:
    """What of the links isn't on the map, by their kind."""
    said = (_ALL_DRAWN if shown == every else _STRONGEST_DRAWN)[kind]
    return said.format(shown=wording.number(shown), every=wording.number(every))


def connections_of(network: Network, names: Names, valley_id: str) -> str:
    """How connected one valley is, and whether it joins groups."""
    found = network.connections
    row = found.loc[valley_id]
    if not row["partners"]:
        return f"No partnership joins {names[valley_id]} with another valley, as far as is known."
    median = wording.figure(float(found["partners"].median()))
    # No rank: how many are linked depends on how completely members are published.
    said = (
        f"{names[valley_id]} is in partnerships with {int(row['partners'])} of the "
        f"{len(found) - 1} other valleys, by the members with their seat there that public pages "
        f"name; half of all valleys are with at least {median}."
    )
    joined = graph_measures.groups_joined(network.links, found, valley_id)
    if joined and row["bridge"] > 0:
        return f"{said} {_bridge(network, names, valley_id)}"
    return said


def bridges(network: Network, names: Names, limit: int = 5) -> list[str]:
    """The valleys over which most ways between others lead, a sentence each."""
    found = network.connections.sort_values("bridge", ascending=False, kind="stable")
    top = found[found["bridge"] > 0].head(limit).index
    return [_bridge(network, names, str(id_), in_list=True) for id_ in top]


def _bridge(network: Network, names: Names, valley_id: str, *, in_list: bool = False) -> str:
    found = network.connections
    share = wording.percent(float(found["bridge"].to_dict()[valley_id]))
    joined = graph_measures.groups_joined(network.links, found, valley_id)
    of_groups = [f"that of {_centre(network, names, number)}" for number in joined]
    said = _LISTED_BRIDGE if in_list else _BRIDGE
    return said[bool(joined)].format(
        name=names[valley_id], share=share, groups=wording.join(of_groups)
    )


def _centre(network: Network, names: Names, group: int) -> str:
    members = network.connections[network.connections["group"] == group]
    return names[str(members["strength"].idxmax())]


def groups(network: Network, names: Names) -> list[str]:
    """The groups that valleys with strong links form, largest first."""
    found = network.connections.dropna(subset="group")
    said = []
    for _, members in found.groupby("group"):
        ordered = members.sort_values("strength", ascending=False, kind="stable").index
        said.append(wording.join([names[str(id_)] for id_ in ordered]))
    return said


def alike(
    names: Names, row: Mapping[Hashable, Any], n: Mapping[str, int], shared: Sequence[str]
) -> str:
    """How alike two valleys are, with how likely chance would make them so."""
    one, other = str(row["one"]), str(row["other"])
    domains = wording.join([DOMAINS.inside(code) for code in shared])
    if float(row["chance"]) >= CHANCE:
        in_common = [f"What they have in common is above all {domains}."] if domains else []
        said = (
            f"{names[one]} ({n[one]} organisations in the register) and {names[other]} "
            f"({n[other]}) are no more alike than chance makes them: similarity "
            f"{float(row['similarity']):.2f} of 1, and {share_drawn(float(row['chance']))} of "
            "pairs of this size drawn at random are at least as alike."
        )
        return " ".join([said, *in_common])
    return (
        f"{names[one]} ({n[one]} organisations in the register) and {names[other]} ({n[other]}) "
        f"work on much the same: similarity {float(row['similarity']):.2f} of 1, above all "
        f"{domains}. Of pairs of this size drawn at random, {share_drawn(float(row['chance']))} "
        "are at least as alike."
    )


def share_drawn(chance: float) -> str:
    """A share of random draws in words; draws never show that something can't happen."""
    least = 0.001
    return "fewer than 0.1%" if chance < least else wording.percent(chance, 200)


def how_much_is_chance(pairs: pd.DataFrame) -> str:
    """How many of all pairs are unlikely, beside how many chance alone makes."""
    below, expected = int((pairs["chance"] < CHANCE).sum()), round(len(pairs) * CHANCE)
    return wording.agree(
        below,
        *(_NO_FINDING if below <= 2 * expected else _MORE_THAN_CHANCE),
        pairs=wording.count(len(pairs), "pair"),
        expected=expected,
    )


def gives(names: Names, giver: str, receiver: str, found: Sequence[Difference]) -> str:
    """What one valley has more of than another, in numbers; empty if nothing.

    Advice is only what chance hardly makes; the rest is told as what the register shows.
    """
    clear, others = (
        wording.join(
            [
                f"{one.label} ({one.giver[0]} of {one.giver[1]} organisations, {names[receiver]} "
                f"{one.receiver[0]} of {one.receiver[1]})"
                for one in found
                if one.is_clear == is_clear
            ]
        )
        for is_clear in (True, False)
    )
    said = [f"{names[giver]} could add {clear}."] if clear else []
    if others:
        said.append(
            f"In the register {names[giver]} has more of {others}; so few organisations differ as "
            "much by chance."
        )
    return " ".join(said)


def how_many_are_clear(pairs: pd.DataFrame) -> str:
    """How many of the differences between valleys chance hardly makes."""
    every, clear = int(pairs["domains"].sum()), int(pairs["clear"].sum())
    data = {
        "every": wording.count(every, "such difference"),
        "pairs": wording.count(len(pairs), "pair"),
    }
    return wording.agree(clear, *_CLEAR, **data) if clear else _NONE_CLEAR.format(**data)


COMPLEMENT_NOTE = (
    "More of a domain: at least three organisations of the register work on it and it is "
    "represented above 1.25 times the whole, while in the other valley none does or it is "
    "represented below 0.8 times. “Could add” is said only of a difference that chance hardly "
    "makes: Fisher's exact test, false discovery rate over all valleys and domains 5 % "
    "(Benjamini and Yekutieli 2001). The register is a sample."
)
SIMILARITY_NOTE = "Cosine of the two mixes of JRC domains: 1 is the same mix."
CHANCE_NOTE = "Share of random pairs of this size that are as alike."
STRENGTH_NOTE = (
    "Strength: each common partnership counts one divided by the number of its other valleys, so "
    "that an agreement of two weighs more than a network of 27 (Newman 2001)."
)
BRIDGE_NOTE = (
    "Betweenness (Freeman 1977) on each valley's six strongest links, where a strong link is a "
    "short way; groups found by the Louvain method (Blondel et al. 2008). Computed with networkx."
)
