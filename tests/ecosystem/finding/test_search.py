"""The search finds what people mean, says why, and takes any text."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from threading import Thread

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyproj import Geod

from ecosystem.common.store import Database
from ecosystem.common.text import fold
from ecosystem.finding import nearby, search
from ecosystem.finding.filters import Filter
from ecosystem.finding.similar_organisations import similar
from ecosystem.tables import organisations
from ecosystem.ui.search_controls import mark_words as as_markdown
from tests.examples import examples

RELEVANCE = Path(__file__).with_name("relevance.csv")
RIGHT_AT_LEAST = 80
# What query languages, SQL, Markdown and terminals read as more than text.
SYNTAX = [*"+-&|!(){}[]^\"~*?:\\/%_'`;<>$@=#\x00\x1b\n", "AND", "OR", "NOT", "name:", "--", "☃"]
queries = st.one_of(
    st.text(max_size=300),
    st.lists(
        st.one_of(st.sampled_from(SYNTAX), st.sampled_from(["cyber", "Rennes", "münchen"])),
        max_size=12,
    ).map(" ".join),
)


@pytest.fixture(scope="module")
def register(database: Database) -> pd.DataFrame:
    return database.frame("SELECT * FROM organisation ORDER BY ordinal").set_index("ordinal")


@pytest.fixture(scope="module")
def written_words(database: Database) -> list[str]:
    return database.frame("SELECT DISTINCT word FROM search_word")["word"].tolist()


def first(database: Database, register: pd.DataFrame, query: str) -> str:
    ordinals = search.find(database, query).ordinals
    return str(register.at[ordinals[0], "org_id"]) if len(ordinals) else ""


def found_ids(database: Database, register: pd.DataFrame, query: str) -> set[str]:
    return set(register.loc[search.find(database, query).ordinals, "org_id"])


def test_what_people_type_finds_what_they_mean_first(
    database: Database, register: pd.DataFrame
) -> None:
    with RELEVANCE.open(encoding="utf-8", newline="") as stream:
        cases = [(row["query"], row["expected"].split()) for row in csv.DictReader(stream)]
    assert len(cases) == 86
    assert {org_id for _, expected in cases for org_id in expected} <= set(register["org_id"])
    missed = [
        f"{query}: {first(database, register, query)}"
        for query, expected in cases
        if first(database, register, query) not in expected
    ]
    assert len(cases) - len(missed) >= RIGHT_AT_LEAST, missed


@settings(max_examples=examples(200), deadline=None)
@given(query=queries)
def test_any_text_finds_something_or_nothing(
    database: Database, register: pd.DataFrame, query: str
) -> None:
    found = search.find(database, query)
    assert len(found.ordinals) == len(set(found.ordinals.tolist())) == len(found.scores)
    assert set(found.ordinals.tolist()) <= set(register.index)
    assert list(found.scores) == sorted(found.scores, reverse=True)
    bits = "".join(f"{byte:08b}" for byte in found.bits)
    assert {i for i, bit in enumerate(bits) if bit == "1"} == set(found.ordinals.tolist())
    organisations.summary(database, Filter(q=query))
    organisations.closest(database, Filter(q=query))


@settings(max_examples=examples(100), deadline=None)
@given(data=st.data())
def test_every_word_of_a_name_finds_it_however_it_is_written(
    database: Database, register: pd.DataFrame, data: st.DataObject
) -> None:
    row = register.loc[data.draw(st.integers(0, len(register) - 1))]
    words = data.draw(st.permutations(fold(row["name"]).split()))[: search.MAX_WORDS]
    query = " ".join(words)
    assume(len(query) <= search.MAX_LENGTH)
    query = data.draw(st.sampled_from([str.upper, str.title, str]))(query)
    assert row["org_id"] in found_ids(database, register, query)


@settings(max_examples=examples(100), deadline=None)
@given(data=st.data())
def test_a_letter_wrong_is_forgiven_where_nothing_is_written_so(
    database: Database, register: pd.DataFrame, written_words: list[str], data: st.DataObject
) -> None:
    row = register.loc[data.draw(st.integers(0, len(register) - 1))]
    word = data.draw(st.sampled_from(fold(row["name"]).split()))
    assume(len(word) >= 5)
    at = data.draw(st.integers(0, len(word) - 2))
    letter = data.draw(st.sampled_from("aeknsx"))
    wrong = data.draw(
        st.sampled_from(
            [
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at:],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            ]
        )
    )
    assume(not any(written.startswith(wrong) for written in written_words))
    # Of short words the first letter must be right; the name of a town is right, "ae" an "ä" and
    # "aa" an "å".
    assume(len(wrong) >= 6 or wrong[0] == word[0])
    assume(not any(pair in wrong for pair in ("ae", "oe", "ue", "aa")))
    assume(not search.find(database, wrong).places)
    assert search.find(database, wrong).corrections.keys() == {wrong}
    assert row["org_id"] in found_ids(database, register, wrong)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("München", "Muenchen"),
        ("Görtz", "Goertz"),
        ("Verschlüsselung", "verschluesselung"),
        ("Munich", "Monachium"),
        ("praha brno", "prague brno"),
        ("Cesson-Sévigné", "CESSON sevigne"),
        ("Köln sosafe", "cologne sosafe"),
        ("https://www.yubico.com/", "yubico.com"),
        ("clusters in Bonn", "clusters bonn"),
    ],
)
def test_ways_to_write_the_same_find_the_same(
    database: Database, register: pd.DataFrame, one: str, other: str
) -> None:
    assert found_ids(database, register, one) == found_ids(database, register, other)


@pytest.mark.parametrize(
    ("city", "names"),
    [
        ("München", ["munich", "MÜNCHEN", "Monaco di Baviera"]),
        ("Wien", ["Vienna", "Vienne", "Wien"]),
        ("Den Haag", ["the hague", "'s-Gravenhage", "Den Haag"]),
        ("Bruxelles", ["Brussels", "Brussel", "bruxelles"]),
    ],
)
def test_a_town_is_found_in_all_languages(
    database: Database, register: pd.DataFrame, city: str, names: list[str]
) -> None:
    there = set(register.loc[register["city"] == city, "org_id"])
    for name in names:
        assert there <= found_ids(database, register, name)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Graz", search.Place("Graz", ("graz",), True)),
        ("incident in GRAZ", search.Place("GRAZ", ("graz",), True)),
        ("Bad Ischl", search.Place("Bad Ischl", ("bad", "ischl"), True)),
        ("Styria", search.Place("Styria", ("styria",), False, "Steiermark", "AT")),
        ("Steiermark", search.Place("Steiermark", ("steiermark",), False, "Steiermark", "AT")),
        (
            "cryptology, Lower Austria",
            search.Place("Lower Austria", ("lower", "austria"), False, "Niederösterreich", "AT"),
        ),
        ("albania", search.Place("albania", ("albania",), True, "Albania", "AL")),
    ],
)
def test_a_place_without_organisations_is_no_misspelling(
    database: Database, text: str, place: search.Place
) -> None:
    assert not len(search.find(database, text).ordinals)
    reading = search.reading(database, text)
    assert reading.places == (place,)
    assert reading.corrections == {}


@pytest.mark.parametrize("text", ["Linz", "Frankfurt am Main zzzz", "Linz steganography", "zzzzq"])
def test_a_place_with_organisations_is_not_said_to_have_none(database: Database, text: str) -> None:
    assert search.reading(database, text).places == ()


def test_short_words_are_read_strictly(database: Database, register: pd.DataFrame) -> None:
    """A "SOC" isn't "société", another word for a company, "gras" not "gran empresa"."""
    rows = register.loc[search.find(database, "SOC").ordinals]
    text = rows["name"] + " " + rows["notes"].fillna("")
    is_meant = text.str.contains(r"\bsoc|soc\b|security operations", case=False)
    handles_incidents = rows["domains"].map(lambda d: "incident-handling-forensics" in d)
    assert (is_meant | handles_incidents).all()
    assert is_meant.head(is_meant.sum()).all()
    assert not len(search.find(database, "gras").ordinals)
    # "Great Britain" and "grande empresa" are found as a whole only.
    assert not len(search.find(database, "great").ordinals)
    assert (
        len(search.find(database, "Great Britain").ordinals) == (register["country"] == "GB").sum()
    )


