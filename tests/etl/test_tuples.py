"""Rows as tuples, and their order."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.tuples import are_among, numbered_tuples, sorted_rows, tuples
from tests.examples import examples

# Letters whose order by bytes in UTF-16 isn't that by code point are among them.
TEXTS = st.text(st.sampled_from("aåZ é\uffee\U0001f512"), max_size=3)


@settings(max_examples=examples(50))
@given(st.lists(st.tuples(TEXTS, st.integers(0, 3)), max_size=20))
def test_rows_are_sorted_as_python_sorts_them(rows: list[tuple[str, int]]) -> None:
    texts = pd.Series([text for text, _ in rows], dtype="str")
    numbers = np.array([number for _, number in rows], dtype=np.uint64)
    by_text = sorted(range(len(rows)), key=lambda i: rows[i])
    assert sorted_rows(texts, numbers).tolist() == by_text
    by_number = sorted(range(len(rows)), key=lambda i: rows[i][1])
    assert sorted_rows(numbers).tolist() == by_number


@given(st.lists(TEXTS | st.none(), max_size=9), st.lists(TEXTS | st.none(), max_size=9))
def test_texts_are_looked_for_among_others(
    texts: list[str | None], known: list[str | None]
) -> None:
    wanted = [text is not None and text in known for text in texts]
    for dtype in ("str", "object"):
        looked_for, among = (pd.Series(column, dtype=dtype) for column in (texts, known))
        assert are_among(looked_for, among).tolist() == wanted
        assert are_among(looked_for, set(known) - {None}).tolist() == wanted


def test_rows_are_given_with_their_numbers() -> None:
    frame = pd.DataFrame({"a": ["x", "y"], "b": [1, 2]}, index=[7, 9])
    assert list(tuples(frame, "b", "a")) == [(1, "x"), (2, "y")]
    assert list(numbered_tuples(frame, "a")) == [(7, ("x",)), (9, ("y",))]
