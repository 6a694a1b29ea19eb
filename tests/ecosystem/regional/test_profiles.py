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
    profiles,
    region_counts,
    shading,
    uncertainty,
)
from ecosystem.regional.statistics.concentration import gini
from ecosystem.regional.statistics.counts import RegionCounts
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


def test_beside_a_region_stands_as_large_a_sample_of_the_whole(database: Database) -> None:
    """More organisations show more domains: 29 are compared with 29, drawn here one by one."""
    found = {
        id_: profiles.profile(database, Filter(), id_) for id_ in ("FRH0", "cy-cyprus", "PL21")
    }
    lists = database.frame("SELECT domains FROM organisation")["domains"].tolist()
    random = np.random.default_rng(1)
    for profile in found.values():
        assert profile is not None
        drawn = []
        for _ in range(400):
            sample = random.choice(len(lists), profile.n, replace=False)
            mentions = pd.Series([code for i in sample for code in lists[i]])
            share = mentions.value_counts(normalize=True)
            drawn.append(np.exp(-(share * np.log(share)).sum()))
        shown = profile.headline["whole"]
        assert shown["effective-domains"] == pytest.approx(np.mean(drawn), abs=0.25)
        # There is no such value of the concentration, so there is none.
        assert pd.isna(shown["concentration"])
    largest = measures.of_whole(database, Filter())["effective-domains"]
    assert all(p.headline["whole"]["effective-domains"] < largest for p in found.values() if p)


def test_coverage_stands_beside_the_number(database: Database) -> None:
    profile = profiles.profile(database, Filter(), "fr-bretagne")
    assert profile is not None
    assert profile.coverage_sentences == [
        "13 companies in the register of about 160 counted elsewhere (8%; 2024, companies; 8,000 "
        "jobs)",
        "13 companies in the register of about 130 counted elsewhere (10%; 2018, companies (over))",
    ]
    assert profile.span is not None
    assert profile.span["share"] == "8% (8% to 10%)"


def test_related_regions_have_names_and_reasons(database: Database) -> None:
    profile = profiles.profile(database, Filter(), "FRH0")
    assert profile is not None
    for found in (profile.nearest, profile.peers):
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


@pytest.mark.parametrize("region_id", ["CZ01", "DK02"])
def test_a_region_without_an_organisation_has_a_profile_without_nan_words(
    database: Database, region_id: str
) -> None:
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


@pytest.mark.slow
def test_nothing_that_depends_on_coverage_has_a_rank(database: Database) -> None:
    # Of most regions nobody knows how completely they were collected.
    profile = profiles.profile(database, Filter(), "FRH0")
    assert profile is not None
    for code, measure in measures.MEASURES.items():
        if measure.depends_on_coverage:
            assert pd.isna(profile.headline["rank"][code])


def test_what_was_not_collected_is_no_zero(database: Database) -> None:
    table = measures.table(database, Filter(), "nuts2")
    counts = regions.organisation_counts(database, Filter(), "nuts2")
    missing = table[~table["is_collected"]]
    # Nobody looked in Prague, Warsaw and Hamburg; somebody did in Zealand, and found nobody.
    assert {"CZ01", "PL91", "DE60"} <= set(missing.index)
    assert missing[list(measures.MEASURES)].isna().all(axis=None)
    assert table["is_collected"]["DK02"]
    assert table["organisations"]["DK02"] == counts["DK02"] == 0
    assert (table["organisations"].dropna() == counts[table["is_collected"]]).all()
    profile = profiles.profile(database, Filter(), "CZ01")
    assert profile is not None
    assert not profile.is_collected
    assert profile.sentences == [
        "The register was not collected for Prague: it says nothing about how many there are."
    ]
    assert profile.peers.empty
    assert profile.related[-1].none == (
        "The register was not collected for Prague, so it has no peers here."
    )


def test_a_filter_that_leaves_nobody_leaves_a_true_zero(database: Database) -> None:
    filter_ = Filter(q="nobody has this")
    table = measures.table(database, filter_, "nuts2")
    assert table["organisations"]["FRH0"] == 0
    assert table["per-million"]["FRH0"] == 0
    assert pd.isna(table["organisations"]["CZ01"])


@pytest.mark.slow
@pytest.mark.parametrize("region_id", ["FRH0", "DEA2", "ES51"])
def test_peers_are_regions_with_organisations(database: Database, region_id: str) -> None:
    counts = regions.organisation_counts(database, Filter(), "nuts2")
    profile = profiles.profile(database, Filter(), region_id)
    assert profile is not None
    assert (counts[list(profile.peers.index)] > 0).all()
    assert (profile.peers["distance"] <= 1).all()


