"""Partners for a region and a need: found by the register's numbers, each with its reasons."""

from __future__ import annotations

import csv

import pandas as pd
import pytest

from ecosystem.common.settings import settings
from ecosystem.common.store import Database
from ecosystem.network import links, needs, partner_finding, partner_words, valley_network
from ecosystem.network.needs import Need
from ecosystem.network.partner_finding import EXCHANGE, PROJECT, Finding, Meeting, Suggestion
from ecosystem.tables import organisations, partnerships, regions

BRITTANY = "fr-bretagne"
CRYPTOLOGY = "domain:cryptology"


@pytest.fixture(scope="module")
def project(database: Database) -> Finding:
    return partner_finding.partners(database, BRITTANY, CRYPTOLOGY, PROJECT)


@pytest.fixture(scope="module")
def need(database: Database) -> Need:
    return needs.needs(database)[CRYPTOLOGY]


def every(found: Finding) -> list[Suggestion]:
    return [*found.suggestions, *found.others]


def names(database: Database) -> dict[str, str]:
    return regions.names_in_text(database)


def test_all_valleys_but_the_own_one_are_looked_at(database: Database, project: Finding) -> None:
    assert {one.region_id for one in every(project)} == set(
        regions.ids(database, "valley")
    ) - {BRITTANY}  # fmt: skip


def test_what_meets_a_need_is_what_the_register_holds(database: Database, project: Finding) -> None:
    for one in every(project):
        rows = organisations.of_region(database, one.region_id)
        with_it = sum("cryptology" in codes for codes in rows["domains"])
        assert one.meeting is not None
        assert (one.meeting.n, one.meeting.of) == (with_it, len(rows))
    assert {one.region_id for one in project.suggestions} == {
        one.region_id for one in every(project) if one.meeting and (one.meeting.n or 0) >= 3
    }


def test_a_project_begins_with_those_that_add_what_is_needed(project: Finding) -> None:
    assert project.meeting is not None
    assert project.meeting.lacks
    adding = [one.meeting is not None and one.meeting.could_give for one in project.suggestions]
    assert adding[0]
    ordered = [(one.adds_need, adds) for one, adds in zip(project.suggestions, adding, strict=True)]
    assert ordered == sorted(ordered, reverse=True)
    first = project.suggestions[0].meeting
    assert first is not None
    assert first.n is not None
    assert first.n / first.of > 1.25 * first.whole
    own = project.meeting
    assert own.n is not None
    assert own.n / own.of < own.whole / 1.25


def test_what_could_be_added_to_a_need_is_more_than_chance() -> None:
    """Fisher's exact test by hand: all 6 of 6 against 0 of 6 is 1 in 924; of 43 regions, 4.7 %."""
    there = Meeting(6, 6, 0.5, could_give=True)
    here = Meeting(0, 6, 0.5, lacks=True)
    assert partner_finding.is_clearly_more(there, here, 43)
    assert not partner_finding.is_clearly_more(there, here, 47)
    few = Meeting(3, 11, 0.15, could_give=True)
    assert not partner_finding.is_clearly_more(few, Meeting(3, 29, 0.15, lacks=True), 43)
    unseen = Meeting(None, 6, 0, could_give=True)
    assert not partner_finding.is_clearly_more(unseen, here, 1)


def test_nobody_could_add_what_chance_makes(database: Database) -> None:
    """The register as it is has no difference beyond chance, and no sentence claims one."""
    assert valley_network.clear_differences(database) == frozenset()
    for wanted in ("", CRYPTOLOGY):
        found = partner_finding.partners(database, BRITTANY, wanted, PROJECT)
        need = needs.needs(database).get(wanted)
        assert any(one.gives for one in found.suggestions)
        for one in every(found):
            why = " ".join(partner_words.reasons(names(database), found, one, need, PROJECT))
            assert ("could add" in why) == one.is_clear
        told = partner_words.summary(found, names(database), need, PROJECT)
        clear = any(one.is_clear for one in found.suggestions)
        assert ("No difference is larger than chance makes" in told) != clear


def test_exchange_goes_by_chance(database: Database) -> None:
    found = partner_finding.partners(database, BRITTANY, "", EXCHANGE)
    chances = [one.chance for one in found.suggestions]
    assert chances == sorted(chances, key=lambda chance: chance or 0)
    pairs = links.of_region(valley_network.similar(database), BRITTANY).set_index("region")
    for one in found.suggestions:
        assert one.chance == pairs["chance"][one.region_id]
    assert all(one.chance is None for one in found.others)


def test_what_links_two_is_counted_as_listed(database: Database, project: Finding) -> None:
    for one in every(project)[:8]:
        assert one.partnerships == len(partnerships.shared(database, BRITTANY, one.region_id))


def test_a_nuts_region_finds_partners_by_its_own_members(database: Database) -> None:
    found = partner_finding.partners(database, "DEA2", "sector:digital-services", PROJECT)
    assert found.region_id == "DEA2"
    assert "de-nordrhein-westfalen" not in {one.region_id for one in every(found)}, "it lies there"
    rows = organisations.of_region(database, "DEA2")
    assert found.n == len(rows)
    assert found.meeting is not None
    assert found.meeting.n == sum("digital-services" in codes for codes in rows["sectors"])
    with (settings().register_dir / "partnership_members.csv").open(encoding="utf-8") as file:
        members = list(csv.DictReader(file))
    own = {row["partnership_id"] for row in members if row["nuts_code"].startswith("DEA2")}
    assert own
    for one in every(found):
        others = {row["partnership_id"] for row in members if row["valley_id"] == one.region_id}
        assert one.partnerships == len(own & others)
        if one.partnerships:
            assert len(partnerships.shared(database, "DEA2", one.region_id)) == one.partnerships


