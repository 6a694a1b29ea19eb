"""The way of the data, from the register files to a published release.

extract -> normalise -> validate -> locate -> valleys -> deduplicate -> build -> check -> publish
"""

from __future__ import annotations

import enum
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pandas as pd

from ecosystem.settings import settings
from etl import publish
from etl.build import (
    PLAIN_TABLES,
    ReleaseRow,
    Tables,
    add_gates,
    add_release,
    build,
    finding_tables,
    organisation_table,
    reference_tables,
    register_tables,
    typed,
)
from etl.change import changes, count_kinds, published_organisations
from etl.check import Result, check, gate_table, load_gates
from etl.deduplicate import Candidate, exact_duplicates, likely_duplicates, load_legal_forms
from etl.errors import PublishError
from etl.extract import Extract, extract, register_file
from etl.gazetteer import Gazetteer, load_gazetteer
from etl.locate import locate, locate_seats, place_table
from etl.model import Rejection, Track, untracked
from etl.normalise import load_aliases, normalise
from etl.provenance import digest, input_hashes, sources_file, tool_versions
from etl.regions import Regions, load_regions
from etl.schema import Schema, load_schemas
from etl.validate import validate, validate_references
from etl.valleys import assign_valleys, check_codes

# Register files of bodies whose seat is looked for too, wherever in the world it is.
SEATED = ("network", "investors")


class Status(enum.Enum):
    """How a refresh ended."""

    PUBLISHED = "published"
    PASSED = "passed"  # a dry run that would have been published
    INPUT_REFUSED = "input refused"
    GATE_FAILED = "gate failed"


@dataclass(frozen=True)
class Outcome:
    """What a refresh did.

    Attributes
    ----------
    status : Status
        How it ended.
    release_id : str or None
        The new release; None if nothing was published.
    previous_id : str or None
        The release that it was compared with.
    counts : dict of str to int
        Rows by table of the database that was built.
    gates : list of Result
        What each gate measured.
    rejections : list of Rejection
        Cells that couldn't be taken.
    candidates : list of Candidate
        Pairs that may be one organisation.
    changes : dict of str to int
        Organisations added, removed and changed.
    notes : list of str
        What was assumed on reading, and which investors and network bodies are in no region.
    """

    status: Status
    release_id: str | None
    previous_id: str | None
    counts: dict[str, int]
    gates: list[Result]
    rejections: list[Rejection]
    candidates: list[Candidate]
    changes: dict[str, int]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Findings:
    rejections: list[Rejection]
    candidates: list[Candidate]
    notes: list[str]


def run(
    register_dir: Path | None = None,
    releases_dir: Path | None = None,
    *,
    organisations_file: Path | None = None,
    dry_run: bool = False,
    accepted: Collection[str] = (),
    track: Track = untracked,
) -> Outcome:
    """Refresh: build a release from the register, check it, and publish it if it holds.

    Parameters
    ----------
    register_dir : Path, optional
        Folder of the register files; the installation's own by default.
    releases_dir : Path, optional
        Folder to publish to; the installation's own by default.
    organisations_file : Path, optional
        File to take the organisations from, in place of the one in the register folder.
    dry_run : bool
        Do everything but publish.
    accepted : collection of str
        Names of options that waive a gate: ``accept_shrink``.
    track : Track, optional
        Shows progress.

    Returns
    -------
    Outcome

    Raises
    ------
    etl.errors.RegisterError
        If a register file can't be read.
    etl.errors.PublishError
        If the releases folder can't be written.
    """
    releases_dir = releases_dir or settings().releases_dir
    schemas = load_schemas(settings().schema_dir)
    extracts = _extract(register_dir or settings().register_dir, organisations_file, schemas, track)
    tables, findings = _transform(extracts, schemas, track)
    with _building(releases_dir, dry_run) as folder:
        before = publish.baseline(releases_dir)
        tables["change"] = changes(tables["organisation"], _published(releases_dir, before))
        database = folder / "release.duckdb"
        with _written(releases_dir):
            build(database, tables, track=track)
            gates = _check(database, before, accepted, track)
            status = _status(gates, dry_run)
            release_id = None
            if status is Status.PUBLISHED:
                release_id = _publish(database, releases_dir, before, gates, extracts)
    return Outcome(
        status=status,
        release_id=release_id,
        previous_id=before.release_id if before else None,
        counts={name: len(rows) for name, rows in tables.items()},
        gates=gates,
        rejections=findings.rejections,
        candidates=findings.candidates,
        changes=count_kinds(tables["change"]),
        notes=[*(note for read in extracts.values() for note in read.notes), *findings.notes],
    )


def _extract(
    register_dir: Path,
    organisations_file: Path | None,
    schemas: dict[str, Schema],
    track: Track,
) -> dict[str, Extract]:
    extracts = {}
    for resource, schema in track(list(schemas.items()), "Read the register"):
        replaced = organisations_file if resource == "organisations" else None
        extracts[resource] = extract(replaced or register_file(register_dir, resource), schema)
    return extracts


