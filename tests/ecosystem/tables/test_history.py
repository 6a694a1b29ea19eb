"""What the site says about changes, on a real second release."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from ecosystem.common.store import Database, current
from ecosystem.tables import history
from ecosystem.tables.history import Line, Selection

MOVED = "at-it-cluster-der-business-upper-austria"
DETAILS = "at-limes-security-gmbh"


@pytest.fixture(scope="module")
def changed(changed_releases_dir: Path) -> Iterator[Database]:
    database = Database(current(changed_releases_dir))
    yield database
    database.close()


def lines(database: Database, rows: pd.DataFrame) -> list[str]:
    known = history.names(database)
    return [str(history.in_words(row, known)) for row in rows.to_dict("records")]


def test_a_first_release_has_no_changes(database: Database) -> None:
    assert history.releases(database, Selection()).empty
    assert history.page(database, Selection()).empty
    assert history.of_organisation(database, DETAILS).empty


@pytest.mark.slow
def test_a_release_counts_its_changes(changed: Database) -> None:
    (release,) = history.releases(changed, Selection()).to_dict("records")
    assert release["release_id"] == changed.release.release_id
    counts = {kind: release[kind] for kind in ("added", "removed", "merged", "moved", "changed")}
    assert counts == {"added": 1, "removed": 1, "merged": 1, "moved": 1, "changed": 3}
    assert release["others"] == 1
    assert release["entries"] == history.page(changed, Selection())["row_id"].nunique()


def test_the_list_goes_from_added_to_changed_details(changed: Database) -> None:
    rows = history.page(changed, Selection()).drop_duplicates("row_id")
    assert list(rows["kind"]) == ["added", "removed", "merged", "moved", "changed", "changed",
                                  "added"]  # fmt: skip
    assert list(rows["resource"].tail(2)) == ["organisations", "duplicate_decisions"]
    exists = rows.set_index("row_id")["exists"]
    assert exists["fr-neuve"]
    assert not exists["at-softwarepark-hagenberg"]
    assert not exists["be-a6k"]


def test_pages_hold_whole_organisations_and_together_everything(changed: Database) -> None:
    everything = history.page(changed, Selection())
    pages = [history.page(changed, Selection(), limit=2, offset=start) for start in (0, 2, 4, 6)]
    assert all(page["row_id"].nunique() == 2 for page in pages[:3])
    assert pages[3]["row_id"].nunique() == 1
    together = pd.concat(pages)
    assert together.fillna("").to_numpy().tolist() == everything.fillna("").to_numpy().tolist()


def test_changes_are_told_in_labels_and_not_in_codes(changed: Database) -> None:
    assert lines(changed, history.of_organisation(changed, DETAILS)) == [
        "Type: SME or start-up → Large company",
        "Founded: 2012 → nothing",
        "JRC domains: added “Cryptology”; removed “Software and hardware security engineering”",
    ]
    moved = lines(changed, history.of_organisation(changed, MOVED))
    assert moved[0] == "Moved on the map: Hagenberg im Mühlkreis → Linz, 18 km away"
    assert not [line for line in moved if line.startswith("Town:")], "it is told once"
    assert "Small region (NUTS 3): Mühlviertel → Linz-Wels" in moved


def test_who_it_was_merged_into_is_named(changed: Database) -> None:
    rows = history.page(changed, Selection(kind="merged"))
    assert lines(changed, rows) == ["Merged into: Aikido Security"]
    own = history.of_organisation(changed, "be-aikido-security")
    assert "be-a6k" in set(own["row_id"])


@pytest.mark.parametrize(
    ("region", "found"),
    [
        ("fr-bretagne", {"fr-neuve"}),
        ("FRH0", {"fr-neuve"}),
        ("AT312", {MOVED}),
        ("AT", {MOVED, DETAILS, "at-softwarepark-hagenberg"}),
        ("ES", set()),
        ("nowhere", set()),
    ],
)
def test_a_region_has_the_changes_of_what_is_or_was_there(
    changed: Database, region: str, found: set[str]
) -> None:
    assert set(history.page(changed, Selection(region=region))["row_id"]) == found


def test_a_region_hears_of_what_left_it(changed: Database) -> None:
    rows = history.page(changed, Selection(region="AT313"))
    left = rows[rows["row_id"] == MOVED]
    assert lines(changed, left) == ["Small region (NUTS 3): Mühlviertel → Linz-Wels"]


def test_a_merged_identifier_leads_to_its_successor(changed: Database) -> None:
    assert history.successor(changed, "be-a6k") == "be-aikido-security"
    assert history.successor(changed, "at-softwarepark-hagenberg") is None
    assert history.successor(changed, "nobody' OR 'a' = 'a") is None


def test_a_long_note_is_cut_and_hostile_text_stays_text() -> None:
    row = {
        "resource": "organisations",
        "kind": "changed",
        "field": "notes",
        "old": None,
        "new": "<b>" + "x" * 500,
    }
    line = history.in_words(row, {})
    assert line.old == "nothing"
    assert line.new == "<b>" + "x" * 157 + "…"


def test_unknown_codes_and_organisations_are_shown_as_they_are() -> None:
    merged = {
        "resource": "organisations",
        "kind": "merged",
        "field": None,
        "old": None,
        "new": "xx-gone",
    }
    assert history.in_words(merged, {"merged": {}}) == Line("Merged into", new="xx-gone")
    gone = {
        "resource": "organisations",
        "kind": "changed",
        "field": "valley_id",
        "old": "xx-valley",
        "new": "",
    }
    assert str(history.in_words(gone, {"valley_id": {}})) == "Valley: xx-valley → nothing"


def test_region_names(database: Database) -> None:
    assert history.region_name(database, "fr-bretagne") == "Brittany (Bretagne)"
    assert history.region_name(database, "FRH03") == "Ille-et-Vilaine"
    assert history.region_name(database, "nowhere") is None
