"""Which organisation of the last release a row is, so that it keeps its identifier.

A row that names its identifier keeps it, renamed or moved. A row without one takes that of the
published organisation that it surely is, else a new one. Pairs that are only likely are for a
person to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, TypeVar

import numpy as np
import pandas as pd

from ecosystem.common.text import fold
from etl.identity.likeness import COMPARED, NameFolder, likenesses, page
from etl.model import Rejection, Track, no_progress
from etl.register.decisions import Decisions
from etl.register.mint import possible_ids
from etl.tuples import are_among, tuples

# One of the two has gone, so that less likeness is needed than between two that are there.
MIN_SCORE = 75.0
# The country of identifiers of rows that have none; such rows are refused, so it is never seen.
_NO_COUNTRY = "zz"
_FILE = "organisations.csv"
# Before a name in the cell of former names: it was only misspelt, or is none for another reason.
NOT_FORMER = "not:"

Key = tuple[str, ...]
A = TypeVar("A", bound=Hashable)
B = TypeVar("B", bound=Hashable)
Bare = Callable[[str], str]


@dataclass(frozen=True)
class Succession:
    """An organisation that has gone, and a new one that may be the same under another identifier.

    Attributes
    ----------
    old_id, new_id : str
        The published identifier, and the new one.
    score : float
        How likely it is, from 0 to 100.
    evidence : str
        What speaks for it, as a sentence.
    """

    old_id: str
    new_id: str
    score: float
    evidence: str


class _Row(NamedTuple):
    """What identifies a row or a published organisation."""

    name: str
    names: tuple[str, ...]
    city: str
    country: str
    website: object


def assign_ids(
    organisations: pd.DataFrame,
    published: pd.DataFrame | None,
    decisions: Decisions,
    legal_forms: Sequence[str] = (),
    *,
    used_ids: Collection[str] = (),
    is_town: Callable[[str, str], bool] = lambda _city, _country: True,
) -> tuple[pd.DataFrame, list[str], list[Rejection]]:
    """Give every row an identifier: its own, that of a published organisation, or a new one.

    A row without identifier is a published organisation if it has the same name, present or
    former, in the same town; or the same name and website in the same country. It must be the
    only one, on both sides, and the organisation must not be in the file already.

    Parameters
    ----------
    organisations : pandas.DataFrame
        Normalised text rows of the register file; the index is the spreadsheet's row number.
    published : pandas.DataFrame or None
        Table ``organisation`` of the current release; None if there is none.
    decisions : Decisions
        Merged identifiers are never given to another organisation.
    legal_forms : sequence of str
        What to leave out of a folded name.
    used_ids : collection of str
        Further identifiers that are never given again, such as those of earlier releases.
    is_town : callable, optional
        Whether a country (the second argument) has a town of a name, as somebody wrote it.

    Returns
    -------
    organisations : pandas.DataFrame
        The rows with ``org_id`` filled. New identifiers don't depend on the order of rows.
    notes : list of str
        How many were recognised and how many are new, and which could be several.
    rejections : list of Rejection
        Rows with the identifier of another published organisation.
    """
    bare = NameFolder(legal_forms)
    old: Mapping[str, _Row] = {}
    if published is not None:
        old = _Rows(published, published["org_id"].tolist())
    in_file = set(filter(None, organisations["org_id"].tolist()))
    present = {*in_file, *map(decisions.final_id, in_file)}
    free = {org_id: old[org_id] for org_id in old if org_id not in present}
    rows = _Rows(organisations, organisations.index.tolist())
    written: dict[int, str] = dict(zip(rows, organisations["org_id"].tolist(), strict=True))
    missing = {row: rows[row] for row, org_id in written.items() if not org_id}
    ids_by_row, unclear = _recognise(missing, free, bare)
    recognised = len(ids_by_row)
    new = {row: missing[row] for row in missing if row not in ids_by_row}
    taken = in_file | set(ids_by_row.values())
    known_again = _known_by_content(new, free, decisions, bare, taken, is_town)
    ids_by_row |= known_again
    recognised += len(known_again)
    new = {row: new[row] for row in new if row not in known_again}
    taken = in_file | set(ids_by_row.values())
    ids_by_row |= _decided_before(new, old, decisions, bare, taken)
    used = {*old, *in_file, *used_ids, *decisions.known_ids}
    ids_by_row |= _mint({row: new[row] for row in new if row not in ids_by_row}, used)
    ids = organisations["org_id"].copy()
    ids.loc[list(ids_by_row)] = list(ids_by_row.values())
    return (
        organisations.assign(org_id=ids),
        [
            *_notes(recognised, len(ids_by_row) - recognised),
            *(note for row, note in unclear.items() if row not in known_again),
        ],
        _exchanges(rows, written, old, free, decisions),
    )


def record_former_names(
    organisations: pd.DataFrame, published: pd.DataFrame | None
) -> pd.DataFrame:
    """Add the names under which organisations were published to their former names.

    Former names that were published stay, though the register may not have them; but not one
    that the register has with :data:`NOT_FORMER` before it.

    Parameters
    ----------
    organisations : pandas.DataFrame
        Typed rows, ``former_names`` being lists.
    published : pandas.DataFrame or None
        Table ``organisation`` of the current release; None if there is none.
    """
    before: dict[str, list[str]] = {}
    if published is not None:
        now = dict(tuples(organisations, "org_id", "name"))
        before = {
            org_id: [*former, name]
            for org_id, name, former in tuples(published, "org_id", "name", "former_names")
            if len(former) or now.get(org_id) != name
        }
    former_names = [
        _former_names(name, [*former, *before.get(org_id, ())])
        if former or org_id in before
        else former
        for org_id, name, former in tuples(organisations, "org_id", "name", "former_names")
    ]
    return organisations.assign(
        former_names=pd.Series(former_names, index=organisations.index, dtype=object)
    )


def successions(
    organisations: pd.DataFrame,
    published: pd.DataFrame | None,
    legal_forms: Sequence[str],
    decisions: Decisions,
    *,
    track: Track = no_progress,
) -> list[Succession]:
    """Organisations that have gone and new ones that may be the same, each at most once.

    Parameters
    ----------
    organisations : pandas.DataFrame
        Located rows with ``org_id, name, former_names, country, place_id, lon, lat, website``.
    published : pandas.DataFrame or None
        Table ``organisation`` of the current release; None if there is none.
    legal_forms : sequence of str
        What to leave out of a folded name.
    decisions : Decisions
        Pairs that are decided aren't listed.
    track : Track, optional
        Shows progress.

    Returns
    -------
    list of Succession
        The likeliest first.
    """
    if published is None:
        return []
    final = published["org_id"].map(decisions.final_id)
    gone = published[~are_among(final, organisations["org_id"])]
    added = organisations[~are_among(organisations["org_id"], published["org_id"])]
    if gone.empty or added.empty:
        return []
    columns = [*COMPARED, "org_id"]
    both = pd.concat([gone[columns], added[columns]], ignore_index=True)
    sides = pd.Series(np.arange(len(both)) >= len(gone))
    ids, names = both["org_id"].tolist(), both["name"].tolist()
    pairs = [
        Succession(
            old_id=ids[pair.a],
            new_id=ids[pair.b],
            score=pair.score,
            evidence=f"“{names[pair.a]}” and “{names[pair.b]}”: {pair.evidence}.",
        )
        for pair in likenesses(both, legal_forms, MIN_SCORE, sides=sides, track=track)
        if not decisions.are_different(ids[pair.a], ids[pair.b])
    ]
    return list(_best(sorted(pairs, key=lambda s: (-s.score, s.old_id, s.new_id))))


def _best(pairs: Iterable[Succession]) -> Iterator[Succession]:
    seen: set[str] = set()
    for pair in pairs:
        if not seen & {pair.old_id, pair.new_id}:
            seen |= {pair.old_id, pair.new_id}
            yield pair


class _Rows(Mapping[A, _Row]):
    """The rows of a frame by what identifies them, each made when it is asked for: few are."""

    def __init__(self, frame: pd.DataFrame, keys: list[A]) -> None:
        self._at = {key: i for i, key in enumerate(keys)}
        columns = ("name", "former_names", "city", "country", "website")
        self._columns = [frame[name].tolist() for name in columns]

    def __getitem__(self, key: A) -> _Row:
        at = self._at[key]
        name, former, city, country, website = (column[at] for column in self._columns)
        return _Row(name, (name, *_as_list(former)), fold(city), country, website)

    def __iter__(self) -> Iterator[A]:
        return iter(self._at)

    def __len__(self) -> int:
        return len(self._at)


def _as_list(former: object) -> list[str]:
    if isinstance(former, str):
        if not former:
            return []
        # A misspelling tells which organisation it is, too.
        names = (name.strip().removeprefix(NOT_FORMER).strip() for name in former.split(";"))
        return [name for name in names if name]
    return [str(name) for name in former] if isinstance(former, Iterable) else []


def _in_town(row: _Row) -> set[Key]:
    return {(row.country, fold(row.name) or row.name, row.city)}


def _formerly_in_town(row: _Row, bare: Bare) -> set[Key]:
    return {(row.country, bare(name), row.city) for name in row.names}


def _on_website(row: _Row, bare: Bare) -> set[Key]:
    site = page(row.website)
    return {(row.country, bare(name), site) for name in row.names} if site else set()


def _recognise(
    missing: Mapping[int, _Row], free: Mapping[str, _Row], bare: Bare
) -> tuple[dict[int, str], dict[int, str]]:
    """Row number -> the published identifier that the row takes; and what is unclear of it."""
    given: dict[int, str] = {}
    unclear: dict[int, set[str]] = {}
    steps: tuple[Callable[[_Row], set[Key]], ...] = (
        _in_town,
        partial(_formerly_in_town, bare=bare),
        partial(_on_website, bare=bare),
    )
    for keys in steps:
        used = set(given.values())
        rows = {row: keys(known) for row, known in missing.items() if row not in given}
        ids = {org: keys(known) for org, known in free.items() if org not in used}
        meant, claimed = _matches(rows, ids), _matches(ids, rows)
        for row, organisations in meant.items():
            one = next(iter(organisations))
            if len(organisations) == 1 and len(claimed[one]) == 1:
                given[row] = one
            elif organisations:
                unclear.setdefault(row, organisations)
    notes = {
        row: f"{_FILE}, row {row}, “{missing[row].name}”: it isn't clear which published "
        f"organisation this is ({', '.join(sorted(ids))}), so it has a new identifier; write the "
        "right one into its org_id cell."
        for row, ids in sorted(unclear.items())
        if row not in given
    }
    return given, notes


def _matches(these: Mapping[A, set[Key]], those: Mapping[B, set[Key]]) -> dict[A, set[B]]:
    by_key: dict[Key, set[B]] = {}
    for that, keys in those.items():
        for key in keys:
            by_key.setdefault(key, set()).add(that)
    found = {
        this: set().union(*(by_key.get(key, ()) for key in keys)) for this, keys in these.items()
    }
    return {this: those_found for this, those_found in found.items() if those_found}


def _known_by_content(
    new: Mapping[int, _Row],
    free: Mapping[str, _Row],
    decisions: Decisions,
    bare: Bare,
    taken: Collection[str],
    is_town: Callable[[str, str], bool],
) -> dict[int, str]:
    """Rows without identifier that somebody decided about: they take the one that it speaks of.

    Rows of one name and town take that of the published organisation first. Where the town was
    none when somebody decided, it has been corrected since: the name in its country is enough.
    """
    given: dict[int, str] = {}
    if not decisions.contents:
        return given
    left = set(decisions.contents) - set(taken)
    by_name: tuple[Bare, ...] = (lambda name: fold(name) or name, bare)
    for key_of in by_name:
        ids: dict[Key, list[str]] = {}
        for org_id, (country, city, name) in decisions.contents.items():
            if org_id in left:
                ids.setdefault((country, key_of(name), fold(city)), []).append(org_id)
        for org_id, known in free.items():
            key = (known.country, key_of(known.name), known.city)
            if key in ids and org_id not in ids[key] and org_id not in given.values():
                ids[key].insert(0, org_id)
        for row, known in _order(new):
            waiting = ids.get((known.country, key_of(known.name), known.city))
            if row not in given and waiting:
                given[row] = waiting.pop(0)
                left.discard(given[row])
    nowhere: dict[tuple[str, str], list[str]] = {}
    for org_id, (country, city, name) in decisions.contents.items():
        if org_id in left and not is_town(city, country):
            nowhere.setdefault((country, bare(name)), []).append(org_id)
    for row, known in _order(new):
        waiting = nowhere.get((known.country, bare(known.name)))
        if row not in given and waiting:
            given[row] = waiting.pop(0)
    return given


def _decided_before(
    new: Mapping[int, _Row],
    old: Mapping[str, _Row],
    decisions: Decisions,
    bare: Bare,
    in_file: Collection[str],
) -> dict[int, str]:
    """Rows whose own identifier a decision speaks of: they take it, so that it applies again."""
    given: dict[int, str] = {}
    spoken_of = decisions.known_ids - old.keys() - set(in_file) - decisions.contents.keys()
    if not spoken_of:
        return given
    for row, known in _order(new):
        usual = next(possible_ids(known.name, known.city, _country(known)))
        kept = old.get(decisions.final_id(usual))
        if usual in spoken_of and (kept is None or bare(known.name) in map(bare, kept.names)):
            given[row] = usual
            spoken_of.remove(usual)
    return given


def _mint(new: Mapping[int, _Row], used: set[str]) -> dict[int, str]:
    minted = {}
    for row, known in _order(new):
        candidates = possible_ids(known.name, known.city, _country(known))
        minted[row] = next(org_id for org_id in candidates if org_id not in used)
        used.add(minted[row])
    return minted


def _order(rows: Mapping[int, _Row]) -> list[tuple[int, _Row]]:
    """By what the rows say, so that identifiers don't depend on their order in the file."""
    return sorted(
        rows.items(),
        key=lambda item: (
            item[1].country,
            fold(item[1].name),
            item[1].city,
            item[1].name,
            str(item[1].website),
        ),
    )


