"""The papers of an investor day hold what the plan says, whatever participants are called."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from pypdf import PdfReader

from ecosystem.brief import investor_day as papers
from ecosystem.matching.investor_day.model import Day, Participant, Plan
from tests.ecosystem.matching.investor_day.days import meetings_session, small_day
from tests.ecosystem.matching.investor_day.test_calendars import HOSTILE, MADE, PLAN, renamed

NAMES = (
    HOSTILE,
    '#eval("1+1") #read("/etc/passwd") $x$ *b* _i_ `c` @ref <label> \\ ] }',
    "<script>alert(1)</script>",
    '=HYPERLINK("http://evil.example")',
    "W" * 3000,
    "株式会社 Кибер 🔒 العربية",
)
PAPERS: dict[str, Callable[[Day], bytes]] = {
    "sheets": lambda day: papers.participant_sheets_pdf(day, PLAN, MADE, "https://example.org"),
    "tables": lambda day: papers.table_plan_pdf(day, PLAN, MADE),
    "pitches": lambda day: papers.pitch_list_pdf(day, MADE),
    "door": lambda day: papers.door_list_pdf(day, PLAN, MADE),
}


def pages(body: bytes) -> list[str]:
    """Text of each page; all are A4."""
    reader = PdfReader(io.BytesIO(body))
    for page in reader.pages:
        assert sorted(map(round, page.mediabox[2:])) == [595, 842]
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]
    return [" ".join(page.extract_text().split()).replace("\u200b", "") for page in reader.pages]


def test_everybody_has_a_sheet_with_their_meetings_and_nothing_of_others() -> None:
    alpha, beta, xenon, yttrium = pages(PAPERS["sheets"](small_day()))
    assert alpha.count("Xenon Ventures") == 1
    assert "Yttrium" not in alpha
    assert "1 meeting." in alpha
    assert "09:20–10:00 Free" in alpha
    order = ["Beta", "09:00–09:20 Yttrium Capital", "Pitches", "Your pitch", "Xenon Ventures"]
    assert sorted(order, key=beta.index) == order
    assert "2 meetings, you stay at table 1." in xenon
    assert "Thursday, 4 March 2027" in yttrium
    assert "plan of 1 March 2027, 13:00 CET" in yttrium
    for page in (alpha, beta, xenon, yttrium):
        assert not re.search("wish|match|same field", page)


def test_the_table_plan_has_every_meeting_where_and_when_it_is() -> None:
    (page,) = pages(PAPERS["tables"](small_day()))
    assert "09:00–09:20 Alpha Xenon Ventures Beta Yttrium Capital" in page
    assert "09:40–10:00 Beta Xenon Ventures –" in page


def test_a_plan_of_many_tables_and_sessions_goes_on_over_pages() -> None:
    one = small_day()
    day = replace(
        one,
        tables=tuple(replace(one.tables[0], name=str(n)) for n in range(1, 15)),
        sessions=(
            *one.sessions,
            meetings_session("Next day", 2, one.sessions[0].start + timedelta(days=1)),
        ),
    )
    found = pages(papers.table_plan_pdf(day, PLAN, MADE))
    assert len(found) == 2 * 3
    assert "Table 14" in found[2]
    assert "Friday, 5 March 2027" in found[5]
    assert "4 Mar, 09:00" in pages(papers.door_list_pdf(day, PLAN, MADE))[0]


def test_pitches_are_in_the_order_of_the_workbook() -> None:
    day = small_day()
    pitching = tuple(replace(one, takes_part=("Pitches",)) for one in day.participants[:2][::-1])
    (page,) = pages(papers.pitch_list_pdf(replace(day, participants=pitching), MADE))
    assert "1 09:20–09:30 Beta" in page
    assert "2 09:30–09:40 Alpha" in page
    nobody = replace(day, participants=day.participants[:1])
    assert "Nobody pitches" in pages(papers.pitch_list_pdf(nobody, MADE))[0]


def test_the_door_list_has_everybody_by_name() -> None:
    day = small_day()
    late = Participant("c", "aardvark", day.participants[0].kind, note="vegetarian")
    (page,) = pages(PAPERS["door"](replace(day, participants=(*day.participants, late))))
    assert "5 participants" in page
    order = ["aardvark", "Alpha", "Beta", "Xenon", "Yttrium"]
    assert sorted(order, key=page.index) == order
    assert "vegetarian SME – – 0" in page
    assert "Beta SME 09:00 2 2" in page


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("paper", PAPERS)
def test_no_name_is_more_than_text(paper: str, name: str) -> None:
    text = "".join(pages(PAPERS[paper](renamed(small_day(), name))))
    assert "root:" not in text
    shown = {
        NAMES[1]: '#eval("1+1")#read("/etc/passwd")$x$*b*',
        NAMES[2]: "<script>alert(1)</script>",
        NAMES[3]: '=HYPERLINK("http://evil.example")',
        NAMES[4]: "WWWWWWWW",
    }.get(name, "")
    # Titles of the table plan are those of sessions; spaces and cuts are the typesetter's.
    assert shown[:30] in text.replace(" ", "")


@pytest.mark.parametrize("paper", PAPERS)
def test_an_empty_day_is_a_page_too(paper: str) -> None:
    assert len(pages(PAPERS[paper](replace(small_day(), tables=())))) >= 1
    if paper != "sheets":
        empty = Day()
        made = {
            "tables": papers.table_plan_pdf(empty, Plan(), MADE),
            "pitches": papers.pitch_list_pdf(empty, MADE),
            "door": papers.door_list_pdf(empty, Plan(), MADE),
        }[paper]
        assert len(pages(made)) == 1


def test_who_does_not_come_is_on_no_paper() -> None:
    day = small_day()
    beta = replace(day.participants[1], comes=False)
    day = replace(day, participants=(day.participants[0], beta, *day.participants[2:]))
    plan = Plan(PLAN.meetings[:1])
    made = (
        papers.participant_sheets_pdf(day, plan, MADE),
        papers.pitch_list_pdf(day, MADE),
        papers.door_list_pdf(day, plan, MADE),
    )
    assert not any("Beta" in page for body in made for page in pages(body))
    assert "3 participants" in pages(made[2])[0]
