"""Pairs that may be one organisation, with all that a person needs to decide about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ecosystem.common.settings import settings
from ecosystem.common.vocabulary import BY_COLUMN
from etl.identity.deduplicate import Candidate
from etl.pipeline import Prepared
from etl.register.decisions import content_of
from etl.schema import Column, load_schemas

ORGANISATIONS = "organisations"
IDENTIFIER = "Identifier"
NEW = "new"


@dataclass(frozen=True)
class Side:
    """One organisation of a pair.

    Attributes
    ----------
    org_id, name : str
        Its identifier, or the one that was made for its row; and its name.
    content : str
        By what its row is known again if it has no identifier of its own; else empty.
    cells : mapping of str to str
        Title of a column -> what the row says, in words.
    """

    org_id: str
    name: str
    content: str
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Pair:
    """Two organisations that may be one.

    Attributes
    ----------
    first, second : Side
        The one that has an identifier of its own comes first.
    evidence : str
        What speaks for it.
    must_decide : bool
        Whether nothing can be published before somebody decides.
    """

    first: Side
    second: Side
    evidence: str
    must_decide: bool = False

    @property
    def key(self) -> str:
        """Tells it from every other pair."""
        return f"{self.first.org_id}_{self.second.org_id}"

    def rows(self) -> list[tuple[str, str, str, bool]]:
        """Title, both cells, and whether they differ; columns that are empty in both aside."""
        return [
            (title, one, self.second.cells[title], one != self.second.cells[title])
            for title, one in self.first.cells.items()
            if one or self.second.cells[title]
        ]


def pairs(prepared: Prepared) -> list[Pair]:
    """Pairs to decide about: those that stop a publication first, then the likeliest.

    Parameters
    ----------
    prepared : Prepared
        What was checked.
    """
    found = prepared.transformed
    sides = Sides(prepared)
    likely = sorted(found.candidates, key=lambda pair: -pair.score)
    return [
        *(sides.pair(pair, must_decide=True) for pair in found.twins),
        *(sides.pair(pair, must_decide=False) for pair in likely),
    ]


class Sides:
    """Organisations of a check by their identifiers.

    Parameters
    ----------
    prepared : Prepared
        What was checked.
    """

    def __init__(self, prepared: Prepared) -> None:
        transformed = prepared.transformed
        self._frame = transformed.frames[ORGANISATIONS]
        self._row_of = dict(zip(self._frame["org_id"], self._frame.index, strict=True))
        self._nameless = transformed.nameless
        self._columns = load_schemas(settings().schema_dir)[ORGANISATIONS].columns

    def get(self, org_id: str) -> Side | None:
        """The organisation of an identifier; None if the check has none."""
        row = self._row_of.get(org_id)
        if row is None:
            return None
        cells = {str(name): str(cell) for name, cell in self._frame.loc[row].items()}
        is_new = row in self._nameless
        said = {
            column.title: _in_words(column, cells[name]) for name, column in self._columns.items()
        }
        said[IDENTIFIER] = f"{org_id} ({NEW})" if is_new else org_id
        return Side(org_id, cells["name"], content_of(cells) if is_new else "", said)

    def pair(self, candidate: Candidate, *, must_decide: bool) -> Pair:
        """Both sides of a pair that was found."""
        both = [
            self.get(org_id) or Side(org_id, name, "", {})
            for org_id, name in (
                (candidate.org_id_a, candidate.name_a),
                (candidate.org_id_b, candidate.name_b),
            )
        ]
        first, second = sorted(both, key=lambda side: (bool(side.content), side.org_id))
        return Pair(first, second, candidate.evidence, must_decide)


def _in_words(column: Column, cell: str) -> str:
    codes = cell.split(column.separator) if column.separator else [cell]
    vocabulary = BY_COLUMN.get(column.name)
    return "; ".join(vocabulary.label(code) if vocabulary else code for code in codes)
