"""An organisation of the register as schema.org linked data."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ecosystem.common import links
from ecosystem.common.vocabulary import DOMAINS
from ecosystem.tables import life
from ecosystem.web import addresses

# schema.org has more exact types for some; for the others Organization is all that is known.
_TYPES = {
    "research": "ResearchOrganization",
    "training": "EducationalOrganization",
    "public": "GovernmentOrganization",
}


def organisation(record: dict[str, Any], base_url: str) -> dict[str, Any]:
    """JSON-LD of one organisation; what isn't known is left out.

    Parameters
    ----------
    record : dict
        As :func:`ecosystem.tables.organisations.one` gives it.
    base_url : str
        Address of the site without a slash at its end.

    Returns
    -------
    dict
        A schema.org ``Organization`` or a subtype of it. Latitude and longitude are degrees in
        EPSG:4326 and those of the town.

    Notes
    -----
    Properties after https://schema.org/Organization.
    """
    known = {
        "@context": "https://schema.org",
        "@type": _TYPES.get(record["type"], "Organization"),
        "@id": addresses.profile(base_url, record["org_id"]),
        "identifier": record["org_id"],
        "name": record["name"],
        "alternateName": list(record["former_names"]),
        "url": links.web_address(record["website"]),
        "description": text(record["notes"]),
        "foundingDate": None if pd.isna(record["founded"]) else str(int(record["founded"])),
        **_life(record, base_url),
        "knowsAbout": [DOMAINS.label(code) for code in record["domains"]],
        "address": {
            "@type": "PostalAddress",
            "addressLocality": record["city"],
            "addressRegion": text(record["nuts2_name"]),
            "addressCountry": record["country"],
        },
        "location": {
            "@type": "Place",
            "name": record["city"],
            "geo": {
                "@type": "GeoCoordinates",
                "latitude": round(float(record["lat"]), 4),
                "longitude": round(float(record["lon"]), 4),
            },
        },
        "subjectOf": _source(record),
    }
    return {name: value for name, value in known.items() if value}


def _life(record: dict[str, Any], base_url: str) -> dict[str, Any]:
    """Since when there is no such organisation any more, or who owns it."""
    fate = life.fate(record)
    if fate is None:
        return {}
    if fate.has_ended:
        return {"dissolutionDate": fate.year}
    known = {"@id": addresses.profile(base_url, fate.successor_id)} if fate.successor_id else {}
    owner = {"@type": "Organization", **known, "name": fate.successor}
    return {"parentOrganization": owner if fate.successor else None}


def _source(record: dict[str, Any]) -> dict[str, str] | None:
    address = links.web_address(record["source_url"])
    return {"@type": "WebPage", "url": address} if address else None


def text(value: Any) -> str:
    """A text value of a record; empty where there is none."""
    return value if isinstance(value, str) else ""
