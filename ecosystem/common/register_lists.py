"""The lists of the register and their columns, as the Table Schemas describe them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ecosystem.common.settings import settings


@dataclass(frozen=True)
class RegisterList:
    """One list of the register.

    Attributes
    ----------
    title : str
        What people call it.
    columns : mapping of str to str
        Title of each column, in order.
    separators : mapping of str to str
        What stands between the items of a column that holds several.
    """

    title: str
    columns: Mapping[str, str]
    separators: Mapping[str, str]


def register_lists() -> dict[str, RegisterList]:
    """All lists by the name of their file, in the order of the data package."""
    return _lists(settings().schema_dir)


@cache
def _lists(schema_dir: Path) -> dict[str, RegisterList]:
    package = json.loads(schema_dir.with_name("datapackage.json").read_text(encoding="utf-8"))
    found = {}
    for resource in package["resources"]:
        path = schema_dir / Path(resource["schema"]).name
        schema = json.loads(path.read_text(encoding="utf-8"))
        fields = schema["fields"]
        found[resource["name"]] = RegisterList(
            schema["title"],
            {field["name"]: field["title"] for field in fields},
            {field["name"]: field["separator"] for field in fields if field.get("separator")},
        )
    return found
