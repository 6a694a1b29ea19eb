"""What both briefs print: the release, the method notes, the sources, the pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from ecosystem.brief.typeset import printable
from ecosystem.common import links, wording
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import TYPES
from ecosystem.drawing import pictures
from ecosystem.finding.filters import Filter
from ecosystem.regional import outside_figures
from ecosystem.regional.coverage import RULE, of_regions, spans
from ecosystem.regional.measures import catalogue
from ecosystem.regional.profiles import SAMPLE_NOTE, STRENGTH_RULE
from ecosystem.regional.statistics.counts import SMALL_N
from ecosystem.tables import regions, releases

NOT_ECSO = (
    "Compiled from public sources after the 2019 map of the European Cyber Security "
    "Organisation (ECSO); it is not ECSO's own data."
)
QUOTIENT_METHOD = (
    "Representation quotient: the share of the region's organisations that work on a domain, "
    "divided by the share in the register as a whole (under the same filter), with a 95 % "
    "interval from Wilson intervals of both shares. It is over this register and not over an "
    "economy. A strength takes more than an interval above 1, which chance gives many regions: "
    f"{STRENGTH_RULE}; at least 3 organisations; a quotient above 1.25."
)
# More organisations than two pages can ever hold are not even asked for.
MOST_LISTED = 90
ADDRESS = 200
_NAME, _TOWN = 64, 24


def frame_of(database: Database, filter_: Filter, title: str, address: str = "") -> dict[str, Any]:
    """What surrounds every brief: title, filter, release, notes and sources.

    Parameters
    ----------
    title : str
        Its heading.
    address : str
        Web address of the page that it was made on, for the citation.
    """
    story = releases.story(database)
    return {
        "title": printable(title, 160),
        "filter": "" if filter_ == Filter() else printable(_sentence(database, filter_), 220),
        "sample": f"{SAMPLE_NOTE} {NOT_ECSO}",
        "date": f"{story['created_at']:%-d %B %Y}",
        "release": printable(story["release_id"]),
        "citation": printable(releases.citation(database, address), 500),
        "coverage_rule": RULE,
        "methods": [
            {"label": measure.label, "text": measure.method}
            for measure in catalogue(database).values()
        ],
        "quotient_method": QUOTIENT_METHOD,
        "sources": [
            {
                "attribution": printable(_attribution(database, row), 400),
                "title": printable(row["title"], 110),
                "licence": printable(row["licence"], 60),
            }
            for row in releases.sources(database).to_dict("records")
        ],
    }


def picture(spec: dict[str, Any], alt: str) -> dict[str, str]:
    """A chart as the templates take it.

    Parameters
    ----------
    spec : dict
        Vega-Lite specification.
    alt : str
        What it says, for those who can't see it.
    """
    return {"svg": pictures.svg(spec), "alt": alt}


def coverage(
    database: Database, region_id: str, limit: int, *, name: str = ""
) -> list[dict[str, str]]:
    """Outside counts of a region, each with the address of its source.

    The first, which is the one to show, comes with the span over all counts of its kind.

    Parameters
    ----------
    limit : int
        How many at most.
    name : str
        Of the region, where there are several.
    """
    counted = of_regions(database, regions.level_of(region_id))
    rows = counted.loc[counted.index == region_id].head(limit)
    found = [
        counted_row(f"{name}: {row['sentence']}" if name else row["sentence"], row["source_url"])
        for row in rows.to_dict("records")
    ]
    # Where several regions are compared, their table has the spans.
    for span in spans(database, [region_id]).to_dict("records"):
        if span["of"] > 1 and not name:
            found[0]["text"] = f"{found[0]['text']}. Coverage: {span['share']}"
    return found


def counted_row(sentence: str, address: object) -> dict[str, str]:
    """An outside count in words with its source, as the templates take it."""
    return {
        "text": printable(sentence, 240),
        "source": printable(address, ADDRESS),
        "link": links.web_address(address) or "",
    }


def organisations(
    database: Database, filter_: Filter, region_id: str, limit: int = MOST_LISTED
) -> list[dict[str, str]]:
    """The first organisations of a region by name, each with its town and type."""
    where, bound = filter_.where()
    rows = database.frame(
        f"""
        SELECT name, city, type FROM organisation
        WHERE {where} AND {regions.LEVELS[regions.level_of(region_id)]} = $of_region
        ORDER BY strip_accents(lower(name)), org_id LIMIT $limit
        """,
        {**bound, "of_region": region_id, "limit": limit},
    )
    return [
        {
            "name": printable(row["name"], _NAME),
            "town": printable(row["city"], _TOWN),
            "type": TYPES.label(row["type"]),
        }
        for row in rows.to_dict("records")
    ]


def shares_in_words(values: Mapping[Any, Any] | pd.Series, labels: Mapping[str, str]) -> str:
    """Shares from 0 to 1 as a list of words: ``"Protect 79%, Detect 55%"``."""
    return ", ".join(
        f"{labels.get(str(code), str(code))} {wording.percent(share)}"
        for code, share in values.items()
        if not pd.isna(share)
    )


def small_note(names: Iterable[str]) -> str:
    """That some regions have too few organisations to say much; empty if there is none."""
    few = list(names)
    if not few:
        return ""
    return (
        f"Fewer than {SMALL_N} organisations in {wording.join(few)}: shares and quotients in "
        "grey say little."
    )


def _sentence(database: Database, filter_: Filter) -> str:
    names = regions.labels(database)
    return filter_.sentence({"valley": names, "nuts": names})


def _attribution(database: Database, row: dict[Any, Any]) -> str:
    """The attribution as its owner wants it; Eurostat's with the tables that are used."""
    if row["source"] != "indicators":
        return str(row["attribution"])
    known = outside_figures.indicators(database)
    # The areas in the brief are measured on the boundaries.
    used = known.loc[known["indicator"] != "area_km2", "source"]
    tables = sorted({code.strip() for codes in used for code in str(codes).split(";")})
    return f"{row['attribution']} ({', '.join(tables)})"