def test_what_notes_say_comes_before_what_a_domain_covers(
    database: Database, register: pd.DataFrame
) -> None:
    rows = register.loc[search.find(database, "incident response").ordinals]
    says_so = rows["notes"].fillna("").str.contains("incident response", case=False)
    assert says_so.sum() == 12
    assert says_so.head(13).sum() == 12


def test_one_of_many_domains_says_less_than_the_only_one(
    database: Database, register: pd.DataFrame
) -> None:
    found = search.find(database, "NIS2")
    numbers = register.loc[found.ordinals, "domains"].map(len).tolist()
    assert len(set(numbers)) > 1
    assert numbers == sorted(numbers)


@pytest.mark.parametrize(
    ("text", "corrections"),
    [
        ("Verschluesselung", {}),
        ("Guertler", {}),
        ("incidence", {"incidence": "incident"}),
        ("Bundesdrukerei", {"Bundesdrukerei": "Bundesdruckerei"}),
        ("cryptolgy", {"cryptolgy": "Cryptology"}),
    ],
)
def test_corrections_are_words_that_a_page_shows(
    database: Database, text: str, corrections: dict[str, str]
) -> None:
    assert len(search.find(database, text).ordinals)
    assert search.reading(database, text).corrections == corrections


def test_every_word_must_be_had(database: Database, register: pd.DataFrame) -> None:
    both = found_ids(database, register, "cryptology Leuven")
    assert both == found_ids(database, register, "cryptology") & found_ids(
        database, register, "Leuven"
    )
    assert both == {"be-cosic-ku-leuven", "be-imec"}


