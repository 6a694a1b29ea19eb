"""Deciding: the register changes as it should, once, whoever decides and whatever breaks off."""

from __future__ import annotations

import csv
import getpass
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from ecosystem.common.spreadsheet import FORMULA_STARTS
from etl import files, pipeline
from etl.actions import entries
from etl.errors import PublishError, RegisterError
from etl.inbox.check import Reference, cautions
from etl.inbox.model import FIELDS, Draft, State
from etl.inbox.moderation import ChangedMeanwhile, Desk, Undecidable
from etl.inbox.reception import make_draft, published_cells, whole_row
from etl.inbox.store import Inbox
from etl.register import mint
from etl.release import shelf
from tests.etl.conftest import Row
from tests.etl.inbox.conftest import LIMES, Clock, cells_of, confirmation, correction, new

Lines = Callable[[], list[bytes]]


def difference(before: list[bytes], after: list[bytes]) -> tuple[list[bytes], list[bytes]]:
    """Lines that only one of two files has."""
    return [b for b in before if b not in after], [a for a in after if a not in before]


def test_a_correction_changes_its_line_only(desk: Desk, lines: Lines, register: Path) -> None:
    before = lines()
    number = desk.inbox.add(correction(contact="a@example.org"), "form")
    review = desk.review(number)
    assert {c.column: (c.old, c.new) for c in review.changes} == {
        "founded": ("2012", "2011"),
        "evidence": ("general", "page"),
        "source_url": ("https://limessecurity.com", "https://limessecurity.com/about"),
    }
    assert review.conflicts == []
    assert desk.accept(number) == LIMES
    gone, came = difference(before, lines())
    assert len(gone) == len(came) == 1
    row = cells_of(register / "organisations.csv", LIMES)
    assert (row["founded"], row["evidence"]) == ("2011", "page")
    assert row["checked_on"] == f"{datetime.now(UTC):%Y-%m-%d}"
    found = desk.inbox.get(number)
    assert found is not None
    assert (found.state, found.contact) == (State.ACCEPTED, "")


def test_a_new_organisation_is_one_line_more_in_its_place(
    desk: Desk, lines: Lines, register: Path, against: Reference, tmp_path: Path
) -> None:
    before = lines()
    number = desk.inbox.add(new("Zürich Armor"), "form")
    org_id = desk.accept(number)
    gone, came = difference(before, lines())
    assert (gone, len(came), len(lines())) == ([], 1, len(before) + 1)
    with (register / "organisations.csv").open(encoding="utf-8", newline="") as stream:
        keys = [(r["country"], r["city"], r["type"], r["name"]) for r in csv.DictReader(stream)]
    assert keys == sorted(keys)
    path = tmp_path / "one.csv"
    path.write_text("name,city,country\nZürich Armor,Cesson-Sévigné,FR\n", encoding="utf-8")
    mint.mint(path, against.countries)
    assert path.read_text(encoding="utf-8").splitlines()[1].startswith(f"{org_id},")
    row = cells_of(register / "organisations.csv", org_id)
    assert (row["evidence"], row["nuts2_hint"]) == ("page", "FRH0")


def test_two_of_one_name_get_different_identifiers(desk: Desk) -> None:
    numbers = [desk.inbox.add(new("Twin"), "a"), desk.inbox.add(new("Twin", city="Brest"), "b")]
    assert [desk.accept(n) for n in numbers] == ["fr-twin", "fr-twin-brest"]


def test_a_new_one_never_gets_an_identifier_that_a_decision_speaks_of(
    desk: Desk, register: Path
) -> None:
    with (register / "duplicate_decisions.csv").open("a", encoding="utf-8") as decisions:
        decisions.write("fr-thales-group,fr-thales,same,One company,2026-01-05,secretariat\n")
    other = new("Thales", city="Lyon")
    assert desk.accept(desk.inbox.add(other, "form")) == "fr-thales-lyon", "else it would be merged"


