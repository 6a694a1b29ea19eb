"""Organisations that are in the register twice, surely or perhaps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from etl.identity.likeness import SAME_PAGE, Likeness, NameFolder, likenesses
from etl.model import Rejection, Track, no_progress
from etl.register.decisions import NO_DECISIONS, Decisions
from etl.tuples import numbered_tuples, tuples

MIN_SCORE = 85.0


@dataclass(frozen=True)
class Candidate:
    """Two organisations that may be one; a person decides.

    Attributes
    ----------
    org_id_a, org_id_b : str
        Their identifiers, in alphabetical order.
    score : float
        How likely it is, from 0 to 100: not a probability, but a higher one is likelier.
    evidence : str
        What speaks for it, as a sentence.
    name_a, name_b : str
        Their names.
    km : float
        Distance of their towns; 0 in the same town.
    same_website : bool
        Whether both have the same website, down to the page.
    """

    org_id_a: str
    org_id_b: str
    score: float
    evidence: str
    name_a: str
    name_b: str
    km: float
    same_website: bool


class Twin(NamedTuple):
    """A row with the name, town and country of an earlier one, but for the legal form.

    Attributes
    ----------
    row, org_id, name : int, str, str
        The row.
    earlier, other, other_name : int, str, str
        The one that it repeats.
    """

    row: int
    org_id: str
    name: str
    earlier: int
    other: str
    other_name: str


def find_twins(
    organisations: pd.DataFrame,
    legal_forms: Sequence[str] = (),
    decisions: Decisions = NO_DECISIONS,
) -> list[Twin]:
    """Rows with the name, town and country of an earlier row, but for the legal form.

    Parameters
    ----------
    organisations : pandas.DataFrame
        Located rows with ``org_id, name, country, place_id``; the index is the spreadsheet's
        row number.
    legal_forms : sequence of str, optional
        What to leave out of a folded name, from :func:`load_legal_forms`.
    decisions : Decisions, optional
        Pairs that are decided to be different may both stay.
    """
    found = []
    first: dict[tuple[str, str, str], list[tuple[int, str, str]]] = {}
    rows = numbered_tuples(organisations, "org_id", "country", "name", "place_id")
    folded = NameFolder(legal_forms).each(organisations["name"].tolist())
    for (row, (org_id, country, name, place)), bare in zip(rows, folded, strict=True):
        before = first.setdefault((country, bare, place), [])
        same = [old for old in before if not decisions.are_different(old[1], org_id)]
        if same:
            found.append(Twin(row, org_id, name, *same[0]))
        else:
            before.append((row, org_id, name))
    return found


def exact_duplicates(twins: Iterable[Twin]) -> list[Rejection]:
    """Why each of some twins can't be published undecided."""
    return [_rejection_of_twin(*twin) for twin in twins]


def exact_candidates(twins: Iterable[Twin], organisations: pd.DataFrame) -> list[Candidate]:
    """Twins for a person to decide.

    Parameters
    ----------
    twins : iterable of Twin
        What was found.
    organisations : pandas.DataFrame
        The rows that they are of, with ``org_id, website``.
    """
    website = dict(tuples(organisations, "org_id", "website"))
    found = []
    for _, org_id, name, _, other, other_name in twins:
        if org_id != other:
            (id_a, name_a), (id_b, name_b) = sorted(((other, other_name), (org_id, name)))
            found.append(
                Candidate(
                    org_id_a=id_a,
                    org_id_b=id_b,
                    score=100.0,
                    evidence=f"“{name_a}” and “{name_b}”: the same name, town and country.",
                    name_a=name_a,
                    name_b=name_b,
                    km=0.0,
                    same_website=website[id_a] == website[id_b],
                )
            )
    return found


def likely_duplicates(
    organisations: pd.DataFrame,
    legal_forms: Sequence[str],
    decisions: Decisions = NO_DECISIONS,
    *,
    track: Track = no_progress,
) -> list[Candidate]:
    """Pairs of one country that are alike in name, present or former, place and website.

    A shared website alone proves nothing: organisations of one parent share it.

    Parameters
    ----------
    organisations : pandas.DataFrame
        Located rows with ``org_id, name, country, place_id, website`` and, if known,
        ``former_names, lon, lat``.
    legal_forms : sequence of str
        What to leave out of a folded name, from :func:`load_legal_forms`.
    decisions : Decisions, optional
        Pairs that are decided to be different aren't listed.
    track : Track, optional
        Shows progress.

    Returns
    -------
    list of Candidate
        In the order of identifiers, whatever the order of the rows.
    """
    found = likenesses(organisations, legal_forms, MIN_SCORE, track=track)
    ids = organisations["org_id"].tolist()
    names = organisations["name"].tolist()
    return sorted(
        (
            _candidate(pair, ids, names)
            for pair in found
            if not decisions.are_different(ids[pair.a], ids[pair.b])
        ),
        key=lambda c: (c.org_id_a, c.org_id_b),
    )


def load_legal_forms(schema_dir: Path) -> list[str]:
    """Folded legal forms, from ``legal_forms.csv``: ``gmbh`` ends a name, ``^uab`` begins one."""
    return list(pd.read_csv(schema_dir / "legal_forms.csv", dtype="str")["word"])


def _candidate(pair: Likeness, ids: list[str], names: list[str]) -> Candidate:
    a, b = sorted((pair.a, pair.b), key=ids.__getitem__)
    return Candidate(
        org_id_a=ids[a],
        org_id_b=ids[b],
        score=pair.score,
        evidence=f"“{names[a]}” and “{names[b]}”: {pair.evidence}.",
        name_a=names[a],
        name_b=names[b],
        km=round(pair.km, 1),
        same_website=pair.website is SAME_PAGE,
    )


def _rejection_of_twin(
    row: int, org_id: str, name: str, earlier: int, other: str, other_name: str
) -> Rejection:
    called = "the same name" if name == other_name else f"the name “{other_name}”"
    reason = f"Row {earlier} has {called}, and the same town and country."
    mend = (
        f"Delete one of the two rows; if they are two organisations, decide that {other} and "
        f"{org_id} are `different`."
    )
    return Rejection("deduplicate", "organisations.csv", row, name, "name", name, reason, mend)