def test_no_near_spelling_where_the_word_itself_stands(
    database: Database, register: pd.DataFrame
) -> None:
    """Else "Cork" would find "work" and "York"."""
    rows = register[register["org_id"].isin(found_ids(database, register, "Cork"))]
    assert len(rows) >= 6
    # The valley is called "Ireland (Cork)".
    assert set(rows["valley_id"]) == {"ie-cork"}
    assert search.find(database, "Cork").corrections == {}
    assert search.find(database, "bundesdrukerei").corrections == {
        "bundesdrukerei": "bundesdruckerei"
    }


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        (
            "INCIBE",
            "es-incibe-instituto-nacional-de-ciberseguridad",
            "es-cyberlur-aei-ciberseguridad",
        ),
        ("Thales", "fr-thales", "lu-thales-cyber-solutions-luxembourg-ex-excellium-services"),
        ("Rennes", "fr-cyberschool-universite-de-rennes", "fr-anssi"),
        ("luxembourg", "lu-post-luxembourg", "lu-circl"),
    ],
)
def test_a_name_comes_before_a_town_and_a_town_before_a_note(
    database: Database, register: pd.DataFrame, query: str, better: str, worse: str
) -> None:
    order = register.loc[search.find(database, query).ordinals, "org_id"].tolist()
    assert order.index(better) < order.index(worse)


def test_where_nothing_has_all_words_the_closest_have_most(
    database: Database, register: pd.DataFrame
) -> None:
    found = search.find(database, "cryptology leuven zzzzqqq")
    assert not len(found.ordinals)
    assert {register.at[i, "org_id"] for i in found.closest} == {"be-cosic-ku-leuven", "be-imec"}
    assert search.find(database, "zzzzqqq").closest == ()


@given(text=st.text(max_size=80), words=st.sets(st.text("abcdefg", min_size=1, max_size=3)))
def test_marked_pieces_are_the_text(text: str, words: set[str]) -> None:
    pieces = search.mark_words(text, words)
    assert "".join(piece for piece, _ in pieces) == text
    for piece, is_hit in pieces:
        if is_hit:
            assert piece.isalnum() or "_" in piece


def test_what_was_found_is_marked(database: Database) -> None:
    words = search.reading(database, "cryptolgy").words | search.reading(database, "gdata").words
    assert search.mark_words("Cryptology, by G DATA", words) == [
        ("Cryptology", True),
        (", by ", False),
        ("G", True),
        (" ", False),
        ("DATA", True),
    ]
    quantum = search.reading(database, "quantum").words
    assert search.mark_words("KETS Quantum Security", quantum)[0] == ("KETS ", False)


def test_marks_are_the_only_markup() -> None:
    assert as_markdown("<b>x</b> **y** [z](http://e.example)", {"x"}) == (
        r"\<b\>**x**\<\/b\> \*\*y\*\* \[z\]\(http" "\u2060" r"\:\/\/e\.example\)"
    )


@pytest.mark.slow
def test_the_list_comes_by_relevance_within_any_filter(
    database: Database, register: pd.DataFrame
) -> None:
    filter_ = Filter(q="security", type=("sme",))
    assert organisations.sorts(filter_)[0] == organisations.RELEVANCE
    page = organisations.page(database, filter_, sort=organisations.RELEVANCE, limit=500)
    everywhere = register.loc[search.find(database, "security").ordinals]
    expected = everywhere.loc[everywhere["type"] == "sme", "org_id"].tolist()
    assert page["org_id"].tolist() == expected
    parts = [
        organisations.page(database, filter_, sort=organisations.RELEVANCE, limit=7, offset=offset)
        for offset in range(0, len(expected) + 7, 7)
    ]
    assert pd.concat(parts)["org_id"].tolist() == expected


