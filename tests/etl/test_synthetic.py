"""The synthetic register of the benchmarks is a register."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.generate import generate
from benchmarks.synthetic import MARK, _names, synthetic_register
from ecosystem.common.settings import settings
from ecosystem.common.text import fold
from ecosystem.common.vocabulary import ENDED
from etl.pipeline import Status, run
from etl.reading import extract
from etl.schema import load_schemas


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
def test_names_are_distinct_and_what_is_synthetic_says_so(tmp_path: Path) -> None:
    file = generate(8_000, tmp_path / "register", seed=1)
    rows = pd.read_csv(file, dtype="string", keep_default_na=False)
    real = len(pd.read_csv(settings().register_dir / file.name))
    assert len(rows) == 8_000
    assert rows["org_id"].is_unique
    clones = rows[real:]
    assert clones["name"].map(fold).is_unique
    assert clones["notes"].str.startswith(MARK).all()
    assert not rows["notes"][:real].str.startswith(MARK).any()
    assert {p.name for p in file.parent.iterdir()} == {
        p.name for p in settings().register_dir.iterdir()
    }


def test_as_many_words_as_it_takes_make_distinct_names() -> None:
    random = np.random.default_rng(0)
    names = _names(pd.Series(["Alpha Beta", "Gamma Delta"]), 200, random)
    assert len(set(names)) == 200


def test_as_many_as_are_on_the_map_are_the_whole_register() -> None:
    schema = load_schemas(settings().schema_dir)["organisations"]
    register = extract(settings().register_dir / schema.file, schema).frame
    living = len(register) - int(register["status"].isin(ENDED).sum())
    assert set(synthetic_register(living)["org_id"]) == set(register["org_id"])
    assert len(synthetic_register(living - 1)) == living - 1


@pytest.mark.slow
def test_the_seed_decides() -> None:
    assert synthetic_register(500, 7).equals(synthetic_register(500, 7))
    assert not synthetic_register(500, 7).equals(synthetic_register(500, 8))
