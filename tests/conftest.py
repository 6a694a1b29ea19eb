"""One real release for all tests, built by the ETL from their own register into a temporary folder.

Tests read the register in ``tests/register``, whatever becomes of the one in ``data/register``.
"""

from __future__ import annotations

import csv
import gc
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import hypothesis
import pytest
from filelock import FileLock

from ecosystem.common.settings import ROOT, settings

REGISTER = ROOT / "tests" / "register"
# Before anything reads the settings, and for every process that a test starts.
os.environ["CYBER_VALLEYS_REGISTER_DIR"] = str(REGISTER)
# It goes with this process.
_LOG = tempfile.TemporaryDirectory(prefix="cyber-valleys-log-", ignore_cleanup_errors=True)
os.environ["CYBER_VALLEYS_LOG_FILE"] = str(Path(_LOG.name) / "actions.jsonl")
# Only a browser works for a suggestion; the tests with one ask for it again.
os.environ["CYBER_VALLEYS_INBOX_WORK_BITS"] = "0"
settings.cache_clear()

# How long an example takes says something of the machine, not of the code.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.register_profile("check", deadline=None, max_examples=20)
hypothesis.settings.load_profile("untimed")

# Tables of many small objects live through the run; looking through them for garbage takes a
# tenth of the time.
gc.set_threshold(50_000)

# The files that take longest, longest first: begun last, one of them would keep one worker busy
# while the others have nothing left to do.
LONGEST = (
    "tests/browser/test_visit.py",
    "tests/browser/test_hostile.py",
    "tests/etl/test_robustness.py",
    "tests/browser/test_secretariat.py",
    "tests/pages/test_secretariat.py",
    "tests/etl/release/test_adopt.py",
    "tests/browser/test_regions.py",
    "tests/browser/test_suggestion.py",
    "tests/etl/cli/test_cli.py",
    "tests/browser/test_proxies.py",
    "tests/browser/test_phone.py",
    "tests/browser/test_search.py",
    "tests/browser/test_investor_day.py",
    "tests/browser/test_connection.py",
    "tests/test_recipes.py",
    "tests/etl/test_pipeline.py",
    "tests/ecosystem/regional/test_profiles.py",
    "tests/ecosystem/brief/test_brief.py",
    "tests/browser/test_browser_storage.py",
    "tests/pages/test_pages.py",
    "tests/pages/test_suggest.py",
    "tests/ecosystem/test_one_number.py",
    "tests/etl/inbox/test_moderation.py",
)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker for each file: its tests share what is dear to make (a server, a brief)."""
    order = {ROOT / path: number for number, path in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path, len(order)))
    for item in items:
        item.add_marker(pytest.mark.xdist_group(str(item.path.relative_to(ROOT))))


@pytest.fixture(scope="session")
def reference_data_read_once() -> Iterator[None]:
    """Regions and gazetteer are read once, however many refreshes and checks the tests make."""
    from tests import reference

    with reference.read_once():
        yield


@pytest.fixture(scope="session")
def releases_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with one published release; built once however many workers run the tests.

    Without workers it outlives the run, so its name tells what it was built from.
    """
    from etl import pipeline
    from tests import reference

    shared = tmp_path_factory.getbasetemp().parent / f"cyber-valleys-release-{_inputs()}"
    with FileLock(f"{shared}.lock"):
        if not (shared / "CURRENT").exists():
            shutil.rmtree(shared, ignore_errors=True)
            with reference.read_once(), reference.all_towns():
                pipeline.run(releases_dir=shared)
    return shared


@pytest.fixture(scope="session")
def changed_releases_dir(
    releases_dir: Path, tmp_path_factory: pytest.TempPathFactory, reference_data_read_once: None
) -> Path:
    """Folder with a second release, of a register in which a few rows are other than in the first.

    One organisation is added, one removed, one merged into another, one moved and renamed, and
    one has other details; the merger's decision is added to its list. It is built once and
    shared, as the first: never written to.
    """
    from etl import pipeline

    shared = releases_dir.with_name(f"{releases_dir.name}-changed")
    with FileLock(f"{shared}.lock"):
        if not shared.exists():
            folder = tmp_path_factory.mktemp("changed")
            releases = Path(shutil.copytree(releases_dir, folder / "releases"))
            register = Path(shutil.copytree(settings().register_dir, folder / "register"))
            _edit(register / "organisations.csv", _other_rows)
            _edit(register / "duplicate_decisions.csv", _other_decisions)
            changes = pipeline.run(register, releases).changes
            assert changes == {
                "added": 1, "removed": 1, "merged": 1, "moved": 1, "changed": 3, "other lists": 1
            }  # fmt: skip
            releases.rename(shared)
    return shared


