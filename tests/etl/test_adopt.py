"""What is published from another file is in the register afterwards."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from ecosystem.settings import settings
from etl import pipeline
from etl.adopt import adopt
from etl.cli import app


def secretariats_file(register: Path, folder: Path) -> Path:
    """The register as the secretariat may have it: no identifiers, one row new."""
    frame = pd.read_csv(register / "organisations.csv", dtype="str", keep_default_na=False)
    new = frame.iloc[[0]].assign(name="A quite new company")
    frame = pd.concat([frame, new]).drop(columns=["org_id"])
    path = folder / "our list.xlsx"
    frame.to_excel(path, index=False)
    return path


def test_the_register_holds_what_was_published(
    register: Path, releases: Path, tmp_path: Path
) -> None:
    before = pd.read_csv(register / "organisations.csv", dtype="str", keep_default_na=False)
    path = secretariats_file(register, tmp_path)
    with pipeline.prepare([path], register, releases) as prepared:
        assert set(prepared.given) == {"organisations"}
        done = pipeline.publish(prepared)
        written = adopt(prepared.given, register)
    assert done.status is pipeline.Status.PUBLISHED
    assert written == [register / "organisations.csv"]
    after = pd.read_csv(written[0], dtype="str", keep_default_na=False)
    assert list(after.columns) == list(before.columns)
    pd.testing.assert_frame_equal(after.iloc[:-1], before)
    assert after["org_id"].iloc[-1] == "at-a-quite-new-company"
    again = pipeline.run(register, releases)
    assert again.changes == {}


def test_the_register_itself_is_not_written_again(register: Path, releases: Path) -> None:
    with pipeline.prepare((), register, releases) as prepared:
        assert prepared.given == {}


@pytest.mark.parametrize("option", ["", "--into-register"])
def test_the_command_says_what_it_did_to_the_register(
    option: str, register: Path, releases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CYBER_VALLEYS_REGISTER_DIR", str(register))
    monkeypatch.setenv("CYBER_VALLEYS_RELEASES_DIR", str(releases))
    settings.cache_clear()
    before = (register / "organisations.csv").read_bytes()
    path = secretariats_file(register, tmp_path)
    result = CliRunner().invoke(app, ["refresh", str(path), "--yes", *filter(None, [option])])
    settings.cache_clear()
    assert result.exit_code == 0, result.output
    changed = (register / "organisations.csv").read_bytes() != before
    assert changed is (option != "")
    assert ("The register now holds" in result.output) is changed
