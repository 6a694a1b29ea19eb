"""One real release for all tests, built by the ETL from the register into a temporary folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from ecosystem.settings import settings


@pytest.fixture(scope="session")
def releases_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with one published release; built once however many workers run the tests."""
    from etl import pipeline

    shared = tmp_path_factory.getbasetemp().parent / "cyber-valleys-release"
    with FileLock(f"{shared}.lock"):
        if not (shared / "CURRENT").exists():
            shutil.rmtree(shared, ignore_errors=True)
            pipeline.run(releases_dir=shared)
    return shared


@pytest.fixture(scope="session")
def _use_test_release(releases_dir: Path) -> Iterator[None]:
    os.environ["CYBER_VALLEYS_RELEASES_DIR"] = str(releases_dir)
    settings.cache_clear()
    yield
    del os.environ["CYBER_VALLEYS_RELEASES_DIR"]
    settings.cache_clear()
