"""Region counts from SQL, profiles and comparisons, against the register and plain pandas."""

from __future__ import annotations

import dataclasses
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from openpyxl import load_workbook

from ecosystem import brief
from ecosystem.common.store import Database
from ecosystem.finding.filters import Filter
from ecosystem.regional import (
    comparisons,
    map_concentration,
    measures,
    outside_figures,
    profiles,
    region_counts,
    shading,
)
from ecosystem.regional.statistics.counts import SMALL_N, RegionCounts
from ecosystem.tables import organisations, regions
from tests.ecosystem.finding.test_filters import filters
from tests.ecosystem.regional.statistics.samples import tabulate
from tests.examples import examples


@pytest.mark.parametrize("level", list(regions.LEVELS))
def test_sql_counts_what_pandas_counts(database: Database, level: str) -> None:
    everyone = organisations.everything(database, Filter())
    frame = everyone.assign(region=everyone[regions.LEVELS[level]])
    by_hand = tabulate(frame, regions.ids(database, level))
    by_sql = region_counts.region_counts(database, Filter(), level)
    for field in dataclasses.fields(RegionCounts):
        one, other = getattr(by_sql, field.name), getattr(by_hand, field.name)
        if isinstance(one, pd.Series):
            pd.testing.assert_series_equal(one, other)
        else:
            pd.testing.assert_frame_equal(one, other, check_dtype=False)


@settings(max_examples=examples(15), deadline=None)
@given(filter_=filters())
def test_counts_over_the_regions_of_a_level_add_up(database: Database, filter_: Filter) -> None:
    n = organisations.summary(database, filter_).organisations
    for level in ("nuts0", "nuts2", "nuts3"):
        assert region_counts.region_counts(database, filter_, level).n.sum() == n
    assert region_counts.whole(database, filter_).n["all"] == n


def test_whole_is_the_sum_of_its_countries(database: Database) -> None:
    everyone = organisations.everything(database, Filter())
    whole = region_counts.whole(database, Filter())
    assert whole.founded["median"]["all"] == everyone["founded"].median()
    assert whole.domains.T["all"]["cryptology"] == sum(
        "cryptology" in d for d in everyone["domains"]
    )


def test_quotient_of_the_whole_is_one(database: Database) -> None:
    whole = region_counts.whole(database, Filter())
    quotients = profiles.quotients_of(database, Filter(), whole)
    assert np.allclose(quotients["lq"].dropna(), 1)


@pytest.mark.parametrize(("region_id", "n"), [("FRH0", 29), ("fr-bretagne", 29), ("DEA", 28)])
def test_headline_of_real_regions(database: Database, region_id: str, n: int) -> None:
    profile = profiles.profile(database, Filter(), region_id)
    assert profile is not None
    assert profile.n == n
    people = regions.population(database, profile.level)["inhabitants"][region_id]
    assert profile.headline["value"]["per-million"] == pytest.approx(1e6 * n / people)
    assert profile.headline["whole"]["organisations"] == 465
    assert profile.types.sum() == n


def test_coverage_stands_beside_the_number(database: Database) -> None:
    profile = profiles.profile(database, Filter(), "fr-bretagne")
    assert profile is not None
    assert profile.coverage_sentences == [
        "29 in the register of about 160 counted elsewhere (companies; 8,000 jobs, 2024)"
    ]
    catalonia = outside_figures.counts_elsewhere(database, "nuts2")
    assert catalonia["counted"]["ES51"] == 557


def test_related_regions_have_names_and_reasons(database: Database) -> None:
    profile = profiles.profile(database, Filter(), "FRH0")
    assert profile is not None
    for found in (profile.nearest, profile.partners, profile.peers):
        assert len(found) > 2
        assert "FRH0" not in found.index
        assert found["reason"].str.endswith(".").all()


def test_small_units_have_no_invented_figures(database: Database) -> None:
    profile = profiles.profile(database, Filter(), "fi-keski-suomi")
    assert profile is not None
    assert np.isnan(profile.headline["value"]["per-million"])
    assert profile.figures.empty
    assert profile.peers.empty
    assert profile.population_year is None


@pytest.mark.parametrize("region_id", ["nowhere", "XX", "", "' OR 1=1"])
def test_an_unknown_region_has_no_profile(database: Database, region_id: str) -> None:
    assert profiles.profile(database, Filter(), region_id) is None


def test_a_region_without_an_organisation_has_a_profile_without_nan_words(
    database: Database,
) -> None:
    empty = region_counts.region_counts(database, Filter(), "nuts2")
    region_id = str(empty.n[empty.n == 0].index[0])
    profile = profiles.profile(database, Filter(), region_id)
    assert profile is not None
    assert profile.n == 0
    said = " ".join(
        [
            *profile.sentences,
            *(measures.in_words(code, v) for code, v in profile.headline["value"].items()),
        ]
    )
    assert "nan" not in said.lower()


