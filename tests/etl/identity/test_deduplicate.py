"""The same organisation twice is found; relatives are left alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.duplicates import OTHER_NAMES as OTHER_NAMES_KINDS
from benchmarks.duplicates import evaluate, located_register, with_variants
from ecosystem.common.settings import settings as own_settings
from etl.errors import RegisterError
from etl.identity.deduplicate import (
    exact_candidates,
    exact_duplicates,
    find_twins,
    likely_duplicates,
    load_legal_forms,
)
from etl.identity.likeness import NameFolder, english_words, stands_for
from etl.register.decide import add_decision
from etl.register.decisions import (
    COLUMNS,
    NO_DECISIONS,
    Decisions,
    check_decisions,
    follow,
    load_decisions,
    merge,
)
from etl.register.validate import validate
from etl.schema import Schema
from tests.examples import examples

IDS = ["fr-a", "fr-b", "fr-c", "fr-d", "fr-e"]


@pytest.fixture(scope="module")
def legal_forms() -> list[str]:
    return load_legal_forms(own_settings().schema_dir)


@pytest.fixture(scope="module")
def register() -> pd.DataFrame:
    return located_register()


def rows(*names: str, **columns: object) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "org_id": [f"fr-{i}" for i in range(len(names))],
            "name": list(names),
            "country": "FR",
            "place_id": "g1",
            "lon": 2.35,
            "lat": 48.86,
            "website": None,
            **columns,
        },
        index=pd.RangeIndex(2, 2 + len(names)),
    )


def decided(*pairs: tuple[str, str, str]) -> Decisions:
    frame = pd.DataFrame(pairs, columns=["org_id_a", "org_id_b", "decision"], dtype="str")
    return load_decisions(frame.set_axis(range(2, 2 + len(pairs))))


def test_case_accents_and_legal_form_make_no_other_organisation(legal_forms: list[str]) -> None:
    (error,) = exact_duplicates(find_twins(rows("Stoïk", "Filigran", "STOIK")))
    assert (error.row, error.column, error.step) == (4, "name", "deduplicate")
    assert "Row 2" in error.reason
    (error,) = exact_duplicates(
        find_twins(rows("Limes Security", "Limes Security GmbH"), legal_forms)
    )
    assert "“Limes Security”" in error.reason


def test_the_same_name_elsewhere_is_another_organisation() -> None:
    assert exact_duplicates(find_twins(rows("Thales", "Thales", place_id=["g1", "g2"]))) == []
    assert exact_duplicates(find_twins(rows("!!!", "???"))) == []


def test_two_companies_of_one_name_may_stay_if_that_is_decided(legal_forms: list[str]) -> None:
    different = decided(("fr-0", "fr-1", "different"))
    three = rows("Secudos GmbH", "Secudos AG", "Secudos")
    assert [e.row for e in exact_duplicates(find_twins(three, legal_forms, different))] == [4]
    two = three.head(2)
    assert likely_duplicates(two, legal_forms)
    assert likely_duplicates(two, legal_forms, different) == []


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("G DATA CyberDefense AG", "g data cyberdefense"),
        ("Beispiel GmbH & Co. KG", "beispiel"),
        ("Łukasiewicz Sp. z o.o.", "lukasiewicz"),
        ("UAB NRD CS", "nrd cs"),
        ("Soft Com S.R.L.", "soft com"),
        ("AG", "ag"),
        ("SIA", "sia"),
        ("AS Roma", "as roma"),
        ("!!!", "!!!"),
    ],
)
def test_a_name_without_its_legal_form(legal_forms: list[str], name: str, plain: str) -> None:
    assert NameFolder(legal_forms)(name) == plain
    assert NameFolder(legal_forms).each(["", name, name]) == ["", plain, plain]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Limes Security", "Limes Security GmbH"),
        ("Orange Cyberdefense", "Orange Cyberdefence"),
        ("Cybersecurity Hub", "Hub Cybersecurity"),
        ("Cyber Security Hub", "Cybersecurity Hub"),
        ("G DATA CyberDefense AG", "G Data Cyberdefense"),
        ("Bundesamt für Sicherheit in der Informationstechnik (BSI)", "BSI"),
        ("IDnow (ex-ARIADNEXT)", "AriadNext"),
        ("Centrum cyberbezpieczeństwa (CCB)", "Centre for Cybersecurity (CCB)"),
    ],
)
def test_likely_duplicates(legal_forms: list[str], a: str, b: str) -> None:
    (pair,) = likely_duplicates(rows(a, b, website="https://a.eu"), legal_forms)
    assert (pair.org_id_a, pair.org_id_b, pair.name_a, pair.name_b) == ("fr-0", "fr-1", a, b)
    assert (pair.km, pair.same_website) == (0, True)
    assert a in pair.evidence
    assert pair.evidence.endswith("in the same town, the same website.")


def test_a_former_name_counts_as_a_name(legal_forms: list[str]) -> None:
    two = rows("Ziwit", "Consulting Sud", former_names=[[], ["Ziwitt"]])
    (pair,) = likely_duplicates(two, legal_forms)
    assert pair.score > 85


OTHER_NAMES = [
    ("Agence nationale de la sécurité des systèmes d'information", "ANSSI"),
    ("Ziwit", "Consulting Sud"),
    ("Bundesamt für Sicherheit in der Informationstechnik", "Federal Office for IT Security"),
    ("AGH Cybersecurity Centre", "AGH Centrum Cyberbezpieczeństwa"),
]


@pytest.mark.parametrize(("a", "b"), OTHER_NAMES)
def test_other_names_on_one_website_in_one_town_are_suspected(
    legal_forms: list[str], a: str, b: str
) -> None:
    (pair,) = likely_duplicates(rows(a, b, website="https://a.eu"), legal_forms)
    assert (pair.km, pair.same_website) == (0, True)
    assert pair.evidence.endswith("in the same town, the same website.")


@pytest.mark.parametrize(("a", "b"), OTHER_NAMES[:3])
def test_other_names_are_others_without_the_town_or_the_website(
    legal_forms: list[str], a: str, b: str
) -> None:
    moved = {"place_id": ["g1", "g2"], "lon": [2.35, 3.06], "lat": [48.86, 50.63]}
    assert likely_duplicates(rows(a, b, website="https://a.eu", **moved), legal_forms) == []
    assert (
        likely_duplicates(rows(a, b, website=["https://a.eu", "https://b.eu"]), legal_forms) == []
    )


@pytest.mark.parametrize(("a", "b"), OTHER_NAMES[1:3])
def test_a_website_of_several_names_tells_nothing(legal_forms: list[str], a: str, b: str) -> None:
    three = rows(a, b, "Somebody Else", website="https://a.eu")
    assert likely_duplicates(three, legal_forms) == []


def test_an_acronym_tells_on_a_website_of_several_names_too(legal_forms: list[str]) -> None:
    three = rows(*OTHER_NAMES[0], "Somebody Else", website="https://a.eu")
    (pair,) = likely_duplicates(three, legal_forms)
    assert {pair.name_a, pair.name_b} == {*OTHER_NAMES[0]}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Universität für Informationssicherheit", ["university", "information", "security"]),
        ("Centro Nacional de Ciberseguridad", ["centre", "national", "cyber", "security"]),
        ("Stormshield", ["stormshield"]),
    ],
)
def test_common_words_of_names_in_english(name: str, words: list[str]) -> None:
    assert english_words(name) == words


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("CISPA Helmholtz-Zentrum für Informationssicherheit", "CISPA Incubator"),
        ("INCIBE - Instituto Nacional de Ciberseguridad", "INCIBE-CERT"),
        ("Thales", "Thales – National Digital Exploitation Centre / ResilientWorks"),
        ("COSIC (KU Leuven)", "DistriNet (KU Leuven)"),
    ],
)
def test_a_shared_website_alone_is_no_sign(legal_forms: list[str], a: str, b: str) -> None:
    assert likely_duplicates(rows(a, b, website="https://a.eu"), legal_forms) == []


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Cyber Security Cluster Bonn", "Cyber Security Cluster Trier"),
        ("Security Cluster 11", "Security Cluster 12"),
    ],
)
def test_another_word_or_number_makes_another_organisation(
    legal_forms: list[str], a: str, b: str
) -> None:
    assert likely_duplicates(rows(a, b), legal_forms) == []


def test_what_differs_beside_the_name_takes_from_the_score(legal_forms: list[str]) -> None:
    def score(**columns: object) -> float:
        pairs = likely_duplicates(rows("Stormshield", "Stormshield", **columns), legal_forms)
        return pairs[0].score if pairs else 0.0

    sites = ["https://www.stormshield.com/fr/", "https://stormshield.com"]
    moved = {"place_id": ["g1", "g2"], "lon": [2.35, 3.06], "lat": [48.86, 50.63]}
    assert score(website=sites) > score() > score(website=["https://a.eu", "https://b.eu"]) > 0
    assert score(website=sites) > score(website=sites, **moved) > 0
    assert score(website=["https://a.eu", "https://b.eu"], **moved) == 0
    (pair,) = likely_duplicates(rows("Stormshield", "Stormshield", **moved), legal_forms)
    # Paris to Lille, by the geodesic of pyproj: 203 km.
    assert pair.km == pytest.approx(203, abs=2)
    assert f"{pair.km:.0f} km apart" in pair.evidence


def test_a_part_that_is_a_name_in_full_is_as_sure_as_the_name(legal_forms: list[str]) -> None:
    """With another website an abbreviation tells too little; a name of several words does."""
    whole = "C3T - Centro di Competenza Cybersecurity Toscano"
    sites = {"website": ["https://a.eu", "https://b.eu"]}
    far = {"place_id": ["g1", "g2"], "lon": [2.35, 3.06], "lat": [48.86, 50.63]}

    def found(part: str, **columns: object) -> int:
        return len(likely_duplicates(rows(whole, part, **columns), legal_forms))

    full = "Centro di Competenza Cybersecurity Toscano"
    assert [found(full, **sites), found(full, **far)] == [1, 1]
    assert [found("C3T", **far, **sites), found(full, **far, **sites)] == [0, 0]


def test_organisations_of_different_countries_are_not_compared(legal_forms: list[str]) -> None:
    two = rows("Thales", "Thales", country=["FR", "GB"], website="https://www.thalesgroup.com")
    assert likely_duplicates(two, legal_forms) == []


def test_a_name_among_very_many_like_it(legal_forms: list[str]) -> None:
    names = [f"Cyber {i:04d} {i * 7919 % 10007:05d}" for i in range(1200)]
    found = likely_duplicates(rows(*names, "Stormshield", "Stormshield SAS"), legal_forms)
    assert ("fr-1200", "fr-1201") in {(pair.org_id_a, pair.org_id_b) for pair in found}


def test_nothing_in_the_register_is_suspected(
    register: pd.DataFrame, legal_forms: list[str]
) -> None:
    assert len(register) > 400
    assert exact_duplicates(find_twins(register, legal_forms)) == []
    assert likely_duplicates(register, legal_forms) == []


@pytest.mark.parametrize("seed", [0, 7])
def test_variants_of_the_register_are_found(register: pd.DataFrame, seed: int) -> None:
    result = evaluate(register, seed)
    assert sum(result.made.values()) == 200
    assert min(result.made.values()) >= 10
    assert result.precision >= 0.98, result.wrong
    assert result.recall >= 0.93, result.missed
    # Here nothing but town and website tells.
    for kind in OTHER_NAMES_KINDS:
        assert result.found.get(kind, 0) >= result.made[kind] - 2, result.missed


@pytest.mark.slow
def test_the_order_of_rows_makes_no_difference(
    register: pd.DataFrame, legal_forms: list[str]
) -> None:
    variants = with_variants(register, seed=3)
    expected = likely_duplicates(variants, legal_forms)
    assert len(expected) > 150
    assert likely_duplicates(variants.iloc[::-1], legal_forms) == expected
    assert likely_duplicates(variants.sample(frac=1, random_state=1), legal_forms) == expected


@settings(max_examples=examples(30), deadline=None)
@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
def test_scores_are_symmetric(a: str, b: str) -> None:
    forms = ["gmbh", "^uab"]
    (there,) = [[(p.score, p.km) for p in likely_duplicates(rows(a, b), forms)]]
    (back,) = [[(p.score, p.km) for p in likely_duplicates(rows(b, a), forms)]]
    assert there == back
    assert all(0 <= score <= 100 for score, _ in there)


# Decisions


def organisation(org_id: str, name: str, **cells: str) -> dict[str, str]:
    empty = dict.fromkeys(("website", "notes", "former_names", "nuts2_hint", "lat", "lon"), "")
    return {"org_id": org_id, "name": name, "city": "Rennes", "country": "FR", **empty, **cells}


def frame(*organisations: dict[str, str]) -> pd.DataFrame:
    index = pd.RangeIndex(2, 2 + len(organisations), name="row")
    return pd.DataFrame(organisations, index=index, dtype="str")


def test_a_merged_row_fills_the_empty_cells_of_the_one_that_stays() -> None:
    before = frame(
        organisation("fr-a", "Amossys", notes="Laboratory"),
        organisation("fr-x", "Other"),
        organisation(
            "fr-b", "Almond; Amossys", website="https://a.fr", notes="Audits",
            former_names="AMOSSYS;Old", city="Rennés", lat="48.1", lon="-1.7",
        ),
    )  # fmt: skip
    after, alias = merge(before, decided(("fr-a", "fr-b", "same")))
    assert after["org_id"].tolist() == ["fr-a", "fr-x"]
    assert after.index.tolist() == [2, 3]
    kept = after.loc[2]
    assert (kept["name"], kept["notes"], kept["website"]) == (
        "Amossys",
        "Laboratory",
        "https://a.fr",
    )
    assert (kept["lat"], kept["lon"]) == ("48.1", "-1.7")
    assert kept["former_names"] == "Almond, Amossys;Old"
    assert alias.to_numpy().tolist() == [["fr-b", "fr-a"]]
    assert before.at[2, "website"] == ""


def test_coordinates_of_another_town_are_not_taken() -> None:
    before = frame(
        organisation("fr-a", "A"), organisation("fr-b", "A", city="Brest", lat="48.4", lon="-4.5")
    )
    after, _ = merge(before, decided(("fr-a", "fr-b", "same")))
    assert after.loc[2, ["city", "lat", "former_names"]].tolist() == ["Rennes", "", ""]


def test_a_merged_row_takes_the_identifier_of_the_one_that_has_gone() -> None:
    before = frame(organisation("fr-b", "Amossys", website="https://a.fr"))
    after, alias = merge(before, decided(("fr-a", "fr-b", "same")))
    assert after.loc[2, ["org_id", "name", "website"]].tolist() == [
        "fr-a",
        "Amossys",
        "https://a.fr",
    ]
    assert alias.to_numpy().tolist() == [["fr-b", "fr-a"]]


def test_chains_of_merging_are_resolved() -> None:
    decisions = decided(("fr-b", "fr-c", "same"), ("fr-a", "fr-b", "same"))
    before = frame(*(organisation(i, i.upper()) for i in ("fr-c", "fr-a", "fr-b")))
    after, alias = merge(before, decisions)
    assert after["org_id"].tolist() == ["fr-a"]
    assert after["former_names"].tolist() == ["FR-B;FR-C"]
    assert alias.to_numpy().tolist() == [["fr-b", "fr-a"], ["fr-c", "fr-a"]]
    assert follow(pd.Series(["fr-c", "", "fr-x"]), decisions).tolist() == ["fr-a", "", "fr-x"]


def test_a_decision_about_nobody_in_the_register_does_nothing() -> None:
    before = frame(organisation("fr-x", "X"))
    after, alias = merge(before, decided(("fr-a", "fr-b", "same")))
    pd.testing.assert_frame_equal(after, before)
    assert alias.empty


def test_a_decision_also_holds_for_what_was_merged(legal_forms: list[str]) -> None:
    decisions = decided(("fr-9", "fr-0", "different"), ("fr-1", "fr-9", "same"))
    assert likely_duplicates(rows("Amossys", "Amossys"), legal_forms, decisions) == []


@pytest.mark.parametrize(
    ("pairs", "row", "words"),
    [
        ([("fr-a", "fr-b", "same"), ("fr-b", "fr-a", "different")], 3, "Row 2 says"),
        ([("fr-a", "fr-b", "different"), ("fr-a", "fr-b", "same")], 2, "Row 3 says"),
        ([("fr-a", "fr-b", "same"), ("fr-b", "fr-a", "same")], 3, "merged into itself"),
        (
            [("fr-a", "fr-b", "same"), ("fr-b", "fr-c", "same"), ("fr-c", "fr-a", "same")],
            4,
            "merged into itself",
        ),
        ([("fr-a", "fr-b", "same"), ("fr-c", "fr-b", "same")], 3, "Row 2 merges"),
        (
            [("fr-a", "fr-b", "same"), ("fr-c", "fr-a", "same"), ("fr-b", "fr-c", "different")],
            4,
            "Row 2 says",
        ),
        ([("fr-a", "fr-a", "same")], 2, "Both identifiers"),
    ],
)  # fmt: skip
def test_contradictory_decisions_are_refused(
    pairs: list[tuple[str, str, str]], row: int, words: str
) -> None:
    (error,) = check_decisions(decided(*pairs))
    assert (error.file, error.row, error.step) == ("duplicate_decisions.csv", row, "validate")
    assert words in error.reason
    assert error.mend


def test_decisions_that_agree_are_taken() -> None:
    pairs = [("fr-a", "fr-b", "same"), ("fr-a", "fr-b", "same"), ("fr-a", "fr-c", "different")]
    assert check_decisions(decided(*pairs, ("fr-c", "fr-b", "different"))) == []


pairs_of_ids = st.tuples(
    st.sampled_from(IDS), st.sampled_from(IDS), st.sampled_from(["same", "different"])
)


@settings(deadline=None)
@given(st.lists(pairs_of_ids, max_size=8), st.lists(st.sampled_from(IDS), min_size=1, unique=True))
def test_merging_twice_is_merging_once(pairs: list[tuple[str, str, str]], ids: list[str]) -> None:
    decisions = decided(*pairs)
    assert not set(decisions.merged_into) & set(decisions.merged_into.values())
    before = frame(*(organisation(i, i.upper()) for i in ids))
    once, alias = merge(before, decisions)
    twice, alias_again = merge(once, decisions)
    pd.testing.assert_frame_equal(once, twice)
    pd.testing.assert_frame_equal(alias, alias_again)
    assert once["org_id"].is_unique
    assert set(alias["merged_into"]) <= set(once["org_id"])
    assert not set(alias["org_id"]) & set(once["org_id"])


def test_faulty_decisions_are_told_cell_by_cell(schemas: dict[str, Schema]) -> None:
    cells = ["fr-a", "FR b", "maybe", "", "28.5.2026", "", "", ""]
    faulty = pd.DataFrame([cells], columns=list(COLUMNS), index=[2], dtype="str")
    errors = validate(faulty, schemas["duplicate_decisions"])
    assert [e.column for e in errors] == ["org_id_b", "decision", "reason", "decided_on"]
    assert errors[0].name == "fr-a"


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def test_a_decision_is_one_line_more(tmp_path: Path) -> None:
    path = tmp_path / "duplicate_decisions.csv"
    before = (
        'reason,org_id_b,org_id_a,decision,decided_on,note\r\n"a, ""b""",fr-b,fr-a,different,,ü'
    )
    path.write_bytes(before.encode())
    add_decision(path, "fr-c", "fr-d", "same", "One\nhouse, one name", date(2026, 5, 28), "editor")
    # As the file was: without a line end after the last row.
    assert path.read_bytes().decode() == (
        f'{before}\r\n"One house, one name",fr-d,fr-c,same,2026-05-28,'
    )
    assert load_decisions(read(path)).merged_into == {"fr-d": "fr-c"}


