"""A visitor's shortlist as PDF: its organisations in a table, as many pages as they take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ecosystem.brief import shared
from ecosystem.brief.typeset import printable, typeset
from ecosystem.common import links, wording
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import COUNTRIES, DOMAINS, TYPES
from ecosystem.finding.filters import Filter
from ecosystem.tables import organisations, regions


def collection_pdf(database: Database, filter_: Filter, address: str = "") -> bytes:
    """The organisations of a filter as a table on A4; tagged for screen readers.

    Parameters
    ----------
    filter_ : Filter
        Usually that of a shortlist; a long choice makes many pages.
    address : str
        Web address of the page that it is made on, for the citation.
    """
    found = organisations.everything(database, filter_)
    names = regions.labels(database)
    rows = [_row(record, names) for record in found.to_dict("records")]
    frame = shared.frame_of(database, filter_, "Shortlist of organisations", address)
    return typeset(
        database,
        "collection",
        {
            **frame,
            "kind": "Shortlist",
            "count": wording.count(len(rows), "organisation"),
            "organisations": rows,
        },
    )


def _row(record: dict[Any, Any], names: Mapping[str, str]) -> dict[str, str]:
    website = links.web_address(record["website"])
    return {
        "name": printable(record["name"], 90),
        "town": printable(f"{record['city']}, {COUNTRIES.label(record['country'])}", 60),
        "region": printable(names.get(record["nuts2"]), 60),
        "type": TYPES.label(record["type"]),
        "domains": ", ".join(DOMAINS.label(code) for code in record["domains"]),
        "founded": "" if pd.isna(record["founded"]) else str(int(record["founded"])),
        "website": printable(links.host(website), 60) if website else wording.DASH,
        "link": website if website and len(website) <= shared.ADDRESS else "",
    }