def _country(row: _Row) -> str:
    return row.country if len(row.country) == 2 and row.country.isascii() else _NO_COUNTRY


def _notes(recognised: int, new: int) -> list[str]:
    notes = []
    if recognised:
        notes.append(
            f"{_FILE}: {_rows_without(recognised)} published already; no identifier changes."
        )
    if new:
        notes.append(f"{_FILE}: {_rows_without(new)} new; an identifier was made for each.")
    return notes


def _rows_without(number: int) -> str:
    words = "row without identifier is" if number == 1 else "rows without identifier are"
    return f"{number:,} {words}"


def _exchanges(
    rows: Mapping[int, _Row],
    ids: Mapping[int, str],
    old: Mapping[str, _Row],
    free: Mapping[str, _Row],
    decisions: Decisions,
) -> list[Rejection]:
    """Rows that are exactly one published organisation but have the identifier of another."""
    whose: dict[Key, list[str]] = {}
    for org_id, known in free.items():
        for key in _in_town(known):
            whose.setdefault(key, []).append(org_id)
    rejections: list[Rejection] = []
    if not whose:
        return rejections
    for row, known in rows.items():
        (key,) = _in_town(known)
        org_id, owners = ids[row], whose.get(key, [])
        if org_id not in old or len(owners) != 1 or decisions.final_id(owners[0]) == org_id:
            continue
        if key not in _in_town(old[org_id]):
            reason = (
                f"{org_id} is the identifier of “{old[org_id].name}”, but this row is "
                f"“{old[owners[0]].name}”, which has {owners[0]}."
            )
            mend = (
                f"Write {owners[0]}; if “{old[org_id].name}” has taken over the other one with "
                f"its name, decide that {org_id} and {owners[0]} are the `same`."
            )
            rejections.append(
                Rejection("validate", _FILE, row, known.name, "org_id", org_id, reason, mend)
            )
    return rejections


def _former_names(name: str, former: Iterable[str]) -> list[str]:
    others = [other for other in former if other != name or name.startswith(NOT_FORMER)]
    if not others:
        return []
    distinct: dict[str, str] = {}
    never = {fold(name) or name}
    for other in others:
        if other.startswith(NOT_FORMER):
            bare = other.removeprefix(NOT_FORMER).strip()
            never.add(fold(bare) or bare)
        else:
            distinct.setdefault(fold(other) or other, other)
    return [other for key, other in distinct.items() if key not in never]
