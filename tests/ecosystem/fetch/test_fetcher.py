"""A site fetches what is published elsewhere, and whatever goes wrong serves what it has."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from starlette.applications import Starlette
from starlette.testclient import TestClient
from typer.testing import CliRunner

from ecosystem.common import fetch_state
from ecosystem.common.fetch_state import FetchState
from ecosystem.common.settings import Settings, settings
from ecosystem.common.store import ReleaseError, current, pointed_at, read_manifests
from ecosystem.fetch import fetcher as fetching
from ecosystem.fetch import objects
from ecosystem.fetch.fetcher import Fetcher, fetcher
from ecosystem.web import health, metrics, serving
from etl import doctor
from etl.cli import WRITE, app
from etl.errors import PublishError
from etl.release import shelf
from etl.release.workshop import workshop
from tests.ecosystem.fetch.publisher import Handler, Publisher

NEXT = "2026-12-01T000000Z-abcdef"
LATER = "2026-12-02T000000Z-abcdef"


@pytest.fixture
def publisher(releases_dir: Path, tmp_path: Path) -> Iterator[Publisher]:
    published = Publisher(Path(shutil.copytree(releases_dir, tmp_path / "www" / "releases")))
    with published.serving():
        yield published


@pytest.fixture
def folder(publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the site keeps what it fetches; the settings of this process name the address."""
    monkeypatch.setenv("CYBER_VALLEYS_DATABASE", publisher.address)
    monkeypatch.setenv("CYBER_VALLEYS_RELEASES_DIR", str(tmp_path / "kept"))
    settings.cache_clear()
    serving._open.cache_clear()
    yield tmp_path / "kept"
    serving._open.cache_clear()
    settings.cache_clear()


def site(publisher: Publisher, folder: Path, answer_s: float = 20, whole_s: float = 60) -> Fetcher:
    source = objects.Objects(publisher.address, answer_s, whole_s)
    return Fetcher(source, folder, publisher.address, look_s=60, keep=2)


def files_of(folder: Path) -> set[str]:
    """What is in the folder beside releases; half of one would be."""
    return {path.name for path in folder.iterdir() if not path.name.startswith("2026-")}


def gauge(name: str) -> float:
    """A number that Prometheus gets of the site."""
    metrics_given = metrics.Site(lambda: 0, lambda: None).collect()
    samples = [sample for metric in metrics_given for sample in metric.samples]
    return next(sample.value for sample in samples if sample.name == name)


KEPT = {"CURRENT", ".fetched.json", ".fetch.lock"}


def test_what_is_published_is_fetched_checked_and_served(
    publisher: Publisher, folder: Path
) -> None:
    state = site(publisher, folder).look()
    assert (state.trouble, state.release_id) == ("", publisher.release_id)
    assert current(folder).release_id == publisher.release_id
    name = f"{publisher.release_id}.duckdb"
    assert (folder / name).read_bytes() == (publisher.folder / name).read_bytes()
    assert serving.database().value("SELECT count(*) FROM organisation") == 465
    assert files_of(folder) == KEPT
    assert fetch_state.read(folder) == state


def test_a_look_without_news_costs_one_short_question(publisher: Publisher, folder: Path) -> None:
    old = time.time() - 3_600
    os.utime(publisher.folder / "CURRENT", (old, old))
    own = site(publisher, folder)
    own.look()
    publisher.asked.clear()
    assert own.look().trouble == ""
    assert publisher.asked == [("CURRENT", 304)]


def test_a_pointer_that_just_moved_is_read_again_whatever_its_time_says(
    publisher: Publisher, folder: Path
) -> None:
    own = site(publisher, folder)
    first = publisher.release_id
    publisher.point_to(first)
    own.look()
    at = (publisher.folder / "CURRENT").stat().st_mtime
    publisher.add(NEXT)
    os.utime(publisher.folder / "CURRENT", (at, at))
    own.look()
    assert pointed_at(folder) == NEXT
    publisher.point_to(first)
    own.look()
    assert pointed_at(folder) == first


