"""Symbols: one a town, or cells when there are too many; always the same sum."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosystem.common.store import Database
from ecosystem.common.vocabulary import TYPES
from ecosystem.common.web_mercator import to_metres
from ecosystem.drawing import symbols
from ecosystem.drawing.symbols import View
from ecosystem.finding.filters import Filter
from ecosystem.tables import organisations


def test_a_town_has_one_symbol_with_all_its_organisations(database: Database) -> None:
    found = symbols.symbols(database, Filter())
    assert found["key"].is_unique
    brno = found[found["name"] == "Brno"].iloc[0]
    assert brno["n"] == 19
    assert brno[list(TYPES)].sum() == 19
    assert len(organisations.in_place(database, Filter(), brno["key"])) == 19


def test_symbols_lie_in_europe(database: Database) -> None:
    found = symbols.symbols(database, Filter())
    assert found["lon"].between(-11, 35).all()
    assert found["lat"].between(34, 67).all()


@pytest.fixture
def few_symbols(monkeypatch: pytest.MonkeyPatch) -> int:
    """The same register as if it were too large to draw each town."""
    monkeypatch.setattr(symbols, "MAX_SYMBOLS", 20)
    return 20


views = st.builds(
    View.around,
    west=st.floats(-30, 20),
    south=st.floats(30, 55),
    east=st.floats(21, 50),
    north=st.floats(56, 75),
    zoom=st.integers(3, 18),
)


@given(view=views)
def test_cells_always_add_up_to_what_is_found(database: Database, view: View) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(symbols, "MAX_SYMBOLS", 20)
        found = symbols.symbols(database, Filter(), view)
    assert found["n"].sum() == 465
    assert (found[list(TYPES)].sum(axis=1) == found["n"]).all()


@pytest.mark.usefixtures("few_symbols")
def test_cells_become_towns_when_few_are_in_view(database: Database) -> None:
    brittany = View.around(-5.2, 47.2, -1.0, 49.0, 8)
    found = symbols.symbols(database, Filter(), brittany)
    assert "Rennes" in set(found["name"])
    assert found["n"].sum() == 465


@pytest.mark.usefixtures("few_symbols")
def test_a_small_move_of_the_map_is_the_same_view() -> None:
    assert View.around(0, 45, 10, 50, 5) == View.around(0.05, 45.03, 10.05, 50.03, 5)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_view_needs_numbers(bad: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        View.around(bad, 40, 10, 50, 4)


def test_the_register_lies_where_the_map_looks_for_it(database: Database) -> None:
    places: pd.DataFrame = database.frame("SELECT lon, lat, x, y FROM place")
    x, y = to_metres(places["lon"], places["lat"])
    assert places["x"].tolist() == np.rint(x).tolist()
    assert places["y"].tolist() == np.rint(y).tolist()
