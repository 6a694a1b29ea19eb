"""Scores for a new workbook are those of the page that matches, and the workbook takes them."""

from __future__ import annotations

from ecosystem.common.store import Database
from ecosystem.matching import matches, score
from ecosystem.matching.investor_day import workbook
from ecosystem.matching.investor_day.beginning import beginning
from ecosystem.matching.investor_day.model import Kind, Participant, key
from ecosystem.matching.investor_day.scores import scores
from ecosystem.matching.matches import Narrowing
from tests.ecosystem.matching.investor_day.test_beginning import FRAME

COMPANY = "at-limes-security-gmbh"
INVESTORS = ("tiin-capital", "kpn-ventures")


def test_a_pair_has_the_score_that_matching_gives(database: Database) -> None:
    found = scores(database, [COMPANY, "at-nobody"], [*INVESTORS, "nobody"])
    assert set(found) == {key(COMPANY, investor) for investor in INVESTORS}
    weights = score.default_weights(score.INVESTMENT)
    rows = matches.investors_for(database, COMPANY, weights, Narrowing(limit=500)).rows
    expected = rows.set_index("id")["score"]
    for investor in INVESTORS:
        value, why = found[key(COMPANY, investor)]
        assert abs(value - expected[investor]) < 0.001
        assert "Geography: " in why


def test_the_workbook_takes_them(database: Database) -> None:
    people = [
        Participant(COMPANY, "Limes", Kind.SME),
        *(Participant(one, one, Kind.INVESTOR) for one in INVESTORS),
    ]
    found = scores(database, [COMPANY], INVESTORS)
    read = workbook.read("day.xlsx", workbook.template(beginning(FRAME, people, found)))
    assert read.day.score(*key(COMPANY, INVESTORS[0])) == found[key(COMPANY, INVESTORS[0])][0]


def test_nobody_has_no_scores(database: Database) -> None:
    assert scores(database, [], INVESTORS) == {}
    assert scores(database, [COMPANY], []) == {}
