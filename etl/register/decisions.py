"""What people decided about pairs of organisations: the same, or two different ones.

The decisions are a register file. A pair that is ``different`` isn't listed as a likely
duplicate again; of one that is the ``same``, the second is merged into the first.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import pandas as pd

from ecosystem.common.text import fold
from etl.model import Rejection

FILE = "duplicate_decisions.csv"
COLUMNS = (
    "org_id_a", "org_id_b", "decision", "reason", "decided_on", "decided_by", "row_a", "row_b"
)  # fmt: skip
# Between country, town and name of a row.
_BETWEEN = " | "
SAME, DIFFERENT = "same", "different"
# What belongs to the town of a row, and is only right for another row in the same town.
_OF_THE_TOWN = ("nuts2_hint", "lat", "lon")
_NEVER_FILLED = ("org_id", "former_names", *_OF_THE_TOWN)


@dataclass(frozen=True)
class Decision:
    """One row of the file.

    Attributes
    ----------
    row : int
        As a spreadsheet counts: the header is row 1.
    org_id_a, org_id_b : str
        The pair; of the same organisation, the first stays.
    decision : str
        ``same`` or ``different``.
    row_a, row_b : str
        What the row of each said, as :func:`content_of` has it, if it had no identifier of its
        own; empty if it had.
    """

    row: int
    org_id_a: str
    org_id_b: str
    decision: str
    row_a: str = ""
    row_b: str = ""


@dataclass(frozen=True)
class Decisions:
    """All decisions that don't contradict each other.

    Attributes
    ----------
    merged_into : mapping of str to str
        Merged identifier -> the one that stays; chains are resolved.
    different : frozenset of (str, str)
        Pairs of identifiers that stay, each in alphabetical order.
    refused : tuple of Rejection
        Rows that contradict an earlier one; they count for nothing.
    contents : mapping of str to (str, str, str)
        Identifier that was made for a row when it was decided about -> country, town and name
        of the row.
    """

    merged_into: Mapping[str, str] = field(default_factory=dict)
    different: frozenset[tuple[str, str]] = frozenset()
    refused: tuple[Rejection, ...] = ()
    contents: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)

    def are_different(self, org_id_a: str, org_id_b: str) -> bool:
        """Whether a person decided that the two are different organisations."""
        return _pair(self.final_id(org_id_a), self.final_id(org_id_b)) in self.different

    def telling_apart(self, pairs: Iterable[tuple[str, str]]) -> Decisions:
        """The same decisions, and that these are pairs of different organisations, too."""
        final = {_pair(self.final_id(a), self.final_id(b)) for a, b in pairs}
        return replace(self, different=self.different | final)

    def final_id(self, org_id: str) -> str:
        """The identifier that an organisation has after all merging."""
        return self.merged_into.get(org_id, org_id)

    @property
    def known_ids(self) -> set[str]:
        """Every identifier that the decisions speak of."""
        apart = (org_id for pair in self.different for org_id in pair)
        return {*self.merged_into, *self.merged_into.values(), *apart}


NO_DECISIONS = Decisions(MappingProxyType({}))


def load_decisions(frame: pd.DataFrame) -> Decisions:
    """Decisions of the rows of the register file.

    Rows that contradict an earlier one are left out, and :func:`check_decisions` tells them.

    Parameters
    ----------
    frame : pandas.DataFrame
        Valid text rows with ``org_id_a, org_id_b, decision``; the index is the spreadsheet's
        row number.
    """
    names = ["org_id_a", "org_id_b", "decision", "row_a", "row_b"]
    columns = frame.reindex(columns=names, fill_value="")
    return resolve([Decision(*row) for row in columns.itertuples(name=None)])


def content_of(row: Mapping[Any, str]) -> str:
    """Country, town and name of a row, by which it is known again without an identifier."""
    return _BETWEEN.join(row[name] for name in ("country", "city", "name"))


def join_decisions(
    given: pd.DataFrame, own: pd.DataFrame, published: pd.DataFrame | None
) -> tuple[pd.DataFrame, list[str]]:
    """Decisions of a file that would take the register's place, and those of the register.

    What somebody decided holds, whatever sheet was taken before: a file adds decisions, but
    takes none away, and none that was taken back comes again with it.

    Parameters
    ----------
    given, own : pandas.DataFrame
        Normalised text rows of the file and of the register.
    published : pandas.DataFrame or None
        Rows of the current release; None if it has none.

    Returns
    -------
    decisions : pandas.DataFrame
        The rows of both, those of the register first where they aren't in the file. Where both
        decide about a pair the later one counts, and else that of the register.
    notes : list of str
        What was added to the file or left out of it, as sentences.
    """
    known, mine = _by_pair(own), _by_pair(given)
    before = {} if published is None else _by_pair(published.astype("str"))
    taken_back = [
        row for pair, row in mine.items()
        if pair not in known
        and pair in before
        and _says(given, row) == _says(published, before[pair])
    ]  # fmt: skip
    older = [
        row for pair, row in mine.items()
        if pair in known
        and _says(given, row) != _says(own, known[pair])
        and str(given.at[row, "decided_on"]) <= str(own.at[known[pair], "decided_on"])
    ]  # fmt: skip
    kept = given.drop(index=[*taken_back, *older])
    there = set(_by_pair(kept))
    missing = own.loc[[row for pair, row in known.items() if pair not in there]]
    first = max(given.index, default=1) + 1
    missing = missing.set_axis(pd.RangeIndex(first, first + len(missing)), axis=0)
    notes = []
    if len(missing):
        what = (
            "decision of the register is" if len(missing) == 1 else "decisions of the register are"
        )
        notes.append(
            f"{FILE}: {len(missing):,} {what} not in your file or newer than there, and "
            f"{'holds' if len(missing) == 1 else 'hold'} all the same."
        )  # fmt: skip
    if taken_back:
        what = "decision" if len(taken_back) == 1 else "decisions"
        notes.append(
            f"{FILE}: {len(taken_back):,} {what} of your file had been taken back since, and "
            f"{'is' if len(taken_back) == 1 else 'are'} left out."
        )
    return pd.concat([missing, kept]).astype("str"), notes


def _by_pair(frame: pd.DataFrame) -> dict[tuple[str, str], int]:
    """The last row about each pair."""
    return {
        _pair(a, b): row
        for row, a, b in zip(frame.index, frame["org_id_a"], frame["org_id_b"], strict=True)
    }


def _says(frame: pd.DataFrame | None, row: int) -> tuple[str, str]:
    """What was decided, and which of two that are the same stays."""
    assert frame is not None  # noqa: S101  (whoever has a row of it has it)
    decision = str(frame.at[row, "decision"])
    return decision, str(frame.at[row, "org_id_a"]) if decision == SAME else ""


def check_decisions(decisions: Decisions) -> list[Rejection]:
    """Rows that contradict an earlier one, with the sentence that names both."""
    return list(decisions.refused)


def follow(ids: pd.Series, decisions: Decisions) -> pd.Series:
    """Identifiers after merging: those of merged organisations become those that stay.

    Parameters
    ----------
    ids : pandas.Series of str
        A column such as ``org_id`` of the network; empty cells stay empty.
    """
    return ids.map(decisions.final_id, na_action="ignore").astype(ids.dtype)


def merge(organisations: pd.DataFrame, decisions: Decisions) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Merge the rows that are the same organisation. Merging twice is merging once.

    The row that stays keeps its values. Its empty cells are filled from the merged ones, and
    their names become former names. Where the row that should stay isn't there, a merged one
    takes its identifier.

    Parameters
    ----------
    organisations : pandas.DataFrame
        Valid text rows of the register file, before they are located.
    decisions : Decisions
        What was decided.

    Returns
    -------
    organisations : pandas.DataFrame
        The rows that stay, in their order and with their index.
    alias : pandas.DataFrame
        Table ``organisation_alias``: ``org_id, merged_into``, for organisations that are there.
    """
    kept = follow(organisations["org_id"], decisions)
    several = kept.duplicated(keep=False) & kept.isin(set(decisions.merged_into.values()))
    # The row that stays first, then the others by identifier.
    first = organisations["org_id"] == kept
    # An empty frame would take over the rows of whatever is assigned to it.
    group = organisations[several].assign(kept=kept[several], first=first[several])
    group = group.sort_values(["kept", "first", "org_id"], ascending=[True, False, True])
    cells = group.drop(columns=["kept", "first"]).assign(org_id=group["kept"]).to_dict("index")
    whole: dict[Hashable, dict[Hashable, str]] = {}
    row_of: dict[str, Hashable] = {}
    for row, org_id in group["kept"].items():
        stays = row_of.setdefault(org_id, row)
        whole[stays] = _fill(whole[stays], cells[row]) if stays in whole else cells[row]
    merged = organisations.assign(org_id=kept).drop(
        index=[row for row in cells if row not in whole]
    )
    if whole:
        filled = pd.DataFrame(list(whole.values()), index=list(whole), dtype="str")
        merged.loc[filled.index, filled.columns] = filled
    present = set(merged["org_id"].tolist())
    aliases = sorted((a, b) for a, b in decisions.merged_into.items() if b in present)
    return merged, pd.DataFrame(aliases, columns=["org_id", "merged_into"], dtype="str")