def test_another_release_takes_its_place_and_the_oldest_go(
    publisher: Publisher, folder: Path
) -> None:
    own = site(publisher, folder)
    own.look()
    first = publisher.release_id
    before = serving.database()
    publisher.add(NEXT, "DELETE FROM organisation WHERE org_id = 'be-a6k'")
    own.look()
    assert serving.database().value("SELECT count(*) FROM organisation") == 464
    # Who reads the release before goes on with it.
    assert before.value("SELECT count(*) FROM organisation") == 465
    publisher.add(LATER)
    own.look()
    assert set(read_manifests(folder)) == {NEXT, LATER}
    assert before.value("SELECT count(*) FROM organisation") == 465
    assert first not in read_manifests(folder)


def test_the_publisher_goes_back_and_nothing_is_fetched_again(
    publisher: Publisher, folder: Path
) -> None:
    own = site(publisher, folder)
    first = publisher.release_id
    own.look()
    publisher.add(NEXT)
    own.look()
    publisher.point_to(first)
    publisher.asked.clear()
    own.look()
    assert pointed_at(folder) == first
    assert {name for name, _ in publisher.asked} == {"CURRENT"}


def test_an_address_that_is_down_changes_nothing_and_is_taken_up_again(
    publisher: Publisher, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = site(publisher, folder)
    own.look()
    address = publisher.address
    down = Publisher(publisher.folder)
    # Nobody listens on the port that this server had.
    with down.serving():
        port = down.port
    gone = Fetcher(
        objects.Objects(f"http://127.0.0.1:{port}/releases", 1, 1), folder, address,
        look_s=60, keep=2,
    )  # fmt: skip
    state = gone.look()
    assert "nobody answers" in state.trouble
    assert "The last look that went well was on" in state.sentences
    assert state.release_id == publisher.release_id
    assert current(folder).release_id == publisher.release_id
    client = TestClient(Starlette(routes=health.routes()))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["notes"] == [state.sentences]
    assert gauge("cyber_valleys_fetch_fine") == 0
    findings = [f for f in doctor.examine(settings()) if f.subject == "Fetch"]
    assert [f.verdict for f in findings] == [doctor.Verdict.WRONG]
    assert address in findings[0].sentence
    assert own.look().trouble == ""
    assert client.get("/readyz").json()["notes"] == []
    assert gauge("cyber_valleys_fetch_fine") == 1
    findings = [f for f in doctor.examine(settings()) if f.subject == "Fetch"]
    assert [f.verdict for f in findings] == [doctor.Verdict.FINE]


def stall(handler: Handler) -> bool:
    time.sleep(1.5)
    handler.close_connection = True
    return True


def send_half_and_stall(handler: Handler) -> bool:
    handler.send_file(b"x" * 100_000, 24_000_000)
    return stall(handler)


def send_half(handler: Handler) -> bool:
    handler.send_file(b"x" * 100_000, 24_000_000)
    handler.close_connection = True
    return True


def fail(handler: Handler) -> bool:
    handler.send_error(500)
    return True


def forbid(handler: Handler) -> bool:
    handler.send_error(403)
    return True


def change_a_byte(handler: Handler) -> bool:
    path = next(handler.publisher.folder.glob("*.duckdb"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    handler.send_file(bytes(content))
    return True


def send_too_much(handler: Handler) -> bool:
    path = next(handler.publisher.folder.glob("*.duckdb"))
    handler.send_file(path.read_bytes() + b"more")
    return True


def send_too_little(handler: Handler) -> bool:
    handler.send_file(b"little")
    return True


def name_a_path(handler: Handler) -> bool:
    handler.send_file(b"../../etc/passwd")
    return True


def send_without_end(handler: Handler) -> bool:
    handler.send_file(b"x" * 200_000)
    return True


@pytest.mark.parametrize(
    ("file", "hook", "said"),
    [
        ("CURRENT", stall, "nobody answers"),
        ("CURRENT", fail, "nobody answers"),
        ("CURRENT", forbid, "let nobody in"),
        ("CURRENT", name_a_path, "names no release"),
        ("CURRENT", send_without_end, "names no release"),
        ("json", stall, "nobody answers"),
        ("json", send_too_little, "manifest"),
        ("json", send_without_end, "manifest"),
        ("duckdb", stall, "nobody answers"),
        ("duckdb", send_half, "nobody answers"),
        ("duckdb", send_half_and_stall, "nobody answers"),
        ("duckdb", fail, "nobody answers"),
        ("duckdb", change_a_byte, "not arrive as it was published"),
        ("duckdb", send_too_much, "not arrive as it was published"),
        ("duckdb", send_too_little, "not arrive as it was published"),
    ],
)
def test_what_arrives_broken_is_not_taken(
    publisher: Publisher, folder: Path, file: str, hook: object, said: str
) -> None:
    site(publisher, folder).look()
    first = publisher.release_id
    publisher.add(NEXT)
    publisher.hooks[file] = hook  # type: ignore[assignment]
    state = site(publisher, folder, answer_s=0.5).look()
    assert said in state.trouble
    assert (pointed_at(folder), state.release_id) == (first, first)
    assert current(folder).trouble == ""
    assert set(read_manifests(folder)) == {first}
    assert files_of(folder) == KEPT
    publisher.hooks.clear()
    assert site(publisher, folder).look().trouble == ""
    assert current(folder).release_id == NEXT


def test_what_arrives_too_slowly_is_given_up(publisher: Publisher, folder: Path) -> None:
    def drip(handler: Handler) -> bool:
        handler.send_file(b"", 24_000_000)
        for _ in range(40):
            try:
                handler.wfile.write(b"x" * 1_000)
            except OSError:
                break
            time.sleep(0.1)
        handler.close_connection = True
        return True

    publisher.hooks["duckdb"] = drip
    begun = time.monotonic()
    state = site(publisher, folder, answer_s=30, whole_s=1).look()
    assert state.trouble
    assert time.monotonic() - begun < 30
    assert not read_manifests(folder)


def test_a_release_that_changes_while_it_is_fetched_is_fetched_anew(
    publisher: Publisher, folder: Path
) -> None:
    def publish_meanwhile(handler: Handler) -> bool:
        del handler
        publisher.hooks.clear()
        publisher.add(NEXT)
        return False

    publisher.hooks["duckdb"] = publish_meanwhile
    assert site(publisher, folder).look().trouble == ""
    assert current(folder).release_id == NEXT


def test_a_release_that_is_taken_away_while_it_is_fetched_leads_to_the_next(
    publisher: Publisher, folder: Path
) -> None:
    first = publisher.release_id

    def replace_meanwhile(handler: Handler) -> bool:
        publisher.hooks.clear()
        publisher.add(NEXT)
        for path in publisher.folder.glob(f"{first}.*"):
            path.unlink()
        handler.send_error(404)
        return True

    publisher.hooks["duckdb"] = replace_meanwhile
    assert site(publisher, folder).look().trouble == ""
    assert current(folder).release_id == NEXT


def test_a_release_of_another_version_is_refused_and_not_fetched_at_every_look(
    publisher: Publisher, folder: Path
) -> None:
    own = site(publisher, folder)
    own.look()
    first = publisher.release_id
    publisher.add(NEXT, "ALTER TABLE town DROP COLUMN population")
    state = own.look()
    assert "another version of Cyber Valleys: town.population" in state.trouble
    assert current(folder).release_id == first
    publisher.asked.clear()
    assert own.look().trouble == state.trouble
    assert "duckdb" not in {name for name, _ in publisher.asked}
    publisher.point_to(first)
    publisher.add(LATER)
    assert own.look().trouble == ""
    assert current(folder).release_id == LATER


def test_a_release_that_has_more_than_is_asked_for_is_taken(
    publisher: Publisher, folder: Path
) -> None:
    publisher.add(NEXT, "CREATE TABLE novelty AS SELECT 1 AS n")
    assert site(publisher, folder).look().trouble == ""
    assert current(folder).release_id == NEXT


def test_a_disk_without_room_is_said_before_anything_is_fetched(
    publisher: Publisher, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "_SPARE_BYTES", 10**15)
    state = site(publisher, folder).look()
    assert "can't be kept here (release" in state.trouble
    assert "MB are free" in state.trouble
    assert "duckdb" not in {name for name, _ in publisher.asked}
    monkeypatch.undo()
    assert site(publisher, folder).look().trouble == ""


def test_a_disk_that_fills_up_meanwhile_leaves_what_there_was(
    publisher: Publisher, folder: Path
) -> None:
    own = site(publisher, folder)
    own.look()
    first = publisher.release_id
    publisher.add(NEXT)
    part = folder / fetching._PART.format(NEXT)

    def fill(handler: Handler) -> bool:
        del handler
        # What is written there finds no space left on the device.
        part.symlink_to("/dev/full")
        return False

    publisher.hooks["json"] = fill
    state = own.look()
    assert "No space left on device" in state.trouble
    assert current(folder).release_id == first
    assert files_of(folder) == KEPT
    publisher.hooks.clear()
    assert own.look().trouble == ""
    assert current(folder).release_id == NEXT


def test_a_file_that_is_damaged_here_is_fetched_again(publisher: Publisher, folder: Path) -> None:
    own = site(publisher, folder)
    own.look()
    path = folder / f"{publisher.release_id}.duckdb"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)
    with pytest.raises(ReleaseError, match="damaged on disk"):
        current(folder)
    assert own.look().trouble == ""
    assert current(folder).trouble == ""
    assert serving.database().value("SELECT count(*) FROM organisation") == 465


def test_while_one_process_fetches_no_other_does(publisher: Publisher, folder: Path) -> None:
    folder.mkdir()
    with FileLock(folder / ".fetch.lock"):
        site(publisher, folder).look()
        assert publisher.asked == []
    assert site(publisher, folder).look().trouble == ""


def test_without_anything_yet_the_first_visitor_waits_for_the_fetch(
    publisher: Publisher, folder: Path
) -> None:
    with pytest.raises(ReleaseError, match="as soon as that can be had"):
        current(folder)
    own = fetcher()
    assert own is not None
    own.begin()
    own.wait_for_first()
    own.end()
    assert current(folder).release_id == publisher.release_id


def test_without_anything_to_be_had_there_is_a_clear_sentence(
    publisher: Publisher, folder: Path
) -> None:
    publisher.hooks["CURRENT"] = fail
    site(publisher, folder, answer_s=0.5).look()
    with pytest.raises(ReleaseError, match=r"no data yet\. Where releases are .* nobody answers"):
        current(folder)
    answer = TestClient(Starlette(routes=health.routes())).get("/readyz")
    assert answer.status_code == 503
    assert "127.0.0.1" not in answer.text


def test_an_unforeseen_failure_ends_neither_the_looks_nor_the_site(
    publisher: Publisher, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = site(publisher, folder)
    with monkeypatch.context() as broken:
        broken.setattr(own._source, "pointed", lambda _=None: 1 / 0)
        assert "the log has the reason" in own.look().trouble
    assert own.look().trouble == ""


def test_looks_go_on_by_themselves(publisher: Publisher, folder: Path) -> None:
    own = Fetcher(
        objects.Objects(publisher.address, 20, 60), folder, publisher.address,
        look_s=0.05, keep=2,
    )  # fmt: skip
    own.begin()
    own.wait_for_first()
    publisher.add(NEXT)
    end = time.monotonic() + 60
    while pointed_at(folder) != NEXT and time.monotonic() < end:
        time.sleep(0.02)
    own.end()
    assert current(folder).release_id == NEXT
    ended = [thread for thread in threading.enumerate() if thread.name == "fetch of releases"]
    for thread in ended:
        thread.join(60)
    assert not any(thread.is_alive() for thread in ended)


def test_nothing_is_published_where_a_site_keeps_what_it_fetches(
    publisher: Publisher, folder: Path
) -> None:
    site(publisher, folder).look()
    for publish in (
        lambda: workshop(folder).__enter__(),
        lambda: shelf.rollback(folder),
        lambda: shelf.prune(folder, 0),
    ):
        with pytest.raises(PublishError, match="publish there"):
            publish()
    refused = CliRunner().invoke(app, ["refresh", "--yes"])
    assert refused.exit_code == WRITE
    assert "publish there" in " ".join(refused.output.split())


def test_a_password_is_seen_by_nobody(
    publisher: Publisher, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    publisher.hooks["CURRENT"] = fail
    secret = publisher.address.replace("//", "//somebody:secret@")
    own = fetcher(Settings(database=secret, releases_dir=folder))
    assert own is not None
    state = own.look()
    assert state.address == publisher.address
    assert "secret" not in f"{state} {caplog.text} {(folder / '.fetched.json').read_text('utf-8')}"


def test_a_state_that_cannot_be_kept_is_known_to_its_process(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    state = FetchState("http://example.org", "2026-12-01T00:00:00+00:00", trouble="It failed.")
    fetch_state.write(nowhere, state)
    assert fetch_state.read(nowhere) == state
    assert state.sentences == "It failed."


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"address": 1, "looked_at": "x"}', "\x00"])
def test_a_damaged_state_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / fetch_state.FILE).write_text(text, encoding="utf-8")
    assert fetch_state.read(tmp_path) is None