@pytest.mark.slow
def test_founding_years_are_no_growth(database: Database) -> None:
    profile = profiles.profile(database, Filter(), "FRH0")
    assert profile is not None
    assert profile.founding["organisations"].iloc[-1] == 14
    assert profile.founding_sentence.startswith(
        "The founding year is known for 14 of 29 organisations"
    )
    assert profile.founding_sentence.endswith("so this is no growth.")


@pytest.mark.slow
def test_too_few_peers_are_said_to_be_few(database: Database) -> None:
    collected = regions.is_collected(database, "nuts2").loc[lambda s: s].index
    few = next(str(id_) for id_ in collected if len(profiles._peers(database, str(id_))) < 3)
    profile = profiles.profile(database, Filter(), few)
    assert profile is not None
    structure = profile.related[-1]
    said = structure.note if len(profile.peers) else structure.none
    assert "that the register was collected for" in said


@pytest.mark.slow
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
    assert shown == [(heading, name) for heading, _, name, _, _ in rows]
    assert [kind.none.startswith("The register was not") for kind in empty.related] == [
        False, False, True,
    ]  # fmt: skip


@pytest.mark.slow
def test_a_comparison_without_known_coverage_has_no_best(database: Database) -> None:
    found = comparisons.compare(database, Filter(), ["fr-bretagne", "DEA", "EE"])
    assert not found.best.any(axis=None)
    assert not found.coverage.comparable
    assert found.shares.shape == (15, 3)


@pytest.mark.slow
def test_what_the_register_has_and_what_others_count_stand_beside_each_other(
    database: Database,
) -> None:
    # The register's order is the reverse of the others'.
    found = comparisons.compare(database, Filter(), ["FRH0", "LU", "IE", "ES51"])
    assert not any("the most" in sentence for sentence in found.sentences)
    assert found.sentences[0].startswith(
        "In the register are 29 organisations in Brittany, 9 in Catalonia, 11 in Ireland and "
        "14 in Luxembourg"
    )
    assert found.sentences[2] == found.coverage.sentence
    assert found.sentences[1].startswith("Others count about 557 companies in Catalonia (2024), ")
    assert not found.best.loc[["organisations", "per-million", "roles"]].any(axis=None)
    counted, share, own, *_ = comparisons.side_by_side(found)
    assert list(counted.cells.values()) == [
        "about 160 companies (2024)", "about 310 companies (2020)", "about 500 companies (2024)",
        "about 557 companies (2024)",
    ]  # fmt: skip
    assert [cell.split()[0] for cell in share.cells.values()] == ["8%", "2%", "1.2%", "1.1%"]
    assert list(own.cells.values()) == ["29", "14", "11", "9"]


@pytest.mark.slow
def test_estimates_have_an_interval_and_neither_star_nor_rank(database: Database) -> None:
    # Lombardy and Lazio were collected comparably, so counts may have a star.
    found = comparisons.compare(database, Filter(), ["ITC4", "it-lazio"])
    assert found.coverage.comparable
    assert found.best.loc["organisations"].any()
    rows = {row.code: row for row in comparisons.side_by_side(found) if row.code}
    alone = uncertainty.intervals(database, Filter(), ["ITC4"]).loc["ITC4"]
    for code, measure in measures.MEASURES.items():
        if measure.is_estimate:
            assert not rows[code].best
    low, high = alone.loc["effective-domains", ["low", "high"]]
    # The same interval whoever the region is compared with.
    assert f"({low:.1f} to {high:.1f})" in rows["effective-domains"].cells["ITC4"]
    profile = profiles.profile(database, Filter(), "ITC4")
    assert profile is not None
    assert profile.headline.loc["effective-domains", ["low", "high"]].tolist() == [low, high]
    assert profile.headline["rank"].isna()[["effective-domains", "concentration"]].all()
    for code in ("effective-domains", "concentration", "median-founded"):
        assert shading.shade(database, Filter(), "nuts2", code).unranked.startswith("No ranking")


@pytest.mark.slow
def test_diversity_is_compared_at_the_size_of_the_smallest(database: Database) -> None:
    found = comparisons.compare(database, Filter(), ["FRH0", "ES51"])
    raw, equal = (
        next(row for row in comparisons.side_by_side(found) if row.label.startswith(label))
        for label in ("Effective number", "The same in samples of 9")
    )
    assert raw.cells["FRH0"].split()[0] == "9.0"
    assert equal.cells["FRH0"] == "7.1"
    # The whole of Catalonia's nine.
    assert equal.cells["ES51"] == raw.cells["ES51"].split()[0]
    assert any("At the same number of organisations (9 each)" in text for text in found.sentences)
    few = comparisons.compare(database, Filter(), ["FRH0", "CZ01"])
    assert not any("samples" in row.label for row in comparisons.side_by_side(few))


