"""Organisations that do something like what another one does."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ecosystem.common.per_release import per_release
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import DOMAINS, FUNCTIONS, SECTORS, TYPES
from ecosystem.finding import search

# What makes two alike, and how much it counts.
WEIGHTS = {"domain": 1.0, "function": 0.5, "sector": 0.5, "type": 0.5}
_VOCABULARIES = {"domains": DOMAINS, "sectors": SECTORS, "functions": FUNCTIONS, "type": TYPES}
_FACTS = ("org_id", "name", "type", "city", "country")
_SAME_REGION = 0.8
_MIN_SIMILARITY = 0.2
_IN_REASON = 3

Floats = npt.NDArray[np.float64]


def similar(database: Database, org_id: str, limit: int = 6) -> pd.DataFrame:
    """The organisations that are most like one, those of other regions preferred.

    The similarity of two organisations is the weighted Jaccard index of their codes (JRC
    domains, NIST CSF functions, sectors, type): the weights of the codes that both have over
    the weights of the codes that either has. The weight of a code is that of its kind
    (:data:`WEIGHTS`) times its inverse document frequency, ln(1 + N/n), where n of the N
    organisations have it, so that a rare domain that is shared says more than a common one.
    Within the same NUTS 2 region the index is multiplied by 0.8. No value is no value: where one
    of the two has no sectors, sectors count neither for nor against.

    Parameters
    ----------
    org_id : str
        The organisation.
    limit : int
        How many at most.

    Returns
    -------
    DataFrame
        ``org_id, name, type, city, country, similarity, reason``, the most similar first, equals
        by name; empty if the organisation is unknown or none reaches 0.2. The reason is a phrase
        such as "shares cryptology, identity management" and can be shown as it is.
    """
    this = database.record(
        "SELECT ordinal, nuts2, domains, functions, sectors, type FROM organisation "
        "WHERE org_id = $org_id",
        {"org_id": org_id},
    )
    if this is None:
        return pd.DataFrame(columns=[*_FACTS, "similarity", "reason"])
    common, either = _weights_of_both(database, int(this["ordinal"]))
    score = common / either
    score[this["ordinal"]] = 0
    # Being in the same region can cost a fifth; whatever may come in is looked at.
    enough = np.flatnonzero(score >= _MIN_SIMILARITY)
    best = enough[np.argsort(-score[enough], kind="stable")]
    if len(best) > limit:
        best = best[score[best] >= _SAME_REGION * score[best[limit - 1]]]
    rows = database.frame(
        f"""
        SELECT {", ".join(_FACTS)}, domains, functions, sectors,
               score * if(nuts2 = $nuts2, $same_region, 1) AS similarity
        FROM organisation JOIN (
            SELECT unnest($best::INTEGER[]) AS ordinal, unnest($scores::DOUBLE[]) AS score
        ) USING (ordinal)
        WHERE similarity >= $least ORDER BY similarity DESC, ordinal LIMIT $limit
        """,
        {
            "best": best.tolist(),
            "scores": score[best].tolist(),
            "nuts2": this["nuts2"],
            "same_region": _SAME_REGION,
            "least": _MIN_SIMILARITY,
            "limit": limit,
        },
    )
    reasons = [_reason(this, other) for other in rows.to_dict("records")]
    facts = rows[[*_FACTS, "similarity"]]
    return facts.assign(reason=pd.Series(reasons, index=rows.index, dtype=object))


@per_release
def _weights(database: Database) -> tuple[dict[str, dict[int, float]], dict[str, Floats]]:
    """Weight of each code by kind and term, and what each organisation's weigh together by kind."""
    index = search.index(database)
    weights = {
        kind: {
            int(term): WEIGHTS[kind] * math.log(1 + index.n / max(len(index.postings(term)), 1))
            for term in terms
        }
        for kind, terms in index.coded.items()
    }
    total = {kind: np.zeros(index.n) for kind in weights}
    for kind, of_term in weights.items():
        for term, weight in of_term.items():
            total[kind][index.postings(term)] += weight
    return weights, total


def _weights_of_both(database: Database, ordinal: int) -> tuple[Floats, Floats]:
    """What the codes weigh that each organisation and this one have; and those of either.

    The latter only of kinds that both have codes of.
    """
    index = search.index(database)
    weights, total = _weights(database)
    common, sum_of_both = np.zeros(index.n), np.zeros(index.n)
    for kind, of_term in weights.items():
        own = total[kind][ordinal]
        if not own:
            continue
        sum_of_both += np.where(total[kind] > 0, total[kind] + own, 0)
        for term, weight in of_term.items():
            had = index.postings(term)  # sorted
            at = np.searchsorted(had, ordinal)
            if at < len(had) and had[at] == ordinal:
                common[had] += weight
    return common, sum_of_both - common


def _reason(this: Mapping[str, Any], other: Mapping[Hashable, Any]) -> str:
    """What two organisations share in words: domains first, up to three things."""
    labels = []
    for column, vocabulary in _VOCABULARIES.items():
        mine, its = ({c[column]} if column == "type" else {*c[column]} for c in (this, other))
        for code in vocabulary:
            if code in mine & its:
                is_quoted = column == "functions"
                labels.append(
                    f"“{vocabulary.label(code)}”" if is_quoted else vocabulary.inside(code)
                )
    return f"shares {', '.join(labels[:_IN_REASON])}"