def test_a_region_without_an_organisation_has_no_rank(database: Database) -> None:
    counts = regions.organisation_counts(database, Filter(), "nuts2")
    profile = profiles.profile(database, Filter(), str(counts.index[counts == 0][0]))
    assert profile is not None
    assert profile.headline["rank"].isna().all()
    assert profile.headline["of"]["organisations"] == (counts > 0).sum()


def test_a_share_of_few_has_no_rank_but_their_number_has(database: Database) -> None:
    counts = regions.organisation_counts(database, Filter(), "nuts2")
    profile = profiles.profile(database, Filter(), str(counts.index[counts == 1][0]))
    assert profile is not None
    rank = profile.headline["rank"]
    assert rank["organisations"] == (counts > 1).sum() + 1
    assert pd.isna(rank["evidence-share"])
    assert pd.isna(rank["effective-domains"])
    assert profile.headline["of"]["evidence-share"] == (counts >= SMALL_N).sum()


def test_page_brief_and_workbook_share_names_and_reasons_of_related_regions(
    database: Database,
) -> None:
    profile = profiles.profile(database, Filter(), "FRH0")
    empty = profiles.profile(database, Filter(), "ES11")
    assert profile is not None
    assert empty is not None
    printed = brief.region.content(database, Filter(), profile)["related"]
    workbook = load_workbook(io.BytesIO(brief.region_xlsx(database, Filter(), profile)))
    rows = list(workbook["Related regions"].iter_rows(min_row=2, values_only=True))
    shown = [(kind.heading, name) for kind in profile.related for name in kind.regions["name"]]
    assert shown == [(kind["heading"], row["name"]) for kind in printed for row in kind["regions"]]
    assert shown == [(heading, name) for heading, _, name, _ in rows]
    assert [kind.none.startswith("Too few") for kind in empty.related] == [True, True, False]


def test_comparison_of_mixed_levels_marks_the_best(database: Database) -> None:
    found = comparisons.compare(database, Filter(), ["fr-bretagne", "DEA", "EE"])
    assert found.best.loc["per-million", "EE"]
    assert not found.best.loc["concentration"].any()
    assert 1 <= len(found.sentences) <= 3
    assert found.shares.shape == (15, 3)


def test_comparison_with_its_own_parent_says_so(database: Database) -> None:
    found = comparisons.compare(database, Filter(), ["FR", "FRH0", "fr-bretagne"])
    assert sum("overlap" in remark for remark in found.remarks) == 3


@pytest.mark.parametrize(
    "ids", [[], ["FRH0"], ["FRH0", "FRH0"], ["FRH0", "nowhere"], ["FR", "DE", "IT", "ES", "EE"]]
)
def test_what_cannot_be_compared_is_a_sentence(database: Database, ids: list[str]) -> None:
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$"):
        comparisons.compare(database, Filter(), ids)


@settings(max_examples=examples(10), deadline=None)
@given(filter_=filters())
def test_any_filter_leaves_a_profile_and_a_comparison(database: Database, filter_: Filter) -> None:
    assert profiles.profile(database, filter_, "DEA") is not None
    assert comparisons.compare(database, filter_, ["DEA", "fr-bretagne"]).table.shape[1] == 2


@pytest.mark.parametrize("measure", [*measures.MEASURES, shading.REPRESENTATION])
@pytest.mark.parametrize("level", ["valley", "nuts2"])
def test_every_measure_is_shaded(database: Database, measure: str, level: str) -> None:
    shaded = shading.shade(database, Filter(), level, measure, domain="cryptology")
    assert (shaded.regions["colour"] != "").all()
    assert len(shaded.legend) >= 2
    coloured = {colour for colour, _ in shaded.legend}
    assert set(shaded.regions["colour"]) <= coloured


def test_darker_is_more(database: Database) -> None:
    shaded = shading.shade(database, Filter(), "nuts2", "organisations")
    least = shaded.regions.groupby("colour")["n"].min()
    steps = [least[colour] for colour, _ in shaded.legend[:-1]]
    assert steps == sorted(steps)
    assert least[shading.NONE[False]] == 0


def test_a_gap_is_neither_zero_nor_a_class(database: Database) -> None:
    shaded = shading.shade(database, Filter(), "valley", "per-million")
    gaps = shaded.regions[shaded.regions["value"].isna() & (shaded.regions["n"] > 0)]
    assert len(gaps)
    assert set(gaps["colour"]) == {shading.NO_DATA[False]}


def test_nothing_found_has_no_classes(database: Database) -> None:
    shaded = shading.shade(database, Filter(q="nobody has this"), "nuts1", "per-million")
    assert [text for _, text in shaded.legend] == ["No organisation"]


def test_concentration_is_one_sentence(database: Database) -> None:
    found = map_concentration.over_nuts2(database, Filter())
    assert 0.8 < found.gini < 0.95
    assert found.sentence.count(".") == 1
    nothing = map_concentration.over_nuts2(database, Filter(q="nobody has this"))
    assert "no organisation" in nothing.sentence
