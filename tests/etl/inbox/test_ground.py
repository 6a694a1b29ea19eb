"""An inbox in PostgreSQL: sites share it, none waits for long, and nothing acknowledged is lost."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from ecosystem.common.settings import settings
from etl import postgres
from etl.errors import PublishError
from etl.inbox import ground
from etl.inbox.check import Reference
from etl.inbox.ground import File, Server, copy
from etl.inbox.model import NotKept, Refused, State
from etl.inbox.moderation import Desk
from etl.inbox.store import Inbox, _body, inbox
from tests.etl.inbox.conftest import Clock, cells_of, correction, file_of, new
from tests.postgres import Postgres

pytestmark = pytest.mark.slow
# Far more than an answer may take, for a machine that has other things to do.
SOON_S = 4 * (postgres.CONNECT_S + postgres.ANSWER_S)


@contextmanager
def soon() -> Iterator[None]:
    """What is done within neither hangs nor waits for minutes."""
    begin = time.monotonic()
    yield
    assert time.monotonic() - begin < SOON_S


def elsewhere(server: Postgres, address: str) -> str:
    """The address with a port at which nobody answers."""
    return address.replace(f":{server.port}/", ":9/")


def test_two_sites_have_one_inbox(address: str, clock: Clock) -> None:
    here, there = Inbox(address, clock=clock), Inbox(address, clock=clock)
    number = here.add(correction(contact="ann@example.org"), "form")
    assert there.add(correction(), "form") == number
    assert there.add(new(), "form") != number
    assert here.suggestions() == there.suggestions()
    assert here.get(number) == there.of_keys([correction().key("form")])[correction().key("form")]
    assert there.reject(number, "no", {"account": "anna"})
    assert not here.reject(number, "twice")
    decided = here.get(number)
    assert decided is not None
    assert (decided.contact, decided.reason, decided.decided_by) == ("", "no", "anna")
    assert [told for _, told in here.unlogged()] == [{"account": "anna"}]
    assert (here.count_open(), here.count_recent("nobody")) == (1, (0, 2))


@pytest.mark.parametrize(
    ("limit", "says"),
    [
        ({"per_session": 3}, "sent 3 suggestions"),
        ({"per_sender": 3}, "From your network, 3"),
        ({"per_hour": 3}, "More suggestions"),
        ({"max_open": 3}, "inbox is full"),
    ],
)
def test_a_limit_is_of_all_sites_together(address: str, limit: dict[str, int], says: str) -> None:
    here, there = (Inbox(address, **limit) for _ in range(2))  # type: ignore[arg-type]
    for i, site in enumerate((here, there, here)):
        site.add(new(str(i)), "form", "sender")
    with pytest.raises(Refused, match=says):
        there.add(new("4"), "form", "sender")


def _flood(arguments: tuple[str, int]) -> tuple[list[int], int]:
    address, worker = arguments
    box, taken, refused = Inbox(address, per_hour=20), [], 0
    for i in range(30):
        try:
            taken.append(box.add(new(f"{worker} {i}"), f"{worker} {i}"))
        except Refused:
            refused += 1
    return taken, refused


def test_processes_that_add_at_once_take_no_more_than_the_limit(address: str) -> None:
    """The tables are made by whichever comes first."""
    with ProcessPoolExecutor(3) as pool:
        done = list(pool.map(_flood, [(address, worker) for worker in range(3)]))
    taken = [number for numbers, _ in done for number in numbers]
    assert len(set(taken)) == len(taken) == 20
    assert sum(refused for _, refused in done) == 70
    assert [s.number for s in Inbox(address).suggestions()] == sorted(taken)


def test_a_limit_counts_what_another_site_is_writing(address: str) -> None:
    here, there = Inbox(address, max_open=1), Inbox(address, max_open=1)
    with here.ground.open() as connection, ThreadPoolExecutor(1) as pool:
        here.ground.begin(connection, adds=True)
        here._insert(connection, new(), "form", "", _body(new()))
        other = pool.submit(there.add, new("Other"), "another form")
        while not other.done() and not connection.rows(
            "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        ):
            time.sleep(0.01)
        connection.change("COMMIT")
        with pytest.raises(Refused, match="inbox is full"):
            other.result()
    assert here.count_open() == 1


def test_a_server_that_hangs_or_is_down_is_a_sentence_and_then_it_goes_on(
    database_server: Postgres, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "CONNECT_S", 2)
    # Long enough for a slow machine to ask twice.
    monkeypatch.setattr(postgres, "SILENT_S", 60.0)
    box = Inbox(address)
    number = box.add(new(), "form")
    with database_server.hang():
        with soon(), pytest.raises(NotKept, match="was not kept"):
            box.add(new("Other"), "form")
        with pytest.raises(
            PublishError, match=r"can't be read or written .*no answer a moment ago"
        ):
            box.count_open()
    with pytest.raises(NotKept):
        box.add(new("Other"), "form")
    # The minute is over.
    monkeypatch.setitem(postgres._silent_until, address, time.monotonic())
    down = Inbox(elsewhere(database_server, address))
    with soon(), pytest.raises(NotKept, match="was not kept"):
        down.add(new("Other"), "form")
    with soon(), pytest.raises(PublishError, match=r"check that the server runs.*Nothing was ch"):
        down.reject(number, "no")
    assert box.add(new("Other"), "form") == number + 1
    assert [s.state for s in box.suggestions()] == [State.OPEN] * 2


def test_a_server_that_stops_in_the_middle_is_cut_off(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "STATEMENT_S", 120.0)
    told = pytest.raises(postgres.DatabaseError, match=r"no answer within 0\.5 seconds")
    with soon(), told, postgres.opening(address, 0.5) as link:
        link.execute("SELECT pg_sleep(120)")


@pytest.fixture
def holder(address: str) -> Iterator[subprocess.Popen[str]]:
    """Another process is in the middle of writing."""
    code = (
        "import sys; from etl.inbox.ground import Server; place = Server(sys.argv[1])\n"
        "with place.open(600) as connection:\n"
        "    place.begin(connection); connection.change('DELETE FROM contact')\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


@pytest.mark.kill
def test_whoever_writes_is_waited_for_a_moment_and_what_it_leaves_when_killed_is_nothing(
    address: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    box = Inbox(address)
    number = box.add(correction(contact="ann@example.org"), "form")
    process = request.getfixturevalue("holder")
    with monkeypatch.context() as patient:
        patient.setattr(postgres, "BUSY_S", 0.3)
        with soon(), pytest.raises(NotKept):
            box.add(new(), "form")
        with soon(), pytest.raises(PublishError, match="lock timeout"):
            box.reject(number, "no")
    assert [s.contact for s in box.suggestions()] == ["ann@example.org"], "readers wait for nobody"
    process.kill()
    process.wait()
    assert box.add(new(), "form") > number
    assert [s.contact for s in box.suggestions()] == ["ann@example.org", ""]


def test_it_has_an_upper_bound(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Inbox(address)
    number = box.add(new(), "form")
    monkeypatch.setattr(ground, "MAX_INBOX_BYTES", 8192)
    with pytest.raises(NotKept):
        box.add(new("Other"), "form")
    assert box.reject(number, "no"), "deciding makes it no larger"


def test_a_decision_is_made_finished_and_taken_back(
    address: str, register: Path, against: Reference
) -> None:
    desk = Desk(Inbox(address), register, against)
    number = desk.inbox.add(correction(), "form")
    made = desk.inbox.add(new(), "form")
    org_id = desk.accept(number)
    assert cells_of(register / "organisations.csv", org_id)["founded"] == "2011"
    assert desk.undo(number) == org_id
    assert cells_of(register / "organisations.csv", org_id)["founded"] == "2012"
    new_id = desk.accept(made)
    assert desk.undo(made) == new_id
    desk.reject(number, "no\0")
    desk.undo(number)
    states = [(s.number, s.state, s.org_id, s.reason) for s in desk.open_suggestions()]
    assert states == [(number, State.OPEN, org_id, ""), (made, State.OPEN, "", "")]
    assert desk.inbox.unlogged() == []


def test_rows_go_from_one_ground_to_another_and_numbers_go_on(
    box: Inbox, address: str, tmp_path: Path
) -> None:
    for i in range(3):
        box.add(correction(after=str(2000 + i), contact=f"p{i}@example.org"), f"form {i}", "sender")
    box.reject(2, "no", {"account": "anna"})
    server, back = Inbox(address), tmp_path / "back.sqlite"
    server.add(new("Gone with the copy"), "form")
    server.take_from(box)
    assert server.suggestions() == box.suggestions()
    assert server.unlogged() == box.unlogged()
    assert server.add(new(), "form") == 4
    server.copy_into(back)
    assert Inbox(back).suggestions() == server.suggestions()
    assert back.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("back")] == [back.name]
    copy(File(file_of(box)), Server(address))
    assert server.add(new("After"), "form") == 5, "4 was given"


def test_what_can_not_be_taken_over_leaves_all_as_it_was(address: str, tmp_path: Path) -> None:
    server, broken = Inbox(address), tmp_path / "broken.sqlite"
    server.add(new(), "form")
    broken.write_bytes(b"no database" * 1000)
    with pytest.raises(PublishError, match="can't be read"):
        server.take_from(Inbox(broken))
    assert len(server.suggestions()) == 1


def test_tables_of_an_earlier_version_get_what_they_lack(address: str) -> None:
    box = Inbox(address)
    number = box.add(new(), "form")
    with postgres.opening(address) as link:
        for column in ("own", "decided_by", "sender"):
            link.execute(f"ALTER TABLE suggestion DROP COLUMN {column}".encode())
        link.execute("DROP TABLE unlogged")
        link.execute("UPDATE version SET version = 1")
    assert Server(address).look().version == 1
    assert box.reject(number, "no", {"account": "anna"})
    assert [told["account"] for _, told in box.unlogged()] == ["anna"]
    assert Server(address).look().version == ground.VERSION


def test_no_password_is_in_a_message(database_server: Postgres, address: str) -> None:
    secret = address.replace("valleys@", "valleys:pass%40word@")
    assert Inbox(secret).add(new(), "form") == 1
    down = Inbox(elsewhere(database_server, secret))
    with pytest.raises(PublishError) as told:
        down.suggestions()
    assert "word" not in str(told.value)
    assert "postgresql://127.0.0.1:9/" in str(told.value)


def test_it_says_what_to_install(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(PublishError, match=r"requirements-postgres\.lock"):
        Inbox(address).suggestions()


def test_the_setting_says_where_it_is(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CYBER_VALLEYS_INBOX_DATABASE", address)
    settings.cache_clear()
    try:
        number = inbox().add(new(), "form")
        assert Inbox(address).get(number) == inbox().get(number)
        assert isinstance(inbox().ground, Server)
    finally:
        monkeypatch.delenv("CYBER_VALLEYS_INBOX_DATABASE")
        settings.cache_clear()


def test_it_can_be_looked_at_without_a_change(address: str) -> None:
    place = Server(address)
    seen = place.look()
    assert (seen.version, seen.may_make, seen.may_write, seen.encoding) == (0, True, True, "UTF8")
    assert place.look() == seen, "it makes nothing"
    Inbox(address).add(new(), "form")
    assert place.look().version == ground.VERSION
    with postgres.opening(address) as link:
        link.execute("CREATE ROLE guest LOGIN")
        link.execute(f"GRANT USAGE ON SCHEMA {postgres.SCHEMA} TO guest".encode())
        link.execute("GRANT SELECT ON ALL TABLES IN SCHEMA cyber_valleys TO guest")
    guest = Server(address.replace("valleys@", "guest@")).look()
    assert (guest.version, guest.may_make, guest.may_write) == (ground.VERSION, False, False)
