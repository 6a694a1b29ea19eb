"""What people decided about pairs of organisations: the same, or two different ones.

The decisions are a register file. A pair that is ``different`` isn't listed as a likely
duplicate again; of one that is the ``same``, the second is merged into the first.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd

from ecosystem.common.text import fold
from etl.model import Rejection

FILE = "duplicate_decisions.csv"
COLUMNS = ("org_id_a", "org_id_b", "decision", "reason", "decided_on", "decided_by")
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
    """

    row: int
    org_id_a: str
    org_id_b: str
    decision: str


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
    """

    merged_into: Mapping[str, str] = field(default_factory=dict)
    different: frozenset[tuple[str, str]] = frozenset()
    refused: tuple[Rejection, ...] = ()

    def are_different(self, org_id_a: str, org_id_b: str) -> bool:
        """Whether a person decided that the two are different organisations."""
        return _pair(self.final_id(org_id_a), self.final_id(org_id_b)) in self.different

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
    columns = frame[["org_id_a", "org_id_b", "decision"]]
    return resolve([Decision(*row) for row in columns.itertuples(name=None)])


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
    present = set(merged["org_id"])
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
    return Decisions(
        MappingProxyType(kept),
        frozenset(_pair(kept.get(a, a), kept.get(b, b)) for a, b in apart),
        tuple(sorted(refused, key=lambda rejection: rejection.row)),
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
