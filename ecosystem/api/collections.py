"""What can be had: each collection with its table, columns and where its features lie."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

from ecosystem.common.settings import settings
from ecosystem.common.store import Database
from ecosystem.tables import features


class Shape(Enum):
    """What the features of a collection are on a map."""

    POINT = "point"
    AREA = "area"
    NONE = "none"


@dataclass(frozen=True)
class Collection:
    """A kind of feature.

    Attributes
    ----------
    name : str
        Its name in addresses.
    title, description : str
        What people read.
    table : str
        Its table in a release.
    key : str
        Column that tells features apart.
    shape : Shape
        What its geometry is.
    most : int
        How many features a page may have at most.
    schema : str
        The register's file with titles and descriptions of its columns; empty of a table that
        is made of none.
    licence : str
        Under which licence the rows are.
    """

    name: str
    title: str
    description: str
    table: str
    key: str
    shape: Shape = Shape.POINT
    most: int = 10_000
    schema: str = ""
    licence: str = "https://creativecommons.org/licenses/by/4.0/"


_BOUNDARIES = (
    "The boundaries are © EuroGeographics, for non-commercial use; Natural Earth's outlines are "
    "free of that."
)
COLLECTIONS: Mapping[str, Collection] = {
    collection.name: collection
    for collection in (
        Collection(
            "organisations",
            "Organisations",
            "Organisations of the register that are active, at the centre of their town. The "
            "register is a sample of mature ecosystems, not a census.",
            "organisation",
            "org_id",
            schema="organisations",
        ),
        Collection(
            "valleys",
            "Cyber valleys",
            f"Regional ecosystems with their outlines. {_BOUNDARIES}",
            "valley",
            "valley_id",
            Shape.AREA,
            most=100,
            schema="valleys",
        ),
        Collection(
            "regions",
            "Regions",
            f"Countries and NUTS regions; level is 0 to 3. {_BOUNDARIES}",
            "region",
            "nuts_id",
            Shape.AREA,
            most=500,
        ),
        Collection(
            "network_entities",
            "Bodies of the network",
            "Coordination centres, clusters, competence centres and public bodies.",
            "network_entity",
            "entity_id",
            schema="network",
        ),
        Collection(
            "partnerships",
            "Partnerships",
            "Interregional projects and networks; their members are not on this map.",
            "partnership",
            "partnership_id",
            Shape.NONE,
            schema="partnerships",
        ),
        Collection(
            "investors",
            "Investors",
            "Investors that public pages connect with cybersecurity. An empty ticket is not known.",
            "investor",
            "investor_id",
            schema="investors",
        ),
        Collection(
            "events",
            "Events",
            "Events as public pages announced or reported them; a sample.",
            "event",
            "event_id",
            schema="events",
        ),
    )
}


def collections_of(database: Database) -> list[Collection]:
    """The collections that a release has; older ones lack a table."""
    return [one for one in COLLECTIONS.values() if features.columns(database, one.table)]


@dataclass(frozen=True)
class Property:
    """A column of a collection.

    Attributes
    ----------
    name : str
        Its name.
    kind : str
        ``"string"``, ``"integer"``, ``"number"``, ``"boolean"`` or ``"array"`` (of strings).
    title, description : str
        What people read; empty if nothing is said.
    codes : tuple of str
        The values that there can be; empty if they aren't a closed set.
    """

    name: str
    kind: str
    title: str = ""
    description: str = ""
    codes: tuple[str, ...] = ()


_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT")
# Where a feature lies is its geometry; the others serve the site's own map and search.
_HIDDEN = frozenset(("lon", "lat", "x", "y", "geometry", "ordinal", "place_id"))


def properties(database: Database, collection: Collection) -> dict[str, Property]:
    """The columns of a collection by name, in the order of its table."""
    said = _schema_fields(collection.schema)
    return {
        name: Property(
            name,
            _kind(type_),
            said.get(name, {}).get("title", ""),
            said.get(name, {}).get("description", ""),
            tuple(said.get(name, {}).get("constraints", {}).get("enum", ())),
        )
        for name, type_ in features.columns(database, collection.table).items()
        if name not in _HIDDEN
    }


def _kind(type_: str) -> str:
    if type_.endswith("[]"):
        return "array"
    if type_ in _INTEGERS:
        return "integer"
    return {"DOUBLE": "number", "FLOAT": "number", "BOOLEAN": "boolean"}.get(type_, "string")


@cache
def _schema_fields(schema: str) -> dict[str, dict[str, Any]]:
    """What a register's schema says of its columns, by name."""
    if not schema:
        return {}
    path = settings().schema_dir / f"{schema}.json"
    fields = json.loads(path.read_text(encoding="utf-8"))["fields"]
    return {field["name"]: field for field in fields}
