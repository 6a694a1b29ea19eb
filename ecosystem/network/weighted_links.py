"""Links between valleys as they are drawn and listed: each with a weight and a text."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ecosystem.common import wording
from ecosystem.common.store import Database
from ecosystem.network import valley_network

KINDS = ("partnerships", "similar", "complementary")


def pairs(
    database: Database, kind: str, partnership_kinds: Sequence[str] = (), year: int | None = None
) -> pd.DataFrame:
    """The links of one kind, strongest first.

    Parameters
    ----------
    kind : str
        One of :data:`KINDS`.
    partnership_kinds, year
        For partnerships, as :func:`ecosystem.network.valley_network.network` takes them.

    Returns
    -------
    DataFrame
        ``one, other, weight`` (0, the weakest, to 1), ``text`` and what the kind is measured by:
        ``partnerships, strength``, or ``similarity, chance``, or ``gives, gets, domains, clear``.
    """
    if kind == "similar":
        found = valley_network.similar(database)
        found = found[found["chance"] < valley_network.CHANCE]
        found = found.sort_values("chance", kind="stable").reset_index(drop=True)
        texts = [f"Similarity {value:.2f} of 1" for value in found["similarity"]]
        return found.assign(weight=spread(-found["chance"]), text=texts)
    if kind == "complementary":
        found = valley_network.complementary(database)
        texts = [
            f"More of {wording.count(gives, 'domain')}, less of {gets}"
            for gives, gets in zip(found["gives"], found["gets"], strict=True)
        ]
        mutual = (
            found[["gives", "gets"]].min(axis=1) + found["domains"] / 100 + 100 * found["clear"]
        )
        return found.assign(weight=spread(mutual), text=texts)
    found = valley_network.network(database, partnership_kinds, year).links
    texts = [wording.count(n, "common partnership") for n in found["partnerships"]]
    return found.assign(weight=spread(found["strength"] ** 0.5), text=texts)


def spread(values: pd.Series) -> pd.Series:
    """Values from 0 (weakest) to 1 (strongest); all 1 where they are equal.

    Examples
    --------
    >>> spread(pd.Series([5.0, 3.0, 1.0])).tolist(), spread(pd.Series([2.0, 2.0])).tolist()
    ([1.0, 0.5, 0.0], [1.0, 1.0])
    """
    low, high = values.min(), values.max()
    return (values - low) / (high - low) if high > low else values * 0 + 1
