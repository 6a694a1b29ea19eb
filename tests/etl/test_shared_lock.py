"""Machines with one inbox publish and change the register one at a time, and say who does."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from ecosystem.common.settings import settings
from etl import files, postgres
from etl.errors import PublishError, RegisterError
from etl.register.decide import take_back
from etl.release import shelf
from etl.release.workshop import alone, say_nothing, workshop
from etl.shared_lock import register_lock, require_held
from tests.postgres import Postgres

pytestmark = pytest.mark.slow
DOWN = "postgresql://me:secret@127.0.0.1:9/valleys"
# What another machine does until it is told to stop: it has folders of its own.
PUBLISH = "with alone(settings().releases_dir, say_nothing, None):"
CHANGE = "with register_lock(settings().register_dir / 'duplicate_decisions.csv'):"
CODE = """
import sys
from ecosystem.common.settings import settings
from etl.release.workshop import alone, say_nothing
from etl.shared_lock import register_lock
sys.argv = ["/opt/bin/cyber-valleys", "refresh", "--yes"]
{doing}
    print("held", flush=True)
    sys.stdin.read()
"""
Use = Callable[[str], None]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Use]:
    """Make this an installation of its own, with an inbox at an address."""
    for name in ("register", "releases"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(f"CYBER_VALLEYS_{name.upper()}_DIR", str(tmp_path / name))

    def use(address: str) -> None:
        monkeypatch.setenv("CYBER_VALLEYS_INBOX_DATABASE", address)
        settings.cache_clear()

    yield use
    monkeypatch.undo()
    settings.cache_clear()


@contextmanager
def another_machine(folder: Path, address: str, doing: str) -> Iterator[subprocess.Popen[str]]:
    """A process with folders of its own that holds a lock."""
    for name in ("register", "releases"):
        (folder / name).mkdir(parents=True)
    given = {
        "CYBER_VALLEYS_REGISTER_DIR": str(folder / "register"),
        "CYBER_VALLEYS_RELEASES_DIR": str(folder / "releases"),
        "CYBER_VALLEYS_INBOX_DATABASE": address,
    }
    with subprocess.Popen(
        [sys.executable, "-c", CODE.format(doing=doing)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **given},
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def cut_off(address: str) -> None:
    """End all other connections, as a server does that is started anew."""
    with postgres.opening(address) as link:
        link.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.kill
def test_a_second_machine_is_told_whom_it_waits_for_and_goes_on_when_that_is_killed(
    here: Use, address: str, tmp_path: Path
) -> None:
    here(address)
    told: list[str] = []

    def publish() -> str:
        with workshop(settings().releases_dir, told.append) as building:
            return building.name

    with (
        ThreadPoolExecutor(1) as pool,
        another_machine(tmp_path / "other", address, PUBLISH) as other,
    ):
        waiting = pool.submit(publish)
        while not told and not waiting.done():
            time.sleep(0.01)
        assert not waiting.done()
        other.kill()
        assert waiting.result(60).startswith(".building-")
    (sentence,) = told
    assert sentence.startswith(f"Process {other.pid} on {os.uname().nodename} (`cyber-valleys ref")
    assert sentence.endswith("and shares this inbox; waiting for it, 30 s at most.")
    with postgres.opening(address) as link:
        assert link.execute("SELECT * FROM holder").fetchall() == []


def test_whoever_waits_too_long_gives_up_and_says_for_whom(
    here: Use, address: str, tmp_path: Path
) -> None:
    here(address)
    with another_machine(tmp_path / "other", address, PUBLISH) as other:
        with pytest.raises(PublishError) as told, alone(settings().releases_dir, say_nothing, 0.2):
            pass
        # What is tried out in another folder is nobody else's.
        with alone(tmp_path / "register", say_nothing, 0.2):
            pass
    assert str(other.pid) in str(told.value)
    assert "`cyber-valleys refresh --yes`, since 20" in str(told.value)
    assert "shares this inbox. Gave up after 0.2 seconds" in str(told.value)
    with alone(settings().releases_dir, say_nothing, 0.2):
        pass


def test_the_register_is_changed_by_one_machine_at_a_time(
    here: Use, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here(address)
    folder = settings().register_dir
    monkeypatch.setattr(files, "LOCK_WAIT_S", 0.2)
    with another_machine(tmp_path / "other", address, CHANGE) as other:
        with pytest.raises(PublishError, match=f"Process {other.pid} on .* is changing the regis"):
            take_back(folder / "duplicate_decisions.csv", "fr-a", "fr-b")
        with register_lock(folder / "events.csv", folder / "organisations.csv"):
            pass
    with pytest.raises(RegisterError, match="Nothing is decided"):
        take_back(folder / "duplicate_decisions.csv", "fr-a", "fr-b")


def test_many_files_are_one_connection(here: Use, address: str) -> None:
    here(address)
    with (
        register_lock(*(settings().register_dir / f"{i}.csv" for i in range(30))),
        postgres.opening(address) as link,
    ):
        (row,) = link.execute(
            "SELECT count(*) AS locks, count(DISTINCT pid) AS backends FROM pg_locks "
            "WHERE locktype = 'advisory'"
        ).fetchall()
    assert row == {"locks": 30, "backends": 1}


def test_nothing_is_shown_once_the_lock_is_lost(
    here: Use, address: str, changed_releases_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here(address)
    folder = settings().releases_dir
    shutil.copytree(changed_releases_dir, folder, dirs_exist_ok=True)
    find, before = shelf.current_id, shelf.current_id(folder)

    def lose(where: Path) -> str | None:
        cut_off(address)
        return find(where)

    with monkeypatch.context() as patched:
        patched.setattr(shelf, "current_id", lose)
        with pytest.raises(PublishError, match="another one may be publishing by now"):
            shelf.rollback(folder)
    assert shelf.current_id(folder) == before
    assert shelf.rollback(folder).release_id == shelf.current_id(folder) != before


def test_a_lock_that_was_lost_is_in_the_log(
    here: Use, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    here(address)
    with caplog.at_level(logging.WARNING), alone(settings().releases_dir, say_nothing, None):
        require_held()
        cut_off(address)
        with pytest.raises(PublishError, match="was lost"):
            require_held()
    assert "another one may have begun" in caplog.text


def test_without_the_database_nothing_is_written_and_a_sentence_says_why(
    here: Use, address: str, database_server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "CONNECT_S", 2)
    monkeypatch.setattr(postgres, "SILENT_S", 0.0)
    here(DOWN)
    with pytest.raises(PublishError) as told, workshop(settings().releases_dir):
        pass
    assert "the lock that machines with one inbox share can't be had" in str(told.value)
    assert str(told.value).endswith("The current release is as it was.")
    assert "secret" not in str(told.value)
    with pytest.raises(PublishError, match="Nothing was changed"):
        take_back(settings().register_dir / "duplicate_decisions.csv", "fr-a", "fr-b")
    here(address)
    begin = time.monotonic()
    with (
        database_server.hang(),
        pytest.raises(PublishError, match="can't be had"),
        workshop(settings().releases_dir),
    ):
        pass
    assert time.monotonic() - begin < 4 * postgres.ANSWER_S
    with workshop(settings().releases_dir) as building:
        assert building.is_dir()
