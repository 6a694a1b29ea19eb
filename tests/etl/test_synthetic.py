"""The synthetic register of the benchmarks is a register."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.synthetic import synthetic_register
from etl.pipeline import Status, run


@pytest.mark.slow
def test_a_synthetic_register_can_be_published(tmp_path: Path) -> None:
    synthetic_register(3_000, seed=1).to_csv(tmp_path / "o.csv", index=False)
    outcome = run(
        releases_dir=tmp_path / "releases",
        inputs=[tmp_path / "o.csv"],
    )
    assert outcome.status is Status.PUBLISHED, [r.sentence() for r in outcome.gates if r.stops]
    assert outcome.counts["organisation"] == 3_000


@pytest.mark.slow
def test_the_seed_decides() -> None:
    assert synthetic_register(500, 7).equals(synthetic_register(500, 7))
    assert not synthetic_register(500, 7).equals(synthetic_register(500, 8))
