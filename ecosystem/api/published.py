"""What there is to be had: each dataset and service with its addresses, formats and licences.

Catalogues (:mod:`ecosystem.api.dcat`) say it in their own words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ecosystem.api import figures
from ecosystem.api.collections import (
    COLLECTIONS,
    Collection,
    Shape,
    collections_of,
    properties,
)
from ecosystem.api.snapshots import SUMS, Snapshot
from ecosystem.common.publisher import publisher
from ecosystem.common.store import Database
from ecosystem.regional.profiles import SAMPLE_NOTE
from ecosystem.tables import features, releases

TITLE = "Cyber Valleys: open data"
ABOUT = (
    "The open register of Europe's regional cybersecurity ecosystems, and every figure that the "
    "site makes of it. Compiled from public sources after ECSO's 2019 map; not ECSO's own data."
)
CC_BY = COLLECTIONS["organisations"].licence
ARCHIVE = "cyber-valleys.zip"
KEYWORDS = ("cybersecurity", "regions", "NUTS", "Europe", "ecosystems")
GEOJSON, CSV, ATOM, CALENDAR = (
    "application/geo+json",
    "text/csv",
    "application/atom+xml",
    "text/calendar",
)
JSON, ZIP, TEXT = "application/json", "application/zip", "text/plain"


@dataclass(frozen=True)
class File:
    """One form in which a dataset is to be had.

    Attributes
    ----------
    code : str
        Tells it from the dataset's others, as ``"csv"``.
    title, address, media_type : str
        What people read, where it is, and what it is.
    licence : str
        Address of the licence.
    rights : str
        What has to be known besides, as a sentence; empty if nothing.
    conforms_to : str
        Address of the standard that it follows; empty if its media type says all.
    described_by : str
        Address of what its columns are; empty if there is none.
    """

    code: str
    title: str
    address: str
    media_type: str
    licence: str = CC_BY
    rights: str = ""
    conforms_to: str = ""
    described_by: str = ""


@dataclass(frozen=True)
class Dataset:
    """Data that belongs together.

    Attributes
    ----------
    code : str
        Tells it from the others.
    title, description : str
        What people read.
    page : str
        Where people read on.
    files : tuple of File
        The forms in which it is to be had.
    modified : datetime
        UTC.
    rows, columns : int or None
        How many it has; None where that isn't counted.
    version : str
        Id of the release.
    """

    code: str
    title: str
    description: str
    page: str
    files: tuple[File, ...]
    modified: datetime
    rows: int | None = None
    columns: int | None = None
    version: str = ""


@dataclass(frozen=True)
class Service:
    """An address that answers questions.

    Attributes
    ----------
    code, title, description, page : str
        As of a dataset.
    address : str
        What is asked.
    described_by : str
        Address of its definition.
    conforms_to : tuple of str
        Standards that it follows.
    serves : tuple of str
        Codes of the datasets that it gives.
    """

    code: str
    title: str
    description: str
    address: str
    page: str
    described_by: str
    conforms_to: tuple[str, ...]
    serves: tuple[str, ...]


def boundary_rights(database: Database) -> tuple[str, str]:
    """Address of the boundaries' licence, and what it asks, with a free alternative."""
    known = releases.sources(database).set_index("source")
    boundaries, free = known.loc["boundaries"], known.loc["background"]
    return str(boundaries["licence_url"]), (
        f"{boundaries['attribution']}. {boundaries['licence']}. Outlines of countries free of that "
        f"condition: {free['title']} ({free['licence']}), {free['url']}"
    )


def datasets(database: Database, site: str) -> list[Dataset]:
    """All datasets of a release.

    Parameters
    ----------
    site : str
        Address of the site without a slash at its end.
    """
    return [
        *(_of_collection(database, site, one) for one in collections_of(database)),
        *(_of_figure(database, site, figure) for figure in _figures(database)),
        _of_changes(database, site),
    ]


def snapshots(known: Iterable[Snapshot], site: str) -> list[Dataset]:
    """A dataset for each release that is kept, the newest first.

    Parameters
    ----------
    known : iterable of Snapshot
        What is kept.
    """
    return [_of_snapshot(one, site) for one in known]


def services(database: Database, site: str) -> list[Service]:
    """All services of a release."""
    api = f"{site}/api"
    return [
        Service(
            "features",
            "OGC API - Features",
            "Features of all collections by box, time, the site's filters and CQL2.",
            api,
            f"{api}?f=html",
            f"{api}/openapi.json",
            ("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",),
            tuple(one.name for one in collections_of(database)),
        ),
        Service(
            "statistics",
            "Figures as data",
            "Every figure of the pages under any filter, as JSON-stat and as CSV on the web.",
            f"{site}/{figures.ADDRESS}",
            f"{site}/{figures.ADDRESS}?f=html",
            f"{api}/openapi.json",
            ("https://json-stat.org/format/", "https://www.w3.org/TR/tabular-metadata/"),
            tuple(_statistics_code(figure.code) for figure in _figures(database)),
        ),
        Service(
            "atlas",
            "Forms for the ECCC's Atlas",
            "Organisations under any filter in the form of a registration, as JSON and as a "
            "workbook, with the identifiers of the JRC's taxonomy; what only the organisation can "
            "say stays open.",
            f"{api}/atlas",
            f"{api}/openapi.json?f=html",
            f"{api}/openapi.json",
            (),
            ("organisations",),
        ),
    ]


