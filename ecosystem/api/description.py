"""What the interface says of itself: landing page, conformance, collections, OpenAPI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ecosystem.api import figures
from ecosystem.api.collections import COLLECTIONS, Collection, Shape, properties
from ecosystem.api.items import schema_of
from ecosystem.api.request import CQL2_TEXT, CRS84, FORMATS, LIMIT, filters_of
from ecosystem.api.tables import LEVELS
from ecosystem.common.publisher import publisher
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import PARTNERSHIP_KINDS, inside
from ecosystem.finding.filters import PARAMS

TITLE = "Cyber Valleys: open data"
ABOUT = (
    "The register of Europe's regional cybersecurity ecosystems as OGC API - Features. Each row "
    "names its source. The register is a sample of mature ecosystems, not a census."
)
_FEATURES = "http://www.opengis.net/spec/ogcapi-features-{}/1.0/conf/{}"
CONFORMANCE = (
    *(_FEATURES.format(1, name) for name in ("core", "geojson", "oas30", "html")),
    *(_FEATURES.format(3, name) for name in ("queryables", "filter", "features-filter")),
    *(
        f"http://www.opengis.net/spec/cql2/1.0/conf/{name}"
        for name in (
            "cql2-text",
            "basic-cql2",
            "advanced-comparison-operators",
            "case-insensitive-comparison",
            "accent-insensitive-comparison",
            "basic-spatial-functions",
            "array-functions",
        )
    ),
)
_EUROPE = [-63.2, -21.4, 55.9, 71.2]
_JSON = "application/json"
OPENAPI_TYPE = "application/vnd.oai.openapi+json;version=3.0"


def link(href: str, rel: str, type_: str, title: str) -> dict[str, str]:
    """A link as the standard writes it."""
    return {"href": href, "rel": rel, "type": type_, "title": title}


def landing(api: str) -> dict[str, Any]:
    """The landing page.

    Parameters
    ----------
    api : str
        Address of the interface, without a slash at its end.
    """
    site = api.rpartition("/")[0]
    return {
        "title": TITLE,
        "description": ABOUT,
        "attribution": publisher().name,
        "links": [
            link(api, "self", _JSON, "This document"),
            link(f"{api}?f=html", "alternate", "text/html", "This document as a page"),
            link(f"{api}/openapi.json", "service-desc", OPENAPI_TYPE, "Definition of the API"),
            link(f"{api}/openapi.json?f=html", "service-doc", "text/html", "The API explained"),
            link(f"{api}/conformance", "conformance", _JSON, "What it conforms to"),
            link(f"{api}/collections", "data", _JSON, "Collections"),
            link(f"{api}/statistics", "related", _JSON, "Figures of the pages as data"),
            link(f"{site}/catalogue", "related", "text/html", "Catalogue of all data"),
            link(f"{site}/catalogue.ttl", "related", "text/turtle", "Catalogue as DCAT-AP"),
            link(f"{site}/releases", "related", "text/html", "Releases, to download and cite"),
        ],
    }


def conformance() -> dict[str, Any]:
    """Which classes of the standards it conforms to."""
    return {"conformsTo": list(CONFORMANCE)}


def collections(api: str) -> dict[str, Any]:
    """All collections."""
    return {
        "links": [link(f"{api}/collections", "self", _JSON, "This document")],
        "collections": [collection(api, found) for found in COLLECTIONS.values()],
    }


def collection(api: str, found: Collection) -> dict[str, Any]:
    """One collection."""
    own = f"{api}/collections/{found.name}"
    items = [
        link(f"{own}/items?f={code}", "items", type_, f"{found.title} as {code.upper()}")
        for code, type_ in FORMATS.items()
    ]
    return {
        "id": found.name,
        "title": found.title,
        "description": found.description,
        "extent": {"spatial": {"bbox": [_EUROPE], "crs": CRS84}},
        "itemType": "feature",
        "crs": [CRS84],
        "links": [
            link(own, "self", _JSON, "This document"),
            *items,
            link(
                f"{own}/queryables",
                "http://www.opengis.net/def/rel/ogc/1.0/queryables",
                "application/schema+json",
                "What a filter may name",
            ),
            link(found.licence, "license", "text/html", "CC BY 4.0"),
        ],
    }


def queryables(database: Database, api: str, found: Collection) -> dict[str, Any]:
    """What a filter may name, as JSON Schema."""
    known = schema_of(properties(database, found))
    if found.shape is not Shape.NONE:
        form = "point" if found.shape is Shape.POINT else "multipolygon"
        known["geometry"] = {"format": f"geometry-{form}"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{api}/collections/{found.name}/queryables",
        "type": "object",
        "title": found.title,
        "properties": known,
        "additionalProperties": False,
    }


def openapi(database: Database, api: str) -> dict[str, Any]:
    """The OpenAPI 3.0 document."""
    paths: dict[str, Any] = {
        "/": _get("Landing page", "getLandingPage"),
        "/conformance": _get("Conformance", "getConformance"),
        "/openapi.json": _get("This document", "getDefinition"),
        "/collections": _get("Collections", "getCollections"),
    }
    codes = list(figures.catalogue(database))
    of_figure = _figure_parameters(codes)
    # Without a figure the first lists them all; the second describes the columns of one.
    paths["/statistics"] = _get(
        "Figures of the pages", "getFigures", of_figure, formats=("json", "html", "csv")
    )
    paths["/statistics/csvw"] = _get(
        "Columns of a figure's CSV",
        "getFiguresCsvw",
        [of_figure[0] | {"required": True}, *of_figure[1:]],
        formats=("json",),
    )
    texts = {"type": "array", "items": {"type": "string"}}
    paths["/atlas"] = _get(
        "Organisations in the form of a registration for the ECCC's Atlas",
        "getAtlasForms",
        [_parameter(name, "", texts) for name in PARAMS],
        formats=("json", "xlsx"),
    )
    for name, found in COLLECTIONS.items():
        own = f"/collections/{name}"
        paths[own] = _get(found.title, f"describe_{name}")
        paths[f"{own}/csvw"] = _get("Columns of the CSV", f"csvw_{name}", formats=("json",))
        paths[f"{own}/queryables"] = _get("What a filter may name", f"queryables_{name}")
        paths[f"{own}/items"] = _get(
            found.title,
            f"items_{name}",
            _parameters(database, found),
            "application/geo+json",
            ("json", "html", "csv"),
        )
        paths[f"{own}/items/{{featureId}}"] = _get(
            f"One of {inside(found.title)}",
            f"item_{name}",
            [
                {
                    "name": "featureId",
                    "in": "path",
                    "required": True,
                    "schema": {"type": "string", "minLength": 1},
                }
            ],
            "application/geo+json",
        )
    return {
        "openapi": "3.0.3",
        "info": {
            "title": TITLE,
            "description": ABOUT,
            "version": database.release.release_id,
            "license": {"name": "CC BY 4.0", "url": COLLECTIONS["organisations"].licence},
        },
        "servers": [{"url": api}],
        "paths": paths,
    }


def _get(
    summary: str,
    operation: str,
    parameters: list[dict[str, Any]] | None = None,
    type_: str = _JSON,
    formats: Sequence[str] = ("json", "html"),
) -> dict[str, Any]:
    format_ = _parameter("f", "Format of the answer", {"type": "string", "enum": list(formats)})
    answers = {
        "200": {"description": "The answer", "content": {type_: {"schema": {"type": "object"}}}},
        "400": {"description": "A parameter is unknown or makes no sense"},
        "404": {"description": "There is no such thing"},
        "406": {"description": "None of the formats asked for is there"},
        "410": {"description": "The data has changed since the first page"},
        "414": {"description": "The query is too long"},
        "503": {"description": "There is no release"},
    }
    return {
        "get": {
            "summary": summary,
            "operationId": operation,
            "parameters": [*(parameters or []), format_],
            "responses": answers,
        }
    }


def _parameters(database: Database, found: Collection) -> list[dict[str, Any]]:
    numbers = {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}
    texts = {"type": "array", "items": {"type": "string"}}
    known = properties(database, found)
    return [
        _parameter("bbox", "West, south, east, north in degrees", numbers) | {"explode": False},
        _parameter(
            "limit",
            "Features a page",
            {"type": "integer", "minimum": 1, "maximum": found.most, "default": LIMIT},
        ),
        _parameter(
            "offset", "Features before the page", {"type": "integer", "minimum": 0, "default": 0}
        ),
        _parameter("datetime", "An instant or interval of RFC 3339", {"type": "string"}),
        _parameter("filter", "CQL2 text", {"type": "string"}),
        _parameter("filter-lang", "", {"type": "string", "enum": [CQL2_TEXT]}),
        *(
            _parameter(name, "", {"type": "string", "enum": [CRS84]})
            for name in ("crs", "bbox-crs", "filter-crs")
        ),
        _parameter("release", "Of which release the page before was", {"type": "string"}),
        *(_parameter(name, "", texts) for name in filters_of(found, known)),
    ]


def _figure_parameters(codes: list[str]) -> list[dict[str, Any]]:
    texts = {"type": "array", "items": {"type": "string"}}
    return [
        _parameter("measure", "Which figure", {"type": "string", "enum": codes}),
        _parameter("level", "Of which regions", {"type": "string", "enum": list(LEVELS)}),
        _parameter(
            "kind",
            "Kinds of partnerships, of figures of the network",
            {
                "type": "array",
                "items": {"type": "string", "enum": list(PARTNERSHIP_KINDS)},
            },
        ),
        _parameter("year", "Partnerships active in it", {"type": "string"}),
        _parameter("region", "Of these regions only", texts),
        *(_parameter(name, "", texts) for name in PARAMS),
    ]


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    found = {"name": name, "in": "query", "required": False, "schema": schema}
    return found | ({"description": description} if description else {})