def _transform(
    extracts: dict[str, Extract], schemas: dict[str, Schema], track: Track
) -> tuple[Tables, _Findings]:
    """Everything between reading and writing: pure but for the reference files."""
    reference_dir, schema_dir = settings().reference_dir, settings().schema_dir
    aliases = load_aliases(schema_dir / "aliases.csv")
    frames = {
        resource: normalise(extracts[resource].frame, schema, aliases)
        for resource, schema in track(list(schemas.items()), "Normalise")
    }
    regions = load_regions(reference_dir)
    invalid = [
        rejection
        for resource, schema in track(list(schemas.items()), "Validate")
        for rejection in validate(frames[resource], schema)
    ]
    invalid += validate_references(frames, schemas)
    invalid += check_codes(_without(frames["valleys"], "valleys.csv", invalid), regions)
    valid = {n: _without(frame, schemas[n].file, invalid) for n, frame in frames.items()}

    gazetteer = load_gazetteer(reference_dir, schema_dir)
    located, lost = locate(valid["organisations"], gazetteer, regions, track=track)
    organisations = typed(valid["organisations"].loc[located.index], schemas["organisations"])
    organisations = organisations.drop(columns=["lat", "lon"]).join(located)
    organisations["valley_id"] = assign_valleys(organisations["nuts3"], valid["valleys"])

    twice = exact_duplicates(organisations)
    organisations = _without(organisations, "organisations.csv", twice)
    legal_forms = load_legal_forms(schema_dir)
    registered, notes = _with_seats(register_tables(valid, schemas), valid, gazetteer, regions)
    findings = _Findings(
        sorted([*invalid, *lost, *twice], key=lambda r: (r.file, r.row)),
        likely_duplicates(organisations, legal_forms, track=track),
        notes,
    )
    return {
        "organisation": organisation_table(organisations),
        "place": place_table(organisations),
        **registered,
        **reference_tables(
            valid["valleys"],
            schemas["valleys"],
            regions,
            reference_dir,
            sources_file(),
        ),
        **finding_tables(findings.rejections, findings.candidates),
    }, findings


def _with_seats(
    tables: Tables, valid: dict[str, pd.DataFrame], gazetteer: Gazetteer, regions: Regions
) -> tuple[Tables, list[str]]:
    """Add where the seats are; what the register says itself, such as the valley, stays."""
    placed, notes = dict(tables), []
    for resource in SEATED:
        seats, unplaced = locate_seats(valid[resource], f"{resource}.csv", gazetteer, regions)
        seats["valley_id"] = assign_valleys(seats["nuts3"], valid["valleys"])
        table = PLAIN_TABLES[resource]
        known = tables[table].columns
        placed[table] = tables[table].join(seats.drop(columns=known, errors="ignore"))
        notes += unplaced
    return placed, notes


def _without(frame: pd.DataFrame, file: str, rejections: list[Rejection]) -> pd.DataFrame:
    return frame.drop(index=list({r.row for r in rejections if r.file == file}))


@contextmanager
def _building(releases_dir: Path, dry_run: bool) -> Iterator[Path]:
    if dry_run:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)
    else:
        with publish.workshop(releases_dir) as folder:
            yield folder


@contextmanager
def _written(releases_dir: Path) -> Iterator[None]:
    try:
        with publish.writing(releases_dir):
            yield
    except (duckdb.IOException, duckdb.FatalException, duckdb.TransactionException) as error:
        raise PublishError(
            f"The database can't be written to {releases_dir}; check the free space. The "
            "current release is as it was."
        ) from error


def _published(releases_dir: Path, before: publish.Manifest | None) -> pd.DataFrame | None:
    if before is None:
        return None
    try:
        return published_organisations(releases_dir / f"{before.release_id}.duckdb")
    except duckdb.Error:
        return None  # of another version of the database or the schema: can't be compared


def _check(
    database: Path, before: publish.Manifest | None, accepted: Collection[str], track: Track
) -> list[Result]:
    gates = load_gates(settings().gates_file)
    previous = before.organisations if before else None
    return check(database, gates, previous, accepted=accepted, track=track)


def _publish(
    database: Path,
    releases_dir: Path,
    before: publish.Manifest | None,
    gates: list[Result],
    extracts: dict[str, Extract],
) -> str:
    hashes = input_hashes(extracts.values())
    created_at = datetime.now(UTC).replace(microsecond=0)
    release_id = publish.new_release_id(releases_dir, digest(hashes), created_at)
    add_gates(database, gate_table(gates))
    organisations = add_release(
        database,
        ReleaseRow(
            release_id=release_id,
            created_at=created_at,
            previous_id=before.release_id if before else None,
            input_hashes=hashes,
            tool_versions=tool_versions(),
        ),
    )
    publish.publish(database, releases_dir, release_id, organisations, created_at)
    return release_id


def _status(gates: list[Result], dry_run: bool) -> Status:
    stopped = [result for result in gates if result.stops]
    if any(result.gate.about == "input" for result in stopped):
        return Status.INPUT_REFUSED
    if stopped:
        return Status.GATE_FAILED
    return Status.PASSED if dry_run else Status.PUBLISHED
