"""The way of the data, from the register files to a published release, in two steps.

:func:`prepare` reads, checks, builds and compares, and writes nothing but a temporary file.
:func:`publish` makes what was prepared the current release, if its gates hold. The command line
and the secretariat's page use the same two; :func:`run` is both after each other.
"""

from __future__ import annotations

import enum
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import duckdb
import pandas as pd

from ecosystem.common.settings import settings
from etl.errors import PublishError, RegisterError
from etl.files import RELEASE_KEPT, writing
from etl.identity.deduplicate import Candidate
from etl.identity.identifiers import Succession
from etl.model import Rejection, Track, untracked
from etl.places.gazetteer import load_gazetteer
from etl.places.regions import load_regions
from etl.reading import ColumnMapping, Extract, read_inputs
from etl.release import shelf
from etl.release.adopt import adopt, given, held, standing
from etl.release.build import (
    ReleaseRow,
    Tables,
    add_changes,
    add_gates,
    add_release,
    add_tables,
    build,
)
from etl.release.change import changes, count_kinds, stamp
from etl.release.earlier import history, published_organisations
from etl.release.gates import Result, check, gate_table, load_gates, waive
from etl.release.losses import Loss, losses
from etl.release.provenance import digest, input_hashes, tool_versions
from etl.release.workshop import require_whole, scratch, workshop
from etl.schema import Schema, load_schemas
from etl.transform import transform


class Status(enum.Enum):
    """How a refresh ended, or would end."""

    PUBLISHED = "published"
    PASSED = "passed"  # would be published
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
        Organisations by kind of change.
    notes : list of str
        What was assumed on reading, and which investors and network bodies are in no region.
    published, missing : int
        Organisations of the release that it was compared with, and how many of them the file
        doesn't have.
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
    published: int = 0
    missing: int = 0


