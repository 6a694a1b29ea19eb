"""The gazetteer is read once by a process, and again when one of its files has changed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ecosystem.common.settings import settings
from ecosystem.common.text import fold
from etl.places.gazetteer import Gazetteer, load_gazetteer


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


def test_prepared_names_find_what_names_that_are_folded_here_find() -> None:
    prepared = load_gazetteer(settings().reference_dir, settings().schema_dir)
    assert {"FR", "DE"} <= set(prepared.own_names), "the file of names is of this gazetteer"
    fresh = Gazetteer(prepared.places, prepared.words)
    added = prepared.places[prepared.places["geoname_id"].isna()]
    asked = [
        *zip(added["name"], added["country"], strict=True),
        *(("St-Denis", "FR"), ("Freiburg i. Br.", "DE"), ("Molenbeek", "BE"), ("Roma", "IT")),
        *(("Alacant / Alicante", "ES"), ("Køln", "XX"), ("Лондон", "UK"), ("", "FR")),
    ]
    for one in asked:
        assert prepared.rows_named(*one) == fresh.rows_named(*one)
        assert prepared.rows_also_named(*one) == fresh.rows_also_named(*one)
        assert prepared.rows_abbreviated_as(*one) == fresh.rows_abbreviated_as(*one)
        assert prepared.rows_begun_by(*one) == fresh.rows_begun_by(*one)
        assert prepared.elsewhere(*one) == fresh.elsewhere(*one)
    assert prepared.rows_also_named("Liège", "BE") != []
    assert [
        prepared.knows(*one) for one in (("Köln", "DE"), ("St-Denis", "FR"), ("Liège", "BE"))
    ] == [True] * 3
    assert [prepared.knows(*one) for one in (("Wienx", "AT"), ("Wien", "FR"), ("", "FR"))] == [
        False
    ] * 3


def test_a_place_has_all_its_names_folded_its_own_first() -> None:
    gazetteer = load_gazetteer(settings().reference_dir, settings().schema_dir)
    places = gazetteer.places
    written = zip(places["name"], places["alternate_names"], strict=True)
    for names, (own, others) in zip(gazetteer.folded_names, written, strict=True):
        assert names[:1] == [fold(own)]
        assert set(names) == {folded for name in (own, *others) if (folded := fold(name))}
        assert len(names) == len(set(names))


def test_names_of_another_gazetteer_are_not_used(tmp_path: Path) -> None:
    for name in ("gazetteer_names.parquet", "places_supplement.csv"):
        (tmp_path / name).write_bytes((settings().reference_dir / name).read_bytes())
    supplement = "name,country,lat,lon,same_as_geoname_id\nLoin,FR,48,-2,\n"
    (tmp_path / "places_supplement.csv").write_text(supplement)
    _write(tmp_path, "Ici")
    gazetteer = load_gazetteer(tmp_path, settings().schema_dir)
    assert gazetteer.rows_named("Ici", "FR") == [0]
    assert gazetteer.rows_named("Loin", "FR") == [1]
