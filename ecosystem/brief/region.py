"""The brief of one region."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ecosystem.brief import outline_map, shared
from ecosystem.brief.typeset import printable, typeset
from ecosystem.common import wording
from ecosystem.common.colours import ACCENT
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import DOMAINS, FUNCTIONS, ROLES, TYPES
from ecosystem.drawing import charts
from ecosystem.finding.filters import Filter
from ecosystem.regional import coverage, outside_figures
from ecosystem.regional.measures import ALL_MEASURES, in_words
from ecosystem.regional.profiles import Profile
from ecosystem.tables import regions

# Pixels; the templates show one as three quarters of a point.
_MAP = (270, 214)
_ROW = 16
_SENTENCE = 380
_REASON = 250


def region_pdf(database: Database, filter_: Filter, profile: Profile, address: str = "") -> bytes:
    """Two pages of A4 about one region; one if nothing is left of it to list and to draw.

    Parameters
    ----------
    filter_ : Filter
        The filter that the profile was made under.
    address : str
        Web address of the page that it is made on, for the citation.
    """
    return typeset(database, "region", content(database, filter_, profile, address))


def content(
    database: Database, filter_: Filter, profile: Profile, address: str = ""
) -> dict[str, Any]:
    """What the brief shows, as printable text and pictures."""
    small = profile.n > 0 and bool(profile.headline["small"].any())
    name = printable(profile.name, 80)
    drawn = outline_map.draw(
        database,
        filter_,
        {profile.region_id: ACCENT[False]},
        width=_MAP[0],
        height=_MAP[1],
    )
    return {
        **shared.frame_of(database, filter_, name, address),
        "kind": "Regional brief",
        "name": name,
        "place": profile.kind,
        "sentences": [printable(sentence, _SENTENCE) for sentence in profile.sentences],
        "coverage": _coverage(database, filter_, profile),
        "small": shared.small_note([profile.short_name]) if small else "",
        "headline": _headline(profile),
        "ranked": bool(profile.headline["rank"].notna().any()),
        "rank_note": profile.rank_note,
        "population": (
            f"Per million inhabitants of {profile.population_year}."
            if profile.population_year
            else "No population figure for the region, so no number per million inhabitants."
        ),
        "map": {
            "svg": drawn.svg,
            "alt": (
                f"Map of {name} among its neighbours, with {drawn.towns:,} towns that have "
                "organisations in it, sized by their number."
            ),
            "note": "Dots: towns with organisations, by number; grey: outside the region."
            + (" Parts of the region lie outside the frame." if drawn.partly else "")
            if profile.n
            else "",
        },
        "quotients": _quotients(profile),
        "types": _types(profile),
        "functions": _functions(profile),
        "founding": _founding(profile),
        "roles": [
            {"label": ROLES.label(str(role)), "present": bool(there)}
            for role, there in profile.roles.items()
        ],
        "context": _context(database, profile),
        "context_note": _context_note(profile, name),
        "valley": _valley(database, profile),
        "related": [
            {
                "heading": kind.heading,
                "none": kind.none,
                "note": kind.note,
                "regions": _regions(kind.regions),
            }
            for kind in profile.related
        ],
        "n": profile.n,
        "organisations": shared.organisations(database, filter_, profile.region_id),
    }


def _coverage(database: Database, filter_: Filter, profile: Profile) -> list[dict[str, str]]:
    rows = shared.coverage(database, profile.region_id, 2)
    if filter_ == Filter() and not rows:
        # Where nobody counted the region, the whole at least has a measure.
        for row in coverage.of_europe(database).head(1).to_dict("records"):
            sentence = f"{coverage.UNCOUNTED} Europe: {row['sentence']}"
            rows = [shared.counted_row(sentence, row["source_url"])]
    return rows


def _headline(profile: Profile) -> list[dict[str, Any]]:
    rows = []
    for code, row in profile.headline.iterrows():
        measure = ALL_MEASURES[str(code)]
        unranked = pd.isna(row["rank"]) or pd.isna(row["value"])
        tied = " (shared)" if not unranked and row["tied"] else ""
        rows.append(
            {
                "label": measure.label,
                "value": in_words(measure.code, row["value"]),
                "interval": _interval(measure.code, row),
                "whole": in_words(measure.code, row["whole"]),
                "rank": wording.DASH
                if unranked
                else f"{int(row['rank']):,} of {int(row['of']):,}{tied}",
                "grey": bool(row["small"]),
            }
        )
    return rows


def _interval(code: str, row: pd.Series) -> str:
    ends = [in_words(code, row[end]) for end in ("low", "high")]
    return "" if wording.DASH in ends else "{} to {}".format(*ends)


def _quotients(profile: Profile) -> dict[str, Any]:
    known = profile.quotients.dropna(subset=["lq"])
    if known.empty:
        return {"svg": "", "alt": "", "note": "No organisation, so no quotients."}
    spec = charts.quotients(profile.quotients)
    for row in spec["data"]["values"]:
        row["label"] = f"{row['label']} ({row['n'].split()[0]})"
    spec |= {"width": 190, "height": _ROW * len(known)}
    ordered = known.sort_values("lq", ascending=False)
    alt = "; ".join(
        f"{DOMAINS.label(str(code))} {row['lq']:.2f} ({row['low']:.2f} to {row['high']:.2f})"
        for code, row in ordered.iterrows()
    )
    missing = [DOMAINS.label(str(code)) for code in profile.quotients.index.difference(known.index)]
    note = (
        f"In brackets: organisations of {profile.n:,}. Coloured: strengths that chance hardly "
        "explains."
    )
    if missing:
        note += f" Nobody in the register works on {wording.join(missing)}."
    return {
        **shared.picture(spec, f"Representation quotients with 95 % intervals: {alt}."),
        "note": note,
    }


def _types(profile: Profile) -> dict[str, str]:
    if not profile.n:
        return {"svg": "", "alt": "", "note": "No organisation, so no types."}
    counts = profile.types.sort_values(ascending=False, kind="stable")
    spec = charts.bars(counts, TYPES.labels()) | {"width": 95, "height": _ROW * len(counts)}
    alt = ", ".join(f"{TYPES.label(str(code))} {n:,}" for code, n in counts.items())
    return {
        **shared.picture(spec, f"Organisations by type: {alt}."),
        "note": profile.investors_note,
    }


def _functions(profile: Profile) -> dict[str, str]:
    known = profile.functions.dropna()
    if known.empty:
        return {"svg": "", "alt": "", "note": "No organisation, so no functions."}
    spec = charts.shares(profile.functions, FUNCTIONS.labels())
    spec |= {"width": 150, "height": _ROW * len(known)}
    alt = shared.shares_in_words(known, FUNCTIONS.labels())
    return {
        **shared.picture(spec, f"Share of the organisations by NIST CSF 1.1 function: {alt}."),
        "note": "",
    }


def _founding(profile: Profile) -> dict[str, str]:
    years = profile.founding
    if len(years) < 2:
        return {"svg": "", "alt": "", "note": "Too few founding years are known to draw them."}
    known = int(years["organisations"].iloc[-1])
    spec = charts.founding(years) | {"width": 285, "height": 96}
    return {
        **shared.picture(
            spec,
            f"Organisations by founding year, cumulative: {int(years['organisations'].iloc[0])} "
            f"by {int(years['year'].iloc[0])}, {known:,} by {int(years['year'].iloc[-1])}.",
        ),
        "note": profile.founding_sentence,
    }


def _context(database: Database, profile: Profile) -> list[dict[str, str]]:
    """The latest figure of every indicator; a dash where Eurostat has none."""
    if profile.figures.empty:
        return []
    figures = profile.figures
    rows = []
    for indicator in outside_figures.indicators(database).to_dict("records"):
        if indicator["indicator"] == "area_km2":
            continue
        own = figures[figures["indicator"] == indicator["indicator"]]
        last = own.iloc[-1] if len(own) else None
        rows.append(
            {
                "label": printable(indicator["label"], 44),
                "value": wording.DASH if last is None else wording.figure(last["value"]),
                "unit": printable(indicator["unit"], 46),
                "year": wording.DASH if last is None else str(int(last["year"])),
                "table": printable(
                    str(indicator["source"] if last is None else last["source"]).split(" ")[0], 24
                ),
            }
        )
    return rows


def _context_note(profile: Profile, name: str) -> str:
    if profile.figures.empty:
        return (
            f"Eurostat has no figures for {name}, or not for all parts: they are given for NUTS 2 "
            "regions."
        )
    parts = int(profile.figures["parts"].max())
    if parts == 1:
        return ""
    return (
        f"Made from the {parts} NUTS 2 regions of {name}: population and GDP are sums, all others "
        "means weighted by population (R&D by GDP). Where one has no figure, there is none."
    )


def _valley(database: Database, profile: Profile) -> list[dict[str, str]]:
    valley = profile.valley
    if not valley:
        return []
    priorities = [printable(priority, 60) for priority in valley["s3_priorities"][:6]]
    rows = [
        {
            "label": "Valley",
            "text": printable(regions.labels(database)[valley["valley_id"]], 80),
        },
        {"label": "Coordinated by", "text": printable(valley["coordinator"], 120)},
        {"label": "Smart-specialisation priorities", "text": ", ".join(priorities) or wording.DASH},
    ]
    return rows


def _regions(found: pd.DataFrame) -> list[dict[str, str]]:
    return [
        {"name": printable(row["name"], 50), "reason": printable(row["reason"], _REASON)}
        for row in found.to_dict("records")
    ]
