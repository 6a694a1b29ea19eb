"""Columns that hold lists are those that the schema and the database say."""

from __future__ import annotations

from ecosystem.common.list_columns import list_separators
from ecosystem.common.settings import settings
from ecosystem.common.store import Database
from etl.schema import load_schemas


def test_lists_are_those_of_the_schema_and_of_a_release(database: Database) -> None:
    columns = load_schemas(settings().schema_dir)["organisations"].columns.values()
    assert list_separators() == {c.name: c.separator for c in columns if c.separator}
    types = database.frame("DESCRIBE organisation")
    lists = types.loc[types["column_type"] == "VARCHAR[]", "column_name"]
    assert set(list_separators()) == set(lists)
