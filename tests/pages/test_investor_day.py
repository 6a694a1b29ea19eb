"""The page of the investor day: a workbook in, a plan out, and every way in which that can fail."""

from __future__ import annotations

import io
import time
from dataclasses import replace

import pytest
from openpyxl import Workbook, load_workbook
from streamlit.testing.v1 import AppTest

from ecosystem.matching.investor_day import workbook
from ecosystem.matching.investor_day.model import Day, Limits, Mode, Plan, Request, Wish
from ecosystem.ui.investor_day import beginning
from ecosystem.ui.investor_day.desk import Desk
from tests.ecosystem.matching.investor_day.days import small_day
from tests.ecosystem.matching.investor_day.test_calendars import PLAN
from tests.pages.conftest import Visit

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LIMES = "at-limes-security-gmbh"
_PATIENCE_S = 120


def give(app: AppTest, content: bytes, name: str = "day.xlsx") -> AppTest:
    app.file_uploader[0].set_value((name, content, XLSX)).run()
    assert not app.exception
    return app


def press(app: AppTest, label: str) -> AppTest:
    """Press a button, and wait for the plan that it begins."""
    next(button for button in app.button if button.label == label).click().run()
    give_up = time.monotonic() + _PATIENCE_S
    while desk(app).planning is not None:
        assert time.monotonic() < give_up
        time.sleep(0.1)
        app.run()
    assert not app.exception
    return app


def desk(app: AppTest) -> Desk:
    found: Desk = app.session_state["_investor_day"]
    return found


def plan(app: AppTest) -> Plan:
    found = desk(app).plan
    assert found is not None
    return found


def text(app: AppTest) -> str:
    """All that the page says, without the escapes of Markdown."""
    parts = [*app.markdown, *app.error, *app.warning, *app.success, *app.info, *app.caption]
    tables = [table.value.to_string() for table in app.table]
    return "\n".join([*(str(part.value) for part in parts), *tables]).replace("\\", "")


def headers(app: AppTest) -> list[str]:
    return [header.value for header in app.header]


def downloads(app: AppTest) -> list[str]:
    return [str(button.proto.label) for button in app.get("download_button")]


@pytest.mark.slow
def test_a_workbook_is_planned_shown_and_taken_away(visit: Visit) -> None:
    app = visit("day")
    assert headers(app) == ["1. Get the workbook", "2. Give it back"]
    give(app, workbook.template(small_day()))
    assert "day.xlsx: 2 SMEs, 2 investors, 3 slots, 2 tables, 3 wishes, 1 of them mutual" in text(
        app
    )
    assert "The plan" not in headers(app)
    press(app, "Plan")
    assert headers(app)[3:] == ["The plan", "Timetable", "Late changes", "Take it with you"]
    assert {one.key for one in plan(app).meetings} == {("a", "x"), ("b", "x"), ("b", "y")}
    aims = app.table[0].value
    assert list(aims.iloc[:, 0].str.slice(0, 3)) == [rf"{n}\." for n in range(1, 7)]
    assert "3 of 3 wishes are met, and 1 of 1 mutual ones" in text(app)
    assert "proven best" in text(app)
    assert "Calendars (ZIP)" in downloads(app)
    app.selectbox(key="who_1").select("b").run()
    assert {"Yttrium Capital", "Xenon Ventures", "Your pitch in Pitches"} <= set(
        app.table[1].value["With, or what"]
    )


@pytest.mark.slow
def test_a_planned_workbook_is_shown_and_planned_again_with_few_changes(visit: Visit) -> None:
    app = give(visit("day"), workbook.write(small_day(), PLAN))
    assert "The plan" in headers(app)
    press(app, "Plan again")
    assert {(one.key, one.slot) for one in plan(app).meetings} == {
        (one.key, one.slot) for one in PLAN.meetings
    }


@pytest.mark.slow
def test_who_drops_out_late_changes_the_plan_for_as_few_as_possible(visit: Visit) -> None:
    app = give(visit("day"), workbook.write(small_day(), PLAN))
    app.selectbox(key="keep_until_1").select(3).run()
    app.selectbox(key="drop_1_4").select("x").run()
    press(app, "Drop out and plan again")
    kept = {(one.key, one.slot, one.table) for one in plan(app).meetings}
    assert kept == {(("b", "y"), 1, "2")}
    assert "Xenon Ventures" in text(app)
    assert "What changed for whom" in headers(app)
    back = load_workbook(io.BytesIO(workbook.write(desk(app).day, plan(app))))  # type: ignore[arg-type]
    comes = {row[1].value: row[4].value for row in back["Participants"].iter_rows(min_row=2)}
    assert comes["Xenon Ventures"] == "no"
    press(app, "Take back in and plan again")
    assert {one.key for one in plan(app).meetings} >= {("a", "x"), ("b", "y")}


