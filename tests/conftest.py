"""One real release for all tests, built by the ETL from the register into a temporary folder."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from ecosystem.settings import ROOT, settings


@pytest.fixture(scope="session")
def releases_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with one published release; built once however many workers run the tests.

    Without workers it outlives the run, so its name tells what it was built from.
    """
    from etl import pipeline

    shared = tmp_path_factory.getbasetemp().parent / f"cyber-valleys-release-{_inputs()}"
    with FileLock(f"{shared}.lock"):
        if not (shared / "CURRENT").exists():
            shutil.rmtree(shared, ignore_errors=True)
            pipeline.run(releases_dir=shared)
    return shared


def _inputs() -> str:
    """Hash of all that decides what is in a release; of large files only by size and time."""
    own = settings()
    read = [
        *(ROOT / "etl").glob("*.*"),
        *(ROOT / "ecosystem" / f"{name}.py" for name in ("settings", "text", "vocabulary")),
        *own.register_dir.iterdir(),
        *own.schema_dir.iterdir(),
        *own.gates_file.parent.glob("*.*"),
    ]
    digest = hashlib.sha256()
    for path in sorted(path for path in read if path.is_file()):
        digest.update(f"{path} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
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
