"""The register as a workbook comes back as the same register."""

from __future__ import annotations

from pathlib import Path

from etl import pipeline
from etl.report.register import register_workbook


def test_the_workbook_is_the_register(register: Path, releases: Path, tmp_path: Path) -> None:
    path = tmp_path / "register.xlsx"
    path.write_bytes(register_workbook(register))
    with pipeline.prepare([path], register, releases) as prepared:
        outcome = prepared.verdict()
        assert outcome.status is pipeline.Status.PASSED
        assert outcome.changes == {}
        assert len(prepared.given) == len(prepared.extracts)
