"""Everything between reading and writing: pure but for the reference files.

normalise -> identify -> validate -> merge -> locate -> valleys -> deduplicate
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd

from ecosystem.common.settings import settings
from etl.identity.deduplicate import (
    Candidate,
    exact_duplicates,
    likely_duplicates,
    load_legal_forms,
)
from etl.identity.identifiers import Succession, assign_ids, record_former_names, successions
from etl.model import Rejection, Track, no_progress
from etl.places.gazetteer import Gazetteer
from etl.places.locate import locate, locate_seats, place_table
from etl.places.regions import Regions
from etl.places.valleys import assign_valleys, check_codes
from etl.reading import Extract
from etl.register.decisions import Decisions, check_decisions, follow, load_decisions, merge
from etl.register.labels import check_labels
from etl.register.normalise import Lookup, load_aliases, normalise
from etl.register.readings import reading_notes
from etl.register.validate import validate, validate_references
from etl.release.build import (
    Tables,
    cast,
    finding_tables,
    organisation_table,
    reference_tables,
    register_tables,
)
from etl.release.provenance import sources_file
from etl.release.search_index import search_tables, town_table
from etl.schema import Schema, naming

DECISIONS = "duplicate_decisions"
# Other register files may name rows of it, which may have been merged into others.
ORGANISATIONS = "organisations"


@dataclass(frozen=True)
class Transformed:
    """The tables of a release, and the faults found on the way.

    Attributes
    ----------
    tables : dict of str to pandas.DataFrame
        Rows by table of the database.
    rejections : list of Rejection
        Cells that couldn't be taken, by file and row.
    candidates : list of Candidate
        Pairs that may be one organisation.
    successions : list of Succession
        Organisations that may go on under another identifier.
    notes : list of str
        What was read otherwise than written, how rows were identified, what was assumed about
        towns, and which investors and network bodies are in no region.
    frames : dict of str to pandas.DataFrame
        The register files as normalised text, organisations with their identifiers.
    derive : callable
        Makes the tables that only a published release needs; they follow from the others and
        take longer than all the rest of a small register.
    """

    tables: Tables
    rejections: list[Rejection]
    candidates: list[Candidate]
    successions: list[Succession]
    notes: list[str]
    frames: dict[str, pd.DataFrame]
    derive: Callable[[], Tables]


def transform(
    extracts: dict[str, Extract],
    schemas: dict[str, Schema],
    gazetteer: Gazetteer,
    regions: Regions,
    published: pd.DataFrame | None = None,
    *,
    used_ids: Collection[str] = (),
    track: Track = no_progress,
) -> Transformed:
    """Make the tables of a release from the register files as read.

    Parameters
    ----------
    extracts : dict of str to Extract
        Register files by resource, all of them.
    schemas : dict of str to Schema
        Their schemas.
    gazetteer : Gazetteer
        Towns.
    regions : Regions
        NUTS regions.
    published : pandas.DataFrame, optional
        Table ``organisation`` of the current release, so that rows keep their identifiers.
    used_ids : collection of str
        Identifiers of earlier releases, which no new organisation gets.
    track : Track, optional
        Shows progress.
    """
    schema_dir, reference_dir = settings().schema_dir, settings().reference_dir
    aliases = load_aliases(schema_dir / "aliases.csv")
    legal_forms = load_legal_forms(schema_dir)
    frames = {
        resource: normalise(extracts[resource].frame, schema, aliases)
        for resource, schema in track(list(schemas.items()), "Normalise")
    }
    readings = [
        note
        for resource, schema in schemas.items()
        for note in reading_notes(extracts[resource].frame, frames[resource], schema)
    ]
    decisions, wrong = _decisions(frames[DECISIONS], schemas[DECISIONS])
    frames["organisations"], notes, exchanged = assign_ids(
        frames["organisations"], published, decisions, legal_forms, used_ids=used_ids
    )
    known = set() if published is None else set(published["org_id"])
    invalid = [*_invalid(frames, schemas, decisions, regions, known, track), *wrong, *exchanged]
    valid = {n: _without(frame, schemas[n].file, invalid) for n, frame in frames.items()}
    valid, alias = _merge(valid, schemas, decisions)
    organisations, unlocated, assumed = _locate(
        valid, schemas["organisations"], gazetteer, regions, track
    )
    twice = exact_duplicates(organisations, legal_forms, decisions)
    organisations = _without(organisations, "organisations.csv", twice)
    organisations = record_former_names(organisations, published)
    alias = alias[alias["merged_into"].isin(set(organisations["org_id"]))]
    rejections = sorted([*invalid, *unlocated, *twice], key=lambda r: (r.file, r.row))
    candidates = likely_duplicates(organisations, legal_forms, decisions, track=track)
    registered, unplaced = _with_seats(
        register_tables(valid, schemas), valid, schemas, gazetteer, regions
    )
    table = organisation_table(organisations)
    valleys = valid["valleys"]
    return Transformed(
        tables={
            "organisation": table,
            "organisation_alias": alias,
            "place": place_table(organisations),
            **registered,
            **reference_tables(valleys, schemas["valleys"], regions, reference_dir, sources_file()),
            **finding_tables(rejections, candidates),
        },
        rejections=rejections,
        candidates=candidates,
        successions=successions(organisations, published, legal_forms, decisions, track=track),
        notes=[*readings, *notes, *assumed, *unplaced],
        frames=frames,
        derive=partial(_derive, table, gazetteer, regions, valleys, aliases),
    )


def _decisions(frame: pd.DataFrame, schema: Schema) -> tuple[Decisions, list[Rejection]]:
    """Decisions of the valid rows, and the rows that contradict others."""
    decisions = load_decisions(_without(frame, schema.file, validate(frame, schema)))
    return decisions, check_decisions(decisions)


def _merge(
    valid: dict[str, pd.DataFrame], schemas: dict[str, Schema], decisions: Decisions
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Organisations after merging, what names them changed alike, and the table of aliases."""
    organisations, alias = merge(valid["organisations"], decisions)
    others = _follow_in_all(valid, naming(schemas, ORGANISATIONS), decisions)
    return {**valid, **others, "organisations": organisations}, alias


