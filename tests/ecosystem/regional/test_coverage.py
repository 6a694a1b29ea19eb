"""Coverage counts like with like, and allows a ranking only where it is known and comparable."""

from __future__ import annotations

import pandas as pd
import pytest

from ecosystem.common.store import Database
from ecosystem.common.vocabulary import COUNTED, TYPES, TYPES_COUNTED
from ecosystem.finding.filters import Filter
from ecosystem.regional import comparisons, coverage, measures, profiles, quality
from ecosystem.tables import organisations, regions


def test_every_kind_has_types_of_the_register() -> None:
    assert set(TYPES_COUNTED) == set(COUNTED)
    assert {type_ for types in TYPES_COUNTED.values() for type_ in types} <= set(TYPES)


def test_companies_are_counted_against_companies(database: Database) -> None:
    everyone = organisations.everything(database, Filter())
    own = everyone[everyone["nuts2"] == "FRH0"]
    companies = int(own["type"].isin(["sme", "large"]).sum())
    assert (len(own), companies) == (29, 13)
    row = coverage.of_regions(database, "nuts2").loc["FRH0"].iloc[0]
    assert row[["n", "counts", "counted", "year"]].tolist() == [13, "companies", 160, 2024]
    assert row["coverage"] == pytest.approx(13 / 160)
    assert row["sentence"].startswith("13 companies in the register of about 160 counted elsewhere")


def test_places_with_the_same_outline_have_the_same_counts(database: Database) -> None:
    valley = coverage.of_regions(database, "valley").loc["fr-bretagne"]
    for level, region_id in (("nuts1", "FRH"), ("nuts2", "FRH0")):
        other = coverage.of_regions(database, level).loc[region_id]
        pd.testing.assert_frame_equal(valley.reset_index(drop=True), other.reset_index(drop=True))


def test_the_span_is_over_counts_of_the_same_kind(database: Database) -> None:
    # Belgium: 732 firms and organisations in 2024 beside 441 companies in 2021.
    found = coverage.spans(database, ["FRH0", "BE", "CZ01"])
    assert list(found.index) == ["FRH0", "BE"]
    assert found.loc["BE", ["counts", "counted", "of"]].tolist() == ["companies", 441, 1]
    bretagne = found.loc["FRH0"]
    assert bretagne["low"] == pytest.approx(13 / 160)
    assert bretagne["high"] == pytest.approx(13 / 130)
    assert bretagne["elsewhere"] == "about 160 companies (2024)"
    assert bretagne["share"] == "8% (8% to 10%)"
    assert bretagne["text"] == (
        "13 of about 160 companies (2024) counted by others: 8% (8% to 10% over 2 counts)"
    )


def test_what_was_not_collected_has_no_coverage(database: Database) -> None:
    # Sicily: 216 firms counted, nobody in the register: that is no coverage of 0 %.
    row = coverage.of_regions(database, "nuts2").loc["ITG1"].iloc[0]
    assert pd.isna(row["n"])
    assert pd.isna(row["coverage"])
    assert row["sentence"].startswith("not collected for the register; about 216 companies")
    shown = coverage.spans(database, ["ITG1"]).loc["ITG1"]
    assert shown["share"] == "not collected for the register"
    assert shown["text"].startswith("about 216 companies (2022) counted by others")


def test_a_country_says_of_how_many_of_its_regions_its_numbers_are(database: Database) -> None:
    there = regions.is_collected(database, "nuts2")
    german = there[there.index.str.startswith("DE")]
    assert 0 < german.sum() < len(german) == 38
    said = coverage.collected_in_part(database, "DE")
    assert said == (
        f"The register was collected for {german.sum()} of the 38 NUTS 2 regions of Germany; its "
        "numbers per inhabitant and per area are over all of them."
    )
    assert coverage.collected_in_part(database, "FRH0") == ""
    assert coverage.collected_in_part(database, "fr-bretagne") == ""
    assert coverage.collected_in_part(database, "CZ01") == "", "nobody looked at all"
    found = profiles.profile(database, Filter(), "DE")
    assert found is not None
    assert found.sentences[1] == said
    assert said in comparisons.compare(database, Filter(), ["DE", "LU"]).remarks


def test_the_whole_is_what_was_collected(database: Database) -> None:
    """Prague's inhabitants are in no denominator: nobody looked there."""
    there = regions.is_collected(database, "nuts2")
    people = regions.population(database, "nuts2")["inhabitants"][there[there].index].dropna()
    n = regions.organisation_counts(database, Filter(), "nuts2")[people.index].sum()
    whole = measures.of_whole(database, Filter())
    assert whole["per-million"] == pytest.approx(1e6 * n / people.sum())
    assert "CZ01" not in people.index
    units = regions.units(database, "nuts2").set_index("region_id")["area_km2"]
    assert whole["per-1000-km2"] == pytest.approx(1e3 * 465 / units[there[there].index].sum())


def test_europe_has_counts_of_its_own(database: Database) -> None:
    found = coverage.of_europe(database)
    everyone = organisations.everything(database, Filter())
    companies = int(everyone["type"].isin(["sme", "large"]).sum())
    assert found["counted"].tolist() == [12_000, 1_300, 660, 56]
    assert found.loc[0, ["territory", "counts", "n"]].tolist() == ["Europe", "companies", companies]
    assert found["coverage"][0] == pytest.approx(companies / 12_000)


@pytest.mark.parametrize(
    ("region_ids", "said"),
    [
        (["FRH0", "CZ01"], "for want of a count by others for"),
        # 13 of 160 against 6 of 557, both of 2024.
        (["FRH0", "ES51"], "not collected equally completely"),
        # 2024 and 2020.
        (["FRH0", "LU"], "more than 3 apart"),
    ],
)
def test_coverages_that_cannot_be_compared(
    database: Database, region_ids: list[str], said: str
) -> None:
    verdict = coverage.comparable(database, region_ids)
    assert not verdict.comparable
    assert verdict.sentence.startswith("No ranking: ")
    assert said in verdict.sentence


def test_coverages_that_can_be_compared(database: Database) -> None:
    # Lombardy 3 of 581 and Lazio 4 of 708 in the same list of 2022: 0.52 and 0.56 %.
    verdict = coverage.comparable(database, ["ITC4", "it-lazio"])
    assert verdict.comparable
    assert "3 of about 581" in verdict.sentence
    assert "4 of about 708" in verdict.sentence


def test_what_others_count_is_a_figure_of_its_own(database: Database) -> None:
    assert coverage.elsewhere(database, ["FRH0", "ES51"]) == (
        "Others count about 557 companies in Catalonia (2024) and about 160 companies in "
        "Brittany (2024)."
    )
    assert coverage.elsewhere(database, ["CZ01"]) == ""


def test_collected_is_where_somebody_looked(database: Database) -> None:
    for level in regions.LEVELS:
        counts = regions.organisation_counts(database, Filter(), level)
        collected = regions.is_collected(database, level)
        assert collected[counts > 0].all()
    nuts2 = regions.is_collected(database, "nuts2")
    counts = regions.organisation_counts(database, Filter(), "nuts2")
    assert (len(nuts2), int((counts == 0).sum()), int((~nuts2).sum())) == (334, 266, 251)


def test_data_quality_counts_like_with_like(database: Database) -> None:
    assert quality.by_region(database, "nuts2")["covered"]["FRH0"] == pytest.approx(13 / 160)
