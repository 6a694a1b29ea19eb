"""Every figure of the pages that there is as data, and its address.

To offer another one, add a :class:`ecosystem.api.tables.Figure` to the module of its pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from ecosystem.api import network_figures, regional_figures
from ecosystem.api.tables import LEVELS, Figure
from ecosystem.common.store import Database
from ecosystem.finding.filters import Filter

ADDRESS = "api/statistics"


def address(
    measure: str,
    level: str = "",
    filter_: Filter | None = None,
    region_ids: Sequence[str] = (),
    *,
    kinds: Sequence[str] = (),
    year: int | None = None,
) -> str:
    """Where a figure is to be had, below the root of the site."""
    of = {
        "measure": [measure],
        "level": [level] if level else [],
        "region": list(region_ids),
        "kind": list(kinds),
        "year": [str(year)] if year else [],
    }
    params = {**of, **(filter_ or Filter()).to_params()}
    return f"{ADDRESS}?{urlencode(params, doseq=True)}"


def catalogue(database: Database) -> dict[str, Figure]:
    """All figures of a release by code."""
    return {**regional_figures.catalogue(database), **network_figures.catalogue()}


def list_of(database: Database, api: str) -> dict[str, object]:
    """All figures with their addresses, as what answers when no figure is asked for."""
    site = api.rpartition("/")[0]
    return {
        "title": "Figures as data",
        "description": "Every figure of the pages, as JSON-stat 2.0 and as CSV on the "
        "web. Parameters: measure, level, region, those of the site's filter, and kind and year "
        "of partnerships.",
        "levels": LEVELS,
        "figures": [
            {
                "measure": figure.code,
                "title": figure.label,
                "levels": list(figure.levels),
                "method": figure.method,
                "denominator": figure.denominator,
                "links": [
                    {
                        "href": f"{site}/{address(figure.code, figure.levels[0])}",
                        "rel": "item",
                        "type": "application/json",
                        "title": figure.label,
                    }
                ]
                if not figure.needs_region
                else [],
            }
            for figure in catalogue(database).values()
        ],
    }