@pytest.mark.slow
def test_who_joins_late_is_planned_in(visit: Visit) -> None:
    app = give(visit("day"), workbook.write(small_day(), PLAN))
    name = next(field for field in app.text_input if field.label == "Who joins")
    name.input("Gamma <b>")
    next(choice for choice in app.multiselect if choice.label == "Wishes to meet").select("y")
    press(app, "Add and plan again")
    assert ("gamma-b", "y") in plan(app).at
    assert {(one.key, one.slot) for one in plan(app).meetings} >= {
        (one.key, one.slot) for one in PLAN.meetings
    }
    assert r"Gamma \<b\>" in "".join(table.value.to_string() for table in app.table)


@pytest.mark.slow
def test_a_locked_meeting_stays_where_it_is(visit: Visit) -> None:
    day = small_day()
    locked = replace(PLAN.meetings[2], slot=3, table="1")
    app = give(visit("day"), workbook.write(day.with_locked([locked]), PLAN))
    press(app, "Plan again")
    assert plan(app).at["b", "x"].slot == 3
    assert plan(app).at["b", "x"].table == "1"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("day", "said"),
    [
        (replace(small_day(), limits=Limits(investor_minimum=3)), "Day!B"),
        (
            replace(small_day(), wishes=(*small_day().wishes, Wish("x", "b", refuses=True))),
            "Wishes!",
        ),
    ],
)
def test_what_contradicts_itself_is_named_with_its_cells(visit: Visit, day: Day, said: str) -> None:
    app = press(give(visit("day"), workbook.template(day)), "Plan")
    assert "No plan can keep everything" in app.error[0].value
    assert said in text(app)
    assert "The plan" not in headers(app)


def test_a_fault_is_named_with_its_cell(visit: Visit) -> None:
    book = load_workbook(io.BytesIO(workbook.template(small_day())))
    book["Wishes"]["B2"] = "Nobody <img src=x>"
    file = io.BytesIO()
    book.save(file)
    app = give(visit("day"), file.getvalue())
    assert "1 thing to correct" in app.error[0].value
    assert app.table[0].value.iloc[0, 0] == r"Wishes\!B2"
    assert r"\<img src\=x\>" in app.table[0].value.iloc[0, 1]
    assert headers(app) == ["1. Get the workbook", "2. Give it back"]
    # What is corrected is planned; what is taken away is forgotten.
    give(app, workbook.template(small_day()), "corrected.xlsx")
    assert "3. Plan" in headers(app)
    app.file_uploader[0].set_value(None).run()
    assert desk(app).day is None


def other_template() -> bytes:
    file, book = io.BytesIO(), Workbook()
    book.active["A1"] = "Budget"  # type: ignore[index]
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"no workbook", id="text"),
        pytest.param(b"", id="empty"),
        # Its bytes hold the time, and workers tell tests apart by their names.
        pytest.param(other_template(), id="other template"),
        pytest.param(b"PK" + b"x" * 99, id="damaged"),
    ],
)
def test_another_file_is_refused_with_a_sentence(visit: Visit, content: bytes) -> None:
    app = give(visit("day"), content, "other [x](y).xlsx")
    assert app.error[0].value.startswith(r"other \[x\]\(y\)\.xlsx")
    assert len(app.table[0].value) == 1


@pytest.mark.slow
def test_meetings_that_are_given_are_placed(visit: Visit) -> None:
    day = replace(small_day(), pairs=(), requests=(Request("a", "b"), Request("b", "y")))
    app = give(visit("day"), workbook.template(day))
    app.radio(key="mode_1").set_value(Mode.PLACE).run()
    press(app, "Plan")
    assert {one.key for one in plan(app).meetings} == {("a", "b"), ("b", "y")}
    assert "Fair minimum" not in app.table[0].value.to_string()


def test_a_mode_without_meetings_is_refused_with_the_way_out(visit: Visit) -> None:
    day = replace(small_day(), pairs=())
    app = give(visit("day"), workbook.template(day))
    app.radio(key="mode_1").set_value(Mode.PLACE).run()
    press(app, "Plan")
    assert "There are no meetings to place" in text(app)


def test_the_workbook_begins_with_the_shortlist(visit: Visit) -> None:
    app = visit("day", {"list": [LIMES]})
    assert not app.exception
    assert "Limes Security GmbH" in text(app)
    assert "Workbook with these" in downloads(app)
    app.multiselect[0].select(app.multiselect[0].options[0]).run()
    assert not app.exception
    app.time_input[1].set_value(app.time_input[0].value).run()
    assert "ends before it begins" in app.error[0].value


@pytest.mark.slow
def test_the_plan_of_a_stopped_session_is_not_taken(visit: Visit) -> None:
    app = give(visit("day"), workbook.template(small_day()))
    app.slider(key="seconds_1").set_value(1)
    press(app, "Plan")
    here = desk(app)
    here.forget()
    assert here.plan is None
    assert here.day is None


def test_names_and_times_come_from_the_register_once() -> None:
    one = beginning.Participant("a", "Alpha", beginning.Kind.SME)
    twin = beginning.Participant("b", "ALPHA", beginning.Kind.INVESTOR)
    assert beginning._once([one, twin]) == [one]
