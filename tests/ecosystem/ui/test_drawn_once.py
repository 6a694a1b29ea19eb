"""A part of a page that is drawn from memory is the same part, wherever it stands."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from ecosystem.ui import drawn_once


@pytest.fixture(autouse=True)
def _nothing_kept(_use_test_release: None) -> None:
    drawn_once.forget()


def part(word: str) -> None:
    import streamlit as st

    with st.container(key=f"part_{word}"):
        st.markdown(f"first {word}")
        left, right = st.columns(2)
        left.caption("left")
    right.caption("right")
    st.metric(word, 1)


def script(word: str, before: int) -> None:
    import streamlit as st

    from ecosystem.ui import drawn_once
    from tests.ecosystem.ui import test_drawn_once

    for i in range(before):
        st.text(f"before {i}")
    with st.container():
        st.text("above")
        drawn_once.show(test_drawn_once.part, word)
        st.text("below")


def tree(app: AppTest) -> str:
    """All that a page shows, nested as it is."""
    return repr(app.main)


@pytest.mark.parametrize("before", [0, 3])
def test_a_part_is_the_same_from_memory_at_any_place(before: int) -> None:
    new = AppTest.from_function(script, args=("a", before)).run()
    drawn_once.forget()
    AppTest.from_function(script, args=("a", 5)).run()
    kept = AppTest.from_function(script, args=("a", before)).run()
    assert not kept.exception
    assert [text.value for text in kept.text][-2:] == ["above", "below"]
    assert tree(kept) == tree(new)


def styled(word: str) -> None:
    import streamlit as st

    st.html("<style>.styled{color:red}</style>")
    st.text(word)


def styled_script() -> None:
    from ecosystem.ui import drawn_once
    from tests.ecosystem.ui import test_drawn_once

    drawn_once.show(test_drawn_once.styled, "a")


def test_a_parts_style_sheet_comes_along_from_memory() -> None:
    new, kept = (AppTest.from_function(styled_script).run() for _ in range(2))
    assert not kept.exception
    for app in (new, kept):
        assert [text.value for text in app.text] == ["a"]
        assert [html.body for html in app._tree.get("html")] == [
            "<style>.styled{color:red}</style>"
        ]


def test_what_is_made_for_all_is_made_once() -> None:
    made: list[str] = []

    def make(word: str) -> str:
        made.append(word)
        return word.upper()

    answers = [drawn_once.keep(make, word, told_by=word) for word in ("a", "b", "a")]
    assert answers == ["A", "B", "A"]
    assert made == ["a", "b"]


def test_what_a_part_is_told_decides_what_it_shows() -> None:
    for word in ("a", "b", "a"):
        app = AppTest.from_function(script, args=(word, 0)).run()
        assert app.markdown[0].value == f"first {word}"


def with_button(word: str) -> None:
    import streamlit as st

    st.button(word)


def elsewhere(word: str) -> None:
    import streamlit as st

    st.sidebar.markdown(word)


def wrong_script(name: str) -> None:
    from ecosystem.ui import drawn_once
    from tests.ecosystem.ui import test_drawn_once

    drawn_once.show(getattr(test_drawn_once, name), "a")


@pytest.mark.parametrize("name", [with_button.__name__, elsewhere.__name__])
def test_a_part_that_talks_back_or_stands_elsewhere_is_refused(name: str) -> None:
    app = AppTest.from_function(wrong_script, args=(name,)).run()
    assert app.exception
