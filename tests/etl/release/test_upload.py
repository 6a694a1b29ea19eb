"""One machine publishes to an object store, and sites on other machines follow."""

from __future__ import annotations

import json
import re
import shutil
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import obstore
import pytest
from typer.testing import CliRunner

from ecosystem.common.release_address import open_store
from ecosystem.common.settings import ROOT, settings
from ecosystem.common.store import current, pointed_at, read_manifests
from ecosystem.fetch.fetcher import Fetcher
from ecosystem.fetch.objects import Objects
from etl import actions
from etl.actions import Action
from etl.cli import OK, USAGE, WRITE, app
from etl.errors import PublishError
from etl.release import shelf
from etl.release.upload import upload
from tests.browser import nginx
from tests.browser.server import free_port, server
from tests.object_store import ObjectStore, object_store

pytestmark = pytest.mark.slow
BUCKET = "valleys"
ADDRESS = f"s3://{BUCKET}/releases"
PATIENCE = 180.0
# An organisation that the second release calls otherwise, as the first shows it.
RENAMED = "at-it-cluster-der-business-upper-austria"
AS_BEFORE = "<title>IT-Cluster der Business Upper Austria, Hagenberg"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    with object_store(tmp_path_factory.mktemp("objects")) as running:
        running.make_bucket(BUCKET)
        yield running


@pytest.fixture
def bucket(store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectStore]:
    """The object store, empty, for whoever reads the environment."""
    for name, value in store.environment.items():
        monkeypatch.setenv(name, value)
    there = open_store(ADDRESS, 60, 60)
    yield store
    obstore.delete(there, [meta["path"] for page in obstore.list(there) for meta in page])


@pytest.fixture
def publisher(changed_releases_dir: Path, tmp_path: Path) -> Path:
    """A folder with two releases, the second of which is current."""
    return Path(shutil.copytree(changed_releases_dir, tmp_path / "publisher"))


def names() -> set[str]:
    there = open_store(ADDRESS, 60, 60)
    return {str(meta["path"]) for page in obstore.list(there) for meta in page}


def files_of(release_id: str) -> set[str]:
    return {f"{release_id}.json", f"{release_id}.duckdb"}


def site(folder: Path) -> Fetcher:
    return Fetcher(Objects(ADDRESS, 60, 60), folder, ADDRESS, look_s=60, keep=3)


@pytest.mark.usefixtures("bucket")
def test_what_is_current_here_is_current_there(publisher: Path, tmp_path: Path) -> None:
    second = shelf.current_id(publisher) or ""
    n_earlier = len(actions.entries())
    done = upload(publisher, ADDRESS, keep=10)
    assert (done.manifest.release_id, done.removed) == (second, 0)
    assert done.copied == f"{(publisher / f'{second}.duckdb').stat().st_size / 1e6:,.1f} MB"
    assert names() == {"CURRENT", *files_of(second)}
    folder = tmp_path / "site"
    assert site(folder).look().trouble == ""
    assert current(folder).release_id == second
    for name in files_of(second):
        assert (folder / name).read_bytes() == (publisher / name).read_bytes()
    # Once more costs no second copy, and nothing is written down that didn't happen.
    assert upload(publisher, ADDRESS, keep=10).copied == ""
    told = [e for e in actions.entries()[n_earlier:] if e.action == Action.UPLOAD]
    assert [(entry.subject, entry.after) for entry in told] == [(second, second)]
    # A release is read back by its id after another one has taken its place.
    first = shelf.rollback(publisher).release_id
    upload(publisher, ADDRESS, keep=10)
    assert names() == {"CURRENT", *files_of(first), *files_of(second)}
    assert site(folder).look().trouble == ""
    assert current(folder).release_id == first
    assert set(read_manifests(folder)) == {first, second}
    # Those that are too many go, the current one never.
    assert upload(publisher, ADDRESS, keep=1).removed == 1
    assert names() == {"CURRENT", *files_of(first)}


