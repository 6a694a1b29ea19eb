"""Everything between reading and writing: pure but for the reference files.

normalise -> identify -> validate -> merge -> locate -> valleys -> deduplicate
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from ecosystem.common.settings import settings
from ecosystem.common.text import fold
from ecosystem.common.vocabulary import ENDED
from etl.identity.deduplicate import (
    Candidate,
    exact_candidates,
    exact_duplicates,
    find_twins,
    likely_duplicates,
    load_legal_forms,
)
from etl.identity.exchange import Exchange, find_exchanges, put_right
from etl.identity.identifiers import Succession, assign_ids, record_former_names, successions
from etl.model import Rejection, Track, no_progress
from etl.places.gazetteer import Gazetteer
from etl.places.last_place import Kept, keep_last_places, keep_last_seats
from etl.places.locate import locate, locate_seats, place_table
from etl.places.regions import Regions
from etl.places.valleys import assign_valleys, check_codes
from etl.reading import Extract
from etl.register import life
from etl.register.dates import check_dates
from etl.register.decisions import (
    Decisions,
    check_decisions,
    follow,
    join_decisions,
    load_decisions,
    merge,
)
from etl.register.deliveries import OUTCOMES, SERVICES, check_outcomes, check_services
from etl.register.documents import document_notes
from etl.register.funding import FILE as ROUNDS
from etl.register.funding import check_rounds, round_notes
from etl.register.labels import check_labels
from etl.register.normalise import Lookup, load_aliases, normalise
from etl.register.organisation_facts import FILE as FACTS
from etl.register.organisation_facts import check_facts, fact_notes
from etl.register.partnerships import MEMBERS, check_members, partnership_notes
from etl.register.readings import reading_notes
from etl.register.specialisation import FILE as WORDINGS
from etl.register.specialisation import check_wordings, wording_notes
from etl.register.validate import rows_meant, validate, validate_references
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
from etl.tuples import are_among

DECISIONS = "duplicate_decisions"
# Other register files may name rows of it, which may have been merged into others.
ORGANISATIONS = "organisations"
# What says where an organisation is.
_PLACE = frozenset({"city", "country", "nuts2_hint", "lat", "lon"})
_NONE: Mapping[str, pd.DataFrame] = MappingProxyType({})


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
    twins : list of Candidate
        Pairs that have the same name and town, which can't both be published undecided.
    nameless : frozenset of int
        Rows of the organisations that came without an identifier.
    successions : list of Succession
        Organisations that may go on under another identifier.
    notes : list of str
        What was read otherwise than written, how rows were identified, what was assumed about
        towns, and which investors and network bodies are in no region.
    kept : list of Kept
        Organisations that can't be located and stay where they were published.
    exchanges : list of Exchange
        Columns that hold what is published of other rows.
    put_right : list of str
        Register files in which such columns were put right.
    frames : dict of str to pandas.DataFrame
        The register files as normalised text, organisations with their identifiers.
    derive : callable
        Makes the tables that only a published release needs; they follow from the others and
        take longer than all the rest of a small register.
    """

    tables: Tables
    rejections: list[Rejection]
    candidates: list[Candidate]
    twins: list[Candidate]
    nameless: frozenset[int]
    successions: list[Succession]
    notes: list[str]
    kept: list[Kept]
    exchanges: list[Exchange]
    put_right: list[str]
    frames: dict[str, pd.DataFrame]
    derive: Callable[[], Tables]

    @property
    def organisations(self) -> pd.DataFrame:
        """All organisations of the release: those that are shown, and those that have ended."""
        parts = [self.tables["organisation"], self.tables["ended_organisation"]]
        return pd.concat([part for part in parts if len(part)] or parts[:1])


