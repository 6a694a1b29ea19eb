"""Backup and restoration: the same data on another machine, and nothing lost on the way."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from typer.testing import CliRunner

from ecosystem.common.settings import settings
from etl import actions
from etl.actions import Action, record
from etl.backup import back_up, back_up_after_publication, read_backup, restore
from etl.cli import app
from etl.errors import PublishError, RegisterError
from etl.inbox.ground import File
from etl.inbox.invitation import make_secret, read_secret, secret_file
from etl.inbox.model import Draft
from etl.inbox.store import Inbox, inbox
from etl.release import shelf


@dataclass
class Installation:
    """Folders of one installation; it is the one that the settings name after `use`."""

    folder: Path
    use: Callable[[], None]

    @property
    def register(self) -> Path:
        return self.folder / "register"

    @property
    def releases(self) -> Path:
        return self.folder / "releases"

    def files(self) -> dict[str, bytes]:
        """Content of what counts; neither locks nor journals nor what was set aside."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
            and path.suffix in (".csv", ".duckdb", ".json", "")
            and not path.name.startswith(".")
            and ".before-" not in str(path)
        }


Install = Callable[[str], Installation]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    def make(name: str) -> Installation:
        folder = tmp_path / name

        def use() -> None:
            for setting, path in {
                "REGISTER_DIR": "register",
                "RELEASES_DIR": "releases",
                "INBOX_FILE": "inbox/inbox.sqlite",
                "LOG_FILE": "log/actions.jsonl",
            }.items():
                monkeypatch.setenv(f"CYBER_VALLEYS_{setting}", str(folder / path))
            settings.cache_clear()

        use()
        return Installation(folder, use)

    yield make
    settings.cache_clear()


@pytest.fixture
def here(install: Install, release_dir: Path) -> Installation:
    """An installation with register, release, a suggestion and a log."""
    register = settings().register_dir
    made = install("here")
    shutil.copytree(register, made.register)
    shutil.copytree(release_dir, made.releases)
    inbox().add(Draft(org_id="", values={"name": "Lab One"}, contact="ann@example.org"), "s")
    record(Action.PUBLISH, "release-1")
    return made


@pytest.fixture
def archive(here: Installation, tmp_path: Path) -> Path:
    return back_up(tmp_path / "copy.zip").path


def rewrite(archive: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    with zipfile.ZipFile(archive) as old:
        members = {name: old.read(name) for name in old.namelist()}
    change(members)
    with zipfile.ZipFile(archive, "w") as new:
        for name, content in members.items():
            new.writestr(name, content)


@pytest.mark.slow
def test_a_new_machine_has_the_same_data(
    here: Installation, install: Install, tmp_path: Path
) -> None:
    secret = make_secret()
    archive = back_up(tmp_path / "copy.zip").path
    there = install("there")
    restored, aside = restore(archive)
    assert aside == []
    assert (
        restored.release_id == shelf.current_id(there.releases) == shelf.current_id(here.releases)
    )
    assert there.files() == here.files()
    assert read_secret() == secret, "links that were sent stay valid"
    assert stat.S_IMODE(secret_file().stat().st_mode) == 0o600
    (suggestion,) = inbox().suggestions()
    assert (suggestion.values["name"], suggestion.contact) == ("Lab One", "ann@example.org")
    assert [e.action for e in actions.entries()] == ["publish", "restore"]
    assert shelf.is_intact(there.releases, shelf.find(there.releases, restored.release_id))


def test_nobody_else_may_read_a_copy(archive: Path) -> None:
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600


def test_a_copy_is_whole_while_suggestions_come_in(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CYBER_VALLEYS_INBOX_PER_SESSION", "1000000")
    install("busy").register.mkdir(parents=True)
    acknowledged: list[int] = []
    first, end = Event(), Event()

    def write() -> None:
        while not end.is_set():
            draft = Draft(org_id="", values={"name": f"Lab {len(acknowledged)}", "note": "x" * 900})
            acknowledged.append(inbox().add(draft, f"session {len(acknowledged)}"))
            first.set()

    writer = Thread(target=write)
    writer.start()
    copies = []
    try:
        assert first.wait(60)
        for number in range(5):
            before = len(acknowledged)
            copies.append((before, back_up(tmp_path / "new" / f"{number}.zip").path))
    finally:
        end.set()
        writer.join()
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "busy" / "inbox").stat().st_mode) == 0o700
    for before, copy in copies:
        file = tmp_path / "copied.sqlite"
        with zipfile.ZipFile(copy) as archive:
            file.write_bytes(archive.read("inbox/inbox.sqlite"))
        with closing(sqlite3.connect(file)) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        names = {suggestion.values["name"] for suggestion in Inbox(file).suggestions()}
        assert names == {f"Lab {number}" for number in range(len(names))}, "none is missing"
        assert len(names) >= before, "what was acknowledged before is in it"
        file.unlink()