def test_a_region_of_no_organisation_says_so(database: Database) -> None:
    found = partner_finding.partners(database, "BG31", "priority:cybersecurity", EXCHANGE)
    assert (found.n, found.is_collected) == (0, False)
    assert all(one.meeting and one.meeting.wording for one in found.suggestions)
    said = partner_words.summary(found, names(database), None, EXCHANGE)
    assert "The register was not collected for North-Western Bulgaria" in said
    first = found.suggestions[0]
    assert "fewer than 5 organisations" in partner_words.alike(names(database), found, first)


def test_who_is_compared_is_not_yet_alike(database: Database) -> None:
    found = partner_finding.partners(database, BRITTANY, "", EXCHANGE)
    alike = [one for one in found.suggestions if (one.chance or 0) < valley_network.CHANCE]
    said = partner_words.summary(found, names(database), None, EXCHANGE)
    n = len(found.suggestions)
    assert said.startswith(f"{n} of 42 valleys have enough organisations to be compared")
    assert f"; {len(alike)} of them are more alike than nineteen in twenty pairs" in said
    assert said.endswith(f"chance alone makes about {round(n * 0.05)}.")


def test_an_unknown_region_or_need_is_an_error(database: Database) -> None:
    for region, wanted in (("nowhere", ""), (BRITTANY, "domain:nothing")):
        with pytest.raises(KeyError):
            partner_finding.partners(database, region, wanted)


def test_distances_are_geodesic() -> None:
    places = pd.DataFrame({"lon": [2.35, 13.40], "lat": [48.86, 52.52]}, index=["Paris", "Berlin"])
    km = partner_finding.distances(places, "Paris")
    assert km[0] == 0
    assert km[1] == pytest.approx(878, abs=2)


def test_who_could_lead_meets_the_need_and_says_why(database: Database, need: Need) -> None:
    rows = partner_finding.leads(database, "de-hessen", CRYPTOLOGY, PROJECT)
    assert len(rows)
    assert all("cryptology" in codes for codes in rows["domains"])
    order = ["research", "large", "cluster", "support", "public", "training", "csirt", "sme"]
    places = [order.index(type_) for type_, led in zip(rows["type"], rows["leads"], strict=True)
              if not led]  # fmt: skip
    assert places == sorted(places)
    said = partner_words.why_lead(rows.iloc[0].to_dict(), need)
    assert said.startswith("Research; works on cryptology")
    assert said.endswith(" confirms it.")
    left = partner_finding.leads(
        database, "de-hessen", CRYPTOLOGY, PROJECT, leaving_out=list(rows["org_id"])
    )
    assert left.empty


def test_who_leads_a_partnership_comes_first(database: Database) -> None:
    rows = partner_finding.leads(database, "pt-lisboa-norte", "", PROJECT)
    assert rows["name"][0].startswith("CNCS")
    assert any("C-Network" in name for name in rows["leads"][0])


def test_every_need_has_a_title_and_a_sentence(database: Database) -> None:
    known = needs.needs(database)
    assert len(needs.choices(database)) == len(known) >= 35
    assert known[CRYPTOLOGY].title == "Cryptology (JRC domain)"
    assert known["sector:health"].label == "the sector health"
    rows = pd.DataFrame(
        {
            "domains": [["cryptology"], []],
            "sectors": [[], ["health"]],
            "functions": [["detect"], []],
        }
    )
    assert known[CRYPTOLOGY].is_met_by(rows).tolist() == [True, False]
    assert known["sector:health"].is_met_by(rows).tolist() == [False, True]
    assert known["function:detect"].is_met_by(rows).tolist() == [True, False]
    assert not known["priority:cybersecurity"].is_seen


# Counts and share of the whole; Wilson's interval by hand: 4 of 9 is 18.9 to 73.3 %.
@pytest.mark.parametrize(
    ("n", "of", "whole", "said"),
    [
        (4, 9, 0.18, "(44%; 95 % interval 19% to 73%; all valleys 18%). More than elsewhere"),
        (3, 7, 0.18, "So few leave open whether that is more or less than elsewhere."),
        (1, 4, 0.18, "With fewer than 5 organisations in the register that says little."),
        (0, 20, 0.5, "Less than elsewhere, as chance makes about one region in twenty."),
    ],
)
def test_numbers_are_hedged(need: Need, n: int, of: int, whole: float, said: str) -> None:
    assert said in partner_words.meeting("Aland", Meeting(n, of, whole), need)


def test_a_declared_priority_keeps_its_wording(need: Need) -> None:
    said = partner_words.meeting("Aland", Meeting(None, 9, 0, wording="secure bits"), need)
    assert said == (
        "Aland declares cryptology as a priority (“secure bits”); no column of the register shows "
        "how many work on cryptology."
    )


def test_every_suggestion_explains_itself(database: Database, project: Finding, need: Need) -> None:
    for fit in (EXCHANGE, PROJECT):
        found = partner_finding.partners(database, BRITTANY, CRYPTOLOGY, fit)
        for one in every(found):
            why = partner_words.reasons(names(database), found, one, need, fit)
            assert "in the register work on cryptology" in why[0] or "no organisation" in why[0]
            assert why[-1].startswith("About ")
            assert len(why) >= 3 or not one.gives
