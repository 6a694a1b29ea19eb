"""What the columns of the tables are, as Data Package and as CSV on the web.

Data Package: https://datapackage.org. CSV on the web: W3C Recommendation of 2015,
https://www.w3.org/TR/tabular-metadata/.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ecosystem.api.collections import COLLECTIONS, Collection, Property, Shape, properties
from ecosystem.common.store import Database
from ecosystem.tables import releases

_CC_BY = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0 International",
    "path": COLLECTIONS["organisations"].licence,
}
_POINT = {"lon": "Longitude of the town in degrees, EPSG:4326", "lat": "Latitude, likewise"}


def data_package(database: Database, paths: Mapping[str, str], name: str) -> dict[str, Any]:
    """A Data Package of tables of a release.

    Parameters
    ----------
    paths : mapping of str to str
        Where the CSV of each collection is, by its name.
    name : str
        The package's own.
    """
    story = releases.story(database)
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": name,
        "title": "Cyber Valleys: register of Europe's regional cybersecurity ecosystems",
        "description": "Compiled from public sources after the 2019 ECSO map; not ECSO's own data. "
        "Every row names its source.",
        "version": database.release.release_id,
        "created": f"{story['created_at']:%Y-%m-%dT%H:%M:%SZ}",
        "licenses": [_CC_BY],
        "sources": [
            {"title": row["title"], **({"path": row["url"]} if row["url"] else {})}
            for row in releases.sources(database).fillna("").to_dict("records")
        ],
        "resources": [
            {
                "name": code,
                "type": "table",
                "title": COLLECTIONS[code].title,
                "description": COLLECTIONS[code].description,
                "path": path,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "licenses": [_CC_BY],
                "schema": _table_schema(database, COLLECTIONS[code]),
            }
            for code, path in paths.items()
        ],
    }


def _table_schema(database: Database, collection: Collection) -> dict[str, Any]:
    fields = [
        {
            "name": column.name,
            # A list is text with semicolons.
            "type": "string" if column.kind == "array" else column.kind,
            **_texts(column),
        }
        for column in properties(database, collection).values()
    ]
    if collection.shape is not Shape.NONE:
        fields += [
            {"name": column, "type": "number", "description": text}
            for column, text in _POINT.items()
        ]
    return {"fields": fields, "primaryKey": collection.key, "missingValues": [""]}


def _texts(column: Property) -> dict[str, str]:
    said = {"title": column.title, "description": column.description}
    return {name: text for name, text in said.items() if text}


def csv_metadata(database: Database, collection: Collection, address: str) -> dict[str, Any]:
    """What the columns of a collection's CSV are, as metadata of CSV on the web.

    Parameters
    ----------
    address : str
        Of the CSV.
    """
    columns: list[dict[str, Any]] = [
        {
            "name": column.name,
            "titles": column.name,
            "datatype": "string" if column.kind == "array" else column.kind,
            **({"separator": ";"} if column.kind == "array" else {}),
            **({"dc:description": column.description} if column.description else {}),
        }
        for column in properties(database, collection).values()
    ]
    if collection.shape is not Shape.NONE:
        columns += [
            {"name": name, "titles": name, "datatype": "number", "dc:description": text}
            for name, text in _POINT.items()
        ]
    return csvw(
        address,
        columns,
        [collection.key],
        title=collection.title,
        description=collection.description,
        source=releases.attribution(database, ("register", "gazetteer", "boundaries")),
        licence=collection.licence,
        citation=releases.citation(database),
    )


def csvw(
    address: str,
    columns: Sequence[Mapping[str, Any]],
    key: Sequence[str],
    *,
    title: str,
    description: str,
    source: str,
    licence: str,
    citation: str,
) -> dict[str, Any]:
    """Metadata of CSV on the web for one of this site's tables.

    Parameters
    ----------
    address : str
        Of the CSV.
    columns : sequence of mapping
        Their descriptions, in their order.
    key : sequence of str
        Names of the columns that tell rows apart.
    title, description, source, citation : str
        What people read.
    licence : str
        Address of the licence.
    """
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": address,
        "dc:title": title,
        "dc:description": description,
        "dc:source": source,
        "dc:license": {"@id": licence},
        "dc:bibliographicCitation": citation,
        "dialect": {"encoding": "utf-8", "lineTerminators": ["\r\n"]},
        "tableSchema": {"columns": [*columns], "primaryKey": [*key]},
    }