@pytest.mark.slow
@pytest.mark.parametrize("is_refreshed", [False, True], ids=["published", "in the history"])
def test_a_new_one_never_gets_the_identifier_of_one_that_is_gone(
    box: Inbox,
    register: Path,
    releases: Path,
    against: Reference,
    edit: Callable[..., Path],
    *,
    is_refreshed: bool,
) -> None:
    def remove(rows: list[Row]) -> None:
        rows[:] = [row for row in rows if row["org_id"] != LIMES]

    edit(remove)
    if is_refreshed:
        assert pipeline.run(register, releases).changes == {"removed": 1}
    desk = Desk(box, register, against, releases)
    number = box.add(new("Limes Security GmbH", city="Graz", country="AT"), "form")
    assert desk.accept(number) == f"{LIMES}-graz"


def test_a_name_that_changes_becomes_a_former_name(desk: Desk, register: Path) -> None:
    renamed = correction("Limes Security GmbH", "Limes Cyber GmbH", "name")
    desk.accept(desk.inbox.add(renamed, "form"))
    row = cells_of(register / "organisations.csv", LIMES)
    assert (row["name"], row["former_names"]) == ("Limes Cyber GmbH", "Limes Security GmbH")
    respelt = correction("Limes Cyber GmbH", "LIMES Cyber GmbH", "name")
    number = desk.inbox.add(respelt, "form")
    desk.accept(number, was_renamed=False)
    row = cells_of(register / "organisations.csv", LIMES)
    assert (row["name"], row["former_names"]) == ("LIMES Cyber GmbH", "Limes Security GmbH")


def test_a_move_takes_the_region_along(desk: Desk, register: Path) -> None:
    moved = correction("Hagenberg im Mühlkreis", "Wien", "city")
    desk.accept(desk.inbox.add(moved, "form"))
    row = cells_of(register / "organisations.csv", LIMES)
    assert (row["city"], row["nuts2_hint"]) == ("Wien", "AT13")


def test_a_blank_region_in_the_register_is_no_conflict(
    desk: Desk, register: Path, edit: Callable[..., Path], known: pd.DataFrame, against: Reference
) -> None:
    """What is published says in which region it is, whether or not the register does."""
    edit(lambda rows: next(r for r in rows if r["org_id"] == LIMES).update(nuts2_hint=""))
    record = known[known["org_id"] == LIMES].to_dict("records")[0]
    published = published_cells({str(name): value for name, value in record.items()})
    moved = {"city": "Salamanca", "country": "ES", "nuts2_hint": "ES41"}
    typed = {name: published[name] for name in FIELDS} | moved
    draft = make_draft(against.check(whole_row(typed, published)), published, "", "")
    number = desk.inbox.add(draft, "form")
    assert desk.review(number).conflicts == []
    desk.accept(number)
    row = cells_of(register / "organisations.csv", LIMES)
    assert {name: row[name] for name in moved} == moved


@pytest.mark.slow
def test_the_refresh_publishes_what_was_accepted(
    desk: Desk, register: Path, releases: Path
) -> None:
    desk.accept(desk.inbox.add(new(), "a"))
    desk.accept(desk.inbox.add(correction(), "b"))
    outcome = pipeline.run(register, releases)
    assert outcome.release_id, outcome.rejections
    assert outcome.changes == {"added": 1, "changed": 1}


@pytest.mark.slow
def test_a_register_that_changed_meanwhile_must_be_looked_at_again(
    desk: Desk, lines: Lines, edit: Callable[..., Path]
) -> None:
    number = desk.inbox.add(correction(), "form")

    def meanwhile(rows: list[Row]) -> None:
        next(row for row in rows if row["org_id"] == LIMES)["founded"] = "2013"

    edit(meanwhile)
    before = lines()
    with pytest.raises(
        ChangedMeanwhile, match="was “2012” when it was suggested and is “2013” now"
    ):
        desk.accept(number)
    review = desk.review(number)
    assert [(c.column, c.seen, c.old) for c in review.conflicts] == [("founded", "2012", "2013")]
    edit(lambda rows: next(r for r in rows if r["org_id"] == LIMES).update(notes="once more"))
    with pytest.raises(ChangedMeanwhile, match="since you looked"):
        desk.accept(number, over=review.version)
    desk.accept(number, over=desk.review(number).version)
    assert len(difference(before, lines())[1]) == 1


