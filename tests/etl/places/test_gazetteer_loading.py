"""The gazetteer is read once by a process, and again when one of its files has changed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from etl.places.gazetteer import load_gazetteer


def _write(folder: Path, town: str) -> None:
    pd.DataFrame(
        {
            "geoname_id": [1],
            "name": [town],
            "alternate_names": [[]],
            "country": ["FR"],
            "population": [10],
            "lat": [48.0],
            "lon": [-2.0],
        }
    ).to_parquet(folder / "gazetteer.parquet")


def test_a_gazetteer_is_read_again_only_when_a_file_changed(tmp_path: Path) -> None:
    (tmp_path / "places_supplement.csv").write_text(
        "name,country,lat,lon,same_as_geoname_id\nLoin,FR,48,-2,\n"
    )
    (tmp_path / "place_words.csv").write_text("word,stands_for\nst,saint\n")
    _write(tmp_path, "Ici")
    first = load_gazetteer(tmp_path, tmp_path)
    assert load_gazetteer(tmp_path, tmp_path) is first
    assert first.rows_named("Ici", "FR") == [0]
    _write(tmp_path, "Ailleurs")
    later = load_gazetteer(tmp_path, tmp_path)
    assert later.rows_named("Ici", "FR") == []
    assert later.rows_named("Ailleurs", "FR") == [0]
