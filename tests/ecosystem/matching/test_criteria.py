"""Candidates get the points that their facts earn, and a reason for each."""

from __future__ import annotations

import dataclasses
import io
import math

import pytest
from openpyxl import load_workbook

from ecosystem import export
from ecosystem.common.store import Database
from ecosystem.finding.filters import Filter
from ecosystem.matching import cohort, criteria, score
from ecosystem.matching.cohort import CohortError, Limits
from ecosystem.matching.criteria import Assessed, Wanted
from ecosystem.tables import releases
from ecosystem.ui import cohort as view

WEIGHTS = score.default_weights(criteria.CRITERIA)
LIMITS = Limits(10, most_per_valley=1, least_countries=6)


@pytest.fixture(scope="module")
def assessed(database: Database) -> Assessed:
    return criteria.assess(database, Filter(), Wanted(), WEIGHTS)


def test_points_worked_out_by_hand(database: Database) -> None:
    one = Filter(orgs=("fr-yeswehack",))
    wanted = Wanted(("series-a",), 0, 50, ("software-hardware-security-engineering",), ())
    (row,) = criteria.assess(database, one, wanted, WEIGHTS).rows.to_dict("records")
    # Series B is one step from Series A; founded 2013 by its facts; one of its two domains; a page;
    # in a valley; nothing is known of a label.
    assert row["part_stage"] == 0.5
    assert row["reason_stage"] == "last known: Series B (2021)"
    assert row["reason_age"] == "founded in 2013"
    assert row["part_domain"] == 0.5
    assert row["reason_label"] == "no label is recorded"
    assert math.isnan(row["part_label"])
    known = 3 * 0.5 + 2 * 1 + 2 * 0.5 + 2 * row["part_evidence"] + 1 * row["part_region"]
    assert row["points"] == round(1000 * known / 11)
    assert row["known"] == pytest.approx(10 / 11)
    lenient = dataclasses.replace(wanted, unknown_is_nothing=False)
    (row,) = criteria.assess(database, one, lenient, WEIGHTS).rows.to_dict("records")
    assert row["points"] == round(1000 * known / 10)


def test_age_fades_over_five_years(database: Database) -> None:
    one = Filter(orgs=("fr-yeswehack",))
    age = releases.story(database)["created_at"].year - 2013
    for oldest, part in ((age, 1.0), (age - 1, 0.8), (age - 5, 0.0)):
        wanted = Wanted(youngest=0, oldest=oldest)
        (row,) = criteria.assess(database, one, wanted, WEIGHTS).rows.to_dict("records")
        assert row["part_age"] == pytest.approx(part)


def test_only_smes_are_candidates_and_the_first_has_most(assessed: Assessed) -> None:
    assert assessed.rows["points"].is_monotonic_decreasing
    assert len(assessed.candidates()) == len(assessed.rows) > 100


def test_a_choice_keeps_its_limits_and_says_why(database: Database, assessed: Assessed) -> None:
    chosen = criteria.choose(database, Filter(), Wanted(), WEIGHTS, LIMITS)
    assert chosen.best.is_best
    assert not cohort.breaches(assessed.candidates(), LIMITS, chosen.best.ids)
    why = criteria.why_in(assessed.rows, chosen, LIMITS, chosen.best.ids)
    assert list(why) == list(chosen.best.ids)
    first = assessed.rows["id"][0]
    if first in why:
        assert why[first].startswith("no. 1 of ")
    out = criteria.why_out(assessed.rows, LIMITS, chosen.best.ids)
    least = assessed.rows[assessed.rows["id"].isin(chosen.best.ids)]["points"].min()
    passed_over = assessed.rows[
        (assessed.rows["points"] > least) & ~assessed.rows["id"].isin(chosen.best.ids)
    ]
    assert list(out) == passed_over["id"].tolist()
    assert set(out.values()) <= {
        "its valley has as many as it may",
        "others bring what a limit asks for",
    }


def test_nobody_and_no_weight_are_sentences(database: Database) -> None:
    with pytest.raises(CohortError, match="There are no candidates"):
        criteria.choose(database, Filter(q="nobody has this name"), Wanted(), WEIGHTS, LIMITS)
    with pytest.raises(ValueError, match="All weights are zero"):
        criteria.assess(database, Filter(), Wanted(), {})
    # Without a domain that is looked for, its weight alone counts nothing.
    with pytest.raises(ValueError, match="All weights are zero"):
        criteria.assess(database, Filter(), Wanted(), {"domain": 3})


def test_a_workbook_has_the_choice_and_no_formulas(database: Database, assessed: Assessed) -> None:
    chosen = criteria.choose(database, Filter(), Wanted(), WEIGHTS, LIMITS)
    best = assessed.rows["id"] == chosen.best.ids[0]
    hostile = Assessed(assessed.rows.assign(name=assessed.rows["name"].mask(best, "=1+1<b>")))
    tables = view.file_tables(hostile, chosen, LIMITS, Wanted(), WEIGHTS)
    book = load_workbook(io.BytesIO(export.tables_xlsx(database, tables)))
    assert book.sheetnames == ["Cohort", "Candidates", "Limits", "Side by side", "Asked", "About"]
    members = list(book["Cohort"].iter_rows(min_row=2, max_col=2, values_only=True))
    assert {row[0] for row in members} == set(chosen.best.ids)
    assert "'=1+1<b>" in {row[1] for row in members}
    assert not any(
        isinstance(cell, str) and cell.startswith("=")
        for sheet in book
        for row in sheet.iter_rows(values_only=True)
        for cell in row
    )
