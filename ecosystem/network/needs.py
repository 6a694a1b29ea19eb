"""What somebody looks for partners for: a domain, sector, function or priority of a strategy."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ecosystem.common.per_release import per_release
from ecosystem.common.store import Database
from ecosystem.common.vocabulary import DOMAINS, FUNCTIONS, SECTORS, Vocabulary, inside
from ecosystem.tables import s3_priorities

_JOIN = ":"
# Kinds of needs that a column of organisations shows, each with that column.
COLUMNS = {"domain": "domains", "sector": "sectors", "function": "functions"}
PRIORITY = "priority"
# What is needed, inside a sentence.
_LABELS = {
    "domain": "{term}",
    "sector": "the sector {term}",
    "function": "the function {term}",
}


@dataclass(frozen=True)
class Need:
    """A need.

    Attributes
    ----------
    kind, code : str
        ``domain``, ``sector``, ``function`` or ``priority``, and the code there.
    title, label : str
        What it is, in a list and inside a sentence.
    does : str
        What organisations that meet it do: ``"work on cryptology"``.
    domains, sectors, functions : tuple of str
        An organisation meets it that has any of these; none can be told where all are empty.
    """

    kind: str
    code: str
    title: str
    label: str
    does: str
    domains: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()

    @property
    def is_seen(self) -> bool:
        """Whether any column of the register shows who meets it."""
        return bool(self.domains or self.sectors or self.functions)

    @property
    def id(self) -> str:
        """How an address names it."""
        return f"{self.kind}{_JOIN}{self.code}"

    def is_met_by(self, rows: pd.DataFrame) -> pd.Series:
        """Which organisations meet it.

        Parameters
        ----------
        rows : DataFrame
            With the lists ``domains, sectors, functions``.
        """
        wanted = {name: set(getattr(self, name)) for name in COLUMNS.values()}
        return pd.Series(
            [
                any(not codes.isdisjoint(row[name]) for name, codes in wanted.items())
                for row in rows.to_dict("records")
            ],
            index=rows.index,
            dtype="bool",
        )


@per_release
def needs(database: Database) -> dict[str, Need]:
    """All needs to choose from, by :attr:`Need.id`."""
    found = [
        *(_need(DOMAINS, "domain", code, f"work on {term.inside}", domains=(code,))
          for code, term in DOMAINS.items()),
        *(_need(SECTORS, "sector", code, f"serve the sector {term.inside}", sectors=(code,))
          for code, term in SECTORS.items()),
        *(_need(FUNCTIONS, "function", code, f"help to {term.inside}", functions=(code,))
          for code, term in FUNCTIONS.items()),
    ]  # fmt: skip
    for row in s3_priorities.vocabulary(database).to_dict("records"):
        label = inside(row["label"])
        found.append(
            Need(
                PRIORITY,
                row["code"],
                f"{row['label']} (S3 priority)",
                label,
                f"count as {label}",
                tuple(row["domains"]),
                tuple(row["sectors"]),
            )
        )
    return {need.id: need for need in found}


def _need(
    vocabulary: Vocabulary, kind: str, code: str, does: str, **codes: tuple[str, ...]
) -> Need:
    term = vocabulary[code]
    label = _LABELS[kind].format(term=term.inside)
    return Need(kind, code, f"{term.label} ({vocabulary.name})", label, does, **codes)


def choices(database: Database) -> dict[str, str]:
    """How every need is written in a list, by its id."""
    return {id_: need.title for id_, need in needs(database).items()}
