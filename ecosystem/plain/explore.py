"""Map, regions, directory and the organisations themselves, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

import pandas as pd

from ecosystem.common import links, paging, text, wording
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import COUNTRIES, DOMAINS, FUNCTIONS, SECTORS, TYPES
from ecosystem.drawing import european_map
from ecosystem.finding import nearby
from ecosystem.finding.filters import Filter
from ecosystem.plain.page import Item, Listing, Params, PlainPage, first
from ecosystem.regional import coverage
from ecosystem.regional.profiles import LEVEL_NAMES, SAMPLE_NOTE
from ecosystem.regional.statistics import words
from ecosystem.tables import life, organisations, regions
from ecosystem.tables.organisations import Summary

HEADING = "Europe's cyber valleys"
MAP_TEXT = "Map of Europe with its cyber valleys and the organisations in each"


def introduction(register: Summary) -> str:
    """What the site is, in one sentence.

    Parameters
    ----------
    register : Summary
        Of the whole register.
    """
    return (
        f"{register.organisations:,} organisations that work on cybersecurity in "
        f"{register.valleys:,} of Europe's regions: find, compare, connect."
    )


def map_page(database: Database, params: Params) -> PlainPage:
    """The start page: how many organisations, and where."""
    filter_ = Filter.from_params(params)
    counts = regions.organisation_counts(database, filter_, "valley")
    counts = counts[counts > 0]
    said = introduction(organisations.summary(database, Filter()))
    return PlainPage(
        heading=HEADING,
        title="" if filter_ != Filter() else "The open map of Europe's cyber valleys",
        description=said,
        paragraphs=(said,),
        facts=numbers(database, filter_),
        picture=valley_map(database, counts),
        picture_text=f"{MAP_TEXT}; they are listed below.",
        listings=(_by_region(database, counts, "Valleys"),),
        fonts_wait=True,
        is_lasting=filter_ == Filter(),
    )


def regions_page(database: Database, params: Params) -> PlainPage:
    """The regions that have organisations under a filter."""
    filter_ = Filter.from_params(params)
    country = regions.organisation_counts(database, filter_, "nuts0")
    valley = regions.organisation_counts(database, filter_, "valley")
    return PlainPage(
        heading="Regions",
        description="Organisations on cybersecurity by European region, with how much of each "
        "region the register covers.",
        paragraphs=(SAMPLE_NOTE,),
        facts=numbers(database, filter_),
        listings=(
            _by_region(database, valley[valley > 0], "Valleys"),
            _by_region(database, country[country > 0], "Countries"),
        ),
        canonical="regions",
        is_lasting=filter_ == Filter(),
    )


def region_page(database: Database, params: Params) -> PlainPage:
    """One region: how many organisations the register has of how many, and which."""
    region_id = first(params, "region")
    place = regions.place(database, region_id)
    if place is None:
        return PlainPage(
            heading="Find a region",
            description="Valleys, countries and NUTS regions, each with its organisations.",
            listings=(
                _by_region(
                    database, regions.organisation_counts(database, Filter(), "valley"), "Valleys"
                ),
            ),
            canonical="region",
            is_lasting=False,
        )
    level = regions.level_of(region_id)
    filter_ = Filter.from_params(params)
    inside = filter_.with_values("valley" if level == "valley" else "nuts", [region_id])
    found = organisations.summary(database, inside)
    spans = coverage.spans(database, [region_id])
    if not regions.is_collected(database, level).get(region_id, False):
        size = words.not_collected(place.name)
    else:
        size = f"{wording.count(found.organisations, 'organisation')} in the register."
    covered = f"Coverage: {spans.iloc[0]['text']}" if len(spans) else coverage.UNCOUNTED
    return PlainPage(
        heading=place.label,
        title=f"{place.label} · Region",
        description=f"Cybersecurity in {place.name}: {size} {covered}",
        paragraphs=(LEVEL_NAMES[level], size, covered, SAMPLE_NOTE),
        facts=tuple(
            (TYPES.label(code), f"{n:,}")
            for code, n in organisations.facet_counts(database, inside, "type").items()
        ),
        listings=(_organisations(database, inside, found.organisations, params, "region"),),
        preview=f"preview/region/{quote(place.place_id, safe='')}.png",
        canonical=_region_address(place.place_id),
        is_lasting=filter_ == Filter(),
    )


def directory_page(database: Database, params: Params) -> PlainPage:
    """The organisations that a filter leaves, a page at a time."""
    filter_ = Filter.from_params(params)
    found = organisations.summary(database, filter_)
    return PlainPage(
        heading="Directory",
        description="Companies, research, clusters, public bodies and response teams that work "
        "on cybersecurity in Europe's regions.",
        facts=numbers(database, filter_),
        listings=(_organisations(database, filter_, found.organisations, params, "directory"),),
        canonical="directory",
        is_lasting=filter_ == Filter() and not first(params, "page"),
    )


def organisation_page(database: Database, params: Params) -> PlainPage:
    """One organisation with its facts."""
    record = organisations.one(database, first(params, "org"))
    if record is None:
        return PlainPage(
            heading="Organisation",
            description="There is no organisation at this address.",
            paragraphs=(
                "There is no organisation at this address. It may have been removed or mistyped.",
            ),
            listings=(Listing("Instead", (Item("Look in the directory", "directory"),)),),
            is_lasting=False,
        )
    fate = life.fate(record)
    notes = record["notes"] if isinstance(record["notes"], str) else ""
    addresses = (("Website", record["website"]), ("Source", record["source_url"]))
    elsewhere = tuple(
        Item(label, address) for label, text_ in addresses if (address := links.web_address(text_))
    )
    names = regions.labels(database)
    around = tuple(
        Item(names[id_], _region_address(id_))
        for column in ("valley_id", "nuts2", "nuts0")
        if (id_ := record[column]) in names
    )
    return PlainPage(
        heading=record["name"],
        description=summary_of(record),
        paragraphs=tuple(filter(None, (fate.sentence() if fate else "", notes))),
        facts=facts(database, record),
        listings=(Listing("Its regions", around), Listing("Elsewhere", elsewhere)),
        preview=preview_of(record["org_id"]),
        canonical=f"profile/{quote(record['org_id'], safe='')}",
    )


def preview_of(org_id: str) -> str:
    """Address of the picture that the preview of a link to an organisation shows."""
    return f"preview/organisation/{quote(org_id, safe='')}.png"


def summary_of(record: Mapping[Any, Any]) -> str:
    """An organisation in one sentence: what it is, where, and what it works on."""
    domains = ", ".join(DOMAINS.label(code) for code in record["domains"])
    what = f"{TYPES.label(record['type'])} in {town(record)}"
    return f"{what}: {domains}." if domains else f"{what}."


def town(record: Mapping[Any, Any]) -> str:
    """Town and country of an organisation."""
    return f"{record['city']}, {COUNTRIES.label(record['country'])}"


def facts(database: Database, record: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """What the register knows of an organisation, as terms and what they are; gaps are left out.

    Parameters
    ----------
    record : dict
        As :func:`ecosystem.tables.organisations.one` gives it.
    """
    names = regions.labels(database)
    known = {
        "Type": [TYPES.label(record["type"])],
        "Town": [town(record)],
        "Region": [names[record["nuts2"]]] if record["nuts2"] in names else [],
        "Valley": [names[record["valley_id"]]] if record["valley_id"] in names else [],
        "Founded": [] if pd.isna(record["founded"]) else [str(int(record["founded"]))],
        "Former names": list(record["former_names"]),
        "JRC taxonomy domains": [DOMAINS.label(code) for code in record["domains"]],
        "NIST CSF 1.1 functions": [FUNCTIONS.label(code) for code in record["functions"]],
        "Sectors": [SECTORS.label(code) for code in record["sectors"]],
    }
    return tuple((term, ", ".join(values)) for term, values in known.items() if values)


def region_map(database: Database, region_id: str) -> str:
    """A region among its neighbours, as SVG."""
    return european_map.draw(database, _NO_POINTS, (region_id,))


def organisation_map(database: Database, record: dict[str, Any]) -> str:
    """Where an organisation is, as SVG; empty if it lies outside Europe."""
    point = pd.DataFrame(
        {"lon": [record["lon"]], "lat": [record["lat"]], "label": [record["city"]], "leads": True}
    )
    return european_map.draw(database, point, ())


_NO_POINTS = pd.DataFrame(
    {"lon": pd.Series(dtype=float), "lat": pd.Series(dtype=float), "label": pd.Series(dtype=str),
     "leads": pd.Series(dtype=bool)}
)  # fmt: skip


def numbers(database: Database, filter_: Filter) -> tuple[tuple[str, str], ...]:
    """What a filter leaves, in numbers, and the filter in words."""
    found = organisations.summary(database, filter_)
    counted = (
        ("Organisations", f"{found.organisations:,}"),
        ("Valleys", f"{found.valleys:,}"),
        ("Countries", f"{found.countries:,}"),
    )
    if filter_ == Filter():
        return counted
    names = regions.labels(database)
    place = nearby.town(database, filter_.near) if filter_.near else None
    data = {"valley": names, "nuts": names, "near": {place.town_id: place.label} if place else {}}
    return (*counted, ("Shown", filter_.sentence(data)))


def _region_address(region_id: str) -> str:
    return f"region?{urlencode({'region': region_id})}"


def _by_region(database: Database, counts: pd.Series, heading: str) -> Listing:
    """Regions by name with how many organisations of the register each has."""
    names = regions.labels(database)
    rows = sorted((text.fold(names[str(id_)]), str(id_), int(n)) for id_, n in counts.items())
    return Listing(
        heading,
        tuple(
            Item(
                names[id_],
                _region_address(id_),
                f"{wording.count(n, 'organisation')} in the register",
            )
            for _, id_, n in rows
        ),
    )


def list_organisations(
    database: Database, filter_: Filter, total: int, limit: int, offset: int = 0
) -> Listing:
    """Some of the organisations of a filter, and in the heading of how many.

    Parameters
    ----------
    total : int
        How many the filter leaves.
    limit, offset : int
        How many are listed at most, and how many come before them.
    """
    rows = organisations.page(
        database, filter_, sort=organisations.sorts(filter_)[0], limit=limit, offset=offset
    )
    items = tuple(
        Item(row["name"], f"profile/{quote(row['org_id'], safe='')}", summary_of(row))
        for row in rows.to_dict("records")
    )
    return Listing(wording.span(offset, len(rows), total, "organisation"), items)


def _organisations(
    database: Database, filter_: Filter, total: int, params: Params, path: str
) -> Listing:
    size = organisations.PER_PAGE
    number, offset = paging.turn(first(params, "page"), total, size)
    listing = list_organisations(database, filter_, total, size, offset)
    others = (("Before", number - 1, number > 1), ("More", number + 1, offset + size < total))
    own = {name: list(values) for name, values in params.items() if name != "page"}
    more = tuple(
        Item(label, f"{path}?{urlencode({**own, 'page': page}, doseq=True)}")
        for label, page, is_there in others
        if is_there
    )
    return replace(listing, more=more)


def valley_map(database: Database, counts: pd.Series) -> str:
    """The valleys that have organisations, as dots with their names and counts; SVG.

    Parameters
    ----------
    counts : Series of int
        Organisations of each valley that has any, by its id.
    """
    places = regions.units(database, "valley").set_index("region_id")
    there = places[places.index.isin(counts.index)]
    names = regions.names_in_text(database)
    n = counts.reindex(there.index).sort_values(ascending=False)
    points = pd.DataFrame(
        {
            "lon": there["lon"].reindex(n.index),
            "lat": there["lat"].reindex(n.index),
            "label": [f"{names[str(id_)]} {count:,.0f}" for id_, count in n.items()],
            "leads": True,
            "address": [_region_address(str(id_)) for id_ in n.index],
        }
    )
    return european_map.draw(database, points, ())