def test_a_region_that_was_not_collected_is_compared_with_nothing(database: Database) -> None:
    found = comparisons.compare(database, Filter(), ["FRH0", "CZ01"])
    assert found.table["CZ01"].isna().all()
    assert "The register was not collected for Prague" in " ".join(found.sentences)
    assert "in Prague" not in " ".join(found.sentences)


@pytest.mark.slow
def test_comparison_with_its_own_parent_says_so(database: Database) -> None:
    found = comparisons.compare(database, Filter(), ["FR", "FRH0"])
    assert sum("overlap" in remark for remark in found.remarks) == 1


@pytest.mark.slow
def test_a_place_is_compared_once_whichever_of_its_ids_are_given(database: Database) -> None:
    found = comparisons.compare(database, Filter(), ["FRH0", "EE", "fr-bretagne", "FRH", "EE00"])
    assert found.region_ids == ["FRH0", "EE"]
    assert list(found.names.values()) == ["Brittany (Bretagne)", "Estonia (Eesti)"]


@pytest.mark.slow
def test_investors_of_their_own_list_are_said_to_be_so(database: Database) -> None:
    profile = profiles.profile(database, Filter(), "fr-ile-de-france")
    assert profile is not None
    listed = database.value("SELECT count(*) FROM investor WHERE valley_id = 'fr-ile-de-france'")
    assert profile.roles["capital"]
    assert profile.investors_note == (
        f"Investment counts {listed} investors from a list beside the register, too."
    )
    nobody = profiles.profile(database, Filter(), "ie-cork")
    assert nobody is not None
    assert nobody.types["investor"] == 0
    assert nobody.roles["capital"]
    assert nobody.investors_note == (
        "Investment counts 1 investor from a list beside the register; none of its organisations."
    )
    assert any("the register and its list of investors" in text for text in profile.sentences)


@pytest.mark.parametrize(
    "ids",
    [
        [],
        ["FRH0"],
        ["FRH0", "FRH0"],
        ["FRH0", "FRH"],
        ["FRH0", "nowhere"],
        ["FR", "DE", "IT", "ES", "EE"],
    ],
)
def test_what_cannot_be_compared_is_a_sentence(database: Database, ids: list[str]) -> None:
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$"):
        comparisons.compare(database, Filter(), ids)


@pytest.mark.slow
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
    steps = [least[colour] for colour, _ in shaded.legend[:-2]]
    assert steps == sorted(steps)
    assert least[shading.NONE[False]] == 0
    assert not shaded.ranked
    colour = shaded.regions["colour"]
    assert colour["CZ01"] == shading.NOT_COLLECTED[False]
    assert colour["DK02"] == shading.NONE[False]
    assert (shaded.legend[-1], shaded.regions["text"]["CZ01"]) == (
        (shading.NOT_COLLECTED[False], "Not collected"),
        "–",
    )


def test_a_gap_is_neither_zero_nor_a_class(database: Database) -> None:
    shaded = shading.shade(database, Filter(), "valley", "per-million")
    gaps = shaded.regions[shaded.regions["value"].isna() & (shaded.regions["n"] > 0)]
    assert len(gaps)
    assert set(gaps["colour"]) == {shading.NO_DATA[False]}


@pytest.mark.parametrize("measure", [shading.REPRESENTATION, "median-founded"])
def test_few_organisations_are_in_no_class(database: Database, measure: str) -> None:
    """One of two is twice the share of one in four: the darkest colour would be chance."""
    shaded = shading.shade(database, Filter(), "nuts2", measure, domain="cryptology")
    few = shaded.regions["n"].between(1, 4) & shaded.regions["value"].notna()
    assert set(shaded.regions.loc[few, "colour"]) == {shading.FEW[False]}
    assert not (shaded.regions.loc[~few, "colour"] == shading.FEW[False]).any()
    assert (shading.FEW[False], "Fewer than 5 organisations") in shaded.legend


def test_nothing_found_has_no_classes(database: Database) -> None:
    shaded = shading.shade(database, Filter(q="nobody has this"), "nuts1", "per-million")
    assert [text for _, text in shaded.legend] == ["None in the register", "Not collected"]
    assert not shaded.ranked


def test_concentration_is_one_sentence(database: Database) -> None:
    found = map_concentration.over_nuts2(database, Filter())
    assert found.sentence.count(".") == 1
    # Where nobody looked there is no zero.
    collected = regions.is_collected(database, "nuts2")
    counts = regions.organisation_counts(database, Filter(), "nuts2")[collected]
    assert found.regions == len(counts) < 100
    assert found.gini == pytest.approx(gini(counts))
    assert f"of {len(counts)} regions" in found.sentence
    nothing = map_concentration.over_nuts2(database, Filter(q="nobody has this"))
    assert "no organisation" in nothing.sentence
