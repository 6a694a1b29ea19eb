"""What members do survives being killed at any moment: all or nothing, and the log says which.

A process is forked from this one, which has read everything already, and dies at one of the moments
at which it is about to touch a file. Then the next command comes.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ecosystem.common.settings import settings
from etl import actions
from etl.actions import acting_as
from etl.backup import back_up, read_backup, restore
from etl.errors import PublishError
from etl.inbox.check import Reference, reference
from etl.inbox.model import Draft, State
from etl.inbox.moderation import Desk
from etl.inbox.store import inbox
from etl.register.edit import Edit, RowChangedError, read_rows, save
from etl.schema import Schema, load_schemas
from tests.etl.inbox.conftest import LIMES, correction, new

RELEASE = "2026-11-28T120000Z-abcdef"
EDITS, ACCEPTS, UNDOS, BACKUPS, RESTORES = 10, 12, 8, 8, 14
ANNA, BOB = "anna@example.org", "bob@example.org"
# What a process does to files, as Python tells it.
TOUCHES = {"open", "os.rename", "os.remove", "os.link", "os.truncate", "os.mkdir", "fcntl.flock",
           "sqlite3.connect", "shutil.copyfile"}  # fmt: skip

pytestmark = pytest.mark.kill


@dataclass(frozen=True)
class Installation:
    """Folders of an installation that the settings name."""

    folder: Path

    @property
    def register(self) -> Path:
        return self.folder / "register"

    @property
    def releases(self) -> Path:
        return self.folder / "releases"

    def rows(self) -> list[dict[str, str]]:
        with (self.register / "organisations.csv").open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    def content(self) -> dict[str, bytes]:
        """The register's files, and which release is shown."""
        files = [*self.register.glob("*.csv"), self.releases / "CURRENT"]
        return {path.name: path.read_bytes() for path in sorted(files)}


Install = Callable[[str], Installation]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Make an installation of the tests' register with a small release, and use it."""
    register = settings().register_dir

    def make(name: str) -> Installation:
        made = Installation(tmp_path / name)
        shutil.copytree(register, made.register)
        made.releases.mkdir()
        database = b"a release" * 1000
        manifest = {
            "release_id": RELEASE, "sha256": hashlib.sha256(database).hexdigest(),
            "bytes": len(database), "created_at": "2026-11-28T12:00:00+00:00",
            "organisations": 465, "number": 1,
        }  # fmt: skip
        (made.releases / f"{RELEASE}.duckdb").write_bytes(database)
        (made.releases / f"{RELEASE}.json").write_text(json.dumps(manifest))
        for pointer in ("CURRENT", "SHOWN"):
            (made.releases / pointer).write_text(f"{RELEASE}\n")
        for setting, path in {
            "REGISTER_DIR": "register",
            "RELEASES_DIR": "releases",
            "INBOX_FILE": "inbox/inbox.sqlite",
            "LOG_FILE": "log/actions.jsonl",
        }.items():
            monkeypatch.setenv(f"CYBER_VALLEYS_{setting}", str(made.folder / path))
        settings.cache_clear()
        return made

    yield make
    settings.cache_clear()


@pytest.fixture(scope="module")
def against() -> Reference:
    return reference()


@pytest.fixture(scope="module")
def organisations() -> Schema:
    return load_schemas(settings().schema_dir)["organisations"]


def fork(work: Callable[[], None], *, dies_at: int = 0) -> int:
    """Run something in a process of its own; it dies at the given moment, if it has so many.

    Returns
    -------
    int
        Its process id.
    """
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        if dies_at:
            sys.addaudithook(_killer(dies_at))
        with acting_as(ANNA):
            work()
        code = 0
    finally:
        os._exit(code)


def _killer(dies_at: int) -> Callable[[str, tuple[object, ...]], None]:
    left = dies_at

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event in TOUCHES and not (event == "open" and str(arguments[0]).endswith(".py")):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    return hook


