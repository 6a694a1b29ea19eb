"""The brief of two to four regions compared."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ecosystem.brief import outline_map, shared
from ecosystem.brief.typeset import printable, typeset
from ecosystem.common import wording
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import DOMAINS, FUNCTIONS, ROLES, TYPES
from ecosystem.drawing import charts
from ecosystem.finding.filters import Filter
from ecosystem.regional import measures, outside_figures, region_counts
from ecosystem.regional.comparisons import Comparison, side_by_side
from ecosystem.regional.measures import in_words
from ecosystem.regional.profiles import LEVEL_NAMES
from ecosystem.regional.statistics import completeness
from ecosystem.regional.statistics.counts import RegionCounts
from ecosystem.tables import regions

# Pixels; the templates show one as three quarters of a point.
_MAP = (270, 230)
_ROW = 15
_SENTENCE = 700
_NAME, _COLUMN = 60, 20


def comparison_pdf(
    database: Database, filter_: Filter, comparison: Comparison, address: str = ""
) -> bytes:
    """Two pages of A4 about two to four regions.

    Parameters
    ----------
    filter_ : Filter
        The filter that the comparison was made under.
    address : str
        Web address of the page that it is made on, for the citation.
    """
    return typeset(database, "comparison", content(database, filter_, comparison, address))


def content(
    database: Database, filter_: Filter, comparison: Comparison, address: str = ""
) -> dict[str, Any]:
    """What the brief shows, as printable text and pictures."""
    ids = comparison.region_ids
    names = {id_: printable(comparison.names[id_], _NAME) for id_ in ids}
    colours = dict(zip(ids, charts.SERIES, strict=False))
    title = wording.join(list(names.values()))
    counts = region_counts.counts_of(database, filter_, ids)
    drawn = outline_map.draw(database, filter_, colours, width=_MAP[0], height=_MAP[1])
    return {
        **shared.frame_of(database, filter_, f"{title} compared", address),
        "kind": "Comparison of regions",
        "names": [names[id_] for id_ in ids],
        "regions": [
            {
                "name": names[id_],
                "colour": colours[id_],
                "grey": bool(comparison.small[id_]),
                "level": LEVEL_NAMES[regions.level_of(id_)],
            }
            for id_ in ids
        ],
        "sentences": [printable(sentence, _SENTENCE) for sentence in comparison.sentences],
        "remarks": [printable(remark, 320) for remark in comparison.remarks[:5]],
        "coverage": [
            row
            for id_ in ids
            for row in shared.coverage(database, id_, 1, name=comparison.names[id_])
        ],
        "small": shared.small_note([names[id_] for id_ in ids if comparison.small[id_]]),
        "table": _table(comparison, measures.whole_beside(database, filter_, None)),
        "types": _types(counts),
        "roles": _roles(database, counts),
        "roles_note": _roles_note(database, names),
        "map": {
            "svg": drawn.svg,
            "alt": f"Map of {title}, with the towns that have organisations.",
            "note": "Dots: towns with organisations, by number; grey: outside the regions."
            + (" Parts of the regions lie outside the frame." if drawn.partly else ""),
        },
        "heat": _heat(comparison),
        "functions": _functions(comparison),
        "context": _context(database, ids),
        "context_note": _context_note(database, ids, names),
    }


def figures(database: Database, region_ids: list[str]) -> pd.DataFrame:
    """Eurostat's figures of regions, also of those made of several NUTS 2 regions.

    Returns
    -------
    DataFrame
        As :func:`ecosystem.regional.outside_figures.figures`, with ``region_id`` in front.
    """
    parts = []
    for id_ in region_ids:
        own = outside_figures.figures(database, id_)
        own.insert(0, "region_id", id_)
        parts.append(own)
    return pd.concat(parts, ignore_index=True)


def roles_of(database: Database, counts: RegionCounts) -> pd.DataFrame:
    """Which roles each region has, with the known investors; rows by region, columns by role."""
    ids = list(counts.regions)
    investors = pd.concat(
        [
            outside_figures.investor_counts(database, level)
            for level in {regions.level_of(id_) for id_ in ids}
        ]
    ).loc[ids]
    return completeness.roles_present(counts.types, investors)


def _table(comparison: Comparison, whole: dict[str, float]) -> list[dict[str, Any]]:
    return [
        {
            "label": row.label,
            "whole": in_words(row.code, whole.get(row.code)),
            "cells": [
                {"text": row.cells[id_], "best": id_ in row.best, "grey": id_ in row.small}
                for id_ in comparison.region_ids
            ],
        }
        for row in side_by_side(comparison)
    ]


def _types(counts: RegionCounts) -> list[dict[str, Any]]:
    return [
        {
            "label": TYPES.label(code),
            "cells": [f"{int(counts.types[code][id_]):,}" for id_ in counts.regions],
        }
        for code in TYPES
    ]


def _roles(database: Database, counts: RegionCounts) -> list[dict[str, Any]]:
    present = roles_of(database, counts)
    return [
        {
            "label": ROLES.label(role),
            "cells": ["present" if present[role][id_] else "none" for id_ in counts.regions],
        }
        for role in ROLES
    ]


def _roles_note(database: Database, names: dict[str, str]) -> str:
    """Where investors come from that no organisation of the register is."""
    known = {
        id_: int(outside_figures.investor_counts(database, regions.level_of(id_))[id_])
        for id_ in names
    }
    listed = wording.join([f"{n:,} in {names[id_]}" for id_, n in known.items() if n])
    return (
        f"Investment counts known investors from a list beside the register, too: {listed}."
        if listed
        else ""
    )


def _column_names(comparison: Comparison) -> dict[str, str]:
    """Names short enough for a chart's columns, each unlike the others."""
    short = {id_: printable(comparison.names[id_], _COLUMN) for id_ in comparison.region_ids}
    repeated = [name for name in short.values() if list(short.values()).count(name) > 1]
    return {
        id_: printable(id_, _COLUMN) if name in repeated else name for id_, name in short.items()
    }


