"""The organisations that a suggestion may be about already, kept ready to be compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import pandas as pd
from rapidfuzz import fuzz, process

from ecosystem.common.links import host, web_address
from ecosystem.common.per_release import Recent
from ecosystem.common.text import fold
from etl.identity.deduplicate import likely_duplicates
from etl.identity.likeness import COMPARED

COLUMNS = ["org_id", *COMPARED]
# As many are compared properly as have the likest names, and share a website.
LIKEST = 40
# Names that are less alike can't be a likely duplicate's: a short name within a long one has 60.
_LEAST = 60
_KEPT = 256


class Known:
    """Organisations to find the same one among; safe to share between threads.

    A form asks again with every field that is filled in, so names are folded once, and the last
    answers are kept.

    Parameters
    ----------
    organisations : pandas.DataFrame
        Rows with the columns :data:`COLUMNS`.
    """

    def __init__(self, organisations: pd.DataFrame) -> None:
        countries = organisations[COLUMNS].groupby("country", sort=False)
        self._countries = {str(code): _Country(rows) for code, rows in countries}
        self._answers: Recent[dict[str, str]] = Recent(_KEPT)

    def duplicates(self, row: Mapping[str, object], legal_forms: Sequence[str]) -> dict[str, str]:
        """Which of them a row may be, the likeliest first; never the one of its own identifier.

        Parameters
        ----------
        row : mapping
            Values by column of :data:`COLUMNS`.
        legal_forms : sequence of str
            What to leave out of a folded name.

        Returns
        -------
        dict of str to str
            Identifier -> what speaks for it, as a sentence.
        """
        country = self._countries.get(str(row["country"]))
        if country is None:
            return {}
        question = tuple(str(row[name]) for name in COLUMNS)
        return self._answers.get(
            question, lambda: _alike(row, country.candidates(row), legal_forms)
        )


class _Country:
    """The organisations of one country."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self._rows = rows.reset_index(drop=True)

    def candidates(self, row: Mapping[str, object]) -> pd.DataFrame:
        """The few that are worth comparing properly, however many there are."""
        name = fold(str(row["name"]))
        found = process.extract(
            name, self._names, scorer=fuzz.WRatio, limit=LIKEST + 1, score_cutoff=_LEAST
        )
        likest = {index for _, _, index in found}
        site = _host(row["website"])
        if site:
            likest |= set(self._by_host.get(site, [])[: LIKEST + 1])
        near = self._rows.iloc[sorted(likest)]
        return near[near["org_id"] != row["org_id"]]

    @cached_property
    def _names(self) -> list[str]:
        return [fold(name) for name in self._rows["name"].tolist()]

    @cached_property
    def _by_host(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for index, address in enumerate(self._rows["website"].tolist()):
            site = _host(address)
            if site:
                found.setdefault(site, []).append(index)
        return found


def _alike(
    row: Mapping[str, object], others: pd.DataFrame, legal_forms: Sequence[str]
) -> dict[str, str]:
    mine = pd.DataFrame([{name: row[name] for name in COLUMNS}])
    pairs = likely_duplicates(pd.concat([others, mine], ignore_index=True), legal_forms)
    return {
        other: pair.evidence
        for pair in sorted(pairs, key=lambda pair: -pair.score)
        for this, other in (
            (pair.org_id_a, pair.org_id_b),
            (pair.org_id_b, pair.org_id_a),
        )
        if this == row["org_id"]
    }


def _host(address: object) -> str:
    link = web_address(address)
    return host(link) if link else ""
