"""Priorities that valleys declare, against what the register shows of them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ecosystem.common.store import Database
from ecosystem.common.vocabulary import DOMAINS, Term, Vocabulary
from ecosystem.network import valley_network
from ecosystem.regional.statistics.counts import SMALL_N
from ecosystem.tables import s3_priorities

# An organisation or two may be chance; from three on the register is said to show a priority.
LEAST = 3
STATES = Vocabulary(
    "State",
    Term("both", "Declared and there", letter="●"),
    Term("declared", "Declared, few or none in the register", letter="○"),
    Term("there", "There, not declared", letter="◆"),
    Term("neither", "Neither", letter="·"),
    Term("unseen", "Declared, the register can't show it", letter="◌"),
)


@dataclass(frozen=True, eq=False)
class Specialisation:
    """A matrix of valleys (rows) and priorities, or JRC domains (columns).

    Attributes
    ----------
    priorities : DataFrame
        ``label, description, domains, sectors`` by code, those that most valleys name first; or
        the same of domains, in the order of the vocabulary.
    states : DataFrame of str
        Codes of :data:`STATES`.
    counts : DataFrame of int
        Organisations of the register that count as the priority; missing where none can.
    wordings : DataFrame of str
        The valley's own words for what it declares; empty if it doesn't.
    n : Series of int
        Organisations of each valley.
    by_domain : bool
        Whether the columns are domains.
    """

    priorities: pd.DataFrame
    states: pd.DataFrame
    counts: pd.DataFrame
    wordings: pd.DataFrame
    n: pd.Series
    by_domain: bool = False

    def cell(self, valley_id: str, code: str) -> str:
        """What a cell of the matrix shows: the state's mark and the number it rests on."""
        state = self.states.loc[valley_id].to_dict()[code]
        mark, count = STATES[state].letter, self.counts.loc[valley_id].to_dict()[code]
        if pd.isna(count) and state == "neither":
            return ""  # neither would claim that somebody looked
        return mark if pd.isna(count) or not count else f"{mark} {count}"

    def explain(self, valley_id: str, name: str, code: str) -> str:
        """A cell in a sentence, with how much it rests on."""
        label = self.priorities["label"].to_dict()[code]
        wording = self.wordings.loc[valley_id].to_dict()[code]
        count, n = self.counts.loc[valley_id].to_dict()[code], self.n.to_dict()[valley_id]
        if self.by_domain:
            label = DOMAINS.inside(code)
            declares = (
                f"{name} declares “{wording}”, which stands for {label} among others"
                if wording
                else f"{name} declares no priority that stands for {label}, as far as is known"
            )
        elif wording:
            declares = f"{name} declares {label} (“{wording}”)"
        else:
            declares = f"{name} declares no priority that is {label}, as far as is known"
        if pd.isna(count):
            return f"{declares}; no column of the register shows how many work on it."
        hedge = f" With {n} organisations that says little." if n < SMALL_N else ""
        return f"{declares}; {count} of its {n} organisations in the register work on it.{hedge}"


def specialisation(database: Database) -> Specialisation:
    """Declared priorities of all valleys and what the register shows of them."""
    priorities = s3_priorities.vocabulary(database).set_index("code")
    n = pd.Series(valley_network.sizes(database))
    declared = s3_priorities.wordings(database)
    there = s3_priorities.organisations_by_priority(database)
    valleys, codes = n.index, priorities.index
    words = declared.pivot(index="valley_id", columns="code", values="wording")
    words = words.reindex(index=valleys, columns=codes).fillna("")
    found = there.pivot(index="valley_id", columns="code", values="n")
    found = found.reindex(index=valleys, columns=codes).fillna(0).astype("Int64")
    unseen = (priorities["domains"].map(len) + priorities["sectors"].map(len)) == 0
    found.loc[:, unseen.to_numpy()] = pd.NA
    states = pd.DataFrame(
        {
            code: [_state(bool(words.at[id_, code]), found.at[id_, code]) for id_ in n.index]
            for code in priorities.index
        },
        index=n.index,
    )
    return Specialisation(priorities, states, found, words, n)


def by_domain(database: Database) -> Specialisation:
    """Declared priorities by the JRC domains that stand for them, and who works on each.

    A domain counts as declared by a valley that declares a priority with that domain among those
    that show it (column ``domains`` of the priorities). Priorities that no domain shows, such as
    cybersecurity as a whole, declare none.
    """
    counted = valley_network.counts(database)
    priorities = s3_priorities.vocabulary(database)
    shown_by = {row["code"]: list(row["domains"]) for row in priorities.to_dict("records")}
    words: dict[tuple[str, str], list[str]] = {}
    for row in s3_priorities.wordings(database).to_dict("records"):
        for domain in shown_by.get(row["code"], ()):
            words.setdefault((row["valley_id"], domain), []).append(row["wording"])
    wordings = pd.DataFrame(
        {
            code: ["; ".join(words.get((str(id_), code), [])) for id_ in counted.n.index]
            for code in DOMAINS
        },
        index=counted.n.index,
    )
    states = pd.DataFrame(
        {
            code: [
                _state(bool(wording), n)
                for wording, n in zip(wordings[code], counted.domains[code], strict=True)
            ]
            for code in DOMAINS
        },
        index=counted.n.index,
    )
    columns = pd.DataFrame(
        {
            "label": [term.label for term in DOMAINS.values()],
            "description": [f"JRC domain: {term.label}" for term in DOMAINS.values()],
            "domains": [[code] for code in DOMAINS],
            "sectors": [[] for _ in DOMAINS],
        },
        index=list(DOMAINS),
    )
    return Specialisation(
        columns, states, counted.domains.astype("Int64"), wordings, counted.n, by_domain=True
    )


def _state(is_declared: bool, count: object) -> str:
    if pd.isna(count):  # type: ignore[call-overload]
        return "unseen" if is_declared else "neither"
    is_there = int(str(count)) >= LEAST
    if is_declared:
        return "both" if is_there else "declared"
    return "there" if is_there else "neither"
