"""Pairs of names that are worth comparing, against the rule told row by row."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from etl.identity import name_pairs
from etl.identity.name_pairs import LetterCounts, pairs_sharing


class Name(NamedTuple):
    """One name of a row."""

    org: int
    country: str
    place_id: str | None
    text: str
    host: str


ROWS = st.tuples(
    st.sampled_from(["DE", "FR"]),
    st.sampled_from(["a", "b", None]),
    st.sampled_from(["", "", "x.org", "y.org"]),
    st.lists(st.text("abc ☃é", min_size=1, max_size=9), min_size=1, max_size=2, unique=True),
)


def frame_of(names: list[Name]) -> pd.DataFrame:
    return pd.DataFrame(names, columns=list(Name._fields))


def groups_of(name: Name) -> set[str]:
    padded = f" {name.text} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}


def pairs_by_the_rule(names: list[Name]) -> set[tuple[int, int]]:
    often = Counter((name.country, group) for name in names for group in groups_of(name))
    rows_of: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    place = {name.org: name.place_id for name in names}
    for name in names:
        rarest = sorted(groups_of(name), key=lambda group: (often[name.country, group], group))
        keys = {("group", group) for group in rarest[: name_pairs.RAREST]}
        keys |= {("name", name.text)} | ({("host", name.host)} if name.host else set())
        for kind, key in keys:
            rows_of[name.country, kind, key].add(name.org)
    found = set()
    for rows in rows_of.values():
        shared = [rows]
        if len(rows) > name_pairs.MAX_BLOCK:
            known = {place[row] for row in rows} - {None}
            shared = [{row for row in rows if place[row] == town} for town in known]
        for group in shared:
            if len(group) <= name_pairs.MAX_BLOCK:
                found |= set(combinations(sorted(group), 2))
    return found


@given(rows=st.lists(ROWS, max_size=14), rarest=st.integers(1, 4), block=st.integers(2, 5))
def test_pairs_are_those_of_the_rule(
    rows: list[tuple[str, str | None, str, list[str]]], rarest: int, block: int
) -> None:
    names = [
        Name(org, country, place, text, host)
        for org, (country, place, host, texts) in enumerate(rows)
        for text in texts
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(name_pairs, "RAREST", rarest)
        patch.setattr(name_pairs, "MAX_BLOCK", block)
        a, b = pairs_sharing(frame_of(names))
        found = list(zip(a.tolist(), b.tolist(), strict=True))
        assert len(found) == len(set(found))
        assert set(found) == pairs_by_the_rule(names)


@given(st.lists(st.text("aabbcdeé 01", max_size=12) | st.text(max_size=6), min_size=1))
def test_letters_never_say_less_than_the_names(texts: list[str]) -> None:
    counts = LetterCounts(texts)
    a, b = (side.ravel() for side in np.indices((len(texts), len(texts))))
    for i, j, most in zip(a, b, counts.most(a, b), strict=True):
        one, other = " ".join(texts[i].split()), " ".join(texts[j].split())
        # Two empty texts are 0 alike for one and 100 for the other.
        if one or other:
            assert most >= fuzz.token_sort_ratio(one, other) - 1e-9
            assert most >= fuzz.ratio(one.replace(" ", ""), other.replace(" ", "")) - 1e-9


def test_letters_tell_other_names_apart() -> None:
    counts = LetterCounts(["tenzir", "nitrez", "quobis", "tenzirs"])
    most = counts.most(np.array([0, 0, 0]), np.array([1, 2, 3]))
    assert most[0] == 100.0
    assert most[1] < 30.0
    assert 90.0 < most[2] < 100.0