def test_another_change_of_the_row_is_no_conflict(desk: Desk, edit: Callable[..., Path]) -> None:
    number = desk.inbox.add(correction(), "form")
    edit(lambda rows: next(r for r in rows if r["org_id"] == LIMES).update(notes="new notes"))
    desk.accept(number)


def test_a_row_that_is_gone(desk: Desk, edit: Callable[..., Path], lines: Lines) -> None:
    number = desk.inbox.add(correction(), "form")

    def remove(rows: list[Row]) -> None:
        rows[:] = [row for row in rows if row["org_id"] != LIMES]

    edit(remove)
    before = lines()
    assert desk.review(number).missing
    with pytest.raises(Undecidable, match="no longer in the register"):
        desk.accept(number)
    assert lines() == before


@pytest.mark.parametrize(
    ("draft", "sentence"),
    [
        (new(founded="3000"), "out of range|lies in the future"),
        (new(city="Nowhere at all"), "No town of this name"),
        (new(type="smee"), "Unknown code"),
        (new(source_url="javascript:alert(1)"), "not a web address"),
    ],
)
def test_what_a_refresh_would_refuse_is_not_written(
    desk: Desk, lines: Lines, draft: Draft, sentence: str
) -> None:
    before = lines()
    number = desk.inbox.add(draft, "form")
    with pytest.raises(Undecidable, match=sentence):
        desk.accept(number)
    assert lines() == before
    assert desk.inbox.get(number).state is State.OPEN  # type: ignore[union-attr]


def test_a_moderator_can_mend_a_cell(desk: Desk, register: Path) -> None:
    number = desk.inbox.add(new(city="Nowhere at all"), "form")
    with pytest.raises(Undecidable, match="org_id can't be changed here"):
        desk.accept(number, edits={"org_id": "fr-mine"})
    org_id = desk.accept(number, edits={"city": "Rennes", "evidence": "general"})
    row = cells_of(register / "organisations.csv", org_id)
    assert (row["city"], row["evidence"]) == ("Rennes", "general")


@pytest.mark.parametrize(
    ("draft", "offered"),
    [
        (new(city="Salamanca", country="ES"), {"nuts2_hint", "lat", "lon"}),
        (new(city="Nowhere at all"), {"nuts2_hint", "lat", "lon"}),
        (correction("2012", "3000"), {"founded", "source_url", "evidence"}),
        (correction(column="notes", after="<" * 3000), {"notes", "source_url", "evidence"}),
    ],
)
def test_what_has_a_fault_is_offered(desk: Desk, draft: Draft, offered: set[str]) -> None:
    review = desk.review(desk.inbox.add(draft, "form"))
    columns = [change.column for change in review.offered]
    assert len(columns) == len(set(columns))
    assert offered <= set(columns)
    assert {fault.column for fault in review.faults} <= set(columns)


def test_a_cell_of_the_register_with_a_fault_is_offered(
    desk: Desk, edit: Callable[..., Path]
) -> None:
    number = desk.inbox.add(correction(), "form")
    edit(lambda rows: next(r for r in rows if r["org_id"] == LIMES).update(type="smee"))
    offered = {change.column: change for change in desk.review(number).offered}
    assert offered["type"].new == "smee"
    assert desk.accept(number, edits={"type": "sme"}) == LIMES


