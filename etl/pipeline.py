"""The way of the data, from the register files to a published release, in two steps.

:func:`prepare` reads, checks, builds and compares, and writes nothing but a temporary file.
:func:`publish` makes what was prepared the current release, if its gates hold. The command line
and the secretariat's page use the same two; :func:`run` is both after each other.
"""

from __future__ import annotations

import enum
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from types import TracebackType

import duckdb
import pandas as pd

from ecosystem.common.settings import settings
from ecosystem.common.store import Manifest
from etl import actions
from etl.actions import Action
from etl.backup import back_up_after_publication
from etl.errors import PublishError, RegisterError
from etl.files import RELEASE_KEPT, writing
from etl.identity.deduplicate import Candidate
from etl.identity.exchange import Exchange
from etl.model import Rejection, Track, no_progress
from etl.places.gazetteer import load_gazetteer
from etl.places.last_place import Kept
from etl.places.regions import load_regions
from etl.reading import (
    ColumnMapping,
    Extract,
    extract,
    name_register_rows,
    names_register_rows_only,
    read_inputs,
)
from etl.release import shelf, unfinished
from etl.release.adopt import (
    Adoptable,
    adopt,
    compare_with_register,
    file_contents,
    files_from_elsewhere,
    hash_register,
    hold,
    is_own,
    register_path,
)
from etl.release.build import ReleaseRow, build, complete
from etl.release.change import ORGANISATIONS, changes, count_kinds, date_past, stamp
from etl.release.earlier import history, published_lists, published_organisations
from etl.release.gates import Against, Result, check, gate_table, load_gates, waive
from etl.release.lists import list_changes
from etl.release.provenance import digest, input_hashes, register_files, tool_versions
from etl.release.workshop import require_whole, scratch, workshop
from etl.schema import Schema, load_schemas
from etl.transform import DECISIONS, Transformed, transform
from etl.tuples import are_among, tuples


class Status(enum.Enum):
    """How a refresh ended, or would end."""

    PUBLISHED = "published"
    PASSED = "passed"  # would be published
    INPUT_REFUSED = "input refused"
    GATE_FAILED = "gate failed"


@dataclass
class Prepared:
    """A release that was built and checked, but not published.

    It holds a database in a temporary folder: close it when done, or use it in a ``with``.

    Attributes
    ----------
    extracts : dict of str to Extract
        Register files as read, by resource.
    transformed : Transformed
        The tables, and what was found fault with, in the words of the files that were read.
    change : pandas.DataFrame
        What differs from the baseline in all lists, as :func:`etl.release.change.changes` and
        :func:`etl.release.lists.list_changes` give it.
    gates : list of Result
        What each gate measured; none waived.
    baseline : ecosystem.common.store.Manifest or None
        The release that it was compared with.
    past : pandas.DataFrame
        What earlier releases changed.
    adoptable : Adoptable
        What came from outside the register, and what the register would lose by it.
    missing : int
        Published organisations that the file doesn't have.
    releases_dir : Path
        Where it would be published.
    database : Path
        The built file, without what only a published release needs.
    """

    extracts: dict[str, Extract]
    transformed: Transformed = field(repr=False)
    change: pd.DataFrame
    gates: list[Result]
    baseline: Manifest | None
    past: pd.DataFrame = field(repr=False)
    adoptable: Adoptable
    missing: int
    releases_dir: Path
    database: Path
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

    def verdict(self, accepted: Collection[str] = ()) -> Outcome:
        """What :func:`publish` would say, without publishing.

        Parameters
        ----------
        accepted : collection of str
            Names of options that waive a gate, such as ``accept_shrink``.
        """
        gates = waive(self.gates, accepted)
        return Outcome(_status(gates), None, gates, self)


