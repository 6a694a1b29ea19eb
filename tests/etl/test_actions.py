"""The log of actions: whole lines, only ever added to, whoever writes at once."""

from __future__ import annotations

import getpass
import hashlib
import json
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ecosystem.common.settings import settings
from etl import actions
from etl.actions import Action, acting_as, record
from etl.cli import app
from etl.errors import PublishError


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "log" / "actions.jsonl"
    monkeypatch.setenv("CYBER_VALLEYS_LOG_FILE", str(path))
    settings.cache_clear()
    yield path
    settings.cache_clear()


def told() -> list[tuple[str, str, str]]:
    return [(entry.account, entry.action, entry.subject) for entry in actions.entries()]


def test_what_is_done_is_written_with_who_did_it(log: Path) -> None:
    record(Action.PUBLISH, "release-2", "release-1")
    with acting_as("anna@example.org"):
        record(Action.REJECT, "suggestion 7", after="The page says otherwise.")
    first, second = actions.entries()
    assert (first.account, first.before) == (getpass.getuser(), "release-1")
    assert (second.account, second.after) == ("anna@example.org", "The page says otherwise.")
    assert first.moment.endswith("Z")


def test_what_is_done_again_within_a_second_is_a_line_again(log: Path) -> None:
    for _ in range(3):
        done = actions.entry(Action.ACCEPT, "suggestion 1")
        for _ in range(2):
            actions.add(done, once=True)
    assert [entry.subject for entry in actions.entries()] == ["suggestion 1"] * 3


def test_people_read_when_to_the_second() -> None:
    for moment in ("2026-11-29T21:14:48.123456Z", "2026-11-29T21:14:48Z"):
        assert actions.Entry(moment, "anna", "edit", "a").second == "2026-11-29T21:14:48Z"


def test_nobody_else_may_read_it(log: Path) -> None:
    record(Action.PRUNE, "release-1")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.parent.stat().st_mode) == 0o700


def test_many_at_once_leave_whole_lines(log: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: record(Action.ACCEPT, f"suggestion {i}", "x" * 900), range(200)))
    assert {subject for *_, subject in told()} == {f"suggestion {i}" for i in range(200)}
    assert len(log.read_bytes().splitlines()) == 200


@pytest.mark.parametrize("broken", [b'{"moment": "2026', b"\xff\xfe", b'["a"]', b"null", b"{}"])
def test_a_line_that_broke_off_costs_no_other(log: Path, broken: bytes) -> None:
    record(Action.PUBLISH, "one")
    log.write_bytes(log.read_bytes() + broken)
    record(Action.PUBLISH, "two")
    assert [subject for *_, subject in told()] == ["one", "two"]
    assert broken in log.read_bytes(), "nothing is taken out of it"


def test_a_text_of_several_lines_stays_one_entry(log: Path) -> None:
    record(Action.REJECT, "suggestion 1", after='no\n{"account": "root"}\u2028\udce9')
    (entry,) = actions.entries()
    assert entry.account == getpass.getuser()
    assert entry.after.startswith('no\n{"account"')


def test_what_can_not_be_written_down_is_not_begun(log: Path) -> None:
    log.mkdir(parents=True)
    with pytest.raises(PublishError, match=r"Nothing was changed: what is done here is written"):
        actions.require_log()
    with pytest.raises(PublishError, match=r"This was done \(publish x\), but the log"):
        record(Action.PUBLISH, "x")


def test_the_command_shows_the_latest_and_writes_all(log: Path, tmp_path: Path) -> None:
    run = CliRunner().invoke
    assert "Nothing has been done yet." in run(app, ["log"]).output
    for i in range(3):
        with acting_as("=anna@example.org"):
            record(Action.ACCEPT, f"suggestion {i}", "\x1b[31m")
    record(Action.PUBLISH, "release")
    shown = run(app, ["log", "--last", "2", "--action", "accept"]).output
    first, second = shown.splitlines()[2:4]
    assert first.endswith("Z  =anna@example.org  accept  suggestion 2")
    assert second == "    \N{REPLACEMENT CHARACTER}[31m -> (empty)"
    assert "suggestion 0" not in shown
    assert "The latest 2 of 3" in shown
    assert "\x1b[31m" not in shown
    assert "Nothing of this kind" in run(app, ["log", "--account", "bob"]).output
    file = tmp_path / "log.csv"
    assert run(app, ["log", "--account", "ANNA", "--csv", str(file)]).exit_code == 0
    written = file.read_text(encoding="utf-8-sig")
    assert written.startswith("moment,account,action,subject,before,after")
    assert written.count("'=anna@example.org") == 3


def test_it_is_one_line_of_json_each(log: Path) -> None:
    record(Action.DECIDE, "a, b", after="same: one company")
    assert json.loads(log.read_text())["action"] == "decide"


def test_a_line_is_added_by_whoever_comes_after_a_killed_process(log: Path, tmp_path: Path) -> None:
    file, content = tmp_path / "list.csv", b"after"

    class Killed(BaseException):
        pass

    def change(*, is_written: bool, is_logged: bool) -> None:
        done = actions.entry(Action.EDIT, f"written {is_written}, logged {is_logged}")
        file.unlink(missing_ok=True)
        sha256 = hashlib.sha256(content).hexdigest()
        with suppress(Killed), actions.written_down(actions.Done(done, file, sha256)):
            if is_written:
                file.write_bytes(content)
            if is_logged:
                actions.add(done)
            raise Killed

    for is_written, is_logged in ((False, False), (True, False), (True, True)):
        change(is_written=is_written, is_logged=is_logged)
        actions.add_missing()
    assert [entry.subject for entry in actions.entries()] == [
        "written True, logged False",
        "written True, logged True",
    ]
    assert [path.name for path in log.parent.iterdir()] == [log.name]