def test_a_decision_that_contradicts_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "duplicate_decisions.csv"
    add_decision(path, "fr-a", "fr-b", "different", "Two houses", date(2026, 5, 28))
    before = path.read_bytes()
    with pytest.raises(RegisterError, match="Row 3 says that fr-a and fr-b are the same"):
        add_decision(path, "fr-a", "fr-b", "same", "One house", date(2026, 5, 29))
    with pytest.raises(RegisterError, match="`same` or `different`"):
        add_decision(path, "fr-a", "fr-c", "maybe", "?", date(2026, 5, 29))
    with pytest.raises(RegisterError, match="begins with ="):
        add_decision(path, "fr-a", "fr-c", "same", "=1+1", date(2026, 5, 29))
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"\xff\xfea"])
def test_a_file_that_is_not_one_of_decisions_stays(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "duplicate_decisions.csv"
    path.write_bytes(content)
    with pytest.raises(RegisterError, match=r"duplicate_decisions\.csv"):
        add_decision(path, "fr-a", "fr-b", "same", "One", date(2026, 5, 28))
    assert path.read_bytes() == content


reasons = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1).map(
    lambda text: "r" + " ".join(text.split())
)


@settings(max_examples=examples(30), deadline=None)
@given(st.lists(st.tuples(pairs_of_ids, reasons), max_size=5))
def test_decisions_come_back_as_written(
    tmp_path_factory: pytest.TempPathFactory, entries: list[tuple[tuple[str, str, str], str]]
) -> None:
    path = tmp_path_factory.mktemp("decisions") / "duplicate_decisions.csv"
    written = []
    for (a, b, decision), reason in entries:
        try:
            add_decision(path, a, b, decision, reason, date(2026, 5, 28), "editor")
        except RegisterError:
            continue
        written.append([a, b, decision, reason, "2026-05-28", "editor", "", ""])
    if written:
        assert read(path).to_numpy().tolist() == [[c.strip() for c in row] for row in written]
        assert check_decisions(load_decisions(read(path))) == []