@dataclass(frozen=True)
class Outcome:
    """What a refresh did. It may be read after what was prepared is closed.

    Attributes
    ----------
    status : Status
        How it ended.
    release_id : str or None
        The new release; None if nothing was published.
    gates : list of Result
        What each gate measured, and which were waived.
    prepared : Prepared
        What it was made of.
    not_copied : str
        Why the automatic copy after the publication was not made; empty if it was, or is off.
    """

    status: Status
    release_id: str | None
    gates: list[Result]
    prepared: Prepared = field(repr=False)
    not_copied: str = ""

    @property
    def previous_id(self) -> str | None:
        """The release that it was compared with."""
        return self.prepared.baseline_id

    @property
    def published(self) -> int:
        """Organisations of the release that it was compared with."""
        return self.prepared.baseline.organisations if self.prepared.baseline else 0

    @property
    def missing(self) -> int:
        """How many of them the file doesn't have."""
        return self.prepared.missing

    @property
    def counts(self) -> dict[str, int]:
        """Rows by table of the database that was built."""
        return {name: len(rows) for name, rows in self.prepared.transformed.tables.items()}

    @property
    def changes(self) -> dict[str, int]:
        """Organisations by kind of change, and how many rows of other lists changed."""
        return count_kinds(self.prepared.change)

    @property
    def rejections(self) -> list[Rejection]:
        """Cells that couldn't be taken."""
        return self.prepared.transformed.rejections

    @property
    def candidates(self) -> list[Candidate]:
        """Pairs that may be one organisation."""
        return self.prepared.transformed.candidates

    @property
    def kept(self) -> list[Kept]:
        """Organisations that can't be located and stay where they were published."""
        return self.prepared.transformed.kept

    @property
    def exchanges(self) -> list[Exchange]:
        """Columns that hold what is published of other rows."""
        return self.prepared.transformed.exchanges

    @property
    def twins(self) -> list[Candidate]:
        """Pairs of one name and town, which are faults until somebody decides about them."""
        return self.prepared.transformed.twins

    @property
    def notes(self) -> list[str]:
        """What was assumed on reading, and which investors and network bodies are in no region."""
        return self.prepared.transformed.notes