def resolve(rows: Sequence[Decision]) -> Decisions:
    """Take what doesn't contradict: first each `same` in the order of rows, then `different`.

    Parameters
    ----------
    rows : sequence of Decision
        In the order of the file.
    """
    into: dict[str, Decision] = {}
    apart: dict[tuple[str, str], Decision] = {}
    refused = []
    for row in sorted(rows, key=lambda row: row.decision != SAME):
        reason = _contradiction(row, into)
        if reason:
            refused.append(_rejection(row, reason))
        elif row.decision == SAME:
            into[row.org_id_b] = row
        else:
            apart[row.org_id_a, row.org_id_b] = row
    kept = {org_id: _end(org_id, into) for org_id in into}
    contents: dict[str, tuple[str, str, str]] = {}
    for row in (*into.values(), *apart.values()):
        for org_id, content in ((row.org_id_a, row.row_a), (row.org_id_b, row.row_b)):
            country, _, rest = content.partition(_BETWEEN)
            city, is_whole, name = rest.partition(_BETWEEN)
            if is_whole:
                contents.setdefault(org_id, (country, city, name))
    return Decisions(
        MappingProxyType(kept),
        frozenset(_pair(kept.get(a, a), kept.get(b, b)) for a, b in apart),
        tuple(sorted(refused, key=lambda rejection: rejection.row)),
        MappingProxyType(contents),
    )


