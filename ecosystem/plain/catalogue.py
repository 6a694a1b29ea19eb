"""Which page of the site is made how in plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ecosystem.common.store import Database
from ecosystem.plain import connected, explore
from ecosystem.plain.page import Params, PlainPage

Maker = Callable[[Database, Params], PlainPage]
# By the name of the page's script. Others show nothing without it but what they are for.
MAKERS: Mapping[str, Maker] = {
    "map": explore.map_page,
    "regions": explore.regions_page,
    "region": explore.region_page,
    "directory": explore.directory_page,
    "organisation": explore.organisation_page,
    "network": connected.network_page,
    "partnerships": connected.partnerships_page,
    "partnership": connected.partnership_page,
    "practices": connected.practices_page,
    "practice": connected.practice_page,
    "investors": connected.investors_page,
    "investor": connected.investor_page,
    "events": connected.events_page,
    "library": connected.library_page,
    "glossary": connected.glossary_page,
    "accessibility": connected.accessibility_page,
}
