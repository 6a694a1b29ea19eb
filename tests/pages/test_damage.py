"""What a visitor sees when a release is damaged, and after it was repaired."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.pages.conftest import Visit, use_releases
from tests.pages.test_pages import words


@pytest.fixture
def damaged(releases_dir: Path, tmp_path: Path) -> Path:
    """A folder whose current release is damaged, with a good one before it."""
    folder = Path(shutil.copytree(releases_dir, tmp_path / "releases"))
    good = next(folder.glob("*.duckdb"))
    for ending in ("duckdb", "json"):
        shutil.copy(good.with_suffix(f".{ending}"), folder / f"3000-damaged.{ending}")
    (folder / "3000-damaged.duckdb").write_bytes(b"")
    (folder / "CURRENT").write_text("3000-damaged\n")
    return folder


def test_the_about_page_says_what_is_served_instead_until_it_is_mended(
    visit: Visit, damaged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_releases(monkeypatch, damaged)
    app = visit("about")
    assert not app.exception
    assert "Release 3000-damaged is damaged on disk." in app.warning[0].value
    assert "Release 3000-damaged is damaged on disk. This is the last good release" in words(app)
    good = next(path for path in damaged.glob("*.duckdb") if path.stem != "3000-damaged")
    shutil.copy(good, damaged / "3000-damaged.duckdb")
    app.run()
    assert not app.warning
    assert "is damaged" not in words(app)


@pytest.mark.slow
def test_a_file_that_is_cut_off_while_it_is_served_is_no_traceback(
    visit: Visit, damaged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = next(path for path in damaged.glob("*.duckdb") if path.stem != "3000-damaged")
    shutil.copy(good, damaged / "3000-damaged.duckdb")
    use_releases(monkeypatch, damaged)
    app = visit("about")
    assert not app.warning
    (damaged / "3000-damaged.duckdb").write_bytes(b"")
    app.switch_page("pages/directory.py").run()
    assert not app.exception
    assert "Release 3000-damaged is damaged on disk." in app.warning[0].value
    assert "**465 organisations**" in words(app)