def test_no_decisions_decide_nothing() -> None:
    assert not NO_DECISIONS.are_different("fr-a", "fr-b")
    assert NO_DECISIONS.final_id("fr-a") == "fr-a"


@pytest.mark.parametrize(
    ("short", "name", "expected"),
    [
        ("anss", "agence nationale de la securite des systemes", True),
        ("ifc", "institut federal de cyberdefense", True),
        ("incibe", "instituto nacional de ciberseguridad", True),
        ("bsi", "bundesamt fur sicherheit in der informationstechnik", True),
        ("bsi", "bundesamt fur informationstechnik", False),
        ("thales", "thales national digital exploitation centre", False),
        ("ab", "alpha beta", False),
    ],
)
def test_letters_stand_for_a_name(short: str, name: str, expected: bool) -> None:
    assert stands_for(short, name) is expected


def test_a_name_and_its_acronym_are_proposed_in_one_town_with_one_website(
    legal_forms: list[str],
) -> None:
    names = ("Institut fédéral de cyberdéfense", "IFC")
    sites = ["https://ifc.example", "https://ifc.example/en"]
    (one,) = likely_duplicates(rows(*names, website=sites), legal_forms)
    assert "“IFC” is short for the other name, in the same town" in one.evidence
    apart = rows(*names, website=sites, place_id=["g1", "g2"], lon=[2.35, 4.83])
    other = rows(*names, website=["https://ifc.example", "https://other.example"])
    unlike = rows("Institut fédéral de cyberdéfense", "IFB", website=sites)
    for frame in (apart, other, unlike):
        found = likely_duplicates(frame, legal_forms)
        assert not [pair for pair in found if "is short for" in pair.evidence]


def test_acronyms_add_no_pair_to_the_register_that_is_none(
    register: pd.DataFrame, legal_forms: list[str]
) -> None:
    found = likely_duplicates(register, legal_forms)
    assert not [pair for pair in found if "is short for" in pair.evidence]


def test_exact_duplicates_can_be_decided_about(legal_forms: list[str]) -> None:
    frame = rows("Foo", "Foo SAS", "Bar")
    (pair,) = exact_candidates(find_twins(frame, legal_forms), frame)
    assert (pair.org_id_a, pair.org_id_b) == ("fr-0", "fr-1")
    assert (pair.name_a, pair.name_b) == ("Foo", "Foo SAS")
    apart = load_decisions(
        pd.DataFrame([("fr-1", "fr-0", "different")], columns=COLUMNS[:3], index=[2])
    )
    assert exact_candidates(find_twins(frame, legal_forms, apart), frame) == []
