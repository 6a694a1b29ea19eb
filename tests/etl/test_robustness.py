"""Real refreshes that are killed, meet each other, or run out of disk."""

from __future__ import annotations

import csv
import multiprocessing
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ecosystem.common.settings import ROOT, settings
from ecosystem.common.store import Database, current, open_read_only
from etl.cli import WRITE, app
from etl.errors import PublishError
from etl.release import shelf, workshop
from tests import reference

pytestmark = pytest.mark.kill

VALLEYS = {
    "fr-bretagne": ("nuts2_hint", "FRH0"),
    "ee-estonia": ("country", "EE"),
    "lu-luxembourg": ("country", "LU"),
}
# Lists whose rows name a valley, and some of them an organisation.
OF_VALLEYS = (
    "valleys.csv",
    "network.csv",
    "partnership_members.csv",
    "practices.csv",
    "s3_wordings.csv",
)
# Lists whose rows are about organisations, wherever these are.
OF_ORGANISATIONS = ("funding_rounds.csv", "organisation_facts.csv")
EACH = 7
# Of a whole refresh and of its last part; of publishing alone and of its last part.
REFRESH_KILLS, LAST_KILLS, PUBLISH_KILLS, LATE_KILLS = 12, 8, 15, 15
# Nobody waits so long but for what doesn't come.
TIMEOUT_S = 300


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _write(path: Path, rows: list[dict[str, str]], columns: list[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns)
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The register, cut down to a few organisations in three valleys."""
    folder = Path(
        shutil.copytree(settings().register_dir, tmp_path_factory.mktemp("small") / "register")
    )
    organisations = _rows(folder / "organisations.csv")
    chosen = [
        row
        for column, value in VALLEYS.values()
        for row in [row for row in organisations if row[column] == value][:EACH]
    ]
    known = {row["org_id"] for row in chosen} | {""}
    _write(folder / "organisations.csv", chosen, list(chosen[0]))
    for file in OF_VALLEYS:
        rows = _rows(folder / file)
        kept = [row for row in rows if row["valley_id"] in (*VALLEYS, "")]
        for row in kept:
            if row.get("org_id") not in known:
                row["org_id"] = ""
        columns = list(rows[0])
        _write(folder / file, [{name: row[name] for name in columns} for row in kept], columns)
    for file in OF_ORGANISATIONS:
        rows = _rows(folder / file)
        _write(folder / file, [row for row in rows if row["org_id"] in known], list(rows[0]))
    return folder


@pytest.fixture(scope="module")
def first(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one release of the small register."""
    folder = tmp_path_factory.mktemp("first") / "releases"
    assert _cold(small, folder).wait(TIMEOUT_S) == 0
    return folder


@pytest.fixture
def releases(first: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(first, tmp_path / "releases"))


@pytest.fixture(scope="module")
def warm() -> ForkServerContext:
    """Starts processes that have modules and reference data already, and can write at once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.etl.warm", __name__])
    return context


def _scratch(releases: Path) -> Path:
    """Temporary folder of the processes that work in a folder of releases."""
    folder = releases.with_name(f"{releases.name}-tmp")
    folder.mkdir(exist_ok=True)
    return folder


def _environment(register: Path, releases: Path) -> dict[str, str]:
    """For a process that must not touch the data of this installation."""
    return os.environ | {
        "CYBER_VALLEYS_REGISTER_DIR": str(register),
        "CYBER_VALLEYS_RELEASES_DIR": str(releases),
        "CYBER_VALLEYS_INBOX_FILE": str(_scratch(releases) / "inbox.sqlite"),
        "TMPDIR": str(_scratch(releases)),
    }


def _cold(register: Path, releases: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "etl", "refresh", str(register)],
        cwd=ROOT,
        env=_environment(register, releases),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def _refresh(register: Path, releases: Path) -> tuple[int, str]:
    os.environ.update(_environment(register, releases))
    tempfile.tempdir = None
    settings.cache_clear()
    result = CliRunner().invoke(app, ["refresh", str(register)])
    return result.exit_code, result.output


def _refresh_at_once(register: Path, releases: Path) -> None:
    """Refresh with reference data that is there already, and with the larger towns alone."""
    with reference.read_once():
        code, _ = _refresh(register, releases)
    sys.exit(code)


def _refreshing(context: ForkServerContext, register: Path, folder: Path) -> ForkServerProcess:
    process = context.Process(target=_refresh_at_once, args=(register, folder))
    process.start()
    return process


def _publish_again(database: Path, folder: Path) -> None:
    """The writing part of a refresh, with the database of an earlier one."""
    with workshop.workshop(folder) as building:
        built = building / "release.duckdb"
        shutil.copyfile(database, built)
        release_id = shelf.new_release_id(folder, "a9a1a0")
        shelf.publish(built, folder, release_id, EACH * len(VALLEYS), datetime.now(UTC))


def _publishing(context: ForkServerContext, database: Path, folder: Path) -> ForkServerProcess:
    process = context.Process(target=_publish_again, args=(database, folder))
    process.start()
    return process


def _until(happened: Callable[[], bool], is_alive: Callable[[], bool]) -> None:
    end = time.monotonic() + TIMEOUT_S
    while not happened() and is_alive():
        assert time.monotonic() < end
        time.sleep(0.005)  # looking more often, two threads would keep half a core busy


def _is_building(folder: Path) -> bool:
    return any(folder.glob(f"{workshop.BUILDING}*"))


Kill = Callable[[Path, float], bool]


def _kills(context: ForkServerContext, register: Path, database: Path) -> dict[str, Kill]:
    """Ways to kill: each starts a process in a folder and kills it some seconds after a mark.

    They tell whether the process was still there to be killed.
    """

    def at_work(folder: Path) -> set[Path]:
        return {path / "release.duckdb" for path in folder.glob(f"{workshop.BUILDING}*")}

    def killed(process: ForkServerProcess, after_s: float) -> bool:
        process.join(after_s)
        process.kill()
        process.join(TIMEOUT_S)
        return process.exitcode == -signal.SIGKILL

    def refreshing(folder: Path) -> ForkServerProcess:
        return _refreshing(context, register, folder)

    def publishing(folder: Path) -> ForkServerProcess:
        return _publishing(context, database, folder)

    def from_the_start(folder: Path, after_s: float) -> bool:
        return killed(refreshing(folder), after_s)

    def when(
        begin: Callable[[Path], ForkServerProcess], started: Callable[[Path], set[Path]]
    ) -> Kill:
        def kill(folder: Path, after_s: float) -> bool:
            before = started(folder)
            process = begin(folder)
            _until(lambda: not started(folder) <= before, process.is_alive)
            return killed(process, after_s)

        return kill

    return {
        "refresh": from_the_start,
        "last": when(refreshing, at_work),
        "publish": when(publishing, at_work),
        "late": when(publishing, lambda folder: set(folder.glob("*.duckdb"))),
    }


def _check(folder: Path, old: str) -> str:
    """The release that a kill left is whole, answers, and is the old or a later one."""
    release = current(folder)
    assert not release.trouble
    assert release.release_id >= old
    database = Database(release)
    assert database.value("SELECT count(*) FROM organisation") == EACH * len(VALLEYS)
    database.close()
    return release.release_id


def _left(releases: Path) -> list[Path]:
    """What processes left in the folder's temporary folder."""
    return list(_scratch(releases).glob(f"{workshop.SCRATCH}*"))


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def _whole_folder(folder: Path) -> set[str]:
    """What may lie in a folder: all releases that are whole, the pointer and the lock."""
    known = shelf.releases(folder)
    assert all(shelf.is_intact(folder, manifest) for manifest in known)
    pairs = {f"{m.release_id}.{ending}" for m in known for ending in ("duckdb", "json")}
    return {shelf.POINTER, shelf.SHOWN, workshop.LOCK, *pairs}


def _spread(number: int, length: float) -> Iterator[float]:
    """Random moments, one in each of equal parts of a length."""
    for part in range(number):
        yield length * (part + random.random()) / number  # noqa: S311


def test_fifty_kills_leave_a_whole_release_and_nothing_else(
    small: Path, first: Path, warm: ForkServerContext, tmp_path: Path
) -> None:
    folders = [Path(shutil.copytree(first, tmp_path / name)) for name in ("a", "b")]
    database = next(first.glob("*.duckdb"))
    began = time.monotonic()
    whole = _refreshing(warm, small, folders[0])
    _until(lambda: _is_building(folders[0]), whole.is_alive)
    last = time.monotonic()
    whole.join(TIMEOUT_S)
    assert whole.exitcode == 0
    refresh_s, last_s = time.monotonic() - began, time.monotonic() - last
    process = _publishing(warm, database, folders[1])
    _until(lambda: _is_building(folders[1]), process.is_alive)
    began = time.monotonic()
    process.join(TIMEOUT_S)
    publish_s = time.monotonic() - began
    moments = [
        *(("refresh", after) for after in _spread(REFRESH_KILLS, refresh_s)),
        *(("last", after) for after in _spread(LAST_KILLS, last_s)),
        *(("publish", after) for after in _spread(PUBLISH_KILLS, publish_s)),
        *(("late", after) for after in _spread(LATE_KILLS, publish_s / 4)),
    ]
    random.shuffle(moments)
    kills = _kills(warm, small, database)

    def attack(folder: Path, moments: list[tuple[str, float]]) -> list[bool]:
        moved = []
        for kill, after_s in moments:
            old = _check(folder, "")
            while not kills[kill](folder, after_s):
                after_s /= 2
            new = _check(folder, old)
            # What one process left is gone as soon as the next one needs a place of its own.
            assert len(list(folder.glob(f"{workshop.BUILDING}*"))) <= 1
            assert len(_left(folder)) <= 1
            moved.append(new != old)
        return moved

    half = len(moments) // 2
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(attack, folders, (moments[:half], moments[half:])))
    assert {True, False} == {moved for folder in outcomes for moved in folder}
    for folder in folders:
        with workshop.workshop(folder) as building:
            assert _names(folder) - {building.name, workshop.HOLDER} == _whole_folder(folder)
    refreshed = [_cold(small, folder) for folder in folders]
    assert [process.wait(TIMEOUT_S) for process in refreshed] == [0, 0]
    for folder in folders:
        assert _names(folder) == _whole_folder(folder)
        assert len(shelf.releases(folder)) <= shelf.KEEP
        assert not _left(folder)