def test_a_letter_that_the_file_can_not_hold_is_refused_before_anything_is_recorded(
    desk: Desk, register: Path
) -> None:
    path = register / "organisations.csv"
    lines = [s for s in path.read_text(encoding="utf-8").splitlines(keepends=True) if s.isascii()]
    path.write_bytes("".join([*lines, "at-bad,Bäd\n"]).encode("cp1252"))
    before, number = path.read_bytes(), desk.inbox.add(new("Łódź Cyber"), "form")
    with pytest.raises(RegisterError, match="encoding of the file has no “Ł”"):
        desk.accept(number)
    assert path.read_bytes() == before
    assert desk.inbox.get(number).state is State.OPEN  # type: ignore[union-attr]


@pytest.mark.slow
def test_likely_duplicates_and_imitations_are_pointed_out(desk: Desk) -> None:
    twin = new("Limes Security", city="Hagenberg im Mühlkreis", country="AT")
    review = desk.review(desk.inbox.add(twin, "a"))
    assert LIMES in review.checked.duplicates
    imitation = desk.review(desk.inbox.add(new("Liмes <b>", notes="=1+1"), "b"))
    said = " ".join(imitation.cautions)
    assert "Cyrillic, Latin" in said
    assert "formula" in said
    assert "HTML" in said
    assert desk.review(desk.inbox.add(new("Łódź Κρυπτό"), "c")).cautions == []


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_whatever_begins_a_formula_is_pointed_out(start: str) -> None:
    assert cautions({"notes": f"{start}1+1"}, {"notes": "Notes"}) == [
        "Notes begins like a formula of a spreadsheet."
    ]


def test_a_rejection_keeps_the_reason(desk: Desk, lines: Lines) -> None:
    before = lines()
    number = desk.inbox.add(correction(contact="a@example.org"), "form")
    with pytest.raises(Undecidable, match="Give a reason"):
        desk.reject(number, "  ")
    desk.reject(number, "The page\nsays 2012.")
    found = desk.inbox.get(number)
    assert found is not None
    assert (found.state, found.reason, found.contact) == (State.REJECTED, "The page says 2012.", "")
    for again in (desk.accept, lambda n: desk.reject(n, "again")):
        with pytest.raises(Undecidable, match=r"rejected already: The page says 2012\."):
            again(number)
    assert lines() == before


def test_an_unknown_number(desk: Desk) -> None:
    for decide in (desk.accept, desk.review, lambda n: desk.reject(n, "no")):
        with pytest.raises(Undecidable, match="no suggestion 7"):
            decide(7)


def test_a_register_that_can_not_be_written(
    desk: Desk, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, number = lines(), desk.inbox.add(correction(), "form")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PublishError, match="No space left"):
        desk.accept(number)
    assert lines() == before
    assert desk.inbox.get(number).state is State.ACCEPTING  # type: ignore[union-attr]
    monkeypatch.undo()
    assert desk.open_suggestions() == []
    assert len(difference(before, lines())[1]) == 1


@pytest.mark.slow
def test_what_was_accepted_goes_again_until_it_is_published(
    desk: Desk, lines: Lines, register: Path, releases: Path, box: Inbox, against: Reference
) -> None:
    before = lines()
    desk = Desk(box, register, against, releases)
    numbers = [box.add(correction(), "a"), box.add(new(), "b")]
    ids = [desk.accept(number) for number in numbers]
    assert [desk.undo(number) for number in numbers] == ids
    assert lines() == before
    assert [s.number for s in desk.open_suggestions()] == numbers
    desk.accept(numbers[0], answer="Thank you.")
    desk.accept(numbers[1])
    later = shelf.baseline(releases)
    assert later is not None
    published = replace(later, created_at="2028-01-01T00:00:00+00:00")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shelf, "baseline", lambda _: published)
        with pytest.raises(Undecidable, match=r"published since release .* Correct the entry"):
            desk.undo(numbers[0])
    done = [(e.action, e.subject) for e in entries()][-6:]
    assert done[2] == ("reopen", f"suggestion {numbers[0]}, {LIMES}")
    assert [e.before for e in entries() if e.action == "reopen"][-2].startswith("founded: 2011")


