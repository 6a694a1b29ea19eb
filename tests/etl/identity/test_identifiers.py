"""An organisation keeps its identifier, and no other ever gets it."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.duplicates import located_register
from ecosystem.common.settings import settings as own_settings
from etl.identity.deduplicate import exact_duplicates, find_twins, load_legal_forms
from etl.identity.identifiers import assign_ids, record_former_names, successions
from etl.register.decisions import NO_DECISIONS, Decisions, load_decisions, merge

CELLS = ("org_id", "name", "city", "country", "website", "former_names")
PARIS, RENNES, LYON = ("g1", 2.35, 48.86), ("g2", -1.68, 48.11), ("g3", 4.83, 45.76)
FORMS = ["sas", "gmbh", "^uab"]


def file(*rows: tuple[str, ...]) -> pd.DataFrame:
    filled = [(*row, *("",) * (len(CELLS) - len(row))) for row in rows]
    index = pd.RangeIndex(2, 2 + len(rows), name="row")
    return pd.DataFrame(filled, columns=list(CELLS), index=index, dtype="str")


def release(*rows: tuple[str, ...], place: tuple[str, float, float] = PARIS) -> pd.DataFrame:
    frame = file(*rows).reset_index(drop=True)
    return frame.assign(
        # As the database gives them.
        former_names=[np.array(n.split(";") if n else []) for n in frame["former_names"]],
        website=frame["website"].where(frame["website"] != ""),
        place_id=place[0],
        lon=place[1],
        lat=place[2],
    )


def decided(*pairs: tuple[str, str, str]) -> Decisions:
    columns = ["org_id_a", "org_id_b", "decision"]
    return load_decisions(pd.DataFrame(pairs, columns=columns, index=range(2, 2 + len(pairs))))


def ids(
    frame: pd.DataFrame, published: pd.DataFrame | None, decisions: Decisions = NO_DECISIONS
) -> list[str]:
    given, _, rejections = assign_ids(frame, published, decisions, FORMS)
    assert rejections == []
    pd.testing.assert_frame_equal(given.drop(columns="org_id"), frame.drop(columns="org_id"))
    return given["org_id"].tolist()


PUBLISHED = release(
    ("fr-1", "Stoïk", "Paris", "FR", "https://stoik.io"),
    ("fr-2", "IDnow", "Rennes", "FR", "https://idnow.io", "AriadNext"),
    ("fr-3", "Thales", "Rennes", "FR", "https://thales.com"),
    ("fr-4", "Thales", "Toulouse", "FR", "https://thales.com"),
)


@pytest.mark.parametrize(
    ("row", "org_id"),
    [
        (("", "STOIK", "paris", "FR"), "fr-1"),
        (("", "Stoïk SAS", "Paris", "FR"), "fr-1"),
        (("", "ARIADNEXT", "Rennes", "FR"), "fr-2"),
        (("", "New name", "Rennes", "FR", "", "Old;IDnow"), "fr-2"),
        (("", "Stoïk", "Lyon", "FR", "http://www.stoik.io/"), "fr-1"),
        (("", "Thales", "Toulouse", "FR", "https://thales.com"), "fr-4"),
        # Not surely the same: elsewhere, of another website, of another country, one of two.
        (("", "Stoïk", "Lyon", "FR"), "fr-stoik"),
        (("", "Stoïk", "Lyon", "FR", "https://stoik.fr"), "fr-stoik"),
        (("", "Stoïk", "Paris", "BE", "https://stoik.io"), "be-stoik"),
        (("", "Thales", "Lille", "FR", "https://thales.com"), "fr-thales"),
        (("fr-9", "Stoïk", "Paris", "GB"), "fr-9"),
    ],
)
def test_a_row_is_recognised_only_if_there_is_no_doubt(row: tuple[str, ...], org_id: str) -> None:
    assert ids(file(row), PUBLISHED) == [org_id]


def test_an_identifier_that_the_file_has_is_not_given_to_another_row() -> None:
    assert ids(file(("fr-1", "Stoïk", "Paris", "FR"), ("", "Stoïk", "Paris", "FR")), PUBLISHED) == [
        "fr-1",
        "fr-stoik",
    ]


def test_two_rows_that_could_be_one_organisation_are_told() -> None:
    twice = file(("", "Stoïk", "Lyon", "FR", "stoik.io"), ("", "Stoïk", "Nice", "FR", "stoik.io"))
    twice["website"] = "https://stoik.io"
    given, notes, _ = assign_ids(twice, PUBLISHED, NO_DECISIONS)
    assert given["org_id"].tolist() == ["fr-stoik", "fr-stoik-nice"]
    assert [note for note in notes if "isn't clear" in note and "fr-1" in note and "row 3" in note]
    assert "2 rows without identifier are new" in notes[0]


def test_new_identifiers_are_none_that_was_ever_used() -> None:
    rows = file(("", "Seal", "Brest", "FR"))
    published = release(("fr-seal", "Zama", "Paris", "FR"))
    assert ids(rows, published) == ["fr-seal-brest"]
    merged = decided(("fr-zama", "fr-seal-brest", "same"))
    given, _, _ = assign_ids(rows, published, merged, used_ids={"fr-seal-brest-2"})
    assert given["org_id"].tolist() == ["fr-seal-brest-3"]


def test_a_file_without_identifiers_merges_what_was_merged_before() -> None:
    rows = file(("", "Amossys", "Rennes", "FR"), ("", "Almond Lab", "Rennes", "FR"))
    decisions = decided(("fr-amossys", "fr-almond-lab", "same"))
    for published in (None, release(("fr-amossys", "Amossys", "Rennes", "FR", "", "Almond Lab"))):
        given, _, _ = assign_ids(rows, published, decisions)
        assert given["org_id"].tolist() == ["fr-amossys", "fr-almond-lab"]
        kept, _ = merge(given, decisions)
        assert kept[["org_id", "former_names"]].to_numpy().tolist() == [
            ["fr-amossys", "Almond Lab"]
        ]


def test_exchanged_identifiers_are_refused() -> None:
    rows = file(("fr-2", "Stoïk", "Paris", "FR"), ("fr-3", "Thales", "Rennes", "FR"))
    _, _, (error,) = assign_ids(rows, PUBLISHED, NO_DECISIONS)
    assert (error.row, error.column, error.value, error.step) == (2, "org_id", "fr-2", "validate")
    assert "“IDnow”" in error.reason
    assert "Write fr-1" in error.mend
    _, _, rejections = assign_ids(rows, PUBLISHED, decided(("fr-2", "fr-1", "same")))
    assert rejections == []


def test_a_row_without_name_or_country_gets_something_valid() -> None:
    for org_id in ids(file(("", "", "Paris", "FR"), ("", "!!!", "", "Frankreich")), None):
        assert re.fullmatch(r"[a-z]{2}-[a-z0-9]+(?:-[a-z0-9]+)*", org_id)


def test_the_register_without_identifiers_keeps_all_of_them() -> None:
    register = located_register().drop(columns=["place_id", "lon", "lat"]).reset_index(drop=True)
    forms = load_legal_forms(own_settings().schema_dir)
    given, notes, rejections = assign_ids(register.assign(org_id=""), register, NO_DECISIONS, forms)
    assert given["org_id"].tolist() == register["org_id"].tolist()
    assert rejections == []
    assert len(notes) == 1
    assert f"{len(register)} rows without identifier are published" in notes[0]


names = st.sampled_from(["Seal", "SEAL SAS", "Sceau", "Zama", "Ledger", "!!"])
towns = st.sampled_from(["Paris", "Brest", "Metz"])
countries = st.sampled_from(["FR", "DE"])
written = st.sampled_from(["", "", "fr-seal", "fr-x"])
some_rows = st.lists(
    st.tuples(written, names, towns, countries),
    max_size=8,
    unique_by=lambda row: row[0] or object(),
).map(lambda rows: file(*rows))


@settings(deadline=None)
@given(some_rows, some_rows)
def test_identifiers_are_unique_and_do_not_depend_on_the_order(
    rows: pd.DataFrame, before: pd.DataFrame
) -> None:
    earlier, _, _ = assign_ids(before, None, NO_DECISIONS, FORMS)
    published = earlier.assign(former_names=[[] for _ in earlier.index])
    given, notes, _ = assign_ids(rows, published, NO_DECISIONS, FORMS)
    assert given["org_id"].is_unique
    assert (given["org_id"] != "").all()
    again, notes_again, _ = assign_ids(rows, published, NO_DECISIONS, FORMS)
    pd.testing.assert_frame_equal(given, again)
    assert notes == notes_again
    backwards, _, _ = assign_ids(rows.iloc[::-1], published, NO_DECISIONS, FORMS)
    alone = ~rows[["name", "city", "country"]].duplicated(keep=False)
    assert backwards["org_id"][alone].to_dict() == given["org_id"][alone].to_dict()


@settings(deadline=None)
@given(some_rows)
def test_reading_the_same_file_again_changes_no_identifier(rows: pd.DataFrame) -> None:
    first, _, _ = assign_ids(rows, None, NO_DECISIONS, FORMS)
    located = first.assign(place_id=first["city"])
    twice = {error.row for error in exact_duplicates(find_twins(located, FORMS))}
    published = first.drop(index=list(twice)).assign(former_names=None)
    again, _, _ = assign_ids(rows.drop(index=list(twice)), published, NO_DECISIONS, FORMS)
    assert again["org_id"].to_dict() == published["org_id"].to_dict()


# Former names


def typed(*rows: tuple[str, str, list[str]]) -> pd.DataFrame:
    return pd.DataFrame(
        rows, columns=["org_id", "name", "former_names"], index=range(2, 2 + len(rows))
    )


def test_a_renamed_organisation_has_its_former_name() -> None:
    published = release(
        ("fr-1", "AriadNext", "Rennes", "FR", "", "Ariadne"),
        ("fr-2", "Stoïk", "Paris", "FR"),
        ("fr-3", "Gone", "Paris", "FR"),
    )
    now = typed(("fr-1", "IDnow", []), ("fr-2", "STOIK", []), ("fr-4", "New", ["Older"]))
    recorded = record_former_names(now, published)
    assert recorded["former_names"].tolist() == [["Ariadne", "AriadNext"], [], ["Older"]]
    assert now["former_names"].tolist() == [[], [], ["Older"]]


def test_a_former_name_stays_and_is_there_once() -> None:
    published = release(("fr-1", "IDnow", "Rennes", "FR", "", "AriadNext"))
    recorded = record_former_names(typed(("fr-1", "IDnow", ["ARIADNEXT"])), published)
    assert recorded["former_names"].tolist() == [["ARIADNEXT"]]
    back = record_former_names(typed(("fr-1", "AriadNext", [])), published)
    assert back["former_names"].tolist() == [["IDnow"]]
    assert record_former_names(recorded, None)["former_names"].tolist() == [["ARIADNEXT"]]


def test_a_name_that_the_register_says_is_none_is_no_former_name() -> None:
    published = release(("fr-1", "Ariadnetx", "Rennes", "FR", "", "Ariadne;Wrong"))
    now = typed(("fr-1", "AriadNext", ["not: ARIADNETX", "not:Wrong", "First"]))
    recorded = record_former_names(now, published)
    assert recorded["former_names"].tolist() == [["First", "Ariadne"]]
    assert record_former_names(now, None)["former_names"].tolist() == [["First"]]


def test_a_row_without_identifier_is_recognised_by_a_misspelling() -> None:
    row = file(("", "Stoïque", "Paris", "FR", "", "not: Stoïk"))
    assert ids(row, PUBLISHED) == ["fr-1"]


# Successions


def located(*rows: tuple[str, ...], place: tuple[str, float, float] = PARIS) -> pd.DataFrame:
    return release(*rows, place=place)


def test_a_renamed_organisation_under_a_new_identifier_is_suspected() -> None:
    old = release(("fr-ariadnext", "AriadNext", "Rennes", "FR", "https://idnow.io"))
    new = located(("fr-idnow", "IDnow", "Rennes", "FR", "https://idnow.io"))
    (found,) = successions(new, old, FORMS, NO_DECISIONS)
    assert (found.old_id, found.new_id) == ("fr-ariadnext", "fr-idnow")
    assert "in the same town, the same website" in found.evidence
    for decision in ("same", "different"):
        decisions = decided(("fr-ariadnext", "fr-idnow", decision))
        after = new.assign(org_id=new["org_id"].map(decisions.final_id))
        assert successions(after, old, FORMS, decisions) == []


def test_a_moved_organisation_under_a_new_identifier_is_suspected() -> None:
    old = release(("fr-stoik", "Stoïk", "Paris", "FR", "https://stoik.io"))
    new = located(("fr-stoik-lyon", "Stoïk", "Lyon", "FR", "https://stoik.com"), place=LYON)
    (found,) = successions(new, old, FORMS, NO_DECISIONS)
    # 391 km by the geodesic.
    (km,) = re.findall(r", (\d+) km apart", found.evidence)
    assert int(km) == pytest.approx(391, abs=3)


def test_each_organisation_is_suspected_once_and_those_that_stayed_never() -> None:
    old = release(("fr-a", "Stormshield", "Paris", "FR"), ("fr-b", "Stormshields", "Paris", "FR"))
    new = located(("fr-c", "Stormshield", "Paris", "FR"), ("fr-b", "Stormshields", "Paris", "FR"))
    assert [(s.old_id, s.new_id) for s in successions(new, old, FORMS, NO_DECISIONS)] == [
        ("fr-a", "fr-c")
    ]
    both_new = located(
        ("fr-c", "Stormshield", "Paris", "FR"), ("fr-d", "Stormshield", "Paris", "FR")
    )
    found = successions(both_new, old.head(1), FORMS, NO_DECISIONS)
    assert [s.new_id for s in found] == ["fr-c"]


def test_others_that_come_and_go_are_not_suspected() -> None:
    old = release(("fr-a", "Filigran", "Paris", "FR"))
    new = located(("fr-b", "Olvid", "Paris", "FR"))
    assert successions(new, old, FORMS, NO_DECISIONS) == []
    assert successions(new, None, FORMS, NO_DECISIONS) == []
    assert successions(old, old, FORMS, NO_DECISIONS) == []


def decided_by_content(*rows: tuple[str, str, str, str, str]) -> Decisions:
    columns = ["org_id_a", "org_id_b", "decision", "row_a", "row_b"]
    return load_decisions(pd.DataFrame(rows, columns=columns, index=range(2, 2 + len(rows))))


def test_a_row_without_identifier_keeps_the_one_that_was_decided_about() -> None:
    """A new name for a published one: nothing but the decision says that they are one."""
    old = release(("fr-1", "Stoïk", "Paris", "FR"))
    sheet = file(("fr-1", "Stoïk", "Paris", "FR"), ("", "Stoik Insurance", "Paris", "FR"))
    made = ids(sheet, old)
    assert made == ["fr-1", "fr-stoik-insurance"]
    decisions = decided_by_content(("fr-1", made[1], "same", "", "FR | Paris | Stoik Insurance"))
    for again in (sheet, sheet.iloc[::-1], sheet.assign(city="PARIS")):
        given, _, _ = assign_ids(again, old, decisions, FORMS)
        assert sorted(given["org_id"]) == sorted(made)
        merged, alias = merge(given, decisions)
        assert list(merged["org_id"]) == ["fr-1"]
        assert alias.to_numpy().tolist() == [[made[1], "fr-1"]]


def test_two_equal_rows_without_identifiers_stay_two_once_that_is_decided() -> None:
    sheet = file(("", "Foo", "Lyon", "FR"), ("", "Foo SAS", "Lyon", "FR"))
    made = ids(sheet, None)
    rows = ("FR | Lyon | Foo", "FR | Lyon | Foo SAS")
    decisions = decided_by_content((made[0], made[1], "different", *rows))
    assert ids(sheet, None, decisions) == made
    assert ids(sheet.iloc[::-1], None, decisions) == made[::-1]
    equal = file(("", "Foo", "Lyon", "FR"), ("", "Foo", "Lyon", "FR"))
    made = ids(equal, None)
    decisions = decided_by_content((made[0], made[1], "different", rows[0], rows[0]))
    assert sorted(ids(equal, None, decisions)) == sorted(made)
    # Published since, with a file that has no identifiers: both are known again.
    old = release((made[0], "Foo", "Lyon", "FR"), (made[1], "Foo", "Lyon", "FR"))
    given, notes, _ = assign_ids(equal, old, decisions, FORMS)
    assert sorted(given["org_id"]) == sorted(made)
    assert not [note for note in notes if "it isn't clear" in note]


def test_a_published_organisation_goes_before_the_row_that_was_told_from_it() -> None:
    old = release(("fr-1", "Foo", "Lyon", "FR"))
    decisions = decided_by_content(("fr-1", "fr-foo", "different", "", "FR | Lyon | Foo"))
    sheet = file(("", "Foo", "Lyon", "FR"), ("", "Foo", "Lyon", "FR"))
    assert sorted(ids(sheet, old, decisions)) == ["fr-1", "fr-foo"]
    assert ids(sheet.head(1), old, decisions) == ["fr-1"]


def test_a_decision_holds_when_the_town_that_was_none_is_corrected() -> None:
    """What is decided beside a fault is not asked again when the fault is mended."""
    towns = {"Wien", "Linz"}

    def given(sheet: pd.DataFrame, decisions: Decisions) -> list[str]:
        frame, _, _ = assign_ids(
            sheet, None, decisions, FORMS, is_town=lambda city, _country: city in towns
        )
        return list(frame["org_id"])

    wrong = file(("", "Foo", "Wienx", "AT"), ("", "Foo GmbH", "Wienx", "AT"))
    made = given(wrong, NO_DECISIONS)
    rows = ("AT | Wienx | Foo", "AT | Wienx | Foo GmbH")
    decisions = decided_by_content((made[0], made[1], "same", *rows))
    assert given(wrong.assign(city="Wien"), decisions) == made
    assert given(wrong.assign(city=["Wien", "Linz"]), decisions) == made
    # Another country, or another town when the first was one: another organisation.
    assert not set(given(wrong.assign(country="DE"), decisions)) & set(made)
    known = decided_by_content((made[0], made[1], "same", *(r.replace("x", "") for r in rows)))
    assert not set(given(wrong.assign(city="Linz"), known)) & set(made)