@pytest.fixture(scope="session")
def ended_releases_dir(
    releases_dir: Path, tmp_path_factory: pytest.TempPathFactory, reference_data_read_once: None
) -> Path:
    """Folder with a second release, in which one organisation has closed since the first, one has
    merged into another and one was acquired. It is built once and shared: never written to."""
    from etl import pipeline

    shared = releases_dir.with_name(f"{releases_dir.name}-ended")
    with FileLock(f"{shared}.lock"):
        if not shared.exists():
            folder = tmp_path_factory.mktemp("ended")
            releases = Path(shutil.copytree(releases_dir, folder / "releases"))
            register = Path(shutil.copytree(settings().register_dir, folder / "register"))
            _edit(register / "organisations.csv", _three_lives, *LIFE)
            changes = pipeline.run(register, releases).changes
            assert changes == {"closed": 1, "merged": 1, "acquired": 1}
            releases.rename(shared)
    return shared


LIFE = ("status", "status_year", "successor_id", "successor_name", "status_source_url")


@pytest.fixture(scope="session")
def static_copy(releases_dir: Path) -> Path:
    """Folder with the test release as a site of files; built once and shared: never written to."""
    from ecosystem.common.store import Database, current
    from ecosystem.web import static_site

    code = (path for path in (ROOT / "ecosystem").rglob("*") if "__pycache__" not in path.parts)
    made_by = _hash_files(code).hexdigest()[:12]
    shared = releases_dir.with_name(f"{releases_dir.name}-static-copy-{made_by}")
    with FileLock(f"{shared}.lock"):
        if not shared.exists():
            part = shared.with_name(f"{shared.name}-part")
            database = Database(current(releases_dir))
            for file in static_site.files(database):
                path = part / file.path
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(file.content)
            database.close()
            part.rename(shared)
    return shared


def _three_lives(rows: list[dict[str, str]]) -> None:
    fates = {
        "at-limes-security-gmbh": ("closed", "2024", "", "", "https://example.org/closed"),
        "be-a6k": ("merged", "2023", "be-aikido-security", "", "https://example.org/merged"),
        "at-cyan-security-group-gmbh": ("acquired", "2018", "", "cyan AG", "https://example.org/a"),
    }
    for row in rows:
        row |= dict(zip(LIFE, fates.get(row["org_id"], ("",) * len(LIFE)), strict=True))


def _edit(path: Path, change: Callable[[list[dict[str, str]]], None], *more: str) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows, header = list(reader), list(reader.fieldnames or [])
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*header, *more])
        writer.writeheader()
        writer.writerows(rows)


def _other_rows(rows: list[dict[str, str]]) -> None:
    by_id = {row["org_id"]: row for row in rows}
    moved = by_id["at-it-cluster-der-business-upper-austria"]
    moved["city"], moved["name"] = "Linz", "IT-Cluster <x>&</x> \x07 Co"
    details = by_id["at-limes-security-gmbh"]
    details["type"], details["founded"] = "large", ""
    details["domains"] = "assurance-audit-certification;education-training;cryptology"
    rows.remove(by_id["at-softwarepark-hagenberg"])
    rows.append(by_id["fr-bretagne-cyber-alliance"] | {"org_id": "fr-neuve", "name": "Neuve"})


def _other_decisions(rows: list[dict[str, str]]) -> None:
    rows.append(
        {
            "org_id_a": "be-aikido-security",
            "org_id_b": "be-a6k",
            "decision": "same",
            "reason": "For the test",
            "decided_on": "2026-11-25",
            "decided_by": "somebody",
        }
    )


def _hash_files(paths: Iterable[Path]) -> hashlib._Hash:
    digest = hashlib.sha256()
    for path in sorted(path for path in paths if path.is_file()):
        digest.update(f"{path} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest


def _inputs() -> str:
    """Hash of all that decides what is in a release; of large files only by size and time."""
    own = settings()
    read = [
        Path(__file__),
        *(ROOT / "etl").rglob("*.py"),
        *(ROOT / "ecosystem" / "common").rglob("*.py"),
        *own.register_dir.iterdir(),
        *own.schema_dir.iterdir(),
        *own.gates_file.parent.glob("*.*"),
    ]
    digest = _hash_files(read)
    for path in sorted(path for path in own.reference_dir.rglob("*") if path.is_file()):
        status = path.stat()
        digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:12]


@pytest.fixture(scope="session")
def _use_test_release(releases_dir: Path) -> Iterator[None]:
    os.environ["CYBER_VALLEYS_RELEASES_DIR"] = str(releases_dir)
    settings.cache_clear()
    yield
    del os.environ["CYBER_VALLEYS_RELEASES_DIR"]
    settings.cache_clear()