def prepare(
    inputs: Sequence[Path] = (),
    register_dir: Path | None = None,
    releases_dir: Path | None = None,
    *,
    mapping: ColumnMapping | None = None,
    adding: bool = False,
    putting_right: bool = False,
    track: Track = no_progress,
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
    adding : bool
        Add the rows of the inputs to those of the register, instead of replacing them.
    putting_right : bool
        Put columns right that hold what is published of other rows, as if sorted alone.
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
    # A register that a killed publication left behind would take its release back.
    finished = unfinished.finish(releases_dir)
    # Before anything is read: a change during the check must count as one after it.
    hashes = hash_register(register_dir, schemas if inputs or putting_right else ())
    extracts = read_inputs(inputs, register_dir, schemas, mapping, adding=adding, track=track)
    gazetteer = load_gazetteer(settings().reference_dir, settings().schema_dir)
    regions = load_regions(settings().reference_dir)
    baseline = shelf.baseline(releases_dir)
    published, lists, past = _read_baseline(releases_dir, baseline, schemas)
    transformed = transform(
        extracts,
        schemas,
        gazetteer,
        regions,
        published,
        lists=lists,
        own_decisions=_own_decisions(extracts[DECISIONS], register_dir, schemas[DECISIONS]),
        used_ids=set(past.loc[past["resource"] == ORGANISATIONS, "row_id"]),
        putting_right=putting_right,
        track=track,
    )
    alias = transformed.tables["organisation_alias"]
    merged_into = dict(zip(alias["org_id"], alias["merged_into"], strict=True))
    adoptable, unread = compare_with_register(
        files_from_elsewhere(extracts, transformed.frames, register_dir, transformed.put_right),
        register_dir,
        hashes,
        schemas,
        lists if published is None else {**lists, ORGANISATIONS: published},
        merged_into,
        own=[r for r in transformed.put_right if is_own(extracts[r].origin.path, register_dir, r)],
    )
    change = _compare(transformed, published, lists, schemas, merged_into)
    folder = scratch()
    database = Path(folder.name) / "release.duckdb"
    try:
        with _writing_database(database.parent):
            build(database, transformed.tables, schemas, track=track)
            require_whole(database, database.parent)
            gates = check(
                database,
                load_gates(settings().gates_file),
                _against(baseline, change, transformed, lists),
                track=track,
            )
    except BaseException:
        folder.cleanup()
        raise
    return Prepared(
        extracts=extracts,
        transformed=_in_words_of_files(transformed, extracts, [*finished, *unread]),
        change=change,
        gates=gates,
        baseline=baseline,
        past=past,
        adoptable=adoptable,
        missing=_count_missing(published, transformed.frames["organisations"], merged_into),
        releases_dir=releases_dir,
        database=database,
        _folder=folder,
    )


def publish(
    prepared: Prepared,
    accepted: Collection[str] = (),
    *,
    into_register: bool = False,
    on_wait: Callable[[str], None] = lambda _: None,
    track: Track = no_progress,
) -> Outcome:
    """Make what was prepared the current release, if its gates hold.

    Parameters
    ----------
    prepared : Prepared
        From :func:`prepare`, not closed.
    accepted : collection of str
        Names of options that waive a gate, such as ``accept_shrink``.
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
    adoptable = prepared.adoptable
    files = adoptable.files if into_register else {}
    actions.require_ready()
    contents = file_contents(files)
    with workshop(folder, on_wait) as building:
        shelf.require_baseline(folder, prepared.baseline_id)
        database = building / prepared.database.name
        with _writing_database(folder):
            shutil.copyfile(prepared.database, database)
            release, organisations = _complete(database, prepared, outcome.gates, track)
            # The register must not change between the look at it and its replacement.
            with hold(files, adoptable.register_dir, adoptable.hashes):
                done = actions.entry(
                    Action.PUBLISH,
                    release.release_id,
                    prepared.baseline_id or "",
                    ", ".join(sorted(register_files(release.input_hashes))),
                )
                with actions.written_down(shelf.when_shown(folder, release.release_id, done)):
                    with _keep_meanwhile(folder, release.release_id, contents, adoptable):
                        shelf.publish(
                            database,
                            folder,
                            release.release_id,
                            organisations,
                            release.created_at,
                            expected_baseline=prepared.baseline_id,
                        )
                    adopt(contents, adoptable.register_dir, release.release_id)
                unfinished.drop(folder, release.release_id, contents)
    copied = back_up_after_publication()
    return replace(
        outcome, status=Status.PUBLISHED, release_id=release.release_id, not_copied=copied
    )


def run(
    register_dir: Path | None = None,
    releases_dir: Path | None = None,
    *,
    inputs: Sequence[Path] = (),
    mapping: ColumnMapping | None = None,
    dry_run: bool = False,
    accepted: Collection[str] = (),
    track: Track = no_progress,
) -> Outcome:
    """Refresh: :func:`prepare`, then :func:`publish` unless it is a dry run."""
    with prepare(inputs, register_dir, releases_dir, mapping=mapping, track=track) as prepared:
        if dry_run:
            return prepared.verdict(accepted)
        return publish(prepared, accepted, track=track)


@contextmanager
def _keep_meanwhile(
    folder: Path, release_id: str, contents: Mapping[str, bytes], adoptable: Adoptable
) -> Iterator[None]:
    """What the register will hold is kept while the release is shown, unless it isn't."""
    try:
        unfinished.keep(folder, release_id, contents, adoptable.register_dir, adoptable.hashes)
        yield
    except Exception:
        if shelf.current_id(folder) != release_id:
            unfinished.drop(folder, release_id)
        raise


@contextmanager
def _writing_database(folder: Path) -> Iterator[None]:
    try:
        with writing(folder):
            yield
    except (duckdb.IOException, duckdb.FatalException, duckdb.TransactionException) as error:
        raise PublishError(
            f"The database can't be written to {folder}; check the free space. {RELEASE_KEPT}"
        ) from error


def _read_baseline(
    releases_dir: Path, before: Manifest | None, schemas: Mapping[str, Schema]
) -> tuple[pd.DataFrame | None, dict[str, pd.DataFrame], pd.DataFrame]:
    """Organisations and other lists of the release before, and its history."""
    if before is None:
        return None, {}, history(None)
    path = releases_dir / f"{before.release_id}.duckdb"
    try:
        return published_organisations(path), published_lists(path, schemas), history(path)
    except duckdb.Error:
        # Of another version of the database or the schema: can't be compared.
        return None, {}, history(None)


def _own_decisions(read: Extract, register_dir: Path, schema: Schema) -> pd.DataFrame | None:
    """The register's decisions, if others were given in their place and they can be read."""
    path = register_path(register_dir, DECISIONS)
    if read.added_to is not None or path.resolve() == read.origin.path.resolve():
        return None
    try:
        return extract(path, schema).frame
    except RegisterError:
        return None


def _compare(
    transformed: Transformed,
    published: pd.DataFrame | None,
    lists: Mapping[str, pd.DataFrame],
    schemas: Mapping[str, Schema],
    merged_into: Mapping[str, str],
) -> pd.DataFrame:
    """What differs from the release before, in all lists."""
    organisations = transformed.organisations
    known = [organisations, *([] if published is None else [published])]
    names = dict(chain.from_iterable(tuples(table, "org_id", "name") for table in known))
    tables = {r: transformed.tables[s.table] for r, s in schemas.items() if s.table}
    parts = [
        changes(organisations, published, merged_into),
        list_changes(tables, lists, schemas, names),
    ]
    return pd.concat([part.astype(object) for part in parts if len(part)] or parts[:1])


def _against(
    baseline: Manifest | None,
    change: pd.DataFrame,
    transformed: Transformed,
    lists: Mapping[str, pd.DataFrame],
) -> Against:
    """The release before, and how what was made differs from it."""
    successions = [(s.old_id, s.new_id) for s in transformed.successions]
    cells = [(e.resource, e.column, row) for e in transformed.exchanges for row in e.right]
    return Against(
        baseline.organisations if baseline else None,
        change,
        pd.DataFrame(successions, columns=["old_id", "new_id"], dtype="str"),
        pd.DataFrame(cells, columns=["resource", "column", "row"]),
        {resource: len(rows) for resource, rows in lists.items()},
    )


def _in_words_of_files(
    transformed: Transformed, extracts: dict[str, Extract], unread: list[str]
) -> Transformed:
    """What was found, with notes of the reading, and with sheets where a file had some."""
    return replace(
        transformed,
        rejections=[_naming_file(rejection, extracts) for rejection in transformed.rejections],
        exchanges=[
            replace(exchange, sentence=_naming_sheets(exchange.sentence, extracts))
            for exchange in transformed.exchanges
        ],
        notes=[
            *(note for read in extracts.values() for note in read.notes),
            *(_naming_sheets(note, extracts) for note in transformed.notes),
            *unread,
        ],
    )


def _naming_file(rejection: Rejection, extracts: dict[str, Extract]) -> Rejection:
    reason, mend = (_naming_sheets(text, extracts) for text in (rejection.reason, rejection.mend))
    return replace(rejection, reason=reason, mend=mend)


def _naming_sheets(text: str, extracts: dict[str, Extract]) -> str:
    """A sentence about register files, with the sheet of those that came in a workbook.

    A note that names rows names the file that they are in, whatever it is called.
    """
    for resource, read in extracts.items():
        file = f"{resource}.csv"
        is_of_rows = text.startswith(f"{file}, row")
        if is_of_rows and read.added_to and names_register_rows_only(text):
            continue
        if read.origin.sheet:
            text = text.replace(file, f"the sheet {read.origin.sheet}")
        elif is_of_rows:
            text = text.replace(file, read.file, 1)
    if any(read.added_to for read in extracts.values()):
        text = name_register_rows(text)
    return text[:1].upper() + text[1:] if text.startswith("the sheet ") else text


def _count_missing(
    published: pd.DataFrame | None, organisations: pd.DataFrame, merged_into: dict[str, str]
) -> int:
    """Published organisations without a row, faulty or not; merged ones aside."""
    if published is None:
        return 0
    present = {*organisations["org_id"].tolist(), *merged_into}
    return int((~are_among(published["org_id"], present)).sum())


def _complete(
    database: Path, prepared: Prepared, gates: list[Result], track: Track
) -> tuple[ReleaseRow, int]:
    """Add what a release has and a check doesn't need; its row and number of organisations."""
    hashes = input_hashes(prepared.extracts.values())
    created_at = datetime.now(UTC).replace(microsecond=0)
    release_id = shelf.new_release_id(prepared.releases_dir, digest(hashes), created_at)
    release = ReleaseRow(
        release_id=release_id,
        created_at=created_at,
        previous_id=prepared.baseline_id,
        input_hashes=hashes,
        tool_versions=tool_versions(),
    )
    rows = [
        *chain.from_iterable(
            derive().items() for derive in track([prepared.transformed.derive], "Make the index")
        ),
        ("gate", gate_table(gates)),
        ("change", date_past(prepared.past, created_at)),
        ("change", stamp(prepared.change, release_id, created_at)),
    ]
    return release, complete(database, rows, release, track=track)


def _status(gates: list[Result]) -> Status:
    stopped = [result for result in gates if result.stops]
    if any(result.gate.about == "input" for result in stopped):
        return Status.INPUT_REFUSED
    return Status.GATE_FAILED if stopped else Status.PASSED
