"""What differs between two releases, and what the next one hands on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.pipeline import run
from etl.release import shelf
from etl.release.change import (
    HISTORY_COLUMNS,
    changes,
    count_kinds,
    date_past,
    stamp,
)
from etl.release.earlier import history, published_organisations

STOIK = {"name": "Stoïk", "city": "Paris", "domains": ["cryptology"], "founded": 2021}
SOME = {"name", "city", "website"}


def table(**rows: Mapping[str, object]) -> pd.DataFrame:
    return pd.DataFrame([{"org_id": key, **row} for key, row in rows.items()])


def plain(change: pd.DataFrame) -> list[list[str]]:
    return (
        change[["row_id", "name", "kind", "field", "old", "new"]]
        .astype(object)
        .fillna("")
        .to_numpy()
        .tolist()
    )


def test_nothing_was_there_before() -> None:
    assert changes(table(a=STOIK), None).empty


def test_nothing_changed() -> None:
    assert changes(table(a=STOIK), table(a=STOIK)).empty


def test_added_removed_and_changed() -> None:
    old = table(a=STOIK, b=STOIK)
    new = table(
        a={**STOIK, "city": "Rennes", "domains": ["trust", "cryptology"], "founded": None},
        c={**STOIK, "name": "New"},
    )
    change = changes(new, old)
    assert plain(change) == [
        ["a", "Stoïk", "changed", "city", "Paris", "Rennes"],
        ["a", "Stoïk", "changed", "founded", "2021", ""],
        ["a", "Stoïk", "changed", "domains", "cryptology", "cryptology;trust"],
        ["b", "Stoïk", "removed", "", "", ""],
        ["c", "New", "added", "", "", ""],
    ]
    assert count_kinds(change) == {"changed": 1, "removed": 1, "added": 1}


def test_the_order_of_a_list_is_no_change() -> None:
    old = table(a={**STOIK, "domains": ["cryptology", "human-aspects"]})
    new = table(a={**STOIK, "domains": ["human-aspects", "cryptology"]})
    assert changes(new, old).empty


def test_merged_says_into_which_organisation() -> None:
    change = changes(table(a=STOIK), table(a=STOIK, b=STOIK, c=STOIK), {"b": "a", "x": "a"})
    assert plain(change) == [
        ["b", "Stoïk", "merged", "", "", "a"],
        ["c", "Stoïk", "removed", "", "", ""],
    ]


@pytest.mark.parametrize(("lat", "kinds"), [(48.1085, []), (48.1222, ["moved"])])
def test_only_more_than_a_kilometre_is_a_move(lat: float, kinds: list[str]) -> None:
    """A degree of latitude is about 111 km: 0.9 km and 2.4 km north of the town."""
    there = {**STOIK, "city": "Rennes", "lon": -1.68, "lat": 48.1004}
    change = changes(table(a={**there, "lat": lat}), table(a=there))
    assert list(change["kind"]) == kinds
    if kinds:
        assert plain(change)[0][4:] == [
            "Rennes (48.1004, -1.6800)",
            "Rennes (48.1222, -1.6800), 2 km away",
        ]


def test_an_older_release_without_a_column_can_be_compared() -> None:
    old = table(a=STOIK).drop(columns="founded")
    assert changes(table(a=STOIK), old).empty


cells = st.fixed_dictionaries(
    {name: st.one_of(st.none(), st.text(max_size=3)) for name in sorted(SOME - {"name"})}
    | {"name": st.text(max_size=3)}
)
tables = st.dictionaries(st.sampled_from("abcdef"), cells, min_size=1)


@given(new=tables, old=tables)
def test_changes_are_those_of_a_comparison_cell_by_cell(
    new: dict[str, dict[str, str | None]], old: dict[str, dict[str, str | None]]
) -> None:
    expected = {(key, "added", "", "", "") for key in new.keys() - old.keys()}
    expected |= {(key, "removed", "", "", "") for key in old.keys() - new.keys()}
    expected |= {
        (key, "changed", field, old[key][field] or "", new[key][field] or "")
        for key in new.keys() & old.keys()
        for field in SOME
        if (new[key][field] or "") != (old[key][field] or "")
    }
    found = {(row[0], *row[2:]) for row in plain(changes(table(**new), table(**old)))}
    assert found == expected


@pytest.mark.slow
def test_history_goes_from_release_to_release(edit: Callable[..., Path], releases: Path) -> None:
    def rename(rows: list[dict[str, str]]) -> None:
        rows[1]["name"] = "Limes"

    def move(rows: list[dict[str, str]]) -> None:
        rows[0]["city"] = "Linz"

    second = run(edit(rename), releases).release_id
    third = run(edit(move), releases).release_id
    unchanged = run(edit(lambda rows: None), releases).release_id
    assert third
    assert unchanged
    found = history(releases / f"{unchanged}.duckdb")
    assert list(found["release_id"].unique()) == [second, third]
    assert found["released_at"].is_monotonic_increasing
    first, *others = found.to_dict("records")
    assert (first["row_id"], first["old"], first["new"]) == (
        "at-limes-security-gmbh",
        "Limes Security GmbH",
        "Limes",
    )
    assert (first["nuts3"], first["valley_id"]) == ("AT313", "at-oberoesterreich")
    assert {row["field"] for row in others} >= {"city", "nuts3"}
    moved = next(row for row in others if row["kind"] == "moved")
    assert moved["old"].startswith("Hagenberg im Mühlkreis (48.3")
    assert moved["new"].startswith("Linz (48.3")
    assert moved["new"].endswith("km away")


def test_a_release_of_an_older_version_begins_the_history_anew(tmp_path: Path) -> None:
    old = tmp_path / "old.duckdb"
    with duckdb.connect(str(old)) as connection:
        connection.execute("CREATE TABLE change (org_id VARCHAR, kind VARCHAR)")
        connection.execute("INSERT INTO change VALUES ('a', 'added')")
    found = history(old)
    assert found.empty
    assert list(found) == HISTORY_COLUMNS
    assert history(None).empty


def test_stamped_rows_name_release_and_time_in_utc() -> None:
    moment = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
    stamped = stamp(changes(table(a=STOIK), table(b=STOIK)), "r2", moment)
    assert list(stamped) == HISTORY_COLUMNS
    assert set(stamped["release_id"]) == {"r2"}
    assert set(stamped["released_at"]) == {pd.Timestamp("2026-11-25 07:00")}


def test_a_change_of_a_wrong_clock_is_dated_before_the_release_that_follows() -> None:
    late = stamp(changes(table(a=STOIK), table(b=STOIK)), "r1", datetime(2036, 1, 1, tzinfo=UTC))
    early = stamp(changes(table(a=STOIK), table(b=STOIK)), "r0", datetime(2026, 1, 1, tzinfo=UTC))
    past = date_past(pd.concat([early, late]), datetime(2026, 11, 25, 7, tzinfo=UTC))
    dates = dict(zip(past["release_id"], past["released_at"], strict=True))
    assert dates == {
        "r0": pd.Timestamp("2026-01-01"),
        "r1": pd.Timestamp("2026-11-25 06:59:59"),
    }


def test_a_published_release_differs_from_itself_in_nothing(release_dir: Path) -> None:
    path = release_dir / f"{shelf.current_id(release_dir)}.duckdb"
    assert changes(published_organisations(path), published_organisations(path)).empty