def test_two_sites_follow_one_publisher_and_outlive_its_store(
    bucket: ObjectStore, publisher: Path, tmp_path: Path
) -> None:
    second = shelf.current_id(publisher) or ""
    upload(publisher, ADDRESS, keep=10)
    environment = {
        **bucket.environment,
        "CYBER_VALLEYS_DATABASE": ADDRESS,
        "CYBER_VALLEYS_DATABASE_LOOK_SECONDS": "0.5",
        "CYBER_VALLEYS_DATABASE_ANSWER_SECONDS": "2",
    }
    with ExitStack() as stack:
        running = [
            stack.enter_context(server(tmp_path / name, environment=environment))
            for name in ("one", "two")
        ]
        sites = [site.address for site in running]
        before = stack.enter_context(behind_nginx(tmp_path / "nginx", sites))
        assert ready(before)["release"] == second
        # Nothing was there before they were started: both had it before the first question.
        assert [ready(site)["release"] for site in sites] == [second, second]
        assert not any(AS_BEFORE in profile(site) for site in sites)
        first = shelf.rollback(publisher).release_id
        upload(publisher, ADDRESS, keep=10)
        for site in sites:
            wait_until(site, lambda told: told["release"] == first)
            assert AS_BEFORE in profile(site)
        with bucket.hang():
            for site in sites:
                told = wait_until(site, lambda told: bool(told["notes"]))
                assert (told["ready"], told["release"]) == (True, first)
                assert "nobody answers" in told["notes"][0]
                assert profile(site)
        for site in sites:
            wait_until(site, lambda told: not told["notes"])
        # One machine less, and visitors go to the other.
        running[0].process.kill()
        running[0].process.wait(60)
        assert all(AS_BEFORE in profile(before, browser=str(n)) for n in range(8))


@contextmanager
def behind_nginx(folder: Path, sites: list[str]) -> Iterator[str]:
    """nginx with the upstream of `deploy/`, in which these sites are the machines."""
    folder.mkdir()
    conf = (ROOT / "deploy" / "nginx" / "upstream-machines.conf").read_text(encoding="utf-8")
    machines = re.findall(r"192\.0\.2\.\d+:8501", conf)
    for machine, site in zip(machines, sites, strict=True):
        conf = conf.replace(machine, site.removeprefix("http://"))
    port = free_port()
    servers = f"""{conf}
      server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://cyber_valleys; }} }}
    """
    address = f"http://127.0.0.1:{port}"
    with nginx.proxying(folder, servers, f"{address}/healthz"):
        yield address


def ready(site: str) -> dict:  # type: ignore[type-arg]
    with urllib.request.urlopen(f"{site}/readyz", timeout=60) as answer:  # noqa: S310
        return dict(json.load(answer))


def wait_until(site: str, is_so: Callable[[dict], bool]) -> dict:  # type: ignore[type-arg]
    end = time.monotonic() + PATIENCE
    while not is_so(told := ready(site)):
        assert time.monotonic() < end, told
        time.sleep(0.2)
    return told


def profile(site: str, browser: str = "") -> str:
    asked = urllib.request.Request(  # noqa: S310
        f"{site}/profile/{RENAMED}", headers={"User-Agent": browser}
    )
    with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
        return str(answer.read().decode())


@pytest.mark.usefixtures("bucket")
def test_an_upload_that_breaks_off_leaves_what_was_current(
    publisher: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(publisher, ADDRESS, keep=10)
    second = shelf.current_id(publisher)
    shelf.rollback(publisher)
    put = obstore.put

    def break_off(store: object, path: str, file: object) -> object:
        if path.endswith(".json"):
            raise obstore.exceptions.GenericError("broken")
        return put(store, path, file)  # type: ignore[arg-type]

    with monkeypatch.context() as broken:
        broken.setattr(obstore, "put", break_off)
        with pytest.raises(PublishError, match="What was current there is current still"):
            upload(publisher, ADDRESS, keep=10)
    assert site(tmp_path / "site").look().release_id == second
    assert upload(publisher, ADDRESS, keep=10).copied
    assert site(tmp_path / "site").look().release_id == shelf.current_id(publisher)


@pytest.mark.usefixtures("bucket")
def test_the_command_says_what_it_did_or_why_it_could_not(
    publisher: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CYBER_VALLEYS_RELEASES_DIR", str(publisher))
    settings.cache_clear()
    try:
        call = CliRunner().invoke
        assert call(app, ["upload"]).exit_code == USAGE
        done = call(app, ["upload", ADDRESS])
        assert done.exit_code == OK, done.output
        assert f"Release {pointed_at(publisher)} is current at {ADDRESS}." in done.output
        elsewhere = call(app, ["upload", "s3://nowhere/releases"])
        assert elsewhere.exit_code == WRITE
        assert "what is looked for is missing" in " ".join(elsewhere.output.split())
        plain = call(app, ["upload", "https://example.org/releases"])
        assert plain.exit_code == WRITE
        assert "begins with s3://" in " ".join(plain.output.split())
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
        refused = call(app, ["upload", ADDRESS])
        assert refused.exit_code == WRITE
        assert "let nobody in" in " ".join(refused.output.split())
    finally:
        settings.cache_clear()