def is_killed(pid: int) -> bool:
    status = os.waitpid(pid, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def count_moments(work: Callable[[], None], folder: Path) -> int:
    """At how many moments it could die."""
    told = folder / "moments"

    def counting() -> None:
        moments = 0

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal moments
            moments += event in TOUCHES and not (
                event == "open" and str(arguments[0]).endswith(".py")
            )

        sys.addaudithook(hook)
        work()
        told.write_text(str(moments))

    assert not is_killed(fork(counting))
    return int(told.read_text())


def spread(moments: int, kills: int) -> list[int]:
    """So many different moments, from the first to the last."""
    assert moments >= kills
    return [1 + i * (moments - 1) // (kills - 1) for i in range(kills)]


def lines(action: str) -> list[str]:
    """Accounts of the log's lines about an action, after the next command has come."""
    actions.add_missing()
    folder = settings().log_file.parent
    assert not list(folder.glob(".intent-*")), "nothing is left to add"
    return [entry.account for entry in actions.entries() if entry.action == action]


def an_edit(made: Installation, schema: Schema, org_id: str = LIMES, notes: str = "new") -> Edit:
    (row,) = (row for row in read_rows(made.register, schema) if row["org_id"] == org_id)
    return Edit(schema, row, {**row, "notes": notes})


def test_an_edit(install: Install, organisations: Schema) -> None:
    done = 0
    made = install("count")
    edit = an_edit(made, organisations)
    moments = count_moments(lambda: save(made.register, edit), made.folder)
    for at in spread(moments, EDITS):
        made = install(f"at-{at}")
        before = made.content()
        edit = an_edit(made, organisations)
        assert is_killed(fork(lambda made=made, edit=edit: save(made.register, edit), dies_at=at))
        is_done = made.content() != before
        assert lines("edit") == [ANNA] * is_done, at
        changed = [row for row in made.rows() if row["notes"] == "new"]
        assert len(changed) == is_done
        assert len(made.rows()) == 465
        if not is_done:
            save(made.register, edit)
            assert len(lines("edit")) == 1
        done += is_done
    assert 0 < done < EDITS, "it died before and after"


@pytest.mark.parametrize("draft", [correction(), new()], ids=["correction", "new"])
def test_an_acceptance(install: Install, against: Reference, draft: Draft) -> None:
    def accepting(made: Installation) -> Callable[[], None]:
        inbox().add(draft, "form")
        desk = Desk(inbox(), made.register, against, made.releases)
        return lambda: desk.accept(1) and None

    _decide_at_every_moment(install, against, accepting, "accept", ACCEPTS // 2)


def test_an_acceptance_that_is_taken_back(install: Install, against: Reference) -> None:
    def taking_back(made: Installation) -> Callable[[], None]:
        inbox().add(new(), "form")
        desk = Desk(inbox(), made.register, against, made.releases)
        desk.accept(1)
        return lambda: desk.undo(1) and None

    _decide_at_every_moment(install, against, taking_back, "reopen", UNDOS)


def _decide_at_every_moment(
    install: Install,
    against: Reference,
    prepare: Callable[[Installation], Callable[[], None]],
    action: str,
    kills: int,
) -> None:
    ends = set()
    made = install("count")
    moments = count_moments(prepare(made), made.folder)
    for at in spread(moments, kills):
        made = install(f"at-{at}")
        work = prepare(made)
        before, state = made.content(), inbox().suggestions()[0].state
        assert is_killed(fork(work, dies_at=at))
        desk = Desk(inbox(), made.register, against, made.releases)
        desk.open_suggestions()
        is_done = made.content() != before
        ends.add(is_done)
        assert (desk.inbox.suggestions()[0].state != state) == is_done, at
        assert lines(action) == [ANNA] * is_done, at
        assert desk.inbox.unlogged() == []
    assert ends == {False, True}, "it died before and after"


def test_a_backup(install: Install) -> None:
    made = install("count")
    back_up(made.folder / "copy.zip")
    moments = count_moments(lambda: back_up(made.folder / "copy.zip") and None, made.folder)
    news = set()
    for at in spread(moments, BACKUPS):
        made = install(f"at-{at}")
        archive = made.folder / "copy.zip"
        back_up(archive)
        before = archive.read_bytes()
        (made.register / "events.csv").write_bytes(b"event_id\n")
        assert is_killed(fork(lambda archive=archive: back_up(archive) and None, dies_at=at))
        is_new = archive.read_bytes() != before
        news.add(is_new)
        assert read_backup(archive).release_id == RELEASE, "one of the two is whole"
        assert lines("backup")[1:] == [ANNA] * is_new, at
        back_up(archive)
        assert sorted(path.name for path in made.folder.glob("*zip*")) == ["copy.zip"]
    assert news == {False, True}


def test_a_restoration(install: Install) -> None:
    source = install("source")
    inbox().add(new("Lab One"), "form")
    with acting_as(BOB):
        actions.record(actions.Action.PUBLISH, RELEASE)
    archive = back_up(source.folder / "copy.zip").path
    wanted = source.content()

    def spoilt(name: str) -> Installation:
        made = install(name)
        (made.register / "events.csv").write_bytes(b"mine\n")
        inbox().add(new("Lab Two"), "form")
        with acting_as(BOB):
            actions.record(actions.Action.REJECT, "suggestion 7")
        return made

    made = spoilt("count")
    moments = count_moments(lambda: restore(archive, replace=True) and None, made.folder)
    ends = set()
    for at in spread(moments, RESTORES):
        made = spoilt(f"at-{at}")
        before = made.content()
        assert is_killed(fork(lambda: restore(archive, replace=True) and None, dies_at=at))
        if (made.releases / ".restoring").exists():
            with pytest.raises(PublishError, match=r"was broken off\. Finish it first"):
                actions.require_ready()
            restore(archive, replace=True)
            ends.add("half")
        else:
            ends.add("before" if made.content() == before else "after")
            assert made.content() in (before, wanted), at
            restore(archive, replace=True)
        assert made.content() == wanted
        assert [s.values["name"] for s in inbox().suggestions()] == ["Lab One"]
        aside = [path.read_bytes() for path in made.folder.glob("register.before-*/events.csv")]
        assert b"mine\n" in aside, "what was there is set aside"
        copies = (made.folder / "inbox").glob("*.before-*")
        assert any(b"Lab Two" in path.read_bytes() for path in copies)
        assert lines("reject") == [BOB], "the log loses nothing"
        assert lines("publish") == [BOB]
        assert lines("restore")
    assert "half" in ends


def test_fifty_kills_in_all() -> None:
    assert EDITS + ACCEPTS + UNDOS + BACKUPS + RESTORES >= 50


def test_two_members_at_once_lose_nothing(install: Install, organisations: Schema) -> None:
    made = install("both")
    ids = [row["org_id"] for row in made.rows()]

    def member(own: list[str]) -> Callable[[], None]:
        def work() -> None:
            for org_id in own:
                save(made.register, an_edit(made, organisations, org_id))

        return work

    at_work = [fork(member(ids[:8])), fork(member(ids[100:108]))]
    assert not any(map(is_killed, at_work))
    changed = [row["org_id"] for row in made.rows() if row["notes"] == "new"]
    assert set(changed) == {*ids[:8], *ids[100:108]}
    assert len(lines("edit")) == 16


def test_of_two_who_change_one_row_the_second_is_told(
    install: Install, organisations: Schema
) -> None:
    made = install("one")
    mine, other = (an_edit(made, organisations, notes=notes) for notes in ("mine", "other"))
    assert not is_killed(fork(lambda: save(made.register, mine)))
    with pytest.raises(RowChangedError, match="somebody else has changed"):
        save(made.register, other)
    assert [r["notes"] for r in made.rows() if r["org_id"] == LIMES] == ["mine"]
    assert lines("edit") == [ANNA]


def test_of_two_who_decide_one_suggestion_the_second_is_told(
    install: Install, against: Reference
) -> None:
    made = install("one")
    inbox().add(new(), "form")
    desk = Desk(inbox(), made.register, against, made.releases)
    both = [fork(lambda: desk.accept(1) and None), fork(lambda: desk.reject(1, "No"))]
    codes = sorted(os.WEXITSTATUS(os.waitpid(pid, 0)[1]) for pid in both)
    assert codes == [0, 1], "one of them is refused"
    (found,) = inbox().suggestions()
    is_in = any(row["name"] == "Armor Test Lab" for row in made.rows())
    assert is_in == (found.state is State.ACCEPTED)
    assert len(lines("accept") + lines("reject")) == 1
