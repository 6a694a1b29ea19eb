"""One check of a register with faults of every kind and with known edits."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ecosystem.common.settings import settings
from etl.model import Rejection
from etl.pipeline import Outcome, Prepared, prepare

FORMULA = '=HYPERLINK("http://evil.example","x")'
MARKUP = "<script>alert(1)</script>"
Rows = list[dict[str, str]]


def spoil(rows: Rows) -> None:
    rows[0]["type"] = FORMULA
    rows[1]["website"] = "javascript:alert(1)"
    rows[2]["name"], rows[2]["type"] = MARKUP, "smee"
    rows[3]["city"] = "Atlantis"
    rows[4]["name"] = ""
    rows[5]["notes"] = FORMULA
    rows[6]["name"], rows[6]["notes"] = f"{MARKUP} GmbH", "x" * 3000
    rows[9]["city"], rows[9]["nuts2_hint"] = "Linz", "AT31"
    del rows[10]


def rewrite(path: Path, rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="session")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the register's organisations, spoilt."""
    path = tmp_path_factory.mktemp("spoilt") / "organisations.csv"
    shutil.copyfile(settings().register_dir / "organisations.csv", path)
    rows = read(path)
    spoil(rows)
    rewrite(path, rows)
    return path


@pytest.fixture(scope="session")
def prepared(spoilt: Path, release_dir: Path) -> Iterator[Prepared]:
    with prepare([spoilt], releases_dir=release_dir) as ready:
        yield ready


@pytest.fixture(scope="session")
def outcome(prepared: Prepared) -> Outcome:
    return prepared.verdict()


def with_rejections(outcome: Outcome, rejections: list[Rejection]) -> Outcome:
    """What became of it, had these cells been rejected."""
    transformed = replace(outcome.prepared.transformed, rejections=rejections)
    return replace(outcome, prepared=replace(outcome.prepared, transformed=transformed))
