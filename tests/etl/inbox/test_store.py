"""The inbox keeps what it acknowledges, takes no more than it should, and stays bounded."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from etl.errors import PublishError
from etl.inbox import ground
from etl.inbox.ground import File
from etl.inbox.model import MAX_BYTES, Draft, NotKept, Refused, State
from etl.inbox.store import Inbox
from tests.etl.inbox.conftest import Clock, correction, file_of, new

HOSTILE = (
    "<script>alert(1)</script>",
    "Robert'); DROP TABLE suggestion;--",
    '=HYPERLINK("http://evil.example","x")',
    "\x1b[2J\u202e\ud800 half",
    "мicrosoft",
)


@pytest.fixture(params=["file", pytest.param("server", marks=pytest.mark.slow)])
def either(request: pytest.FixtureRequest, clock: Clock) -> Inbox:
    """An inbox in a file, and one in PostgreSQL."""
    if request.param == "file":
        return request.getfixturevalue("box")
    return Inbox(request.getfixturevalue("address"), clock=clock)


def test_the_same_again_is_one_suggestion(either: Inbox) -> None:
    first = either.add(new(), "form")
    assert either.add(new(), "form") == first
    assert either.add(new(), "another form") == first + 1
    assert either.add(new("Other"), "form") == first + 2
    assert len(either.suggestions()) == 3


def test_a_replay_over_the_limit_still_has_its_number(either: Inbox) -> None:
    first = either.add(new("0"), "form")
    for i in range(1, 5):
        either.add(new(str(i)), "form")
    with pytest.raises(Refused, match="sent 5 suggestions within the hour"):
        either.add(new("6"), "form")
    assert either.add(new("0"), "form") == first


def test_a_limit_ends_with_the_hour(either: Inbox, clock: Clock) -> None:
    for i in range(5):
        either.add(new(str(i)), "form")
    clock.now += 3601
    either.add(new("later"), "form")
    assert len(either.suggestions(State.OPEN)) == 6


def test_no_more_wait_than_the_inbox_may_hold(tmp_path: Path) -> None:
    box = Inbox(tmp_path / "i.sqlite", max_open=3)
    numbers = [box.add(new(), str(i)) for i in range(3)]
    with pytest.raises(Refused, match="inbox is full"):
        box.add(new(), "4")
    box.reject(numbers[0], "no")
    assert box.add(new(), "4") == 4


@pytest.mark.parametrize("text", HOSTILE)
def test_text_comes_out_as_it_went_in(either: Inbox, text: str) -> None:
    number = either.add(new(text, notes=text), "form")
    found = either.get(number)
    assert found is not None
    assert found.values["name"] == text.replace("\ud800", "?")
    assert [s.number for s in either.suggestions()] == [number]


def test_five_megabytes_are_refused(either: Inbox) -> None:
    with pytest.raises(Refused, match="20 kB in all"):
        either.add(new(notes="x" * 5_000_000), "form")
    either.add(new(notes="ж" * (MAX_BYTES // 4)), "form")
    assert len(either.suggestions()) == 1


def test_the_contact_goes_with_the_decision_from_every_byte(box: Inbox) -> None:
    numbers = [box.add(correction(contact=f"person{i}@example.org"), str(i)) for i in range(2)]
    assert [s.contact for s in box.suggestions()] == ["person0@example.org", "person1@example.org"]
    box.reject(numbers[0], "no")
    box.begin(numbers[1], "at-x", {"before": {}, "after": {}})
    box.finish(numbers[1])
    assert [s.contact for s in box.suggestions()] == ["", ""]
    kept = b"".join(path.read_bytes() for path in file_of(box).parent.iterdir())
    assert b"@example.org" not in kept


def test_texts_are_deleted_half_a_year_after_the_decision(either: Inbox, clock: Clock) -> None:
    number, waiting = either.add(new("Secret"), "form"), either.add(new("Waiting"), "form")
    either.reject(number, "Not about security.")
    clock.now += 179 * 86_400
    assert either.forget() == 0
    clock.now += 2 * 86_400
    assert either.forget() == 1
    found = either.get(number)
    assert found is not None
    assert (found.values, found.reason) == ({}, "Not about security.")
    assert either.get(waiting).values["name"] == "Waiting"  # type: ignore[union-attr]
    if isinstance(either.ground, File):
        assert b"Secret" not in b"".join(p.read_bytes() for p in file_of(either).parent.iterdir())


def test_nothing_is_decided_twice(either: Inbox) -> None:
    number = either.add(new(), "form")
    assert either.reject(number, "no")
    assert not either.reject(number, "again")
    assert not either.begin(number, "fr-x", {})
    assert not either.finish(number)


@pytest.mark.parametrize("number", [0, -1, 99, 2**70])
def test_an_unknown_number_is_nothing(either: Inbox, number: int) -> None:
    assert either.get(number) is None
    either.add(new(), "form")
    assert either.get(number) is None


def _flood(arguments: tuple[Path, int, int]) -> tuple[list[int], int]:
    path, worker, each = arguments
    box, taken, refused = Inbox(path, per_session=10**9, per_hour=200), [], 0
    for i in range(each):
        try:
            taken.append(box.add(new(f"{worker} {i}", notes="x" * 900), f"{worker} {i}"))
        except Refused:
            refused += 1
    return taken, refused


@pytest.mark.slow
def test_ten_thousand_at_once_leave_the_limit_and_a_small_file(tmp_path: Path) -> None:
    path = tmp_path / "i.sqlite"
    with ProcessPoolExecutor(4) as pool:
        done = list(pool.map(_flood, [(path, worker, 2_500) for worker in range(4)]))
    taken = [number for numbers, _ in done for number in numbers]
    assert sorted(taken) == list(range(1, 201)), "as many as an hour takes, each once"
    assert sum(refused for _, refused in done) == 9_800
    assert [s.number for s in Inbox(path).suggestions()] == sorted(taken)
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) < 20_000 * 200


@pytest.fixture
def locked(box: Inbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another process holds the inbox for writing."""
    box.add(new("before"), "form")
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); "
        "c.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.read()"
    )
    monkeypatch.setattr(ground, "BUSY_S", 0.2)
    with subprocess.Popen(
        [sys.executable, "-c", code, str(file_of(box))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "held\n"
        yield
        holder.stdin.close()


@pytest.mark.usefixtures("locked")
def test_a_locked_inbox_keeps_nothing_and_says_so(box: Inbox) -> None:
    with pytest.raises(NotKept, match="was not kept"):
        box.add(new("after"), "form")
    assert [s.values["name"] for s in box.suggestions()] == ["before"]
    with pytest.raises(PublishError, match="inbox can't be read or written"):
        box.reject(1, "no")


@pytest.mark.kill
def test_a_full_disk_keeps_nothing_and_says_so(tmp_path: Path) -> None:
    """The process may write 64 kB a file; what it acknowledged until then is all there."""
    path = tmp_path / "i.sqlite"
    code = (
        "import resource, signal, sys, pathlib\n"
        "from etl.inbox.store import Inbox\n"
        "from etl.inbox.model import NotKept\n"
        "from tests.etl.inbox.conftest import new\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, 65_536))\n"
        "box = Inbox(pathlib.Path(sys.argv[1]))\n"
        "try:\n"
        "    for i in range(100):\n"
        "        print(box.add(new(str(i), notes='x' * 900), str(i)), flush=True)\n"
        "except NotKept as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    *acknowledged, last = done.stdout.splitlines()
    assert "was not kept" in last
    assert 0 < len(acknowledged) < 100
    assert [str(s.number) for s in Inbox(path).suggestions()] == acknowledged


@pytest.mark.kill
def test_what_is_acknowledged_survives_being_killed(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib\n"
        "from etl.inbox.store import Inbox\n"
        "from tests.etl.inbox.conftest import new\n"
        "box = Inbox(pathlib.Path(sys.argv[1]), per_hour=10**9)\n"
        "for i in range(10**9): print(box.add(new(str(i)), str(i)), flush=True)\n"
    )
    path = tmp_path / "i.sqlite"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        seen = [int(writer.stdout.readline()) for _ in range(20)]
        writer.kill()
        seen += [int(line) for line in writer.stdout if line.endswith("\n")]
    kept = [s.number for s in Inbox(path).suggestions()]
    assert set(seen) <= set(kept)
    assert len(kept) - len(seen) <= 1, "at most the one whose number it had no time to say"


def test_a_file_that_is_no_inbox(tmp_path: Path) -> None:
    path = tmp_path / "i.sqlite"
    path.write_bytes(os.urandom(8192))
    with pytest.raises(NotKept):
        Inbox(path).add(new(), "form")
    with pytest.raises(PublishError):
        Inbox(path).suggestions()


def test_the_file_has_an_upper_bound(box: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "MAX_INBOX_BYTES", 60_000)
    kept = 0
    try:
        for i in range(200):
            kept = box.add(new(str(i), notes="x" * 900), str(i))
    except NotKept:
        assert 0 < kept < 200
    assert len(box.suggestions()) == kept < 200
    assert file_of(box).stat().st_size <= 60_000


def test_it_is_written_so_that_a_commit_waits_for_the_disk(box: Inbox) -> None:
    with box.ground.open() as connection:
        assert connection.rows("PRAGMA synchronous") == [{"synchronous": 2}]
        assert connection.rows("PRAGMA journal_mode") == [{"journal_mode": "wal"}]


def test_nothing_personal_is_in_the_tables(box: Inbox) -> None:
    box.add(Draft("", new().values, {}, "comment", "person@example.org"), "form")
    connection = sqlite3.connect(file_of(box))
    columns = {row[1] for row in connection.execute("PRAGMA table_info(suggestion)")}
    assert columns == {
        "number", "key", "session", "state", "received", "decided", "is_new", "org_id", "body",
        "reason", "plan", "own", "decided_by", "sender",
    }  # fmt: skip
    stored = str(connection.execute("SELECT * FROM suggestion").fetchall())
    connection.close()
    assert "person@example.org" not in stored


def test_the_session_is_forgotten_within_two_hours(box: Inbox, clock: Clock) -> None:
    box.add(new(), "random form token")
    clock.now += 3601
    box.forget()
    assert b"random form token" not in file_of(box).read_bytes()


def test_a_file_of_the_first_version_gets_what_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "inbox.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE suggestion (number INTEGER PRIMARY KEY AUTOINCREMENT, "
            "key TEXT NOT NULL UNIQUE, session TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'open', "
            "received REAL NOT NULL, decided REAL, is_new INTEGER NOT NULL, org_id TEXT NOT NULL, "
            "body TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', plan TEXT NOT NULL DEFAULT '{}') "
            "STRICT; CREATE TABLE contact (number INTEGER PRIMARY KEY REFERENCES suggestion, "
            "address TEXT NOT NULL) STRICT; INSERT INTO suggestion (key, session, received, "
            "is_new, org_id, body) VALUES ('k', '', 0, 1, '', '{}'); PRAGMA user_version = 1"
        )
    box = Inbox(path)
    (old,) = box.suggestions()
    assert (old.is_own, old.decided_by, box.unlogged()) == (False, "", [])
    assert box.reject(1, "no", {"account": "anna", "action": "reject"})
    assert box.suggestions()[0].decided_by == "anna"
    assert [told["account"] for _, told in box.unlogged()] == ["anna"]


def test_nobody_else_on_the_machine_reads_the_inbox(tmp_path: Path) -> None:
    box = Inbox(tmp_path / "inbox" / "inbox.sqlite")
    box.add(new(), "form")
    assert file_of(box).parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in file_of(box).parent.iterdir() if path.suffix != ".lock"
            and path.stat().st_mode & 0o077] == []  # fmt: skip