@pytest.mark.slow
def test_threads_find_the_same(database: Database) -> None:
    texts = ["cyber", "rennes cryptology", "bundesdrukerei", "security", "münchen"] * 4
    alone = [search.find(database, text).ordinals.tolist() for text in texts]
    fresh = Database(database.release)
    answers: dict[int, list[int]] = {}

    def ask(i: int) -> None:
        answers[i] = search.find(fresh, texts[i]).ordinals.tolist()

    threads = [Thread(target=ask, args=(i,)) for i in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fresh.close()
    assert [answers[i] for i in range(len(texts))] == alone


@pytest.mark.parametrize(
    ("text", "town"),
    [
        ("Munich", "Munich, Germany"),
        ("münchen", "Munich, Germany"),
        ("Praha", "Prague, Czechia"),
        ("Den Haag", "The Hague, Netherlands"),
        ("Αθήνα", "Athens, Greece"),
        ("Copenhagn", "Copenhagen, Denmark"),
        ("Valencia, Spain", "Valencia, Spain"),
        ("Cambridge, United Kingdom", "Cambridge, United Kingdom"),
    ],
)
def test_a_town_in_any_spelling(database: Database, text: str, town: str) -> None:
    meant = nearby.certain_town(nearby.towns(database, text))
    assert meant is not None
    assert meant.label == town
    assert nearby.town(database, meant.town_id) == meant


def test_an_ambiguous_town_is_a_choice(database: Database) -> None:
    candidates = nearby.towns(database, "Neustadt")
    assert len(candidates) > 3
    assert nearby.certain_town(candidates) is None
    assert nearby.towns(database, "no such town anywhere") == []
    assert nearby.certain_town([]) is None


@settings(max_examples=examples(60), deadline=None)
@given(text=queries)
def test_any_text_names_towns_or_none(database: Database, text: str) -> None:
    for town in nearby.towns(database, text):
        assert -90 <= town.lat <= 90


def test_the_nearest_are_the_nearest(database: Database, register: pd.DataFrame) -> None:
    rennes = nearby.towns(database, "Rennes")[0]
    geod = Geod(ellps="WGS84")
    km = pd.Series(
        {
            row.org_id: geod.line_length([rennes.lon, row.lon], [rennes.lat, row.lat]) / 1000
            for row in register.itertuples()
        }
    )
    found = nearby.distances(database, rennes.lon, rennes.lat)
    assert found == pytest.approx(km[register["org_id"]].to_numpy(), abs=0.01)
    # Brest lies 211 km west of Rennes.
    assert km["fr-diateam"] == pytest.approx(211, abs=3)
    within = nearby.within_km(database, rennes.lon, rennes.lat, 100)
    assert set(register.loc[within, "org_id"]) == set(km[km <= 100].index)


def test_the_list_near_a_town_comes_by_distance(database: Database) -> None:
    filter_ = Filter(near=nearby.towns(database, "Rennes")[0].town_id, km=200, type=("sme",))
    page = organisations.page(database, filter_, sort=organisations.sorts(filter_)[0], limit=500)
    assert page["km"].is_monotonic_increasing
    assert page["km"].max() <= 200
    assert len(page) == organisations.summary(database, filter_).organisations
    far = Filter(near=filter_.near)
    assert organisations.summary(database, far).organisations == 465


def test_similar_organisations_share_what_the_reason_says(
    database: Database, register: pd.DataFrame
) -> None:
    found = similar(database, "se-yubico", limit=20)
    assert found["similarity"].is_monotonic_decreasing
    assert found["similarity"].between(0.2, 1).all()
    assert "se-yubico" not in set(found["org_id"])
    assert found["reason"].iloc[0].startswith("shares identity management")
    assert similar(database, "nobody").empty
    assert similar(database, "'; DROP TABLE organisation --").empty


def test_similarity_is_the_weighted_index_of_the_docstring(
    database: Database, register: pd.DataFrame
) -> None:
    columns = {"domains": 1.0, "functions": 0.5, "sectors": 0.5, "type": 0.5}
    codes = {
        row.org_id: {
            (column, code)
            for column in columns
            for code in ([row.type] if column == "type" else getattr(row, column))
        }
        for row in register.itertuples()
    }
    n = pd.Series([code for had in codes.values() for code in had]).value_counts()
    weight = {c: columns[c[0]] * math.log(1 + len(register) / n[c]) for c in n.index}
    this = codes["be-cosic-ku-leuven"]
    region = register.set_index("org_id")["nuts2"]
    for row in similar(database, "be-cosic-ku-leuven").itertuples():
        other = codes[row.org_id]
        both = {column for column, _ in this} & {column for column, _ in other}
        either = {c for c in this | other if c[0] in both}
        index = sum(weight[c] for c in this & other) / sum(weight[c] for c in either)
        same = 0.8 if region[row.org_id] == region["be-cosic-ku-leuven"] else 1
        assert row.similarity == pytest.approx(index * same, rel=1e-6)


def test_sectors_that_one_of_two_leaves_open_are_no_difference(database: Database) -> None:
    """Rubycat, like WALLIX a maker of privileged access management, names no sectors."""
    assert similar(database, "fr-wallix")["org_id"].iloc[0] == "fr-rubycat"
    assert similar(database, "fr-rubycat")["org_id"].iloc[0] == "fr-wallix"
