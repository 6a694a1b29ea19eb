"""A release that was shown before its process was killed reaches the register all the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from ecosystem.common.settings import settings
from ecosystem.common.store import POINTER
from etl.cli import OK, app
from etl.release import shelf, unfinished, workshop
from etl.release.adopt import hash_register
from etl.ui.secretariat.desk import Desk

OLD, NEW = b"org_id,name\na,Old\n", b"org_id,name\na,New\n"
# Publishes a file and dies at the moment when the register would be written.
KILLED = """
import os, signal, sys
from pathlib import Path
from etl import pipeline
pipeline.adopt = lambda *given: os.kill(os.getpid(), signal.SIGKILL)
with pipeline.prepare([Path(sys.argv[1])]) as prepared:
    pipeline.publish(prepared, into_register=True)
"""


@pytest.fixture
def left(tmp_path: Path) -> tuple[Path, Path]:
    """Folders of releases and of a register, as a kill between the two leaves them."""
    releases, register = tmp_path / "releases", tmp_path / "register"
    releases.mkdir()
    register.mkdir()
    (register / "organisations.csv").write_bytes(OLD)
    hashes = hash_register(register, ["organisations"])
    unfinished.keep(releases, "r2", {"organisations": NEW}, register, hashes)
    (releases / POINTER).write_text("r2\n")
    return releases, register


def _kept(releases: Path) -> list[Path]:
    return list(releases.glob(f"{workshop.KEPT}*"))


def test_the_register_is_brought_up_to_date_and_it_is_said_once(left: tuple[Path, Path]) -> None:
    releases, register = left
    (said,) = unfinished.finish(releases)
    assert said.startswith("Release r2 was published, but the process ended before the register")
    assert "organisations.csv" in said
    assert (register / "organisations.csv").read_bytes() == NEW
    assert unfinished.finish(releases) == []
    assert _kept(releases) == []


def test_a_register_that_was_written_already_stays(left: tuple[Path, Path]) -> None:
    releases, register = left
    (register / "organisations.csv").write_bytes(NEW)
    assert len(unfinished.finish(releases)) == 1
    assert (register / "organisations.csv").read_bytes() == NEW
    assert _kept(releases) == []


@pytest.mark.parametrize("pointer", ["r1\n", ""])
def test_what_was_never_shown_is_forgotten(pointer: str, left: tuple[Path, Path]) -> None:
    releases, register = left
    (releases / POINTER).write_text(pointer)
    assert unfinished.finish(releases) == []
    assert (register / "organisations.csv").read_bytes() == OLD
    assert _kept(releases) == []


def test_a_kill_while_it_is_kept_changes_nothing(left: tuple[Path, Path]) -> None:
    releases, register = left
    (releases / f"{workshop.KEPT}r2" / "plan.json").unlink()
    assert unfinished.finish(releases) == []
    assert (register / "organisations.csv").read_bytes() == OLD
    assert _kept(releases) == []


def test_what_somebody_changed_since_is_left_and_said_until_it_is_settled(
    left: tuple[Path, Path],
) -> None:
    releases, register = left
    (register / "organisations.csv").write_bytes(b"org_id,name\na,Theirs\n")
    for _ in range(2):
        (said,) = unfinished.finish(releases)
        assert "organisations.csv of the register was changed since" in said
        assert f"is in {releases / '.adopting-r2'}" in said
    assert (register / "organisations.csv").read_bytes() == b"org_id,name\na,Theirs\n"
    unfinished.drop(releases, "r3", ["organisations", "events"])
    assert unfinished.finish(releases) == []


def test_a_publication_that_is_going_on_is_left_alone(left: tuple[Path, Path]) -> None:
    releases, register = left
    with workshop.workshop(releases):
        assert unfinished.finish(releases) == []
    assert (register / "organisations.csv").read_bytes() == OLD
    assert len(_kept(releases)) == 1


@pytest.fixture
def own_data(register: Path, releases: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings that name the copies of register and releases, here and for other processes."""
    monkeypatch.setenv("CYBER_VALLEYS_REGISTER_DIR", str(register))
    monkeypatch.setenv("CYBER_VALLEYS_RELEASES_DIR", str(releases))
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.kill
def test_a_kill_between_release_and_register_is_made_up_for_by_the_next_command(
    own_data: None, register: Path, releases: Path, tmp_path: Path
) -> None:
    own, before = register / "organisations.csv", shelf.current_id(releases)
    frame = pd.read_csv(own, dtype="str", keep_default_na=False)
    frame.loc[1, "notes"] = "Seen by the secretariat"
    given = tmp_path / "organisations.csv"
    frame.to_csv(given, index=False)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(given)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert shelf.current_id(releases) != before
    assert "Seen by the secretariat" not in own.read_text(encoding="utf-8")
    told = CliRunner().invoke(app, ["releases"])
    assert told.exit_code == OK
    assert "That was made up for now: organisations.csv." in told.output.replace("\n", " ")
    assert "Seen by the secretariat" in own.read_text(encoding="utf-8")
    assert _kept(releases) == []


def test_uploads_of_a_process_that_is_gone_are_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workshop.tempfile, "tempdir", str(tmp_path))
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    # The second is of a container's process that had the same number.
    for pid in (gone.pid, os.getpid()):
        (tmp_path / f"{workshop.SCRATCH}{pid}-x" / "0").mkdir(parents=True)
    one, other = Desk(), Desk()
    one.take([], adding=False)
    other.take([], adding=False)
    assert len(list(tmp_path.iterdir())) == 2
    one.clear()
    other.clear()
    assert list(tmp_path.iterdir()) == []
