"""The index that a release carries: words, terms and where they occur."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosystem import search
from ecosystem.store import Database, current, open_read_only
from ecosystem.text import fold
from etl import pipeline
from etl.gazetteer import Gazetteer
from etl.search_index import _initials, _name_parts, ordinals, town_table
from tests.etl.conftest import Row


@pytest.fixture(scope="module")
def query(database: Path) -> Callable[[str], pd.DataFrame]:
    def run(sql: str) -> pd.DataFrame:
        with open_read_only(database) as connection:
            return connection.execute(sql).df()

    return run


def test_ordinals_number_the_organisations_by_name(query: Callable[[str], pd.DataFrame]) -> None:
    rows = query("SELECT ordinal, name, org_id FROM organisation ORDER BY ordinal")
    assert rows["ordinal"].tolist() == list(range(len(rows)))
    keys = list(zip(rows["name"].map(fold), rows["org_id"], strict=True))
    assert keys == sorted(keys)


@given(st.lists(st.tuples(st.text(max_size=4), st.integers(0, 9)), max_size=20, unique=True))
def test_any_names_have_an_order(rows: list[tuple[str, int]]) -> None:
    names = pd.Series([name for name, _ in rows], dtype=object)
    ids = pd.Series([f"{i}-{j}" for j, (_, i) in enumerate(rows)], dtype=object)
    assert sorted(ordinals(names, ids)) == list(range(len(rows)))


def test_every_posting_has_a_word_and_an_organisation(
    query: Callable[[str], pd.DataFrame],
) -> None:
    assert query("FROM search_posting ANTI JOIN search_word USING (term)").empty
    assert query("FROM search_posting ANTI JOIN organisation USING (ordinal)").empty
    assert query("FROM search_word ANTI JOIN search_posting USING (term)").empty
    assert query("SELECT term, ordinal FROM search_posting GROUP BY ALL HAVING count(*) > 1").empty
    words = query("SELECT DISTINCT word FROM search_word")["word"]
    assert all(word and word == fold(word).replace(" ", "") for word in words)


@pytest.mark.parametrize(
    ("word", "field", "org_id"),
    [
        ("cosic", "name", "be-cosic-ku-leuven"),
        ("leuven", "subtitle", "be-cosic-ku-leuven"),
        ("gdata", "name_part", "de-g-data-cyberdefense-ag"),
        ("monachium", "town", "de-zitis"),
        ("bayern", "region", "de-zitis"),
        ("munich", "region", "de-fraunhofer-aisec"),
        ("deutschland", "region", "de-zitis"),
        ("cryptology", "domain", "be-cosic-ku-leuven"),
        ("startup", "type", "at-limes-security-gmbh"),
        ("protect", "function", "se-yubico"),
        ("yubico", "website", "se-yubico"),
        ("rijndael", "notes", "be-cosic-ku-leuven"),
        ("itsme", "name", "be-itsme-belgian-mobile-id"),
    ],
)
def test_a_word_finds_what_has_it(
    query: Callable[[str], pd.DataFrame], word: str, field: str, org_id: str
) -> None:
    found = query(
        "SELECT org_id FROM search_word JOIN search_posting USING (term) "
        f"JOIN organisation USING (ordinal) WHERE word = '{word}' AND field = '{field}'"
    )["org_id"]
    assert org_id in set(found)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("CyberSchool", ["cyber", "school"]),
        ("G DATA", ["gdata"]),
        ("CERT-EE", ["certee"]),
        ("Thales", []),
        ("", []),
        ("☃", []),
    ],
)
def test_other_ways_to_write_a_name(name: str, parts: list[str]) -> None:
    assert [p for p in _name_parts(name) if p in parts] == parts
    assert set(_name_parts(name)) >= set(parts)


def test_initials_of_a_name() -> None:
    assert "hpi" in _initials("Hasso-Plattner-Institut")
    assert "bsi" in _initials("Bundesamt für Sicherheit in der Informationstechnik")
    assert _initials("Thales") == []


def test_towns_are_all_of_the_gazetteer(gazetteer: Gazetteer) -> None:
    towns = town_table(gazetteer)
    assert len(towns) == len(gazetteer.places)
    assert towns["town_id"].is_unique
    munich = towns.set_index("town_id").loc["g2867714"]
    assert munich["names"][0] == "munich"
    assert {"munchen", "monachium"} <= set(munich["names"])


def test_former_names_are_found_and_hostile_ones_harmless(
    edit: Callable[..., Path], tmp_path: Path
) -> None:
    def rename(rows: list[Row]) -> None:
        rows[0]["former_names"] = "Frobnicatrix;'; DROP TABLE search_word; --"
        rows[1]["notes"] = '"frobnicatrix" <script>alert(1)</script> \\x00 +name:* OR'
        rows[2]["name"] = "Frobnicatrix"

    register = edit(rename)
    with (register / "organisations.csv").open(encoding="utf-8") as stream:
        ids = pd.read_csv(stream)["org_id"].head(3).tolist()
    assert pipeline.run(register, tmp_path / "releases").release_id
    database = Database(current(tmp_path / "releases"))
    names = database.frame("SELECT ordinal, org_id FROM organisation").set_index("ordinal")
    found = search.found(database, "frobnicatrix").ordinals
    # The name comes before the former name, and that before the note.
    assert names.loc[found, "org_id"].tolist() == [ids[2], ids[0], ids[1]]
    assert names.loc[search.found(database, "drop table").ordinals, "org_id"].tolist() == [ids[0]]
    database.close()
