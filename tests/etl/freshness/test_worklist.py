"""What somebody should look at again, and that it was looked at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from etl.actions import entries
from etl.freshness.report import Result
from etl.freshness.worklist import Reason, Task, confirm_today, table, work_list
from etl.register.edit import RowChangedError
from tests.etl.inbox.conftest import cells_of

TODAY = date(2026, 11, 28)
Edit = Callable[..., Path]
Rows = list[dict[str, str]]


def of(register: Path, results: dict[str, Result] | None = None) -> dict[str, Task]:
    return {task.org_id: task for task in work_list(register, results, TODAY)}


def wrong(address: str, outcome: str = "does not answer", final: str = "") -> dict[str, Result]:
    since = "2026-10-01T00:00:00Z" if outcome == "does not answer" else ""
    return {
        address: Result(address, "2026-11-01T00:00:00Z", outcome, "it took too long", final, since)
    }


@pytest.mark.parametrize(
    ("checked_on", "reasons"),
    [
        ("", (Reason.NEVER,)),
        ("2026-11-28", ()),
        ("2025-11-28", ()),
        ("2025-11-27", (Reason.OLD,)),
        ("2025-11", (Reason.OLD,)),
        ("2025-12", ()),
        ("2024-02-31", (Reason.OLD,)),
    ],
)
def test_a_year_is_counted_to_the_day(
    edit: Edit, checked_on: str, reasons: tuple[Reason, ...]
) -> None:
    """A month counts from its first day."""

    def change(rows: Rows) -> None:
        rows[:] = [rows[0] | {"checked_on": checked_on}]

    tasks = of(edit(change))
    assert [task.reasons for task in tasks.values()] == ([reasons] if reasons else [])


def test_addresses_that_do_not_answer_come_first(edit: Edit) -> None:
    def change(rows: Rows) -> None:
        for row, day in zip(rows, ("", "2020-01", "2026-11-01"), strict=False):
            row["checked_on"] = day
        del rows[3:]
        rows[2]["website"] = "www.gone.example"

    register = edit(change)
    tasks = work_list(register, wrong("https://www.gone.example"), TODAY)
    assert [task.reasons for task in tasks] == [(Reason.WEBSITE,), (Reason.NEVER,), (Reason.OLD,)]
    assert tasks[0].details == ("Website: it took too long, since 2026-10-01",)
    shown = table(tasks)
    assert list(shown["Why"]) == [
        "website does not answer", "never checked", "checked more than a year ago"
    ]  # fmt: skip
    assert shown.iloc[0]["Found"] == "Website: it took too long, since 2026-10-01"


def test_what_refuses_programs_or_has_moved_is_no_reason(edit: Edit) -> None:
    def change(rows: Rows) -> None:
        rows[:] = [rows[0] | {"checked_on": "", "website": "https://a.example"}]

    register = edit(change)
    (task,) = work_list(register, wrong("https://a.example", "refuses programs"), TODAY)
    assert (task.reasons, task.details) == ((Reason.NEVER,), ())
    moved = wrong("https://a.example", "answers", "https://b.example/")
    (task,) = work_list(register, moved, TODAY)
    assert task.details == ("Website: now at https://b.example/",)


def test_what_has_ended_needs_no_check(edit: Edit) -> None:
    def change(rows: Rows) -> None:
        for row, status in zip(rows, ("closed", "merged", "acquired", ""), strict=False):
            row |= {"status": status, "checked_on": ""}
        for row in rows[4:]:
            row["status"] = "closed"

    assert {task.row["status"] for task in of(edit(change)).values()} == {"acquired", ""}


def test_checked_today_is_one_cell_and_a_line_in_the_log(register: Path) -> None:
    path = register / "organisations.csv"
    before = path.read_bytes().splitlines()
    task = of(register)["at-limes-security-gmbh"]
    logged = len(entries())
    confirm_today(task, register, TODAY)
    after = path.read_bytes().splitlines()
    (changed,) = [i for i, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
    assert before[changed].startswith(b"at-limes-security-gmbh,")
    assert cells_of(path, task.org_id)["checked_on"] == "2026-11-28"
    (line,) = entries()[logged:]
    assert (line.action, line.before, line.after) == ("edit", "", "checked_on: 2026-11-28")
    assert task.org_id not in of(register)
    with pytest.raises(RowChangedError, match="somebody else has changed"):
        confirm_today(task, register, TODAY)


def test_a_register_without_the_column_gets_it(register: Path) -> None:
    path = register / "organisations.csv"
    head = b"org_id,name,type,city,country,nuts2_hint,website,founded,domains,sectors,functions,"
    path.write_bytes(
        head + b"evidence,source_url,notes\nfr-a,A,sme,Rennes,FR,,,,cryptology,,protect,page,"
        b"https://a.example,\n"
    )
    confirm_today(of(register)["fr-a"], register, TODAY)
    lines = path.read_bytes().splitlines()
    assert lines[0].endswith(b",notes,checked_on")
    assert lines[1].endswith(b",https://a.example,,2026-11-28")
