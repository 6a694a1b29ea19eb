"""How well companies and investors of the register fit, for the sheet Pairs of a new workbook."""

from __future__ import annotations

from collections.abc import Sequence

from ecosystem.common import wording
from ecosystem.common.store import Database
from ecosystem.matching import matches, score
from ecosystem.matching.investor_day.model import Key, key
from ecosystem.matching.matches import MOST, Narrowing

# Less than a cell of the workbook may hold.
_LONGEST = 400


def scores(
    database: Database, companies: Sequence[str], investors: Sequence[str]
) -> dict[Key, tuple[float, str]]:
    """Score, 0 to 1, and its reasons, of each pair of which anything that counts is known.

    Parameters
    ----------
    companies, investors : sequence of str
        Identifiers of the register; who isn't in it has no score.
    """
    weights = score.default_weights(score.INVESTMENT)
    wanted = set(investors)
    found: dict[Key, tuple[float, str]] = {}
    for company in companies if wanted else ():
        try:
            rows = matches.investors_for(database, company, weights, Narrowing(limit=MOST)).rows
        except KeyError:
            continue
        for row in rows[rows["id"].isin(wanted)].to_dict("records"):
            if wording.is_known(row["score"]):
                known = [p for p in score.INVESTMENT if wording.is_known(row[f"part_{p.code}"])]
                why = "; ".join(f"{part.label}: {row[f'reason_{part.code}']}" for part in known)
                value = round(float(row["score"]), 3)
                found[key(company, str(row["id"]))] = (value, _short(why))
    return found


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"