def test_a_row_that_changed_since_is_not_taken_back(
    desk: Desk, edit: Callable[..., Path], lines: Lines
) -> None:
    number = desk.inbox.add(correction(), "form")
    desk.accept(number)
    edit(lambda rows: next(r for r in rows if r["org_id"] == LIMES).update(notes="new"))
    before = lines()
    with pytest.raises(ChangedMeanwhile, match="has changed since suggestion 1 was accepted"):
        desk.undo(number)
    assert (lines(), desk.inbox.get(number).state) == (before, State.ACCEPTED)  # type: ignore[union-attr]


def test_a_rejected_one_is_opened_again_as_long_as_its_texts_are_kept(
    desk: Desk, clock: Clock
) -> None:
    number = desk.inbox.add(correction(), "form")
    with pytest.raises(Undecidable, match="Nothing is decided about suggestion 1"):
        desk.undo(number)
    desk.reject(number, "By mistake")
    assert desk.decisions()[0].decided_by == getpass.getuser()
    assert desk.undo(number) == ""
    (found,) = desk.open_suggestions()
    assert (found.reason, found.decided, found.decided_by) == ("", None, "")
    desk.reject(number, "Right after all")
    clock.now += 181 * 86_400
    desk.open_suggestions()
    with pytest.raises(Undecidable, match="texts of suggestion 1 are deleted"):
        desk.undo(number)


@pytest.mark.slow
def test_many_are_decided_at_once_but_for_those_that_need_a_look(desk: Desk) -> None:
    good = [desk.inbox.add(new(name, city="Brest"), name) for name in ("Armor", "Zebulon")]
    faulty = desk.inbox.add(new(city="Nowhere at all"), "c")
    twin = desk.inbox.add(new("Limes Security", city="Hagenberg im Mühlkreis", country="AT"), "d")
    refused = desk.accept_many([*good, faulty, twin, 99], "Thank you.")
    assert refused == {
        faulty: f"Suggestion {faulty} needs a look of its own.",
        twin: f"Suggestion {twin} needs a look of its own.",
        99: "There is no suggestion 99; see `cyber-valleys inbox list`.",
    }
    assert {s.reason for s in desk.inbox.suggestions(State.ACCEPTED)} == {"Thank you."}
    with pytest.raises(Undecidable, match="Give a reason"):
        desk.reject_many([faulty], " ")
    assert desk.reject_many([faulty, twin, good[0]], "Not about security") == {
        good[0]: f"Suggestion {good[0]} was accepted already (fr-armor)."
    }
    assert desk.open_suggestions() == []


@pytest.mark.slow
def test_an_organisation_confirms_its_row(desk: Desk, register: Path, lines: Lines) -> None:
    before = lines()
    draft = confirmation(register)
    number = desk.inbox.add(draft, "form")
    assert desk.inbox.add(replace(draft, before={}, values={"founded": "1"}), "x") == number
    review = desk.review(number)
    assert review.suggestion.is_confirmation
    assert [(c.column, c.new) for c in review.changes] == [("evidence", "confirmed")]
    assert not review.needs_look
    desk.accept(number)
    row = cells_of(register / "organisations.csv", LIMES)
    assert (row["evidence"], row["checked_on"]) == ("confirmed", "2027-01-15")
    assert len(difference(before, lines())[1]) == 1


@pytest.mark.slow
def test_an_organisation_confirms_only_what_it_has_seen(
    desk: Desk, register: Path, edit: Callable[..., Path], lines: Lines
) -> None:
    number = desk.inbox.add(confirmation(register), "form")
    edit(lambda rows: next(r for r in rows if r["org_id"] == LIMES).update(founded="2013"))
    before, review = lines(), desk.review(number)
    assert [(c.column, c.seen, c.old) for c in review.unseen] == [("founded", "2012", "2013")]
    assert review.needs_look
    for over in ("", review.version):
        with pytest.raises(ChangedMeanwhile, match="no longer says: Founded was “2012”"):
            desk.accept(number, over=over)
    assert lines() == before