def _contradiction(row: Decision, into: Mapping[str, Decision]) -> str:
    """Why a decision can't hold together with what is merged already; empty if it can."""
    a, b = row.org_id_a, row.org_id_b
    if a == b:
        return "Both identifiers are the same."
    if row.decision == DIFFERENT:
        if _end(a, into) != _end(b, into):
            return ""
        link = into.get(b) or into[a]
        return f"Row {link.row} says that {link.org_id_a} and {link.org_id_b} are the same."
    if b in into and into[b].org_id_a != a:
        return f"Row {into[b].row} merges {b} into {into[b].org_id_a} already."
    if _end(a, into) == b:
        link = into[a]
        return (
            f"Row {link.row} merges {a} into {link.org_id_a}; with this row {b} would be merged "
            "into itself."
        )
    return ""


def _end(org_id: str, into: Mapping[str, Decision]) -> str:
    while org_id in into:
        org_id = into[org_id].org_id_a
    return org_id


def _pair(org_id_a: str, org_id_b: str) -> tuple[str, str]:
    return (org_id_a, org_id_b) if org_id_a < org_id_b else (org_id_b, org_id_a)


def _rejection(row: Decision, reason: str) -> Rejection:
    name = f"{row.org_id_a} and {row.org_id_b}"
    mend = "Delete one of the two rows." if "Row " in reason else "Write two identifiers."
    return Rejection("validate", FILE, row.row, name, "decision", row.decision, reason, mend)


def _fill(row: Mapping[Hashable, str], other: Mapping[Hashable, str]) -> dict[Hashable, str]:
    fillable = {name for name in row if name not in _NEVER_FILLED and not row[name]}
    of_the_town = {name for name in _OF_THE_TOWN if name in row}
    if fold(row["city"]) == fold(other["city"]) and not any(row[name] for name in of_the_town):
        fillable |= of_the_town
    return {
        **{name: other[name] if name in fillable else value for name, value in row.items()},
        "former_names": _former_names(row, other),
    }


def _former_names(row: Mapping[Hashable, str], other: Mapping[Hashable, str]) -> str:
    """Those of both, and the other's name, each once and none that is the present name."""
    # A semicolon in a name would make two names of it.
    name = other["name"].replace(";", ",")
    names = [*row["former_names"].split(";"), name, *other["former_names"].split(";")]
    distinct: dict[str, str] = {}
    for name in filter(None, map(str.strip, names)):
        distinct.setdefault(fold(name), name)
    distinct.pop(fold(row["name"]), None)
    return ";".join(distinct.values())
