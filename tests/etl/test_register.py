"""The schemas of the register files and the vocabulary say the same."""

from __future__ import annotations

import json
import re

import pytest

from ecosystem.common.settings import settings
from ecosystem.common.vocabulary import BY_COLUMN, BY_LIST, vocabulary_of
from etl.schema import Schema, describe_package


def test_the_data_package_is_what_the_schemas_say() -> None:
    """Run `python -m etl.schema` after a change of a title or description."""
    schema_dir = settings().schema_dir
    package = json.loads(schema_dir.with_name("datapackage.json").read_text(encoding="utf-8"))
    assert describe_package(package, schema_dir) == package
    known = package["resources"][1:]
    completed = describe_package({**package, "resources": known}, schema_dir)
    assert completed["resources"] == [*known, package["resources"][0]]


@pytest.mark.parametrize("column", ["type", "country", "evidence", "status"])
def test_enumerations_are_the_vocabulary(schemas: dict[str, Schema], column: str) -> None:
    enumerated = {
        name: schema.columns[column].constraints["enum"]
        for name, schema in schemas.items()
        if column in schema.columns and "enum" in schema.columns[column].constraints
    }
    assert enumerated
    for name, codes in enumerated.items():
        assert codes == list(vocabulary_of(name, column) or ())


@pytest.mark.parametrize(("resource", "column"), list(BY_LIST))
def test_enumerations_of_a_list_are_its_vocabulary(
    schemas: dict[str, Schema], resource: str, column: str
) -> None:
    limits = schemas[resource].columns[column].constraints
    codes = limits.get("enum") or set(re.findall(r"[a-z-]{3,}", limits["pattern"]))
    assert sorted(codes) == sorted(BY_LIST[resource, column])


def test_every_kind_has_a_vocabulary(schemas: dict[str, Schema]) -> None:
    kinds = {(name, "kind") for name, schema in schemas.items() if "kind" in schema.columns}
    assert kinds <= set(BY_LIST)


@pytest.mark.parametrize(("column", "most"), [("domains", 4), ("sectors", 4), ("functions", 5)])
def test_list_patterns_are_the_vocabulary(
    schemas: dict[str, Schema], column: str, most: int
) -> None:
    field = schemas["organisations"].columns[column]
    pattern, codes = re.compile(field.constraints["pattern"]), list(BY_COLUMN[column])
    assert field.separator == ";"
    assert all(pattern.fullmatch(code) for code in codes)
    assert pattern.fullmatch(";".join(codes[:most]))
    assert not pattern.fullmatch(";".join([codes[0]] * (most + 1)))
    assert set(re.findall(r"[a-z-]{3,}", field.constraints["pattern"])) == set(codes)


def test_every_column_is_described(schemas: dict[str, Schema]) -> None:
    for schema in schemas.values():
        for column in schema.columns.values():
            assert column.title, column.name
            assert column.description.endswith("."), column.name


def test_every_text_has_a_bound(schemas: dict[str, Schema]) -> None:
    for schema in schemas.values():
        for column in schema.columns.values():
            if column.type == "string":
                assert {"maxLength", "enum", "pattern"} & set(column.constraints), column.name