def test_of_two_refreshes_at_once_each_follows_the_other_or_is_refused(
    small: Path, releases: Path
) -> None:
    both = [_cold(small, releases) for _ in range(2)]
    said = [process.communicate(timeout=TIMEOUT_S)[1] for process in both]
    codes = [process.returncode for process in both]
    assert 0 in codes
    assert not any("Traceback" in words for words in said)
    for code, words in zip(codes, said, strict=True):
        assert code == 0 or (code == WRITE and "Nothing was published" in words)
    known = [manifest.release_id for manifest in shelf.releases(releases)]
    assert len(known) == 1 + codes.count(0)
    assert shelf.current_id(releases) == known[0]
    for release_id, compared_with in pairwise(known):
        with open_read_only(releases / f"{release_id}.duckdb") as connection:
            assert connection.execute("SELECT previous_id FROM release").fetchone() == (
                compared_with,
            )
    assert _names(releases) == _whole_folder(releases)


HOLD = """
import sys
from pathlib import Path
from etl.release import workshop
with workshop.workshop(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(small: Path, releases: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that is at work in the folder."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(releases)],
        cwd=ROOT,
        env=_environment(small, releases),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def _enter(folder: Path, say: shelf.Say, wait_s: float) -> None:
    with workshop.workshop(folder, say, wait_s=wait_s):
        pass


WRITERS: dict[str, Callable[[Path, shelf.Say, float], object]] = {
    "refresh": _enter,
    "rollback": lambda folder, say, wait_s: shelf.rollback(
        folder, shelf.current_id(folder), say, wait_s=wait_s
    ),
    "prune": lambda folder, say, wait_s: shelf.prune(folder, 5, say, wait_s=wait_s),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_who_waits_too_long_is_told_for_whom(
    releases: Path, holder: subprocess.Popen[str], writer: str
) -> None:
    said: list[str] = []
    with pytest.raises(PublishError, match=rf"Process {holder.pid} on .*Gave up after 1\.2 sec"):
        WRITERS[writer](releases, said.append, 1.2)
    (sentence,) = said
    assert f"Process {holder.pid} on " in sentence
    assert "since 20" in sentence
    assert "`-c " in sentence, "the command"
    assert "waiting for it, 1.2 s at most" in sentence


@pytest.mark.parametrize("end", [subprocess.Popen.kill, lambda process: process.stdin.close()])
def test_who_waits_goes_on_when_the_other_is_done_or_dead(
    releases: Path, holder: subprocess.Popen[str], end: Callable[[subprocess.Popen[str]], None]
) -> None:
    said: list[str] = []

    def say(sentence: str) -> None:
        said.append(sentence)
        end(holder)

    _enter(releases, say, TIMEOUT_S)
    assert len(said) == 1
    assert _names(releases) == _whole_folder(releases)


def test_the_word_of_a_dead_holder_counts_for_nothing(
    releases: Path, holder: subprocess.Popen[str]
) -> None:
    holder.kill()
    holder.wait(TIMEOUT_S)
    told = (releases / workshop.HOLDER).read_text()
    assert str(holder.pid) in told
    said: list[str] = []
    _enter(releases, said.append, 0)
    assert not said
    assert not (releases / workshop.HOLDER).exists()


def _refresh_on_a_small_disk(
    register: Path, releases: Path, limit: int, step: str, said: Path
) -> None:
    """Refresh, with a limit on the size of files from a step on; tell how it ended."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    write = shelf._write

    def writing(path: Path, text: str) -> None:
        if step == path.suffix or step == path.name:
            limited()
        write(path, text)

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    shelf._write = writing
    if not step:
        limited()
    code, output = _refresh(register, releases)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    said.write_text(f"{code} {output}", encoding="utf-8")


@pytest.mark.parametrize(
    ("share", "limit", "step"),
    [
        (0, 10_000, ""),
        (0.3, 0, ""),
        (0.9, 0, ""),
        (0, 40, ".json"),
        (0, 5, shelf.POINTER),
    ],
)
def test_a_full_disk_leaves_the_current_release(
    small: Path,
    releases: Path,
    warm: ForkServerContext,
    tmp_path: Path,
    share: float,
    limit: int,
    step: str,
) -> None:
    old = current(releases)
    before = _names(releases)
    limit += round(share * old.path.stat().st_size)
    process = warm.Process(
        target=_refresh_on_a_small_disk,
        args=(small, releases, limit, step, tmp_path / "said"),
    )
    process.start()
    process.join(TIMEOUT_S)
    said = (tmp_path / "said").read_text(encoding="utf-8")
    assert said.startswith(f"{WRITE} "), said
    assert "free space. The current release is as it was." in " ".join(said.split())
    assert "Traceback" not in said
    assert current(releases) == old
    assert _names(releases) == before
    assert not _left(releases)
    process = _publishing(warm, old.path, releases)
    process.join(TIMEOUT_S)
    assert _check(releases, old.release_id) != old.release_id
