"""Figures as data: the numbers of the pages, with what they are of and how they are made."""

from __future__ import annotations

import csv
import io
import math
from typing import Any
from urllib.parse import parse_qs

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from ecosystem.api import figures, statistics
from ecosystem.common.store import Database
from ecosystem.finding.filters import Filter
from ecosystem.network import valley_network
from ecosystem.regional import measures, profiles, quality, shading
from ecosystem.regional.comparisons import compare
from ecosystem.tables import funding_rounds
from tests.ecosystem.finding.test_filters import filters
from tests.examples import examples

STATISTICS = "/api/statistics"
MEASURES = [
    "organisations",
    "per-million",
    "effective-domains",
    "median-founded",
    "evidence-share",
    "representation",
]


def get(client: TestClient, **params: Any) -> dict[str, Any]:
    answer = client.get(STATISTICS, params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def cells(found: dict[str, Any]) -> dict[tuple[str, ...], float | None]:
    """The values of a JSON-stat dataset by the codes of all its dimensions."""
    categories = [found["dimension"][name]["category"]["index"] for name in found["id"]]
    assert [len(codes) for codes in categories] == found["size"]
    keys: list[tuple[str, ...]] = [()]
    for codes in categories:
        keys = [(*key, code) for key in keys for code in codes]
    return dict(zip(keys, found["value"], strict=True))


def same(left: float | None, right: Any) -> bool:
    gap = right is None or pd.isna(right)
    return left is None if gap else left is not None and math.isclose(left, float(right))


@settings(
    max_examples=examples(6),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(
    filter_=filters(), measure=st.sampled_from(MEASURES), level=st.sampled_from(["valley", "nuts1"])
)
def test_the_data_has_the_number_of_the_page(
    client: TestClient, database: Database, filter_: Filter, measure: str, level: str
) -> None:
    params = {**filter_.to_params(), "measure": measure, "level": level}
    values = cells(get(client, **params))
    shaded = (
        shading.shade(database, filter_, level, measure, domain="human-aspects")
        if (measure == shading.REPRESENTATION)
        else shading.shade(database, filter_, level, measure)
    )
    for region, row in shaded.regions.iterrows():
        key = (str(region), "human-aspects") if measure == shading.REPRESENTATION else (region,)
        # The page shows a region that wasn't collected without a value, too.
        assert same(values[*key, "value"], row["value"] if row["is_collected"] else None)


@pytest.mark.slow
def test_a_region_has_the_numbers_of_its_page(client: TestClient, database: Database) -> None:
    profile = profiles.profile(database, Filter(), "FRH0")
    assert profile is not None
    together = cells(get(client, measure="measures", region="FRH0"))
    for code, row in profile.headline.iterrows():
        for column in ("value", "whole", "low", "high"):
            assert same(together["FRH0", str(code), column], row[column])
    whole = cells(get(client, measure="effective-domains", level="register"))
    assert same(whole["all", "value"], measures.of_whole(database, Filter())["effective-domains"])
    for measure, shown in (("types", profile.types), ("function-shares", profile.functions)):
        values = cells(get(client, measure=measure, region="FRH0"))
        assert all(same(values["FRH0", code, "value"], n) for code, n in shown.items())
    values = cells(get(client, measure="founding-years", region="FRH0"))
    assert {(str(row.year), row.organisations) for row in profile.founding.itertuples()} == {
        (key[1], n) for key, n in values.items()
    }
    values = cells(get(client, measure="eurostat", region="FRH0"))
    for row in profile.figures.to_dict("records"):
        assert same(values["FRH0", row["indicator"], str(row["year"]), "value"], row["value"])


def test_regions_compared_have_the_numbers_of_the_page(
    client: TestClient, database: Database
) -> None:
    ids = ["fr-bretagne", "ee-estonia"]
    found = compare(database, Filter(), ids)
    values = cells(get(client, measure="representation", region=ids))
    for id_ in ids:
        for code, share in found.shares[id_].items():
            assert same(values[id_, str(code), "share"], share)
    covered = cells(get(client, measure="coverage", region=ids))
    for id_, row in found.spans.iterrows():
        assert same(covered[str(id_), "counted"], row["counted"])


def test_the_network_has_the_numbers_of_its_page(client: TestClient, database: Database) -> None:
    network = valley_network.network(database, ("pilot",), 2021)
    of = {"kind": "pilot", "year": "2021"}
    values = cells(get(client, measure="links", **of))
    assert len(network.links)
    for row in network.links.itertuples():
        assert values[row.one, row.other, "value"] == row.partnerships
        assert same(values[row.one, row.other, "strength"], row.strength)
    values = cells(get(client, measure="connections", **of))
    for id_, row in network.connections.iterrows():
        assert values[str(id_), "value"] == row["partners"]
        assert same(values[str(id_), "bridge"], row["bridge"])
    alike = valley_network.similar(database).iloc[0]
    values = cells(get(client, measure="similar-profiles", region=alike["one"]))
    assert same(values[alike["one"], alike["other"], "value"], alike["similarity"])


def test_funding_has_the_sums_of_its_page(client: TestClient, database: Database) -> None:
    found = funding_rounds.by_year(funding_rounds.in_region(database, "FR"))
    values = cells(get(client, measure="funding-rounds", region="FR"))
    assert len(found) > 1
    for row in found.to_dict("records"):
        year = str(row["year"]) if row["year"] else "unknown"
        assert values["FR", year, "value"] == row["raised"]
        assert same(values["FR", year, "sum_meur"], row["sum_meur"])


@pytest.mark.slow
def test_side_by_side_is_what_each_measure_says_alone(client: TestClient) -> None:
    together = cells(get(client, measure="measures", region="fr-bretagne"))
    for code in ("organisations", "effective-domains", "median-founded"):
        alone = cells(get(client, measure=code, region="fr-bretagne"))
        for column in ("value", "low", "high", "n"):
            assert together["fr-bretagne", code, column] == alone.get(("fr-bretagne", column))


def test_data_quality_has_the_numbers_of_its_page(client: TestClient, database: Database) -> None:
    table = quality.by_region(database, "valley")
    values = cells(get(client, measure="quality", level="valley"))
    for id_, row in table.iterrows():
        assert same(values[str(id_), "has-website", "value"], row["has_website"])
        assert same(values[str(id_), "duplicates", "value"], row["duplicates"])


def test_where_nobody_looked_there_is_a_word_and_no_zero(
    client: TestClient, database: Database
) -> None:
    found = get(client, measure="organisations", level="nuts2")
    table = measures.table(database, Filter(), "nuts2")
    width, regions = found["size"][-1], found["dimension"]["region"]["category"]["index"]
    away = [i for i, id_ in enumerate(regions) if not table["is_collected"][id_]]
    assert away
    for i in away:
        assert found["value"][i * width] is None
        assert found["status"][str(i * width)] == "not collected"


@pytest.mark.slow
@pytest.mark.parametrize("form", ["json", "csv", "html"])
def test_every_figure_says_of_what_how_and_from_where(
    client: TestClient, database: Database, form: str
) -> None:
    for code, figure in figures.catalogue(database).items():
        level = "valley" if "valley" in figure.levels else figure.levels[0]
        of = {"region": ["fr-bretagne"]} if figure.needs_region else {"level": level}
        answer = client.get(STATISTICS, params={"measure": code, "f": form, **of})
        assert answer.status_code == 200, (code, answer.text)
        text = answer.text
        if form == "html":
            assert "Of:" in text
            continue
        if form == "csv":
            rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
            assert rows, code
            said = rows[0]
        else:
            said = answer.json()["extension"]
            assert cells(answer.json()), code
            column = answer.json()["dimension"]["figure"]["category"]
            assert column["unit"].keys() == set(column["index"])
        for name in ("method", "denominator", "source", "licence", "citation", "filter"):
            assert said[name], (code, name)


def test_metadata_names_the_columns_of_the_csv(client: TestClient) -> None:
    params = {"measure": "representation", "level": "valley", "country": "FR"}
    answer = client.get(STATISTICS, params={**params, "f": "csv"})
    header = next(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    (to,) = [part for part in answer.headers["link"].split(", ") if "describedby" in part]
    described = client.get(to.split(">")[0].removeprefix("<")).json()
    assert [column["name"] for column in described["tableSchema"]["columns"]] == header
    assert described["url"].endswith("f=csv")


def test_without_a_figure_it_lists_those_that_there_are(client: TestClient) -> None:
    for figure in get(client)["figures"]:
        for link in figure["links"]:
            params = link["href"].partition("?")[2]
            assert f"measure={figure['measure']}" in params


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"measure": "happiness"}, "no figure"),
        ({"measure": ["types", "roles"]}, "2 times"),
        ({"measure": "types", "level": "nuts9"}, "can be"),
        ({"measure": "types", "level": "register"}, "can be"),
        ({"measure": "types", "colour": "red"}, "no parameter"),
        ({"measure": "types", "founded": "yesterday"}, "makes no sense"),
        ({"measure": "types", "region": ["FRH0", "FR"]}, "different levels"),
        ({"measure": "types", "region": "FRH0", "level": "nuts3"}, "of the level nuts2"),
        ({"measure": "eurostat"}, "single regions"),
        ({"measure": "coverage", "country": "FR"}, "no filter changes it"),
        ({"measure": "types", "year": "2024"}, "no year changes this"),
        ({"measure": "links", "year": "20<24"}, "four digits"),
        ({"measure": "links", "kind": "<b>"}, "“kind” can be"),
    ],
)
def test_a_wrong_question_is_told_in_a_sentence(
    client: TestClient, params: dict[str, Any], words: str
) -> None:
    answer = client.get(STATISTICS, params=params)
    assert answer.status_code == 400
    assert words in answer.json()["description"]


def test_an_unknown_region_is_not_there(client: TestClient) -> None:
    answer = client.get(STATISTICS, params={"measure": "types", "region": "<b>XX</b>"})
    assert answer.status_code == 404


def test_the_address_of_a_figure_asks_for_it(database: Database) -> None:
    filter_ = Filter(country=("FR",), q="cyber")
    to = figures.address("types", "nuts2", filter_, ["FRH0"])
    query = statistics.read(database, parse_qs(to.partition("?")[2]))
    assert (query.of.filter, query.of.level, query.of.region_ids) == (filter_, "nuts2", ("FRH0",))
    assert query.address == to