def _heat(comparison: Comparison) -> dict[str, str]:
    shares = comparison.shares[comparison.region_ids]
    if shares.isna().all(axis=None):
        return {"svg": "", "alt": "", "note": "No organisation, so no domains."}
    n = comparison.table.loc["organisations"]
    names = {id_: f"{name} ({n[id_]:,.0f})" for id_, name in _column_names(comparison).items()}
    spec = charts.heat(shares, names, wide=True)
    spec |= {"width": 110 * len(comparison.region_ids), "height": _ROW * len(shares)}
    alt = "; ".join(
        f"{comparison.names[id_]}: "
        + shared.shares_in_words(shares[id_][shares[id_] > 0], DOMAINS.labels())
        for id_ in comparison.region_ids
    )
    note = (
        "Share of a region's organisations that work on a domain; one may work on several. "
        "In brackets: organisations."
    )
    return {
        **shared.picture(spec, printable(f"Shares by domain. {alt}.", 3000)),
        "note": note,
    }


def _functions(comparison: Comparison) -> dict[str, str]:
    shares = comparison.functions[comparison.region_ids]
    if shares.isna().all(axis=None):
        return {"svg": "", "alt": "", "note": "No organisation, so no functions."}
    names = _column_names(comparison)
    spec = charts.parallel(shares, names, across=len(names)) | {"width": 560, "height": 120}
    alt = "; ".join(
        f"{comparison.names[id_]}: " + shared.shares_in_words(shares[id_], FUNCTIONS.labels())
        for id_ in comparison.region_ids
    )
    return {**shared.picture(spec, printable(f"Shares by function. {alt}.", 3000)), "note": ""}


def _context(database: Database, ids: list[str]) -> list[dict[str, Any]]:
    found = figures(database, ids)
    if found.empty:
        return []
    rows = []
    for indicator in outside_figures.indicators(database).to_dict("records"):
        own = found[found["indicator"] == indicator["indicator"]]
        if own.empty:
            continue
        cells = []
        for id_ in ids:
            of_region = own[own["region_id"] == id_]
            last = of_region.iloc[-1] if len(of_region) else None
            cells.append(
                wording.DASH
                if last is None
                else f"{wording.figure(last['value'])} ({int(last['year'])})"
            )
        rows.append(
            {
                "label": printable(indicator["label"], 44),
                "unit": printable(indicator["unit"], 40),
                "cells": cells,
                "table": printable(str(own.iloc[-1]["source"]).split(" ")[0], 24),
            }
        )
    return rows


def _context_note(database: Database, ids: list[str], names: dict[str, str]) -> str:
    found = figures(database, ids)
    note = "The year follows each figure; figures of different years differ for that alone."
    made = [id_ for id_ in ids if (found.loc[found["region_id"] == id_, "parts"] > 1).any()]
    if made:
        note += (
            f" For {wording.join([names[id_] for id_ in made])} they are sums or weighted means "
            "of their NUTS 2 regions, where all have a figure."
        )
    without = [names[id_] for id_ in ids if id_ not in set(found["region_id"])]
    if without:
        note += f" Eurostat has none for {wording.join(without)}, or not for all parts."
    return printable(note, 500)
