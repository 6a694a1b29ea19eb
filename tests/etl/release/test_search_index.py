"""The index that a release carries: words, terms and where they occur."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosystem.common.search_words import QUESTION_KINDS
from ecosystem.common.settings import settings
from ecosystem.common.store import Database, Release, current, open_read_only
from ecosystem.common.text import fold
from ecosystem.common.vocabulary import BY_COLUMN, BY_LIST
from ecosystem.finding import search
from etl import pipeline
from etl.places.gazetteer import Gazetteer
from etl.places.regions import load_regions
from etl.register.normalise import load_aliases
from etl.release.own_words import (
    Split,
    initials,
    number_words,
    parts_of_names,
    words_and_synonyms,
    words_of_former_names,
    words_of_hosts,
    words_of_names,
    words_of_subtitles,
)
from etl.release.search_index import ordinals, town_table
from tests.etl.conftest import Row


@pytest.fixture(scope="module")
def query(database: Path) -> Callable[[str], pd.DataFrame]:
    def run(sql: str) -> pd.DataFrame:
        with open_read_only(database) as connection:
            return connection.execute(sql).df()

    return run


def rows_of(name: str) -> list[dict[str, str]]:
    with (settings().schema_dir / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_ordinals_number_the_organisations_by_name(query: Callable[[str], pd.DataFrame]) -> None:
    rows = query("SELECT ordinal, name, org_id FROM organisation ORDER BY ordinal")
    assert rows["ordinal"].tolist() == list(range(len(rows)))
    keys = list(zip(rows["name"].map(fold), rows["org_id"], strict=True))
    assert keys == sorted(keys)


def list_words(split: Split, text: str) -> list[str]:
    return list(split([text]).words.to_pylist())


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
    assert query("SELECT term, ordinal FROM search_posting GROUP BY ALL HAVING count(*) > 1").empty
    words = query("SELECT DISTINCT word FROM search_word")["word"]
    assert all(word and word == fold(word) for word in words)


def test_only_regions_without_organisations_have_words_but_none(
    query: Callable[[str], pd.DataFrame],
) -> None:
    idle = query("FROM search_word ANTI JOIN search_posting USING (term)")
    assert set(idle["field"]) == {"region", *QUESTION_KINDS}
    idle = idle[idle["field"] == "region"]
    ids = query("SELECT nuts_id FROM region")["nuts_id"]
    used = query("SELECT DISTINCT unnest([nuts0, nuts1, nuts2, nuts3]) AS id FROM organisation")
    named = set(idle["word"]) & set(ids.str.lower())
    assert named >= set(ids.str.lower()) - set(used["id"].str.lower())
    assert named.isdisjoint(i.lower() for i in used["id"] if len(i) > 2)
    for word in ("steiermark", "styria", "niederosterreich", "lower austria", "albania"):
        assert word in set(idle["word"])


@pytest.mark.slow
def test_every_search_synonym_finds_all_that_it_stands_for(database: Path) -> None:
    release = Database(Release("synonyms", database))
    register = release.frame("SELECT * FROM organisation")
    notes = register["notes"].fillna("").map(fold)
    for row in rows_of("search_synonyms.csv"):
        column, code = row["column"], row["code"]
        if column == "question" or (column, "kind") in BY_LIST:
            continue
        if column == "region":
            at = register[[f"nuts{level}" for level in range(4)]] == code
            meant = register[at.any(axis=1)]
        elif column == "notes":
            meant = register[notes.str.contains(rf"\b{code}\b")]
        elif column == "type":
            meant = register[register["type"] == code]
        else:
            meant = register[register[column].map(set(code.split()).issubset)]
        found = set(search.find(release, row["word"]).ordinals.tolist())
        assert set(meant["ordinal"]) <= found, row
    release.close()


def test_search_synonyms_are_of_codes_that_there_are() -> None:
    nuts = set(load_regions(settings().reference_dir).drawn["nuts_id"])
    rows = rows_of("search_synonyms.csv")
    assert {row["language"] for row in rows if row["column"] != "question"} >= {
        *("en", "fr", "de", "es", "it")
    }
    for row in rows:
        assert fold(row["word"])
        if row["column"] == "region":
            assert row["code"] in nuts
        elif row["column"] == "notes":
            assert row["code"] == fold(row["code"])
        elif row["column"] == "question":
            assert row["code"] in QUESTION_KINDS
        elif (row["column"], "kind") in BY_LIST:
            assert row["code"] in BY_LIST[row["column"], "kind"]
        else:
            assert row["code"] in BY_COLUMN[row["column"]]
    keys = [(row["column"], row["code"], fold(row["word"])) for row in rows]
    assert len(keys) == len(set(keys))


def test_no_search_synonym_is_taken_for_a_cell_of_the_register() -> None:
    """They are too vague for that: "hospital" finds the sector Health, but may be a supplier."""
    aliases = load_aliases(settings().schema_dir / "aliases.csv")
    rows = rows_of("search_synonyms.csv")
    assert [r for r in rows if fold(r["word"]) in aliases.get(r["column"], {})] == []


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
        ("gran empresa", "type", "cz-aec"),
        ("krankenhaus", "sector", "fr-wallix"),
        ("verschlusselung", "notes", "si-creaplus"),
        ("mdr", "notes", "be-nviso"),
        ("at31", "region", "at-limes-security-gmbh"),
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


@pytest.mark.parametrize("word", ["gran", "great", "centre", "grande"])
def test_a_part_of_another_name_for_a_code_finds_nothing_by_it(
    query: Callable[[str], pd.DataFrame], word: str
) -> None:
    """Else "Graz", a letter from "gran empresa", found the large companies."""
    assert query(
        f"FROM search_word WHERE word = '{word}' AND field IN ('type', 'region') "
        "AND term IN (SELECT term FROM search_posting)"
    ).empty


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
    found = list_words(parts_of_names, name)
    assert [p for p in found if p in parts] == parts
    assert set(found) >= set(parts)


def test_initials_of_a_name() -> None:
    assert "hpi" in list_words(initials, "Hasso-Plattner-Institut")
    assert "bsi" in list_words(initials, "Bundesamt für Sicherheit in der Informationstechnik")
    assert list_words(initials, "Thales") == []


TEXTS = st.text() | st.text("aBÉé1 -–(/)\n") | st.sampled_from(["CyberSchool", "G DATA", "CERT-EE"])


@pytest.mark.parametrize(
    "split",
    [
        initials,
        parts_of_names,
        words_of_former_names,
        words_of_hosts,
        words_of_names,
        words_of_subtitles,
        words_and_synonyms({"b": ["ab", "a whole"], "ab b": ["x"]}),
    ],
)
@given(texts=st.lists(TEXTS))
def test_many_texts_have_the_words_of_each_alone(split: Split, texts: list[str]) -> None:
    found = split(texts)
    words = list(zip(found.texts.tolist(), found.words.to_pylist(), strict=True))
    assert words == [(i, word) for i, text in enumerate(texts) for word in list_words(split, text)]
    numbers, codes, distinct = number_words(found)
    assert distinct == list(dict.fromkeys(word for _, word in words))
    pairs = [(i, distinct[code]) for i, code in zip(numbers, codes, strict=True)]
    assert sorted(pairs) == sorted(set(words))
    assert numbers.tolist() == sorted(numbers)


def test_towns_are_all_of_the_gazetteer(gazetteer: Gazetteer) -> None:
    towns = town_table(gazetteer)
    assert len(towns) == len(gazetteer.places)
    assert towns["town_id"].is_unique
    munich = towns.set_index("town_id").loc["g2867714"]
    assert munich["names"][0] == "munich"
    assert {"munchen", "monachium"} <= set(munich["names"])


@pytest.mark.slow
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
    found = search.find(database, "frobnicatrix").ordinals
    # The name comes before the former name, and that before the note.
    assert names.loc[found, "org_id"].tolist() == [ids[2], ids[0], ids[1]]
    assert names.loc[search.find(database, "drop table").ordinals, "org_id"].tolist() == [ids[0]]
    database.close()