@dataclass
class Prepared:
    """A release that was built and checked, but not published.

    It holds a database in a temporary folder: close it when done, or use it in a ``with``.

    Attributes
    ----------
    extracts : dict of str to Extract
        Register files as read, by resource.
    tables : dict of str to pandas.DataFrame
        Rows by table of the database.
    rejections : list of Rejection
        Cells that couldn't be taken, by file and row.
    candidates : list of Candidate
        Pairs that may be one organisation.
    notes : list of str
        What was assumed, as sentences.
    change : pandas.DataFrame
        What differs from the baseline, as :func:`etl.release.change.changes` gives it.
    successions : list of Succession
        Organisations that may go on under another identifier, perhaps renamed.
    gates : list of Result
        What each gate measured; none waived.
    baseline : ecosystem.common.store.Manifest or None
        The release that it was compared with.
    given : dict of str to pandas.DataFrame
        Register files that came from outside the register, as they would stand in it.
    losses : list of Loss
        What the register would no longer have if these files were taken into it.
    missing : int
        Published organisations that the file doesn't have.
    standing : dict of str to str
        What the register's own files were when the check began, by resource.
    register_dir : Path
        Folder of the register files.
    releases_dir : Path
        Where it would be published.
    database : Path
        The built file, without what only a published release needs.
    past : pandas.DataFrame
        What earlier releases changed.
    derive : callable
        Makes the tables that only a published release needs.
    """

    extracts: dict[str, Extract]
    tables: Tables
    rejections: list[Rejection]
    candidates: list[Candidate]
    notes: list[str]
    change: pd.DataFrame
    successions: list[Succession]
    gates: list[Result]
    baseline: shelf.Manifest | None
    given: dict[str, pd.DataFrame]
    losses: list[Loss]
    missing: int
    standing: dict[str, str]
    register_dir: Path
    releases_dir: Path
    database: Path
    past: pd.DataFrame = field(repr=False)
    derive: Callable[[], Tables] = field(repr=False)
    _folder: tempfile.TemporaryDirectory[str] = field(repr=False)

    def __enter__(self) -> Prepared:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the temporary database; what is in memory stays."""
        self._folder.cleanup()

    @property
    def baseline_id(self) -> str | None:
        """Id of the release that it was compared with; None if there was none."""
        return self.baseline.release_id if self.baseline else None

    @property
    def counts(self) -> dict[str, int]:
        """Rows by table."""
        return {name: len(rows) for name, rows in self.tables.items()}

    def verdict(self, accepted: Collection[str] = ()) -> Outcome:
        """What :func:`publish` would say, without publishing.

        Parameters
        ----------
        accepted : collection of str
            Names of options that waive a gate: ``accept_shrink``.
        """
        gates = waive(self.gates, accepted)
        return self._outcome(_status(gates), None, gates)

    def _outcome(self, status: Status, release_id: str | None, gates: list[Result]) -> Outcome:
        return Outcome(
            status=status,
            release_id=release_id,
            previous_id=self.baseline_id,
            counts=self.counts,
            gates=gates,
            rejections=self.rejections,
            candidates=self.candidates,
            changes=count_kinds(self.change),
            notes=self.notes,
            published=self.baseline.organisations if self.baseline else 0,
            missing=self.missing,
        )


def prepare(
    inputs: Sequence[Path] = (),
    register_dir: Path | None = None,
    releases_dir: Path | None = None,
    *,
    mapping: ColumnMapping | None = None,
    track: Track = untracked,
) -> Prepared:
    """Do everything that a refresh does before it publishes.

    Parameters
    ----------
    inputs : sequence of Path
        Files or folders that stand in for register files; none for the register as it is.
    register_dir : Path, optional
        Folder of the register files; the installation's own by default.
    releases_dir : Path, optional
        Folder of the releases to compare with; the installation's own by default.
    mapping : ColumnMapping, optional
        What somebody said about the headers of the inputs.
    track : Track, optional
        Shows progress.

    Raises
    ------
    etl.reading.ColumnsUnsure
        If somebody must say which header is which column.
    etl.errors.RegisterError
        If a file can't be read.
    etl.errors.PublishError
        If the temporary folder can't be written.
    """
    releases_dir = releases_dir or settings().releases_dir
    schemas = load_schemas(settings().schema_dir)
    register_dir = register_dir or settings().register_dir
    # Before anything is read: a change during the check must count as one after it.
    before = standing(register_dir, schemas if inputs else ())
    extracts = read_inputs(inputs, register_dir, schemas, mapping, track=track)
    gazetteer = load_gazetteer(settings().reference_dir, settings().schema_dir)
    regions = load_regions(settings().reference_dir)
    baseline = shelf.baseline(releases_dir)
    published, past = _published(releases_dir, baseline)
    done = transform(
        extracts, schemas, gazetteer, regions, published, taken=set(past["org_id"]), track=track
    )
    alias = done.tables["organisation_alias"]
    merged_into = dict(zip(alias["org_id"], alias["merged_into"], strict=True))
    change = changes(done.tables["organisation"], published, merged_into)
    from_elsewhere = given(extracts, done.frames, register_dir)
    lost, unread = _losses(from_elsewhere, before, register_dir, schemas, published, merged_into)
    folder = scratch()
    database = Path(folder.name) / "release.duckdb"
    try:
        with _written(database.parent):
            build(database, done.tables, schemas, track=track)
            require_whole(database, database.parent)
            gates = check(
                database,
                load_gates(settings().gates_file),
                baseline.organisations if baseline else None,
                track=track,
            )
    except BaseException:
        folder.cleanup()
        raise
    return Prepared(
        extracts=extracts,
        tables=done.tables,
        rejections=[_as_given(rejection, extracts) for rejection in done.rejections],
        candidates=done.candidates,
        notes=[
            *(note for read in extracts.values() for note in read.notes),
            *(_naming_sheets(note, extracts) for note in done.notes),
            *unread,
        ],
        change=change,
        successions=done.successions,
        gates=gates,
        baseline=baseline,
        given=from_elsewhere,
        losses=lost,
        missing=_missing(published, done.frames["organisations"], merged_into),
        standing=before,
        register_dir=register_dir,
        releases_dir=releases_dir,
        database=database,
        past=past,
        derive=done.derive,
        _folder=folder,
    )


def publish(
    prepared: Prepared,
    accepted: Collection[str] = (),
    *,
    into_register: bool = False,
    on_wait: Callable[[str], None] = lambda _: None,
    track: Track = untracked,
) -> Outcome:
    """Make what was prepared the current release, if its gates hold.

    Parameters
    ----------
    prepared : Prepared
        From :func:`prepare`, not closed.
    accepted : collection of str
        Names of options that waive a gate: ``accept_shrink``.
    into_register : bool
        Take what was given from elsewhere into the register, too.
    on_wait : callable, optional
        Is told, in a sentence, whom this process waits for.
    track : Track, optional
        Shows progress.

    Raises
    ------
    etl.release.shelf.BaselineMovedError
        If another release is current than the one that was compared with, or the register was
        changed since the check and would be written.
    etl.release.adopt.NotAdoptedError
        If the release was published, but the register can't be written.
    etl.errors.RegisterError
        If the register would be written and can't be read.
    etl.errors.PublishError
        If the releases folder can't be written, or somebody else changes the register.
    """
    outcome = prepared.verdict(accepted)
    if outcome.status is not Status.PASSED:
        return outcome
    folder = prepared.releases_dir
    taken = prepared.given if into_register else {}
    with workshop(folder, on_wait) as building:
        shelf.require_baseline(folder, prepared.baseline_id)
        database = building / prepared.database.name
        with _written(folder):
            shutil.copyfile(prepared.database, database)
            release, organisations = _complete(database, prepared, outcome.gates, track)
            # The register must not change between the look at it and its replacement.
            with held(taken, prepared.register_dir, prepared.standing):
                shelf.publish(
                    database,
                    folder,
                    release.release_id,
                    organisations,
                    release.created_at,
                    expected_baseline=prepared.baseline_id,
                )
                adopt(taken, prepared.register_dir, release.release_id)
    return prepared._outcome(Status.PUBLISHED, release.release_id, outcome.gates)


def run(
    register_dir: Path | None = None,
    releases_dir: Path | None = None,
    *,
    inputs: Sequence[Path] = (),
    mapping: ColumnMapping | None = None,
    dry_run: bool = False,
    accepted: Collection[str] = (),
    track: Track = untracked,
) -> Outcome:
    """Refresh: :func:`prepare`, then :func:`publish` unless it is a dry run."""
    with prepare(inputs, register_dir, releases_dir, mapping=mapping, track=track) as prepared:
        if dry_run:
            return prepared.verdict(accepted)
        return publish(prepared, accepted, track=track)


@contextmanager
def _written(folder: Path) -> Iterator[None]:
    try:
        with writing(folder):
            yield
    except (duckdb.IOException, duckdb.FatalException, duckdb.TransactionException) as error:
        raise PublishError(
            f"The database can't be written to {folder}; check the free space. {RELEASE_KEPT}"
        ) from error


def _published(
    releases_dir: Path, before: shelf.Manifest | None
) -> tuple[pd.DataFrame | None, pd.DataFrame]:
    """Organisations of the release before, and its history."""
    if before is None:
        return None, history(None)
    path = releases_dir / f"{before.release_id}.duckdb"
    try:
        return published_organisations(path), history(path)
    except duckdb.Error:
        # Of another version of the database or the schema: can't be compared.
        return None, history(None)


def _losses(
    given: dict[str, pd.DataFrame],
    standing: dict[str, str],
    register_dir: Path,
    schemas: dict[str, Schema],
    published: pd.DataFrame | None,
    merged_into: dict[str, str],
) -> tuple[list[Loss], list[str]]:
    """What the register would lose, and why that can't be said."""
    there = {resource: frame for resource, frame in given.items() if standing.get(resource)}
    try:
        return losses(there, register_dir, schemas, published, merged_into), []
    except RegisterError as error:
        # A register that can't be read is replaced by a file in its place.
        return [], [f"Your file can't be compared with the register as it stands. {error}"]


