"""Labels of codes, whether they are vocabulary or data of the release."""

from __future__ import annotations

from ecosystem.finding import nearby
from ecosystem.finding.filters import FACETS, Filter, Names
from ecosystem.tables import regions, valleys
from ecosystem.ui.data import ask

_NAMES = {Names.VALLEYS: valleys.names, Names.REGIONS: regions.names}


def options(facet: str) -> dict[str, str]:
    """Label of every code of a facet, in the order of display; empty where codes have none."""
    labels = FACETS[facet].labels
    if not isinstance(labels, Names):
        return labels.labels()
    return {} if labels is Names.NONE else ask(_NAMES[labels])


def sentence(filter_: Filter) -> str:
    """The filter in words, with the names of valleys and regions."""
    data = {
        name: options(name)
        for name, facet in FACETS.items()
        if isinstance(facet.labels, Names) and getattr(filter_, name)
    }
    town = ask(nearby.town, filter_.near) if filter_.near else None
    if town:
        data["near"] = {town.town_id: town.label}
    return filter_.sentence(data)
