"""Figures as JSON-stat 2.0 and as CSV on the web, with what they are of and how they are made.

JSON-stat: https://json-stat.org/format/. CSV on the web: W3C Recommendation of 2015,
https://www.w3.org/TR/tabular-metadata/.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import product
from typing import Any

import pandas as pd

from ecosystem.api import descriptors, figures
from ecosystem.api.collections import COLLECTIONS
from ecosystem.api.errors import ApiError, invalid
from ecosystem.api.request import Params, filter_of
from ecosystem.api.tables import Choice, Column, Figure, Table, statuses
from ecosystem.common import wording
from ecosystem.common.per_release import Recent, per_release
from ecosystem.common.spreadsheet import table_csv
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import PARTNERSHIP_KINDS
from ecosystem.finding.filters import PARAMS
from ecosystem.finding.made_in_europe import today
from ecosystem.regional.profiles import SAMPLE_NOTE
from ecosystem.tables import regions, releases

LICENCE = COLLECTIONS["organisations"].licence
OWN = ("measure", "level", "region", "kind", "year")
_MOST_REGIONS = 50
_KEPT = 100
_YEAR = re.compile("[12][0-9]{3}")


@dataclass(frozen=True)
class Query:
    """Which figure is asked for, and of what."""

    figure: Figure
    of: Choice

    @property
    def address(self) -> str:
        """Where it is, below the root of the site."""
        of = self.of
        return figures.address(
            self.figure.code, of.level, of.filter, of.region_ids, kinds=of.kinds, year=of.year
        )


def read(database: Database, params: Params) -> Query:
    """Read the parameters of a request.

    Raises
    ------
    ApiError
        If one of them is unknown or makes no sense.
    """
    strange = [name for name in params if name not in PARAMS and name not in OWN]
    if strange:
        raise invalid(
            f"There is no parameter “{strange[0][:60]}”. There are: "
            f"{', '.join(sorted({*PARAMS, *OWN}))}."
        )
    known = figures.catalogue(database)
    measure = _single(params, "measure")
    if measure not in known:
        raise invalid(f"There is no figure “{measure[:60]}”. There are: {', '.join(known)}.")
    figure = known[measure]
    region_ids = _regions(database, params)
    of_regions = {regions.level_of(id_) for id_ in region_ids}
    if len(of_regions) > 1:
        raise invalid("The regions are of different levels; ask for each level by itself.")
    usual = of_regions.pop() if of_regions else figure.levels[0]
    level = _single(params, "level") if "level" in params else usual
    if level not in figure.levels:
        raise invalid(f"“level” of this figure can be {', '.join(figure.levels)}.")
    if region_ids and level != usual:
        raise invalid(f"The regions are of the level {usual}, not {level}.")
    if figure.needs_region and not region_ids:
        raise invalid("This figure is of single regions: name them with “region”.")
    filter_ = filter_of(params)
    if filter_.active() and not figure.takes_filter:
        raise invalid("This figure is of all organisations: no filter changes it.")
    kinds, year = _partnerships(params)
    if (kinds or year) and not figure.takes_partnerships:
        raise invalid("No kind of partnership and no year changes this figure.")
    return Query(figure, Choice(level, filter_, region_ids, kinds, year))


def _partnerships(params: Params) -> tuple[tuple[str, ...], int | None]:
    kinds = tuple(dict.fromkeys(params.get("kind", [])))
    for kind in kinds:
        if kind not in PARTNERSHIP_KINDS:
            known = ", ".join(PARTNERSHIP_KINDS)
            raise invalid(f"“kind” can be {known}; it is “{kind[:60]}”.")
    if "year" not in params:
        return kinds, None
    year = _single(params, "year")
    if not _YEAR.fullmatch(year):
        raise invalid(f"“year” is a year of four digits; it is “{year[:60]}”.")
    return kinds, int(year)


def _single(params: Params, name: str) -> str:
    values = params.get(name, [])
    if len(values) != 1:
        raise invalid(f"The parameter “{name}” is needed once; it is given {len(values)} times.")
    return values[0]


def _regions(database: Database, params: Params) -> tuple[str, ...]:
    asked = tuple(dict.fromkeys(params.get("region", [])))
    if len(asked) > _MOST_REGIONS:
        raise invalid(f"“region” may be given {_MOST_REGIONS} times at most.")
    known = regions.labels(database)
    for id_ in asked:
        if id_ not in known:
            raise ApiError(404, "NotFound", f"There is no region “{id_[:60]}” in this release.")
    return asked


def table(database: Database, query: Query) -> Table:
    """The numbers that are asked for; kept, since a figure is asked for in several formats."""
    key = (query.address, today())
    return _tables(database).get(key, lambda: query.figure.make(database, query.of))


@per_release
def _tables(database: Database) -> Recent[Table]:
    del database
    return Recent(_KEPT)


def in_words(found: Table) -> list[list[str]]:
    """The rows of a table as people read them: labels, numbers with their decimals, the remark."""
    return [
        [
            *(labels[row[name]] for name, labels in found.dimensions.items()),
            *(_cell(column, row[column.name]) for column in found.columns),
            row["status"],
        ]
        for row in found.rows.to_dict("records")
    ]


def _cell(column: Column, value: Any) -> str:
    number = _number(value)
    if number is None:
        return wording.DASH
    # A year has no thousands to be told apart.
    return wording.year(number) if column.unit == "year" else wording.number(number, column.digits)


def about(database: Database, query: Query) -> dict[str, str]:
    """What a figure is of, how it is made, from what, and how to cite it."""
    figure = query.figure
    return {
        "measure": figure.code,
        "label": figure.label,
        "level": query.of.level,
        "denominator": figure.denominator,
        "interval": figure.interval,
        "method": figure.method,
        "filter": _selection(query.of),
        "note": SAMPLE_NOTE,
        "source": releases.attribution(database, figure.sources),
        "licence": LICENCE,
        "release_id": database.release.release_id,
        "citation": releases.citation(database),
    }


def _selection(of: Choice) -> str:
    kinds = wording.join([PARTNERSHIP_KINDS.label(kind) for kind in of.kinds])
    of_kinds = f" Partnerships of the kind {kinds}." if kinds else ""
    in_year = f" Partnerships active in {of.year}." if of.year else ""
    return f"{of.filter.sentence()}{of_kinds}{in_year}"


def json_stat(database: Database, query: Query, links: dict[str, str]) -> dict[str, Any]:
    """A figure as a dataset of JSON-stat 2.0; the last dimension is which number it is.

    Parameters
    ----------
    links : dict of str to str
        Addresses: ``self``, ``csv`` and ``csvw``.
    """
    found, said = table(database, query), about(database, query)
    names = list(found.dimensions)
    by_key = {tuple(row[name] for name in names): row for row in found.rows.to_dict("records")}
    values: list[float | None] = []
    status: dict[str, str] = {}
    for key in product(*(found.dimensions[name] for name in names)):
        row = by_key.get(key, {})
        if row.get("status"):
            status[str(len(values))] = row["status"]
        values.extend(_number(row.get(column.name)) for column in found.columns)
    created = releases.story(database)["created_at"]
    return {
        "version": "2.0",
        "class": "dataset",
        "href": links["self"],
        "label": query.figure.label,
        "source": said["source"],
        "updated": f"{created:%Y-%m-%dT%H:%M:%SZ}",
        "note": [said["method"], f"Of: {said['denominator']}.", said["note"]],
        "id": [*names, "figure"],
        "size": [*(len(found.dimensions[name]) for name in names), len(found.columns)],
        "role": {
            "metric": ["figure"],
            **{role: [n for n in names if n in of] for role, of in _ROLES if set(names) & of},
        },
        "dimension": {
            **{
                name: {
                    "label": _DIMENSIONS[name],
                    "category": {"index": list(labels), "label": labels},
                }
                for name, labels in found.dimensions.items()
            },
            "figure": {
                "label": "Figure",
                "category": {
                    "index": [column.name for column in found.columns],
                    "label": {column.name: column.label for column in found.columns},
                    "unit": {
                        column.name: {"label": column.unit, "decimals": column.digits}
                        for column in found.columns
                    },
                },
            },
        },
        "value": values,
        "status": status,
        "extension": {**said, "statuses": dict(statuses())},
        "link": {
            "alternate": [{"type": "text/csv", "href": links["csv"]}],
            "describedby": [{"type": "application/csvm+json", "href": links["csvw"]}],
            "license": [{"href": LICENCE}],
        },
    }


_DIMENSIONS = {
    "region": "Region",
    "other": "Other",
    "year": "Year",
    "type": "Type",
    "function": "Function",
    "domain": "Domain",
    "measure": "Measure",
    "indicator": "Indicator",
    "statistic": "Statistic",
    "area": "Area",
    "code": "Code",
    "column": "Column",
}
_ROLES = (("geo", {"region", "area"}), ("time", {"year"}))


def _number(value: Any) -> float | None:
    if value is None or pd.isna(value):
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def csv(database: Database, query: Query) -> bytes:
    """A figure as CSV, a row each, with unit, denominator, method, source and licence."""
    found, said = table(database, query), about(database, query)
    rows = pd.DataFrame(index=found.rows.index)
    for name, labels in found.dimensions.items():
        rows[name] = found.rows[name]
        rows[f"{name}_label"] = found.rows[name].map(labels)
    for column in found.columns:
        rows[column.name] = [_number(value) for value in found.rows[column.name]]
    rows = rows.assign(status=found.rows["status"], unit=found.columns[0].unit, **said)
    return table_csv(rows)


def csvw(database: Database, query: Query, address: str) -> dict[str, Any]:
    """What the columns of a figure's CSV are, as metadata of CSV on the web.

    Parameters
    ----------
    address : str
        Of the CSV.
    """
    found, said = table(database, query), about(database, query)
    texts = [f"{name}{end}" for name in found.dimensions for end in ("", "_label")]
    numbers = [
        {
            "name": column.name,
            "titles": column.name,
            "dc:description": column.label,
            "datatype": "number",
            "schema:unitText": column.unit,
        }
        for column in found.columns
    ]
    rest = ("status", "unit", *said)
    return descriptors.csvw(
        address,
        [*map(_text_column, texts), *numbers, *map(_text_column, rest)],
        list(found.dimensions),
        title=query.figure.label,
        description=said["method"],
        source=said["source"],
        licence=LICENCE,
        citation=said["citation"],
    )


def _text_column(name: str) -> dict[str, str]:
    return {"name": name, "titles": name, "datatype": "string"}