def _as_given(rejection: Rejection, extracts: dict[str, Extract]) -> Rejection:
    reason, mend = (_naming_sheets(text, extracts) for text in (rejection.reason, rejection.mend))
    return replace(rejection, reason=reason, mend=mend)


def _naming_sheets(text: str, extracts: dict[str, Extract]) -> str:
    """A sentence about register files, with the sheet of those that came in a workbook."""
    for resource, read in extracts.items():
        if read.origin.sheet:
            text = text.replace(f"{resource}.csv", f"the sheet {read.origin.sheet}")
    return text[:1].upper() + text[1:] if text.startswith("the sheet ") else text


def _missing(
    published: pd.DataFrame | None, organisations: pd.DataFrame, merged_into: dict[str, str]
) -> int:
    """Published organisations without a row, faulty or not; merged ones aside."""
    if published is None:
        return 0
    present = {*organisations["org_id"], *merged_into}
    return int((~published["org_id"].isin(present)).sum())


def _complete(
    database: Path, prepared: Prepared, gates: list[Result], track: Track
) -> tuple[ReleaseRow, int]:
    """Add what a release has and a check doesn't need; its row and number of organisations."""
    hashes = input_hashes(prepared.extracts.values())
    created_at = datetime.now(UTC).replace(microsecond=0)
    release_id = shelf.new_release_id(prepared.releases_dir, digest(hashes), created_at)
    add_tables(database, prepared.derive(), track=track)
    add_gates(database, gate_table(gates))
    add_changes(database, prepared.past, stamp(prepared.change, release_id, created_at))
    release = ReleaseRow(
        release_id=release_id,
        created_at=created_at,
        previous_id=prepared.baseline_id,
        input_hashes=hashes,
        tool_versions=tool_versions(),
    )
    return release, add_release(database, release)


def _status(gates: list[Result]) -> Status:
    stopped = [result for result in gates if result.stops]
    if any(result.gate.about == "input" for result in stopped):
        return Status.INPUT_REFUSED
    return Status.GATE_FAILED if stopped else Status.PASSED
