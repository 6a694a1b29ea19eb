"""A column that was sorted alone is found and put right, whichever it is, and edits are none."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from etl.identity.exchange import find_exchanges, put_right
from etl.register.comparable import comparable_texts
from etl.schema import Schema

LISTS = ("organisations", "valleys", "network", "investors", "events", "documents", "coverage")
# Fewer cells that differ may have been changed.
FEW = 6
# As many rows of a list as are enough to tell, so that all pairs of columns can be tried.
MANY = 50

Frames = dict[str, pd.DataFrame]


def sort_alone(
    frame: pd.DataFrame, columns: tuple[str, ...], *, together: bool = False
) -> pd.DataFrame:
    """The rows with some columns in another order, each by itself or all by the first one."""
    spoilt = frame.copy()
    for name in columns:
        order = np.argsort(frame[columns[0] if together else name].to_numpy(str), kind="stable")
        spoilt[name] = frame[name].to_numpy()[order]
    return spoilt


def differing(a: pd.DataFrame, b: pd.DataFrame, schema: Schema, name: str) -> int:
    column = schema.columns[name]
    return int((comparable_texts(a[name], column) != comparable_texts(b[name], column)).sum())


def check(frame: pd.DataFrame, spoilt: pd.DataFrame, schema: Schema, tried: object) -> None:
    """The spoilt columns are found, no other, and putting them right gives the rows back."""
    numbers = {name: differing(frame, spoilt, schema, name) for name in schema.columns}
    exchanges, _ = find_exchanges(spoilt, frame, schema)
    found = {exchange.column for exchange in exchanges}
    assert {name for name, n in numbers.items() if n >= FEW} <= found, tried
    assert found <= {name for name, n in numbers.items() if n}, tried
    mended, notes = put_right(spoilt, exchanges, schema)
    # Rows without an identifier of their own can't always be told when two columns are wrong.
    if schema.primary_key:
        assert len(notes) == len(found), tried
        assert not [n for n in found if differing(frame, mended, schema, n)], tried


@pytest.mark.parametrize("resource", LISTS)
def test_every_column_that_was_sorted_alone_is_found_and_put_right(
    frames: Frames, schemas: dict[str, Schema], resource: str
) -> None:
    frame, schema = frames[resource], schemas[resource]
    assert find_exchanges(frame, frame, schema) == ([], [])
    assert find_exchanges(frame.iloc[::-1], frame, schema) == ([], [])
    for name in schema.columns:
        check(frame, sort_alone(frame, (name,)), schema, name)


@pytest.mark.slow
@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("resource", LISTS)
def test_every_pair_of_columns_that_was_sorted_is_found(
    frames: Frames, schemas: dict[str, Schema], resource: str, *, together: bool
) -> None:
    # Over the whole list, so that the rows are of several countries.
    frame = frames[resource]
    frame, schema = frame[:: max(1, len(frame) // MANY)], schemas[resource]
    filled = [name for name in schema.columns if frame[name].any()]
    for pair in combinations(filled, 2):
        check(frame, sort_alone(frame, pair, together=together), schema, pair)


@pytest.mark.parametrize("name", ["org_id", "name", "website"])
def test_two_exchanged_cells_are_found(
    frames: Frames, schemas: dict[str, Schema], name: str
) -> None:
    schema, frame = schemas["organisations"], frames["organisations"]
    spoilt = frame.copy()
    spoilt.loc[[5, 11], name] = frame.loc[[11, 5], name].to_numpy()
    ((exchange,), _) = find_exchanges(spoilt, frame, schema)
    assert exchange.right == {5: frame.at[5, name], 11: frame.at[11, name]}
    assert exchange.sentence.startswith("organisations.csv, rows 5 and 11: ")
    pd.testing.assert_frame_equal(put_right(spoilt, [exchange], schema)[0], frame)


def test_a_column_that_slipped_by_a_row_is_found(
    frames: Frames, schemas: dict[str, Schema]
) -> None:
    schema, frame = schemas["organisations"], frames["organisations"]
    spoilt = frame.assign(website=frame["website"].shift(1, fill_value=""))
    assert [e.column for e in find_exchanges(spoilt, frame, schema)[0]] == ["website"]


@pytest.mark.parametrize("seed", range(5))
def test_a_years_work_is_no_exchange(frames: Frames, schemas: dict[str, Schema], seed: int) -> None:
    schema, frame = schemas["organisations"], frames["organisations"]
    random = np.random.default_rng(seed)

    def some(number: int) -> list[int]:
        return [int(row) for row in random.choice(frame.index, number, replace=False)]

    edited = frame.copy()
    edited.loc[some(60), "name"] = [f"New name {i}" for i in range(60)]
    edited.loc[some(60), "website"] = [f"https://new-{i}.example.org" for i in range(60)]
    edited.loc[some(100), "checked_on"] = "2026-12-01"
    for name in ("type", "city", "domains", "sectors", "functions", "founded"):
        edited.loc[some(40), name] = [frame[name].iloc[int(i)] for i in random.integers(0, 465, 40)]
    # One took another's website over, and that one has a new one.
    a, b = some(2)
    edited.loc[a, "website"], edited.loc[b, "website"] = frame.at[b, "website"], "https://x.org"
    edited = edited.drop(index=[row for row in some(20) if row not in (a, b)])
    edited = edited.iloc[random.permutation(len(edited))]
    assert find_exchanges(edited, frame, schema)[0] == []


def test_putting_right_keeps_edits_and_empties_what_belongs_to_others(
    frames: Frames, schemas: dict[str, Schema]
) -> None:
    schema, frame = schemas["organisations"], frames["organisations"]
    edited = frame.copy()
    edited.loc[7, "name"] = "An edited name"
    edited.loc[8, "website"] = "https://edited.example.org"
    new = frame.iloc[[0]].assign(
        org_id="", name="Mmm new", website="https://mmm.example.org", source_url="https://mmm.org",
        notes="New", city="Paris", country="FR",
    ).set_axis([467])  # fmt: skip
    spoilt = sort_alone(pd.concat([edited, new]), ("website",))
    ((exchange,), _) = find_exchanges(spoilt, frame, schema)
    mended, notes = put_right(spoilt, [exchange], schema)
    assert mended.at[7, "name"] == "An edited name"
    assert mended.at[467, "website"] == ""
    assert exchange.lost == ("https://edited.example.org", "https://mmm.example.org")
    assert len(notes) == 3
    others = [row for row in frame.index if row != 8]
    assert mended.loc[others, "website"].equals(frame.loc[others, "website"])


def test_an_edited_value_goes_back_where_its_own_is_missing(
    frames: Frames, schemas: dict[str, Schema]
) -> None:
    schema, frame = schemas["organisations"], frames["organisations"]
    edited = frame.copy()
    edited.loc[8, "website"] = "https://edited.example.org"
    ((exchange,), _) = find_exchanges(sort_alone(edited, ("website",)), frame, schema)
    mended, _ = put_right(sort_alone(edited, ("website",)), [exchange], schema)
    pd.testing.assert_frame_equal(mended, edited)


def test_two_rows_with_each_others_town_are_named_and_edits_are_not(
    frames: Frames, schemas: dict[str, Schema]
) -> None:
    schema, frame = schemas["organisations"], frames["organisations"]
    edited = frame.copy()
    a, b = frame.index[frame["city"].isin(["Paris"])][0], frame.index[frame["city"] == "Wien"][0]
    edited.loc[a, "city"], edited.loc[b, "city"] = frame.loc[b, "city"], frame.loc[a, "city"]
    exchanges, (said,) = find_exchanges(edited, frame, schema)
    assert exchanges == []
    low, high = sorted([a, b])
    assert said.startswith(f"organisations.csv, rows {low} and {high}: each has what is published")
    assert "as Town of the other" in said
    assert "“Wien”" in said
    # A third one that moves to the same town makes it nothing odd.
    third = frame.index[frame["city"] == "Brest"][0]
    edited.loc[third, "city"] = "Wien"
    assert find_exchanges(edited, frame, schema) == ([], [])
    types = frame.copy()
    c = frame.index[frame["type"] == "sme"][0]
    d = frame.index[frame["type"] == "large"][0]
    types.loc[c, "type"], types.loc[d, "type"] = "large", "sme"
    assert find_exchanges(types, frame, schema) == ([], [])
