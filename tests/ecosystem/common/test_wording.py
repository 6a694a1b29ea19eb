import pandas as pd
import pytest

from ecosystem.common import wording


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), pd.NA])
def test_what_is_not_known_is_said_to_be_so(value):
    assert wording.number(value) == "not known"
    assert wording.percent(value, 10) == wording.figure(value) == wording.year(value) == "–"


def test_numbers():
    assert wording.number(1_234_567.8) == "1,234,568"
    assert wording.number(0) == "0"
    assert wording.number(8.25, 1) == "8.2"


def test_a_year_is_no_quantity():
    assert wording.year(2024.0) == "2024"


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (2.10, "2.1"), (31.456, "31.46"), (999, "999"), (1234.5, "1,234")]
)
def test_a_figure_has_decimals_only_where_it_is_small(value, text):
    assert wording.figure(value) == text


def test_a_percentage_has_a_decimal_only_where_the_rows_bear_one():
    assert wording.percent(1 / 3, 99) == wording.percent(1 / 3) == "33%"
    assert wording.percent(1 / 3, 100) == "33.3%"


def test_a_number_goes_with_its_noun():
    assert wording.count(1, "cell") == "1 cell"
    assert wording.count(1200, "cell") == "1,200 cells"
    assert wording.count(0, "country", "countries") == "0 countries"


def test_the_part_of_a_list_that_is_shown():
    assert wording.span(0, 20, 465) == "1 to 20 of 465"
    assert wording.span(1000, 8, 1008, "entry", "entries") == "1,001 to 1,008 of 1,008 entries"


def test_lists():
    assert wording.join([]) == ""
    assert wording.join(["A"]) == "A"
    assert wording.join(["A", "B"]) == "A and B"
    assert wording.join(["A", "B", "C"], "or") == "A, B or C"
    assert wording.join(["A and B", "C"]) == "A and B, and C"
    assert wording.join(["CSIRT", "SME or start-up"], "or") == "CSIRT or SME or start-up"
