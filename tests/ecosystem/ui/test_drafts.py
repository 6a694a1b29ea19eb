"""What was typed into a form, given back by the browser: anything may be in what it tells."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, time
from typing import Any

import pytest
import streamlit as st

from ecosystem.ui import drafts

FIELDS = {
    "name": drafts.text(5, "Lab"),
    "kind": drafts.choice({"a": "A", "b": "B"}),
    "many": drafts.choices(["x", "y", "z"], 2, ["x"]),
    "sure": drafts.tick(),
}


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """What goes to the browser, one entry for each time that the form is shown."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(drafts, "_mount", lambda *, data, **_: found.append(data))
    st.session_state.clear()
    yield found
    st.session_state.clear()


def show(**typed: object) -> None:
    with drafts.keep("form", FIELDS):
        for key, field in FIELDS.items():
            st.session_state[key] = typed.get(key, st.session_state.get(key, field.initial))


def test_what_is_touched_goes_to_the_browser(sent: list[dict[str, Any]]) -> None:
    show()
    show(name="Lab 2", many=["x", "y"], sure=True)
    assert [data["typed"] for data in sent] == [
        {},
        {"name": "Lab 2", "many": ["x", "y"], "sure": True},
    ]
    assert sent[0]["texts"] == ["name"]


def test_a_form_that_the_server_knows_nothing_of_is_opened_anew(
    sent: list[dict[str, Any]],
) -> None:
    show()
    show()
    del st.session_state["name"]
    show()
    first, second, third = (data["opened"] for data in sent)
    assert first == second
    assert third not in ("", first)


def test_what_comes_back_fills_what_nobody_has_touched() -> None:
    show(kind="b")
    drafts.take_over(FIELDS, {"name": "Lab 7", "kind": "a", "many": ["y", "z"], "sure": True})
    assert {key: st.session_state[key] for key in FIELDS} == {
        "name": "Lab 7", "kind": "b", "many": ["y", "z"], "sure": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    "told",
    [
        None, 7, "text", [], ["name"],
        {"name": "far too long", "kind": "c", "many": ["x", "y", "z"], "sure": 1},
        {"name": None, "kind": ["a"], "many": "xy", "sure": "yes"},
        {"name": {}, "kind": {}, "many": [["x"], {}], "sure": None, "other": "text"},
    ],
)  # fmt: skip
def test_what_can_not_be_a_widgets_value_is_left_out(told: object) -> None:
    show()
    drafts.take_over(FIELDS, told)
    assert {key: st.session_state[key] for key in FIELDS} == {
        key: field.initial for key, field in FIELDS.items()
    }
    assert "other" not in st.session_state


def test_a_form_that_is_done_with_is_forgotten(sent: list[dict[str, Any]]) -> None:
    show(name="Lab 2")
    drafts.forget("form")
    assert sent[-1] == {"name": "form", "opened": "", "typed": {}, "texts": []}


def test_a_form_of_which_nothing_is_left_is_not_opened_again_and_again(
    sent: list[dict[str, Any]],
) -> None:
    show(name="Lab 2")
    for _ in range(2):
        with drafts.keep("form", {}):
            pass
    first, *later = (data["opened"] for data in sent)
    assert later == [first, first]
    assert [data["typed"] for data in sent[1:]] == [{}, {}]


OF_A_DAY = {
    "title": drafts.text(20),
    "on": drafts.day(date(2026, 11, 29)),
    "start": drafts.clock(time(9)),
    "tables": drafts.number(1, 200, 10),
}


def test_days_times_and_numbers_come_back_as_they_were(sent: list[dict[str, Any]]) -> None:
    chosen = {"title": "", "on": date(2027, 2, 28), "start": time(8, 45), "tables": 12}
    with drafts.keep("day", OF_A_DAY):
        st.session_state.update(chosen)
    told = json.loads(json.dumps(sent[-1]["typed"]))
    st.session_state.clear()
    drafts.take_over(OF_A_DAY, told)
    assert dict(st.session_state) == {name: chosen[name] for name in ("on", "start", "tables")}


@pytest.mark.parametrize(
    "told",
    [
        {"on": "2027-02-30", "start": "25:00", "tables": 0},
        {"on": "soon", "start": "09:00+02:00", "tables": 201},
        {"on": 20270228, "start": None, "tables": True},
        {"on": "", "start": "", "tables": "12"},
        {"on": ["2027-02-28"], "start": {}, "tables": 1.5},
    ],
)
def test_what_is_no_day_time_or_number_is_left_out(told: dict[str, object]) -> None:
    drafts.take_over(OF_A_DAY, told)
    assert dict(st.session_state) == {}
