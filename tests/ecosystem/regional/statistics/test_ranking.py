import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosystem.regional.statistics.ranking import rank
from tests.ecosystem.regional.statistics.samples import PROPERTY

VALUES = pd.Series({"A": 3.0, "B": 5.0, "C": 3.0, "D": None, "E": 1.0})
YEARS = pd.Series({"A": 2023, "B": 2023, "C": 2019, "D": None, "E": 2023}).astype("Int64")


def test_ties_share_a_rank():
    # 5, then twice 3 (second), then 1 (fourth); the one without a value has no rank.
    found = rank(VALUES)
    assert found["rank"].to_list() == [2, 1, 2, pd.NA, 4]
    assert found["tied"].to_list() == [True, False, True, False, False]
    assert found["of"].to_list() == [4] * 5
    assert list(found.index) == list(VALUES.index)
    assert rank(VALUES, descending=False)["rank"].to_list() == [2, 4, 2, pd.NA, 1]


def test_two_without_a_value_are_not_tied():
    assert not rank(pd.Series([None, None], dtype=float))["tied"].any()


def test_different_years_are_refused():
    with pytest.raises(ValueError, match="different years are not ranked together: 2019, 2023"):
        rank(VALUES, years=YEARS)


def test_different_years_are_flagged_when_asked_for():
    found = rank(VALUES, years=YEARS, across_years=True)
    assert found["rank"].to_list() == [2, 1, 2, pd.NA, 4]
    assert found["other_year"].to_list() == [False, False, True, False, False]
    assert found["year"].to_list() == [2023, 2023, 2019, pd.NA, 2023]


def test_of_equally_common_years_the_latest_is_the_one():
    values = pd.Series([1.0, 2.0])
    found = rank(values, years=pd.Series([2019, 2023]), across_years=True)
    assert found["other_year"].to_list() == [True, False]


def test_one_year_is_no_matter():
    found = rank(VALUES.drop("C"), years=YEARS.drop("C"))
    assert not found["other_year"].any()


def test_the_year_of_a_gap_does_not_count():
    years = YEARS.copy()
    years["D"], years["C"] = 1999, 2023
    assert rank(VALUES, years=years)["rank"].notna().sum() == 4


def test_a_value_without_a_year_is_an_error():
    with pytest.raises(ValueError, match="needs a year"):
        rank(VALUES, years=YEARS.where(YEARS != 2019), across_years=True)
    with pytest.raises(ValueError, match="same regions"):
        rank(VALUES, years=YEARS.iloc[::-1])


def test_nothing_to_rank():
    empty = pd.Series(dtype=float)
    assert rank(empty).empty
    assert rank(empty, years=pd.Series(dtype="Int64")).empty


@PROPERTY
@given(st.lists(st.none() | st.integers(-5, 5), max_size=20))
def test_a_rank_is_one_more_than_the_better_ones(numbers):
    values = pd.Series(numbers, dtype=float)
    found = rank(values)["rank"]
    for place, value in values.items():
        if pd.isna(value):
            assert found[place] is pd.NA
        else:
            assert found[place] == 1 + (values > value).sum()
