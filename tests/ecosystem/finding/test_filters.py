"""The filter is an address, a condition and a sentence, and the three agree."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from ecosystem.common.store import Database
from ecosystem.common.vocabulary import TYPES
from ecosystem.finding import made_in_europe, search
from ecosystem.finding.filters import (
    FACETS,
    MAX_SEARCH_LENGTH,
    PARAMS,
    Facet,
    Filter,
    Names,
    Shown,
    facet,
    left_out,
)
from ecosystem.tables import organisations, regions, valleys
from tests.examples import examples

VALLEYS = ["fr-bretagne", "de-nordrhein-westfalen", "ee-estonia", "lu-luxembourg"]
REGIONS = ["FRH0", "DEA", "EE", "FR", "DE212", "UKL2"]
ORGANISATIONS = ["fr-secure-ic", "at-limes-security-gmbh", "be-nobody"]
CODES = {Names.VALLEYS: VALLEYS, Names.REGIONS: REGIONS, Names.NONE: ORGANISATIONS}
WORDS = ["cyber", "Univers", "Rennes", "münchen", "C-Sirt", "e", "Łódź", "zzz", "'; drop", "☃"]


def some(codes: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(codes), max_size=3, unique=True).map(lambda c: tuple(sorted(c)))


# Rennes; Essen; a town that isn't there.
TOWNS = {"g2983990": (-1.67429, 48.11198), "g2928810": (7.01228, 51.45657)}
NEAR = [
    {},
    {},
    {"near": "g2983990"},
    {"near": "g2983990", "km": 100},
    {"near": "g2928810", "km": 50},
    {"near": "g1", "km": 9999},
]


def codes(facet_: Facet) -> list[str]:
    if isinstance(facet_.labels, Names):
        return CODES[facet_.labels]
    return list(facet_.labels)


nothing: st.SearchStrategy[tuple[str, ...]] = st.just(())
years = st.one_of(st.none(), st.integers(1890, 2030))


@st.composite
def filters(draw: st.DrawFn) -> Filter:
    start, end = draw(years), draw(years)
    if start and end and start > end:
        start, end = end, start
    return Filter(
        **{name: draw(nothing | some(codes(facet))) for name, facet in FACETS.items()},
        founded_from=start,
        founded_to=end,
        q=draw(st.one_of(st.just(""), st.sampled_from(WORDS))),
        **draw(st.sampled_from(NEAR)),
    )


@given(filters())
def test_address_and_back_is_the_identity(filter_: Filter) -> None:
    assert Filter.from_params(filter_.to_params()) == filter_


@given(st.dictionaries(st.sampled_from(list(PARAMS)), st.lists(st.text(max_size=150), max_size=60)))
def test_any_address_becomes_a_filter_that_is_stable(params: dict[str, list[str]]) -> None:
    filter_ = Filter.from_params(params)
    assert Filter.from_params(filter_.to_params()) == filter_
    assert len(filter_.q) <= MAX_SEARCH_LENGTH


def near(row: pd.Series, filter_: Filter) -> bool:
    if filter_.km is None:
        return True
    if filter_.near not in TOWNS:
        return False
    lon, lat = TOWNS[filter_.near]
    return bool(Geod(ellps="WGS84").inv(lon, lat, row["lon"], row["lat"])[2] <= filter_.km * 1000)


def codes_of(row: pd.Series) -> dict[str, set[str]]:
    """What an organisation has of each facet, without SQL."""
    return {
        "valley": {row["valley_id"]},
        "country": {row["country"]},
        "nuts": {row["nuts0"], row["nuts1"], row["nuts2"], row["nuts3"]},
        "type": {row["type"]},
        "domain": set(row["domains"]),
        "sector": set(row["sectors"]),
        "function": set(row["functions"]),
        "label": label_statuses(row),
        "checked": {check_of(row)},
        "orgs": {row["org_id"]},
    }


def check_of(row: pd.Series) -> str:
    """Every check of the tests' register is of the month of the release or the one before."""
    return "recent" if isinstance(row["checked_on"], str) else "never"


def label_statuses(row: pd.Series) -> set[str]:
    last = row["label_valid_until"]
    return set() if pd.isna(last) else {made_in_europe.status(last.date(), made_in_europe.today())}


def evaluated_by_pandas(table: pd.DataFrame, filter_: Filter, found: set[int]) -> set[str]:
    """The filter once more, row by row, without SQL; what a search finds is tested with it."""

    def keeps(row: pd.Series) -> bool:
        has = codes_of(row)
        has_year = not pd.isna(row["founded"])
        return all(
            [
                *(
                    not (chosen := getattr(filter_, name)) or has[name] & set(chosen)
                    for name in FACETS
                ),
                filter_.founded_from is None
                or (has_year and row["founded"] >= filter_.founded_from),
                filter_.founded_to is None or (has_year and row["founded"] <= filter_.founded_to),
                not filter_.q or row["ordinal"] in found,
                near(row, filter_),
            ]
        )

    return {row["org_id"] for _, row in table.iterrows() if keeps(row)}


