"""The Table Schema of each register file, as the steps need it.

Run ``python -m etl.schema``: it brings ``data/datapackage.json`` up to date with the schemas.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ecosystem.common.settings import settings


@dataclass(frozen=True)
class Column:
    """One column of a register file.

    Attributes
    ----------
    name, title, description, example : str
        As in the Table Schema; the example may be empty.
    type : str
        Table Schema type: string, integer, number, boolean.
    constraints : dict
        Table Schema constraints.
    separator : str
        What separates the items of a list column; empty for a plain one.
    optional : bool
        Whether a file may lack the column altogether.
    default : str
        What an empty cell means; empty if it means that nothing is known.
    """

    name: str
    title: str
    description: str
    example: str
    type: str
    constraints: dict[str, Any]
    separator: str
    optional: bool
    default: str = ""


@dataclass(frozen=True)
class Schema:
    """Schema of one register file.

    Attributes
    ----------
    resource : str
        Name of the resource; the file is called after it.
    descriptor : dict
        The Table Schema as published.
    """

    resource: str
    descriptor: dict[str, Any] = field(repr=False)

    @property
    def file(self) -> str:
        """Name of the register file."""
        return f"{self.resource}.csv"

    @property
    def primary_key(self) -> str:
        """Column that identifies a row; empty if none does."""
        return str(self.descriptor.get("primaryKey", ""))

    @cached_property
    def naming_columns(self) -> list[str]:
        """Columns that tell people which row it is: its name, or the organisations it is about."""
        texts = [
            name
            for name, column in self.columns.items()
            if column.type == "string"
            and column.constraints.get("required")
            and name != self.primary_key
        ]
        if texts and texts[0].startswith("org_id"):
            return [name for name in self.columns if name.startswith("org_id")]
        return [name for name in texts if name not in self.references][:1]

    @property
    def table(self) -> str:
        """Table of a release that takes its rows as they are; empty if a step makes one of them."""
        return str(self.descriptor.get("table", ""))

    @property
    def rows(self) -> str:
        """What people call its rows, in the plural; empty if reports don't count them."""
        return str(self.descriptor.get("rows", ""))

    @property
    def has_seat(self) -> bool:
        """Whether its rows are bodies whose seat is looked for."""
        return bool(self.descriptor.get("seat", False))

    @property
    def may_be_empty(self) -> bool:
        """Whether a file without any row is whole."""
        return bool(self.descriptor.get("mayBeEmpty", False))

    @cached_property
    def columns(self) -> dict[str, Column]:
        """The columns by name, in order."""
        return {
            field["name"]: Column(
                name=field["name"],
                title=field["title"],
                description=field["description"],
                example=field.get("example", ""),
                type=field["type"],
                constraints=field.get("constraints", {}),
                separator=field.get("separator", ""),
                optional=field.get("optional", False),
                default=field.get("default", ""),
            )
            for field in self.descriptor["fields"]
        }

    @property
    def references(self) -> dict[str, tuple[str, str]]:
        """Column -> (resource, column) that its values, or the items of them, must be found in."""
        # The standard has no keys in lists.
        keys = ("foreignKeys", "itemReferences")
        return {
            # Without a resource it names rows of its own file.
            key["fields"][0]: (
                key["reference"].get("resource") or self.resource,
                key["reference"]["fields"][0],
            )
            for name in keys
            for key in self.descriptor.get(name, [])
        }


def naming(schemas: Mapping[str, Schema], resource: str) -> dict[str, list[str]]:
    """Register files that name rows of another one, and the columns that do."""
    found = {
        name: [column for column, (other, _) in schema.references.items() if other == resource]
        for name, schema in schemas.items()
    }
    return {name: columns for name, columns in found.items() if columns}


def load_schemas(schema_dir: Path) -> dict[str, Schema]:
    """Schemas of all register files by resource, in the order of the data package.

    Parameters
    ----------
    schema_dir : Path
        Folder of the Table Schema files; ``datapackage.json`` lies beside it.
    """
    package = json.loads(schema_dir.with_name("datapackage.json").read_text(encoding="utf-8"))
    return {
        resource["name"]: Schema(
            resource["name"],
            json.loads((schema_dir / Path(resource["schema"]).name).read_text(encoding="utf-8")),
        )
        for resource in package["resources"]
    }


def describe_package(package: dict[str, Any], schema_dir: Path) -> dict[str, Any]:
    """A data package with one resource a schema: known ones in their order, then new ones.

    Parameters
    ----------
    package : dict
        Descriptor of the register.
    schema_dir : Path
        Folder of the Table Schema files.
    """
    order = [resource["name"] for resource in package["resources"]]
    found = sorted(path.stem for path in schema_dir.glob("*.json"))
    names = [*(name for name in order if name in found), *(n for n in found if n not in order)]
    resources = [_resource(name, schema_dir, package["licenses"]) for name in names]
    return {**package, "resources": resources}


def _resource(name: str, schema_dir: Path, licences: list[dict[str, str]]) -> dict[str, Any]:
    schema = json.loads((schema_dir / f"{name}.json").read_text(encoding="utf-8"))
    return {
        "name": name,
        "type": "table",
        "title": schema["title"],
        "description": schema["description"],
        "path": f"register/{name}.csv",
        "scheme": "file",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": f"{schema_dir.name}/{name}.json",
        "licenses": licences,
    }


def main() -> None:
    """Write the resources into the data package."""
    schema_dir = settings().schema_dir
    path = schema_dir.with_name("datapackage.json")
    package = describe_package(json.loads(path.read_text(encoding="utf-8")), schema_dir)
    path.write_text(f"{json.dumps(package, indent=2, ensure_ascii=False)}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
