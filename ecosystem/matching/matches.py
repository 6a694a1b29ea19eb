"""Matches of one company or one investor: ranked, narrowed, and with their reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ecosystem.common.per_release import per_release
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import COUNTRIES
from ecosystem.matching import reasons, score
from ecosystem.matching.register import Facts, facts
from ecosystem.matching.score import Part, Scores
from ecosystem.tables import partnerships, regions

# Nobody reads on after this many; a file with all of a million would be of no use either.
MOST = 500
_HALF_PERCENT = 0.005


class Order(StrEnum):
    """What the list of matches begins with."""

    SURE = "sure"
    SCORE = "score"


@dataclass(frozen=True)
class Narrowing:
    """Which matches are listed, and in which order.

    Attributes
    ----------
    order : Order
        By score times confidence, which is the share of all weight that is known to fit, or by
        the score alone; equals by the other, then by name.
    least_confidence : float
        0 to 1.
    countries : tuple of str
        Of the other side; all if empty.
    offset, limit : int
        Which part of the list.
    """

    order: Order = Order.SURE
    least_confidence: float = 0.0
    countries: tuple[str, ...] = ()
    offset: int = 0
    limit: int = MOST


@dataclass(frozen=True, eq=False)
class Matches:
    """What was found for one company or investor.

    Attributes
    ----------
    compared : int
        How many were compared.
    left : int
        Those of them that the narrowing leaves, and of which any part that counts is known.
    rows : DataFrame
        The part of the list that was asked for, of the best :data:`MOST`: ``id, name, city,
        country, score, confidence``, and for each part ``part_…`` (0 to 1, missing if unknown)
        and ``reason_…`` (a phrase).
    """

    compared: int
    left: int
    rows: pd.DataFrame


Find = Callable[[Database, str, Mapping[str, float], Narrowing], Matches]


def investors_for(
    database: Database, org_id: str, weights: Mapping[str, float], narrowing: Narrowing
) -> Matches:
    """The investors that fit a company.

    Raises
    ------
    KeyError
        If there is no such organisation.
    ValueError
        If the weights can't be used; see :func:`ecosystem.matching.score.check_weights`.
    """
    known = facts(database)
    company = _organisation(database, known, org_id)
    one = known.companies.take(np.array([company["ordinal"]]))
    found = _flat(score.investment(one, known.investors, weights))
    rows = _investors(database)
    chosen, left = _best(
        found,
        narrowing,
        np.ones(len(rows), np.bool_),
        rows["country"].isin(narrowing.countries).to_numpy(np.bool_),
    )
    investors = rows.iloc[chosen].to_dict("records")
    phrases = [
        reasons.investment(known, company, investor, _rounds(known, i, int(one.domains[0])))
        for i, investor in zip(chosen, investors, strict=True)
    ]
    listed = [{**row, "id": row["investor_id"]} for row in investors]
    return _matches(found, chosen, left, listed, phrases, score.INVESTMENT, len(rows))


def companies_for(
    database: Database, investor_id: str, weights: Mapping[str, float], narrowing: Narrowing
) -> Matches:
    """The SMEs and start-ups that fit an investor; raises as :func:`investors_for` does."""
    known = facts(database)
    at = known.number_of(investor_id)
    if at is None:
        raise KeyError(investor_id)
    found = _flat(score.investment(known.companies, known.investors.take([at]), weights))
    chosen, left = _best(found, narrowing, known.is_sme, _in_countries(known, narrowing))
    companies = _companies(database, known, chosen)
    investor = _investors(database).iloc[at].to_dict()
    phrases = [
        reasons.investment(
            known, company, investor, _rounds(known, at, int(known.companies.domains[i]))
        )
        for i, company in zip(chosen, companies, strict=True)
    ]
    compared = int(known.is_sme.sum())
    return _matches(found, chosen, left, companies, phrases, score.INVESTMENT, compared)


def partners_for(
    database: Database, org_id: str, weights: Mapping[str, float], narrowing: Narrowing
) -> Matches:
    """The SMEs and start-ups for a joint project; raises as :func:`investors_for` does."""
    known = facts(database)
    company = _organisation(database, known, org_id)
    ordinal = int(company["ordinal"])
    members, valleys = _ties(database, known, company)
    one = known.companies.take(np.array([ordinal]))
    found = score.project(one, known.companies, weights, members=members, valleys=valleys)
    others = known.is_sme.copy()
    others[ordinal] = False
    chosen, left = _best(found, narrowing, others, _in_countries(known, narrowing))
    companies = _companies(database, known, chosen)
    names = regions.names_in_text(database)
    phrases = [
        reasons.project(company, other, names, float(found.parts["tie"][i]))
        for i, other in zip(chosen, companies, strict=True)
    ]
    return _matches(found, chosen, left, companies, phrases, score.PROJECT, int(others.sum()))


def countries(database: Database, of_investors: bool) -> list[str]:
    """Countries in which investors, or else SMEs and start-ups, have their seat."""
    if of_investors:
        return sorted(set(_investors(database)["country"].dropna()))
    known = facts(database)
    numbers = np.unique(known.companies.country[known.is_sme])
    return sorted(list(COUNTRIES)[number] for number in numbers if number >= 0)


def _flat(found: Scores) -> Scores:
    """Scores of one with many as single columns."""
    n = found.score.size
    parts = {
        code: np.broadcast_to(part, found.score.shape).reshape(n)
        for code, part in found.parts.items()
    }
    return Scores(found.score.reshape(n), found.confidence.reshape(n), parts)


def _best(
    found: Scores,
    narrowing: Narrowing,
    candidates: npt.NDArray[np.bool_],
    in_countries: npt.NDArray[np.bool_],
) -> tuple[list[int], int]:
    """Places of those that are listed, and how many the narrowing leaves."""
    # NaN is no match: of such a pair nothing that counts is known.
    kept = candidates & (found.score >= 0)
    if narrowing.least_confidence > 0:
        # As many digits as a confidence is shown with; a third of the weight is 33 %.
        kept &= found.confidence >= narrowing.least_confidence - _HALF_PERCENT
    if narrowing.countries:
        kept &= in_countries
    at = np.flatnonzero(kept)
    score_, sure = found.score[at], found.score[at] * found.confidence[at]
    first, second = (
        (score_, found.confidence[at]) if narrowing.order is Order.SCORE else (sure, score_)
    )
    # One number to sort by: float32 has seven digits, so the second doesn't reach the first.
    key = np.round(first.astype(np.float64), 6) + 1e-8 * second
    if len(at) > MOST:
        bound = np.partition(key, len(at) - MOST)[len(at) - MOST]
        better = key > bound
        equal = np.flatnonzero(key == bound)[: MOST - int(better.sum())]
        outermost = np.concatenate([np.flatnonzero(better), equal])
    else:
        outermost = np.arange(len(at))
    order = np.lexsort((at[outermost], -key[outermost]))
    listed = order[narrowing.offset : narrowing.offset + narrowing.limit]
    return at[outermost[listed]].tolist(), len(at)


def _in_countries(known: Facts, narrowing: Narrowing) -> npt.NDArray[np.bool_]:
    numbers = [score.country_number(code) for code in narrowing.countries]
    return np.isin(known.companies.country, numbers)


def _rounds(known: Facts, investor: int, domains: int) -> tuple[int, int]:
    """How many recorded rounds an investor led, and in how many a domain is shared."""
    first, end = known.investors.first_round[investor : investor + 2]
    led = known.investors.rounds[first:end]
    return len(led), int(np.count_nonzero(led & np.uint16(domains)))


def _matches(
    found: Scores,
    chosen: list[int],
    left: int,
    others: Sequence[Mapping[Any, Any]],
    phrases: Sequence[Mapping[str, str]],
    parts: Sequence[Part],
    compared: int,
) -> Matches:
    rows = pd.DataFrame(
        {name: [other[name] for other in others] for name in ("id", "name", "city", "country")}
    )
    columns: dict[str, Any] = {"score": found.score[chosen], "confidence": found.confidence[chosen]}
    for part in parts:
        columns[f"part_{part.code}"] = found.parts[part.code][chosen]
        columns[f"reason_{part.code}"] = [phrase[part.code] for phrase in phrases]
    return Matches(compared, left, rows.assign(**columns))


@per_release
def _investors(database: Database) -> pd.DataFrame:
    """Rows of ``investor`` in the order of :attr:`Facts.investor_ids`."""
    rows = database.frame("SELECT * FROM investor").set_index("investor_id", drop=False)
    return rows.loc[list(facts(database).investor_ids)].reset_index(drop=True)


def _organisation(database: Database, known: Facts, org_id: str) -> dict[str, Any]:
    row = database.record(
        "SELECT ordinal, org_id AS id, name, valley_id FROM organisation WHERE org_id = $org_id",
        {"org_id": org_id},
    )
    if row is None:
        raise KeyError(org_id)
    return {**row, **known.company(int(row["ordinal"]))}


def _companies(database: Database, known: Facts, ordinals: list[int]) -> list[dict[str, Any]]:
    """Organisations at these places, in this order."""
    # Of a large table it pays to read few columns; the others are at hand.
    rows = database.frame(
        """
        SELECT ordinal, org_id AS id, name, city
        FROM organisation JOIN (SELECT unnest($ordinals::INTEGER[]) AS ordinal) USING (ordinal)
        """,
        {"ordinals": ordinals},
    )
    told: dict[int, dict[str, Any]] = {
        row["ordinal"]: {"id": row["id"], "name": row["name"], "city": row["city"]}
        for row in rows.to_dict("records")
    }
    return [{**told[ordinal], **known.company(ordinal)} for ordinal in ordinals]


def _ties(
    database: Database, known: Facts, company: Mapping[str, Any]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which organisations are members of a partnership with one; which valleys' are with its."""
    members = np.zeros(len(known.companies), np.bool_)
    members[
        database.frame(
            """
            SELECT ordinal FROM organisation WHERE org_id != $org_id AND org_id IN (
                SELECT other.org_id
                FROM partnership_member own JOIN partnership_member other USING (partnership_id)
                WHERE own.org_id = $org_id
            )
            """,
            {"org_id": company["id"]},
        )["ordinal"].to_numpy(np.int64)
    ] = True
    memberships = partnerships.memberships(database)
    valley = company["valley_id"] if isinstance(company["valley_id"], str) else ""
    own = memberships["partnership_id"][memberships["valley_id"] == valley]
    tied = set(memberships["valley_id"][memberships["partnership_id"].isin(own)]) - {valley}
    numbers = [i for i, id_ in enumerate(known.valley_ids) if id_ in tied]
    return members, np.isin(known.companies.valley, numbers)
