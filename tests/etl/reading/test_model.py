"""Rows of a file that is added to the register are told from the register's own."""

from __future__ import annotations

import pytest

from etl.model import note_rows
from etl.reading import REGISTER_ROWS, names_register_rows_only


@pytest.mark.parametrize(
    ("rows", "only"),
    [
        ([2], False),
        ([REGISTER_ROWS + 2], True),
        ([REGISTER_ROWS + 2, REGISTER_ROWS + 30], True),
        ([REGISTER_ROWS + 2, 3], False),
        (list(range(REGISTER_ROWS, REGISTER_ROWS + 25)), True),
        (list(range(2, 25)), False),
    ],
)
def test_a_note_on_rows_of_the_register_alone_is_known(rows: list[int], only: bool) -> None:
    note = note_rows("organisations.csv", rows, "city “Praha 4” is read as Praha: so, row 7.")
    assert names_register_rows_only(note) is only


def test_a_note_on_the_whole_list_names_no_rows() -> None:
    assert not names_register_rows_only("organisations.csv: 3 rows without identifier are new.")