def test_what_is_there_is_set_aside_and_only_if_it_is_said(
    here: Installation, archive: Path
) -> None:
    with pytest.raises(PublishError, match="Give --replace"):
        restore(archive)
    organisations = here.register / "organisations.csv"
    organisations.write_text("other\n")
    (here.register / "extra.csv").write_text("more\n")
    inbox().add(Draft(org_id="", values={"name": "Lab Two"}), "s")
    record(Action.ACCEPT, "suggestion 2")
    _, aside = restore(archive, replace=True)
    assert "other" not in organisations.read_text()
    assert not (here.register / "extra.csv").exists()
    register, suggestions = aside
    assert (register / "organisations.csv").read_text() == "other\n"
    assert (register / "extra.csv").read_text() == "more\n"
    assert b"Lab Two" in suggestions.read_bytes()
    assert [s.values["name"] for s in inbox().suggestions()] == ["Lab One"]
    done = [entry.action for entry in actions.entries()]
    assert done == ["publish", "backup", "accept", "restore"], "the log loses nothing"


@pytest.mark.slow
def test_a_copy_goes_from_a_file_into_a_database_and_back(
    here: Installation, archive: Path, address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = inbox().suggestions()
    monkeypatch.setenv("CYBER_VALLEYS_INBOX_DATABASE", address)
    settings.cache_clear()
    _, aside = restore(archive, replace=True)
    assert aside == [], "nothing was in the database"
    assert inbox().suggestions() == before
    inbox().add(Draft(org_id="", values={"name": "Lab Two"}, contact="bob@example.org"), "s")
    later = back_up(tmp_path / "later.zip").path
    _, aside = restore(archive, replace=True)
    assert inbox().suggestions() == before
    (suggestions,) = aside
    assert stat.S_IMODE(suggestions.stat().st_mode) == 0o600
    assert [s.contact for s in Inbox(suggestions).suggestions()] == [
        "ann@example.org", "bob@example.org",
    ]  # fmt: skip
    monkeypatch.delenv("CYBER_VALLEYS_INBOX_DATABASE")
    settings.cache_clear()
    restore(later, replace=True)
    assert inbox().suggestions() == Inbox(suggestions).suggestions()
    assert isinstance(inbox().ground, File)


@pytest.mark.slow
def test_no_copy_is_made_without_the_database(
    here: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CYBER_VALLEYS_INBOX_DATABASE", "postgresql://127.0.0.1:9/valleys")
    settings.cache_clear()
    with pytest.raises(PublishError, match="check that the server runs"):
        back_up(tmp_path / "copy.zip")
    assert not (tmp_path / "copy.zip").exists()


def test_what_was_broken_off_is_said_and_finished_by_doing_it_again(
    here: Installation, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = here.files()
    (here.register / "organisations.csv").write_text("other\n")

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shelf, "point_to", die)
        with pytest.raises(KeyboardInterrupt):
            restore(archive, replace=True)
    with pytest.raises(PublishError, match=r"A restoration from copy.zip was broken off"):
        shelf.rollback(here.releases)
    with pytest.raises(PublishError, match=r"restore copy.zip --replace"):
        back_up(archive.with_name("other.zip"))
    restore(archive, replace=True)
    assert here.files() == before
    actions.require_ready()


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.update({"register/organisations.csv": b"x"}),
        lambda m: m.pop("register/organisations.csv"),
        lambda m: m.update({"register/more.csv": b"x"}),
        lambda m: m.update({"backup.json": b"{}"}),
        lambda m: m.update({"backup.json": b"[1]"}),
        lambda m: m.pop("backup.json"),
        lambda m: m.update(
            {"backup.json": m["backup.json"].replace(b'"version": 1', b'"version": 2')}
        ),
        lambda m: m.update(
            {"backup.json": m["backup.json"].replace(b"register/events", b"../register/events"),
             "../register/events.csv": m.pop("register/events.csv")}
        ),
        lambda m: m.update(
            {"backup.json": m["backup.json"].replace(b"register/events", b"register/.events"),
             "register/.events.csv": m.pop("register/events.csv")}
        ),
    ],
)  # fmt: skip
def test_a_damaged_archive_changes_nothing(
    here: Installation, archive: Path, change: Callable[[dict[str, bytes]], None]
) -> None:
    before = here.files()
    rewrite(archive, change)
    with pytest.raises(RegisterError, match=r"copy.zip"):
        restore(archive, replace=True)
    assert here.files() == before


