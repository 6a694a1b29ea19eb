"""The brief's numbers as an Excel workbook: numbers as numbers, a gap as an empty cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from ecosystem import export
from ecosystem.brief import shared
from ecosystem.brief.comparison import figures, roles_of
from ecosystem.common import spreadsheet
from ecosystem.common.list_columns import list_separators
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import COUNTED, DOMAINS, FUNCTIONS, ROLES, TYPES
from ecosystem.finding.filters import Filter
from ecosystem.regional import coverage, measures, region_counts
from ecosystem.regional.comparisons import Comparison
from ecosystem.regional.measures import ALL_MEASURES, Measure
from ecosystem.regional.profiles import Profile
from ecosystem.regional.statistics.counts import SMALL_N
from ecosystem.tables import regions, releases

_SAYS_LITTLE = f"fewer than {SMALL_N} organisations: says little"
_QUOTIENT = ["count", "n", "share", "whole_share", "lq", "low", "high", "shrunk", "q", "clear"]
_QUOTIENT_HEADER = [
    "organisations",
    "of",
    "share",
    "share_whole_register",
    "representation_quotient",
    "low_95",
    "high_95",
    "quotient_shrunk",
    "chance_adjusted",
    "strength",
    "note",
]


def region_xlsx(database: Database, filter_: Filter, profile: Profile, address: str = "") -> bytes:
    """The numbers of a region's brief.

    Parameters
    ----------
    filter_ : Filter
        The filter that the profile was made under.
    address : str
        Web address of the page that they are from, for the citation.
    """
    book = Workbook(write_only=True)
    _sheet(
        book,
        "Headline",
        [
            "measure",
            "value",
            "low_95",
            "high_95",
            "unit",
            "whole_register",
            "rank",
            "of",
            "n",
            "note",
        ],
        [
            [
                ALL_MEASURES[str(code)].label,
                row["value"],
                row["low"],
                row["high"],
                _unit(ALL_MEASURES[str(code)]),
                row["whole"],
                None if pd.isna(row["value"]) else row["rank"],
                row["of"],
                profile.n,
                _headline_note(profile, str(code), row),
            ]
            for code, row in profile.headline.iterrows()
        ],
    )
    _coverage(book, {profile.region_id: profile.name}, profile.counted)
    _sheet(
        book,
        "Domains",
        ["code", "label", *_QUOTIENT_HEADER],
        [
            [code, DOMAINS.label(str(code)), *row[_QUOTIENT], _small(row["small"])]
            for code, row in profile.quotients.iterrows()
        ],
    )
    _sheet(
        book,
        "Types",
        ["code", "label", "organisations"],
        [[code, TYPES.label(str(code)), n] for code, n in profile.types.items()],
    )
    _sheet(
        book,
        "Roles",
        ["code", "label", "present"],
        [[code, ROLES.label(str(code)), bool(there)] for code, there in profile.roles.items()],
    )
    _sheet(
        book,
        "Functions",
        ["code", "label", "share", "n"],
        [
            [code, FUNCTIONS.label(str(code)), share, profile.n]
            for code, share in profile.functions.items()
        ],
    )
    _sheet(
        book,
        "Founding years",
        ["founded_by_end_of", "organisations"],
        profile.founding[["year", "organisations"]].to_numpy().tolist(),
    )
    _sheet(
        book,
        "Context",
        ["indicator", "label", "year", "value", "unit", "table", "made_from"],
        profile.figures[["indicator", "label", "year", "value", "unit", "source", "made"]]
        .astype(object)
        .to_numpy()
        .tolist(),
    )
    _alike(book, profile)
    _organisations(book, database, filter_, [profile.region_id])
    _about(
        book,
        database,
        filter_,
        address,
        [["region", profile.name], ["region_id", profile.region_id]],
        [*profile.sentences, profile.rank_note, profile.investors_note],
    )
    return _save(book, database)


def comparison_xlsx(
    database: Database, filter_: Filter, comparison: Comparison, address: str = ""
) -> bytes:
    """The numbers of a comparison's brief.

    Parameters
    ----------
    filter_ : Filter
        The filter that the comparison was made under.
    address : str
        Web address of the page that they are from, for the citation.
    """
    ids = comparison.region_ids
    counts = region_counts.counts_of(database, filter_, ids)
    whole = measures.whole_beside(database, filter_, None)
    roles = roles_of(database, counts)
    names = [comparison.names[id_] for id_ in ids]
    book = Workbook(write_only=True)
    _sheet(
        book,
        "Headline",
        ["measure", "unit", *names, "whole_register", "best", "note"],
        [
            [
                measure.label,
                _unit(measure),
                *(comparison.table[id_][code] for id_ in ids),
                whole.get(code),
                "; ".join(comparison.names[id_] for id_ in ids if comparison.best[id_][code]),
                _comparison_note(comparison, measure),
            ]
            for code, measure in measures.catalogue(database).items()
        ],
    )
    _sheet(
        book,
        "Intervals",
        ["region_id", "region", "measure", "value", "low_95", "high_95", "of"],
        [
            [
                row["region"],
                comparison.names[row["region"]],
                ALL_MEASURES[row["measure"]].label,
                comparison.table[row["region"]][row["measure"]],
                row["low"],
                row["high"],
                row["of"],
            ]
            for row in comparison.intervals.reset_index().to_dict("records")
        ],
    )
    _sheet(
        book,
        "Equal sample size",
        ["region_id", "region", "organisations", "effective_number_of_domains"],
        [
            [id_, comparison.names[str(id_)], comparison.diversity.size, value]
            for id_, value in comparison.diversity.values.items()
        ],
    )
    _coverage(book, comparison.names, comparison.counted)
    _sheet(
        book,
        "Domains",
        ["region_id", "region", "code", "label", *_QUOTIENT_HEADER],
        [
            [
                id_,
                comparison.names[id_],
                code,
                DOMAINS.label(str(code)),
                *row[_QUOTIENT],
                _small(row["small"]),
            ]
            for id_ in ids
            for code, row in comparison.quotients.xs(id_, level="region").iterrows()
        ],
    )
    _sheet(
        book,
        "Types",
        ["code", "label", *names],
        [[code, TYPES.label(code), *(counts.types[code][id_] for id_ in ids)] for code in TYPES],
    )
    _sheet(
        book,
        "Roles",
        ["code", "label", *names],
        [[role, ROLES.label(role), *(bool(roles[role][id_]) for id_ in ids)] for role in ROLES],
    )
    _sheet(
        book,
        "Functions",
        ["code", "label", *names],
        [
            [code, FUNCTIONS.label(str(code)), *(row[id_] for id_ in ids)]
            for code, row in comparison.functions.iterrows()
        ],
    )
    found = figures(database, ids)
    columns = ["region_id", "indicator", "label", "year", "value", "unit", "source", "made"]
    _sheet(
        book,
        "Context",
        [*columns[:-2], "table", "made_from"],
        found[columns].astype(object).to_numpy().tolist(),
    )
    _organisations(book, database, filter_, ids)
    _about(
        book,
        database,
        filter_,
        address,
        [["region", comparison.names[id_], id_] for id_ in ids],
        [*comparison.sentences, *comparison.remarks],
    )
    return _save(book, database)


def _unit(measure: Measure) -> str:
    return "share (0 to 1)" if measure.is_share else measure.unit


def _small(is_small: object) -> str:
    return _SAYS_LITTLE if is_small else ""


def _headline_note(profile: Profile, code: str, row: pd.Series) -> str:
    notes = []
    if row["small"]:
        notes.append(_SAYS_LITTLE)
    if row["tied"] and not pd.isna(row["rank"]):
        notes.append("rank shared")
    if ALL_MEASURES[code].depends_on_coverage and pd.isna(row["rank"]):
        notes.append("no rank: depends on how completely regions were collected")
    if code == "per-million":
        notes.append(
            f"inhabitants of {profile.population_year}"
            if profile.population_year
            else "no population figure"
        )
    return "; ".join(notes)


def _comparison_note(comparison: Comparison, measure: Measure) -> str:
    few = [
        comparison.names[id_]
        for id_ in comparison.region_ids
        if comparison.table[id_]["organisations"] < measure.needs
    ]
    notes = [f"{_SAYS_LITTLE}: {', '.join(few)}"] if few else []
    if measure.depends_on_coverage and not comparison.coverage.comparable:
        notes.append("not ranked: depends on how completely regions were collected, see Coverage")
    if measure.is_estimate:
        notes.append("an estimate, not ranked: see Intervals")
    return "; ".join(notes)


def _coverage(book: Workbook, names: Mapping[str, str], counted: pd.DataFrame) -> None:
    """Every outside count with what the register has of the same, and who has none."""
    uncounted = [id_ for id_ in names if id_ not in counted.index]
    _sheet(
        book,
        "Coverage",
        [
            "region_id",
            "region",
            "counted_elsewhere",
            "what_is_counted",
            "year",
            "in_register",
            "coverage",
            "scope",
            "source_url",
        ],
        [
            [
                id_,
                names[str(id_)],
                row["counted"],
                COUNTED.label(row["counts"]),
                row["year"],
                row["n"],
                row["coverage"],
                row["scope"],
                row["source_url"],
            ]
            for id_, row in counted.iterrows()
        ]
        + [[id_, names[id_], *[None] * 5, coverage.UNCOUNTED, None] for id_ in uncounted],
    )


def _alike(book: Workbook, profile: Profile) -> None:
    _sheet(
        book,
        "Related regions",
        ["kind", "region_id", "region", "reason", "note"],
        [
            [kind.heading, id_, row["name"], row["reason"], kind.note]
            for kind in profile.related
            for id_, row in kind.regions.iterrows()
        ],
    )


def _organisations(
    book: Workbook, database: Database, filter_: Filter, region_ids: Sequence[str]
) -> None:
    parts = []
    for id_ in region_ids:
        level = regions.level_of(id_)
        # Where the filter chooses regions itself, both choices hold.
        narrowed = filter_
        if level == "valley" and not filter_.valley:
            narrowed = replace(filter_, valley=(id_,))
        elif level != "valley" and not filter_.nuts:
            narrowed = replace(filter_, nuts=(id_,))
        rows = export.rows(database, narrowed)
        own = rows[rows[regions.LEVELS[level]] == id_].copy()
        own.insert(0, "region", id_)
        parts.append(own)
    frame = pd.concat(parts, ignore_index=True)
    for column, separator in list_separators().items():
        frame[column] = frame[column].map(separator.join)
    _sheet(book, "Organisations", list(frame.columns), frame.astype(object).to_numpy().tolist())


def _about(
    book: Workbook,
    database: Database,
    filter_: Filter,
    address: str,
    subject: list[list[str]],
    sentences: Iterable[str],
) -> None:
    made = releases.story(database)["created_at"]
    facts = shared.frame_of(database, filter_, "")
    rows: list[list[Any]] = [
        *subject,
        *([name, text] for name, text in export.about(database, filter_, address).items()),
        ["date", f"{made:%Y-%m-%d}"],
        ["note", facts["sample"]],
        *(["in words", sentence] for sentence in sentences if sentence),
        *(
            ["source", source["attribution"], source["title"], source["licence"]]
            for source in facts["sources"]
        ),
        *(
            ["method", measure.label, measure.method]
            for measure in measures.catalogue(database).values()
        ),
        ["method", "Representation quotient", shared.QUOTIENT_METHOD],
        ["method", "Coverage", facts["coverage_rule"]],
    ]
    _sheet(book, "About", ["what", "text", "more", "licence"], rows)


def _sheet(
    book: Workbook, title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """A sheet with a bold header and columns about as wide as what is in them."""
    lines = [[_cell(value) for value in row] for row in rows]
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for i, name in enumerate(header):
        longest = max([len(str(name)), *(len(str(line[i])) for line in lines if i < len(line))])
        sheet.column_dimensions[get_column_letter(i + 1)].width = min(max(longest + 2, 10), 60)
    spreadsheet.header(sheet, header)
    for line in lines:
        sheet.append(line)


def _cell(value: Any) -> Any:
    """A value as a cell: text that isn't a formula, plain numbers, nothing for a gap."""
    if isinstance(value, str):
        return spreadsheet.neutralise(value)
    if value is None or pd.isna(value):
        return None
    return value.item() if isinstance(value, np.generic) else value


def _save(book: Workbook, database: Database) -> bytes:
    made = releases.story(database)["created_at"].to_pydatetime()
    # Of the release and not of now: the same numbers make the same workbook.
    book.properties.created = made
    book.properties.modified = made
    book.properties.creator = "Cyber Valleys"
    return spreadsheet.workbook_bytes(book)
