"""One row is changed, added or taken off, and no other byte of the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosystem.common.settings import settings
from etl import actions
from etl.errors import RegisterError
from etl.register.edit import (
    Edit,
    RowChangedError,
    changed_file,
    new_id,
    read_rows,
    row_number,
    save,
)
from etl.schema import Schema, load_schemas

LISTS = sorted(load_schemas(settings().schema_dir))


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CYBER_VALLEYS_LOG_FILE", str(tmp_path / "log" / "actions.jsonl"))
    settings.cache_clear()
    yield
    settings.cache_clear()


def lines(content: bytes) -> list[bytes]:
    return content.splitlines(keepends=True)


@pytest.mark.parametrize("resource", LISTS)
@pytest.mark.usefixtures("log")
def test_a_row_of_every_list_comes_changes_and_goes(
    register: Path, schemas: dict[str, Schema], resource: str
) -> None:
    schema, path = schemas[resource], register / f"{resource}.csv"
    original = path.read_bytes()
    new = dict.fromkeys(schema.columns, "") | {next(iter(schema.columns)): "zz-new"}
    new = {name: cell for name, cell in new.items() if name in read_header(path)}
    save(register, Edit(schema, {}, new))
    added = path.read_bytes()
    assert [line for line in lines(added) if line not in lines(original)] != []
    assert new in read_rows(register, schema)
    changed = new | {[*new][1]: 'Ünïcode, "quoted"; \n two lines'}
    save(register, Edit(schema, new, changed))
    assert changed in read_rows(register, schema)
    save(register, Edit(schema, changed, {}))
    assert path.read_bytes() == original
    assert [entry.action for entry in actions.entries()] == ["edit"] * 3


def read_header(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8-sig").splitlines()[0].split(",")


@pytest.mark.usefixtures("log")
def test_who_changed_what_is_written_down(register: Path, schemas: dict[str, Schema]) -> None:
    schema = schemas["organisations"]
    before = read_rows(register, schema)[3]
    save(register, Edit(schema, before, before | {"founded": "1999", "notes": ""}))
    (entry,) = actions.entries()
    assert entry.subject == f"organisations: {before['org_id']} {before['name']}"
    assert "founded: 1999" in entry.after
    assert "name:" not in entry.after


@pytest.mark.usefixtures("log")
def test_what_somebody_else_changed_is_not_written_over(
    register: Path, schemas: dict[str, Schema]
) -> None:
    schema = schemas["investors"]
    first, second, *_ = read_rows(register, schema)
    save(register, Edit(schema, first, {}))
    save(register, Edit(schema, second, second | {"name": "Another"}))
    now = (register / "investors.csv").read_bytes()
    for before in (first, second):
        with pytest.raises(RowChangedError, match=r"somebody else has changed or removed"):
            save(register, Edit(schema, before, before | {"name": "Mine"}))
    assert (register / "investors.csv").read_bytes() == now


def test_a_spreadsheet_is_not_written(register: Path, schemas: dict[str, Schema]) -> None:
    (register / "events.csv").rename(register / "events.xlsx")
    with pytest.raises(RegisterError, match="into CSV files only"):
        changed_file(register, Edit(schemas["events"], {}, {"event_id": "x"}))


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
def test_any_text_comes_back_as_it_was_written(text: str) -> None:
    schema = load_schemas(settings().schema_dir)["documents"]
    folder = settings().register_dir
    row = read_rows(folder, schema)[1]
    content = changed_file(folder, Edit(schema, row, row | {"title": text}))
    original = (folder / "documents.csv").read_bytes()
    assert len(set(lines(content)) - set(lines(original))) <= 1
    if text == row["title"]:
        assert content == original


def test_nothing_is_changed_by_the_same_cells(schemas: dict[str, Schema]) -> None:
    schema = schemas["documents"]
    row = read_rows(settings().register_dir, schema)[0]
    assert Edit(schema, row, dict(row)).is_empty
    assert not Edit(schema, row, row | {"title": "x"}).is_empty
    assert not Edit(schema, row, {}).is_empty
    assert not Edit(schema, {}, {"title": "x"}).is_empty
    assert Edit(schema, {}, {"title": ""}).is_empty


def test_a_new_row_gets_an_identifier_that_nobody_had(schemas: dict[str, Schema]) -> None:
    folder = settings().register_dir
    cells = {"name": "Thales", "city": "Rennes", "country": "FR"}
    assert new_id(folder, schemas["organisations"], cells) == "fr-thales-rennes"
    used = {"fr-thales-rennes"}
    assert new_id(folder, schemas["organisations"], cells, used) == "fr-thales-rennes-2"
    assert new_id(folder, schemas["documents"], {"title": "Über Täler!"}) == "uber-taler"
    assert new_id(folder, schemas["documents"], {}) == "documents"


def test_the_row_is_found_again_in_the_changed_file(schemas: dict[str, Schema]) -> None:
    schema, folder = schemas["documents"], settings().register_dir
    row = read_rows(folder, schema)[4]
    edit = Edit(schema, row, row | {"title": "Another title"})
    assert row_number(changed_file(folder, edit), edit) == 6
    gone = Edit(schema, row, {})
    assert row_number(changed_file(folder, gone), gone) == 0