def test_a_release_that_is_not_the_published_one_is_refused(archive: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        contents = json.loads(members["backup.json"])
        (name,) = (n for n in members if n.endswith(".json") and n.startswith("releases/"))
        members[name] = members[name].replace(b'"sha256": "', b'"sha256": "0')
        contents["members"][name] = hashlib.sha256(members[name]).hexdigest()
        members["backup.json"] = json.dumps(contents).encode()

    rewrite(archive, change)
    with pytest.raises(RegisterError, match=r"release .* in it is damaged"):
        read_backup(archive)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 half"])
def test_what_is_no_archive_is_said_so(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "list.zip"
    file.write_bytes(content)
    with pytest.raises(RegisterError, match=r"list.zip is no archive"):
        read_backup(file)
    with pytest.raises(RegisterError, match="there is no such file"):
        read_backup(tmp_path / "none.zip")


def test_an_empty_installation_can_be_copied_too(install: Install, tmp_path: Path) -> None:
    install("empty").register.mkdir(parents=True)
    made = back_up(tmp_path / "empty.zip")
    assert (made.release_id, made.members) == ("", {})


@pytest.mark.slow
def test_a_copy_is_made_after_each_publication_and_the_oldest_go(
    here: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "copies"
    assert back_up_after_publication() == ""
    assert not folder.exists(), "nobody asked for copies"
    monkeypatch.setenv("CYBER_VALLEYS_BACKUP_DIR", str(folder))
    monkeypatch.setenv("CYBER_VALLEYS_BACKUP_KEEP", "2")
    settings.cache_clear()
    folder.mkdir()
    others = [folder / "cyber-valleys-backup-2026-01-01T000000Z.zip", folder / "mine.zip",
              folder / "cyber-valleys-backup-2026-01-02T000000Z.zip"]  # fmt: skip
    for file in others:
        file.write_bytes(b"x")
    assert back_up_after_publication() == ""
    names = sorted(path.name for path in folder.glob("*.zip"))
    assert names[0] == "cyber-valleys-backup-2026-01-02T000000Z.zip"
    assert names[2] == "mine.zip"
    assert read_backup(folder / names[1]).release_id == shelf.current_id(here.releases)
    shutil.rmtree(folder)
    folder.write_text("a file")
    assert "is published, but the copy of the data was not made" in back_up_after_publication()


def test_the_command_without_a_file_uses_the_folder_of_copies(
    here: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, folder = CliRunner().invoke, tmp_path / "copies"
    refused = run(app, ["backup"])
    assert refused.exit_code != 0
    assert "CYBER_VALLEYS_BACKUP_DIR" in refused.output
    monkeypatch.setenv("CYBER_VALLEYS_BACKUP_DIR", str(folder))
    settings.cache_clear()
    made = run(app, ["backup"])
    assert made.exit_code == 0, made.output
    (copy,) = folder.iterdir()
    assert copy.name in "".join(made.output.split())
    assert read_backup(copy).release_id == shelf.current_id(here.releases)


@pytest.mark.slow
def test_the_commands_say_what_they_did(here: Installation, tmp_path: Path) -> None:
    run, file = CliRunner().invoke, tmp_path / "all.zip"
    made = run(app, ["backup", str(file), "--every-release"])
    assert made.exit_code == 0
    assert f"release {shelf.current_id(here.releases)})" in made.output
    refused = run(app, ["restore", str(file)])
    assert (refused.exit_code, "--replace" in refused.output) == (4, True)
    (here.register / "events.csv").write_text("lost")
    done = run(app, ["restore", str(file), "--replace"])
    assert done.exit_code == 0
    assert "Set aside: " in done.output
    assert (here.register / "events.csv").read_text() != "lost"