def test_what_an_organisation_corrects_is_confirmed_by_it(desk: Desk, register: Path) -> None:
    number = desk.inbox.add(replace(correction(), link="a link"), "form")
    desk.accept(number)
    row = cells_of(register / "organisations.csv", LIMES)
    assert (row["founded"], row["evidence"]) == ("2011", "confirmed")


def in_another_process(work: Callable[[], None]) -> int:
    """Fork, which spares reading the reference data again; gives the process's id."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    return pid


def ended_by(pid: int) -> int:
    """Number of the signal that ended a process; 0 if none did."""
    return os.WTERMSIG(os.waitpid(pid, 0)[1])


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


MOMENTS = {
    "before the change is recorded": (Inbox, "begin"),
    "before the register is replaced": (files, "replace"),
    "in the middle of writing": (os, "fsync"),
    "before the suggestion is done": (Inbox, "finish"),
}
FIRST, *_, LAST = MOMENTS


@pytest.mark.kill
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("draft", [correction(), new()], ids=["correction", "new"])
def test_accepting_survives_being_killed(
    desk: Desk, lines: Lines, moment: str, draft: Draft
) -> None:
    before, number = lines(), desk.inbox.add(draft, "form")

    def work() -> None:
        setattr(*MOMENTS[moment], die)
        desk.accept(number)

    assert ended_by(in_another_process(work)) == signal.SIGKILL
    between = lines()
    assert len(difference(before, between)[1]) == (moment == LAST), "whole or not at all"
    if [s.number for s in desk.open_suggestions()] == [number]:
        assert moment == FIRST
        desk.accept(number)
    assert desk.inbox.get(number).state is State.ACCEPTED  # type: ignore[union-attr]
    gone, came = difference(before, lines())
    assert (len(gone), len(came)) == (0 if draft.org_id == "" else 1, 1)
    assert len(lines()) == len(before) + (draft.org_id == "")


def test_a_broken_off_change_of_a_row_that_changed_since_is_decided_again(
    desk: Desk, edit: Callable[..., Path], lines: Lines, register: Path
) -> None:
    number = desk.inbox.add(correction(), "form")
    row = cells_of(register / "organisations.csv", LIMES)
    desk.inbox.begin(number, LIMES, {"before": row, "after": {**row, "founded": "2011"}})
    edit(lambda rows: next(r for r in rows if r["org_id"] == LIMES).update(founded="2013"))
    before = lines()
    assert [s.number for s in desk.open_suggestions()] == [number]
    assert lines() == before


@pytest.mark.slow
def test_two_moderators_lose_and_double_nothing(
    box: Inbox, desk: Desk, lines: Lines, tmp_path: Path
) -> None:
    before = lines()
    numbers = [box.add(new(f"Parallel {i}"), str(i)) for i in range(12)]

    def moderator(name: str) -> Callable[[], None]:
        def work() -> None:
            with (tmp_path / name).open("w", encoding="utf-8") as said:
                for number in numbers:
                    try:
                        print(desk.accept(number), file=said)
                    except Undecidable as error:
                        print(error, file=said)

        return work

    at_work = [in_another_process(moderator(name)) for name in ("anna", "bob")]
    assert [ended_by(pid) for pid in at_work] == [0, 0]
    said = [line for name in ("anna", "bob") for line in (tmp_path / name).open()]
    made = [line.strip() for line in said if line.startswith("fr-parallel-")]
    assert sorted(made) == sorted(f"fr-parallel-{i}" for i in range(12))
    assert sum("was accepted already" in line for line in said) == 12
    assert len(lines()) == len(before) + 12
    assert {s.state for s in box.suggestions()} == {State.ACCEPTED}