def transform(
    extracts: dict[str, Extract],
    schemas: dict[str, Schema],
    gazetteer: Gazetteer,
    regions: Regions,
    published: pd.DataFrame | None = None,
    *,
    lists: Mapping[str, pd.DataFrame] = _NONE,
    own_decisions: pd.DataFrame | None = None,
    used_ids: Collection[str] = (),
    putting_right: bool = False,
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
    lists : mapping of str to pandas.DataFrame, optional
        What the current release holds of the other lists, by resource.
    own_decisions : pandas.DataFrame, optional
        Rows of the register's decisions as read, if they came from elsewhere in `extracts`.
    used_ids : collection of str
        Identifiers of earlier releases, which no new organisation gets.
    putting_right : bool
        Put columns right that hold what is published of other rows.
    track : Track, optional
        Shows progress.
    """
    schema_dir, reference_dir = settings().schema_dir, settings().reference_dir
    aliases = load_aliases(schema_dir / "aliases.csv")
    legal_forms = load_legal_forms(schema_dir)
    frames = {
        resource: normalise(extracts[resource].whole, schema, aliases)
        for resource, schema in track(list(schemas.items()), "Normalise")
    }
    readings = [
        note
        for resource, schema in schemas.items()
        for note in reading_notes(
            extracts[resource].whole, frames[resource], schema, _headers(extracts[resource])
        )
    ]
    frames, exchanges, swaps, mended = _exchanges(
        frames, schemas, {**lists, **_comparable(published)}, putting_right=putting_right
    )
    joined: list[str] = []
    if own_decisions is not None:
        own = normalise(own_decisions, schemas[DECISIONS], aliases)
        frames[DECISIONS], joined = join_decisions(frames[DECISIONS], own, lists.get(DECISIONS))
    decisions, wrong = _decisions(frames[DECISIONS], schemas[DECISIONS])
    nameless = frames["organisations"].index[frames["organisations"]["org_id"] == ""]
    frames["organisations"], notes, exchanged = assign_ids(
        frames["organisations"],
        published,
        decisions,
        legal_forms,
        used_ids=used_ids,
        is_town=gazetteer.knows,
    )
    read = extracts[ORGANISATIONS]
    if life.STATUS not in (read.added_to or read).origin.columns:
        frames[ORGANISATIONS], note = life.carry_over(frames[ORGANISATIONS], published)
        notes = [*notes, *filter(None, [note])]
    known = set() if published is None else set(published["org_id"].tolist())
    invalid = [*_invalid(frames, schemas, decisions, regions, known, track), *wrong, *exchanged]
    valid = {n: _without(frame, schemas[n].file, invalid) for n, frame in frames.items()}
    valid, alias = _merge(valid, schemas, decisions)
    # Whoever names a successor says that the two are two.
    decisions = decisions.telling_apart(life.successions(valid[ORGANISATIONS]))
    order = frames[ORGANISATIONS].index
    faulty = _faulty(frames[ORGANISATIONS], schemas[ORGANISATIONS], invalid, decisions)
    organisations, others, unlocated, kept, assumed = _locate(
        valid, faulty, order, schemas[ORGANISATIONS], gazetteer, regions, published, track
    )
    every = _together(organisations, others, order)
    repeated = find_twins(every, legal_forms, decisions)
    twice, twins = exact_duplicates(repeated), exact_candidates(repeated, every)
    organisations = _without(organisations, "organisations.csv", twice)
    organisations = record_former_names(organisations, published)
    alias = alias[are_among(alias["merged_into"], organisations["org_id"])]
    rejections = sorted([*invalid, *unlocated, *twice], key=lambda r: (r.file, r.row))
    others = record_former_names(_without(others, "organisations.csv", twice), published)
    candidates = likely_duplicates(
        _together(organisations, others, order), legal_forms, decisions, track=track
    )
    registered, unplaced = _with_seats(
        register_tables(valid, schemas), valid, schemas, lists, gazetteer, regions
    )
    living = organisations[~organisations[life.STATUS].isin(ENDED)]
    table = organisation_table(living)
    valleys = valid["valleys"]
    return Transformed(
        tables={
            "organisation": table,
            "ended_organisation": organisations[organisations[life.STATUS].isin(ENDED)],
            "organisation_alias": alias,
            "place": place_table(living),
            **registered,
            **reference_tables(valleys, schemas["valleys"], regions, reference_dir, sources_file()),
            **finding_tables(
                [_in_its_file(r, extracts) for r in rejections],
                _between(candidates, set(living["org_id"].tolist())),
            ),
        },
        rejections=rejections,
        candidates=candidates,
        twins=twins,
        nameless=frozenset(nameless),
        successions=successions(organisations, published, legal_forms, decisions, track=track),
        notes=[
            *readings,
            *chain(*mended.values()),
            *swaps,
            *joined,
            *notes,
            *assumed,
            *unplaced,
            *_notes_on_lists(valid),
            *document_notes(valid["documents"]),
        ],
        kept=kept,
        exchanges=exchanges,
        put_right=list(mended),
        frames=frames,
        derive=partial(_derive, table, gazetteer, regions, valleys, aliases),
    )


def _headers(read: Extract) -> dict[str, str]:
    """Column -> how the file that was read calls it."""
    return {column: header for column, (_, header) in read.origin.columns.items() if header}


def _in_its_file(rejection: Rejection, extracts: Mapping[str, Extract]) -> Rejection:
    """The rejection with the number that its row has in the file that it is in."""
    _, row = extracts[Path(rejection.file).stem].part(rejection.row)
    return replace(rejection, row=row)


def _comparable(published: pd.DataFrame | None) -> dict[str, pd.DataFrame]:
    """What is published of organisations as far as a register file says it, too.

    The release has a point of each and former names that it recorded itself.
    """
    if published is None:
        return {}
    hint = published["nuts3"].str[:4]
    known = published.drop(columns=["lat", "lon", "former_names"]).assign(nuts2_hint=hint)
    return {ORGANISATIONS: known}


def _exchanges(
    frames: dict[str, pd.DataFrame],
    schemas: dict[str, Schema],
    lists: Mapping[str, pd.DataFrame],
    *,
    putting_right: bool,
) -> tuple[dict[str, pd.DataFrame], list[Exchange], list[str], dict[str, list[str]]]:
    """The files, what in them is or may be published of other rows, and what was put right."""
    found: list[Exchange] = []
    swaps: list[str] = []
    mended: dict[str, list[str]] = {}
    frames = dict(frames)
    for resource, schema in schemas.items():
        released = lists.get(resource)
        if released is None:
            continue
        exchanges, odd = find_exchanges(frames[resource], released, schema)
        if exchanges and putting_right:
            frames[resource], mended[resource] = put_right(frames[resource], exchanges, schema)
            exchanges, odd = find_exchanges(frames[resource], released, schema)
        found += exchanges
        swaps += odd
    return frames, found, swaps, mended


def _decisions(frame: pd.DataFrame, schema: Schema) -> tuple[Decisions, list[Rejection]]:
    """Decisions of the valid rows, and the rows that contradict others."""
    decisions = load_decisions(_without(frame, schema.file, validate(frame, schema)))
    return decisions, check_decisions(decisions)


def _merge(
    valid: dict[str, pd.DataFrame], schemas: dict[str, Schema], decisions: Decisions
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Organisations after merging, what names them changed alike, and the table of aliases."""
    organisations, alias = merge(valid["organisations"], decisions)
    merged = {**valid, ORGANISATIONS: organisations}
    return {**merged, **_follow_in_all(merged, naming(schemas, ORGANISATIONS), decisions)}, alias


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
    columns = naming(schemas, ORGANISATIONS)
    columns[ORGANISATIONS] = ["org_id", *columns.get(ORGANISATIONS, ())]
    named = _follow_in_all(frames, columns, decisions)
    found += validate_references({**frames, **named}, schemas, published)
    # A fault elsewhere in a row hides none of these: all of a row are told at once.
    labels = _without(frames["labels"], "labels.csv", found, ("org_id", "awarded", "valid_until"))
    valleys = _without(frames["valleys"], "valleys.csv", found, ("nuts_codes",))
    lives = _without(
        rows_meant(frames[ORGANISATIONS], schemas[ORGANISATIONS]),
        schemas[ORGANISATIONS].file,
        found,
        ("org_id", "founded", *life.COLUMNS),
    )
    members = _without(frames["partnership_members"], MEMBERS, found)
    return [
        *found,
        *chain.from_iterable(
            check_dates(_without(frames[n], schema.file, found), schema)
            for n, schema in schemas.items()
        ),
        *check_labels(labels),
        *check_codes(valleys, regions),
        *check_members(members, regions),
        *check_wordings(_without(frames["s3_wordings"], WORDINGS, found)),
        *check_rounds(_without(frames["funding_rounds"], ROUNDS, found)),
        *check_facts(_without(frames["organisation_facts"], FACTS, found)),
        *check_services(_without(frames["services"], SERVICES, found)),
        *check_outcomes(_without(frames["event_outcomes"], OUTCOMES, found)),
        *life.check_life(lives),
    ]


def _notes_on_lists(valid: Mapping[str, pd.DataFrame]) -> list[str]:
    """What connects nothing, or contradicts itself, though each row is sound."""
    return [
        *partnership_notes(valid["partnerships"], valid["partnership_members"]),
        *wording_notes(valid["valleys"], valid["s3_wordings"]),
        *round_notes(valid["funding_rounds"]),
        *fact_notes(valid["organisation_facts"], valid["organisations"]),
    ]


def _faulty(
    organisations: pd.DataFrame, schema: Schema, invalid: list[Rejection], decisions: Decisions
) -> pd.DataFrame:
    """Rows that have a fault, but none in what says where they are, so that they can be located.

    Those that were merged into another are left out: they are of no concern.
    """
    rows = {r.row for r in invalid if r.file == schema.file}
    unplaced = {r.row for r in invalid if r.file == schema.file and r.column in _PLACE}
    faulty = rows_meant(organisations.loc[sorted(rows - unplaced)], schema)
    return faulty[~faulty["org_id"].isin(list(decisions.merged_into))]


def _between(candidates: list[Candidate], published: set[str]) -> list[Candidate]:
    return [c for c in candidates if {c.org_id_a, c.org_id_b} <= published]


def _locate(
    valid: dict[str, pd.DataFrame],
    faulty: pd.DataFrame,
    order: pd.Index[int],
    schema: Schema,
    gazetteer: Gazetteer,
    regions: Regions,
    published: pd.DataFrame | None,
    track: Track,
) -> tuple[pd.DataFrame, pd.DataFrame, list[Rejection], list[Kept], list[str]]:
    """The located organisations, with typed cells and their valley; and what was found.

    Among the located are those that can't be found now and stay where they were. The second
    frame holds the others, faulty or without a place, as far as they can be compared with them.
    """
    rows = valid[ORGANISATIONS]
    every = _together(rows, faulty, order)
    found, unlocated, notes = locate(every, gazetteer, regions, track=track)
    located = found.loc[found.index.intersection(rows.index)]
    lost = [r for r in unlocated if r.row in rows.index]
    last, kept, lost = keep_last_places(rows, lost, published)
    unlocated = [*lost, *(r for r in unlocated if r.row not in rows.index)]
    if kept:
        located = pd.concat([located, last[located.columns]])
        rows = rows.assign(**{name: last[name].reindex(rows.index).fillna(rows[name])
                              for name in ("city", "country")})  # fmt: skip
    organisations = cast(rows.loc[rows.index.intersection(located.index)], schema)
    organisations = organisations.drop(columns=["lat", "lon"]).join(located)
    organisations["valley_id"] = assign_valleys(organisations["nuts3"], valid["valleys"])
    # A row with the identifier of another one is told by that.
    rest = every.drop(index=organisations.index).drop_duplicates("org_id")
    rest = rest[~are_among(rest["org_id"], organisations["org_id"])]
    others = _comparable_rows(rest, found)
    return organisations, others, unlocated, kept, notes


def _together(
    organisations: pd.DataFrame, others: pd.DataFrame, order: pd.Index[int]
) -> pd.DataFrame:
    """All rows in the order of the file, with the columns that both have."""
    if others.empty:
        return organisations
    both = pd.concat([organisations[list(others.columns)], others])
    return both.loc[order[order.isin(both.index)]]


def _comparable_rows(rows: pd.DataFrame, located: pd.DataFrame) -> pd.DataFrame:
    """What tells organisations apart; one without a place has the name of its town for one."""
    said = rows[["org_id", "name", "country", "website"]]
    former = rows["former_names"].map(lambda text: text.split(";") if text else [])
    where = located[["place_id", "lon", "lat"]].reindex(rows.index)
    nowhere = "?" + rows["city"].map(fold)
    return said.assign(
        website=said["website"].where(said["website"] != ""),
        former_names=former.astype(object),
        place_id=where["place_id"].where(where["place_id"].notna(), nowhere),
        lon=where["lon"],
        lat=where["lat"],
    )


def _with_seats(
    tables: Tables,
    valid: dict[str, pd.DataFrame],
    schemas: dict[str, Schema],
    lists: Mapping[str, pd.DataFrame],
    gazetteer: Gazetteer,
    regions: Regions,
) -> tuple[Tables, list[str]]:
    """Add where the seats are; what the register says itself, such as the valley, stays."""
    placed, notes = dict(tables), []
    for resource, schema in schemas.items():
        if not schema.has_seat:
            continue
        rows, table = valid[resource], tables[schema.table]
        seats, unplaced = locate_seats(rows, schema.file, gazetteer, regions)
        last, kept = keep_last_seats(rows, seats, schema, lists.get(resource))
        if kept:
            seats = pd.concat([seats, last[seats.columns]])
            table = table.assign(**{name: last[name].reindex(table.index).fillna(table[name])
                                    for name in ("city", "country")})  # fmt: skip
        seats["valley_id"] = assign_valleys(seats["nuts3"], valid["valleys"])
        placed[schema.table] = table.join(seats.drop(columns=table.columns, errors="ignore"))
        stay = tuple(f"{schema.file}, row {row}, " for row in last.index)
        notes += [*(note for note in unplaced if not note.startswith(stay)), *kept]
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


def _without(
    frame: pd.DataFrame, file: str, rejections: list[Rejection], columns: Collection[str] = ()
) -> pd.DataFrame:
    """The rows without a fault, or without one in certain columns."""
    rows = {r.row for r in rejections if r.file == file and (not columns or r.column in columns)}
    return frame.drop(index=list(rows), errors="ignore") if rows else frame