def _follow_in_all(
    frames: dict[str, pd.DataFrame], columns: Mapping[str, Sequence[str]], decisions: Decisions
) -> dict[str, pd.DataFrame]:
    """Register files with what their organisations were merged into in place of them."""
    return {
        name: frames[name].assign(**{c: follow(frames[name][c], decisions) for c in named})
        for name, named in columns.items()
    }


def _invalid(
    frames: dict[str, pd.DataFrame],
    schemas: dict[str, Schema],
    decisions: Decisions,
    regions: Regions,
    published: set[str],
    track: Track,
) -> list[Rejection]:
    found = [
        rejection
        for resource, schema in track(list(schemas.items()), "Validate")
        for rejection in validate(frames[resource], schema)
    ]
    # A reference to a merged organisation holds, though the row itself may be gone.
    columns = {ORGANISATIONS: ["org_id"], **naming(schemas, ORGANISATIONS)}
    named = _follow_in_all(frames, columns, decisions)
    found += validate_references({**frames, **named}, schemas, published)
    found += check_labels(_without(frames["labels"], "labels.csv", found))
    return found + check_codes(_without(frames["valleys"], "valleys.csv", found), regions)


def _locate(
    valid: dict[str, pd.DataFrame],
    schema: Schema,
    gazetteer: Gazetteer,
    regions: Regions,
    track: Track,
) -> tuple[pd.DataFrame, list[Rejection], list[str]]:
    """The located organisations, with typed cells and their valley; the others; and notes."""
    located, unlocated, notes = locate(valid["organisations"], gazetteer, regions, track=track)
    organisations = cast(valid["organisations"].loc[located.index], schema)
    organisations = organisations.drop(columns=["lat", "lon"]).join(located)
    organisations["valley_id"] = assign_valleys(organisations["nuts3"], valid["valleys"])
    return organisations, unlocated, notes


def _with_seats(
    tables: Tables,
    valid: dict[str, pd.DataFrame],
    schemas: dict[str, Schema],
    gazetteer: Gazetteer,
    regions: Regions,
) -> tuple[Tables, list[str]]:
    """Add where the seats are; what the register says itself, such as the valley, stays."""
    placed, notes = dict(tables), []
    for resource, schema in schemas.items():
        if not schema.has_seat:
            continue
        seats, unplaced = locate_seats(valid[resource], schema.file, gazetteer, regions)
        seats["valley_id"] = assign_valleys(seats["nuts3"], valid["valleys"])
        known = tables[schema.table].columns
        placed[schema.table] = tables[schema.table].join(seats.drop(columns=known, errors="ignore"))
        notes += unplaced
    return placed, notes


def _derive(
    organisations: pd.DataFrame,
    gazetteer: Gazetteer,
    regions: Regions,
    valleys: pd.DataFrame,
    aliases: Mapping[str, Lookup],
) -> Tables:
    towns = town_table(gazetteer)
    return {"town": towns, **search_tables(organisations, towns, regions, valleys, aliases)}


def _without(frame: pd.DataFrame, file: str, rejections: list[Rejection]) -> pd.DataFrame:
    return frame.drop(index=list({r.row for r in rejections if r.file == file}))
