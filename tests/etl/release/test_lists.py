"""Changes of the lists besides the organisations, cell by cell, as their schemas describe them."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from ecosystem.common.settings import settings
from ecosystem.common.store import Database, Release
from ecosystem.tables import history
from ecosystem.tables.history import Selection
from etl import pipeline
from etl.register.normalise import normalise
from etl.release import shelf
from etl.release.build import cast
from etl.release.change import OTHER_LISTS, count_kinds, count_lists
from etl.release.earlier import history as read_history
from etl.release.earlier import published_lists
from etl.release.lists import list_changes
from etl.release.losses import losses
from etl.report import words
from etl.report.content import Content
from etl.schema import Column, Schema, load_schemas
from tests.etl.conftest import small_frame

NAMES = {"fr-secure-ic": "Secure-IC"}
LISTS = sorted(set(load_schemas(settings().schema_dir)) - {"organisations"})
# A value that each type of column can take instead of what it holds.
OTHER = {"integer": "7", "number": "7.5", "boolean": "true"}


def tables(frames: dict[str, pd.DataFrame], schemas: dict[str, Schema]) -> dict[str, pd.DataFrame]:
    return {name: cast(frame, schemas[name]) for name, frame in frames.items()}


def told(change: pd.DataFrame) -> list[tuple[str, ...]]:
    columns = ["resource", "name", "kind", "field", "old", "new"]
    return [tuple(row) for row in change[columns].astype(object).fillna("").to_numpy()]


def made_up(column: Column, i: int) -> str:
    numbers = {"integer": f"{i + 10}", "number": f"{i + 10}.5", "boolean": "false"}
    return numbers.get(column.type, f"{column.example or column.name}-{i}")


def rows_of(resource: str, frames: dict[str, pd.DataFrame], schema: Schema) -> pd.DataFrame:
    """Three rows of a list that differ in every column but for those of one value."""
    frame = frames[resource]
    if len(frame) < 3:
        made = [
            small_frame(schema, **{n: made_up(c, i) for n, c in schema.columns.items()})
            for i in range(3)
        ]
        frame = pd.concat(made, ignore_index=True)
    return frame.head(3).reset_index(drop=True)


@pytest.mark.parametrize("resource", LISTS)
def test_every_field_of_every_list_is_told(
    resource: str, frames: dict[str, pd.DataFrame], schemas: dict[str, Schema]
) -> None:
    schema = schemas[resource]
    before = rows_of(resource, frames, schema)
    for column in schema.columns.values():
        if column.name == schema.primary_key:
            continue
        new = OTHER.get(column.type, "other")
        was = before.at[1, column.name]
        new = new if was != new else "false"
        after = before.copy()
        after.loc[1, column.name] = new
        found = list_changes(
            {resource: cast(after, schema)}, {resource: cast(before, schema)}, schemas, {}
        )
        (row,) = found.to_dict("records")
        assert (row["kind"], row["field"], row["new"]) == ("changed", column.name, new)
        assert set(row["old"].split(";")) == set(was.split(";"))
        assert row["resource"] == resource
        assert row["name"]


@pytest.mark.parametrize("resource", LISTS)
def test_a_row_more_and_a_row_less_are_told_once_and_order_is_no_change(
    resource: str, frames: dict[str, pd.DataFrame], schemas: dict[str, Schema]
) -> None:
    before = cast(rows_of(resource, frames, schemas[resource]), schemas[resource])
    after = before.iloc[[2, 0, 1]]
    assert list_changes({resource: after}, {resource: before}, schemas, {}).empty
    found = list_changes({resource: before}, {resource: before.head(2)}, schemas, {})
    assert list(found["kind"]) == ["added"]
    found = list_changes({resource: before.tail(2)}, {resource: before}, schemas, {})
    assert list(found["kind"]) == ["removed"]
    assert count_lists(found) == {resource: {"removed": 1}}


def test_a_list_that_comes_later_needs_nothing_but_its_schema(schemas: dict[str, Schema]) -> None:
    field = {"description": "", "type": "string"}
    later = Schema(
        "grants",
        {
            "primaryKey": "grant_id",
            "table": "grant",
            "fields": [
                {"name": "grant_id", "title": "Id", **field},
                {"name": "name", "title": "Name", "constraints": {"required": True}, **field},
                {"name": "topics", "title": "Topics", "separator": ";", **field},
            ],
        },
    )
    row = {"grant_id": "a", "name": "Aid", "topics": "x;y"}
    old = pd.DataFrame([row, {**row, "grant_id": "b"}])
    new = pd.DataFrame([{**row, "topics": "y;z"}, {**row, "grant_id": "c", "name": "Cee"}])
    found = list_changes(
        {"grants": cast(new, later)}, {"grants": cast(old, later)},
        {**schemas, "grants": later}, {},
    )  # fmt: skip
    assert told(found) == [
        ("grants", "Aid", "changed", "topics", "x;y", "y;z"),
        ("grants", "Aid", "removed", "", "", ""),
        ("grants", "Cee", "added", "", "", ""),
    ]


def test_rows_without_an_identifier_are_known_by_what_they_say(schemas: dict[str, Schema]) -> None:
    def row(year: str, organisations: str, territory: str = "Spain") -> dict[str, str]:
        return {"territory": territory, "nuts_codes": "ES", "organisations": organisations,
                "counts": "companies", "scope": f"of {year}", "year": year,
                "source_url": f"https://example.org/{year}"}  # fmt: skip

    old = pd.DataFrame([row("2020", "100"), row("2021", "110"), row("2020", "100")])
    new = pd.DataFrame([row("2021", "115"), row("2020", "100"), row("2024", "9", "Malta")])
    found = list_changes(tables({"coverage": new}, schemas), tables({"coverage": old}, schemas),
                         schemas, {})  # fmt: skip
    assert sorted(told(found)) == [
        ("coverage", "Malta", "added", "", "", ""),
        ("coverage", "Spain", "changed", "organisations", "110", "115"),
        ("coverage", "Spain", "removed", "", "", ""),
    ]
    assert set(found["nuts3"]) == {"ES"}


def test_what_is_about_organisations_is_called_after_them(schemas: dict[str, Schema]) -> None:
    schema = schemas["duplicate_decisions"]
    cells = {"org_id_a": "fr-secure-ic", "org_id_b": "fr-x", "decision": "different"}
    none = cast(small_frame(schema).iloc[:0], schema)
    one = cast(small_frame(schema, **cells), schema)
    found = list_changes({schema.resource: one}, {schema.resource: none}, schemas, NAMES)
    assert told(found) == [("duplicate_decisions", "Secure-IC and fr-x", "added", "", "", "")]


@pytest.mark.parametrize(
    ("codes", "region"), [("FRH0", "FRH0"), ("DE21;DE22", "DE2"), ("AT;DE", None), ("", "IT")]
)
def test_a_region_hears_of_what_lies_in_it(
    codes: str, region: str | None, schemas: dict[str, Schema]
) -> None:
    schema = schemas["valleys"]
    cells = {"valley_id": "v", "name": "V", "nuts_codes": codes, "country": "" if codes else "IT"}
    one = cast(small_frame(schema, **cells), schema)
    found = list_changes({"valleys": one}, {"valleys": one.iloc[:0]}, schemas, {})
    assert list(found["nuts3"]) == [region]
    assert list(found["valley_id"]) == ["v"]


EDITS = {
    "valleys": ("fr-bretagne", "summary", "Another sentence."),
    "network": ("bretagne-next", "scope", "national"),
    "investors": ("ecapital", "cyber_specialist", "false"),
    "events": ("ecw-2016", "participants_smes", "120"),
    "documents": ("wg4-position-paper-2017", "kind", "report"),
    "partnerships": ("interreg-cyber", "end_date", "2023-06"),
    "partnership_members": ("interreg-cyber", "role", "partner"),
    "practices": ("bretagne-talent-campaign", "year", "2019"),
    "s3_priorities": ("cybersecurity", "label", "Cyber security"),
    "s3_wordings": ("fr-bretagne", "code", "safety-security"),
    "event_outcomes": ("ecso-investor-days-2017-2019", "deals", "2"),
    "funding_rounds": ("at-cyan-security-group-gmbh", "amount_meur", "25.5"),
    "organisation_facts": ("be-guardsquare", "year", "2018"),
    "programmes": ("cyber-runway", "cohort_size", "20 firms"),
}


@pytest.fixture(scope="module")
def edited(
    release_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, pipeline.Outcome, Path]:
    """A release of a register in which one cell of each list is another; and that register."""
    folder = tmp_path_factory.mktemp("lists")
    releases = Path(shutil.copytree(release_dir, folder / "releases"))
    register = Path(shutil.copytree(settings().register_dir, folder / "register"))
    for resource, (key, column, value) in EDITS.items():
        _write(register / f"{resource}.csv", key, column, value)
    _write(register / "coverage.csv", "Europe", "organisations", "12345")
    with (register / "labels.csv").open("a") as file:
        file.write("fr-secure-ic,ecso,2026-01-02,2027-01-01,,https://example.org\n")
    with (register / "services.csv").open("a") as file:
        file.write("fr-secure-ic,access-to-funding,2026-03,,,fr-bretagne,,,Secretariat\n")
    with (register / "duplicate_decisions.csv").open("a") as file:
        file.write("fr-secure-ic,fr-cailabs,different,Two,2026-11-25,secretariat\n")
    done = pipeline.run(register, releases)
    assert done.status is pipeline.Status.PUBLISHED, words.verdict(done)
    return releases, done, register


def _write(path: Path, key: str, column: str, value: str) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    row = next(row for row in rows if next(iter(row.values())) == key)
    row[column] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.slow
def test_the_diff_and_the_report_tell_every_list(
    edited: tuple[Path, pipeline.Outcome, Path],
) -> None:
    releases, done, _ = edited
    assert done.changes == {OTHER_LISTS: len(LISTS)}
    assert set(count_lists(done.prepared.change)) == set(LISTS)
    said = words.comparison(done)
    assert "no change. Other lists: valleys: 1 changed; network: 1 changed" in said
    rows = Content(done).list_changes
    lines = [words.list_change_line(row) for row in rows.itertuples(index=False, name=None)]
    assert "events: European Cyber Week 2016 (first edition) (ecw-2016): SMEs: (empty) -> 120" in (
        lines
    )
    assert "coverage: Europe: Organisations: 12000 -> 12345" in lines
    assert "labels: Secure-IC: added" in lines
    assert shelf.changes_of(releases, str(done.release_id)) == {OTHER_LISTS: len(LISTS)}
    before = str(done.previous_id)
    assert shelf.difference(releases, before, str(done.release_id)) == {OTHER_LISTS: len(LISTS)}


def test_whats_new_and_its_words_tell_every_list(
    edited: tuple[Path, pipeline.Outcome, Path],
) -> None:
    releases, done, _ = edited
    path = releases / f"{done.release_id}.duckdb"
    database = Database(Release(str(done.release_id), path))
    try:
        (release,) = history.releases(database, Selection()).to_dict("records")
        counts = release["entries"], release["others"], release["changed"]
        assert counts == (len(LISTS), len(LISTS), 0)
        rows = history.page(database, Selection())
        assert list(dict.fromkeys(rows["resource"])) == [
            name for name in load_schemas(settings().schema_dir) if name in LISTS
        ]
        known = history.names(database)
        said = {row["resource"]: str(history.in_words(row, known))
                for row in rows.to_dict("records")}  # fmt: skip
        assert said["investors"] == "Cyber specialist: yes → no"
        assert said["documents"] == "Kind: Position paper → Report"
        assert said["labels"] == "Added"
        assert said["event_outcomes"] == "Deals changed", "nobody learns how many"
        assert set(history.page(database, Selection(resource="events"))["row_id"]) == {"ecw-2016"}
        here = history.page(database, Selection(region="fr-bretagne"))
        elsewhere = {
            "coverage",
            "documents",
            "investors",
            "event_outcomes",
            "funding_rounds",
            "labels",
            "organisation_facts",
            "partnerships",
            "programmes",
            "s3_priorities",
        }
        assert set(here["resource"]) == set(LISTS) - elsewhere - {"duplicate_decisions"}
    finally:
        database.close()


@pytest.mark.slow
def test_an_older_release_is_compared_and_its_history_goes_on(
    edited: tuple[Path, pipeline.Outcome, Path], tmp_path: Path, schemas: dict[str, Schema]
) -> None:
    """A release from before there were other lists in the table, and no table of decisions."""
    releases, done, _ = edited
    older = tmp_path / "older.duckdb"
    shutil.copy(releases / f"{done.release_id}.duckdb", older)
    older.chmod(0o644)
    with duckdb.connect(str(older)) as connection:
        connection.execute("DROP TABLE duplicate_decision")
        connection.execute("DELETE FROM change")
        connection.execute("ALTER TABLE change DROP COLUMN resource")
        connection.execute("ALTER TABLE change RENAME COLUMN row_id TO org_id")
        connection.execute(
            "INSERT INTO change SELECT release_id, created_at, 'fr-x', 'X', 'added', NULL, NULL, "
            "NULL, 'FRH03', 'fr-bretagne' FROM release"
        )
    past = read_history(older)
    assert past[["resource", "row_id", "kind"]].to_numpy().tolist() == [
        ["organisations", "fr-x", "added"]
    ]
    # What isn't in it isn't said to be new.
    assert "duplicate_decisions" not in published_lists(older, schemas)
    assert len(published_lists(older, schemas)["events"]) == 28 - 1
    database = Database(Release("older", older))
    try:
        assert list(history.page(database, Selection())["row_id"]) == ["fr-x"]
        assert list(history.releases(database, Selection())["added"]) == [1]
        assert list(history.of_organisation(database, "fr-x")["kind"]) == ["added"]
        assert history.names(database)["merged"] == {}
    finally:
        database.close()


@pytest.mark.slow
def test_what_somebody_else_changed_in_a_list_since_is_not_lost(
    edited: tuple[Path, pipeline.Outcome, Path],
    tmp_path: Path,
    schemas: dict[str, Schema],
    aliases: dict[str, dict[str, str]],
) -> None:
    """Changed in the register since the file was taken from it, and not published yet."""
    releases, done, register = edited
    published = published_lists(releases / f"{done.release_id}.duckdb", schemas)
    since = Path(shutil.copytree(register, tmp_path / "since"))
    _write(since / "events.csv", "ecw-2016", "organiser", "Somebody else")
    _write(since / "coverage.csv", "Europe", "organisations", "5")
    with (since / "documents.csv").open("a") as file:
        file.write("new,2026,New,,report,,\n")
    files = {
        name: normalise(
            pd.read_csv(register / f"{name}.csv", dtype="str", keep_default_na=False),
            schemas[name], aliases,
        )
        for name in LISTS
    }  # fmt: skip
    # What the file changes itself is no loss: a cell, and a row that it takes away.
    files["events"].loc[3, "notes"] = "Hers"
    files["investors"] = files["investors"].drop(index=2)
    found = losses(files, since, schemas, published, {})
    assert {(one.resource, one.key, one.column) for one in found} == {
        ("events", "ecw-2016", "Organiser"),
        ("coverage", "", ""),
        ("documents", "new", ""),
    }
    line = next(words.loss_line(one) for one in found if one.resource == "events")
    assert line.startswith("events: European Cyber Week 2016 (first edition) (ecw-2016): Organiser")
    assert losses(files, register, schemas, published, {}) == []


def test_counts_of_nothing() -> None:
    nothing = list_changes({}, {}, {}, {})
    assert count_kinds(nothing) == {}
    assert count_lists(nothing) == {}
