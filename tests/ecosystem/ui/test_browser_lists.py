"""A list that the browser keeps: what it tells may be anything, and the server keeps nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import streamlit as st

from ecosystem.ui.browser_lists import BrowserList

SUCCESSORS = {"a": "a", "b": "b", "c": "c", "old": "a", "d": "d"}


@pytest.fixture
def shelf() -> Iterator[BrowserList]:
    st.session_state.clear()
    yield BrowserList(
        "shelf",
        re.compile("[a-z]{1,4}"),
        3,
        lambda items: {item: SUCCESSORS[item] for item in items if item in SUCCESSORS},
    )
    st.session_state.clear()


def changes(shelf: BrowserList) -> list[dict[str, Any]]:
    """What is on its way to the browser."""
    found: list[dict[str, Any]] = shelf._memory()["changes"]
    return [{name: change[name] for name in ("add", "remove")} for change in found]


def useless(shelf: BrowserList) -> int:
    return int(shelf._memory().get("useless", 0))


def test_what_the_browser_holds_is_shown_and_left_alone(shelf: BrowserList) -> None:
    shelf.take_over({"items": ["b", "a"], "damaged": 0})
    assert shelf.items() == ["b", "a"]
    assert changes(shelf) == []
    assert useless(shelf) == 0


def test_a_change_goes_out_as_what_was_added_and_removed(shelf: BrowserList) -> None:
    shelf.take_over({"items": ["a", "b"], "damaged": 0})
    shelf.replace(["b", "c"])
    assert shelf.items() == ["b", "c"]
    assert changes(shelf) == [{"add": ["c"], "remove": ["a"]}]


def test_unknown_entries_are_dropped_counted_and_forgotten(shelf: BrowserList) -> None:
    hostile = "<script>alert(1)</script>"
    shelf.take_over({"items": ["a", "zzzz", hostile], "damaged": 2})
    assert shelf.items() == ["a"]
    assert changes(shelf) == [{"add": ["a"], "remove": ["zzzz", hostile]}]
    assert useless(shelf) == 4


def test_what_was_merged_is_no_loss(shelf: BrowserList) -> None:
    shelf.take_over({"items": ["old", "b"], "damaged": 0})
    assert shelf.items() == ["a", "b"]
    assert changes(shelf) == [{"add": ["a", "b"], "remove": ["old"]}]
    assert useless(shelf) == 0


def test_of_too_many_the_newest_stay(shelf: BrowserList) -> None:
    shelf.take_over({"items": ["a", "b", "c", "d"], "damaged": 0})
    assert shelf.items() == ["b", "c", "d"]
    assert changes(shelf) == [{"add": ["b", "c", "d"], "remove": ["a"]}]
    assert useless(shelf) == 1
    shelf.replace(["a", "b", "c", "d"])
    assert shelf.items() == ["b", "c", "d"]


@pytest.mark.parametrize(
    "told",
    [
        None, "a", 7, [], {}, {"items": None}, {"items": "abc"}, {"items": {"a": 1}},
        {"items": [None, 7, ["a"], {"a": "b"}], "damaged": "many"}, {"damaged": -5},
    ],
)  # fmt: skip
def test_nonsense_is_an_empty_list(shelf: BrowserList, told: object) -> None:
    shelf.take_over(told)
    assert shelf.items() == []
    assert changes(shelf) == []
    assert useless(shelf) == 0


def test_only_the_last_changes_wait_for_the_browser(shelf: BrowserList) -> None:
    for i in range(50):
        shelf.replace(["a"] if i % 2 else ["b"])
    numbers = [change["number"] for change in shelf._memory()["changes"]]
    assert numbers == list(range(31, 51))