@settings(max_examples=examples(60), deadline=None)
@given(filter_=filters())
def test_sql_finds_what_pandas_finds(database: Database, filter_: Filter) -> None:
    table = organisations.everything(database, Filter())
    found = organisations.everything(database, filter_)
    matching = set(search.find(database, filter_.q).ordinals.tolist())
    assert set(found["org_id"]) == evaluated_by_pandas(table, filter_, matching)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"type": ["sme", "nonsense"]}, Filter(type=("sme",))),
        (
            {"valley": ["fr-bretagne", "'; DROP TABLE organisation"]},
            Filter(valley=("fr-bretagne",)),
        ),
        ({"nuts": ["FRH0", "frh0", "<b>"]}, Filter(nuts=("FRH0",))),
        ({"founded": ["2010-2000"]}, Filter()),
        ({"founded": ["2010"]}, Filter()),
        ({"founded": ["-2000"]}, Filter(founded_to=2000)),
        ({"founded": ["99999-"]}, Filter()),
        ({"q": ["  deep   tech  "]}, Filter(q="deep tech")),
        ({"unknown": ["x"]}, Filter()),
        ({"near": ["g2983990"], "km": ["50"]}, Filter(near="g2983990", km=50)),
        ({"near": ["g2983990"], "km": ["-5"]}, Filter(near="g2983990")),
        ({"near": ["g2983990"], "km": ["٥٠"]}, Filter(near="g2983990")),
        ({"near": ["Rennes'; --"], "km": ["50"]}, Filter()),
        ({"km": ["50"]}, Filter()),
    ],
)
def test_nonsense_in_an_address_is_left_out(params: dict[str, list[str]], expected: Filter) -> None:
    assert Filter.from_params(params) == expected


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"country": ["UK"]}, Filter(country=("GB",))),
        ({"country": ["EL"]}, Filter(country=("GR",))),
        ({"country": ["fr"]}, Filter(country=("FR",))),
        ({"country": ["France"]}, Filter(country=("FR",))),
        ({"country": ["FR,de"]}, Filter(country=("DE", "FR"))),
        ({"type": ["sme)."]}, Filter(type=("sme",))),
        ({"type": ["SME"]}, Filter(type=("sme",))),
        ({"valley": ["FR-Bretagne."]}, Filter(valley=("fr-bretagne",))),
        ({"nuts": ["frh0)"]}, Filter(nuts=("FRH0",))),
        ({"founded": ["2010-2020)."]}, Filter(founded_from=2010, founded_to=2020)),
    ],
)
def test_an_address_is_read_as_it_is_meant(params: dict[str, list[str]], expected: Filter) -> None:
    assert Filter.from_params(params) == expected
    assert left_out(params) == []


def test_what_can_not_be_understood_is_named() -> None:
    params = {
        "country": ["zz", "FR"],
        "type": ["<b>"],
        "founded": ["19x"],
        "near": ["Rennes"],
        "page": ["2"],
    }
    assert left_out(params) == [
        ("Country", "zz"),
        ("Type", "<b>"),
        ("Founded", "19x"),
        ("Near a town", "Rennes"),
    ]


def test_accents_and_case_do_not_matter_in_a_search(database: Database) -> None:
    found = [
        set(organisations.everything(database, Filter(q=words))["org_id"])
        for words in ("Cesson-Sévigné", "cesson sevigne", "CESSON SÉVIGNÉ")
    ]
    assert found[0]
    assert found[0] == found[1] == found[2]


def test_sentence_says_every_condition() -> None:
    filter_ = Filter(
        valley=("fr-bretagne",),
        type=("csirt", "sme"),
        domain=("cryptology",),
        founded_from=2010,
        q="cloud",
    )
    assert filter_.sentence({"valley": {"fr-bretagne": "Brittany"}}) == (
        "in Brittany, of type CSIRT or SME or start-up, working on Cryptology, "
        "founded 2010 or later, matching “cloud”"
    )
    assert Filter().sentence() == "all organisations"


@given(filters())
def test_without_takes_one_condition_away(filter_: Filter) -> None:
    for param in filter_.active():
        assert param not in filter_.without(param).to_params()
        # A radius means nothing without its town.
        gone = {"near", "km"} if param == "near" else {param}
        assert set(filter_.without(param).active()) == set(filter_.active()) - gone


def test_every_code_of_the_register_has_a_label(database: Database) -> None:
    names = {Names.VALLEYS: valleys.names, Names.REGIONS: regions.names}
    for name, facet_ in FACETS.items():
        if facet_.labels is not Names.NONE:
            known = (
                names[facet_.labels](database)
                if isinstance(facet_.labels, Names)
                else facet_.labels
            )
            assert set(organisations.facet_counts(database, Filter(), name)) <= set(known), name


@pytest.mark.parametrize("words", [{"labels": TYPES}, {"shown": Shown.LIST}, {}])
def test_a_facet_must_say_where_labels_come_from_and_where_it_is_shown(
    words: dict[str, Any],
) -> None:
    with pytest.raises(TypeError, match="missing"):
        facet("Evidence", "evidence", "with the evidence", **words)


def test_every_filter_field_is_a_parameter_with_a_label() -> None:
    full = Filter(**dict.fromkeys(FACETS, ("x",)), founded_from=2000, q="x", near="g1", km=1)
    assert set(full.to_params()) == set(PARAMS)
