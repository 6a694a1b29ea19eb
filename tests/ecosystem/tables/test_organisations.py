"""The list's pages, order and look-ups on the real register."""

from __future__ import annotations

import pytest

from ecosystem.common.store import Database
from ecosystem.common.text import fold
from ecosystem.finding.filters import Filter
from ecosystem.tables import organisations, valleys


@pytest.mark.parametrize("sort", list(organisations.SORTS))
@pytest.mark.parametrize("descending", [False, True])
def test_pages_follow_each_other_without_gap_or_overlap(
    database: Database, sort: str, descending: bool
) -> None:
    pages = [
        organisations.page(
            database, Filter(), sort=sort, descending=descending, limit=100, offset=offset
        )
        for offset in range(0, 500, 100)
    ]
    ids = [org_id for page in pages for org_id in page["org_id"]]
    assert len(ids) == len(set(ids)) == 465


def test_names_are_sorted_as_people_do(database: Database) -> None:
    names = [fold(n) for n in organisations.page(database, Filter(), limit=30)["name"]]
    assert names == sorted(names)


@pytest.mark.parametrize("descending", [False, True])
def test_unknown_years_come_last_in_both_directions(database: Database, descending: bool) -> None:
    years = organisations.page(
        database, Filter(), sort="founded", descending=descending, limit=465
    )["founded"]
    known = years.dropna()
    assert years.iloc[: len(known)].notna().all()
    assert known.is_monotonic_decreasing if descending else known.is_monotonic_increasing


def test_one_organisation_has_all_its_facts(database: Database) -> None:
    record = organisations.one(database, "at-softwarepark-hagenberg")
    assert record is not None
    assert record["city"] == "Hagenberg im Mühlkreis"
    assert record["nuts2"] == "AT31"
    assert record["valley_name"] == "Upper Austria"
    assert list(record["domains"]) == [
        "education-training",
        "software-hardware-security-engineering",
    ]


@pytest.mark.parametrize("org_id", ["", "nobody", "' OR 1=1 --"])
def test_an_unknown_id_is_nobody(database: Database, org_id: str) -> None:
    assert organisations.one(database, org_id) is None


def test_summary_of_nothing_has_no_share(database: Database) -> None:
    nothing = organisations.summary(database, Filter(q="no such words anywhere"))
    assert nothing.organisations == 0
    assert nothing.sme_share is None


def test_summary_of_everything(database: Database) -> None:
    everything = organisations.summary(database, Filter())
    assert (everything.organisations, everything.valleys, everything.countries) == (465, 43, 25)
    assert everything.smes == 181


def test_valley_card_counts_add_up(database: Database) -> None:
    for valley_id in list(valleys.names(database))[:10]:
        n = organisations.summary(database, Filter(valley=(valley_id,))).organisations
        assert sum(valleys.type_counts(database, Filter(), valley_id).values()) == n