def _figures(database: Database) -> list[figures.Figure]:
    """Figures that there are without a region being named."""
    return [figure for figure in figures.catalogue(database).values() if not figure.needs_region]


def _statistics_code(measure: str) -> str:
    return f"statistics-{measure}"


def _creation(database: Database) -> datetime:
    made: datetime = releases.story(database)["created_at"].to_pydatetime()
    return made


def _of_collection(database: Database, site: str, collection: Collection) -> Dataset:
    own = f"{site}/api/collections/{collection.name}"
    licence, rights = collection.licence, ""
    if collection.shape is Shape.AREA:
        licence, rights = boundary_rights(database)
    rows = features.count(database, collection.table, features.EVERYTHING)
    pages = f"limit={collection.most}"
    files = [
        File("geojson", "GeoJSON", f"{own}/items?f=json&{pages}", GEOJSON, licence, rights,
             conforms_to="http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson"),
        File("csv", "CSV", f"{own}/items?f=csv&{pages}", CSV, collection.licence,
             conforms_to="https://www.w3.org/TR/tabular-data-model/",
             described_by=f"{own}/csvw"),
    ]  # fmt: skip
    if collection.name == "events":
        files.append(File("calendar", "Calendar of the days known", f"{site}/events.ics", CALENDAR))
    return Dataset(
        collection.name,
        collection.title,
        collection.description,
        f"{own}?f=html",
        tuple(files),
        _creation(database),
        rows,
        len(properties(database, collection)),
        database.release.release_id,
    )


def _of_figure(database: Database, site: str, figure: figures.Figure) -> Dataset:
    own = f"{site}/{figures.address(figure.code, figure.levels[0])}"
    files = (
        File("json-stat", "JSON-stat", f"{own}&f=json", JSON,
             conforms_to="https://json-stat.org/format/"),
        File("csv", "CSV on the web", f"{own}&f=csv", CSV,
             conforms_to="https://www.w3.org/TR/tabular-data-model/",
             described_by=own.replace("/statistics?", "/statistics/csvw?")),
    )  # fmt: skip
    return Dataset(
        _statistics_code(figure.code),
        figure.label,
        f"{figure.method} Of: {figure.denominator}. {SAMPLE_NOTE}",
        f"{own}&f=html",
        files,
        _creation(database),
        version=database.release.release_id,
    )


def _of_changes(database: Database, site: str) -> Dataset:
    files = (
        File("atom", "Atom feed", f"{site}/feed.xml", ATOM),
        File(
            "json",
            "JSON Feed",
            f"{site}/feed.json",
            JSON,
            conforms_to="https://jsonfeed.org/version/1.1",
        ),
    )
    return Dataset(
        "changes",
        "Changes of the register",
        "What was added, removed, merged, moved and changed from release to release, field by "
        "field. Feeds of a single valley, country or NUTS region are at /feed/ID.xml and .json.",
        f"{site}/whats_new",
        files,
        _creation(database),
        version=database.release.release_id,
    )


def _of_snapshot(snapshot: Snapshot, site: str) -> Dataset:
    own = f"{site}/releases/{snapshot.release_id}"
    files = (
        File(
            "zip",
            "Tables as CSV and GeoJSON, with a Data Package",
            f"{own}/{ARCHIVE}",
            ZIP,
            conforms_to="https://datapackage.org/profiles/2.0/datapackage.json",
        ),
        File("sums", "Checksums of the files (SHA-256)", f"{own}/{SUMS}", TEXT),
    )
    return Dataset(
        f"release-{snapshot.release_id}",
        f"Cyber Valleys register, release {snapshot.release_id}",
        f"The register as it was published on {snapshot.created_at:%-d %B %Y}, with "
        f"{snapshot.organisations:,} organisations.",
        own,
        files,
        snapshot.created_at,
        snapshot.organisations,
        version=snapshot.release_id,
    )


def linked_data(
    database: Database, site: str, found: Iterable[Dataset], series: Iterable[Dataset]
) -> dict[str, Any]:
    """The catalogue in the words of schema.org, for search engines."""
    creator = {"@type": "Organization", "name": publisher().author}
    return {
        "@context": "https://schema.org",
        "@type": "DataCatalog",
        "@id": f"{site}/catalogue",
        "name": TITLE,
        "description": ABOUT,
        "url": f"{site}/catalogue",
        "license": CC_BY,
        "creator": creator,
        "dataset": [_in_schema_org(database, one, site, creator) for one in (*found, *series)],
    }


def _in_schema_org(
    database: Database, found: Dataset, site: str, creator: dict[str, str]
) -> dict[str, Any]:
    return {
        "@type": "Dataset",
        "@id": f"{site}/catalogue#{found.code}",
        "name": found.title,
        "description": f"{found.description} {ABOUT}",
        "url": found.page,
        "license": CC_BY,
        "creator": creator,
        "isAccessibleForFree": True,
        "keywords": list(KEYWORDS),
        "spatialCoverage": "Europe",
        "dateModified": found.modified.isoformat(),
        "version": found.version,
        "citation": releases.citation(database, found.page),
        "distribution": [
            {
                "@type": "DataDownload",
                "name": file.title,
                "contentUrl": file.address,
                "encodingFormat": file.media_type,
                "license": file.licence,
                **({"conditionsOfAccess": file.rights} if file.rights else {}),
            }
            for file in found.files
        ],
    }
