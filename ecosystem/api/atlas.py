"""Organisations in the form by which one registers for the ECCC's community and its Atlas.

What only the organisation itself can say (its name in English, department, street, goals, use
cases, consent) stays open. Domains and sectors are named as the JRC's taxonomy names them, whose
identifiers are in ``data/schema/jrc_taxonomy.csv``; what has no counterpart there stays open too.
The register's own columns follow, so that a form comes back without a loss:
``cyber-valleys diff atlas.xlsx --mapping atlas``.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from openpyxl import Workbook

from ecosystem import export
from ecosystem.common.settings import settings
from ecosystem.common.spreadsheet import header, neutralise, workbook_bytes
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import COUNTRIES, TYPES
from ecosystem.finding.filters import Filter

DIMENSIONS = ("domains", "sectors", "technologies", "use_cases")


@dataclass(frozen=True)
class Concept:
    """A term of the JRC's taxonomy.

    Attributes
    ----------
    dimension : str
        One of :data:`DIMENSIONS`.
    code : str
        The register's; empty if it has none.
    uri, label : str
        The taxonomy's identifier and its words in English.
    """

    dimension: str
    code: str
    uri: str
    label: str


@cache
def taxonomy() -> tuple[Concept, ...]:
    """The terms of the JRC's taxonomy that stand for themselves, with the register's codes."""
    path = settings().schema_dir / "jrc_taxonomy.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(Concept(**row) for row in csv.DictReader(file))


@cache
def concepts(dimension: str) -> dict[str, Concept]:
    """The register's codes of a dimension, each with its term of the taxonomy."""
    return {c.code: c for c in taxonomy() if c.dimension == dimension and c.code}


# The form's fields in its order, each with what the site's forms for a registration call it.
FIELDS = {
    "name_national": "Name in national language",
    "name_english": "Name in English",
    "department": "Department",
    "country": "Address: country",
    "street": "Address: street",
    "city": "Address: city",
    "website": "Website",
    "type": "Organisation type",
    "description": "Description",
    "domains": "Knowledge domains (JRC taxonomy)",
    "sectors": "Sectors (JRC taxonomy)",
    "technologies": "Technologies (JRC taxonomy)",
    "use_cases": "Use cases (JRC taxonomy)",
    "goals_to_achieve": "What the organisation seeks to achieve",
    "goals_to_contribute": "How it can contribute",
    "consent": "Consent",
}
# Columns of the register that the form has no field for.
_KEPT = ("org_id", "nuts2_hint", "founded", "functions", "evidence", "source_url", "checked_on",
         "former_names", "lat", "lon")  # fmt: skip


def records(database: Database, filter_: Filter) -> list[dict[str, Any]]:
    """Organisations in the registration's form.

    Returns
    -------
    list of dict
        ``form`` (fields as of :data:`FIELDS`; None where only the organisation can say), ``uris``
        (of its domains and sectors) and ``register`` (its other columns).
    """
    rows = export.rows(database, filter_).rename(columns={"nuts2": "nuts2_hint"})
    found = []
    for row in rows.astype(object).where(rows.notna(), None).to_dict("records"):
        terms = {
            name: [concepts(name)[code] for code in row[name] if code in concepts(name)]
            for name in ("domains", "sectors")
        }
        form: dict[str, Any] = dict.fromkeys(FIELDS)
        form |= {
            "name_national": row["name"],
            "country": COUNTRIES.label(row["country"]),
            "city": row["city"],
            "website": row["website"],
            "type": TYPES.label(row["type"]),
            "description": row["notes"],
            **{name: [concept.label for concept in of] for name, of in terms.items()},
        }
        # Coordinates are kept where the register has some, not where a town was looked up.
        placed = row["location_precision"] == "register"
        kept = {n: row[n] for n in _KEPT if placed or n not in ("lat", "lon")}
        found.append(
            {
                "form": form,
                "uris": {name: [concept.uri for concept in of] for name, of in terms.items()},
                "register": {name: _plain(value) for name, value in kept.items()},
            }
        )
    return found


def as_json(database: Database, filter_: Filter) -> bytes:
    """The forms as JSON, with source, licence, release and filter."""
    content = {**export.about(database, filter_), "organisations": records(database, filter_)}
    return json.dumps(content, ensure_ascii=False).encode()


def as_xlsx(database: Database, filter_: Filter) -> bytes:
    """The forms as a workbook, a row each, with the taxonomy's identifiers on a second sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Organisations")
    sheet.freeze_panes = "B2"
    header(sheet, [*FIELDS.values(), *_KEPT])
    for record in records(database, filter_):
        values = [record["form"][name] for name in FIELDS]
        kept = [record["register"].get(name) for name in _KEPT]
        sheet.append([neutralise(_cell(value)) for value in (*values, *kept)])
    terms = book.create_sheet("Codes")
    header(terms, ["column", "code", "meaning", "uri"])
    for concept in taxonomy():
        terms.append([concept.dimension, concept.code, concept.label, concept.uri])
    notes = book.create_sheet("About")
    for name, value in export.about(database, filter_).items():
        notes.append([name, neutralise(value)])
    return workbook_bytes(book)


def _plain(value: Any) -> Any:
    if isinstance(value, str) or value is None:
        return value
    if hasattr(value, "tolist"):
        return value.tolist()
    return value.isoformat() if hasattr(value, "isoformat") else value


def _cell(value: Any) -> Any:
    return ";".join(value) if isinstance(value, list) else value
